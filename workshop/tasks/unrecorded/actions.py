"""Saying that finished work was done by employees, so that nobody waits for a record of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from workshop.core import db
from workshop.core.access import Actor
from workshop.core.errors import Forbidden, NotHere, Refusal
from workshop.core.i18n import _
from workshop.tasks.unrecorded import queries
from workshop.tasks.unrecorded.models import DoneByStaff


class AlreadySaid(Refusal):
    """A colleague said so, or wrote a record, meanwhile."""


def done_by_staff(session: Session, actor: Actor, kind: str, ident: str, now: datetime) -> None:
    """An order or a visit was done by employees. The database takes it once, however many say so.

    Raises Forbidden without `record:confirm`, NotHere for what is not the actor's to see, AlreadySaid when it is told.
    """
    if not actor.may("record:confirm"):
        raise Forbidden
    if not queries.is_finished(session, actor, kind, ident):
        raise NotHere
    found = queries.one(session, actor, kind, ident, now)
    column = "order_id" if kind == queries.ORDER else "visit_id"
    values = {"order_id": None, "visit_id": None, "said_at": now, "by_staff_id": actor.account_id}
    if found is None or not db.add_unless_there(session, DoneByStaff, {**values, column: found}):
        raise AlreadySaid(_("Den er allerede skrevet, eller en kollega har svaret imens."))
