"""Work that is done on the tablet itself becomes a record: a run of labels, a stock count. Staff confirm it too.

The run and the count know nobody; who did it stands here alone.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens import queries as citizens
from workshop.citizens.models import Citizen
from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _, ngettext
from workshop.labels.models import PrintJob, PrintJobItem
from workshop.production.models import TaskType
from workshop.products.models import StockCount, StockCountLine
from workshop.tasks import routines
from workshop.tasks.changing import newest_record
from workshop.tasks.models import Assignment, AssignmentState, Participation, RecordStatus, TaskRecord

PRINT_LABELS, STOCKTAKE = "lo_print_labels", "lo_stocktake"


def record_label_run(session: Session, citizen: Citizen, job: PrintJob, *, now: datetime) -> TaskRecord:
    """Write down that this person printed a run of labels: a draft, once a job however often it is said.

    It finishes the person's own task of that kind today, where there is one. Raises Refusal for a day outside the
    person's stay, or where the catalogue has no such task.
    """
    # The job's own row is the gate: of two taps at once the second finds the record of the first.
    session.execute(sa.select(PrintJob.id).where(PrintJob.id == job.id).with_for_update())
    before = session.scalar(_first_of(TaskRecord.print_job_id == job.id))
    if before is not None:
        return before
    labels = session.scalar(sa.select(sa.func.count()).where(PrintJobItem.job_id == job.id)) or 0
    record = _record(session, citizen, PRINT_LABELS, ngettext("ét mærke", "%(num)s mærker", labels), now)
    record.print_job_id = job.id
    session.flush()
    return record


def record_count(session: Session, citizen: Citizen, count: StockCount, *, now: datetime) -> TaskRecord:
    """Write down that this person counted the stock: a draft, once a count however often it is said.

    It finishes the person's own task of that kind today, where there is one. Raises Refusal as `record_label_run`.
    """
    session.execute(sa.select(StockCount.id).where(StockCount.id == count.id).with_for_update())
    before = session.scalar(_first_of(TaskRecord.stock_count_id == count.id))
    if before is not None:
        return before
    seen = session.scalar(sa.select(sa.func.count()).where(StockCountLine.count_id == count.id)) or 0
    words = ngettext("én ting", "%(num)s ting", seen)
    record = _record(session, citizen, STOCKTAKE, f"{count.place}, {words}" if count.place else words, now)
    record.stock_count_id = count.id
    session.flush()
    return record


def _first_of(condition: sa.ColumnElement[bool]) -> sa.Select[TaskRecord]:
    """The first version about a run or a count; corrections follow it."""
    return sa.select(TaskRecord).where(condition).order_by(TaskRecord.version).limit(1)


def _record(session: Session, citizen: Citizen, key: str, what: str, now: datetime) -> TaskRecord:
    """The draft of the person's task of this kind today, or a new one without a task. `what` tells how much it was."""
    kind = session.scalar(sa.select(TaskType).where(TaskType.key == key))
    if kind is None:
        raise Refusal(_("Opgaven mangler i kataloget. Hent en fra personalet."))
    today = clock.local_day(now)
    if not citizens.is_enrolled(session, citizen.id, today):
        raise Refusal(_("Dagen ligger uden for forløbet. Spørg en fra personalet."))
    task = _task_of_today(session, citizen, kind, now)
    before = newest_record(session, task.id) if task is not None else None
    if before is not None and before.status is not RecordStatus.VOIDED:  # a finish that was taken back is no work
        return before
    record = TaskRecord(
        assignment_id=task.id if task else None,
        version=before.version + 1 if before else 1,
        supersedes_id=before.id if before else None,
        task_type_id=kind.id,
        order_step_id=task.order_step_id if task else None,
        title=f"{task.title if task else kind.name}: {what}"[:150],
        done_on=today,
        recorded_at=now,
        recorded_by_id=citizen.account_id,
    )
    session.add(record)
    session.flush()
    session.add(Participation(record_id=record.id, citizen_id=citizen.id))
    return record


def _task_of_today(session: Session, citizen: Citizen, kind: TaskType, now: datetime) -> Assignment | None:
    """The person's own task of this kind today, finished now.

    A task of an order's step is left to its own "Jeg er færdig", which gives the step's pieces their numbers. One that
    was finished already counts as this work too, as long as staff have not confirmed it and no other run is on it.
    """
    mine = sa.select(Assignment).where(
        Assignment.citizen_id == citizen.id,
        Assignment.task_type_id == kind.id,
        Assignment.day == clock.local_day(now),
        Assignment.order_step_id.is_(None),
    )
    is_open = Assignment.state.in_((AssignmentState.STARTED, AssignmentState.PLANNED))
    # "started" sorts after "planned": what was begun is what was done.
    task = session.scalar(mine.where(is_open).order_by(Assignment.state.desc(), Assignment.id).with_for_update())
    if task is not None:
        task.state, task.finished_at = AssignmentState.FINISHED, now
        session.flush()
        routines.settle(session, task.routine_day_id, now=now)
        return task
    is_free = sa.exists().where(
        TaskRecord.assignment_id == Assignment.id,
        TaskRecord.status == RecordStatus.DRAFT,
        TaskRecord.print_job_id.is_(None),
        TaskRecord.stock_count_id.is_(None),
    )
    return session.scalar(mine.where(Assignment.state == AssignmentState.FINISHED, is_free).order_by(Assignment.id))
