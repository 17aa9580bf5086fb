"""Which VAT scheme goods of each origin are sold under."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Staff
from workshop.products.models import Origin, VatRule, VatScheme


class RuleLine(NamedTuple):
    """A rule as it stands in the table; `by` is the member of staff, or empty."""

    origin: Origin
    valid_from: date
    scheme: VatScheme
    by: str


def scheme_for(session: Session, origin: Origin, day: date) -> VatScheme:
    """The scheme goods of this origin are sold under on a Danish day; 25 % where the workshop has said nothing."""
    found = session.scalar(
        sa.select(VatRule.scheme)
        .where(VatRule.origin == origin, VatRule.valid_from <= day)
        .order_by(VatRule.valid_from.desc())
        .limit(1)
    )
    return found or VatScheme.STANDARD


def rules(session: Session) -> list[RuleLine]:
    """Every rule there is, the newest first within each origin."""
    rows = session.execute(
        sa.select(VatRule.origin, VatRule.valid_from, VatRule.scheme, sa.func.coalesce(Staff.name, ""))
        .outerjoin(Staff, Staff.account_id == VatRule.by_staff_id)
        .order_by(VatRule.origin, VatRule.valid_from.desc())
    )
    return [RuleLine(*row) for row in rows]
