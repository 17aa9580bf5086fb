"""What shall be done and for how much: the plan, its lines, the price given, the owner's answer, the work begun."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock, money
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.production import actions as production
from workshop.production.models import OrderSource, OrderState, ProductionOrder, TaskType
from workshop.production.repairs import letters
from workshop.production.repairs.actions import EditedMeanwhile, changed, save
from workshop.production.repairs.door import Head
from workshop.production.repairs.models import JobState, RepairJob, RepairPart, Whose
from workshop.production.repairs.words import USUAL_STEPS, printed
from workshop.production.stores import actions as stores
from workshop.production.stores import amounts
from workshop.products.models import Material

OPEN = (JobState.RECEIVED, JobState.ASSESSED, JobState.AGREED)
MOST_LINES = 40


@dataclass(frozen=True)
class Plan:
    """What we will do, by when, and how long the price holds."""

    text: str
    promised_on: date | None = None
    quote_until: date | None = None


def assess(session: Session, job: RepairJob, plan: Plan, *, version: int, now: datetime) -> None:
    """Write what has been seen and will be done. A price that was given is taken back with it, until it is given anew.

    Raises EditedMeanwhile when it is not the version seen.
    """
    values = {"plan": clean(plan.text), "promised_on": plan.promised_on}
    if job.state is JobState.AGREED:
        save(session, job, version, (JobState.AGREED,), values)
        _tell_the_order(session, job)
        return
    values |= {"quote_until": plan.quote_until, "assessed_at": now, "quoted_ore": None}
    is_ours = job.whose is not Whose.CUSTOMER
    state = JobState.ASSESSED if is_ours else JobState.RECEIVED
    save(session, job, version, (JobState.RECEIVED, JobState.ASSESSED), values | {"state": state})


def add_line(
    session: Session,
    job: RepairJob,
    *,
    text: str,
    quantity: Decimal,
    unit_price_ore: int,
    material: Material | None,
    version: int,
) -> None:
    """A part or a piece of work on the card. A price that was given is taken back; one that was agreed stands.

    The same line sent twice counts once: the second finds the card changed, with that line last.
    """
    words = clean(text)[:150] or (material.name if material else "")
    if not words:
        raise Refusal(_("Skriv, hvad det er."))
    if quantity <= 0:
        raise Refusal(_("Skriv, hvor meget det er."))
    amounts.must_fit(quantity, material.unit if material else "")
    if amount_ore(quantity, unit_price_ore) > money.LARGEST_ORE:
        raise Refusal(_("Prisen er for høj. Den kan højst være 999.999 kr."))
    if len(lines_of(session, job.id)) >= MOST_LINES:
        raise Refusal(_("Der er allerede %(most)s linjer på kortet.", most=MOST_LINES))
    line = RepairPart(
        job_id=job.id,
        text=words,
        quantity=quantity,
        unit_price_ore=unit_price_ore,
        material_id=material.id if material else None,
    )
    try:
        _touch(session, job, version)
    except EditedMeanwhile:
        if job.version == version + 1 and _is_last(session, line):
            return
        raise
    session.add(line)
    session.flush()
    if material is not None and job.order_id is not None:
        _need(session, job.order_id, [line])


def remove_line(session: Session, job: RepairJob, line_id: int, *, version: int) -> None:
    """Take a line off the card; one that is gone is gone. What the order needs of a material is changed there."""
    line = session.get(RepairPart, line_id)
    if line is None or line.job_id != job.id:
        return
    _touch(session, job, version)
    session.delete(line)
    session.flush()


def offer(session: Session, job: RepairJob, *, version: int, head: Head, now: datetime) -> None:
    """Give the owner a price: the sum of the lines, until a day. It goes by mail when we know one.

    Raises Refusal when there is nothing to say yes to: no plan, no line, or a day that is gone.
    """
    if job.whose is not Whose.CUSTOMER:
        raise Refusal(_("Den er vores egen. Så er der ingen at give en pris."))
    if not job.plan:
        raise Refusal(_("Skriv, hvad vi vil gøre, før prisen gives."))
    found = lines_of(session, job.id)
    if not found:
        raise Refusal(_("Skriv mindst én linje med en pris. Er det gratis, så skriv 0 kr."))
    if job.quote_until is None or job.quote_until < clock.local_day(now):
        raise Refusal(_("Skriv en dag, prisen gælder til. Den må ikke være gået."))
    values = {"state": JobState.ASSESSED, "quoted_ore": total_ore(found), "assessed_at": now, "answered_at": None}
    save(session, job, version, (JobState.RECEIVED, JobState.ASSESSED), values)
    letters.quoted(session, job, head, now)


def answer(
    session: Session, job: RepairJob, *, is_yes: bool, version: int, head: Head, now: datetime, by_staff_id: int | None
) -> None:
    """The owner says yes or no to the price that was seen; a yes begins the work. The same answer twice counts once.

    Raises Refusal with a sentence for an owner: the price is not valid any more, or was changed meanwhile.
    """
    did = changed(
        session,
        job,
        RepairJob.state == JobState.ASSESSED,
        RepairJob.whose == Whose.CUSTOMER,
        RepairJob.version == version,
        RepairJob.quote_until >= clock.local_day(now),
        state=JobState.AGREED if is_yes else JobState.DECLINED,
        answered_at=now,
    )
    if did:
        if is_yes:
            _begin_order(session, job, now=now, by_staff_id=by_staff_id)
        else:
            letters.declined(session, job, head, now)
        return
    _say_why_not(job, is_yes, now)


def begin(session: Session, job: RepairJob, *, version: int, now: datetime, by_staff_id: int | None) -> None:
    """Begin on a thing of ours, or again on one whose order was stopped. Twice begins once."""
    if job.state is JobState.AGREED:
        order = session.get(ProductionOrder, job.order_id) if job.order_id else None
        if order is not None and order.state is not OrderState.CANCELLED:
            return
        save(session, job, version, (JobState.AGREED,), {}, RepairJob.order_id == job.order_id)
    elif job.whose is Whose.CUSTOMER:
        raise Refusal(_("Ejeren har ikke sagt ja endnu."))
    else:
        save(session, job, version, (JobState.RECEIVED, JobState.ASSESSED), {"state": JobState.AGREED})
    _begin_order(session, job, now=now, by_staff_id=by_staff_id)


def drop(session: Session, job: RepairJob, *, version: int, head: Head, now: datetime) -> None:
    """Nothing comes of it. A customer's thing still has to be fetched, without payment; ours is done with.

    Raises Refusal while there is work in hand: then the order is stopped first.
    """
    if job.state is JobState.DECLINED:
        return
    order = session.get(ProductionOrder, job.order_id) if job.order_id else None
    if order is not None and order.state is OrderState.OPEN:
        raise Refusal(_("Der er en åben ordre på den. Stop ordren først."))
    ended = None if job.whose is Whose.CUSTOMER else now
    save(session, job, version, OPEN, {"state": JobState.DECLINED, "ended_at": ended})
    if job.whose is Whose.CUSTOMER:
        letters.declined(session, job, head, now)


def lines_of(session: Session, job_id: int) -> Sequence[RepairPart]:
    """The lines of a card as they were written."""
    return session.scalars(sa.select(RepairPart).where(RepairPart.job_id == job_id).order_by(RepairPart.id)).all()


def amount_ore(quantity: Decimal, unit_price_ore: int) -> int:
    """What a line comes to, in whole øre rounded half up."""
    thousandths = int(quantity.scaleb(3))
    return money.half_up(thousandths * unit_price_ore, 1000)


def total_ore(lines: Sequence[RepairPart]) -> int:
    """What the lines come to, VAT included."""
    return sum(amount_ore(line.quantity, line.unit_price_ore) for line in lines)


def _touch(session: Session, job: RepairJob, version: int) -> None:
    """The lines of a card changed: a price given but not answered does not hold any more."""
    if job.state is JobState.AGREED:
        save(session, job, version, (JobState.AGREED,), {})
    elif job.whose is Whose.CUSTOMER:
        values = {"state": JobState.RECEIVED, "quoted_ore": None}
        save(session, job, version, (JobState.RECEIVED, JobState.ASSESSED), values)
    else:
        save(session, job, version, (JobState.RECEIVED, JobState.ASSESSED), {})


def _is_last(session: Session, line: RepairPart) -> bool:
    found = lines_of(session, line.job_id)
    names = ("text", "quantity", "unit_price_ore", "material_id")
    return bool(found) and all(getattr(found[-1], name) == getattr(line, name) for name in names)


def _say_why_not(job: RepairJob, is_yes: bool, now: datetime) -> None:
    """Nothing to say when the same was answered before; else raise what the owner or staff can act on."""
    if job.whose is not Whose.CUSTOMER:
        raise NotHere
    if job.answered_at is not None and is_yes == (job.state is not JobState.DECLINED):
        return
    if job.state is JobState.ASSESSED:
        if job.quote_until is not None and job.quote_until < clock.local_day(now):
            raise Refusal(_("Prisen gjaldt til og med %(day)s. Ring til os, så får du en ny.", day=_day(job)))
        raise EditedMeanwhile(_("Vi har rettet noget imens. Se det igen, og svar så."))
    if job.state is JobState.RECEIVED:
        raise EditedMeanwhile(_("Vi er ved at regne på prisen igen. Du får besked, når den er klar."))
    if job.state is JobState.DECLINED:
        raise Refusal(_("Der er sagt nej tak. Ring til os, hvis det skal være anderledes."))
    raise Refusal(_("Der er sagt ja, og vi er gået i gang. Ring til os, hvis det skal være anderledes."))


def _day(job: RepairJob) -> str:
    return clock.day_text(job.quote_until) if job.quote_until else ""


def _begin_order(session: Session, job: RepairJob, *, now: datetime, by_staff_id: int | None) -> None:
    """A production order for it, with the usual steps of its kind; who owns it never stands there."""
    order = production.open_order(
        session,
        product_type_id=None,
        title=job.title,
        pieces=1,
        department_id=job.department_id,
        due_on=job.promised_on,
        now=now,
        by_staff_id=by_staff_id,
        source=OrderSource.REPAIR,
        reference=printed(job.number),
        idea=job.plan or job.faults,
        makes_items=job.whose is not Whose.CUSTOMER,
    )
    usual = USUAL_STEPS[job.kind]
    tasks = session.scalars(sa.select(TaskType).where(TaskType.key.in_(usual), TaskType.is_used))
    known = {task.key: task for task in tasks}
    for key in usual:
        if key in known:
            production.add_step(session, order, task_type_id=known[key].id, place=job.place)
    _need(session, order.id, [line for line in lines_of(session, job.id) if line.material_id is not None])
    job.order_id = order.id
    session.flush()


def _need(session: Session, order_id: int, lines: Sequence[RepairPart]) -> None:
    """What the lines take of our materials is what the order needs; what is free of it is put aside for it.

    So somebody is asked whether it was used when the work is done, and nobody else takes the last inner tube.
    """
    wanted: dict[int, Decimal] = {}
    for line in lines:
        if line.material_id is not None:
            wanted[line.material_id] = wanted.get(line.material_id, Decimal(0)) + line.quantity
    for material_id, quantity in sorted(wanted.items()):
        material = session.get_one(Material, material_id)
        stores.need(session, order_id, material, quantity)
        stores.reserve(session, order_id, material, None)


def _tell_the_order(session: Session, job: RepairJob) -> None:
    """The day that was promised is the day of the open order too."""
    order = session.get(ProductionOrder, job.order_id) if job.order_id else None
    if order is not None and order.state is OrderState.OPEN and order.due_on != job.promised_on:
        production.move_order(
            session,
            order,
            due_on=job.promised_on,
            lacking=order.lacking,
            note=order.lacking_note,
            version=order.version,
        )
