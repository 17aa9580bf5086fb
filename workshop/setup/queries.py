"""Reads for the pages about starting and settings."""

from __future__ import annotations

from datetime import datetime
from itertools import pairwise
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Staff
from workshop.core.i18n import _
from workshop.core.identity import WorkshopVersion, in_pairs
from workshop.labels.models import LabelSheet
from workshop.production.models import TaskType
from workshop.products.models import Material, ProductType
from workshop.services.models import Postcode, ServiceKind
from workshop.setup.actions import Details

LONGEST_HISTORY = 50


class Changed(NamedTuple):
    """A field that one version says otherwise than the one before."""

    label: str
    before: str
    after: str


class VersionLine(NamedTuple):
    """A version as the history shows it. `by` is empty for the first set-up; `changes` is empty for the first one."""

    version: int
    made_at: datetime
    by: str
    changes: list[Changed]
    logo: str


def labels() -> dict[str, str]:
    """What the fields are called, in the order of the form."""
    return {
        "name": _("Navn"),
        "short_name": _("Kort navn"),
        "address": _("Vej og nummer"),
        "postcode": _("Postnummer"),
        "town": _("By"),
        "phone": _("Telefon"),
        "email": _("E-mail"),
        "cvr": _("CVR-nummer"),
    }


def history(session: Session) -> list[VersionLine]:
    """The newest versions first, each with what it changed."""
    rows = session.execute(
        sa.select(WorkshopVersion, sa.func.coalesce(Staff.name, ""))
        .outerjoin(Staff, Staff.account_id == WorkshopVersion.by_staff_id)
        .order_by(WorkshopVersion.version.desc())
        .limit(LONGEST_HISTORY + 1)
    ).all()
    lines = [_line(row, by, before) for (row, by), (before, _by) in pairwise(rows)]
    if rows and len(rows) <= LONGEST_HISTORY:
        lines.append(_line(rows[-1][0], rows[-1][1], None))
    return lines


def differences(before: WorkshopVersion, after: Details | WorkshopVersion) -> list[Changed]:
    """What the second says otherwise than the first."""
    return [
        Changed(label, _as_read(name, getattr(before, name)), _as_read(name, getattr(after, name)))
        for name, label in labels().items()
        if getattr(before, name) != getattr(after, name)
    ]


def _line(row: WorkshopVersion, by: str, before: WorkshopVersion | None) -> VersionLine:
    changes = [] if before is None else differences(before, row)
    if before is not None and before.logo != row.logo:
        words = {True: _("et billede"), False: _("intet")}
        changes.append(Changed(_("Logo"), words[bool(before.logo)], _("et nyt billede") if row.logo else _("intet")))
    return VersionLine(row.version, row.made_at, by, changes, row.logo)


def _as_read(name: str, text: str) -> str:
    return in_pairs(text) if name == "cvr" else text


def logo_names(session: Session) -> list[str]:
    """Every picture that is or was the workshop's, so that the check of the photos leaves them."""
    return list(session.scalars(sa.select(WorkshopVersion.logo).where(WorkshopVersion.logo != "").distinct()))


class CatalogueCounts(NamedTuple):
    """How much there is of what the starter catalogue brings."""

    tasks: int
    products: int
    materials: int
    services: int
    postcodes: int
    sheets: int


def catalogue_counts(session: Session) -> CatalogueCounts:
    """Counted in one question."""
    tables = (TaskType, ProductType, Material, ServiceKind, Postcode, LabelSheet)
    counted = (sa.select(sa.func.count()).select_from(table).scalar_subquery() for table in tables)
    return CatalogueCounts(*session.execute(sa.select(*counted)).one())
