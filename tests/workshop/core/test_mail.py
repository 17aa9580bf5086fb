"""One cause sends one mail, also when two processes write it in the same moment."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.core import db, mail
from workshop.core.mail import OutboxMail

NOW = datetime(2026, 11, 24, 9, 0, tzinfo=UTC)
Write = Callable[[Session], None]


def test_two_who_write_the_same_mail_at_once_write_one(app: object) -> None:
    assert _both(_queue) == []
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) == 1


def test_looking_first_collides(app: object) -> None:
    """The control: what `queue` did before it left the question to the database."""
    lets_one_in_at_a_time = db.database().is_sqlite
    assert [type(each) for each in _both(_look_and_write)] == ([] if lets_one_in_at_a_time else [IntegrityError])


def test_a_mail_that_nobody_sends_is_noticed(session: Session) -> None:
    _queue(session)
    late = NOW + mail.LONGEST_WAIT + timedelta(seconds=1)
    assert not mail.is_stuck(session, NOW + mail.LONGEST_WAIT), "it may be on its way"
    assert mail.is_stuck(session, late)
    session.execute(sa.update(OutboxMail).values(claimed_until=late + mail.CLAIM))
    assert not mail.is_stuck(session, late), "somebody is sending it"
    session.execute(sa.update(OutboxMail).values(claimed_until=None, sent_at=NOW))
    assert not mail.is_stuck(session, late), "it was sent"


def _queue(session: Session) -> None:
    mail.queue(session, key="cause:1", recipient="ida@example.dk", subject="Tak", body="Tak.", now=NOW)


def _look_and_write(session: Session) -> None:
    if session.scalar(sa.select(OutboxMail.id).where(OutboxMail.key == "cause:1")) is None:
        session.add(OutboxMail(key="cause:1", recipient="ida@example.dk", subject="Tak", body="Tak.", due_at=NOW))
        session.flush()


def _both(write: Write) -> list[Exception]:
    """Let a second block write while the first has written and not committed; what went wrong in either."""
    has_written = threading.Event()
    trouble: list[Exception] = []

    def first() -> None:
        with db.transaction() as session:
            write(session)
            has_written.set()
            time.sleep(0.3)  # long enough for the second to get as far as it can

    def second() -> None:
        has_written.wait(5)
        try:
            with db.transaction() as session:
                write(session)
        except IntegrityError as clash:
            trouble.append(clash)

    hands = [threading.Thread(target=each) for each in (first, second)]
    for hand in hands:
        hand.start()
    for hand in hands:
        hand.join(20)
    return trouble
