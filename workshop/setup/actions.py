"""Starting a workshop: its first administrator, and who it is from now on."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from workshop.accounts import actions as accounts
from workshop.accounts import passwords
from workshop.accounts.models import Staff
from workshop.core import db, identity
from workshop.core.access import Role
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.identity import WorkshopVersion
from workshop.production.models import ActivityKind
from workshop.setup import door
from workshop.setup.turn import take_turn
from workshop.starter import loading


@dataclass(frozen=True)
class Details:
    """Who the workshop is, as it is typed. `cvr` is eight digits."""

    name: str
    short_name: str
    address: str
    postcode: str
    town: str
    phone: str
    email: str
    cvr: str


class ChangedMeanwhile(Refusal):
    """Somebody else saved first; the page shows both, and nothing is written."""

    def __init__(self) -> None:
        super().__init__(_("En anden har rettet det imens. Se det igen, og gem så."))


def make_first_administrator(
    session: Session,
    *,
    name: str,
    email: str,
    password: str,
    is_manager: bool,
    now: datetime,
    cheap: bool = False,
) -> Staff:
    """The first who can sign in, and let others in; one of several who try at once.

    Raises NotHere when there is one already, Refusal when the password is short or easy to guess.
    """
    passwords.check(password, (name, email))
    take_turn(session, Staff)
    if not door.is_open(session):
        raise NotHere
    roles = {Role.ADMIN, Role.MANAGER} if is_manager else {Role.ADMIN}
    return accounts.add_staff(
        session, name=name, email=email, password=password, roles=roles, departments=(), now=now, cheap=cheap
    )


def say_who_we_are(
    session: Session, details: Details, *, after: int, now: datetime, by_staff_id: int | None
) -> WorkshopVersion | None:
    """A new version, made from version `after`; None when nothing differs from it. The logo stays.

    Whoever calls it calls `identity.forget` once the block is committed. Raises ChangedMeanwhile.
    """
    newest = identity.newest(session)
    if after != (newest.version if newest else 0):
        raise ChangedMeanwhile
    values = asdict(details)
    if newest is not None and all(getattr(newest, name) == value for name, value in values.items()):
        return None
    return _add(session, values, logo=newest.logo if newest else "", after=after, now=now, by_staff_id=by_staff_id)


def set_logo(session: Session, logo: str, *, now: datetime, by_staff_id: int | None) -> WorkshopVersion:
    """The same workshop with another picture, or with none. `logo` is the name of a stored photo.

    Raises Refusal before anybody has said who the workshop is, ChangedMeanwhile when somebody saves just now.
    """
    newest = identity.newest(session)
    if newest is None:
        raise Refusal(_("Skriv først, hvem I er. Så er der noget at sætte logoet ved siden af."))
    values = {name: getattr(newest, name) for name in Details.__dataclass_fields__}
    return _add(session, values, logo=logo, after=newest.version, now=now, by_staff_id=by_staff_id)


def _add(
    session: Session, values: dict[str, str], *, logo: str, after: int, now: datetime, by_staff_id: int | None
) -> WorkshopVersion:
    row = {**values, "version": after + 1, "logo": logo, "made_at": now, "by_staff_id": by_staff_id}
    if not db.add_unless_there(session, WorkshopVersion, row):
        raise ChangedMeanwhile
    return session.get_one(WorkshopVersion, after + 1)


def load_catalogue(session: Session) -> loading.Loaded:
    """Bring the starter catalogue in; a second time changes nothing, and two at once come after one another."""
    take_turn(session, ActivityKind)
    return loading.load(session)
