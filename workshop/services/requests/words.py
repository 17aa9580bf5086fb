"""What quotes and requests are called to customers and to staff, and their rules in plain words."""

from __future__ import annotations

from datetime import date
from urllib.parse import quote

from workshop.core import clock, money
from workshop.core.i18n import _
from workshop.products.models import VatScheme
from workshop.services.jobs import words as jobs
from workshop.services.jobs.rules import Rule
from workshop.services.models import ServiceKind
from workshop.services.prices.rules import per_unit_name, unit_name, units_text
from workshop.services.requests.models import (
    Billing,
    PriceBasis,
    QuoteState,
    Recurrence,
    RequestState,
    ServicePlace,
    ServiceRequest,
)
from workshop.services.requests.proposing import Terms, height_text
from workshop.services.visits.times import minute_text, window_text

MAP = "https://www.openstreetmap.org"
_NTH = {1: "den første", 2: "den anden", 3: "den tredje", 4: "den fjerde", -1: "den sidste"}


def request_state(state: RequestState) -> str:
    """How far a request is, as staff say it."""
    return {
        RequestState.NEW: _("Venter på svar"),
        RequestState.QUOTED: _("Tilbud sendt"),
        RequestState.ACCEPTED: _("Sagt ja"),
        RequestState.DECLINED: _("Sagt nej tak"),
        RequestState.REFUSED: _("Vi sagde nej"),
        RequestState.LAPSED: _("Tilbuddet udløb"),
    }[state]


def quote_state(state: QuoteState) -> str:
    """What became of a quote, as staff say it."""
    return {
        QuoteState.SENT: _("Sendt"),
        QuoteState.ACCEPTED: _("Sagt ja"),
        QuoteState.DECLINED: _("Sagt nej tak"),
        QuoteState.REPLACED: _("Erstattet"),
        QuoteState.LAPSED: _("Udløbet"),
    }[state]


def recurrence_name(recurrence: Recurrence) -> str:
    """How often somebody comes, as a choice."""
    return {
        Recurrence.NONE: _("Én gang"),
        Recurrence.WEEKS: _("Med ugers mellemrum"),
        Recurrence.MONTHS: _("Med måneders mellemrum"),
        Recurrence.YEARLY: _("På faste dage om året"),
        Recurrence.ON_SNOW: _("Når der falder sne"),
    }[recurrence]


def wished(kind: ServiceKind, recurrence: Recurrence) -> str:
    """How often a customer wished for a service, as their form put it."""
    weeks = _("Hver uge") if kind.recurrence == "weekly" else _("Hver 14. dag")
    return {
        Recurrence.NONE: _("Kun denne gang"),
        Recurrence.WEEKS: weeks,
        Recurrence.MONTHS: _("Hver måned"),
        Recurrence.YEARLY: _("To gange om året"),
        Recurrence.ON_SNOW: _("Hele vinteren"),
    }[recurrence]


def basis_name(basis: PriceBasis) -> str:
    """What the price is for, as a choice."""
    return {PriceBasis.FIXED: _("Fast pris"), PriceBasis.PER_UNIT: _("Efter, hvor meget der bliver lavet")}[basis]


def billing_name(billing: Billing) -> str:
    """When it is paid, as a choice."""
    return {
        Billing.PER_VISIT: _("Efter hvert besøg"),
        Billing.MONTHLY: _("Hver måned"),
        Billing.SEASON: _("Én gang for sæsonen"),
    }[billing]


def price_is_for(billing: Billing, *, is_agreement: bool) -> str:
    """What stands behind a price: nothing for a single visit."""
    if not is_agreement:
        return ""
    return {
        Billing.PER_VISIT: _("pr. besøg"),
        Billing.MONTHLY: _("pr. måned"),
        Billing.SEASON: _("for sæsonen"),
    }[billing]


def paying(billing: Billing, *, is_agreement: bool) -> str:
    """When and how somebody pays."""
    if not is_agreement:
        return _(
            "Du betaler, når arbejdet er gjort. Vi sender et link til betaling. Du kan også betale til os ved døren."
        )
    return {
        Billing.PER_VISIT: _("Du betaler efter hvert besøg. Vi sender et link til betaling."),
        Billing.MONTHLY: _("Du betaler, når måneden er gået. Vi sender et link til betaling."),
        Billing.SEASON: _("Du betaler én gang for hele sæsonen. Vi sender et link til betaling, når den er slut."),
    }[billing]


def rule_text(terms: Terms) -> str:
    """How often somebody comes, as a sentence of its own; empty for a single visit."""
    if not terms.is_agreement:
        return ""
    return f"{jobs.rule_text(Rule.of(terms, starts_on=terms.first_on or terms.valid_until))}."


def nth_name(nth: int) -> str:
    """`den første`."""
    return _(_NTH[nth])


def snow_text(terms: Terms) -> str:
    """What we promise when it snows; empty for anything else."""
    if terms.trigger_cm is None or terms.clear_by_minute is None:
        return ""
    return _(
        "Vi kommer, når der ligger %(cm)s cm sne, og har ryddet senest kl. %(time)s.",
        cm=terms.trigger_cm,
        time=minute_text(terms.clear_by_minute),
    )


def week_text(week: str) -> str:
    """`uge 49` out of `2026-W49`, with its Monday."""
    try:
        monday = date.fromisocalendar(int(week[:4]), int(week[6:]), 1)
    except ValueError:
        return week
    return _("uge %(week)s (fra %(day)s)", week=int(week[6:]), day=clock.short_day(monday))


def window(terms: Terms) -> str:
    """`mellem kl. 9.00 og 12.00`: the polite window."""
    return window_text(terms.from_minute, terms.to_minute)


def amount(request: ServiceRequest, kind: ServiceKind) -> str:
    """`28 m`."""
    return units_text(request.units, kind.unit)


def height(request: ServiceRequest) -> str:
    """`Op til 1,8 m`; empty where it does not matter."""
    return height_text(request.height_cm) if request.height_cm else ""


def unit(kind: ServiceKind) -> str:
    """`m`."""
    return unit_name(kind.unit)


def per_unit(kind: ServiceKind) -> str:
    """`pr. meter`."""
    return per_unit_name(kind.unit)


def vat_ore(terms: Terms, kind: ServiceKind) -> int:
    """The VAT within a price."""
    return money.vat_within(terms.total_ore) if kind.vat_scheme is VatScheme.STANDARD else 0


def address(place: ServicePlace) -> str:
    """`Eksempelvej 12, 3200 Helsinge`."""
    return ", ".join(part for part in (place.street, f"{place.postcode} {place.town}".strip()) if part)


def map_url(place: ServicePlace) -> str:
    """A map of the place, opened by whoever presses it; nothing is asked of it before."""
    if place.latitude_e6 is not None and place.longitude_e6 is not None:
        found = f"mlat={place.latitude_e6 / 1e6:.6f}&mlon={place.longitude_e6 / 1e6:.6f}#map=18"
        return f"{MAP}/?{found}/{place.latitude_e6 / 1e6:.6f}/{place.longitude_e6 / 1e6:.6f}"
    return f"{MAP}/search?query={quote(address(place))}"
