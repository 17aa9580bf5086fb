"""What a citizen sees on the tablet under "Det kan jeg": what was agreed, in words. Nothing is computed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from markupsafe import Markup
from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.core import i18n
from workshop.core.errors import NotHere
from workshop.progression import evidence, queries
from workshop.progression.evidence import Seen
from workshop.progression.levels import HIGHEST_LEVEL, level_name
from workshop.progression.mine.work import OwnWork, own_work
from workshop.progression.models import Goal
from workshop.progression.queries import OPEN_STATES, AdoptedRow
from workshop.progression.you import to_you
from workshop.tasks.models import Competence

MOST_PIECES = 3
"""So many of the latest stand under each thing; the rest is a page further on."""

PICTURES = {
    "measure_mark": "maal", "sawing": "sav", "drilling_screwing": "bor", "sanding": "slib", "surface_treatment": "olie",
    "assembly": "saml", "reading_drawings": "blyant", "upholstery": "armchair-brush", "taking_apart": "hammer",
    "sorting_materials": "lager", "repair_joints": "lim", "bike_repair": "bicycle", "vehicle_care": "bil",
    "hedge_cutting": "haek", "lawn_care": "graes", "planting": "plante", "winter_service": "sne",
    "small_repairs": "skrue", "baking_cooking": "gryde", "kitchen_hygiene": "opvask", "product_photo": "foto",
    "labelling": "print",
    "stock_keeping": "lager", "bookkeeping_basics": "banknote", "purchasing": "kurv", "selling": "kasse",
    "packing_loading": "pakke", "tool_care": "hammer", "punctuality": "ur", "give_notice": "telefon",
    "work_safely": "advar", "quality_eye": "soeg", "plan_work": "kalender", "tidiness": "fej", "ask_for_help": "hjaelp",
    "teamwork": "hold", "customer_manner": "tal", "show_others": "hold", "speak_up": "tal", "hosting": "bread",
    "follow_spoken": "lyt", "read_instructions": "dokument", "write_short": "blyant", "phone_talk": "telefon",
    "tablet_use": "skaerm", "email_calendar": "brev", "spreadsheet": "plot", "webshop_editing": "shop-screen",
    "label_printing": "print", "lifting_technique": "loeft", "small_parts": "skrue", "hand_machines": "bor",
    "find_the_way": "gaa", "outdoor_work": "sol",
}  # fmt: skip


class Me(NamedTuple):
    """Who is at the tablet, for the head of the page."""

    name: str
    picture: str


@dataclass(frozen=True, slots=True)
class CanLine:
    """One thing the citizen has shown. `level` only chooses the drawing; the words carry it.

    `works` are the latest pieces and visits it was seen in, newest first.
    """

    key: str
    name: str
    picture: str
    level: int
    words: str
    agreed_on: date
    works: list[OwnWork]
    has_more: bool
    next_step: Markup
    goal: str


@dataclass(frozen=True, slots=True)
class MyPage:
    """What the template reads."""

    me: Me
    lines: list[CanLine]
    agreed_on: date | None


def my_page(session: Session, me: Citizen, today: date) -> MyPage:
    """Read the citizen's own agreed levels; in the foundation phase there are none yet."""
    adopted = shown_levels(session, me.id, today)
    found = evidence.seen(session, me.id, None, today) if adopted else {}
    works = {each.public_id: each for each in own_work(session, me.id)} if adopted else {}
    goals = [goal for goal in queries.goals_of(session, me.id) if goal.state in OPEN_STATES]
    lines = [
        _line(each, adopted[each.id], found.get(each.id, ()), works, goals)
        for each in queries.competences(session).values()
        if each.id in adopted
    ]
    newest = max((row.adopted_on for row in adopted.values()), default=None)
    return MyPage(Me(me.display_name, me.picture), lines, newest)


def one_line(session: Session, me: Citizen, key: str, today: date) -> tuple[CanLine, list[OwnWork]]:
    """One of the things, with every piece and visit it was seen in. Raises NotHere for what was not agreed."""
    adopted = shown_levels(session, me.id, today)
    of_key = (each for each in queries.competences(session).values() if each.key == key and each.id in adopted)
    competence = next(of_key, None)
    if competence is None:
        raise NotHere
    listed = evidence.seen(session, me.id, competence.id, today).get(competence.id, [])
    works = {each.public_id: each for each in own_work(session, me.id)}
    goals = [goal for goal in queries.goals_of(session, me.id) if goal.state in OPEN_STATES]
    in_order = [works[each.row.record_id] for each in listed if each.row.record_id in works]
    return _line(competence, adopted[competence.id], listed, works, goals), in_order


def shown_levels(session: Session, citizen_id: int, today: date) -> dict[int, AdoptedRow]:
    """The newest level agreed about each competence that was seen at all; none in the foundation phase."""
    foundation_end = evidence.foundation_ends_on(session, citizen_id, today)
    if foundation_end is not None and today <= foundation_end:
        return {}
    newest = {each: rows[-1] for each, rows in queries.adopted(session, citizen_id).items()}
    return {each: row for each, row in newest.items() if row.level}


def worth_telling(works: Iterable[OwnWork]) -> list[OwnWork]:
    """The few that stand under a thing: each piece of work once, those with a piece or a visit first, then the newest.

    `works` come newest first.
    """
    once = {(each.title, each.piece): each for each in reversed(list(works))}
    newest = sorted(once.values(), key=lambda each: (each.done_on, each.id), reverse=True)
    return sorted(newest, key=lambda each: not each.piece)[:MOST_PIECES]


def picture_of(competence: Competence) -> str:
    """The drawing of a competence."""
    return PICTURES.get(competence.key, "stjerne")


def _line(
    competence: Competence,
    row: AdoptedRow,
    found: Sequence[Seen],
    works: Mapping[str, OwnWork],
    goals: Sequence[Goal],
) -> CanLine:
    told = worth_telling(works[each.row.record_id] for each in found if each.row.record_id in works)
    return CanLine(
        key=competence.key,
        name=competence.name,
        picture=picture_of(competence),
        level=row.level,
        words=level_name(row.level),
        agreed_on=row.adopted_on,
        works=told,
        has_more=len(found) > len(told),
        next_step=_next_step(competence, row.level),
        goal=_goal(competence, goals),
    )


def _next_step(competence: Competence, level: int) -> Markup:
    """What the next level looks like, said to the person; a translation says it as its own language does."""
    if level >= HIGHEST_LEVEL:
        return Markup()
    anchor = (competence.anchor_1, competence.anchor_2, competence.anchor_3, competence.anchor_4)[level]
    is_danish = i18n.language() == i18n.DEFAULT_LANGUAGE or i18n.is_left_danish(anchor)
    return i18n.marked(to_you(anchor) if is_danish else anchor)


def _goal(competence: Competence, goals: Sequence[Goal]) -> str:
    """The goal as the citizen has said it, else its title where that says more than the name of the competence."""
    own = next((goal for goal in goals if goal.competence_id == competence.id), None)
    if own is None:
        return ""
    if own.own_words:
        return f"“{own.own_words}”"
    return "" if own.title.casefold() == competence.name.casefold() else own.title
