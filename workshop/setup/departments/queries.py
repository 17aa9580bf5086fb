"""Reads about departments."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Account, Department, Device, DeviceKind, Staff, StaffDepartment
from workshop.core.text import sort_key


class DepartmentLine(NamedTuple):
    """A department with who and what is in it. Citizens are not counted here: that is not for those who administer."""

    key: str
    name: str
    staff: int
    tablets: int


def lines(session: Session) -> list[DepartmentLine]:
    """Every department, by name, in one question."""
    staff = (
        sa.select(sa.func.count())
        .select_from(StaffDepartment)
        .join(Staff, Staff.account_id == StaffDepartment.account_id)
        .join(Account, Account.id == Staff.account_id)
        .where(StaffDepartment.department_id == Department.id, Account.is_active)
        .correlate(Department)
        .scalar_subquery()
    )
    tablets = (
        sa.select(sa.func.count())
        .select_from(Device)
        .where(Device.department_id == Department.id, Device.kind == DeviceKind.TABLET, Device.revoked_at.is_(None))
        .correlate(Department)
        .scalar_subquery()
    )
    rows = session.execute(sa.select(Department.key, Department.name, staff, tablets))
    return sorted((DepartmentLine(*row) for row in rows), key=lambda line: sort_key(line.name))


def department(session: Session, key: str) -> Department | None:
    """A department by its key."""
    return session.scalar(sa.select(Department).where(Department.key == key))
