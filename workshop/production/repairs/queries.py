"""Reads of what came in: what waits for us, for its owner, for a bench, and what is ready to be fetched."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Staff
from workshop.core import clock
from workshop.production import queries as production
from workshop.production.models import OrderState, OrderStep, ProductionOrder
from workshop.production.queries import DONE, OrderLine
from workshop.production.repairs import agreeing
from workshop.production.repairs.models import (
    JobKind,
    JobState,
    PhotoPhase,
    RepairJob,
    RepairPart,
    RepairPhoto,
    Whose,
)
from workshop.production.repairs.words import VEHICLES, printed
from workshop.products.models import Item, Material

LATEST = 30
FETCHED_WITHIN = timedelta(days=14)
_LATE_KEPT = timedelta(days=90)


class Row(NamedTuple):
    """A card as lists show it; never its owner."""

    public_id: str
    number: int
    kind: JobKind
    whose: Whose
    state: JobState
    title: str
    place: str
    promised_on: date | None
    quote_until: date | None
    received_at: datetime
    done_at: datetime | None
    ended_at: datetime | None
    tested_at: datetime | None
    order_state: OrderState | None
    steps: int
    steps_done: int

    @property
    def printed(self) -> str:
        """Its number as it stands on the slip."""
        return printed(self.number)

    @property
    def is_customers(self) -> bool:
        """Whether it has to go back to somebody."""
        return self.whose is Whose.CUSTOMER

    @property
    def needs_test(self) -> bool:
        """Whether it is a vehicle nobody has tried."""
        return self.kind in VEHICLES and self.tested_at is None

    def has_lapsed(self, today: date) -> bool:
        """Whether the owner never answered while the price held."""
        is_asked = self.state is JobState.ASSESSED and self.is_customers
        return is_asked and self.quote_until is not None and self.quote_until < today

    def is_late(self, today: date) -> bool:
        """Whether the day we promised is gone, or the owner has not come for a long time."""
        if self.state in (JobState.RECEIVED, JobState.ASSESSED, JobState.AGREED):
            return self.promised_on is not None and self.promised_on < today
        return self.state is JobState.DONE and self.waited_days(today) > FETCHED_WITHIN.days

    def waited_days(self, today: date) -> int:
        """How many days it has stood ready."""
        return (today - clock.local_day(self.done_at)).days if self.done_at else 0


class Everything(NamedTuple):
    """The page of what came in, by whom it waits for."""

    for_us: tuple[Row, ...]
    for_owner: tuple[Row, ...]
    in_work: tuple[Row, ...]
    ready: tuple[Row, ...]
    ended: tuple[Row, ...]

    def late(self, today: date) -> int:
        """How many are late."""
        return sum(row.is_late(today) for group in self[:4] for row in group)

    @property
    def in_hand(self) -> int:
        """How many stand here."""
        return sum(len(group) for group in self[:4])


class Line(NamedTuple):
    """A part or a piece of work on a card."""

    id: int
    text: str
    quantity: Any
    unit: str
    unit_price_ore: int
    material_key: str

    @property
    def amount_ore(self) -> int:
        """What it comes to, VAT included."""
        return agreeing.amount_ore(self.quantity, self.unit_price_ore)


@dataclass(frozen=True)
class Whole:
    """A card with all that belongs to it, for its own page."""

    job: RepairJob
    lines: tuple[Line, ...]
    photos: tuple[RepairPhoto, ...]
    order: OrderLine | None
    item_number: int | None
    handed_by: str

    @property
    def total_ore(self) -> int:
        """What the lines come to."""
        return sum(line.amount_ore for line in self.lines)

    @property
    def is_worked_on(self) -> bool:
        """Whether the work is done."""
        return self.order is not None and self.order.state is OrderState.FINISHED

    @property
    def is_stopped(self) -> bool:
        """Whether the order was stopped, so that nothing happens by itself any more."""
        return self.order is not None and self.order.state is OrderState.CANCELLED

    def of_phase(self, phase: str) -> list[RepairPhoto]:
        """The photos before or after."""
        return [photo for photo in self.photos if photo.phase is PhotoPhase(phase)]


def job_by_public_id(session: Session, public_id: str, department_ids: Collection[int]) -> RepairJob | None:
    """A card of these departments; None for one of another as for one that is not there."""
    return session.scalar(
        sa.select(RepairJob).where(RepairJob.public_id == public_id, RepairJob.department_id.in_(department_ids))
    )


def for_owner(session: Session, public_id: str) -> RepairJob | None:
    """A customer's card by its id, for whoever has been let in to it."""
    return session.scalar(
        sa.select(RepairJob).where(RepairJob.public_id == public_id, RepairJob.whose == Whose.CUSTOMER)
    )


def everything(session: Session, department_ids: Collection[int], now: datetime, words: str = "") -> Everything:
    """All cards of these departments that are not closed, and the latest that are; `words` finds some of them."""
    mine = RepairJob.department_id.in_(department_ids)
    closed = RepairJob.ended_at.is_not(None)
    # Ours with wheels stays on the list until somebody has tried it, though it has its number.
    untried = sa.and_(
        RepairJob.state == JobState.KEPT, RepairJob.kind.in_(VEHICLES), RepairJob.tested_at.is_(None),
        RepairJob.ended_at > now - _LATE_KEPT,
    )  # fmt: skip
    found, today = _matching(words), clock.local_day(now)
    rows = _rows(session, mine, sa.or_(sa.not_(closed), untried), *found)
    ended = _rows(session, mine, closed, *found, latest=True)
    return Everything(
        for_us=tuple(row for row in rows if _is_for_us(row, today)),
        for_owner=tuple(row for row in rows if _is_asked(row) and not row.has_lapsed(today)),
        in_work=tuple(row for row in rows if row.state is JobState.AGREED and row.order_state is OrderState.OPEN),
        ready=tuple(row for row in rows if row.state in (JobState.DONE, JobState.DECLINED)),
        ended=tuple(ended),
    )


def whole(session: Session, job: RepairJob) -> Whole:
    """A card with its lines, photos, work and number."""
    photos = session.scalars(sa.select(RepairPhoto).where(RepairPhoto.job_id == job.id).order_by(RepairPhoto.id))
    number = session.scalar(sa.select(Item.number).where(Item.id == job.item_id)) if job.item_id else None
    order = production.order_line(session, job.order_id) if job.order_id else None
    handed_by = session.scalar(sa.select(Staff.name).where(Staff.account_id == job.handed_by_id)) or ""
    return Whole(job, lines(session, job.id), tuple(photos), order, number, handed_by)


def lines(session: Session, job_id: int) -> tuple[Line, ...]:
    """The lines of a card as they were written."""
    rows: Iterable[Any] = session.execute(
        sa.select(
            RepairPart.id,
            RepairPart.text,
            RepairPart.quantity,
            sa.func.coalesce(Material.unit, ""),
            RepairPart.unit_price_ore,
            sa.func.coalesce(Material.key, ""),
        )
        .outerjoin(Material, Material.id == RepairPart.material_id)
        .where(RepairPart.job_id == job_id)
        .order_by(RepairPart.id)
    )
    return tuple(Line(*row) for row in rows)


def public_id_of(session: Session, number: int, department_ids: Collection[int]) -> str | None:
    """The id of the card with a printed number, in these departments."""
    return session.scalar(
        sa.select(RepairJob.public_id).where(RepairJob.number == number, RepairJob.department_id.in_(department_ids))
    )


def last_department_id(session: Session, department_ids: Collection[int]) -> int | None:
    """Of these departments the one that took something in last."""
    mine = RepairJob.department_id.in_(department_ids)
    return session.scalar(sa.select(RepairJob.department_id).where(mine).order_by(RepairJob.id.desc()).limit(1))


def came_in_with(session: Session, item_id: int) -> tuple[datetime, int, str] | None:
    """When a thing of ours came in, and the number and id of its card, which has the photos before and after."""
    row = session.execute(
        sa.select(RepairJob.received_at, RepairJob.number, RepairJob.public_id).where(RepairJob.item_id == item_id)
    ).first()
    return (row[0], row[1], row[2]) if row else None


def _is_asked(row: Row) -> bool:
    return row.state is JobState.ASSESSED and row.is_customers


def _is_for_us(row: Row, today: date) -> bool:
    if row.state in (JobState.RECEIVED, JobState.KEPT) or row.has_lapsed(today):
        return True
    if row.state is JobState.ASSESSED:
        return not row.is_customers
    return row.state is JobState.AGREED and row.order_state is not OrderState.OPEN


def _matching(words: str) -> list[sa.ColumnElement[bool]]:
    """What was searched for: the number as printed, or something of the title, the marks or the owner's name."""
    typed = words.strip()
    if not typed:
        return []
    digits = typed.upper().removeprefix("R-")
    texts = [RepairJob.title, RepairJob.marks, RepairJob.owner_name, RepairJob.owner_phone]
    found: list[sa.ColumnElement[bool]] = [text.icontains(typed, autoescape=True) for text in texts]
    if digits.isascii() and digits.isdigit() and len(digits) < 10:
        found.append(RepairJob.number == int(digits))
    return [sa.or_(*found)]


def _rows(session: Session, *conditions: sa.ColumnElement[bool], latest: bool = False) -> Sequence[Row]:
    of_order = OrderStep.order_id == RepairJob.order_id
    steps = sa.select(sa.func.count()).select_from(OrderStep).where(of_order).scalar_subquery()
    done = (
        sa.select(sa.func.count()).select_from(OrderStep).where(of_order, OrderStep.state.in_(DONE)).scalar_subquery()
    )
    statement = (
        sa.select(
            RepairJob.public_id,
            RepairJob.number,
            RepairJob.kind,
            RepairJob.whose,
            RepairJob.state,
            RepairJob.title,
            RepairJob.place,
            RepairJob.promised_on,
            RepairJob.quote_until,
            RepairJob.received_at,
            RepairJob.done_at,
            RepairJob.ended_at,
            RepairJob.tested_at,
            ProductionOrder.state,
            steps,
            done,
        )
        .outerjoin(ProductionOrder, ProductionOrder.id == RepairJob.order_id)
        .where(*conditions)
    )
    if latest:
        statement = statement.order_by(RepairJob.ended_at.desc(), RepairJob.id.desc()).limit(LATEST)
    else:
        statement = statement.order_by(RepairJob.promised_on.is_(None), RepairJob.promised_on, RepairJob.id)
    found: Iterable[Any] = session.execute(statement)
    return [Row(*row) for row in found]
