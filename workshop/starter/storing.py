"""Brings rows into a table: what is new is added, what differs is changed, what is the same is left alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import db


@dataclass(frozen=True)
class Counts:
    """What loading one file did to its rows. `removed` counts parts that the file no longer names.

    `kept` counts rows that stay as somebody in the workshop has edited them.
    """

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    removed: int = 0
    kept: int = 0


@dataclass(frozen=True)
class Stored:
    """What happened to which rows, by key; `owners` are those whose parts were added, changed or removed."""

    new: set[tuple[Any, ...]]
    changed: set[tuple[Any, ...]]
    unchanged: set[tuple[Any, ...]]
    removed: int
    owners: set[Any]

    @property
    def counts(self) -> Counts:
        """The same in numbers."""
        return Counts(len(self.new), len(self.changed), len(self.unchanged), self.removed)

    def counts_with_parts(self, keys: dict[tuple[Any, ...], Any], parts: Stored) -> Counts:
        """The numbers when a row whose parts changed counts as changed. `keys` leads from a row's key to its id."""
        touched = {key for key in self.unchanged if keys[key] in parts.owners}
        return Counts(len(self.new), len(self.changed) + len(touched), len(self.unchanged) - len(touched))


def store(
    session: Session,
    model: type[db.Base],
    key: Sequence[str],
    rows: Sequence[dict[str, Any]],
    *,
    owner: str | None = None,
    owners: Sequence[Any] = (),
) -> Stored:
    """Make the table say what `rows` say; `key` are the columns that name a row.

    With `owner`, the rows are parts of something: parts of `owners` that are not among the rows are deleted.
    """
    standing: dict[tuple[Any, ...], Any] = {
        tuple(getattr(found, column) for column in key): found for found in session.scalars(sa.select(model))
    }
    done = Stored(set(), set(), set(), 0, set())
    for row in rows:
        name = tuple(row[column] for column in key)
        found = standing.pop(name, None)
        if found is None:
            session.add(model(**row))
            done.new.add(name)
        elif different := {column: value for column, value in row.items() if getattr(found, column) != value}:
            for column, value in different.items():
                setattr(found, column, value)
            done.changed.add(name)
        else:
            done.unchanged.add(name)
            continue
        if owner:
            done.owners.add(row[owner])
    gone = [found for found in standing.values() if owner and getattr(found, owner) in set(owners)]
    for found in gone:
        session.delete(found)
    session.flush()
    if not owner:
        return done
    done.owners.update(getattr(found, owner) for found in gone)
    return Stored(done.new, done.changed, done.unchanged, len(gone), done.owners)


def edited_here(session: Session, name: sa.orm.InstrumentedAttribute[str]) -> set[str]:
    """Keys of the rows somebody in the workshop has edited: those, and their parts, stay as they are."""
    model: Any = name.class_
    return set(session.scalars(sa.select(name).where(model.version > 1)))


def ids(session: Session, name: sa.orm.InstrumentedAttribute[str]) -> dict[str, int]:
    """Key -> id of every row of the table that `name` is a column of."""
    model: Any = name.class_
    found: dict[str, int] = dict(session.execute(sa.select(name, model.id)).all())
    return found
