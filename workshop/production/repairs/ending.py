"""How a card ends: the thing is tried and done, and a customer's is handed back by its code, once."""

from __future__ import annotations

import re
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.money import PayMeans, kr
from workshop.core.text import clean
from workshop.production.models import OrderState, ProductionOrder
from workshop.production.repairs import letters
from workshop.production.repairs.actions import EditedMeanwhile, changed, save
from workshop.production.repairs.door import Head
from workshop.production.repairs.models import JobState, RepairJob, Whose
from workshop.production.repairs.words import VEHICLES

_LINK = re.compile(r"/indlevering/(?P<public_id>[A-Za-z0-9_-]{1,30})/")


def record_test(session: Session, job: RepairJob, note: str, *, version: int, now: datetime) -> None:
    """How it went when a thing was tried: brakes, lights, steering.

    Raises Refusal for no words, EditedMeanwhile when it is not the version seen.
    """
    words = clean(note)[:300]
    if not words:
        raise Refusal(_("Skriv, hvad der er prøvet, og hvordan det gik."))
    states = (JobState.AGREED, JobState.DONE, JobState.KEPT)
    save(session, job, version, states, {"test_note": words, "tested_at": now})


def finish(session: Session, job: RepairJob, price_ore: int, *, version: int, head: Head, now: datetime) -> None:
    """A customer's thing is done and costs this (øre, VAT included); the owner is told. The same again is no change.

    Raises Refusal while the work is not done, for a vehicle nobody tried, or for more than was agreed.
    """
    if job.state is JobState.DONE and job.price_ore == price_ore:
        return
    if job.whose is not Whose.CUSTOMER:
        raise Refusal(_("Den er vores egen. Den får sit nummer, når ordren er færdig."))
    is_worked_on = sa.exists().where(
        ProductionOrder.id == RepairJob.order_id, ProductionOrder.state == OrderState.FINISHED
    )
    did = changed(
        session,
        job,
        RepairJob.state == JobState.AGREED,
        RepairJob.version == version,
        RepairJob.quoted_ore >= price_ore,  # never more than the owner said yes to
        is_worked_on,
        sa.or_(RepairJob.kind.not_in(VEHICLES), RepairJob.tested_at.is_not(None)),
        state=JobState.DONE,
        price_ore=price_ore,
        done_at=now,
    )
    if not did:
        raise _why_not_done(session, job, version)
    letters.ready(session, job, head, now)


def _why_not_done(session: Session, job: RepairJob, version: int) -> Refusal:
    if job.version != version or job.state is not JobState.AGREED:
        return EditedMeanwhile(_("En anden har rettet kortet imens. Se på det, og prøv igen."))
    order = session.get(ProductionOrder, job.order_id) if job.order_id else None
    if order is None or order.state is not OrderState.FINISHED:
        return Refusal(_("Arbejdet er ikke færdigt. Gør trinnene på ordren færdige først."))
    if job.kind in VEHICLES and job.tested_at is None:
        return Refusal(_("Den er ikke prøvet. Skriv, hvad der er prøvet, og hvordan det gik."))
    agreed = kr(job.quoted_ore or 0)
    return Refusal(
        _("Ejeren har sagt ja til højst %(agreed)s. Prisen kan være lavere, men ikke højere.", agreed=agreed)
    )


def found_by(session: Session, typed: str, department_ids: frozenset[int]) -> RepairJob | None:
    """The card whose slip this is: its code as typed, with or without the dash, or the address in its QR code."""
    link = _LINK.search(typed)
    code = re.sub(r"[\s-]", "", typed).upper()
    condition = RepairJob.public_id == link["public_id"] if link else RepairJob.code == code
    return session.scalar(
        sa.select(RepairJob).where(
            condition, RepairJob.whose == Whose.CUSTOMER, RepairJob.department_id.in_(department_ids)
        )
    )


def hand_back(
    session: Session, job: RepairJob, *, means: PayMeans | None, now: datetime, by_staff_id: int | None
) -> bool:
    """Give a customer's thing back; `means` says how the price was paid. False when it was handed back before.

    Raises Refusal while it is not ready, or when a price was not paid.
    """
    owes = job.state is JobState.DONE and bool(job.price_ore)
    if owes and means is None:
        raise Refusal(_("Vælg, hvordan der er betalt."))
    if owes:
        may = sa.and_(RepairJob.state == JobState.DONE, RepairJob.price_ore == job.price_ore)
    else:
        free = sa.and_(RepairJob.state == JobState.DONE, RepairJob.price_ore == 0)
        may = sa.or_(RepairJob.state == JobState.DECLINED, free)
    paid = means if owes else None
    values = {"state": JobState.HANDED_BACK, "paid_means": paid, "ended_at": now, "handed_by_id": by_staff_id}
    if changed(session, job, RepairJob.whose == Whose.CUSTOMER, may, **values):
        return True
    if _is_back(job):
        return False
    raise Refusal(_("Den er ikke klar til at blive hentet endnu."))


def _is_back(job: RepairJob) -> bool:
    return job.state is JobState.HANDED_BACK
