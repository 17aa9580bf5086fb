"""What stands on a competence card: everything that was agreed, less what its owner took off, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.core import clock
from workshop.progression import evidence, queries
from workshop.progression.cards.models import CardLeftOut, CompetenceCard
from workshop.progression.levels import level_name
from workshop.progression.mine.work import OwnWork, own_work
from workshop.progression.my_page import picture_of, shown_levels, worth_telling


@dataclass(frozen=True, slots=True)
class CardLine:
    """One competence of the card; `works` are the latest pieces and visits, without a number of times."""

    key: str
    group: str
    name: str
    picture: str
    i_can: str
    words: str
    works: list[OwnWork]
    is_on: bool


@dataclass(frozen=True, slots=True)
class Card:
    """A person's card as they want it. `lines` are all that were agreed, also those taken off."""

    name: str
    own_words: str
    shows_work: bool
    lines: list[CardLine]
    agreed_on: date | None

    @property
    def shown(self) -> list[CardLine]:
        """The lines that stand on it."""
        return [line for line in self.lines if line.is_on]

    @property
    def groups(self) -> dict[str, list[CardLine]]:
        """The lines that stand on it, by group, in the order of the list."""
        found: dict[str, list[CardLine]] = {}
        for line in self.shown:
            found.setdefault(line.group, []).append(line)
        return found


def card_of(session: Session, citizen: Citizen, today: date) -> Card:
    """The card of one person. In the foundation phase nothing is agreed yet, and it is empty."""
    kept = session.get(CompetenceCard, citizen.id)
    left_out = set(session.scalars(sa.select(CardLeftOut.competence_id).where(CardLeftOut.citizen_id == citizen.id)))
    adopted = shown_levels(session, citizen.id, today)
    found = evidence.seen(session, citizen.id, None, today) if adopted else {}
    works = {each.public_id: each for each in own_work(session, citizen.id)} if adopted else {}
    lines = [
        CardLine(
            key=each.key,
            group=each.group,
            name=each.name,
            picture=picture_of(each),
            i_can=each.i_can,
            words=level_name(adopted[each.id].level),
            works=worth_telling(
                works[one.row.record_id] for one in found.get(each.id, ()) if one.row.record_id in works
            ),
            is_on=each.id not in left_out,
        )
        for each in queries.competences(session).values()
        if each.id in adopted
    ]
    return Card(
        name=citizen.full_name,
        own_words=kept.own_words if kept else "",
        shows_work=kept.shows_work if kept else True,
        lines=lines,
        agreed_on=max((row.adopted_on for row in adopted.values()), default=None),
    )


def where_shown(line: CardLine) -> list[str]:
    """Where a competence was shown, each in a line for the paper."""
    return [f"{work.title}, {work.piece or clock.short_day(work.done_on)}" for work in line.works]
