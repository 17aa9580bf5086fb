"""A forgotten password: a link by mail, once, for half an hour. It never touches the second step.

What is done is the same whether or not somebody has the address: the database looks for it inside the writing.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from workshop.accounts import actions, passwords, sessions, throttle
from workshop.accounts.factors import state, steps
from workshop.accounts.models import Account, PasswordReset, Staff
from workshop.core import crypto, db, mail
from workshop.core.errors import NotHere
from workshop.core.i18n import _

log = structlog.get_logger()


def ask(session: Session, email: str, now: datetime, *, base_url: str, secret_key: str, network: str) -> None:
    """Send a link when a member of staff has the address; nothing shows whether it was so.

    Raises TooManyTries when one network asks too often. An address asked about too often gets no more mails.
    """
    address = email.strip().lower()
    throttle.refuse_when_stopped(session, [throttle.asking(network)], now)
    is_quiet = throttle.is_stopped(session, [throttle.reset(address)], now)
    throttle.count(session, [throttle.asking(network), throttle.reset(address)], now)
    label = f"password-reset:{crypto.new_public_id()}"
    secret = mail.secret_of(secret_key, label)
    whose = sa.and_(Staff.email == ("" if is_quiet else address), Account.is_active)
    _keep(session, whose, crypto.token_hash(secret), now)
    _write(session, whose, _words(base_url, label), now)


def open_reset(session: Session, token: str, now: datetime) -> PasswordReset:
    """The request behind a link. Raises NotHere for a used, old or unknown one."""
    found = session.scalar(sa.select(PasswordReset).where(*_still_open(token, now)))
    if found is None:
        raise NotHere
    return found


def choose(session: Session, token: str, password: str, now: datetime, *, workshop: str, cheap: bool = False) -> None:
    """A new password by link. Every sign-in of the person ends, and other links of theirs open nothing.

    Raises Refusal for a weak password (the link stays good), NotHere for a link that is used, old or unknown.
    """
    account_id = open_reset(session, token, now).account_id
    passwords.check(password, (*state.names_of(session, account_id), workshop))
    if not _take(session, token, now):
        raise NotHere
    account = state.hold(session, account_id)
    if not account.is_active:
        raise NotHere
    session.execute(
        sa.update(PasswordReset)
        .where(PasswordReset.account_id == account_id, PasswordReset.used_at.is_(None))
        .values(used_at=now)
    )
    passwords.write(session, account_id, password, now, cheap=cheap)
    actions.end_sessions(session, account_id, now)
    state.tell(session, account_id, _("Din adgangskode er skiftet"), _("Din adgangskode er skiftet."), now)
    log.info("password changed", account=account.public_id, way="mail")


def change(
    session: Session, login: steps.Login, old: str, new: str, now: datetime, *, workshop: str, cheap: bool = False
) -> str | None:
    """A new password by somebody who is signed in and knows the old one: a new token, or None when the old is wrong.

    Every other sign-in ends. Raises Refusal for a weak password, TooManyTries when the old one was wrong too often.
    """
    subjects = (f"proof:{login.account_id}", login.network)
    account = state.hold(session, login.account_id)
    throttle.refuse_when_stopped(session, subjects, now)
    if not steps.password_is(session, login.account_id, old):
        throttle.count(session, subjects, now)
        return None
    passwords.check(new, (*state.names_of(session, login.account_id), workshop))
    passwords.write(session, login.account_id, new, now, cheap=cheap)
    steps.changed(session, login, _("Din adgangskode er skiftet"), _("Din adgangskode er skiftet."), now)
    log.info("password changed", account=account.public_id, way="old password")
    if state.state_of(session, login.account_id).is_set_up:  # the password alone is no proof of who it is
        return sessions.renew(session, login.login_id, now)
    return sessions.prove(session, login.login_id, now)


def forget(session: Session, now: datetime) -> int:
    """Take away links that opened or can open nothing any more; how many."""
    old = session.execute(sa.delete(PasswordReset).where(PasswordReset.expires_at < now - throttle.DAY))
    return int(getattr(old, "rowcount", 0))


def _still_open(token: str, now: datetime) -> tuple[sa.ColumnExpressionArgument[bool], ...]:
    is_this = PasswordReset.token_hash == crypto.token_hash(token)
    return is_this, PasswordReset.used_at.is_(None), PasswordReset.expires_at > now


def _take(session: Session, token: str, now: datetime) -> bool:
    """The database decides who was first."""
    taken = session.execute(
        sa.update(PasswordReset)
        .where(*_still_open(token, now))
        .values(used_at=now)
        .returning(PasswordReset.id)
        .execution_options(synchronize_session=False)
    ).one_or_none()
    return taken is not None


def _keep(session: Session, whose: sa.ColumnElement[bool], token_hash: str, now: datetime) -> None:
    """The link's hash, for whoever has the address: no row for nobody, and the same statement."""
    made = (
        sa.select(
            sa.literal(token_hash),
            Staff.account_id,
            sa.literal(now, db.UtcDateTime),
            sa.literal(now + PasswordReset.LASTS, db.UtcDateTime),
        )
        .join(Account, Account.id == Staff.account_id)
        .where(whose)
    )
    columns = ["token_hash", "account_id", "created_at", "expires_at"]
    session.execute(sa.insert(PasswordReset).from_select(columns, made))


def _write(session: Session, whose: sa.ColumnElement[bool], body: str, now: datetime) -> None:
    """The mail, for whoever has the address; the secret itself is put in when it is sent."""
    values = {
        "public_id": crypto.new_public_id(),
        "key": f"password-reset:{crypto.new_public_id()}",
        "subject": _("Vælg en ny adgangskode"),
        "body": body,
        "attachment_name": "",
        "attachment_type": "",
        "attachment": "",
    }
    made = (
        sa.select(
            *(sa.literal(value) for value in values.values()),
            Staff.email,
            sa.literal(now, db.UtcDateTime),
            sa.literal(0),
        )
        .join(Account, Account.id == Staff.account_id)
        .where(whose)
    )
    session.execute(sa.insert(mail.OutboxMail).from_select([*values, "recipient", "due_at", "attempts"], made))


def _words(base_url: str, label: str) -> str:
    minutes = int(PasswordReset.LASTS.total_seconds() // 60)
    lines = [
        _("Hej"),
        _("Her kan du vælge en ny adgangskode. Linket virker i %(minutes)s minutter og kun én gang.", minutes=minutes),
        f"{base_url}/personale/glemt/{mail.place_for_secret(label)}",
        _("Du skal stadig bruge dit ekstra trin bagefter."),
        _("Har du ikke bedt om det? Så skal du ikke gøre noget. Din adgangskode er den samme."),
    ]
    return "\n\n".join(lines)
