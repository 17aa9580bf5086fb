"""The garden service: somebody waiting for each answer, agreements with a past, a round to drive, and snow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from shop.demo.people import Person
from shop.demo.stage import GARDEN, Stage
from workshop.core import clock, crypto
from workshop.core.mail import OutboxMail
from workshop.core.money import PayMeans
from workshop.core.text import slug
from workshop.production.lead_times.rules import next_workday
from workshop.services.billing import actions as billing
from workshop.services.billing.models import ChargeState, ServiceCharge
from workshop.services.door import Head
from workshop.services.jobs import actions as jobs
from workshop.services.jobs import laying
from workshop.services.jobs.models import ServiceJob
from workshop.services.models import Postcode, ServiceKind
from workshop.services.prices import queries as prices
from workshop.services.requests import actions as requests
from workshop.services.requests import quoting
from workshop.services.requests.actions import Asked, PlaceData
from workshop.services.requests.models import Billing, Recurrence, ServicePlace, ServiceQuote, ServiceRequest
from workshop.services.requests.proposing import Terms, proposal
from workshop.services.snow import actions as snow
from workshop.services.snow.models import AlarmSource, SnowAlarm
from workshop.services.visits import actions as visits
from workshop.services.visits.actions import Plan, Used
from workshop.services.visits.models import Resource, ResourceKind, Visit
from workshop.tasks.garden import actions as visiting
from workshop.tasks.garden import queries as going

MIDNIGHT = time(0)
NINE, TEN_THIRTY, ONE = 9 * 60, 10 * 60 + 30, 13 * 60
# The middle of the towns we drive to, so that a round can be put in order. Millionths of a degree.
MIDDLES = {
    "3200": (56_022_500, 12_197_500),
    "3210": (56_073_000, 12_138_000),
    "3220": (56_056_000, 12_087_000),
    "3230": (56_066_000, 12_284_000),
    "3250": (56_121_000, 12_311_000),
    "3300": (55_970_000, 12_022_000),
    "3400": (55_928_000, 12_301_000),
}
# Whoever comes on fixed days has a team and a car to themselves: filled on any date, nothing is wanted twice at once.
RESOURCES: tuple[tuple[ResourceKind, str, tuple[str, ...]], ...] = (
    (ResourceKind.TEAM, "Hold Rødkælk", ("Hækkesaks", "Stige", "Rive", "Førstehjælp")),
    (ResourceKind.TEAM, "Hold Solsort", ("Plæneklipper", "Kantklipper", "Rive")),
    (ResourceKind.VEHICLE, "Den hvide varebil", ("Trailer",)),
    (ResourceKind.VEHICLE, "Den grønne kassevogn", ()),
    (ResourceKind.VEHICLE, "Ladbilen", ("Sneplov", "Saltspreder")),
    (ResourceKind.TOOL, "Flishugger", ()),
)


_FIRST_SNOW = "4 cm ved skolen kl. 4."
_MORE_SNOW = "Det har sneet siden i nat, og der kommer mere."


class Wanted(NamedTuple):
    """Something somebody asked for, so many working days ago."""

    kind: str
    who: PlaceData
    asked: Asked
    back: int


def _who(name: str, street: str, postcode: str, **more: str) -> PlaceData:
    mail = slug(name.split()[0])
    return PlaceData(name, f"{mail}@kunde.example", "00 00 00 60", street=street, postcode=postcode, **more)


NEW = Wanted(
    "hedge_cutting",
    _who("Ane Eksempel", "Eksempelvej 12", "3200"),
    Asked(Decimal(28), 170, 2, wants_waste=True, message="Hækken mod vejen er den vigtigste."),
    0,
)
BY_PHONE = Wanted(
    "caretaker", _who("Lis Lund", "Strandvejen 4", "3250"), Asked(Decimal(2), message="En havelåge hænger."), 1
)
OPEN_QUOTE = Wanted("weeding", _who("Jørgen Juul", "Møllebakken 7", "3230"), Asked(Decimal(4), wants_waste=True), 2)
SAID_NO = Wanted("planting", _who("Kirsten Kær", "Skovbrynet 21", "3210"), Asked(Decimal(6)), 8)
REFUSED = Wanted(
    "moving_help", _who("Preben Park", "Havnegade 3", "3250"), Asked(Decimal(3), message="Et klaver på 3. sal."), 6
)
# What Team Rødkælk drives out to: three gardens of one day, in three towns.
ROUND: tuple[tuple[Wanted, int], ...] = (
    (Wanted("planting", _who("Ellen Eng", "Kirkestien 9", "3230"), Asked(Decimal(1)), 12), NINE),
    (Wanted("caretaker", _who("Tage Toft", "Ved Søen 2", "3210"), Asked(Decimal(1)), 11), TEN_THIRTY),
    (
        Wanted(
            "moving_help",
            _who("Vibeke Vang", "Lærkevej 14", "3200", access_note="Koden til porten er 2468. Hunden er venlig."),
            Asked(Decimal(1)),
            10,
        ),
        ONE,
    ),
)
TO_PLAN = Wanted("caretaker", _who("Gudrun Gade", "Bygaden 30", "3220"), Asked(Decimal(3)), 9)
DONE = Wanted("caretaker", _who("Svend Sand", "Klitvej 5", "3220"), Asked(Decimal(2)), 26)
HOUSES = PlaceData(
    "Bente Bakke", "bestyrelsen@kunde.example", "00 00 00 70", "Andelsboligforeningen Bakken", cvr="12345674",
    street="Bakken 1-19", postcode="3200", access_note="Nøglen hænger i vaskeriet.",
)  # fmt: skip
NURSERY = PlaceData(
    "Helle Holm", "boernehaven@kunde.example", "00 00 00 80", "Børnehaven Myretuen", gln="5790000123452",
    reference="Leder HH", street="Skolevej 8", postcode="3200",
)  # fmt: skip
PROPERTY_ROUND = Wanted("property_round", HOUSES, Asked(Decimal(1), wants_recurrence=Recurrence.WEEKS), 60)
HEDGE_YEARLY = Wanted(
    "hedge_cutting",
    _who("Ulla Uhrskov", "Hegnet 6", "3300"),
    Asked(Decimal(40), 190, 2, wants_waste=True, wants_recurrence=Recurrence.YEARLY),
    45,
)
SNOW_FIRST = Wanted("snow_clearing", NURSERY, Asked(Decimal(350), wants_recurrence=Recurrence.ON_SNOW), 40)
SNOW_SECOND = Wanted(
    "snow_clearing",
    _who("Frida Fjord", "Havblik 11", "3250"),
    Asked(Decimal(120), wants_recurrence=Recurrence.ON_SNOW),
    38,
)


def send_the_teams_out(stage: Stage, people: Sequence[Person]) -> None:
    """Everything of the garden service, for each of those who have something to answer, plan, drive or pay."""
    garden = _Garden(stage, Head.of(stage.settings))
    garden.equip()
    garden.answers_to_give()
    garden.drive_a_round(people)
    garden.agree_for_long()
    garden.clear_snow()
    # They were sent in their time; what waits when the demo begins is nobody's old news.
    stage.session.execute(sa.update(OutboxMail).where(OutboxMail.sent_at.is_(None)).values(sent_at=OutboxMail.due_at))


class _Garden:
    """One filling of the garden service."""

    def __init__(self, stage: Stage, head: Head) -> None:
        self.stage, self.head, self.session = stage, head, stage.session
        self.sanne, self.bjarne = stage.staff_id("sanne"), stage.staff_id("bjarne")
        self.kinds = {each.key: each for each in self.session.scalars(sa.select(ServiceKind))}
        self.next_day = next_workday(stage.today)
        self.resources: dict[str, Resource] = {}

    def equip(self) -> None:
        """Teams, cars and machines, and where the towns lie."""
        for kind, name, equipment in RESOURCES:
            made = Resource(
                kind=kind, name=name, equipment=list(equipment), department_id=self.stage.departments[GARDEN]
            )
            self.session.add(made)
            self.resources[name] = made
        for code, (latitude, longitude) in MIDDLES.items():
            town = self.session.get_one(Postcode, code)
            town.latitude_e6, town.longitude_e6 = latitude, longitude
        self.session.flush()

    def answers_to_give(self) -> None:
        """Requests and quotes in every state they can wait or end in."""
        self.ask(NEW)
        self.ask(BY_PHONE, by_staff_id=self.sanne)
        self.quote(self.ask(OPEN_QUOTE), 1)
        said_no = self.quote(self.ask(SAID_NO), 7)
        quoting.decline(self.session, said_no, why="Vi gør det selv i år.", now=self.at(5))
        quoting.refuse(
            self.session, self.ask(REFUSED), why="Klaveret er for tungt for os. Spørg et flyttefirma.",
            head=self.head, now=self.at(5), by_staff_id=self.sanne,
        )  # fmt: skip

    def drive_a_round(self, people: Sequence[Person]) -> None:
        """The next working day has a round; one visit waits for a day, and two are done: one paid, one not."""
        team, car = self.resources["Hold Rødkælk"], self.resources["Den hvide varebil"]
        planned = [self.plan(self.one_visit(wanted, self.next_day), minute, team, car) for wanted, minute in ROUND]
        self.one_visit(TO_PLAN, None)
        for back, is_paid in ((4, True), (2, False)):
            wanted = DONE._replace(back=DONE.back - back)
            visit = self.one_visit(wanted, self.stage.workday(back))
            self.do(visit, team, car, note="Lågen lukker nu.", materials=[Used("Skruer", Decimal(4), "stk.")])
            if is_paid:
                charge = self.session.scalars(sa.select(ServiceCharge).where(ServiceCharge.visit_id == visit.id)).one()
                billing.paid(self.session, charge, PayMeans.MOBILEPAY, now=self.at(back), by_staff_id=self.sanne)
        gardeners = [each.citizen for each in people if each.planned.department == GARDEN][:4]
        visiting.set_team(self.session, team, gardeners)
        task = going.tasks_of(self.session, self.kinds["planting"].id)[0]
        visiting.take_along(
            self.session, planned[0], dict.fromkeys(gardeners[:2], task), now=self.stage.now, by_staff_id=self.bjarne
        )

    def agree_for_long(self) -> None:
        """A weekly round with a past and a pause ahead, paid by the month; a hedge that is cut twice a year."""
        team, car = self.resources["Hold Solsort"], self.resources["Den grønne kassevogn"]
        weekly = self.agreement(
            PROPERTY_ROUND, first_on=self.stage.workday(32), billing=Billing.MONTHLY, early_days=1, late_days=2,
            from_minute=NINE, to_minute=11 * 60,
        )  # fmt: skip
        for visit in self.past_visits(weekly):
            self.do(visit, team, car, note="Alt var i orden. En pære i porten er skiftet.")
        rest = self.next_day + timedelta(days=28)
        jobs.pause(self.session, weekly, rest, rest + timedelta(days=13), now=self.stage.now, by_staff_id=None)
        for charge in billing.close_periods_of(self.session, weekly.id, self.stage.now)[:1]:
            if charge.state is ChargeState.DUE:
                billing.paid(self.session, charge, PayMeans.INVOICE, now=self.stage.now, by_staff_id=self.sanne)
        self.agreement(
            HEDGE_YEARLY, first_on=self.stage.workday(30), year_days=("06-20", "09-15"), early_days=7, late_days=14
        )

    def clear_snow(self) -> None:
        """Two agreements for the winter; the first snow has been cleared, and more is expected."""
        season: dict[str, Any] = {"billing": Billing.SEASON, "first_on": self.stage.workday(30), "trigger_cm": 3}
        self.agreement(SNOW_FIRST, **season, priority=1, clear_by_minute=6 * 60 + 30)
        self.agreement(SNOW_SECOND, **season, priority=2, clear_by_minute=8 * 60)
        first = self.alarm(6, 4, _FIRST_SNOW)
        team, car = self.resources["Hold Rødkælk"], self.resources["Ladbilen"]
        rows = snow.proposal(self.session, first)
        if rows:  # out of season nobody is to be called
            called_at = self.at(6, 4 * 60 + 30)
            snow.call_out(
                self.session, first, [row.job_id for row in rows], resource_ids=[team.id],
                vehicle_of={team.id: car.id}, now=called_at, by_staff_id=self.bjarne,
            )  # fmt: skip
        grit = [Used("Grus", Decimal(25), "kg")]
        cleared = sa.select(Visit).where(Visit.snow_alarm_id == first.id).order_by(Visit.start_minute, Visit.id)
        for visit in self.session.scalars(cleared).all():
            self.finish(visit, visit.start_minute or NINE, "Ryddet og gruset.", grit)
        self.alarm(0, 5, _MORE_SNOW)

    def alarm(self, back: int, depth_cm: int, text: str) -> SnowAlarm:
        """Somebody saw snow early in the morning."""
        at = self.at(back, 4 * 60)
        return snow.raise_alarm(
            self.session, cause=crypto.new_public_id(), source=AlarmSource.HAND, depth_cm=depth_cm, from_at=at,
            text=text, now=at, by_staff_id=self.bjarne,
        )  # fmt: skip

    def at(self, back: int, minute: int = 10 * 60) -> datetime:
        """A moment of a working day gone by."""
        return self.stage.at(self.stage.workday(back), minute)

    def ask(self, wanted: Wanted, *, by_staff_id: int | None = None) -> ServiceRequest:
        """Somebody asks."""
        return requests.ask(
            self.session, once=crypto.new_public_id(), kind=self.kinds[wanted.kind], place=wanted.who,
            asked=wanted.asked, head=self.head, now=self.at(wanted.back), by_staff_id=by_staff_id,
        )  # fmt: skip

    def quote(self, request: ServiceRequest, back: int, **changes: Any) -> ServiceQuote:
        """We answer with a price, so many working days ago."""
        kind = self.session.get_one(ServiceKind, request.service_kind_id)
        day = self.stage.workday(back)
        travel = prices.travel(self.session, self.place_of(request))
        terms: Terms = proposal(kind, request, travel, today=day)
        wanted = {"valid_until": day + timedelta(days=10)} | changes
        first = wanted.get("first_on", terms.first_on)
        if first is not None:
            wanted["valid_until"] = min(wanted["valid_until"], max(day, first - timedelta(days=1)))
        return quoting.send(
            self.session, request, replace(terms, **wanted), head=self.head, now=self.at(back), by_staff_id=self.sanne
        )

    def place_of(self, request: ServiceRequest) -> str:
        """The postcode it is at."""
        return self.session.get_one(ServicePlace, request.place_id).postcode

    def accept(self, quote: ServiceQuote, back: int) -> ServiceJob:
        """The customer says yes, so many working days ago."""
        day = self.stage.workday(back)
        return quoting.accept(
            self.session, quote, may_start_early=True, knows_right_ends=True, terms_version=None,
            withdraw_until=day + timedelta(days=14), today=day, now=self.at(back, 11 * 60),
        )  # fmt: skip

    def one_visit(self, wanted: Wanted, day: date | None) -> Visit:
        """A single visit that was agreed for a day."""
        quote = self.quote(self.ask(wanted), wanted.back - 1, first_on=day)
        job = self.accept(quote, wanted.back - 2)
        return self.session.scalars(sa.select(Visit).where(Visit.job_id == job.id)).one()

    def agreement(self, wanted: Wanted, *, first_on: date, **changes: Any) -> ServiceJob:
        """An agreement with the rule that was proposed, from a day on."""
        quote = self.quote(self.ask(wanted), wanted.back - 1, first_on=first_on, **changes)
        job = self.accept(quote, wanted.back - 2)
        laying.lay(self.session, job, self.stage.today)
        return job

    def past_visits(self, job: ServiceJob) -> Sequence[Visit]:
        """Those of an agreement that have been."""
        return self.session.scalars(
            sa.select(Visit).where(Visit.job_id == job.id, Visit.day < self.stage.today).order_by(Visit.day)
        ).all()

    def plan(self, visit: Visit, minute: int, *resources: Resource) -> Visit:
        """Put it into the plan, and tell the customer."""
        if visit.day is None:
            raise ValueError("the demo plans what has a day")
        wanted = Plan(visit.day, minute, visit.minutes, tuple(each.id for each in resources))
        now = min(self.stage.now, clock.at(visit.day, MIDNIGHT))
        visits.plan(self.session, visit, wanted, version=visit.version, is_sure=True, now=now, by_staff_id=self.bjarne)
        visits.tell(self.session, visit, head=self.head, now=now)
        return visit

    def do(self, visit: Visit, *resources: Resource, note: str = "", materials: Sequence[Used] = ()) -> None:
        """A visit that was planned for nine and made."""
        self.plan(visit, NINE, *resources)
        self.finish(visit, NINE, note, materials)

    def finish(self, visit: Visit, minute: int, note: str, materials: Sequence[Used]) -> None:
        """On the way, begun and done."""
        day = visit.day or self.stage.today
        left_at, done_at = self.stage.at(day, minute), self.stage.at(day, minute + visit.minutes)
        visits.on_the_way(self.session, visit, head=self.head, now=left_at, by_staff_id=self.bjarne)
        visits.start(self.session, visit, now=left_at, by_staff_id=self.bjarne)
        visits.finish(
            self.session, visit, note=note, materials=materials, now=done_at, by_staff_id=self.bjarne, head=self.head
        )
