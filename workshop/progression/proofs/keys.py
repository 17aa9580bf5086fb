"""The keys that proofs are signed with: one in use, older ones still published, the private halves sealed.

Keys are numbered. Two that are made at the same moment would get the same number, so one of them is not made.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import db, vault
from workshop.progression.proofs import signing
from workshop.progression.proofs.models import SigningKey
from workshop.sealed.keys import Kind

PUBLISHED_AT = "/.well-known/jwks"
SEALED = Kind(SigningKey, SigningKey.kid, SigningKey.sealed_private, "signing_key", first="")


class Signer(NamedTuple):
    """The key in use, opened: only `actions.make` asks for it."""

    kid: str
    private_pem: str


def signer(session: Session, master_keys: Sequence[bytes], now: datetime) -> Signer:
    """The key to sign with; the first one is made when it is asked for.

    Raises CannotOpen when it was sealed with a master key we lack.
    """
    row = _in_use(session)
    if row is None:
        _make(session, master_keys, now)
        row = _in_use(session)
    if row is None:
        raise RuntimeError("a key was made and is not there")
    return Signer(row.kid, vault.open_sealed(master_keys, row.sealed_private, _about(row.kid)))


def renew(session: Session, master_keys: Sequence[bytes], now: datetime) -> str:
    """A new key to sign with; the older ones stay published, so what they signed can still be checked. Its name."""
    session.execute(sa.update(SigningKey).where(SigningKey.retired_at.is_(None)).values(retired_at=now))
    return _make(session, master_keys, now)


def published(session: Session, address: str) -> list[dict[str, str]]:
    """The public halves of every key there has been, each under its own address, the newest first."""
    rows = session.execute(
        sa.select(SigningKey.kid, SigningKey.public_jwk).order_by(SigningKey.made_at.desc(), SigningKey.kid.desc())
    )
    return [{**row.public_jwk, "kid": address_of(row.kid, address)} for row in rows]


def address_of(kid: str, address: str) -> str:
    """Where the public half of a key lies; it is also what the key is called in a token."""
    return f"{address}{PUBLISHED_AT}/{kid}.json"


def _in_use(session: Session) -> sa.Row[str, str] | None:
    return session.execute(
        sa.select(SigningKey.kid, SigningKey.sealed_private)
        .where(SigningKey.retired_at.is_(None))
        .order_by(SigningKey.kid)
        .limit(1)
    ).one_or_none()


def _make(session: Session, master_keys: Sequence[bytes], now: datetime) -> str:
    many = session.scalar(sa.select(sa.func.count()).select_from(SigningKey)) or 0
    kid = f"bevis-{many + 1:04d}"
    private_pem = signing.new_private()
    made = {
        "kid": kid,
        "sealed_private": vault.seal(master_keys[0], private_pem, _about(kid)),
        "public_jwk": signing.public_jwk(private_pem),
        "made_at": now,
    }
    db.add_unless_there(session, SigningKey, made)
    return kid


def _about(kid: str) -> str:
    return f"{SEALED.about}:{kid}"
