"""What a workshop decides for itself, in versions: four eyes, names on the tablet, which languages are on.

A change is a new row, so one can see what held when. What nobody has decided is as `DEFAULTS` says.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, Session, mapped_column

from workshop.core import db

YES, NO = "ja", "nej"
FOUR_EYES = "four_eyes"  # nobody confirms a record that they wrote themselves
NAMES_ON_TABLET = "names_on_tablet"  # first names under the pictures before the code
LANGUAGE = "language."  # + code: switched on for the tablet
REVIEWED = "reviewed."  # + code: who has read the language through, empty while it is a machine's draft
DEFAULTS = {FOUR_EYES: NO, NAMES_ON_TABLET: NO}


class HouseRule(db.Base):
    """One decision from a moment on. `key` names the rule, `value` is its answer in plain text."""

    __tablename__ = "house_rule"
    __table_args__ = (sa.Index(None, "key", "id"), db.W)

    id: Mapped[int] = mapped_column(primary_key=True)
    key: Mapped[str] = mapped_column(sa.String(60))
    value: Mapped[str] = mapped_column(sa.String(100))
    decided_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))  # empty: the setup


def decided(session: Session) -> dict[str, str]:
    """Every rule as it holds now, by key, in one query."""
    newest = sa.select(sa.func.max(HouseRule.id)).group_by(HouseRule.key)
    rows = session.execute(sa.select(HouseRule.key, HouseRule.value).where(HouseRule.id.in_(newest)))
    return {**DEFAULTS, **{row.key: row.value for row in rows}}


def is_on(session: Session, key: str) -> bool:
    """Whether a yes-or-no rule holds now."""
    newest = sa.select(HouseRule.value).where(HouseRule.key == key).order_by(HouseRule.id.desc()).limit(1)
    return (session.scalar(newest) or DEFAULTS.get(key, NO)) == YES


def decide(session: Session, key: str, value: str, *, by_staff_id: int | None, now: datetime) -> None:
    """Write a decision down; saying the same again writes nothing."""
    if decided(session).get(key) == value:
        return
    session.add(HouseRule(key=key, value=value, decided_at=now, by_staff_id=by_staff_id))
    session.flush()
