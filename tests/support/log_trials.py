"""Ways to tamper with the access log, for somebody who writes in the database itself and is clever about it."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import audit, chain, db
from workshop.core.audit import AccessLog, AccessLogHead
from workshop.core.chain import Said

Trial = Callable[[Session, random.Random, int], None]  # `last` is the newest place that is written down elsewhere


def _row(session: Session, position: int) -> AccessLog:
    return session.scalars(sa.select(AccessLog).where(AccessLog.position == position)).one()


def _said(row: AccessLog) -> Said:
    return Said(row.at, row.account_id, row.deed, row.people, row.reason, row.endpoint)


def _other(said: Said, chance: random.Random) -> dict[str, Any]:
    """One word of a row, another than it was."""
    return chance.choice(
        [
            {"deed": "write" if said.deed == "read" else "read"},
            {"people": [*said.people, "somebody-else"]},
            {"people": []},
            {"reason": f"{said.reason}."},
            {"endpoint": "another.page"},
            {"at": said.at + timedelta(microseconds=1)},
            {"at": said.at - timedelta(days=400)},
        ]
    )


def _write(row: AccessLog, words: dict[str, Any]) -> None:
    for name, value in words.items():
        setattr(row, name, value)


def edit(session: Session, chance: random.Random, last: int) -> None:
    """One word of one row."""
    row = _row(session, chance.randint(1, last))
    _write(row, _other(_said(row), chance))


def edit_and_hash(session: Session, chance: random.Random, last: int) -> None:
    """The same, with that row's own hashes made to fit."""
    row = _row(session, chance.randint(1, last))
    _write(row, _other(_said(row), chance))
    _hash_again(session, row)


def edit_and_hash_the_rest(session: Session, chance: random.Random, last: int) -> None:
    """The same, with every hash from there to the end made to fit, and the end too: only what lies elsewhere tells."""
    row = _row(session, chance.randint(1, last))
    _write(row, _other(_said(row), chance))
    _rehash(session, row.position or 0)


def delete(session: Session, chance: random.Random, last: int) -> None:
    """A row taken out."""
    session.delete(_row(session, chance.randint(1, last)))


def delete_and_close_up(session: Session, chance: random.Random, last: int) -> None:
    """A row taken out, those after it moved up, everything hashed again."""
    place = chance.randint(1, last)
    session.delete(_row(session, place))
    session.flush()
    for row in session.scalars(sa.select(AccessLog).where(AccessLog.position > place).order_by(AccessLog.position)):
        row.position = (row.position or 0) - 1
        session.flush()
    _rehash(session, place)


def reorder(session: Session, chance: random.Random, last: int) -> None:
    """Two rows that change places."""
    first, second = (_row(session, place) for place in sorted(chance.sample(range(1, last + 1), 2)))
    places = first.position, second.position
    first.position = second.position = None
    session.flush()
    second.position, first.position = places


def truncate(session: Session, chance: random.Random, last: int) -> None:
    """The newest rows taken away, and the end set back to fit."""
    place = chance.randint(1, last)
    session.execute(sa.delete(AccessLog).where(AccessLog.position >= place))
    before = session.scalar(sa.select(AccessLog.chain_hash).where(AccessLog.position == place - 1))
    session.execute(sa.update(AccessLogHead).values(position=place - 1, chain_hash=before or chain.NOTHING_BEFORE))


def append_again(session: Session, chance: random.Random, last: int) -> None:
    """A row taken from its place and put at the end, well hashed there."""
    row = _row(session, chance.randint(1, last))
    head = session.scalars(sa.select(AccessLogHead)).one()
    row.position = head.position = head.position + 1
    row.chain_hash = head.chain_hash = chain.chain_hash(row.position, head.chain_hash, row.payload_hash)


def empty_early(session: Session, chance: random.Random, last: int) -> None:
    """A row emptied before its time, its dates made to fit."""
    row = _row(session, chance.randint(1, last))
    row.people, row.reason, row.salt, row.endpoint, row.account_id = [], "", "", "", None
    row.emptied_at = row.at
    row.delete_on = row.at.date() - timedelta(days=1)
    if chance.random() < 0.5:
        row.at -= timedelta(days=900)


def sentence_early(session: Session, chance: random.Random, last: int) -> None:
    """A deletion date moved forward, so that the house itself empties the row."""
    row = _row(session, chance.randint(1, last))
    row.delete_on = row.at.date() + timedelta(days=chance.randint(0, 100))


def slip_in(session: Session, chance: random.Random, last: int) -> None:
    """A row more, outside the chain."""
    said = replace(_said(_row(session, chance.randint(1, last))), reason="slipped in")
    place = chance.choice([None, 0, -1])
    session.add(AccessLog(**vars(said), position=place, salt="", payload_hash="", chain_hash=""))


def move_the_end(session: Session, chance: random.Random, last: int) -> None:
    """The end alone, set to another row."""
    place = chance.randint(1, last)
    session.execute(sa.update(AccessLogHead).values(chain_hash=_row(session, place).payload_hash))


TRIALS: tuple[Trial, ...] = (
    edit, edit_and_hash, edit_and_hash_the_rest, delete, delete_and_close_up, reorder, truncate, append_again,
    empty_early, sentence_early, slip_in, move_the_end,
)  # fmt: skip


def _hash_again(session: Session, row: AccessLog) -> None:
    before = session.scalar(sa.select(AccessLog.chain_hash).where(AccessLog.position == (row.position or 0) - 1))
    row.payload_hash = chain.payload_hash(row.salt, _said(row))
    row.chain_hash = chain.chain_hash(row.position or 0, before or chain.NOTHING_BEFORE, row.payload_hash)


def _rehash(session: Session, place: int) -> None:
    session.flush()
    for row in session.scalars(sa.select(AccessLog).where(AccessLog.position >= place).order_by(AccessLog.position)):
        _hash_again(session, row)
        session.flush()
    newest = session.scalars(sa.select(AccessLog).order_by(AccessLog.position.desc()).limit(1)).first()
    place, word = (newest.position or 0, newest.chain_hash) if newest else (0, chain.NOTHING_BEFORE)
    session.execute(sa.update(AccessLogHead).values(position=place, chain_hash=word))


def tried(
    trial: Trial, seed: int | str, anchors: Sequence[chain.Anchor], now: datetime, last: int
) -> list[chain.Fault]:
    """What the check says of a log tampered with like that; the log is as before afterwards."""
    with db.transaction() as session:
        trial(session, random.Random(seed), last)
        session.flush()
        session.expire_all()
        faults = audit.verify(session, anchors, now=now)
        session.rollback()
    return faults


def written_down(moment: datetime, position: int, word: str) -> chain.Anchor:
    """The end of the log as somebody wrote it down elsewhere."""
    return chain.Anchor(moment, position, word, 24)
