"""Taking the second step, adding one, and proving once more who one is: what goes well gives a new token."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts import passwords, sessions, throttle
from workshop.accounts.factors import codes, passkeys, state, totp
from workshop.accounts.models import StaffPassword
from workshop.core import crypto
from workshop.core.i18n import _


class Login(NamedTuple):
    """Whose sign-in it is, where from, and the keys that open what is sealed."""

    login_id: int
    account_id: int
    network: str
    master_keys: Sequence[bytes]


class Added(NamedTuple):
    """A second step was added: the sign-in's new token, and codes for paper when there were none."""

    token: str
    codes: list[str]


def take(session: Session, login: Login, typed: str, now: datetime) -> str | None:
    """The second step with a code of the app or from paper: a new token, or None for a wrong one, which is counted.

    Raises TooManyTries. Codes from paper are counted apart, so that whoever guesses six digits does not close that way.
    """
    state.hold(session, login.account_id)
    if not _is_right(session, login, typed, now):
        return None
    return sessions.pass_second_step(session, login.login_id, now)


def prove(session: Session, login: Login, password: str, typed: str, now: datetime) -> str | None:
    """The password once more, and the second step where there is one: a new token, or None. Raises TooManyTries."""
    subjects = (f"proof:{login.account_id}", login.network)
    state.hold(session, login.account_id)
    throttle.refuse_when_stopped(session, subjects, now)
    if not password_is(session, login.account_id, password):
        throttle.count(session, subjects, now)
        return None
    if state.state_of(session, login.account_id).is_set_up and not _is_right(session, login, typed, now):
        return None
    return sessions.prove(session, login.login_id, now)


def password_is(session: Session, account_id: int, password: str) -> bool:
    """Whether this is somebody's password."""
    kept = session.scalar(sa.select(StaffPassword.password_hash).where(StaffPassword.account_id == account_id))
    return kept is not None and crypto.secret_matches(kept, passwords.normal(password))


def add_app(session: Session, login: Login, seed: str, code: str, now: datetime) -> Added | None:
    """A code app, once its first code is right; None for a wrong one, which is counted. Raises TooManyTries."""
    throttle.refuse_when_stopped(session, [f"factor:{login.account_id}"], now)
    if not totp.confirm(session, login.account_id, seed, code, now, master_keys=login.master_keys):
        throttle.count(session, [f"factor:{login.account_id}"], now)
        return None
    return _added(session, login, _("Der er tilføjet en kodeapp til dit log ind."), now)


def add_passkey(
    session: Session, login: Login, place: passkeys.Place, challenge_id: str, answer: str, name: str, now: datetime
) -> Added | None:
    """A passkey; None when what the browser sent does not hold."""
    if not passkeys.register(session, place, login.account_id, challenge_id, answer, name, now):
        return None
    return _added(session, login, _("Der er tilføjet en adgangsnøgle til dit log ind."), now)


def changed(session: Session, login: Login, subject: str, what: str, now: datetime) -> None:
    """After a change of factors or password: every other sign-in ends, and a mail tells the person."""
    sessions.end_others(session, login.account_id, login.login_id, now)
    state.tell(session, login.account_id, subject, what, now)


def _added(session: Session, login: Login, what: str, now: datetime) -> Added | None:
    token = sessions.pass_second_step(session, login.login_id, now)
    if token is None:  # the sign-in was ended meanwhile
        return None
    changed(session, login, _("Dit log ind er ændret"), what, now)
    has_codes = state.state_of(session, login.account_id).codes_left > 0
    return Added(token, [] if has_codes else codes.new_codes(session, login.account_id, now))


def _is_right(session: Session, login: Login, typed: str, now: datetime) -> bool:
    digits = "".join(typed.split())
    is_code = totp.is_code(digits)
    subjects = (f"{'factor' if is_code else 'paper'}:{login.account_id}", login.network)
    throttle.refuse_when_stopped(session, subjects, now)
    if is_code:
        is_right = totp.spend(session, login.account_id, digits, now, master_keys=login.master_keys)
    else:
        is_right = codes.spend(session, login.account_id, typed, now)
    if not is_right:
        throttle.count(session, subjects, now)
    return is_right
