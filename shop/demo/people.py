"""Who is in the demo: six of staff and more, twenty-five citizens, all made up, and the days they came."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import date, timedelta
from typing import NamedTuple

import sqlalchemy as sa

from shop.demo.stage import GARDEN, WOOD, Stage, actor_of, monday_of, workdays
from workshop.accounts import actions as accounts
from workshop.accounts.models import Account
from workshop.citizens import actions as citizens
from workshop.citizens.attendance import AttendanceMark
from workshop.citizens.models import AttendanceEntry, Citizen, ProgrammeType
from workshop.core import crypto
from workshop.core.access import Role

DEPARTMENTS = {WOOD: "Træværkstedet i Helsinge", GARDEN: "Haveholdet"}
BOTH = (WOOD, GARDEN)
STAFF: tuple[tuple[str, str, tuple[Role, ...], tuple[str, ...]], ...] = (
    ("lone", "Lone", (Role.WORKSHOP, Role.CONSULTANT), (WOOD,)),
    ("bjarne", "Bjarne", (Role.WORKSHOP,), (GARDEN,)),
    ("mette", "Mette", (Role.WORKSHOP, Role.CONSULTANT), BOTH),
    ("sanne", "Sanne", (Role.SALES,), BOTH),
    ("karin", "Karin", (Role.MANAGER,), BOTH),
    ("admin", "Anders", (Role.ADMIN,), BOTH),
    ("revision", "Ditte", (Role.AUDITOR,), BOTH),
)
# Whoever confirms and talks with people: the first mostly, the second now and then.
CONFIRMERS = {WOOD: ("lone", "mette"), GARDEN: ("bjarne", "mette")}
# ASCII only, so that a password can be typed on any keyboard.
WORDS = (
    "baenk bord birk bog bus cykel dug eg fersken fjord fugl gran grus hammer hav hegn hest hoevl humle hylde "
    "jord kaffe kano kasse kirsch kop kost lak lampe laerk lim log mel mint mos muld nagle net olie orm pil "
    "pumpe reb regn reol rive rose sand sav skruer skovl sne sol spade stige stol tang teak top urt vand "
    "vindue voks zink"
)

WEEKS = 13
EVERY_DAY = range(5)
PATTERNS: tuple[tuple[int, ...], ...] = ((0, 1, 2, 3, 4), (0, 1, 2, 3), (0, 1, 3), (1, 2, 3), (0, 2, 4), (1, 2, 3, 4))
# Of a hundred agreed days so many are like this.
MARKS = {
    AttendanceMark.CAME: 82,
    AttendanceMark.CAME_PARTLY: 5,
    AttendanceMark.NOTIFIED: 7,
    AttendanceMark.NO_MESSAGE: 3,
    AttendanceMark.AGREED_AWAY: 3,
}
CAME = (AttendanceMark.CAME, AttendanceMark.CAME_PARTLY)


class Planned(NamedTuple):
    """A person of the demo: how many weeks ago they began, their weekdays, whose caseload they are, what they speak."""

    name: str
    picture: str
    department: str
    weeks: int
    pattern: int
    contact: str
    programme: str = "clarification_monthly"
    language: str = "da"


AKSEL, MONA = "Aksel", "Mona"
SHOWN = (AKSEL, MONA, "Viggo")  # whose codes the demo prints
PEOPLE: tuple[Planned, ...] = (
    Planned(AKSEL, "baad", WOOD, 8, 0, "lone"),
    Planned(MONA, "raev", WOOD, 10, 0, "lone"),
    Planned("Yusuf", "ugle", WOOD, 6, 1, "lone", "clarification_followups", language="ar"),
    Planned("Freja", "blad", WOOD, 9, 3, "lone"),
    Planned("Jonas", "sol", WOOD, 5, 1, "lone"),
    Planned("Leila", "kat", WOOD, 11, 5, "mette"),
    Planned("Bo", "cykel", WOOD, 7, 0, "mette", "clarification_followups"),
    Planned("Sami", "trae", WOOD, 4, 2, "lone"),
    Planned("Inger", "kop", WOOD, 40, 4, "mette", "protected_employment"),
    Planned("Kasper", "fisk", WOOD, 3, 1, "lone", "guidance_upskilling"),
    Planned("Amina", "blomst", WOOD, 8, 2, "mette"),
    Planned("Poul", "anker", WOOD, 52, 0, "mette", "protected_employment"),
    Planned("Signe", "hjerte", WOOD, 2, 3, "lone"),
    Planned("Emil", "stjerne", WOOD, 10, 1, "mette", "guidance_upskilling"),
    Planned("Nadia", "maane", WOOD, 1, 4, "lone", "clarification_followups"),
    Planned("Viggo", "gran", GARDEN, 9, 0, "mette"),
    Planned("Rosa", "mariehoene", GARDEN, 11, 1, "mette"),
    Planned("Omar", "bi", GARDEN, 6, 3, "mette", "clarification_followups"),
    Planned("Tove", "svamp", GARDEN, 45, 2, "bjarne", "protected_employment"),
    Planned("Malik", "bus", GARDEN, 5, 1, "mette"),
    Planned("Birgit", "snegl", GARDEN, 8, 4, "bjarne"),
    Planned("Olena", "sommerfugl", GARDEN, 4, 0, "mette", "guidance_upskilling", language="en"),
    Planned("Holger", "pindsvin", GARDEN, 10, 5, "bjarne"),
    Planned("Karla", "paraply", GARDEN, 2, 2, "mette"),
    Planned("Hassan", "hare", GARDEN, 7, 1, "mette", "clarification_followups"),
)


@dataclass(frozen=True)
class Person:
    """A citizen of the demo with what the other parts ask about: weekdays, first day, and the days they came."""

    planned: Planned
    citizen: Citizen
    pin: str
    started_on: date
    days: tuple[date, ...]

    @property
    def name(self) -> str:
        """What they are called."""
        return self.planned.name

    @property
    def weekdays(self) -> tuple[int, ...]:
        """The agreed weekdays; Monday is 0."""
        return PATTERNS[self.planned.pattern]


@dataclass(frozen=True)
class Login:
    """A member of staff who can sign in."""

    name: str
    roles: tuple[Role, ...]
    email: str
    password: str


def hire(stage: Stage) -> list[Login]:
    """Departments and staff; passwords are random words, long and typeable."""
    for key, name in DEPARTMENTS.items():
        stage.departments[key] = accounts.add_department(stage.session, key, name).id
    logins = []
    begun = stage.at(stage.workday(260), 8 * 60)
    for key, name, roles, where in STAFF:
        password = "-".join([*(secrets.choice(WORDS.split()) for _ in range(4)), str(10 + secrets.randbelow(90))])
        departments = [stage.departments[each] for each in where]
        staff = accounts.add_staff(
            stage.session,
            name=name,
            email=f"{key}@vaerksted.example",
            password=password,
            roles=roles,
            departments=departments,
            now=begun,
            cheap=stage.settings.cheap_hashes,
        )
        public_id = stage.session.get_one(Account, staff.account_id).public_id
        stage.staff[key] = actor_of(staff.account_id, public_id, name, roles, departments)
        logins.append(Login(name, roles, staff.email, password))
    return logins


def welcome(stage: Stage) -> list[Person]:
    """Twenty-five citizens in the middle of their programmes, with attendance up to yesterday."""
    programmes = {each.key: each for each in stage.session.scalars(sa.select(ProgrammeType))}
    people = [_arrive(stage, planned, programmes[planned.programme]) for planned in PEOPLE]
    if stage.today.weekday() not in EVERY_DAY:
        _open_on_a_weekend(stage, people)
    stage.session.flush()
    return people


def _arrive(stage: Stage, planned: Planned, programme: ProgrammeType) -> Person:
    started_on = monday_of(stage.today) - timedelta(weeks=planned.weeks)
    ends_on = started_on + timedelta(weeks=programme.weeks, days=-3) if programme.weeks else None
    pin = crypto.new_pin()
    start_minute, minutes = stage.chance.choice(((9 * 60, 300), (9 * 60, 240), (8 * 60 + 30, 330), (10 * 60, 180)))
    citizen = citizens.add_citizen(
        stage.session,
        full_name=f"{planned.name} Eksempel",
        display_name=planned.name,
        picture=planned.picture,
        department_id=stage.departments[planned.department],
        pin=pin,
        pepper=stage.settings.pin_pepper,
        programme_type_id=programme.id,
        started_on=started_on,
        ends_on=ends_on,
        contact_staff_id=stage.staff_id(planned.contact),
        now=stage.at(started_on, 9 * 60),
        cheap=stage.settings.cheap_hashes,
        language=planned.language,
        weekdays=PATTERNS[planned.pattern],
        start_minute=start_minute,
        minutes=minutes,
    )
    if planned.name == AKSEL and started_on < stage.today and stage.today.weekday() not in EVERY_DAY:
        # The demo is opened on any day of the week, and somebody has to be there to sign in.
        days = [(weekday, start_minute, minutes) for weekday in (*EVERY_DAY, stage.today.weekday())]
        citizens.set_week_plan(stage.session, citizen, valid_from=stage.today, days=days)
    return Person(planned, citizen, pin, started_on, _attend(stage, planned, citizen, started_on))


def _attend(stage: Stage, planned: Planned, citizen: Citizen, started_on: date) -> tuple[date, ...]:
    """A mark for every agreed day; the days they came. Plain rows, for the action would look up each of hundreds."""
    first = max(started_on, monday_of(stage.today) - timedelta(weeks=WEEKS))
    came = []
    for day in workdays(first, stage.today - timedelta(days=1)):
        if day.weekday() not in PATTERNS[planned.pattern]:
            continue
        (mark,) = stage.chance.choices(list(MARKS), list(MARKS.values()))
        notice = stage.at(day, 7 * 60 + 30 + stage.chance.randrange(120)) if mark is AttendanceMark.NOTIFIED else None
        seen_by = stage.staff_id(CONFIRMERS[planned.department][0])
        stage.session.add(
            AttendanceEntry(citizen_id=citizen.id, day=day, mark=mark, notice_at=notice, by_staff_id=seen_by)
        )
        if mark in CAME:
            came.append(day)
    return tuple(came)


def _open_on_a_weekend(stage: Stage, people: list[Person]) -> None:
    """A demo begun on a Saturday or Sunday: a few have come anyway, so that the tablet has pictures to show."""
    for person in people:
        if person.weekdays == PATTERNS[0]:
            citizens.mark_attendance(
                stage.session,
                citizen=person.citizen,
                day=stage.today,
                mark=AttendanceMark.CAME,
                now=stage.now,
                by_staff_id=stage.staff_id(CONFIRMERS[person.planned.department][0]),
            )
