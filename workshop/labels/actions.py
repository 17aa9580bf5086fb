"""Rules of printing labels: a job is made with today's prices, printed, and then confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.labels import queries
from workshop.labels.models import JobState, PrintJob, PrintJobItem
from workshop.labels.pdf import check_job, checked_dark_mm
from workshop.products.models import Item, ItemState


class _Labelled(NamedTuple):
    """What decides whether an item can have a label."""

    id: int
    number: int
    price_ore: int | None
    state: ItemState
    qr_side: int


def make_job(
    session: Session,
    *,
    item_ids: Sequence[int],
    sheet_key: str,
    start_cell: int,
    now: datetime,
    by_staff_id: int | None,
) -> PrintJob:
    """Labels to be printed together, in this order and with the prices of this moment; an id given twice is two labels.

    `start_cell` counts the places of the first sheet from 1. Nothing leaves the queue before `mark_printed`.

    Raises Refusal when there is nothing to print or too much, the sheet has no such place or cannot carry a code, or an
    item has no price or is not for sale any more; NotHere for an item that does not exist.
    """
    sheet = queries.sheet_by_key(session, sheet_key)
    if sheet is None:
        raise Refusal(_("Vælg et ark fra listen."))
    product = queries.product_of(sheet)
    check_job(len(item_ids), product, start_cell)
    items = _items(session, item_ids)
    prices = {item.id: _price_of(item) for item in items.values()}
    for item in items.values():
        checked_dark_mm(product, item.number, item.qr_side)
    job = PrintJob(sheet_id=sheet.id, start_cell=start_cell, created_at=now, by_staff_id=by_staff_id)
    session.add(job)
    session.flush()
    lines = [
        {"job_id": job.id, "position": position, "item_id": item_id, "price_ore": prices[item_id]}
        for position, item_id in enumerate(item_ids, start=1)
    ]
    session.execute(sa.insert(PrintJobItem), lines)
    return job


def print_at_tablet(session: Session, item: Item, *, sheet_key: str, now: datetime) -> PrintJob:
    """One label from the tablet, made by nobody; staff see it wait until they say that it came out right.

    A second tap gives the same job: the one of this item that nobody has confirmed, as long as the price is the same.
    Raises what `make_job` raises.
    """
    # Two taps at once stand in line for the item, so the second one finds the job of the first.
    session.execute(sa.select(Item.id).where(Item.id == item.id).with_for_update())
    waiting = queries.waiting_from_tablet(session, item, sheet_key)
    if waiting is not None:
        return waiting
    return make_job(session, item_ids=[item.id], sheet_key=sheet_key, start_cell=1, now=now, by_staff_id=None)


def reprint(session: Session, job: PrintJob, *, start_cell: int, now: datetime, by_staff_id: int | None) -> PrintJob:
    """The same labels once more as a job of its own, with the prices of now; what is sold by now is left out.

    Raises Refusal when nothing of it needs a label any more.
    """
    item_ids = [line.item_id for line in queries.job_lines(session, job) if line.can_be_printed]
    if not item_ids:
        raise Refusal(_("Ingen af møblerne skal have et mærke mere. De er solgt eller taget ud af butikken."))
    return make_job(
        session,
        item_ids=item_ids,
        sheet_key=queries.sheet_of(session, job).key,
        start_cell=start_cell,
        now=now,
        by_staff_id=by_staff_id,
    )


def mark_printed(session: Session, job: PrintJob, *, now: datetime) -> bool:
    """The labels came out right: their items leave the queue. Said twice it changes nothing (False)."""
    done = session.execute(
        sa.update(PrintJob)
        .where(PrintJob.id == job.id, PrintJob.state == JobState.MADE)
        .values(state=JobState.PRINTED, printed_at=now)
        .returning(PrintJob.id)
    )
    return done.scalar_one_or_none() is not None


def _items(session: Session, item_ids: Sequence[int]) -> dict[int, _Labelled]:
    rows = session.execute(
        sa.select(Item.id, Item.number, Item.price_ore, Item.state, Item.qr_side)
        .where(Item.id.in_(set(item_ids)))
        .order_by(Item.number)
    )
    found = {row.id: _Labelled(*row) for row in rows}
    if found.keys() != set(item_ids):
        raise NotHere
    return found


def _price_of(item: _Labelled) -> int:
    if item.price_ore is None:
        raise Refusal(_("Nr. %(number)s har ingen pris. Sæt prisen først.", number=item.number))
    if item.state not in queries.LABELLED:
        raise Refusal(_("Nr. %(number)s er ikke til salg mere. Så skal den ikke have et mærke.", number=item.number))
    return item.price_ore
