"""The audit door: every read of a person's file leaves a row, or the page is refused.

The row joins the open write block if there is one (a block of its own inside it would lock SQLite against itself), else
it is committed before the answer is sent. A list is one row with its ids. Rows are chained: each is hashed with the one
before it, so nothing can be changed, taken out or put in unnoticed. Whoever adds rows holds the chain's end, and takes
it as the last thing before the block commits: two writers cannot both follow the same row, and the log never waits for
work that waits for the log.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from typing import Any

import sqlalchemy as sa
from flask import has_request_context, request
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from workshop.core import chain, clock, db
from workshop.core.access import Actor
from workshop.core.chain import Anchor, Fault, Said
from workshop.core.log_walk import Walk

SHORTEST_KEPT_MONTHS = 6  # what public authorities had to keep under the old rule; less shows too little
BLOCK = 2_000  # rows read at a time when the chain is gone through
MOST_FAULTS = 1_000  # a log with more has one thing wrong with it: all
_WAITING = "access log"  # where an open block keeps the rows it will end with


class AccessLog(db.Base):
    """Who looked at whose file, when, and what for. Added to; emptied when its time is up; never changed."""

    __tablename__ = "access_log"
    __table_args__ = (sa.CheckConstraint("account_id IS NOT NULL OR emptied_at IS NOT NULL", name="who"), db.S)

    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)
    account_id: Mapped[int | None] = mapped_column(sa.ForeignKey("account.id"), index=True)  # empty: the row is
    deed: Mapped[str] = mapped_column(sa.String(60))
    people: Mapped[list[str]] = mapped_column(sa.JSON)  # public ids, never names
    reason: Mapped[str] = mapped_column(sa.String(300), default="")
    endpoint: Mapped[str] = mapped_column(sa.String(80), default="")
    # The chain: each row has the next place and is hashed with the row before it. What it says is hashed with a salt,
    # so a row can be emptied after its deletion date and the chain still holds.
    position: Mapped[int | None] = mapped_column(unique=True)  # 1, 2, 3 … without a gap
    salt: Mapped[str] = mapped_column(sa.String(44), default="")
    payload_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    chain_hash: Mapped[str] = mapped_column(sa.String(64), default="")
    delete_on: Mapped[date | None] = mapped_column(index=True)
    emptied_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime)


class AccessLogHead(db.Base):
    """The end of the chain: one row, locked by whoever adds to the log."""

    __tablename__ = "access_log_head"
    __table_args__ = (sa.CheckConstraint("id = 1", name="one"), db.S)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    position: Mapped[int] = mapped_column()
    chain_hash: Mapped[str] = mapped_column(sa.String(64))


class NotLogged(Exception):  # noqa: N818 — not an error of the page's own: what it did could not be written down
    """The log could not be written, so nothing happened and nothing is shown."""


_kept_months = 24


def keep_for(months: int) -> None:
    """How long rows of this process say what they say, in months; never under the shortest."""
    global _kept_months
    _kept_months = max(SHORTEST_KEPT_MONTHS, months)


def kept_months() -> int:
    """How long a row says what it says, in months."""
    return _kept_months


def record(actor: Actor, deed: str, people: Sequence[str], now: datetime, *, reason: str = "") -> None:
    """Write that `actor` did `deed` ("read", "list", "export", "refused") on the files of `people` (public ids).

    Fails closed: if the row cannot be written the exception reaches the page, and nothing is shown or changed.
    """
    endpoint = (request.endpoint or "") if has_request_context() else ""
    said = Said(now.astimezone(UTC), actor.account_id, deed, list(people), reason, endpoint)
    joined: Session | None = db.open_session()
    if joined is not None:
        _wait(joined, said)
        return
    with db.transaction() as session:
        _wait(session, said)


def _wait(session: Session, said: Said) -> None:
    waiting = session.info.setdefault(_WAITING, [])
    if not waiting:
        db.at_the_end(session, _write)
    waiting.append(said)


def _write(session: Session) -> None:
    """Put the block's rows at the end of the chain. Raises NotLogged when there is no end to put them at."""
    rows = session.info.pop(_WAITING)
    head = session.execute(_head()).one_or_none()
    if head is None:
        raise NotLogged("the access log has lost its end")
    written, position, previous = [], head.position, head.chain_hash
    for said in rows:
        position += 1
        written.append(_row(said, position, previous))
        previous = written[-1]["chain_hash"]
    try:
        session.execute(sa.insert(AccessLog.__table__), written)  # type: ignore[arg-type]  # it is a table
    except IntegrityError as problem:  # nobody is to take it for a rule of their own that said no
        raise NotLogged("the access log could not be written") from problem
    session.execute(sa.update(AccessLogHead).values(position=position, chain_hash=previous))


def _head() -> sa.Select[int, str]:
    """The end of the chain, locked until the block commits; on SQLite the block itself is the lock."""
    return sa.select(AccessLogHead.position, AccessLogHead.chain_hash).with_for_update()


def _row(said: Said, position: int, previous: str) -> dict[str, Any]:
    salt = chain.new_salt()
    payload = chain.payload_hash(salt, said)
    return {
        "at": said.at,
        "account_id": said.account_id,
        "deed": said.deed,
        "people": said.people,
        "reason": said.reason,
        "endpoint": said.endpoint,
        "position": position,
        "salt": salt,
        "payload_hash": payload,
        "chain_hash": chain.chain_hash(position, previous, payload),
        "delete_on": chain.months_on(clock.local_day(said.at), _kept_months),
    }


def end(session: Session) -> Anchor | None:
    """The end of the chain as it is now, to be written down elsewhere; None before the first row."""
    head = session.execute(sa.select(AccessLogHead.position, AccessLogHead.chain_hash)).one_or_none()
    if head is None or not head.position:
        return None
    return Anchor(clock.now(), head.position, head.chain_hash, _kept_months)


def verify(
    session: Session,
    anchors: Sequence[Anchor] = (),
    *,
    now: datetime | None = None,
    say: Callable[[int], None] = lambda _seen: None,
) -> list[Fault]:
    """What in the log is not as it was written, at most MOST_FAULTS; nothing when all is well.

    Reads a block of rows at a time and tells `say` how many it has seen. `anchors` lie in the order of their places.
    In a snapshot, so that the end and the last row are of one moment.
    """
    return list(islice(_faults(session, anchors, now or clock.now(), say), MOST_FAULTS))


def _faults(session: Session, anchors: Sequence[Anchor], now: datetime, say: Callable[[int], None]) -> Iterator[Fault]:
    shortest = min([_kept_months, *(each.kept_months for each in anchors)])
    walk = Walk(anchors, clock.local_day(now), max(SHORTEST_KEPT_MONTHS, shortest))
    for row_id in session.scalars(sa.select(AccessLog.id).where(AccessLog.position.is_(None)).limit(MOST_FAULTS)):
        yield Fault("unplaced", row_id)
    seen, last = 0, None
    try:
        while block := _block(session, last):
            for row in block:
                yield from walk.see(row)
            seen, last = seen + len(block), block[-1].position
            say(seen)
    except ValueError:  # SQLite keeps whatever it is given; a time or a list that is none is nobody's row
        yield Fault("unreadable rows", (last or 0) + 1)
        return
    head = session.execute(sa.select(AccessLogHead.position, AccessLogHead.chain_hash)).one_or_none()
    yield from walk.ends_at(head, now)


def _block(session: Session, last: int | None) -> Sequence[Any]:
    columns = sa.inspect(AccessLog).columns
    wanted = sa.select(*columns).where(AccessLog.position.is_not(None)).order_by(AccessLog.position).limit(BLOCK)
    return db.rows(session, wanted if last is None else wanted.where(AccessLog.position > last))
