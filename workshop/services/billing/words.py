"""What a charge says it is for."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date

from workshop.core.i18n import _, language
from workshop.core.money import PayMeans
from workshop.services.billing.models import ChargeState
from workshop.services.billing.periods import Period


def day_with_year(day: date) -> str:
    """`12. juni 2027`: a bill is read years later too."""
    return str(format_date(day, "d. MMMM y" if language() == "da" else "d MMMM y", locale=language()))


def of_visit(title: str, day: date, units: str) -> str:
    """`Hækklipning 12. juni 2027`, with what was done where the price follows it."""
    text = f"{_short(title)} {day_with_year(day)}"
    return f"{text}: {units}" if units else text


def of_period(title: str, period: Period) -> str:
    """`Græsslåning, maj 2027`, and how much of it was had where that is not all."""
    kind = period.cause.partition("-")[0]
    if kind == "month":
        when = str(format_date(period.from_on, "MMMM y", locale=language()))
    else:
        first, last = period.from_on, period.to_on
        when = _("sæson %(years)s", years=first.year if first.year == last.year else f"{first.year}/{last.year}")
    text = f"{_short(title)}, {when}"
    if period.is_whole:
        return text
    part = _("%(had)s af %(planned)s besøg") if period.is_by_visits else _("%(had)s af %(planned)s dage")
    return f"{text} ({part % {'had': period.had, 'planned': period.planned}})"


def of_part(title: str, done_permille: int) -> str:
    """`Hækklipning, det vi nåede (35 %)`."""
    share = f"{done_permille / 10:g}".replace(".", ",")
    return _("%(title)s, det vi nåede (%(share)s %%)", title=_short(title), share=share)


def state_text(state: ChargeState) -> str:
    """How far it is paid, in a word or two."""
    return {
        ChargeState.DUE: _("Ikke betalt"),
        ChargeState.PAID: _("Betalt"),
        ChargeState.CANCELLED: _("Skal ikke betales"),
    }[state]


def means_text(means: PayMeans | None) -> str:
    """How it was paid, inside a sentence."""
    if means is None:
        return ""
    return {
        PayMeans.CARD: _("med kort på nettet"),
        PayMeans.MOBILEPAY: _("med MobilePay"),
        PayMeans.CASH: _("kontant"),
        PayMeans.INVOICE: _("på faktura"),
    }[means]


def _short(title: str) -> str:
    return title[:120]
