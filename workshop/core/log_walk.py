"""A walk along the access log's chain, row by row: what was changed, taken out, put in, moved or emptied too early.

Pure: it is shown rows and told what was written down outside the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

from workshop.core import chain, clock
from workshop.core.chain import Anchor, Fault, Said

SLACK = timedelta(days=1)  # a row's time is when its page was asked for, its place is when it was written
ANCHOR_LATE = timedelta(hours=2)  # twice the time from one written end to the next


class Walk:
    """What has been seen of the chain so far, and what the next row has to fit."""

    def __init__(self, anchors: Sequence[Anchor], today: date, shortest_months: int) -> None:
        self._anchors = sorted(anchors, key=lambda each: each.position)
        self._at: dict[int, list[Anchor]] = defaultdict(list)
        for anchor in self._anchors:
            self._at[anchor.position].append(anchor)
        self._today = today
        self._months = shortest_months
        self._position = 0
        self._hash = chain.NOTHING_BEFORE
        self._passed = 0  # anchors that lie before the row
        self._since: datetime | None = None  # no row from here on is older: full rows and anchors before it say so
        self._unanchored: tuple[int, datetime] | None = None  # the first row no anchor stands behind

    def see(self, row: Any) -> Iterator[Fault]:
        """What is wrong with the next row."""
        position = row.position
        is_next = position == self._position + 1
        if position <= self._position:
            yield Fault("out of place", position)
            return
        if not is_next:
            yield Fault("missing", self._position + 1, position - 1)
        if is_next and row.chain_hash != chain.chain_hash(position, self._hash, row.payload_hash):
            yield Fault("broken", position)
        for anchor in self._at.get(position, ()):
            if anchor.chain_hash != row.chain_hash:
                yield Fault("anchor", position, when=clock.local_day(anchor.at))
        self._pass_anchors(position)
        yield from self._emptied(row) if row.emptied_at is not None else self._full(row)
        self._position, self._hash = position, row.chain_hash
        if self._passed >= len(self._anchors) and position not in self._at and self._unanchored is None:
            self._unanchored = (position, row.at)

    def _pass_anchors(self, position: int) -> None:
        while self._passed < len(self._anchors) and self._anchors[self._passed].position < position:
            self._not_before(self._anchors[self._passed].at)
            self._passed += 1

    def _not_before(self, moment: datetime) -> None:
        self._since = moment if self._since is None else max(self._since, moment)

    def _full(self, row: Any) -> Iterator[Fault]:
        """A row that says something has to say what was hashed, and may not be due earlier than the log allows."""
        said = Said(row.at, row.account_id, row.deed, row.people, row.reason, row.endpoint)
        if not isinstance(row.people, list) or chain.payload_hash(row.salt, said) != row.payload_hash:
            yield Fault("changed", row.position)
            return
        if row.delete_on is not None and row.delete_on < self._due(row.at):
            yield Fault("short-lived", row.position)
        self._not_before(row.at)

    def _emptied(self, row: Any) -> Iterator[Fault]:
        """A row that says nothing any more has to be old enough; what stood before it says how old it can be."""
        if row.people or row.reason or row.salt or row.endpoint or row.account_id is not None:
            yield Fault("half emptied", row.position)
        oldest = datetime.min.replace(tzinfo=UTC) if self._since is None else self._since - SLACK
        if row.at < oldest:
            yield Fault("wrong time", row.position)
        if self._today < self._due(max(row.at, oldest)):
            yield Fault("emptied early", row.position)

    def _due(self, moment: datetime) -> date:
        return chain.months_on(clock.local_day(moment), self._months)

    def ends_at(self, head: Any, now: datetime) -> Iterator[Fault]:
        """What is wrong with the end: the database's own word for it, and what was written down elsewhere."""
        if head is None:
            yield Fault("no head", self._position)
        elif head.position != self._position:
            yield Fault("head", self._position, head.position)
        elif head.chain_hash != self._hash:
            yield Fault("head hash", self._position)
        beyond = [each for each in self._anchors if each.position > self._position]
        if beyond:
            yield Fault("cut off", self._position, beyond[-1].position, clock.local_day(beyond[-1].at))
        if self._anchors and self._unanchored is not None and now - self._unanchored[1] > ANCHOR_LATE:
            yield Fault("no anchor", self._unanchored[0])
