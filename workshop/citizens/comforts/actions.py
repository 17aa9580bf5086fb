"""What changes how a person has the tablet."""

from __future__ import annotations

from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.citizens.comforts.queries import Liking
from workshop.citizens.models import Citizen, Comfort


def speak(session: Session, citizen: Citizen, code: str) -> None:
    """Keep the language a person has chosen for themselves, until they or staff say another."""
    citizen.language = code
    session.flush()


def wish(session: Session, citizen_id: int, liked: Liking) -> Comfort:
    """Keep how a person wants the tablet from now on; said twice at once, it is kept once. Language is no part."""
    found = session.get(Comfort, citizen_id)
    if found is None:
        found = Comfort(citizen_id=citizen_id)
        try:
            with session.begin_nested():
                session.add(found)
        except IntegrityError:  # the same person's other press was a moment earlier
            found = session.get_one(Comfort, citizen_id)
    found.is_large, found.is_high_contrast = liked.is_large, liked.is_high_contrast
    found.is_calm, found.reads_aloud = liked.is_calm, liked.reads_aloud
    session.flush()
    return found
