"""What a customer may choose when they ask for a service: heights, how often, weeks; and the estimate of it all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.core.i18n import _
from workshop.core.money import kr
from workshop.production.lead_times.rules import LEARNING_PERCENT
from workshop.production.models import CapacityDay
from workshop.services.jobs.models import ServiceJob
from workshop.services.models import ServiceKind
from workshop.services.prices import queries, seasons
from workshop.services.prices.queries import Travel
from workshop.services.prices.rules import Model, Price, reckon
from workshop.services.requests import words
from workshop.services.requests.actions import Asked, recurrences
from workshop.services.requests.models import Recurrence
from workshop.services.visits.models import Resource, ResourceKind, Visit, VisitState

LOW_CM, VERY_HIGH_CM = 100, 250
_USUAL_MINUTES = 120  # a visit, where we do not know yet how long it takes
_MUCH, _LITTLE = 3, 1  # visits that are still room for
_GONE = (VisitState.CANCELLED, VisitState.NOT_DONE)


class Choice(NamedTuple):
    """One of several answers."""

    value: str
    title: str
    hint: str = ""


@dataclass(frozen=True)
class Estimate:
    """What the panel says. Without a price `problem` says what is missing; `travel_text` what driving does to it."""

    price: Price | None = None
    problem: str = ""
    is_whole: bool = False  # driving is in it
    travel_text: str = ""
    is_outside: bool = False
    notes: tuple[str, ...] = ()


def heights(model: Model) -> list[Choice]:
    """How high it can be, in steps somebody can guess; the value is centimetres."""
    over = model.height_over_cm
    if over is None:
        return []
    found = []
    if over > LOW_CM:
        found.append(Choice(str(LOW_CM), _("Til hoften"), _("Under 1 m")))
    found.append(Choice(str(over), _("Til hovedet"), _("Højst %(to)s m", to=_metres(over))))
    if over >= VERY_HIGH_CM:
        return [*found, Choice(str(over + 1), _("Meget høj"), _("Over %(to)s m", to=_metres(over)))]
    between = _("%(from_)s til %(to)s m", from_=_metres(over), to=_metres(VERY_HIGH_CM))
    found.append(Choice(str(VERY_HIGH_CM), _("Over hovedet"), between))
    found.append(Choice(str(VERY_HIGH_CM + 1), _("Meget høj"), _("Over 2,5 m. Vi ser på den først.")))
    return found


def how_often(kind: ServiceKind) -> list[Choice]:
    """How often somebody can wish for a service, with the usual rhythm of it in words."""
    again = _("Vi kommer selv igen, når det er tid.")
    hints = {Recurrence.NONE: "", Recurrence.ON_SNOW: _("Vi kommer selv, når der falder sne.")}
    return [Choice(each.value, words.wished(kind, each), hints.get(each, again)) for each in recurrences(kind)]


def weeks(session: Session, kind: ServiceKind, today: date) -> list[Choice]:
    """The weeks somebody can wish for, with how much time is left where we know it; none for what the weather says."""
    if kind.recurrence == "on_snow":
        return []
    ahead = seasons.weeks_ahead(today, kind.season_from, kind.season_to)
    free = _free(session, ahead)
    return [
        Choice(
            week.key,
            _("Uge %(number)s", number=week.number),
            ", ".join(filter(None, (_days(week), _room(free.get(week.key), kind.typical_crew)))),
        )
        for week in ahead
    ]


def estimate(session: Session, kind: ServiceKind, asked: Asked | None, postcode: str) -> Estimate:
    """What the panel says of what is typed so far. `asked` is None while the amount cannot be read."""
    model = Model.of(kind)
    travel = queries.travel(session, postcode) if postcode else None
    if postcode and travel is None and not model.comes_to_us:
        return Estimate(is_outside=True, problem=outside(session, postcode))
    if asked is None:
        return Estimate(problem=_("Skriv, hvor meget det er, så ser du prisen her. Gæt bare."))
    price = reckon(model, asked.wish(model, travel))
    is_whole = travel is not None or not model.is_travel_charged
    return Estimate(price, "", is_whole, _travel_text(session, model, travel), notes=_notes(asked, kind))


def outside(session: Session, postcode: str) -> str:
    """We do not come there; where we do."""
    towns = [each.town for each in queries.places(session)]
    return _(
        "Vi kører desværre ikke til %(postcode)s. Vi kommer i %(towns)s og omegn. Ring, hvis du er i tvivl.",
        postcode=postcode,
        towns=", ".join(towns[:4]),
    )


def _travel_text(session: Session, model: Model, travel: Travel | None) -> str:
    if not model.is_travel_charged:
        return ""
    if travel is not None:
        return _("Kørsel til %(town)s er med i prisen.", town=travel.town)
    prices = list(queries.zones(session).values())
    if not prices:
        return ""
    prices_said = {"least": kr(min(prices)), "most": kr(max(prices))}
    return _("Kørsel kommer oven i: %(least)s til %(most)s Skriv dit postnummer, så er den med.", **prices_said)


def _notes(asked: Asked, kind: ServiceKind) -> tuple[str, ...]:
    notes = []
    if asked.wants_recurrence is not Recurrence.NONE:
        notes.append(_("Prisen er for én gang."))
    if asked.height_cm is not None and asked.height_cm > VERY_HIGH_CM and kind.height_factor_over_cm:
        notes.append(_("Den er meget høj, så vi ser på den, før vi giver en fast pris."))
    return tuple(notes)


def _free(session: Session, ahead: Sequence[seasons.Week]) -> dict[str, int]:
    """Minutes of work left by week, where the garden's capacity is published; learning has its part of every day."""
    if not ahead:
        return {}
    first, last = ahead[0].first, ahead[-1].last
    teams = sa.select(Resource.department_id).where(Resource.kind == ResourceKind.TEAM, Resource.is_used)
    days = session.execute(
        sa.select(CapacityDay.day, CapacityDay.team_minutes).where(
            CapacityDay.day.between(first, last), CapacityDay.department_id.in_(teams)
        )
    )
    planned = session.execute(
        sa.select(Visit.day, Visit.minutes * ServiceJob.crew)
        .join(ServiceJob, ServiceJob.id == Visit.job_id)
        .where(Visit.day.between(first, last), Visit.state.not_in(_GONE))
    )
    found: dict[str, int] = {}
    for day, minutes in days:
        key = seasons.week_of(day).key
        found[key] = found.get(key, 0) + minutes * (100 - LEARNING_PERCENT) // 100
    for planned_on, minutes in planned:
        key = seasons.week_of(planned_on).key if planned_on else ""
        if key in found:
            found[key] -= minutes
    return found


def _room(minutes: int | None, crew: int) -> str:
    if minutes is None:
        return ""
    visits = minutes // (crew * _USUAL_MINUTES)
    if visits >= _MUCH:
        return _("god tid")
    return _("lidt tid") if visits >= _LITTLE else _("næsten fyldt")


def _days(week: seasons.Week) -> str:
    return f"{clock.short_day(week.first)}–{clock.short_day(week.last)}"


def _metres(cm: int) -> str:
    return f"{cm / 100:g}".replace(".", ",")
