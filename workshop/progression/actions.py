"""What people do at a talk: the citizen's own view first, then the levels both agree on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.progression import evidence, own_levels, queries
from workshop.progression.indication import PARAMETERS_V1, Indication, indicate
from workshop.progression.levels import HIGHEST_LEVEL, may_adopt_highest
from workshop.progression.models import AdoptedLevel, Talk
from workshop.progression.own_levels import Said


class LevelRefused(Refusal):
    """One of the levels cannot be agreed like this; the page puts the sentence beside that competence."""

    def __init__(self, competence_id: int, sentence: str) -> None:
        super().__init__(sentence)
        self.competence_id = competence_id


@dataclass(frozen=True, slots=True)
class Agreed:
    """What staff and citizen say about one competence at a talk.

    `level` is what both agree on, 0 to 4. `has_taught_others` is asked only for level 4.
    """

    competence_id: int
    level: int
    own_words: str = ""
    note: str = ""
    has_taught_others: bool = False


def open_talk(session: Session, *, citizen_id: int, by_staff_id: int, now: datetime) -> Talk:
    """Sit down with the citizen; the talk already going on today is given back."""
    latest = session.scalar(
        sa.select(Talk)
        .where(Talk.citizen_id == citizen_id, Talk.by_staff_id == by_staff_id)
        .order_by(Talk.opened_at.desc(), Talk.id.desc())
        .limit(1)
    )
    if latest is not None and queries.is_open(latest, now):
        return latest
    talk = Talk(citizen_id=citizen_id, opened_at=now, by_staff_id=by_staff_id)
    session.add(talk)
    session.flush()
    return talk


def keep(
    session: Session,
    *,
    talk: Talk,
    said: Sequence[Said],
    agreed: Sequence[Agreed],
    by_staff_id: int,
    now: datetime,
    is_over: bool = False,
) -> None:
    """Everything that was said and agreed on at an open talk, or none of it; `is_over` closes the talk too.

    What a citizen says of themselves stands alone: it is kept also where no level is agreed. Raises Refusal as
    `adopt_levels` does.
    """
    if said or agreed or not is_over:
        adopt_levels(session, talk=talk, agreed=agreed, by_staff_id=by_staff_id, now=now)
        own_levels.say(session, talk=talk, said=said, now=now)
    if is_over:
        close_talk(session, talk=talk, now=now)


def adopt_levels(
    session: Session, *, talk: Talk, agreed: Sequence[Agreed], by_staff_id: int, now: datetime
) -> list[AdoptedLevel]:
    """The levels staff and citizen agreed on at an open talk: all of them, or none where one is refused.

    Raises Refusal when the talk is over, in the foundation phase, for a level beside the indication without a note, and
    for level 4 before its time. Source: domain D2 "Two layers", decisions 18 and 28.
    """
    session.refresh(talk, with_for_update=True)  # two presses on the same button take turns
    _check_talk(talk, by_staff_id, now)
    today = clock.local_day(now)
    foundation_end = evidence.foundation_ends_on(session, talk.citizen_id, today)
    if foundation_end is not None and today <= foundation_end:
        raise Refusal(_("Grundfasen er ikke slut. Der aftales ingen niveauer endnu."))
    found = evidence.rows(session, talk.citizen_id, None, today)
    history = queries.adopted(session, talk.citizen_id)
    levels: list[AdoptedLevel] = []
    for each in agreed:
        rows = found.get(each.competence_id, [])
        before = history.get(each.competence_id, [])
        if any(row.talk_id == talk.id for row in before):
            raise LevelRefused(each.competence_id, _("Det er allerede aftalt i denne samtale."))
        suggested = indicate(rows, today, foundation_ends_on=foundation_end)
        shown_in = {row.task_type for row in suggested.rows_at(3)}
        _check_level(each, suggested, before[-1].level if before else None, len(shown_in))
        levels.append(_adopted(talk, each, suggested, by_staff_id, today))
    session.add_all(levels)
    session.flush()
    return levels


def close_talk(session: Session, *, talk: Talk, now: datetime) -> None:
    """The talk is over; from here the indication is out of sight. A second time changes nothing."""
    if talk.closed_at is None:
        talk.closed_at = now
        session.flush()


def _check_talk(talk: Talk, by_staff_id: int, now: datetime) -> None:
    if not queries.is_open(talk, now):
        raise Refusal(_("Samtalen er lukket. Åbn en ny."))
    if talk.by_staff_id != by_staff_id:
        raise Refusal(_("Samtalen er åbnet af en anden. Åbn jeres egen."))


def _check_level(each: Agreed, suggested: Indication, before: int | None, task_types: int) -> None:
    if not 0 <= each.level <= HIGHEST_LEVEL:
        raise ValueError(f"a level is 0 to {HIGHEST_LEVEL}, not {each.level}")
    is_new_highest = each.level == HIGHEST_LEVEL and before != HIGHEST_LEVEL
    if is_new_highest and not may_adopt_highest(before, range(task_types), each.has_taught_others):
        raise LevelRefused(
            each.competence_id,
            _("Trin 4 aftales efter trin 3, når det er set i to slags opgaver, eller når det er vist til andre."),
        )
    if each.level != suggested.level and not each.note.strip():
        raise LevelRefused(
            each.competence_id, _("Det aftalte er et andet trin end forslaget. Skriv kort, hvad I har set.")
        )


def _adopted(talk: Talk, each: Agreed, suggested: Indication, by_staff_id: int, today: date) -> AdoptedLevel:
    return AdoptedLevel(
        talk_id=talk.id,
        citizen_id=talk.citizen_id,
        competence_id=each.competence_id,
        level=each.level,
        adopted_on=today,
        by_staff_id=by_staff_id,
        own_words=each.own_words,
        note=each.note,
        indicated_level=suggested.level if suggested.has_evidence else None,
        parameters_version=int(PARAMETERS_V1.version),
    )
