"""What a quote says before it is sent: the proposal made from a request, and what is wrong with one. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

from workshop.core import clock, money
from workshop.core.i18n import _
from workshop.services.jobs import rules
from workshop.services.models import ServiceKind
from workshop.services.prices.queries import Travel
from workshop.services.prices.rules import Model, Part, Wish, reckon, unit_price_ore, units_text
from workshop.services.requests.models import (
    Billing,
    PriceBasis,
    Recurrence,
    ServiceQuote,
    ServiceQuoteLine,
    ServiceRequest,
)

HOLDS = timedelta(days=14)  # a quote, unless the work begins before
LONGEST = timedelta(days=366)
AHEAD = timedelta(days=21)  # the first day of an agreement nobody wished a week for
NOTICE = timedelta(days=3)  # the soonest that is proposed by itself
SHORTEST_VISIT, LONGEST_VISIT = 15, 12 * 60  # minutes
MOST_CREW = 20
MOST_LINES = 12
QUARTER = 15
TALL_CM = 250  # what is higher is only known to be higher
DAY_MINUTES = 24 * 60
_EVERY = {"weekly": 1, "fortnightly": 2, "monthly": 1}
_RULE = (
    *("recurrence", "every", "weekday", "nth", "day_of_month", "year_days", "season_from", "season_to"),
    *("early_days", "late_days", "from_minute", "to_minute", "trigger_cm", "priority", "clear_by_minute"),
)
_PLAIN = (
    *("text", "basis", "billing", "units", "unit_price_ore", "valid_until", "first_on", "ends_on"),
    *("visit_minutes", "crew"),
)


@dataclass(frozen=True)
class Terms:
    """Everything a quote says. Øre with VAT; minutes after midnight by the Danish wall clock; days both included."""

    text: str
    lines: tuple[Part, ...]
    units: Decimal
    valid_until: date
    visit_minutes: int
    crew: int
    basis: PriceBasis = PriceBasis.FIXED
    billing: Billing = Billing.PER_VISIT
    unit_price_ore: int | None = None
    first_on: date | None = None
    ends_on: date | None = None
    recurrence: Recurrence = Recurrence.NONE
    every: int = 1
    weekday: int | None = None
    nth: int | None = None
    day_of_month: int | None = None
    year_days: tuple[str, ...] = ()
    season_from: str | None = None
    season_to: str | None = None
    early_days: int = 0
    late_days: int = 0
    from_minute: int = 9 * 60
    to_minute: int = 12 * 60
    trigger_cm: int | None = None
    priority: int | None = None
    clear_by_minute: int | None = None

    @property
    def total_ore(self) -> int:
        """What a visit, a month or a season costs."""
        return sum(line.amount_ore for line in self.lines)

    @property
    def is_agreement(self) -> bool:
        """Whether somebody comes more than once."""
        return self.recurrence is not Recurrence.NONE

    def days(self, to_on: date) -> list[date]:
        """The days the rule gives, from the first on; none while the first is not settled, and none for snow."""
        if self.first_on is None:
            return []
        return rules.days(rules.Rule.of(self, starts_on=self.first_on), self.first_on, to_on)

    @property
    def columns(self) -> dict[str, Any]:
        """The same as columns of a quote; its lines are rows of their own."""
        kept: dict[str, Any] = {name: getattr(self, name) for name in (*_PLAIN, *_RULE)}
        return kept | {"year_days": list(self.year_days), "total_ore": self.total_ore}

    @classmethod
    def of(cls, quote: ServiceQuote, lines: Sequence[ServiceQuoteLine]) -> Terms:
        """What a quote said that was sent."""
        kept: dict[str, Any] = {name: getattr(quote, name) for name in (*_PLAIN, *_RULE)}
        kept["year_days"] = tuple(quote.year_days or ())
        return cls(lines=tuple(Part(line.text, line.amount_ore) for line in lines), **kept)


def proposal(kind: ServiceKind, request: ServiceRequest, travel: Travel | None, *, today: date | None = None) -> Terms:
    """A quote made from a request: its total is the estimate the customer saw, to the øre."""
    today = today or clock.local_day(request.created_at)
    model, wish = Model.of(kind), wish_of(request, travel)
    first = _first_day(kind, request, today)
    made = Terms(
        text=_text(kind, request),
        lines=_lines(model, wish, request.estimate_ore),
        units=request.units,
        unit_price_ore=unit_price_ore(model, wish) or None,
        valid_until=today + HOLDS if first is None else max(today, min(today + HOLDS, first - timedelta(days=1))),
        visit_minutes=_minutes(kind, request.units),
        crew=kind.typical_crew,
        first_on=first,
    )
    return _with_rule(made, kind, request)


def wish_of(request: ServiceRequest, travel: Travel | None) -> Wish:
    """What the price of a request is reckoned from."""
    return Wish(
        units=request.units,
        height_cm=request.height_cm,
        sides=request.sides,
        wants_waste=request.wants_waste,
        travel_ore=travel.price_ore if travel else 0,
    )


def problems(terms: Terms, today: date) -> Iterator[tuple[str, str]]:
    """What has to be mended before it can be sent: (the field's name, a sentence)."""
    if not terms.text.strip():
        yield "text", _("Skriv, hvad vi gør.")
    if not terms.lines:
        yield "lines", _("Skriv mindst én linje med en pris. Er det gratis, så skriv 0 kr.")
    if not 0 <= terms.total_ore <= money.LARGEST_ORE:
        yield "lines", _("Prisen i alt skal ligge mellem 0 og 999.999 kr.")
    if terms.units <= 0:
        yield "units", _("Skriv, hvor meget prisen er for.")
    yield from _wrong_price(terms)
    yield from _wrong_days(terms, today)
    yield from _wrong_visit(terms)
    yield from _wrong_rule(terms)


def _wrong_price(terms: Terms) -> Iterator[tuple[str, str]]:
    if terms.basis is PriceBasis.PER_UNIT and not terms.unit_price_ore:
        yield "unit_price_ore", _("Skriv prisen for én enhed.")
    if terms.basis is PriceBasis.PER_UNIT and terms.billing is not Billing.PER_VISIT:
        yield "billing", _("En pris efter mængde betales efter hvert besøg.")
    if not terms.is_agreement and terms.billing is not Billing.PER_VISIT:
        yield "billing", _("Ét besøg betales efter besøget.")


def _wrong_days(terms: Terms, today: date) -> Iterator[tuple[str, str]]:
    first, until = terms.first_on, terms.valid_until
    if not today <= until <= today + LONGEST:
        yield "valid_until", _("Vælg en dag, tilbuddet gælder til. Den må ikke være gået, og højst et år frem.")
    if first is not None and not today <= first <= today + 2 * LONGEST:
        yield "first_on", _("Vælg en første dag, der ikke er gået, og højst to år frem.")
    elif first is not None and until >= first and terms.recurrence is not Recurrence.ON_SNOW:
        yield "valid_until", _("Tilbuddet skal udløbe før den første dag. Så når kunden at svare.")
    if terms.is_agreement and first is None:
        yield "first_on", _("En fast aftale skal have en første dag.")
    if terms.ends_on is not None and not terms.is_agreement:
        yield "ends_on", _("Kun en fast aftale har en sidste dag.")
    elif terms.ends_on is not None and first is not None and terms.ends_on < first:
        yield "ends_on", _("Den sidste dag skal ligge efter den første.")


def _wrong_visit(terms: Terms) -> Iterator[tuple[str, str]]:
    if not 0 <= terms.from_minute < terms.to_minute < DAY_MINUTES:
        yield "from_minute", _("Tidsrummet skal begynde, før det slutter.")
    if not SHORTEST_VISIT <= terms.visit_minutes <= LONGEST_VISIT:
        yield "visit_minutes", _("Et besøg varer mellem 15 minutter og 12 timer.")
    if not 1 <= terms.crew <= MOST_CREW:
        yield "crew", _("Skriv, hvor mange der skal være på holdet, mellem 1 og 20.")


def _wrong_rule(terms: Terms) -> Iterator[tuple[str, str]]:
    if terms.recurrence in (Recurrence.WEEKS, Recurrence.MONTHS) and not 1 <= terms.every <= 52:
        yield "every", _("Skriv, hvor mange uger eller måneder der er imellem, mellem 1 og 52.")
    if terms.recurrence is Recurrence.YEARLY and not terms.year_days:
        yield "year_days", _("Skriv de dage på året, vi kommer, for eksempel 20/6 og 15/9.")
    if not 0 <= terms.early_days <= 31 or not 0 <= terms.late_days <= 31:
        yield "early_days", _("Et besøg kan højst flyttes 31 dage.")
    if terms.recurrence is Recurrence.ON_SNOW:
        if terms.trigger_cm is None or not 1 <= terms.trigger_cm <= 50:
            yield "trigger_cm", _("Skriv, hvor mange cm sne der skal til, mellem 1 og 50.")
        if terms.priority is None or not 1 <= terms.priority <= 9:
            yield "priority", _("Skriv en rækkefølge fra 1 til 9. 1 er først.")
        if terms.clear_by_minute is None:
            yield "clear_by_minute", _("Skriv, hvornår der skal være ryddet, for eksempel 7.00.")
    elif terms.is_agreement and terms.first_on is not None and not terms.days(terms.first_on + LONGEST):
        yield "first_on", _("Med den regel kommer vi ikke det første år. Se på dagene og sæsonen igen.")


def _lines(model: Model, wish: Wish, estimate_ore: int) -> tuple[Part, ...]:
    """The parts of the price; where prices changed after the customer asked, what they saw still holds."""
    price = reckon(model, wish)
    if price.total_ore == estimate_ore:
        return price.parts
    return (*price.parts, Part(_("Som i det overslag, du fik"), estimate_ore - price.total_ore))


def _text(kind: ServiceKind, request: ServiceRequest) -> str:
    """What we do, as a customer reads it; staff go over it."""
    said = [f"{kind.name}: {units_text(request.units, kind.unit)}."]
    if request.height_cm:
        said.append(f"{height_text(request.height_cm)}.")
    if request.sides:
        said.append(_("To sider og toppen.") if request.sides == 2 else _("Én side og toppen."))
    if request.wants_waste:
        said.append(_("Vi tager affaldet med."))
    elif kind.waste_removal_ore:
        said.append(_("Affaldet bliver i haven."))
    if request.wants_recurrence is not Recurrence.ON_SNOW and kind.recurrence != "on_snow":
        said.append(_("Ved storm, frost eller meget regn ringer vi og finder en ny dag."))
    return " ".join(said)


def height_text(height_cm: int) -> str:
    """`Op til 1,8 m`; the tallest choice of the form has no end."""
    metres = f"{min(height_cm, TALL_CM) / 100:g}".replace(".", ",")
    return _("Over %(height)s m", height=metres) if height_cm > TALL_CM else _("Op til %(height)s m", height=metres)


def _minutes(kind: ServiceKind, units: Decimal) -> int:
    """The whole crew's visit, up to the next quarter of an hour."""
    quarters = math.ceil(Fraction(units) * kind.typical_seconds_per_unit / (60 * QUARTER))
    return min(LONGEST_VISIT, max(2, quarters) * QUARTER)


def _first_day(kind: ServiceKind, request: ServiceRequest, today: date) -> date | None:
    """The first weekday of the weeks that were wished for, in season; for an agreement without a wish a day ahead."""
    soonest = today + NOTICE
    season = rules.Rule("none", today, season_from=kind.season_from, season_to=kind.season_to)
    for week in sorted(request.wishes):
        for weekday in range(5):
            day = _day_of_week(week, weekday)
            if day is not None and day >= soonest and rules.in_season(season, day):
                return day
    if request.wants_recurrence is Recurrence.NONE:
        return None
    day = today + AHEAD
    while day.weekday() > 4 or not rules.in_season(season, day):
        day += timedelta(days=1)
    return day


def _day_of_week(week: str, weekday: int) -> date | None:
    try:
        return date.fromisocalendar(int(week[:4]), int(week[6:]), weekday + 1)
    except ValueError:
        return None


def _with_rule(made: Terms, kind: ServiceKind, request: ServiceRequest) -> Terms:
    """The usual rule of what was wished for."""
    first, wanted = made.first_on, request.wants_recurrence
    if wanted is Recurrence.NONE or first is None:
        return made
    season: dict[str, Any] = {"season_from": kind.season_from, "season_to": kind.season_to}
    every = _EVERY.get(kind.recurrence, 1)
    if wanted is Recurrence.WEEKS:
        weeks = every if kind.recurrence in ("weekly", "fortnightly") else 2
        return replace(
            made, recurrence=wanted, every=weeks, weekday=first.weekday(), early_days=2, late_days=2, **season
        )
    if wanted is Recurrence.MONTHS:
        nth = min(4, (first.day - 1) // 7 + 1)
        return replace(made, recurrence=wanted, nth=nth, weekday=first.weekday(), early_days=5, late_days=5, **season)
    if wanted is Recurrence.YEARLY:
        usual = _usual_days(kind) if kind.recurrence == "twice_a_year" else ()
        days = usual if len(usual) > 1 else (f"{first:%m-%d}",)
        return replace(made, recurrence=wanted, year_days=days, early_days=10, late_days=10, **season)
    return replace(
        made,
        recurrence=wanted,
        billing=Billing.PER_VISIT,
        trigger_cm=3,
        priority=2,
        clear_by_minute=7 * 60,
        from_minute=4 * 60,
        to_minute=7 * 60,
        **season,
    )


def _usual_days(kind: ServiceKind) -> tuple[str, ...]:
    """Midsummer and early autumn, which is when a hedge is cut twice."""
    season = rules.Rule("none", date(2026, 1, 1), season_from=kind.season_from, season_to=kind.season_to)
    return tuple(day for day in ("06-24", "09-15") if rules.in_season(season, date.fromisoformat(f"2027-{day}")))
