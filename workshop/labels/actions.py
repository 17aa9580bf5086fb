"""Rules of printing labels: a job is made with today's prices, printed, and then confirmed."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.core import crypto
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.labels import printing, queries
from workshop.labels.designs.rules import Design
from workshop.labels.models import JobState, LabelDesign, LabelSheet, PrintJob, PrintJobItem, PrintSend
from workshop.labels.pdf import check_job, checked_dark_mm
from workshop.labels.printers import actions as printers
from workshop.labels.sheet import SheetProduct, next_free_cell
from workshop.labels.waiting import LABELLED
from workshop.products.models import Item, ItemCode, ItemState
from workshop.products.pricing import shown_before


class _Labelled(NamedTuple):
    """What decides whether an item can have a label, and with which prices."""

    id: int
    number: int
    price_ore: int | None
    proposed_ore: int | None
    before_ore: int | None
    before_until: datetime | None
    state: ItemState
    qr_side: int


class _Place(NamedTuple):
    """Where a job goes: on which sheet, from which place, through which printer."""

    sheet: LabelSheet
    product: SheetProduct
    start_cell: int
    printer_id: int | None
    is_sent: bool


def make_job(
    session: Session,
    *,
    item_ids: Sequence[int],
    sheet_key: str,
    start_cell: int,
    now: datetime,
    by_staff_id: int | None,
    printer_id: int | None = None,
    design_id: int | None = None,
    key: str | None = None,
) -> PrintJob:
    """Labels to be printed together, in this order and with the prices of this moment; an id given twice is two labels.

    `start_cell` counts the places of the first sheet from 1. A price that staff have not set yet is the proposed one.
    Nothing leaves the queue before `mark_printed`. `key` is the one-time key of a form: the same form sent twice with
    the same choices gives the same job.

    Raises Refusal when there is nothing to print or too much, the sheet has no such place or cannot carry a code, the
    printer cannot take it, or an item has no price or is not for sale any more; NotHere for an item there is not.
    """
    kept = _design(session, design_id)
    design = printing.design_of(kept)
    place = _place(session, sheet_key, start_cell, printer_id, len(item_ids), design)
    items = _items(session, item_ids)
    prices = {item.id: _prices_of(item, now) for item in items.values()}
    for item in items.values():
        checked_dark_mm(place.product, item.number, item.qr_side, design)
    lines = [
        {"item_id": item_id, "code_id": None, "price_ore": prices[item_id][0], "before_ore": prices[item_id][1]}
        for item_id in item_ids
    ]
    return _kept(session, place, lines, kept, now=now, by_staff_id=by_staff_id, key=key)


def make_blank_job(
    session: Session,
    *,
    codes: Sequence[ItemCode],
    sheet_key: str,
    start_cell: int,
    printer_id: int | None,
    now: datetime,
    by_staff_id: int | None,
    key: str | None = None,
) -> PrintJob:
    """Labels printed ahead, for things that get their name and price later; each carries a code and its number.

    Raises Refusal as `make_job` does, and for a code that is on something already.
    """
    place = _place(session, sheet_key, start_cell, printer_id, len(codes))
    for code in codes:
        if code.item_id is not None or code.number is None:
            raise Refusal(_("En af koderne sidder allerede på et møbel. Lav nye."))
        checked_dark_mm(place.product, code.number, code.qr_side)
    lines: list[dict[str, Any]] = [
        {"item_id": None, "code_id": code.id, "price_ore": None, "before_ore": None} for code in codes
    ]
    return _kept(session, place, lines, None, now=now, by_staff_id=by_staff_id, key=key)


def print_at_tablet(session: Session, item: Item, *, sheet_key: str, now: datetime) -> PrintJob:
    """One label from the tablet, made by nobody; staff see it wait until they say that it came out right.

    A second tap gives the same job: the one of this item that nobody has confirmed, as long as the prices are the same.
    Raises what `make_job` raises.
    """
    # Two taps at once stand in line for the item, so the second one finds the job of the first.
    session.execute(sa.select(Item.id).where(Item.id == item.id).with_for_update())
    waiting = queries.waiting_from_tablet(session, item, sheet_key, now)
    if waiting is not None:
        return waiting
    return make_job(session, item_ids=[item.id], sheet_key=sheet_key, start_cell=1, now=now, by_staff_id=None)


def reprint(
    session: Session,
    job: PrintJob,
    *,
    start_cell: int,
    now: datetime,
    by_staff_id: int | None,
    positions: Collection[int] | None = None,
    key: str | None = None,
) -> PrintJob:
    """The same labels once more as a job of its own, with the prices of now; what is sold by now is left out.

    `positions` chooses some of them. Raises Refusal when nothing of it needs a label any more.
    """
    lines = [
        line
        for line in queries.job_lines(session, job, now)
        if line.can_be_printed and (positions is None or line.position in positions)
    ]
    if not lines:
        raise Refusal(_("Ingen af møblerne skal have et mærke mere. De er solgt eller taget ud af butikken."))
    where: dict[str, Any] = {
        "sheet_key": queries.sheet_of(session, job).key,
        "start_cell": start_cell,
        "now": now,
        "by_staff_id": by_staff_id,
        "printer_id": printers.still_used(session, job.printer_id),
        "key": key,
    }
    code_ids = [line.code_id for line in lines if line.code_id is not None]
    if code_ids:
        codes = session.scalars(sa.select(ItemCode).where(ItemCode.id.in_(code_ids)).order_by(ItemCode.number)).all()
        return make_blank_job(session, codes=codes, **where)
    item_ids = [line.item_id for line in lines if line.item_id is not None]
    return make_job(session, item_ids=item_ids, design_id=job.design_id, **where)


def mark_printed(session: Session, job: PrintJob, *, now: datetime) -> bool:
    """The labels came out right: their items leave the queue, and the tray knows its next free place.

    Said twice it changes nothing (False).
    """
    done = session.execute(
        sa.update(PrintJob)
        .where(PrintJob.id == job.id, PrintJob.state == JobState.MADE)
        .values(state=JobState.PRINTED, printed_at=now)
        .returning(PrintJob.id)
    )
    if done.scalar_one_or_none() is None:
        return False
    if job.printer_id is not None:
        sheet = queries.sheet_of(session, job)
        product = queries.product_of(sheet)
        if job.start_cell <= product.cells:
            free = next_free_cell(product, queries.label_count(session, job), job.start_cell)
            printers.set_tray(session, job.printer_id, sheet, free)
    return True


def print_spoiled_again(
    session: Session,
    job: PrintJob,
    *,
    positions: Collection[int],
    now: datetime,
    by_staff_id: int | None,
    key: str | None = None,
) -> PrintJob:
    """Some labels came out badly: the rest is printed, and the bad ones become a job of their own.

    The bad ones used up their places on the sheet, but nothing carries them, so their items stay in the queue.
    Raises Refusal when none was chosen, or none of them is needed any more.
    """
    chosen = {line.position for line in queries.job_lines(session, job, now)} & set(positions)
    if not chosen:
        raise Refusal(_("Vælg de mærker, der ikke blev gode."))
    mark_printed(session, job, now=now)
    session.execute(
        sa.update(PrintJobItem)
        .where(PrintJobItem.job_id == job.id, PrintJobItem.position.in_(chosen))
        .values(is_spoiled=True)
    )
    printer_id = printers.still_used(session, job.printer_id)
    return reprint(
        session,
        job,
        start_cell=queries.next_cell(session, queries.sheet_of(session, job), printer_id),
        now=now,
        by_staff_id=by_staff_id,
        positions=chosen,
        key=key,
    )


def _design(session: Session, design_id: int | None) -> LabelDesign | None:
    kept = None if design_id is None else session.get(LabelDesign, design_id)
    if kept is None and design_id is not None:
        raise NotHere
    return kept


def _place(
    session: Session,
    sheet_key: str,
    start_cell: int,
    printer_id: int | None,
    count: int,
    design: Design | None = None,
) -> _Place:
    sheet = queries.sheet_by_key(session, sheet_key)
    if sheet is None:
        raise Refusal(_("Vælg et ark fra listen."))
    product = queries.product_of(sheet)
    check_job(count, product, start_cell, design=design)
    is_sent = printers.check_can_take(session, printer_id, product)
    return _Place(sheet, product, start_cell, printer_id, is_sent)


def _kept(
    session: Session,
    place: _Place,
    lines: Sequence[dict[str, Any]],
    design: LabelDesign | None,
    *,
    now: datetime,
    by_staff_id: int | None,
    key: str | None,
) -> PrintJob:
    """Write the job and its labels down; for a printer on the network also that it is due there."""
    job = PrintJob(
        public_id=key or crypto.new_public_id(),
        sheet_id=place.sheet.id,
        printer_id=place.printer_id,
        design_id=design.id if design else None,
        design=printing.design_json(design) if design else None,
        start_cell=place.start_cell,
        created_at=now,
        by_staff_id=by_staff_id,
    )
    numbered = [{"position": position, **line} for position, line in enumerate(lines, start=1)]
    try:
        with session.begin_nested():
            session.add(job)
            session.flush()
    except IntegrityError:
        if key is None:
            raise
        # The same form again: the first one's job if it asked for the same, else a job of its own.
        first = queries.job(session, job.public_id)
        if first is not None and _is_same(session, first, place, lines):
            return first
        return _kept(session, place, lines, design, now=now, by_staff_id=by_staff_id, key=None)
    session.execute(sa.insert(PrintJobItem), [{"job_id": job.id, **line} for line in numbered])
    if place.is_sent:
        session.add(PrintSend(job_id=job.id, due_at=now))
        session.flush()
    return job


def _is_same(session: Session, job: PrintJob, place: _Place, lines: Sequence[dict[str, Any]]) -> bool:
    if (job.sheet_id, job.printer_id, job.start_cell) != (place.sheet.id, place.printer_id, place.start_cell):
        return False
    kept = session.execute(
        sa.select(PrintJobItem.item_id, PrintJobItem.code_id)
        .where(PrintJobItem.job_id == job.id)
        .order_by(PrintJobItem.position)
    ).all()
    return [tuple(row) for row in kept] == [(line["item_id"], line["code_id"]) for line in lines]


def _items(session: Session, item_ids: Sequence[int]) -> dict[int, _Labelled]:
    rows = session.execute(
        sa.select(
            Item.id,
            Item.number,
            Item.price_ore,
            Item.proposed_ore,
            Item.before_ore,
            Item.before_until,
            Item.state,
            Item.qr_side,
        )
        .where(Item.id.in_(set(item_ids)))
        .order_by(Item.number)
    )
    found = {row.id: _Labelled(*row) for row in rows}
    if found.keys() != set(item_ids):
        raise NotHere
    return found


def _prices_of(item: _Labelled, now: datetime) -> tuple[int, int | None]:
    """The price and the before-price a label of this moment shows."""
    price_ore = item.proposed_ore if item.price_ore is None else item.price_ore
    if price_ore is None:
        raise Refusal(_("Nr. %(number)s har ingen pris. Sæt prisen først.", number=item.number))
    if item.state not in LABELLED:
        raise Refusal(_("Nr. %(number)s er ikke til salg mere. Så skal den ikke have et mærke.", number=item.number))
    if item.price_ore is None:
        return price_ore, None
    return price_ore, shown_before(item.before_ore, item.before_until, now)
