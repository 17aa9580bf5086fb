"""Every sentence that a person at the tablet can meet, read out of the templates and the code."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator
from pathlib import Path

from babel.messages.extract import extract_from_file

from workshop.core.config import ROOT
from workshop.core.pictures import PICTURES
from workshop.products.sections import CATEGORY_NAMES
from workshop.starter import tools, work
from workshop.tasks.kiosk import words

TEMPLATES = ROOT / "templates"
CATALOGUE = ROOT / "workshop" / "starter" / "catalogue"
KEYWORDS = {"_": None, "lazy": None, "also_danish": None, "ngettext": (1, 2)}
LEADS_ON = re.compile(r'{%-?\s*(?:extends|include|import|from)\s+"([^"]+)"')
KIOSK_LAYOUT = '"layouts/kiosk.html"'
# Parts that the shop and the desk share with the tablet: only the macros the tablet uses are read.
SHARED = {"ui/macros.html": ("read_aloud", "preference", "tile", "task", "pin", "steps", "badge", "note", "empty",
                             "field", "error_summary", "tick", "radios", "flashes"),
          "ui/plots.html": ("state", "planks", "scale")}  # fmt: skip
ALSO_TEMPLATES = ("errors/403.html", "errors/404.html", "errors/409.html", "errors/422.html", "errors/500.html",
                  "errors/503.html")  # fmt: skip
CODE = (
    "workshop/tasks/kiosk/*.py",
    "workshop/tasks/helping/*.py",
    "workshop/tasks/wishing/*.py",
    "workshop/tasks/remarks/actions.py",
    "workshop/tasks/regretting.py",
    "workshop/tasks/unrecorded/own.py",
    "workshop/tasks/actions.py",
    "workshop/tasks/marks.py",
    "workshop/citizens/comforts/*.py",
    "workshop/production/stores/amounts.py",
    "workshop/logbook/deeds.py",
    "workshop/logbook/mine.py",
    "workshop/logbook/seen_views.py",
    "workshop/progression/mine/*.py",
    "workshop/progression/cards/actions.py",
    "workshop/progression/cards/contents.py",
    "workshop/progression/cards/forms.py",
    "workshop/progression/cards/own_views.py",
    "workshop/progression/copies/own_views.py",
    "workshop/progression/fit.py",
    "workshop/progression/goal_rules.py",
    "workshop/progression/goals.py",
    "workshop/progression/plans.py",
    "workshop/progression/proofs/mine.py",
    "workshop/progression/my_page.py",
    "workshop/progression/levels.py",
    "workshop/progression/you.py",
    "workshop/core/clock.py",
    "workshop/core/money.py",
)
# Where the sentences are said to staff as well, who read at their own pace.
FOR_STAFF_TOO = (
    "workshop/core",
    "workshop/logbook",
    "workshop/production",
    "workshop/progression/goals.py",
    "workshop/progression/plans.py",
    "workshop/tasks/actions.py",
)
Sentence = str | tuple[str, str]  # one, or one and many


def kiosk_templates() -> set[str]:
    """The names of the templates of the tablet: those on its layout, and what they take in."""
    pages = {_name(path) for path in TEMPLATES.rglob("*.html") if KIOSK_LAYOUT in path.read_text(encoding="utf-8")}
    found, open_ones = set(ALSO_TEMPLATES), sorted(pages | set(ALSO_TEMPLATES))
    while open_ones:
        name = open_ones.pop()
        found.add(name)
        text = (TEMPLATES / name).read_text(encoding="utf-8")
        open_ones.extend(sorted({each for each in LEADS_ON.findall(text) if each not in found and _is_page(each)}))
    return found


def of_the_kiosk() -> dict[Sentence, str]:
    """Every sentence of the tablet and where it stands."""
    found: dict[Sentence, str] = {}
    for path in [TEMPLATES / name for name in sorted(kiosk_templates())] + sorted(_code()):
        for sentence in _in(path):
            found.setdefault(sentence, str(path.relative_to(ROOT)))
    return found | words_of_the_house()


def words_of_the_house() -> dict[Sentence, str]:
    """Words that lie in tables of the code and pass `_()` one at a time."""
    tables = (PICTURES, CATEGORY_NAMES, words._DEFINITE)
    found: dict[Sentence, str] = {word: "words" for table in tables for word in table.values()}
    return found | {"tingen": "words"}


def _is_page(name: str) -> bool:
    return (TEMPLATES / name).is_file() and not name.startswith(("layouts/desk", "layouts/shop"))


def _code() -> set[Path]:
    return {path for pattern in CODE for path in ROOT.glob(pattern)}


def _in(path: Path) -> Iterator[Sentence]:
    kept = SHARED.get(_name(path)) if path.is_relative_to(TEMPLATES) else None
    wanted = _macro_lines(path, kept) if kept else None
    method = "jinja2.ext:babel_extract" if path.suffix == ".html" else "python"
    for line, found, _comments, _context in extract_from_file(method, path, keywords=KEYWORDS):
        if wanted is None or line in wanted:
            yield found if isinstance(found, str) else (found[0], found[1])


def _macro_lines(path: Path, names: tuple[str, ...]) -> set[int]:
    lines, inside, found = path.read_text(encoding="utf-8").splitlines(), False, set()
    for number, line in enumerate(lines, start=1):
        started = re.match(r"{%-?\s*macro (\w+)", line)
        inside = started[1] in names if started else inside
        if inside:
            found.add(number)
    return found


def _name(path: Path) -> str:
    return path.relative_to(TEMPLATES).as_posix()


def shipped() -> dict[Sentence, str]:
    """Every text of the starter catalogue that a citizen reads, and where it stands."""
    found: dict[Sentence, str] = {}
    for file, columns in {
        "activity_kinds": ("name_da", "short_da"),
        "task_types": ("name_da", "plain_da", "quality_ok_da"),
        "task_steps": ("text_da",),
        "demands": ("name_da", "plain_da"),
        "competences": ("name_da", "i_can_da", "anchor_1_da", "anchor_2_da", "anchor_3_da", "anchor_4_da"),
    }.items():
        for row in rows(file):
            found |= {row[column]: file for column in columns if row.get(column)}
    for file in ("product_types", "service_kinds"):  # what things and visits are called on the tablet
        found |= {row["name_da"]: file for row in rows(file)}
    found |= dict.fromkeys(words._ONE.values(), "a first name to suggest")
    gear = {each for row in rows("task_types") for each in row["protective_gear"].split(";") if each}
    handy = {each for tools_of_task in tools.TOOLS.values() for each in tools_of_task}
    more = [(sorted(gear), "gear"), (sorted(handy | {*tools.PERMITS}), "tools"), (work.GROUPS, "groups")]
    return found | {each: where for texts, where in more for each in texts}


def rows(name: str) -> list[dict[str, str]]:
    """The lines of one file of the starter catalogue."""
    with (CATALOGUE / f"{name}.csv").open(encoding="utf-8") as source:
        return list(csv.DictReader(source))
