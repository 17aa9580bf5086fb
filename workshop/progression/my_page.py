"""What a citizen sees on the tablet under "Det kan jeg": what was agreed, in words. Nothing is computed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from sqlalchemy.orm import Session

from workshop.citizens.models import Citizen
from workshop.core import clock
from workshop.core.i18n import _
from workshop.progression import evidence, queries
from workshop.progression.evidence import Seen
from workshop.progression.levels import HIGHEST_LEVEL, level_name
from workshop.progression.models import Goal
from workshop.progression.queries import OPEN_STATES, AdoptedRow
from workshop.progression.you import to_you
from workshop.tasks.models import Competence

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
    """One thing the citizen has shown. `level` only chooses the drawing; the words carry it."""

    name: str
    picture: str
    level: int
    words: str
    shown: str
    next_step: str
    goal: str


@dataclass(frozen=True, slots=True)
class MyPage:
    """What the template reads."""

    me: Me
    lines: list[CanLine]
    agreed_on: date | None


def my_page(session: Session, me: Citizen, today: date) -> MyPage:
    """Read the citizen's own agreed levels; in the foundation phase there are none yet."""
    foundation_end = evidence.foundation_ends_on(session, me.id, today)
    is_foundation = foundation_end is not None and today <= foundation_end
    adopted = {} if is_foundation else queries.adopted(session, me.id)
    found = evidence.seen(session, me.id, None, today)
    goals = [goal for goal in queries.goals_of(session, me.id) if goal.state in OPEN_STATES]
    lines = [
        _line(each, adopted[each.id][-1], found.get(each.id, ()), goals)
        for each in queries.competences(session).values()
        if each.id in adopted and adopted[each.id][-1].level
    ]
    newest = max((rows[-1].adopted_on for rows in adopted.values()), default=None)
    return MyPage(Me(me.display_name, me.picture), lines, newest)


def _line(competence: Competence, row: AdoptedRow, found: Sequence[Seen], goals: Sequence[Goal]) -> CanLine:
    return CanLine(
        name=competence.name,
        picture=PICTURES.get(competence.key, "stjerne"),
        level=row.level,
        words=level_name(row.level),
        shown=_shown(found),
        next_step=_next_step(competence, row.level),
        goal=_goal(competence, goals),
    )


def _shown(found: Sequence[Seen]) -> str:
    """The newest piece of work it was seen in, with the number painted on it where there is one."""
    with_number = next((each for each in found if each.item_number is not None), None)
    newest = with_number or next(iter(found), None)
    if newest is None:
        return ""
    day = clock.short_day(newest.row.day)
    if newest.item_number is None:
        return _("%(task)s. Det var den %(day)s", task=newest.title, day=day)
    return _("%(task)s, nummer %(number)s. Det var den %(day)s", task=newest.title, number=newest.item_number, day=day)


def _next_step(competence: Competence, level: int) -> str:
    """What the next level looks like, said to the person."""
    anchors = (competence.anchor_1, competence.anchor_2, competence.anchor_3, competence.anchor_4)
    return to_you(anchors[level]) if level < HIGHEST_LEVEL else ""


def _goal(competence: Competence, goals: Sequence[Goal]) -> str:
    """The goal as the citizen has said it, else its title where that says more than the name of the competence."""
    own = next((goal for goal in goals if goal.competence_id == competence.id), None)
    if own is None:
        return ""
    if own.own_words:
        return f"“{own.own_words}”"
    return "" if own.title.casefold() == competence.name.casefold() else own.title
