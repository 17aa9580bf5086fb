"""The keys that sealed texts are written with: one for each person, itself sealed by the master key outside.

Changing the master key seals the persons' keys anew and leaves the texts alone. Destroying a person's key makes
everything sealed with it unreadable for good, in every copy of the database that is made from then on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import TotpSeed
from workshop.backups import forgetting
from workshop.citizens.models import Citizen
from workshop.core import db, vault
from workshop.core.config import Settings
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.vault import CannotOpen
from workshop.sealed import demands
from workshop.sealed.models import PersonKey

BLOCK = 50  # sealed anew between two commits: what a killed rotation has to do again


class Progress(NamedTuple):
    """How far a rotation is: what has been sealed anew, of how many, and what none of the keys opened."""

    done: int
    total: int
    failed: int


class Sealed(NamedTuple):
    """How many rows of a kind are sealed with the master key of this name, and whether we can open them."""

    kind: str
    key_name: str
    opens: bool
    many: int


class Kind(NamedTuple):
    """A column that master keys seal: whose each row is, what is sealed, and what it is sealed as."""

    table: type[db.Base]
    owner: Any  # the column of the table; a mapped column as a field would be taken for its value
    sealed: Any
    about: str
    first: int | str = 0  # what every owner comes after

    def older(self, newest: bytes, after: int | str) -> sa.Select[Any]:
        """(owner, sealed) of what another key than the newest sealed, by owner, past one of them."""
        return (
            sa.select(self.owner, self.sealed).where(self.owner > after, *self._is_older(newest)).order_by(self.owner)
        )

    def counted(self, newest: bytes) -> sa.Select[Any]:
        """How much that is."""
        return sa.select(sa.func.count(self.owner)).where(*self._is_older(newest))

    def _is_older(self, newest: bytes) -> tuple[sa.ColumnElement[bool], ...]:
        return self.sealed != "", sa.not_(self.sealed.startswith(f"{vault.name_of(newest)}."))


PERSON = Kind(PersonKey, PersonKey.citizen_id, PersonKey.sealed_key, "person_key")
SEALED_BY_MASTER = [PERSON, Kind(TotpSeed, TotpSeed.account_id, TotpSeed.sealed, "totp_seed")]


def also(kind: Kind) -> None:
    """Let a slice above this one have its own column sealed anew and counted with the others."""
    if kind not in SEALED_BY_MASTER:
        SEALED_BY_MASTER.append(kind)


def key_for(session: Session, citizen_id: int, master_keys: Sequence[bytes], now: datetime) -> bytes:
    """The key that texts about a person are sealed with; it is made the first time.

    Raises Refusal when it was destroyed: nothing more is written about them.
    """
    made = vault.as_setting(vault.new_key())
    sealed = vault.seal(master_keys[0], made, _about_person(citizen_id))
    db.add_unless_there(session, PersonKey, {"citizen_id": citizen_id, "sealed_key": sealed, "made_at": now})
    row = session.execute(
        sa.select(PersonKey.sealed_key, PersonKey.destroyed_at).where(PersonKey.citizen_id == citizen_id)
    ).one()
    if row.destroyed_at is not None:
        raise Refusal(_("Borgerens lukkede tekster er slettet for altid. Der kan ikke skrives nye."))
    return vault.key_of(vault.open_sealed(master_keys, row.sealed_key, _about_person(citizen_id)))


def open_keys(session: Session, citizen_ids: Collection[int], master_keys: Sequence[bytes]) -> Mapping[int, bytes]:
    """The keys of these people, by citizen; whose key is destroyed, or sealed by a master key we lack, is not there."""
    rows = session.execute(
        sa.select(PersonKey.citizen_id, PersonKey.sealed_key).where(
            PersonKey.citizen_id.in_(citizen_ids), PersonKey.destroyed_at.is_(None)
        )
    )
    found = {}
    for citizen_id, sealed in rows:
        opened = opened_or_none(master_keys, sealed, _about_person(citizen_id))
        if opened is not None:
            found[citizen_id] = vault.key_of(opened)
    return found


def opened_or_none(keys: Sequence[bytes], sealed: str, about: str) -> str | None:
    """What was sealed; None when none of the keys opens it, or it was changed or moved."""
    try:
        return vault.open_sealed(keys, sealed, about)
    except CannotOpen:
        return None


def destroy(session: Session, citizen_id: int, now: datetime, *, settings: Settings) -> bool:
    """Throw a person's key away: their sealed texts are gone for good. False where that was done before.

    A person who never had a key gets none: the row says that nothing may be sealed about them from now on. It is first
    written down beside the copies, so that an older one that is restored does not bring the key back; raises OSError
    where that fails.
    """
    public_id = session.scalars(sa.select(Citizen.public_id).where(Citizen.id == citizen_id)).one()
    forgetting.note_destroyed(settings, public_id, now)
    demands.forget(session, citizen_id)
    gone = {"citizen_id": citizen_id, "sealed_key": "", "made_at": now, "destroyed_at": now}
    if db.add_unless_there(session, PersonKey, gone):
        return True
    if session.bind is not None and session.connection().dialect.name == "sqlite":
        session.execute(sa.text("PRAGMA secure_delete = ON"))  # the page it stood on is written over with zeros
    thrown = (
        sa.update(PersonKey)
        .where(PersonKey.citizen_id == citizen_id, PersonKey.destroyed_at.is_(None))
        .values(sealed_key="", destroyed_at=now)
        .returning(PersonKey.citizen_id)
    )
    return session.execute(thrown).first() is not None


def rotate(master_keys: Sequence[bytes], *, block: int = BLOCK) -> Iterator[Progress]:
    """Seal everything the older master keys sealed with the newest one, a block at a time; yields after each.

    Each block is committed on its own, and only what is still sealed by an older key is looked at. So a rotation that
    was killed goes on where it was, and a second one finds nothing to do.
    """
    with db.reading() as session:
        total = sum(session.scalar(each.counted(master_keys[0])) or 0 for each in SEALED_BY_MASTER)
    done = failed = 0
    for each in SEALED_BY_MASTER:
        after = each.first
        while True:
            with db.transaction() as session:
                rows = session.execute(each.older(master_keys[0], after).limit(block).with_for_update()).all()
                renewed = sum(_seal_anew(session, each, owner_id, sealed, master_keys) for owner_id, sealed in rows)
            if not rows:
                break
            after, done, failed = rows[-1][0], done + renewed, failed + len(rows) - renewed
            yield Progress(done, total, failed)


def counts(session: Session, master_keys: Sequence[bytes]) -> list[Sealed]:
    """How much is sealed with which master key. Destroyed keys are not there."""
    found: Counter[tuple[str, str, bool]] = Counter()
    for each in SEALED_BY_MASTER:
        for owner_id, sealed in session.execute(sa.select(each.owner, each.sealed).where(each.sealed != "")):
            opens = opened_or_none(master_keys, sealed, f"{each.about}:{owner_id}") is not None
            found[each.about, sealed.partition(".")[0], opens] += 1
    return [Sealed(*name, many) for name, many in sorted(found.items())]


def _seal_anew(session: Session, kind: Kind, owner_id: int | str, sealed: str, master_keys: Sequence[bytes]) -> bool:
    about = f"{kind.about}:{owner_id}"
    opened = opened_or_none(master_keys, sealed, about)
    if opened is None:
        return False
    anew = vault.seal(master_keys[0], opened, about)
    session.execute(sa.update(kind.table).where(kind.owner == owner_id).values({kind.sealed.key: anew}))
    return True


def _about_person(citizen_id: int) -> str:
    return f"{PERSON.about}:{citizen_id}"
