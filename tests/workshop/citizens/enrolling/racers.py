"""Several who let somebody in with the same picture at the same moment, and one contact person who stops meanwhile."""

from __future__ import annotations

import time

import sqlalchemy as sa

from tests.workshop.accounts.people.racers import NOW, THINKING_SECONDS
from workshop.accounts.models import Staff
from workshop.accounts.people import actions as people
from workshop.citizens import actions as citizens
from workshop.citizens.enrolling import actions, queries
from workshop.citizens.enrolling.actions import Facts
from workshop.citizens.models import ProgrammeType
from workshop.core import crypto, db
from workshop.core.errors import Refusal

PEPPER = "a pepper of the tests, worth nothing at all"


def begin(department_id: int, contact_id: int, picture: str) -> None:
    """As the page does."""
    with db.transaction() as session:
        actions.begin(
            session,
            public_id=crypto.new_public_id(),
            facts=Facts("Mona Prøvesen", "Mona", picture, "da", department_id, None),
            contact=session.get_one(Staff, contact_id),
            programme_type_id=session.scalars(sa.select(ProgrammeType.id)).one(),
            started_on=NOW.date(),
            days=[(0, 540, 300)],
            pepper=PEPPER,
            now=NOW,
            cheap=True,
        )


def begin_unguarded(department_id: int, contact_id: int, picture: str, spare: str) -> None:
    """The control: looks which pictures are free, and takes one afterwards without holding them."""
    with db.reading() as session:
        if picture in queries.taken_pictures(session, department_id):
            raise Refusal("taken")
    time.sleep(THINKING_SECONDS)
    with db.transaction() as session:
        made = citizens.add_citizen(
            session,
            full_name="Mona Prøvesen",
            display_name="Mona",
            picture=spare,
            department_id=department_id,
            pin="2580",
            pepper=PEPPER,
            programme_type_id=session.scalars(sa.select(ProgrammeType.id)).one(),
            started_on=NOW.date(),
            ends_on=None,
            contact_staff_id=contact_id,
            now=NOW,
            cheap=True,
        )
        made.picture = picture


def close(contact_id: int, by: int) -> None:
    """The contact person stops; as the page does."""
    with db.transaction() as session:
        people.close(session, session.get_one(Staff, contact_id), by=by, now=NOW)
