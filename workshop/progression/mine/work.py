"""What a person has made: their part of every record that stands, with the piece or the visit it belongs to."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import NotHere
from workshop.core.i18n import _
from workshop.production.models import OrderStep, ProductionOrder
from workshop.products.models import Item
from workshop.services.jobs.models import ServiceJob
from workshop.services.models import ServiceKind
from workshop.services.visits.models import Visit
from workshop.tasks.marks import Quality, Support
from workshop.tasks.models import Feeling, Participation, RecordStatus, TaskRecord

CURRENT = (RecordStatus.CONFIRMED, RecordStatus.DRAFT)


class OwnWork(NamedTuple):
    """One's own part of a record. It names nobody, and holds no minutes: those are nobody's measure."""

    id: int
    public_id: str
    title: str
    done_on: date
    status: RecordStatus
    item_number: int | None
    item_title: str | None
    order_title: str | None
    service: str | None
    support: Support | None
    quality: Quality | None
    observation: str
    felt: Feeling | None

    @property
    def is_confirmed(self) -> bool:
        """Whether staff have said that it is right."""
        return self.status is RecordStatus.CONFIRMED

    @property
    def piece(self) -> str:
        """The piece or the visit it belongs to, in words; empty where it belongs to neither."""
        if self.item_number is not None:
            number = _("Nr. %(number)s", number=self.item_number)
            return f"{number}, {self.item_title}" if self.item_title else number
        return self.order_title or self.service or ""


def own_work(
    session: Session, citizen_id: int, *, most: int | None = None, skip: int = 0, only: str = ""
) -> list[OwnWork]:
    """The person's part of every record that stands, newest first, in one query.

    `most` and `skip` are for a page of a long list; `only` is the public id of one.
    """
    wanted = (
        sa.select(
            TaskRecord.id,
            TaskRecord.public_id,
            TaskRecord.title,
            TaskRecord.done_on,
            TaskRecord.status,
            Item.number,
            Item.title,
            ProductionOrder.title,
            ServiceKind.name,
            Participation.support,
            Participation.quality,
            Participation.observation,
            Participation.felt,
        )
        .join(Participation, Participation.record_id == TaskRecord.id)
        .outerjoin(Item, Item.id == TaskRecord.item_id)
        .outerjoin(OrderStep, OrderStep.id == TaskRecord.order_step_id)
        .outerjoin(ProductionOrder, ProductionOrder.id == OrderStep.order_id)
        .outerjoin(Visit, Visit.id == TaskRecord.visit_id)
        .outerjoin(ServiceJob, ServiceJob.id == Visit.job_id)
        .outerjoin(ServiceKind, ServiceKind.id == ServiceJob.service_kind_id)
        .where(Participation.citizen_id == citizen_id, TaskRecord.status.in_(CURRENT))
        .order_by(TaskRecord.done_on.desc(), TaskRecord.id.desc())
    )
    if only:
        wanted = wanted.where(TaskRecord.public_id == only)
    if most is not None:
        wanted = wanted.limit(most).offset(skip)
    return [OwnWork._make(row) for row in session.execute(wanted)]


def own_record(session: Session, citizen_id: int, public_id: str) -> tuple[TaskRecord, OwnWork]:
    """One record with the person's own part. Raises NotHere for one they have no part in, or that stands no more."""
    found = own_work(session, citizen_id, only=public_id)
    if not found:
        raise NotHere
    return session.get_one(TaskRecord, found[0].id), found[0]


def how_it_was(work: OwnWork) -> list[str]:
    """What staff wrote about the part, said to the person; nothing while they have not looked."""
    if not work.is_confirmed:
        return []
    if work.support is None or work.quality is None:
        return [_("Vi så ikke på det den dag.")]
    with_whom = {
        Support.S0: _("Du gjorde det selv."),
        Support.S1: _("Du brugte et kort med trin."),
        Support.S2: _("Du fik lidt hjælp."),
        Support.S3: _("Vi gjorde det sammen."),
        Support.S4: _("Du prøvede det."),
    }
    how_well = {
        Quality.Q0: _("Det blev lavet om."),
        Quality.Q1: _("Vi rettede det lidt til."),
        Quality.Q2: _("Det var i orden."),
        Quality.Q3: _("Det var ekstra godt."),
    }
    return [with_whom[work.support], how_well[work.quality]]
