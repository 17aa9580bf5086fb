"""Which second steps somebody has, taking them all away, and the mail that tells the person when they change."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Session

from workshop.accounts import actions
from workshop.accounts.models import Account, Passkey, RecoveryCode, Staff, TotpSeed
from workshop.core import crypto, mail
from workshop.core.errors import Refusal
from workshop.core.i18n import _

log = structlog.get_logger()


class PasskeyRow(NamedTuple):
    """A passkey as its owner's list shows it."""

    public_id: str
    name: str
    made_at: datetime
    used_at: datetime | None


class Factors(NamedTuple):
    """The second steps of an account."""

    has_totp: bool
    passkeys: list[PasskeyRow]
    codes_left: int

    @property
    def is_set_up(self) -> bool:
        """Whether there is a second step at all; codes on paper alone are none."""
        return self.has_totp or bool(self.passkeys)

    @property
    def how_many(self) -> int:
        """How many there are: the last one cannot be taken away where everybody needs one."""
        return int(self.has_totp) + len(self.passkeys)


def state_of(session: Session, account_id: int) -> Factors:
    """What somebody has, for their own page and for the administrator's."""
    confirmed = sa.select(TotpSeed.account_id).where(
        TotpSeed.account_id == account_id, TotpSeed.confirmed_at.is_not(None)
    )
    keys = session.execute(
        sa.select(Passkey.public_id, Passkey.name, Passkey.made_at, Passkey.used_at)
        .where(Passkey.account_id == account_id)
        .order_by(Passkey.id)
    )
    left = sa.select(sa.func.count(RecoveryCode.id)).where(
        RecoveryCode.account_id == account_id, RecoveryCode.used_at.is_(None)
    )
    return Factors(session.scalar(confirmed) is not None, [PasskeyRow(*row) for row in keys], session.scalar(left) or 0)


def hold(session: Session, account_id: int) -> Account:
    """The account's row, held until the block ends: what changes its factors comes one after the other."""
    return session.execute(sa.select(Account).where(Account.id == account_id).with_for_update()).scalar_one()


def check_not_last(session: Session, account_id: int, *, is_needed: bool) -> None:
    """Raises Refusal when the one second step there is would go, where everybody needs one."""
    if is_needed and state_of(session, account_id).how_many <= 1:
        raise Refusal(_("Du skal have mindst ét ekstra trin. Tilføj et nyt, før du fjerner det her."))


def tidy(session: Session, account_id: int) -> None:
    """Codes on paper stand in for a second step; without one they open nothing and are thrown away."""
    session.flush()
    if not state_of(session, account_id).is_set_up:
        session.execute(sa.delete(RecoveryCode).where(RecoveryCode.account_id == account_id))


def reset(session: Session, account_id: int, by_staff_id: int | None, now: datetime) -> None:
    """Take every second step of somebody away, who has lost theirs: they set up a new one at their next sign-in.

    Their sessions end and a mail tells them. It is an administrator's act, after they have proved who they are.
    """
    account = hold(session, account_id)
    for table in (TotpSeed, Passkey, RecoveryCode):
        session.execute(sa.delete(table).where(table.account_id == account_id))
    actions.end_sessions(session, account_id, now)
    session.flush()
    tell(
        session,
        account_id,
        _("Dit ekstra trin ved log ind er nulstillet"),
        _("En administrator har nulstillet det ekstra trin. Næste gang du logger ind, laver du et nyt."),
        now,
    )
    log.info("factors reset", account=account.public_id, is_own_act=by_staff_id == account_id)


def names_of(session: Session, account_id: int) -> tuple[str, str]:
    """Name and mail of a member of staff: what their password must not be made of."""
    staff = session.get_one(Staff, account_id)
    return staff.name, staff.email


def tell(session: Session, account_id: int, subject: str, what: str, now: datetime) -> None:
    """A mail to a member of staff about their own sign-in: no secret, no link, nobody else's name."""
    address = session.scalar(sa.select(Staff.email).where(Staff.account_id == account_id))
    if address is None:
        return
    lines = [
        _("Hej"),
        what,
        _("Var det dig, skal du ikke gøre noget. Var det ikke dig, så ring til din leder eller administrator nu."),
    ]
    mail.queue(
        session,
        key=f"sign-in-news:{crypto.new_public_id()}",
        recipient=address,
        subject=subject,
        body="\n\n".join(lines),
        now=now,
    )
