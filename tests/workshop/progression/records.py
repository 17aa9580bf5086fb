"""Real records for the tests of evidence, plans and pages: made by the same actions the pages use."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy.orm import Session
from support import factories, people

from workshop.accounts.models import Staff
from workshop.citizens.models import Citizen
from workshop.production.models import TaskType
from workshop.progression import actions
from workshop.progression.actions import Agreed
from workshop.progression.models import AdoptedLevel, Talk
from workshop.tasks import confirming
from workshop.tasks.marks import Quality, Support
from workshop.tasks.models import Competence, LinkRole, TaskCompetenceLink, TaskRecord
from workshop.tasks.results import PartMarks

_keys = itertools.count(1)


def competence(session: Session, *, name: str = "Slibe træ", key: str = "") -> Competence:
    """Something a person can show."""
    made = Competence(
        key=key or f"kan_{next(_keys)}",
        group="faglig",
        name=name,
        i_can="Jeg kan slibe træ, så det er glat.",
        anchor_1="Sliber en flade sammen med en anden.",
        anchor_2="Sliber selv, når papiret er valgt.",
        anchor_3="Vælger papir og sliber, til det er glat.",
        anchor_4="Sliber nye former, eller viser andre.",
    )
    session.add(made)
    session.flush()
    return made


def link(
    session: Session,
    task: TaskType,
    shows: Competence,
    *,
    role: LinkRole = LinkRole.CORE,
    valid_from: date = TaskCompetenceLink.FROM_THE_START,
    valid_to: date | None = None,
) -> TaskCompetenceLink:
    """What the task can show, from one day to another."""
    made = TaskCompetenceLink(
        task_type_id=task.id, competence_id=shows.id, role=role, valid_from=valid_from, valid_to=valid_to
    )
    session.add(made)
    session.flush()
    return made


def marks(person: Citizen, written: str = "S0Q2", *, minutes: int | None = 60, observation: str = "") -> PartMarks:
    """A person's part: support and quality written together, as in `S1Q2`."""
    return PartMarks(person.id, minutes, Support(written[:2]), Quality(written[2:]), observation=observation)


def draft(
    session: Session, parts: Sequence[PartMarks], *, task: TaskType, on: date, by: Staff, title: str = "Slib bænken"
) -> TaskRecord:
    """A record that waits."""
    now = datetime.combine(on, time(13), tzinfo=UTC)
    actor = people.actor_of(session, by, now=now)
    return confirming.write_down(
        session, actor=actor, task_type_id=task.id, title=title, done_on=on, parts=parts, now=now
    )


def confirmed(
    session: Session, parts: Sequence[PartMarks], *, task: TaskType, on: date, by: Staff, title: str = "Slib bænken"
) -> TaskRecord:
    """A record staff have said is right."""
    record = draft(session, parts, task=task, on=on, by=by, title=title)
    now = datetime.combine(on, time(13), tzinfo=UTC)
    actor = people.actor_of(session, by, now=now)
    return confirming.confirm(session, record=record, actor=actor, now=now, parts=parts)


def agreed(
    session: Session, person: Citizen, shows: Competence, level: int, *, by: Staff, now: datetime, note: str = "Set."
) -> AdoptedLevel:
    """A level agreed at a talk that is over."""
    talk = actions.open_talk(session, citizen_id=person.id, by_staff_id=by.account_id, now=now)
    levels = actions.adopt_levels(
        session, talk=talk, agreed=[Agreed(shows.id, level, note=note)], by_staff_id=by.account_id, now=now
    )
    actions.close_talk(session, talk=talk, now=now)
    return levels[0]


def talk(session: Session, person: Citizen, *, by: Staff, now: datetime) -> Talk:
    """An open talk."""
    return actions.open_talk(session, citizen_id=person.id, by_staff_id=by.account_id, now=now)


def sanding(session: Session) -> tuple[TaskType, Competence]:
    """A task and what it shows."""
    task, shows = factories.task_type(session), competence(session)
    link(session, task, shows)
    return task, shows


def back(days: int, now: datetime) -> date:
    """A day so many days ago."""
    return now.date() - timedelta(days=days)
