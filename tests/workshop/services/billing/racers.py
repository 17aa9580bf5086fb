"""What each process of a race for one bill does."""

from __future__ import annotations

import time
from collections.abc import Callable
from multiprocessing.queues import Queue
from multiprocessing.synchronize import Barrier

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, OperationalError

from workshop.core import clock, db
from workshop.core.web import is_busy
from workshop.services.billing import actions
from workshop.services.billing.models import ChargeState, ServiceCharge
from workshop.services.jobs.models import ServiceJob
from workshop.services.visits.models import Visit

NOW = clock.now()
WAIT_SECONDS = 120


def run(url: str, visit_ids: list[int], is_careless: bool, start: Barrier, told: Queue[str]) -> None:
    """Finish each visit at the same moment as everybody else."""
    db.use(db.Database(url))
    with db.reading() as session:
        session.execute(sa.text("select 1"))
    for visit_id in visit_ids:
        start.wait(WAIT_SECONDS)
        told.put(_patiently(_careless if is_careless else _finish, visit_id))
    db.database().close()


def _patiently(do: Callable[[int], str], visit_id: int) -> str:
    """Press again, as the page asks for that says the database is busy."""
    deadline = time.monotonic() + WAIT_SECONDS
    while True:
        try:
            return do(visit_id)
        except OperationalError as error:
            if not is_busy(error) or time.monotonic() > deadline:
                raise


def _finish(visit_id: int) -> str:
    try:
        with db.transaction() as session:
            charge = actions.visit_done(session, session.get_one(Visit, visit_id), NOW)
            return charge.number if charge else ""
    except IntegrityError:
        return "refused"


def _careless(visit_id: int) -> str:
    """The control: look whether there is a charge, write one afterwards, with a cause of its own each time."""
    with db.reading() as session:
        visit = session.get_one(Visit, visit_id)
        job = session.get_one(ServiceJob, visit.job_id)
        known = session.scalar(sa.select(ServiceCharge.id).where(ServiceCharge.visit_id == visit_id))
    if known is not None:
        return ""
    time.sleep(0.02)
    word = f"{visit_id}-{time.perf_counter_ns()}"
    with db.transaction() as session:
        session.add(
            ServiceCharge(
                number=word[:20], job_id=job.id, cause=f"v-{word}"[:40], visit_id=visit_id, from_on=job.starts_on,
                to_on=job.starts_on, text="x", amount_ore=job.total_ore, vat_scheme=job.vat_scheme, vat_ore=0,
                state=ChargeState.DUE, made_at=NOW,
            )
        )  # fmt: skip
    return word
