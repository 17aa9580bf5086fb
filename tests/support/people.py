"""People of the workshop for tests: citizens, their tablets and tasks. Kept apart from the things, as in the house."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import UTC, date, datetime

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories

from workshop.accounts import actions as accounts
from workshop.accounts.models import Department, Device, Staff
from workshop.accounts.queries import actor_of_session
from workshop.citizens import actions as citizens
from workshop.citizens.models import Citizen, ProgrammeType
from workshop.core import clock
from workshop.core.access import Actor
from workshop.core.pictures import PICTURES
from workshop.production.models import OrderStep, TaskType
from workshop.tasks import actions as tasks
from workshop.tasks.models import Assignment, TaskRecord

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
PEPPER = "a pepper of the tests, worth nothing at all"
PIN = "2580"
_pictures = itertools.cycle(PICTURES)


def programme_type(session: Session, *, key: str = "afklaring") -> ProgrammeType:
    """The programme with this key, made when it is not there."""
    found = session.scalar(sa.select(ProgrammeType).where(ProgrammeType.key == key))
    if found is None:
        found = ProgrammeType(
            key=key,
            name="Afklaring",
            legal_reference="",
            weeks=13,
            meeting_pattern=[],
            report_template="status",
            valid_from=date(2020, 1, 1),
            valid_to=None,
            plan_name="udviklingsplan",
        )
        session.add(found)
        session.flush()
    return found


def citizen(
    session: Session,
    *,
    name: str = "Mona",
    full_name: str = "",
    picture: str = "",
    at: Department | None = None,
    contact: Staff | None = None,
    started_on: date = date(2026, 9, 1),
    ends_on: date | None = None,
    weekdays: Iterable[int] = range(5),
    pin: str = PIN,
    now: datetime = NOW,
) -> Citizen:
    """Somebody in the workshop who is expected every weekday."""
    department = at or factories.department(session)
    return citizens.add_citizen(
        session,
        full_name=full_name or f"{name} Prøvesen",
        display_name=name,
        picture=picture or next(_pictures),
        department_id=department.id,
        pin=pin,
        pepper=PEPPER,
        programme_type_id=programme_type(session).id,
        started_on=started_on,
        ends_on=ends_on,
        contact_staff_id=(contact or factories.staff(session, departments=[department])).account_id,
        now=now,
        cheap=True,
        weekdays=weekdays,
    )


def tablet(session: Session, *, at: Department | None = None, now: datetime = NOW) -> tuple[Device, str]:
    """An enrolled tablet and its key."""
    department = at or factories.department(session)
    by = factories.staff(session, departments=[department])
    return accounts.enrol_device(
        session, name="Træhallen 1", department_id=department.id, by_staff_id=by.account_id, now=now
    )


def actor_of(session: Session, person: Staff | Citizen, *, device: Device | None = None, now: datetime = NOW) -> Actor:
    """The person as the guard sees them."""
    if isinstance(person, Staff):
        token = accounts.sign_in_staff(session, person.email, factories.PASSWORD, now)
    else:
        here = device or tablet(session)[0]
        token = accounts.sign_in_citizen(session, person.account_id, PIN, here.id, pepper=PEPPER, now=now)
    assert token is not None
    found = actor_of_session(session, token, now)
    assert found is not None
    return found[0]


def assignment(
    session: Session,
    person: Citizen,
    *,
    step: OrderStep | None = None,
    task: TaskType | None = None,
    title: str | None = None,
    day: date | None = None,
    by: Staff | None = None,
    now: datetime = NOW,
) -> Assignment:
    """A task for somebody, today unless the test says otherwise."""
    kind = None if step else (task or factories.task_type(session))
    return tasks.assign(
        session,
        citizen=person,
        day=day or clock.local_day(now),
        title=title,
        order_step_id=step.id if step else None,
        task_type_id=kind.id if kind else None,
        start_minute=9 * 60,
        now=now,
        by_staff_id=(by or factories.staff(session)).account_id,
    )


def draft(
    session: Session,
    person: Citizen,
    *,
    device: Device | None = None,
    task: TaskType | None = None,
    title: str | None = None,
    now: datetime = NOW,
) -> TaskRecord:
    """A finished task of the person that waits for staff."""
    here = device or tablet(session)[0]
    given = assignment(session, person, task=task, title=title, now=now)
    ticket = tasks.start(session, given, here.id, now)
    done = tasks.finish(
        session,
        assignment_public_id=given.public_id,
        ticket=ticket,
        device_id=here.id,
        now=now,
        base_url=factories.BASE_URL,
    )
    return done.record


def sign_in_staff(client: FlaskClient, email: str) -> None:
    """Sign a browser in at the desk."""
    answer = client.post("/personale/log-ind", data={"email": email, "password": factories.PASSWORD})
    assert answer.status_code == 303, answer.text


def sign_in_citizen(client: FlaskClient, key: str, public_id: str, pin: str = PIN) -> None:
    """Sign a browser that carries the tablet's key in as a citizen."""
    client.set_cookie("tablet", key)
    answer = client.post(f"/vaerksted/kode/{public_id}", data={"pin": pin})
    assert answer.status_code == 303, answer.text


def browser(app: Flask) -> FlaskClient:
    """A browser whose requests come from our own page."""
    made = app.test_client()
    made.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    return made


def at_tablet(app: Flask, key: str, public_id: str) -> FlaskClient:
    """Somebody who has signed in at the tablet."""
    made = browser(app)
    sign_in_citizen(made, key, public_id)
    return made


def at_desk(app: Flask, email: str) -> FlaskClient:
    """Somebody who has signed in at the desk."""
    made = browser(app)
    sign_in_staff(made, email)
    return made
