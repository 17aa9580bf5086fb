"""Two who administer at once come after one another, and one of them is always left."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Account, StaffRole
from workshop.core.access import Role
from workshop.core.errors import Refusal
from workshop.core.i18n import _


def hold_administration(session: Session) -> set[int]:
    """The accounts of everybody who administers, kept from other administration until the block ends.

    Whoever waited for them sees them as the other left them.
    """
    held = (
        sa.select(StaffRole.account_id)
        .join(Account, Account.id == StaffRole.account_id)
        .where(StaffRole.role == Role.ADMIN, Account.is_active)
        .order_by(StaffRole.account_id)
        .with_for_update()
    )
    return set(session.scalars(held))


def check_one_is_left(administrators: set[int], without: int) -> None:
    """Raises Refusal when this is the last who can administer: nobody could let anybody in after that."""
    if administrators == {without}:
        raise Refusal(_("Det er den sidste administrator. Giv først en anden rollen."))
