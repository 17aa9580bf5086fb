"""Passkeys: a key in the phone, computer or on a stick that opens with a finger, a face or a PIN of its own.

The person is verified by their device every time, so a passkey is both steps in one. What a browser signs is asked for
once. Source: WebAuthn Level 3, section 7.
"""

from __future__ import annotations

import json
import re
from base64 import urlsafe_b64decode, urlsafe_b64encode
from datetime import datetime
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.factors import state
from workshop.accounts.models import Account, AccountKind, Challenge, Passkey
from workshop.core import db, vault
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _

MOST = 10
LONGEST_NAME = 60
LONGEST_ANSWER = 20_000  # what a browser sends is two thousand letters
_NAME = re.compile(r"[A-Za-z0-9_-]{1,1400}")  # base64url: nothing a database could stumble over
REGISTER, SIGN_IN, SUDO = "register", "sign-in", "sudo"


class Place(NamedTuple):
    """Where a passkey holds: the host and origin browsers know us by."""

    host: str
    origin: str

    @classmethod
    def of(cls, base_url: str) -> Place:
        """From the configured address, never from a request."""
        parts = urlsplit(base_url)
        return cls(parts.hostname or "localhost", f"{parts.scheme}://{parts.netloc}")


class Owner(NamedTuple):
    """Whose passkey it will be, as the browser shows it."""

    account_id: int
    public_id: str
    name: str
    label: str


def ask_to_register(session: Session, place: Place, owner: Owner, workshop: str, now: datetime) -> dict[str, Any]:
    """What the browser needs to make a passkey: `{"id": …, "publicKey": …}`."""
    from webauthn import generate_registration_options, helpers  # slow to load, and needed by few pages
    from webauthn.helpers import structs

    kept = session.scalars(sa.select(Passkey.credential_id).where(Passkey.account_id == owner.account_id))
    options = generate_registration_options(
        rp_id=place.host,
        rp_name=workshop,
        user_id=owner.public_id.encode(),
        user_name=owner.label,
        user_display_name=owner.name,
        challenge=vault.new_key(),
        authenticator_selection=structs.AuthenticatorSelectionCriteria(
            resident_key=structs.ResidentKeyRequirement.REQUIRED,
            user_verification=structs.UserVerificationRequirement.REQUIRED,
        ),
        exclude_credentials=[structs.PublicKeyCredentialDescriptor(id=_bytes(each)) for each in kept],
    )
    row = _keep(session, REGISTER, owner.account_id, options.challenge, now)
    return {"id": row.public_id, "publicKey": json.loads(helpers.options_to_json(options))}


def ask_to_sign(session: Session, place: Place, purpose: str, account_id: int | None, now: datetime) -> dict[str, Any]:
    """What the browser needs to sign with a passkey; whose it is comes out of the answer."""
    from webauthn import generate_authentication_options, helpers  # see ask_to_register
    from webauthn.helpers import structs

    options = generate_authentication_options(
        rp_id=place.host,
        challenge=vault.new_key(),
        user_verification=structs.UserVerificationRequirement.REQUIRED,
    )
    row = _keep(session, purpose, account_id, options.challenge, now)
    return {"id": row.public_id, "publicKey": json.loads(helpers.options_to_json(options))}


def register(
    session: Session, place: Place, account_id: int, challenge_id: str, answer: str, name: str, now: datetime
) -> bool:
    """Keep a new passkey; False when what the browser sent is not what was asked for. The challenge is spent."""
    from webauthn import verify_registration_response  # see ask_to_register
    from webauthn.helpers.exceptions import WebAuthnException

    state.hold(session, account_id)
    challenge = _spend(session, challenge_id, REGISTER, account_id, now)
    if challenge is None or not _is_readable(answer):
        return False
    if len(state.state_of(session, account_id).passkeys) >= MOST:
        raise Refusal(_("Du har allerede %(most)s adgangsnøgler. Fjern en, du ikke bruger.", most=MOST))
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):  # the last three: JSON of another shape
        return False
    return db.add_unless_there(
        session,
        Passkey,
        {
            "account_id": account_id,
            "credential_id": _text(made.credential_id),
            "public_key": _text(made.credential_public_key),
            "sign_count": made.sign_count,
            "name": name[:LONGEST_NAME] or _("Adgangsnøgle"),
            "made_at": now,
        },
    )


def signed_by(
    session: Session, place: Place, purpose: str, account_id: int | None, challenge_id: str, answer: str, now: datetime
) -> Account | None:
    """Whose passkey signed, when it is one of ours, of staff who may sign in; None otherwise. The challenge is spent.

    With an `account_id` only that person's passkey counts.
    """
    challenge = _spend(session, challenge_id, purpose, account_id, now)
    if challenge is None or not _is_readable(answer):
        return None
    key = session.scalar(
        sa.select(Passkey).where(Passkey.credential_id == _id_in(answer), Passkey.device_id.is_(None)).with_for_update()
    )
    if key is None or (account_id is not None and key.account_id != account_id):
        return None
    count = _new_count(place, key, challenge, answer)
    account = session.get_one(Account, key.account_id)
    if count is None or not account.is_active or account.kind is not AccountKind.STAFF:
        return None
    key.sign_count, key.used_at = count, now
    session.flush()
    return account


def remove(session: Session, account_id: int, public_id: str, *, is_needed: bool) -> None:
    """Take one of one's own passkeys away. Raises NotHere for another's, Refusal for the last where one is needed."""
    state.hold(session, account_id)
    key = of_account(session, account_id, public_id)
    state.check_not_last(session, account_id, is_needed=is_needed)
    session.delete(key)
    state.tidy(session, account_id)


def of_account(session: Session, account_id: int, public_id: str) -> Passkey:
    """One of a person's own passkeys. Raises NotHere for another's, and for none."""
    key = session.scalar(sa.select(Passkey).where(Passkey.public_id == public_id, Passkey.account_id == account_id))
    if key is None:
        raise NotHere
    return key


def _new_count(place: Place, key: Passkey, challenge: bytes, answer: str) -> int | None:
    from webauthn import verify_authentication_response  # see ask_to_register
    from webauthn.helpers.exceptions import WebAuthnException

    try:
        checked = verify_authentication_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=place.host,
            expected_origin=place.origin,
            credential_public_key=_bytes(key.public_key),
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError):  # see register
        return None
    return int(checked.new_sign_count)


def _keep(session: Session, purpose: str, account_id: int | None, challenge: bytes, now: datetime) -> Challenge:
    session.execute(sa.delete(Challenge).where(Challenge.expires_at < now))
    row = Challenge(
        purpose=purpose, account_id=account_id, challenge=_text(challenge), expires_at=now + Challenge.LASTS
    )
    session.add(row)
    session.flush()
    return row


def _spend(session: Session, challenge_id: str, purpose: str, account_id: int | None, now: datetime) -> bytes | None:
    """What was asked for, once; None the second time, too late, or for another purpose or person."""
    whose = Challenge.account_id.is_(None) if account_id is None else Challenge.account_id == account_id
    found = session.execute(
        sa.update(Challenge)
        .where(
            Challenge.public_id == challenge_id,
            Challenge.purpose == purpose,
            whose,
            Challenge.used_at.is_(None),
            Challenge.expires_at > now,
        )
        .values(used_at=now)
        .returning(Challenge.challenge)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return _bytes(found.challenge) if found else None


def _is_readable(answer: str) -> bool:
    return len(answer) <= LONGEST_ANSWER and _id_in(answer) != ""


def _id_in(answer: str) -> str:
    """The name of the passkey in a browser's answer; nothing when the answer is none."""
    try:
        said = json.loads(answer)
    except (ValueError, RecursionError):  # a thousand brackets are no answer either
        return ""
    name = said.get("id") if isinstance(said, dict) else None
    return name if isinstance(name, str) and _NAME.fullmatch(name) else ""


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).decode().rstrip("=")


def _bytes(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))
