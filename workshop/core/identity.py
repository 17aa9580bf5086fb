"""Who the workshop is, in versions: shown in the shop, on labels, in mails. Settings give the first one."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import db


class WorkshopVersion(db.Base):
    """What the workshop was called and where it was from a moment on. A change is a new row."""

    __tablename__ = "workshop_version"
    __table_args__ = db.W

    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(sa.String(100))
    short_name: Mapped[str] = mapped_column(sa.String(40))
    address: Mapped[str] = mapped_column(sa.String(120))
    postcode: Mapped[str] = mapped_column(sa.String(4))
    town: Mapped[str] = mapped_column(sa.String(60))
    phone: Mapped[str] = mapped_column(sa.String(30))
    email: Mapped[str] = mapped_column(sa.String(254))
    cvr: Mapped[str] = mapped_column(sa.String(8))
    logo: Mapped[str] = mapped_column(sa.String(60), default="")  # name of the picture in the photo store; empty: none
    made_at: Mapped[datetime] = mapped_column(db.UtcDateTime)
    by_staff_id: Mapped[int | None] = mapped_column(sa.ForeignKey("staff.account_id"))  # empty: the setup
