"""Reads about the workshop's own labels."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.labels.models import LabelDesign


def all_designs(session: Session) -> list[LabelDesign]:
    """Every layout, those in use first."""
    return list(session.scalars(sa.select(LabelDesign).order_by(LabelDesign.is_used.desc(), LabelDesign.name)))
