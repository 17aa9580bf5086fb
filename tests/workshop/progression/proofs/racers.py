"""Several presses on one button at the same moment, and a control that looks first and writes afterwards."""

from __future__ import annotations

import time
from datetime import UTC, datetime

import sqlalchemy as sa

from tests.workshop.progression.proofs import rig
from workshop.citizens.models import Citizen
from workshop.core import db
from workshop.core.errors import Refusal
from workshop.progression.proofs import actions, queries
from workshop.progression.proofs.models import Proof

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
THINKING_SECONDS = 1.0  # what passes between looking and writing, in the control


def make(citizen_id: int, key: str, by: int) -> None:
    """As the page does."""
    with db.transaction() as session:
        actions.make(
            session,
            session.get_one(Citizen, citizen_id),
            competence_key=key,
            narrative=rig.SAID,
            is_agreed=True,
            by_staff_id=by,
            issuer=rig.ISSUER,
            master_keys=rig.KEYS,
            now=NOW,
        )


def make_unguarded(citizen_id: int, key: str, by: int) -> None:
    """The control: looks whether there is one, and writes afterwards without holding anything."""
    with db.reading() as session:
        if session.scalar(sa.select(Proof.id).where(Proof.citizen_id == citizen_id)) is not None:
            raise Refusal("there is one")
        agreed, _competence = queries.newest_agreed(session, citizen_id, key)
    time.sleep(THINKING_SECONDS)
    with db.transaction() as session:
        session.add(
            Proof(
                citizen_id=citizen_id,
                adopted_level_id=agreed.id,
                narrative=rig.SAID,
                salt="s",
                signed="",
                agreed_at=NOW,
                by_staff_id=by,
            )
        )
