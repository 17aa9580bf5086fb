"""What a new workshop has to say about its shop, for the checklist it starts with."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders.house import actions, queries
from shop.orders.house.models import OpeningSlot, Terms
from workshop.core import i18n
from workshop.core.i18n import lazy
from workshop.setup.steps import SetupStep, any_of


def own_hours(session: Session) -> str:
    """The hours staff have set, as a person reads them; nothing while they have set none."""
    if session.scalar(sa.select(OpeningSlot.id).limit(1)) is None:
        return ""
    asked_in = i18n.language()
    i18n.use_language(i18n.DEFAULT_LANGUAGE)  # it is kept for all who ask, and letters are in Danish
    try:
        return queries.calendar(session).text
    finally:
        i18n.use_language(asked_in)


def _keep_hours(session: Session, _now: datetime, _staff_id: int) -> None:
    actions.keep_shipped_hours(session)


STEPS = (
    SetupStep(
        "hours",
        lazy("Åbningstider"),
        lazy("Hvornår kunder kan hente, og hvornår I kører ud. Butikken lover kun tider, I har sagt ja til."),
        "house.hours",
        "shop:edit",
        any_of(OpeningSlot.id),
        order=30,
        accept=_keep_hours,
    ),
    SetupStep(
        "terms",
        lazy("Betingelser"),
        lazy("Det, kunderne siger ja til, når de køber. Få en, der kender reglerne, til at læse dem."),
        "house.terms",
        "shop:edit",
        any_of(Terms.version),
        order=60,
    ),
)
