"""How somebody wants the tablet, read once for each of their pages."""

from __future__ import annotations

from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen, Comfort
from workshop.core.i18n import DEFAULT_LANGUAGE


class Liking(NamedTuple):
    """What a person has asked for; nobody has asked for anything before the code."""

    is_large: bool = False
    is_high_contrast: bool = False
    is_calm: bool = False
    reads_aloud: bool = False
    language: str = DEFAULT_LANGUAGE  # the one the workshop speaks with them


PLAIN = Liking()


def liking_of(session: Session, account_id: int) -> Liking:
    """How the citizen of an account wants the tablet; plain, until they have said anything."""
    wanted = (
        sa.select(
            sa.func.coalesce(Comfort.is_large, sa.false()),
            sa.func.coalesce(Comfort.is_high_contrast, sa.false()),
            sa.func.coalesce(Comfort.is_calm, sa.false()),
            sa.func.coalesce(Comfort.reads_aloud, sa.false()),
            Citizen.language,
        )
        .outerjoin(Comfort, Comfort.citizen_id == Citizen.id)
        .where(Citizen.account_id == account_id)
    )
    row = session.execute(wanted).one_or_none()
    if row is None:
        return PLAIN
    is_large, is_high_contrast, is_calm, reads_aloud, language = row
    return Liking(bool(is_large), bool(is_high_contrast), bool(is_calm), bool(reads_aloud), language)
