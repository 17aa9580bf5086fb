"""What a person decides about their own task: a break, a "nej tak", and that it was not done after all."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from threading import Barrier

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.orm import Session
from support import factories, people

from tests.workshop.tasks.rig import count, give, ticket_on
from workshop.citizens.models import Citizen
from workshop.core import clock, db
from workshop.core.errors import NotHere, Refusal
from workshop.labels.models import LabelSheet, PrintJob
from workshop.production.models import OrderStep, StepState, TaskType
from workshop.production.routines import actions as routine_actions
from workshop.production.routines.models import Routine, RoutineDay
from workshop.tasks import actions, queries, recording
from workshop.tasks.marks import Quality, Support
from workshop.tasks.models import Assignment, AssignmentState, FinishTicket, RecordStatus, TaskRecord
from workshop.tasks.regretting import break_seconds
from workshop.tasks.results import Finished, PartMarks


def begun(session: Session, *, step: OrderStep | None = None, name: str = "Mona") -> tuple[Assignment, str, int]:
    """Somebody's task that is begun, its ticket, and the tablet."""
    tablet, _key = people.tablet(session)
    given = people.assignment(session, people.citizen(session, name=name), step=step)
    return given, actions.start(session, given, tablet.id, people.NOW), tablet.id


def finished(session: Session, given: Assignment, ticket: str, tablet_id: int, now: datetime = people.NOW) -> Finished:
    return actions.finish(
        session,
        assignment_public_id=given.public_id,
        ticket=ticket,
        device_id=tablet_id,
        now=now,
        base_url=factories.BASE_URL,
    )


def steps_of(session: Session, steps: int) -> list[OrderStep]:
    order = factories.production_order(session, steps=steps)
    of_order = sa.select(OrderStep).where(OrderStep.order_id == order.id).order_by(OrderStep.position)
    return list(session.scalars(of_order))


def test_breaks_are_added_up_and_a_second_press_changes_nothing(session: Session, now: datetime) -> None:
    given, _ticket, _tablet = begun(session)
    for minutes in (10, 12):
        actions.pause(session, given, now + timedelta(minutes=minutes))
    assert given.paused_at == now + timedelta(minutes=10)
    for minutes in (15, 40):
        actions.resume(session, given, now + timedelta(minutes=minutes))
    assert (given.paused_at, given.paused_seconds) == (None, 300)
    actions.pause(session, given, now + timedelta(minutes=50))
    assert break_seconds(given, now + timedelta(minutes=52)) == 420


def test_a_finish_during_a_break_ends_the_break(session: Session, now: datetime) -> None:
    given, ticket, tablet = begun(session)
    actions.pause(session, given, now + timedelta(minutes=20))
    finished(session, given, ticket, tablet, now + timedelta(minutes=30))
    assert (given.state, given.paused_at, given.paused_seconds) == (AssignmentState.FINISHED, None, 600)


def test_a_break_needs_something_that_is_begun(session: Session, now: datetime) -> None:
    given = people.assignment(session, people.citizen(session))
    for each in (actions.pause, actions.resume):
        with pytest.raises(Refusal):
            each(session, given, now)


def test_no_thanks_needs_no_reason_and_the_step_waits_for_somebody_again(session: Session, now: datetime) -> None:
    (step, _last) = steps_of(session, 2)
    given, _ticket, _tablet = begun(session, step=step)
    session.refresh(step)
    assert step.state is StepState.STARTED
    actions.decline(session, given, now)
    actions.decline(session, given, now + timedelta(minutes=1))
    session.refresh(step)
    assert (given.state, given.declined_at) == (AssignmentState.CANCELLED, now)
    assert step.state is StepState.WAITING
    assert queries.own_tasks(session, given.citizen_id, given.day) == []


def test_no_thanks_leaves_a_step_that_somebody_else_has_begun(session: Session, now: datetime) -> None:
    (step, _last) = steps_of(session, 2)
    first, _ticket, _tablet = begun(session, step=step)
    begun(session, step=step, name="Yusuf")
    actions.decline(session, first, now)
    session.refresh(step)
    assert step.state is StepState.STARTED


def test_no_thanks_to_a_routine_lets_its_day_wait_again(session: Session, now: datetime) -> None:
    kind, mona = factories.task_type(session), people.citizen(session)
    plan = routine_actions.Plan("Fej", kind.id, mona.department_id, (0, 1, 2, 3, 4), 1, now.date())
    routine = routine_actions.add(session, plan, once="r" * 22, by_staff_id=None)
    assert isinstance(routine, Routine)
    given = actions.assign(
        session, citizen=mona, day=now.date(), title=None, order_step_id=None, task_type_id=None,
        start_minute=None, now=now, by_staff_id=factories.staff(session).account_id, routine_id=routine.id,
    )  # fmt: skip
    actions.decline(session, given, now)
    assert session.scalar(sa.select(sa.func.count()).select_from(RoutineDay)) == 0


def test_a_no_is_taken_back_while_nobody_else_has_the_step(session: Session, now: datetime) -> None:
    (step, _last) = steps_of(session, 2)
    given, _ticket, tablet = begun(session, step=step)
    actions.decline(session, given, now)
    assert [each.public_id for each in queries.own_declined(session, given.citizen_id, given.day)] == [given.public_id]
    for _press in range(2):
        actions.take_back_decline(session, given, now)
    assert (given.state, given.declined_at, given.started_at) == (AssignmentState.PLANNED, None, None)
    assert queries.own_declined(session, given.citizen_id, given.day) == []
    assert [each.public_id for each in queries.own_tasks(session, given.citizen_id, given.day)] == [given.public_id]
    finished(session, given, actions.start(session, given, tablet, now), tablet)


def test_a_no_stays_a_no_once_somebody_else_has_the_work(session: Session, now: datetime) -> None:
    (step, _last) = steps_of(session, 2)
    given, _ticket, _tablet = begun(session, step=step)
    actions.decline(session, given, now)
    other = people.assignment(session, people.citizen(session, name="Yusuf"), step=step)
    assert queries.own_declined(session, given.citizen_id, given.day) == []
    with pytest.raises(Refusal, match="En anden har den nu"):
        actions.take_back_decline(session, given, now)
    actions.cancel(session, other, now=now)  # the control: without the other it is there again
    actions.take_back_decline(session, given, now)
    assert given.state is AssignmentState.PLANNED


def test_only_ones_own_no_of_today_is_taken_back(session: Session, now: datetime) -> None:
    given = people.assignment(session, people.citizen(session))
    actions.cancel(session, given, now=now)  # by staff: nobody said no
    assert queries.own_declined(session, given.citizen_id, given.day) == []
    with pytest.raises(Refusal, match="taget af listen"):
        actions.take_back_decline(session, given, now)
    other = people.assignment(session, people.citizen(session, name="Yusuf"))
    actions.decline(session, other, now)
    with pytest.raises(Refusal, match="Dagen er gået"):
        actions.take_back_decline(session, other, now + timedelta(days=1))


def test_a_step_that_is_done_meanwhile_does_not_come_back(session: Session, now: datetime) -> None:
    (step, _last) = steps_of(session, 2)
    given, _ticket, _tablet = begun(session, step=step)
    actions.decline(session, given, now)
    session.execute(sa.update(OrderStep).where(OrderStep.id == step.id).values(state=StepState.FINISHED))
    assert queries.own_declined(session, given.citizen_id, given.day) == []
    with pytest.raises(Refusal):
        actions.take_back_decline(session, given, now)


def test_a_routine_one_said_no_to_is_the_same_routine_again(session: Session, now: datetime) -> None:
    kind, mona = factories.task_type(session), people.citizen(session)
    plan = routine_actions.Plan("Fej", kind.id, mona.department_id, (0, 1, 2, 3, 4), 1, now.date())
    routine = routine_actions.add(session, plan, once="r" * 22, by_staff_id=None)
    assert isinstance(routine, Routine)
    by = factories.staff(session).account_id
    values = {"day": now.date(), "title": None, "order_step_id": None, "task_type_id": None, "start_minute": None}
    given = actions.assign(session, citizen=mona, now=now, by_staff_id=by, routine_id=routine.id, **values)
    actions.decline(session, given, now)
    actions.take_back_decline(session, given, now)
    (day,) = session.scalars(sa.select(RoutineDay)).all()
    assert (given.routine_day_id, day.routine_id) == (day.id, routine.id)


def test_what_is_finished_cannot_be_declined(session: Session, now: datetime) -> None:
    given, ticket, tablet = begun(session)
    finished(session, given, ticket, tablet)
    with pytest.raises(Refusal):
        actions.decline(session, given, now)


def test_a_finish_taken_back_goes_on_and_the_next_one_is_the_next_version(session: Session, now: datetime) -> None:
    (step, _last) = steps_of(session, 2)
    given, ticket, tablet = begun(session, step=step)
    first = finished(session, given, ticket, tablet).record
    actions.take_back_finish(session, given)
    actions.take_back_finish(session, given)
    session.refresh(step)
    assert (given.state, given.finished_at, step.state) == (AssignmentState.STARTED, None, StepState.STARTED)
    assert (first.status, first.version) == (RecordStatus.VOIDED, 1)

    again = actions.start(session, given, tablet, now)
    second = finished(session, given, again, tablet, now + timedelta(minutes=9)).record
    session.refresh(step)
    assert (second.version, second.supersedes_id, second.status) == (2, first.id, RecordStatus.DRAFT)
    assert step.state is StepState.FINISHED
    assert queries.record_of(session, given).id == second.id


def test_the_old_ticket_finishes_nothing_after_the_finish_was_taken_back(session: Session, now: datetime) -> None:
    """A finish that waited for the net is sent again, after the person said that it was not done."""
    given, ticket, tablet = begun(session)
    finished(session, given, ticket, tablet)
    actions.take_back_finish(session, given)
    late = finished(session, given, ticket, tablet, now + timedelta(minutes=5))
    assert given.state is AssignmentState.STARTED
    assert late.record.status is RecordStatus.VOIDED
    session.execute(sa.update(FinishTicket).values(used_at=None))  # the control: were a ticket good twice, it would
    session.expire_all()
    finished(session, given, ticket, tablet, now + timedelta(minutes=5))
    assert given.state is AssignmentState.FINISHED


def test_what_staff_have_confirmed_is_not_taken_back(session: Session, now: datetime) -> None:
    given, ticket, tablet = begun(session)
    record = finished(session, given, ticket, tablet).record
    lone = people.actor_of(session, factories.staff(session))
    parts = [PartMarks(given.citizen_id, 30, Support.S1, Quality.Q2)]
    actions.confirm(session, record=record, actor=lone, now=now, parts=parts)
    with pytest.raises(Refusal):
        actions.take_back_finish(session, given)
    assert given.state is AssignmentState.FINISHED


def test_a_finish_that_gave_a_thing_its_number_is_not_taken_back(session: Session) -> None:
    (step,) = steps_of(session, 1)
    given, ticket, tablet = begun(session, step=step)
    assert finished(session, given, ticket, tablet).items
    with pytest.raises(Refusal):
        actions.take_back_finish(session, given)


def test_a_finish_that_somebody_built_on_is_not_taken_back(session: Session) -> None:
    (first, second, _last) = steps_of(session, 3)
    given, ticket, tablet = begun(session, step=first)
    finished(session, given, ticket, tablet)
    begun(session, step=second, name="Yusuf")
    with pytest.raises(Refusal), session.begin_nested():
        actions.take_back_finish(session, given)
    session.refresh(given)
    assert given.state is AssignmentState.FINISHED


def test_a_task_never_finished_has_nothing_to_take_back(session: Session) -> None:
    given, _ticket, _tablet = begun(session)
    with pytest.raises(NotHere):
        actions.take_back_finish(session, given)


def test_a_finish_on_another_day_suggests_no_minutes(session: Session, now: datetime) -> None:
    given, ticket, tablet = begun(session)
    record = finished(session, given, ticket, tablet, now + timedelta(days=1)).record
    assert (given.finished_at, record.done_on) == (None, now.date())


def test_confirming_and_taking_back_at_once_leaves_one_of_them(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        given, ticket, tablet = begun(session)
        record_id = finished(session, given, ticket, tablet).record.id
        given_id, mona_id = given.id, given.citizen_id
        lone = people.actor_of(session, factories.staff(session))
    together = Barrier(2)

    def confirm() -> bool:
        together.wait()
        with db.transaction() as session:
            parts = [PartMarks(mona_id, 30, Support.S1, Quality.Q2)]
            record = session.get_one(TaskRecord, record_id)
            actions.confirm(session, record=record, actor=lone, now=now, parts=parts)
        return True

    def take_back() -> bool:
        together.wait()
        with db.transaction() as session:
            actions.take_back_finish(session, session.get_one(Assignment, given_id))
        return True

    def won(what: object) -> bool:
        try:
            return bool(what())  # type: ignore[operator]  # one of the two above
        except Refusal:
            return False

    with ThreadPoolExecutor(2) as pool:
        outcome = list(pool.map(won, (confirm, take_back)))
    assert sorted(outcome) == [False, True]
    with db.reading() as session:
        status = session.get_one(TaskRecord, record_id).status
        state = session.get_one(Assignment, given_id).state
    expected = (RecordStatus.CONFIRMED, AssignmentState.FINISHED) if outcome[0] else (
        RecordStatus.VOIDED, AssignmentState.STARTED,
    )  # fmt: skip
    assert (status, state) == expected


def test_a_day_with_a_break_a_regret_and_a_no(house, mona: FlaskClient) -> None:
    task, other = give(house.mona, "Fej gulvet"), give(house.mona, "Mal stolen")
    mona.post(f"/vaerksted/opgaver/{task}/start")
    mona.post(f"/vaerksted/opgaver/{task}/pause")
    assert "Du holder pause." in mona.get("/vaerksted/opgaver").text
    mona.post(f"/vaerksted/opgaver/{task}/videre")
    ticket = ticket_on(mona.get("/vaerksted/opgaver").text)
    mona.post(f"/vaerksted/opgaver/{task}/faerdig", data={"ticket": ticket})
    assert "Jeg er ikke færdig" in mona.get(f"/vaerksted/opgaver/{task}/faerdig").text
    mona.post(f"/vaerksted/opgaver/{task}/ikke-faerdig")
    page = mona.get("/vaerksted/opgaver").text
    assert "Du er i gang med én." in page
    assert ticket_on(page) != ticket, "the real end has a ticket of its own"
    assert mona.post(f"/vaerksted/opgaver/{task}/svar", data={"felt": "good"}).location.endswith("/vaerksted/opgaver")

    asked = mona.get(f"/vaerksted/opgaver/{other}/nej-tak").text
    assert "Du må gerne sige nej." in asked
    assert "hvorfor" not in asked.lower()
    done = mona.post(f"/vaerksted/opgaver/{other}/nej-tak", follow_redirects=True).text
    assert "Det er helt i orden." in done
    assert "Mal stolen" not in done.split("Du sagde nej tak")[0]
    assert f'action="/vaerksted/opgaver/{other}/alligevel"' in done
    back = mona.post(f"/vaerksted/opgaver/{other}/alligevel", follow_redirects=True).text
    assert "Du sagde nej tak" not in back
    assert "Mal stolen" in back


def test_a_press_that_comes_to_nothing_is_told_on_the_list(house, mona: FlaskClient) -> None:
    task = give(house.mona)
    told = mona.post(f"/vaerksted/opgaver/{task}/pause")
    assert (told.status_code, told.location) == (303, "/vaerksted/opgaver"), "so that Back sends nothing again"
    assert "Du er ikke i gang med den nu." in mona.get("/vaerksted/opgaver").text


def test_nobody_decides_about_anothers_task(house, mona: FlaskClient, yusuf: FlaskClient) -> None:
    task = give(house.mona)
    mona.post(f"/vaerksted/opgaver/{task}/start")
    for what in ("pause", "videre", "nej-tak", "alligevel", "ikke-faerdig"):
        assert yusuf.post(f"/vaerksted/opgaver/{task}/{what}").status_code == 404
    assert yusuf.get(f"/vaerksted/opgaver/{task}/nej-tak").status_code == 404
    assert count(TaskRecord) == 0


def test_a_run_of_labels_after_a_regret_is_the_next_version(house, kinds_of_work, roll) -> None:
    """The run finishes the person's own task of that kind; the draft that was taken back is not brought to life."""
    now = clock.now()
    with db.transaction() as session:
        mona = session.get_one(Citizen, house.monas_id)
        kind = session.scalars(sa.select(TaskType).where(TaskType.key == recording.PRINT_LABELS)).one()
        given = people.assignment(session, mona, task=kind, day=clock.local_day(now), now=now)
        ticket = actions.start(session, given, house.tablet_id, now)
        finished(session, given, ticket, house.tablet_id, now)
        actions.take_back_finish(session, given)
        job = PrintJob(sheet_id=session.scalars(sa.select(LabelSheet.id)).one(), created_at=now)
        session.add(job)
        session.flush()
        record = recording.record_label_run(session, mona, job, now=now)
        assert (record.version, record.status) == (2, RecordStatus.DRAFT)
        assert recording.record_label_run(session, mona, job, now=now).id == record.id
