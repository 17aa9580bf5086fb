"""The demo: enough of everything, the same each time, nobody real, and one more good record is what Aksel lacks."""

from __future__ import annotations

import json
import os
import shutil
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

import pytest
import sqlalchemy as sa
from conftest import make_settings
from sqlalchemy.orm import Session

from shop.app import create_app
from shop.demo import filling
from shop.demo.making import BENCH, LAST_STEP
from shop.demo.people import AKSEL
from shop.models import Base
from shop.orders.models import Hold, Order, OrderState, PayWay
from shop.orders.pickup import SHIPPED
from shop.payments.models import Payment, PaymentDue, PaymentState
from workshop.accounts import actions as accounts
from workshop.accounts import passwords
from workshop.accounts.models import Department, Device, Staff
from workshop.citizens import queries as citizens
from workshop.citizens.models import AttendanceEntry, Citizen
from workshop.core import clock, db
from workshop.core.access import Actor, Role
from workshop.core.errors import ConfigurationError
from workshop.core.mail import OutboxMail
from workshop.labels import queries as labels
from workshop.labels import waiting
from workshop.production.models import (
    CapacityDay,
    OrderStep,
    ProductionOrder,
    StepState,
)
from workshop.production.models import OrderState as Making
from workshop.products import actions as products
from workshop.products.models import Item, ItemState, PriceChange
from workshop.progression import evidence
from workshop.progression.goal_rules import GoalState, suggest_state
from workshop.progression.indication import Basis, Indication, indicate
from workshop.progression.models import AdoptedLevel, DevelopmentPlan, Goal, GoalKind
from workshop.tasks import actions as tasks
from workshop.tasks.marks import Quality, Support
from workshop.tasks.models import Assignment, Competence, Participation, RecordStatus, TaskRecord

pytestmark = pytest.mark.xdist_group("filling")  # or each process fills a house of its own, seven seconds' work
TUESDAY = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
SUNDAY = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)


class House(NamedTuple):
    """A database with the demo in it, filled once for all tests of this file, and what was said meanwhile."""

    url: str
    data_dir: Path
    said: list[str]
    lines: list[str]


def fresh(template: str, folder: Path, name: str) -> str:
    """A copy of the migrated, empty database that lives as long as the round."""
    if template.startswith("sqlite"):
        shutil.copyfile(template.removeprefix("sqlite:///"), folder / "demo.sqlite3")
        return f"sqlite:///{folder / 'demo.sqlite3'}"
    server = sa.make_url(template)
    admin = sa.create_engine(
        server.set(drivername="postgresql+psycopg", database="postgres"), isolation_level="AUTOCOMMIT"
    )
    with admin.connect() as connection:
        connection.execute(sa.text(f'CREATE DATABASE "{name}_{os.getpid()}" TEMPLATE "{server.database}"'))
    admin.dispose()
    return server.set(database=f"{name}_{os.getpid()}").render_as_string(hide_password=False)


def fill(url: str, data_dir: Path, now: datetime = TUESDAY) -> House:
    said: list[str] = []
    app = create_app(make_settings(url, data_dir))
    lines = filling.fill(app, said.append, now=now)
    db.database().close()
    return House(url, data_dir, said, lines)


@contextmanager
def looking_at(house: House) -> Iterator[Session]:
    """A block in which a test may try things; none of it is kept."""
    database = db.Database(house.url)
    with Session(database.writer) as session:
        yield session
        session.rollback()
    database.close()


@pytest.fixture(scope="module")
def house(template: str, tmp_path_factory: pytest.TempPathFactory) -> House:
    folder = tmp_path_factory.mktemp("demo")
    return fill(fresh(template, folder, "demo"), folder)


@pytest.fixture
def demo(house: House) -> Iterator[Session]:
    with looking_at(house) as session:
        yield session


def count(session: Session, table: type[Base], *conditions: sa.ColumnElement[bool]) -> int:
    return session.scalar(sa.select(sa.func.count()).select_from(table).where(*conditions)) or 0


def aksel_of(session: Session) -> Citizen:
    return session.scalars(sa.select(Citizen).where(Citizen.display_name == AKSEL)).one()


def sanding(session: Session, today: date) -> Indication:
    aksel, competence = aksel_of(session), session.scalars(sa.select(Competence).filter_by(key="sanding")).one()
    rows = evidence.rows(session, aksel.id, competence.id, today)[competence.id]
    return indicate(rows, today, foundation_ends_on=evidence.foundation_ends_on(session, aksel.id, today))


def summary(session: Session) -> dict[str, object]:
    """What must be alike in two demos: everything but ids, tokens and codes."""
    item = (Item.number, Item.title, Item.price_ore, Item.state, Item.quantity, Item.born_at, Item.sold_at)
    record = (TaskRecord.done_on, TaskRecord.title, TaskRecord.status, TaskRecord.version)
    marks = (Citizen.display_name, Participation.minutes, Participation.support, Participation.quality)
    people = sa.select(*record, *marks).join(Participation, Participation.record_id == TaskRecord.id)
    people = people.join(Citizen, Citizen.id == Participation.citizen_id)
    order = (Order.number, Order.customer_name, Order.state, Order.total_ore, Order.pickup_on)
    agreed = sa.select(Citizen.display_name, AdoptedLevel.adopted_on, AdoptedLevel.competence_id, AdoptedLevel.level)
    day = (AttendanceEntry.citizen_id, AttendanceEntry.day, AttendanceEntry.mark)
    given = sa.select(Assignment.citizen_id, Assignment.day, Assignment.title, Assignment.state)
    return {
        "items": session.execute(sa.select(*item).order_by(Item.number)).all(),
        "records": Counter(session.execute(people).all()),
        "orders": session.execute(sa.select(*order).order_by(Order.number)).all(),
        "levels": Counter(session.execute(agreed.join(Citizen, Citizen.id == AdoptedLevel.citizen_id)).all()),
        "attendance": session.execute(sa.select(*day).order_by(*day[:2])).all(),
        "assignments": Counter(session.execute(given).all()),
    }


def test_there_is_enough_of_everything(demo: Session) -> None:
    assert count(demo, Department) == 2
    assert count(demo, Staff) == 7
    assert count(demo, Citizen) == 25
    assert count(demo, DevelopmentPlan) == 25
    assert count(demo, Item) == 60
    assert {state for (state,) in demo.execute(sa.select(Item.state))} == set(ItemState)
    assert count(demo, ProductionOrder, ProductionOrder.state == Making.OPEN) == 11
    assert count(demo, Order) >= 15
    assert {state for (state,) in demo.execute(sa.select(Order.state))} == set(OrderState)
    assert count(demo, Order, Order.ready_at.is_not(None), Order.state == OrderState.SECURED) >= 2
    records = {status: count(demo, TaskRecord, TaskRecord.status == status) for status in RecordStatus}
    assert records[RecordStatus.CONFIRMED] > 900
    assert records[RecordStatus.DRAFT] > 5
    assert records[RecordStatus.SUPERSEDED] == 4
    assert records[RecordStatus.VOIDED] == 1
    assert count(demo, AdoptedLevel) > 50
    assert count(demo, CapacityDay) > 60
    assert 6 <= len(waiting.queue(demo, TUESDAY)) <= 10
    assert labels.latest_jobs(demo)


def test_two_demos_on_one_day_are_alike(demo: Session, database_url: str, tmp_path: Path) -> None:
    with looking_at(fill(database_url, tmp_path)) as other:
        one, two = summary(demo), summary(other)
        for part, found in one.items():
            assert found == two[part], part
        ids = sa.select(Citizen.public_id)
        assert set(demo.scalars(ids)).isdisjoint(other.scalars(ids)), "public ids stay random"


def test_the_next_thing_born_is_number_1042(demo: Session) -> None:
    numbers = list(demo.scalars(sa.select(Item.number).order_by(Item.number)))
    assert numbers == list(range(982, 1042))
    (born,) = products.add_items(
        demo, product_type_id=None, title="Prøve", pieces=1, base_url="https://butik.example", now=TUESDAY
    )
    assert born.number == 1042


def test_things_are_numbered_as_they_were_finished_and_priced_before_they_were_shown(demo: Session) -> None:
    items = list(demo.scalars(sa.select(Item).order_by(Item.number)))
    assert [item.born_at for item in items] == sorted(item.born_at for item in items)
    for item in items:
        assert item.price_ore
        assert item.description
        assert item.drawing
        assert item.born_at <= TUESDAY
        assert (item.approved_at is None) == (item.state is ItemState.MADE)
        if item.sold_at is not None:
            assert item.approved_at is not None
            assert item.approved_at < item.sold_at <= TUESDAY, item.title
        prices = list(
            demo.scalars(sa.select(PriceChange).filter_by(item_id=item.id).order_by(PriceChange.at, PriceChange.id))
        )
        assert prices[-1].price_ore == item.price_ore
        assert prices[0].at >= item.born_at


def test_no_key_leads_nowhere(demo: Session) -> None:
    for table in Base.metadata.sorted_tables:
        for key in table.foreign_keys:
            there = key.column.table.alias()
            held = key.parent.is_not(None)
            found = sa.exists().where(there.c[key.column.name] == key.parent)
            broken = demo.scalar(sa.select(sa.func.count()).select_from(table).where(held, ~found))
            assert broken == 0, f"{table.name}.{key.parent.name}"


def test_one_more_good_record_takes_aksel_a_step_up(demo: Session) -> None:
    today = clock.local_day(TUESDAY)
    aksel = aksel_of(demo)
    goal = demo.scalars(
        sa.select(Goal)
        .join(DevelopmentPlan, DevelopmentPlan.id == Goal.plan_id)
        .where(DevelopmentPlan.citizen_id == aksel.id, Goal.kind == GoalKind.COMPETENCE)
    ).one()
    levels = demo.scalars(
        sa.select(AdoptedLevel.level)
        .where(AdoptedLevel.citizen_id == aksel.id, AdoptedLevel.competence_id == goal.competence_id)
        .order_by(AdoptedLevel.adopted_on)
    ).all()
    before = sanding(demo, today)
    assert goal.title == "Slibe træ"
    assert (levels[-1], goal.target_level, before.level) == (2, 3, 2)
    assert suggest_state(before, target=3, started_on=goal.started_on, today=today) is GoalState.WELL_ON_THE_WAY

    finish_the_bench(demo, aksel, Support.S1)

    after = sanding(demo, today)
    assert (after.level, after.basis) == (3, Basis.GOOD)
    assert suggest_state(after, target=3, started_on=goal.started_on, today=today) is GoalState.REACHED


def test_a_record_with_guidance_does_not_take_aksel_a_step_up(demo: Session) -> None:
    finish_the_bench(demo, aksel_of(demo), Support.S2)
    assert sanding(demo, clock.local_day(TUESDAY)).level == 2


def enrolled_tablet(session: Session, aksel: Citizen) -> Device:
    lone = session.scalars(sa.select(Staff).where(Staff.name == "Lone")).one()
    device, _key = accounts.enrol_device(
        session, name="Tablet", department_id=aksel.department_id, by_staff_id=lone.account_id, now=TUESDAY
    )
    return device


def finish_the_bench(session: Session, aksel: Citizen, support: Support) -> None:
    """What the tour of the demo does: the last step of the bench is given to Aksel, done, and confirmed."""
    lone = session.scalars(sa.select(Staff).where(Staff.name == "Lone")).one()
    step = session.scalars(sa.select(OrderStep).where(OrderStep.title == LAST_STEP)).one()
    assignment = tasks.assign(
        session,
        citizen=aksel,
        day=clock.local_day(TUESDAY),
        title=None,
        order_step_id=step.id,
        task_type_id=None,
        start_minute=None,
        now=TUESDAY,
        by_staff_id=lone.account_id,
    )
    device = enrolled_tablet(session, aksel)
    ticket = tasks.start(session, assignment, device.id, TUESDAY)
    done = tasks.finish(
        session,
        assignment_public_id=assignment.public_id,
        ticket=ticket,
        device_id=device.id,
        now=TUESDAY + timedelta(minutes=50),
        base_url="https://butik.example",
    )
    assert [(item.number, item.title, item.price_ore) for item in done.items] == [(1042, BENCH, 89_500)]
    actor = Actor(lone.account_id, "lone", "Lone", frozenset({Role.WORKSHOP}), frozenset({aksel.department_id}))
    marks = tasks.PartMarks(aksel.id, 50, support, Quality.Q2)
    tasks.confirm(session, record=done.record, actor=actor, now=TUESDAY + timedelta(hours=1), parts=[marks])


def test_only_sanding_is_left_of_the_bench_and_nobody_has_it(demo: Session) -> None:
    order = demo.scalars(sa.select(ProductionOrder).where(ProductionOrder.title == BENCH)).one()
    left = demo.scalars(
        sa.select(OrderStep).where(
            OrderStep.order_id == order.id, OrderStep.state.not_in((StepState.FINISHED, StepState.SKIPPED))
        )
    ).all()
    assert [step.title for step in left] == [LAST_STEP]
    assert count(demo, Assignment, Assignment.order_step_id == left[0].id) == 0
    assert order.department_id == aksel_of(demo).department_id


def test_aksel_can_sign_in_on_any_weekday(demo: Session) -> None:
    aksel = aksel_of(demo)
    for ahead in range(14):
        day = clock.local_day(TUESDAY) + timedelta(days=ahead)
        faces = citizens.expected_today(demo, aksel.department_id, day)
        assert (aksel.public_id in {face.public_id for face in faces}) is (day.weekday() < 5), day


def test_a_demo_begun_on_a_sunday_has_people_and_tasks_too(database_url: str, tmp_path: Path) -> None:
    with looking_at(fill(database_url, tmp_path, SUNDAY)) as session:
        aksel, today = aksel_of(session), clock.local_day(SUNDAY)
        faces = citizens.expected_today(session, aksel.department_id, today)
        assert aksel.public_id in {face.public_id for face in faces}
        assert len(faces) > 1
        assert count(session, Assignment, Assignment.citizen_id == aksel.id, Assignment.day == today) >= 1
        assert sanding(session, today).level == 2


def test_nothing_happened_on_days_the_workshop_is_closed(demo: Session) -> None:
    worked = set(demo.scalars(sa.select(TaskRecord.done_on)))
    came = set(demo.scalars(sa.select(AttendanceEntry.day)))
    assert {day for day in worked | came if not SHIPPED.is_open(day)} == set()
    assert max(worked) < clock.local_day(TUESDAY)


def test_people_have_records_only_for_days_they_came_and_one_or_two_a_day(demo: Session) -> None:
    came = sa.select(AttendanceEntry.citizen_id, AttendanceEntry.day).where(AttendanceEntry.mark.in_(citizens.HERE))
    worked = (
        sa.select(Participation.citizen_id, TaskRecord.done_on)
        .join(TaskRecord, TaskRecord.id == Participation.record_id)
        .where(TaskRecord.status.in_((RecordStatus.CONFIRMED, RecordStatus.DRAFT)))
    )
    days = Counter((person, day) for person, day in demo.execute(worked))
    assert set(days) <= {(person, day) for person, day in demo.execute(came)}
    assert max(days.values()) <= 2


def test_everybody_is_made_up(demo: Session) -> None:
    assert all(name.endswith(" Eksempel") for name in demo.scalars(sa.select(Citizen.full_name)))
    assert all(name.endswith(" Eksempel") for name in demo.scalars(sa.select(Order.customer_name)))
    addresses = [*demo.scalars(sa.select(Staff.email)), *demo.scalars(sa.select(Order.customer_email))]
    addresses += demo.scalars(sa.select(OutboxMail.recipient))
    assert all(address.endswith(".example") for address in addresses)
    assert all(phone.startswith("00 00") for phone in demo.scalars(sa.select(Order.customer_phone)))


@pytest.mark.once
@pytest.mark.parametrize("day", [date(2027, 1, 4), date(2027, 3, 29), date(2027, 6, 2)])
def test_it_can_be_filled_on_any_day(template: str, tmp_path: Path, day: date) -> None:
    """After the holidays, after the clocks were put forward, and out of the season of snow."""
    filled = fill(
        fresh(template, tmp_path, f"demo_{day:%m%d}"), tmp_path, datetime(day.year, day.month, day.day, 9, tzinfo=UTC)
    )
    assert filled.lines


def test_nothing_is_due_at_stripe_and_no_mail_waits(demo: Session) -> None:
    assert count(demo, PaymentDue) == 0
    assert count(demo, OutboxMail, OutboxMail.sent_at.is_(None)) == 0
    assert count(demo, OutboxMail) > 12
    card = set(demo.scalars(sa.select(Order.public_id).where(Order.pay_way == PayWay.CARD)))
    assert set(demo.scalars(sa.select(Payment.reference))) == card
    assert count(demo, Payment, Payment.state == PaymentState.OPENED) == 0


def test_what_is_held_is_what_live_orders_hold(demo: Session) -> None:
    held = demo.execute(sa.select(Item.id, Item.held).where(Item.held > 0).order_by(Item.id)).all()
    live = sa.select(Hold.item_id, sa.func.sum(Hold.quantity)).where(Hold.ended_at.is_(None)).group_by(Hold.item_id)
    assert held == demo.execute(live.order_by(Hold.item_id)).all()
    assert held, "one order waits for its customer right now"


def test_a_second_start_only_says_how_to_get_in(house: House) -> None:
    app = create_app(make_settings(house.url, house.data_dir))
    said: list[str] = []
    assert filling.fill(app, said.append, now=TUESDAY) == house.lines
    assert house.said
    assert not said
    kept = house.data_dir / filling.LOGINS
    assert kept.stat().st_mode & 0o777 == 0o600
    away = kept.rename(house.data_dir / "away.json")
    with pytest.raises(ConfigurationError, match="gone"):
        filling.fill(app, said.append, now=TUESDAY)
    away.rename(kept)
    db.database().close()


def test_the_passwords_and_codes_printed_open_the_doors(house: House, demo: Session) -> None:
    kept = json.loads((house.data_dir / filling.LOGINS).read_text())
    for login in kept["staff"]:
        passwords.check(login["password"], (login["name"], login["email"]))
        assert any(login["email"] in line and login["password"] in line for line in house.lines)
        assert accounts.sign_in_staff(demo, login["email"], login["password"], TUESDAY)
    assert len({each["picture"] for each in kept["citizens"]}) == 25
    aksel = aksel_of(demo)
    pin = next(each["pin"] for each in kept["citizens"] if each["name"] == AKSEL)
    assert any(line.endswith(f"code {pin}") for line in house.lines)
    device = enrolled_tablet(demo, aksel)
    pepper = make_settings(house.url, house.data_dir).pin_pepper
    assert accounts.sign_in_citizen(demo, aksel.account_id, pin, device.id, pepper=pepper, now=TUESDAY)
