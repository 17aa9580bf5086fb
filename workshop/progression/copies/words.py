"""What the columns and values of a copy are called on paper, in the reader's language."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum
from typing import Any

from babel import Locale
from babel.dates import get_day_names

from workshop.core import clock, i18n
from workshop.core.i18n import _, lazy
from workshop.core.pictures import PICTURES
from workshop.progression.levels import level_name
from workshop.progression.models import GoalKind
from workshop.sealed.models import SealedKind
from workshop.tasks.helping.models import HelpWish
from workshop.tasks.models import AssignmentState, Feeling, RecordStatus

COLUMNS: dict[str, Any] = {
    "adopted_on": lazy("Aftalt"), "agreed_at": lazy("Aftalt"), "answered_at": lazy("Der kom en"),
    "asked_at": lazy("Du bad om det"), "came_at": lazy("Du kom"), "changed_at": lazy("Rettet"),
    "closed_at": lazy("Slut"), "competence": lazy("Kompetence"), "confirmed_at": lazy("Bekræftet"),
    "day": lazy("Dag"), "declined_at": lazy("Du sagde nej tak"), "department": lazy("Afdeling"),
    "display_name": lazy("Kaldenavn"), "done_on": lazy("Dag"), "ended_at": lazy("Slut"), "ended_on": lazy("Slut"),
    "ends_on": lazy("Sidste dag"), "felt": lazy("Sådan føltes det"), "finished_at": lazy("Færdig"),
    "from_on": lazy("Fra"), "full_name": lazy("Navn"), "given_on": lazy("Givet"), "goal": lazy("Mål"),
    "indicated_level": lazy("Forslaget den dag"), "interests": lazy("Det kan jeg lide"),
    "is_calm": lazy("Ro på skærmen"), "is_high_contrast": lazy("Tydelige farver"), "is_joint": lazy("Set sammen"),
    "is_large": lazy("Stor skrift"), "item_number": lazy("Nummer"), "kind": lazy("Slags"),
    "kind_of_work": lazy("Slags arbejde"), "language": lazy("Sprog"), "level": lazy("Trin"), "line": lazy("Husk"),
    "made_at": lazy("Skrevet"), "mark": lazy("Fremmøde"), "minutes": lazy("Minutter"), "narrative": lazy("Tekst"),
    "note": lazy("Det har vi set"), "noted_at": lazy("Skrevet"), "notice_at": lazy("Du gav besked"),
    "observation": lazy("Det skrev vi"), "on_what": lazy("Hvad"), "opened_at": lazy("Begyndt"),
    "own_level": lazy("Egen vurdering"), "own_words": lazy("Dine ord"), "paused_at": lazy("Pause fra"),
    "paused_seconds": lazy("Pause, sekunder"), "permit": lazy("Værktøj"), "picture": lazy("Billede"),
    "programme": lazy("Forløb"), "quality": lazy("Kvalitet"), "reads_aloud": lazy("Læs op"),
    "recorded_at": lazy("Skrevet"), "said_at": lazy("Sagt"), "said_on": lazy("Sagt"),
    "see_again_on": lazy("Ses igen"), "seen_on": lazy("Set"), "sentence": lazy("Det blev set"),
    "shows_work": lazy("Viser, hvor det er vist"), "signed": lazy("Underskrevet"), "start_minute": lazy("Tid"),
    "started_at": lazy("Begyndt"), "started_on": lazy("Første dag"), "state": lazy("Hvor langt"),
    "status": lazy("Stand"), "step": lazy("Skridt"), "strengths": lazy("Det er jeg god til"),
    "support": lazy("Støtte"), "taken_back_at": lazy("Taget tilbage"), "target_hours": lazy("Timer om ugen"),
    "target_level": lazy("Trin, målet er"), "target_of_ten": lazy("Dage af ti"), "task": lazy("Opgave"),
    "team": lazy("Hold"), "text": lazy("Tekst"), "title": lazy("Hvad"), "told": lazy("Det skete"),
    "took_part": lazy("Du var med"),
    "until_on": lazy("Til"), "valid_from": lazy("Gælder fra"), "version": lazy("Udgave"),
    "weekday": lazy("Ugedag"), "where_i_am": lazy("Her er jeg nu"), "where_i_want_to_be": lazy("Her vil jeg hen"),
    "why": lazy("Begrundelse"), "wish": lazy("Ønske"), "withdrawn_at": lazy("Taget tilbage"),
    "written_at": lazy("Skrevet"),
}  # fmt: skip

LEVELS = {"level", "own_level", "indicated_level", "target_level"}

VALUES: dict[StrEnum, Any] = {
    AssignmentState.PLANNED: lazy("planlagt"), AssignmentState.STARTED: lazy("i gang"),
    AssignmentState.FINISHED: lazy("færdig"), AssignmentState.CANCELLED: lazy("taget af"),
    RecordStatus.DRAFT: lazy("afventer"), RecordStatus.CONFIRMED: lazy("bekræftet"),
    RecordStatus.SUPERSEDED: lazy("rettet siden"), RecordStatus.VOIDED: lazy("taget ud"),
    Feeling.GOOD: lazy("godt"), Feeling.OKAY: lazy("okay"), Feeling.HARD: lazy("svært"),
    HelpWish.HELP: lazy("hjælp"), HelpWish.TALK: lazy("en at tale med"),
    GoalKind.COMPETENCE: lazy("noget at kunne"), GoalKind.ATTENDANCE: lazy("at møde de aftalte dage"),
    GoalKind.HOURS: lazy("timer"), GoalKind.OWN_WORDS: lazy("egne ord"),
    SealedKind.ACCOMMODATION: lazy("det passer vi på"), SealedKind.AID: lazy("det bruger du"),
}  # fmt: skip


def said(column: str, value: Any) -> str:
    """A value as it stands on paper; empty for what nobody has said."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return _("ja") if value else _("nej")
    if isinstance(value, StrEnum):
        return str(VALUES[value]) if value in VALUES else str(value.label)  # type: ignore[attr-defined]  # the rest have
    if isinstance(value, datetime):
        return clock.day_and_clock(value)
    if isinstance(value, date):
        return clock.day_text(value)
    if column in LEVELS:
        return level_name(value)
    return _known(column, value)


def _known(column: str, value: Any) -> str:
    """Numbers and short codes that mean something of their own."""
    if column == "weekday":
        return str(get_day_names(locale=i18n.language())[value])
    if column == "start_minute":
        return f"{clock.of_minute(value):%H.%M}"
    if column == "picture":
        return _(PICTURES[value]) if value in PICTURES else str(value)
    if column == "language":
        return Locale.parse(value).get_display_name(i18n.language()) or str(value)
    return i18n.shipped(str(value))
