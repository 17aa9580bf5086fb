"""Guessing is slowed down, by whom it is aimed at and by where it comes from; counted in the database.

A mail address, a browser and a network are counted apart, so that somebody's wrong tries elsewhere never keep a person
out of a browser they have signed in with before. A count lasts as long as its window and then is gone.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import SignInFailure
from workshop.core import clock, crypto
from workshop.core.errors import Refusal
from workshop.core.i18n import _

QUARTER = timedelta(minutes=15)
DAY = timedelta(days=1)
KEPT = timedelta(days=2)  # a wrong try is of no use any more when its longest window has passed


class Limit(NamedTuple):
    """So many wrong tries within so long, and no more."""

    most: int
    within: timedelta


LIMITS: dict[str, tuple[Limit, ...]] = {
    "account": (Limit(5, QUARTER), Limit(10, DAY)),  # a PIN (decision 22); staff release it
    "device": (Limit(40, DAY),),  # a tablet
    "phone": (Limit(5, QUARTER), Limit(10, DAY)),  # a PIN on the person's own phone; staff release it
    "mail": (Limit(10, QUARTER), Limit(100, DAY)),  # a password, from browsers nobody knows
    "browser": (Limit(10, QUARTER), Limit(40, DAY)),  # a password, from a browser the person has signed in with
    "network": (Limit(60, QUARTER), Limit(400, DAY)),  # everything that is guessed from one network
    "factor": (Limit(5, QUARTER), Limit(20, DAY)),  # codes of the second step
    "paper": (Limit(10, QUARTER), Limit(30, DAY)),  # recovery codes: a way in of their own when others guess codes
    "proof": (Limit(10, QUARTER), Limit(40, DAY)),  # one's own password, typed once more
    "reset": (Limit(3, QUARTER), Limit(10, DAY)),  # mails about a forgotten password
    "asking": (Limit(30, QUARTER),),  # and all of them that one network asks for
    "challenge": (Limit(200, QUARTER),),  # what one network asks to sign with a passkey
    "ticket": (Limit(5, QUARTER),),  # the PIN that makes a phone somebody's own
}


class TooManyTries(Refusal):
    """Guessing is stopped; `until` says how long, or None when a person has to release it."""

    def __init__(self, sentence: str, until: datetime | None = None) -> None:
        super().__init__(sentence)
        self.until = until


def mail(address: str) -> str:
    """A mail address as it is counted: a hash."""
    return f"mail:{crypto.token_hash(address)[:32]}"


def reset(address: str) -> str:
    """A mail address as asked about in a forgotten password."""
    return f"reset:{crypto.token_hash(address)[:32]}"


def network(secret_key: str, address: str | None) -> str:
    """The network a request comes from, as a keyed hash; of IPv6 the /64, which is one household's."""
    try:
        ip = ipaddress.ip_address(address or "")
    except ValueError:
        place = "nowhere"
    else:
        place = str(ipaddress.ip_network((ip, 64), strict=False)) if ip.version == 6 else str(ip)
    mac = hmac.new(secret_key.encode(), f"network:{place}".encode(), hashlib.sha256)
    return f"network:{mac.hexdigest()[:32]}"


def asking(of_network: str, what: str = "asking") -> str:
    """What a network asks for without guessing anything."""
    return of_network.replace("network:", f"{what}:", 1)


def count(session: Session, subjects: Iterable[str], now: datetime) -> None:
    """Write down a wrong try against each of these."""
    session.add_all(SignInFailure(at=now, subject=each) for each in subjects)
    session.flush()


def stopped_until(
    session: Session, subjects: Iterable[str], now: datetime, *, released_at: datetime | None = None
) -> datetime | None:
    """When the first of these may be tried again; None when all may be tried now.

    What was wrong before `released_at` no longer counts.
    """
    ends = [
        end
        for subject in subjects
        for limit in LIMITS[subject.partition(":")[0]]
        if (end := _stop_of(session, subject, limit, now, released_at)) is not None
    ]
    return max(ends, default=None)


def is_stopped(
    session: Session, subjects: Iterable[str], now: datetime, *, released_at: datetime | None = None
) -> bool:
    """Whether one of these has been tried wrongly too often."""
    return stopped_until(session, subjects, now, released_at=released_at) is not None


def refuse_when_stopped(
    session: Session, subjects: Iterable[str], now: datetime, *, released_at: datetime | None = None
) -> None:
    """Raises TooManyTries, with the time of day from which it may be tried again."""
    until = stopped_until(session, subjects, now, released_at=released_at)
    if until is None:
        return
    raise TooManyTries(_("Der er prøvet for mange gange. Du kan prøve igen %(when)s.", when=_when(until, now)), until)


def forget(session: Session, now: datetime) -> int:
    """Take away wrong tries that no window reaches any more; how many."""
    old = session.execute(sa.delete(SignInFailure).where(SignInFailure.at < now - KEPT))
    return int(getattr(old, "rowcount", 0))


def _stop_of(
    session: Session, subject: str, limit: Limit, now: datetime, released_at: datetime | None
) -> datetime | None:
    since = now - limit.within
    if released_at is not None:
        since = max(since, released_at)
    deciding = session.scalar(
        sa.select(SignInFailure.at)
        .where(SignInFailure.subject == subject, SignInFailure.at > since)
        .order_by(SignInFailure.at.desc())
        .offset(limit.most - 1)
        .limit(1)
    )
    return deciding + limit.within if deciding is not None else None


def _when(until: datetime, now: datetime) -> str:
    if clock.local_day(until) == clock.local_day(now):
        return _("kl. %(time)s", time=clock.clock_text(until + timedelta(seconds=59)))
    return _("i morgen kl. %(time)s", time=clock.clock_text(until + timedelta(seconds=59)))
