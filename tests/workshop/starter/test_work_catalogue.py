"""Every shipped task is whole: a picture, steps or a sentence, competences, and a sentence for each quality step."""

from __future__ import annotations

import csv
import shutil
from collections import Counter, defaultdict
from pathlib import Path

import pytest
import sqlalchemy as sa
from jinja2 import Environment, FileSystemLoader
from sqlalchemy.orm import Session

from workshop.core import reading
from workshop.core.config import ROOT
from workshop.production.models import TaskType
from workshop.production.types.pictograms import PICTOGRAMS, choices
from workshop.starter.loading import CATALOGUE, load
from workshop.starter.storing import Counts
from workshop.tasks.models import Competence, LinkRole, TaskCompetenceLink

STEPS = ("quality_redo_da", "quality_fix_da", "quality_ok_da", "quality_better_da")
EASY = 35.0  # of one short sentence; one long word in it weighs much
LATE = {"task_types": 4, "task_competences": 1}


def rows(name: str, folder: Path = CATALOGUE) -> list[dict[str, str]]:
    with (folder / f"{name}.csv").open(encoding="utf-8", newline="") as source:
        return list(csv.DictReader(source))


def lacking(folder: Path = CATALOGUE) -> list[str]:
    """What any shipped task lacks."""
    links = defaultdict(list)
    for link in rows("task_competences", folder):
        links[link["task_key"]].append(link["role"])
    stepped = {step["task_key"] for step in rows("task_steps", folder)}
    found = []
    for task in rows("task_types", folder):
        key = task["key"]
        found += [f"{key} has no {column}" for column in STEPS if not task[column].endswith(".")]
        found += [f"{key} says one thing twice"] * (len({task[column] for column in STEPS}) < len(STEPS))
        found += [f"{key} has no picture"] * (task["pictogram"] not in PICTOGRAMS)
        found += [f"{key} has no steps and no sentence"] * (key not in stepped and not task["plain_da"].endswith("."))
        found += [f"{key} shows nothing at its core"] * ("core" not in links[key])
        found += [f"{key} shows too little or too much"] * (not 2 <= len(links[key]) <= 5)
    return found


@pytest.mark.once
def test_every_shipped_task_is_whole() -> None:
    assert len(rows("task_types")) == 80
    assert lacking() == []


@pytest.mark.once
@pytest.mark.parametrize(
    ("old", "new"),
    [
        (",sav\n", ",\n"),
        ("Snittet er lidt skævt og skal rettes til.", ""),
        ("Emnet er for kort eller skævt og kan ikke bruges.", "Snittet er lige. Længden passer på 2 mm."),
    ],
)
def test_a_task_that_is_not_whole_is_found(tmp_path: Path, old: str, new: str) -> None:
    copy = tmp_path / "catalogue"
    shutil.copytree(CATALOGUE, copy)
    text = (copy / "task_types.csv").read_text(encoding="utf-8")
    assert old in text
    (copy / "task_types.csv").write_text(text.replace(old, new, 1), encoding="utf-8")
    assert [each for each in lacking(copy) if each.startswith("gf_saw ")] != []


def too_hard(task: dict[str, str]) -> list[str]:
    hard = [
        task[column]
        for column in STEPS
        if len(reading.words(task[column])) >= reading.FEWEST_WORDS and reading.lix(task[column]) > EASY
    ]
    together = " ".join(task[column] for column in STEPS)
    return [*hard, *([together] if reading.lix(together) > reading.KIOSK else [])]


@pytest.mark.once
def test_the_quality_steps_are_in_plain_words_about_the_thing() -> None:
    assert [hard for task in rows("task_types") for hard in too_hard(task)] == []
    others = [column for column in STEPS if column != "quality_ok_da"]
    said = [task[column] for task in rows("task_types") for column in others]
    assert [
        each for each in said if {"du", "dig", "din", "dit"} & {word.casefold() for word in reading.words(each)}
    ] == []


@pytest.mark.once
def test_hard_words_are_found() -> None:
    task = dict.fromkeys(
        STEPS, "Arbejdsopgavens gennemførelse dokumenteres umiddelbart efter arbejdsdagens afslutning i skemaet."
    )
    assert too_hard(task) != []


@pytest.mark.once
def test_every_drawing_a_task_can_have_is_drawn_and_has_its_own_name() -> None:
    pages = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
    signs = pages.get_template("ui/pikto.html").make_module()
    drawn = {name: str(signs.pikto(name)) for name in PICTOGRAMS}  # type: ignore[attr-defined]  # a template's module
    assert len(set(drawn.values())) == len(drawn)
    assert max(Counter(name for _key, name in choices()).values()) == 1


@pytest.mark.once
def test_no_two_tasks_of_a_kind_of_work_have_the_same_picture() -> None:
    shown = Counter((task["activity_kind"], task["pictogram"]) for task in rows("task_types"))
    assert [each for each, times in shown.items() if times > 1] == []


def test_what_the_files_say_is_what_the_database_says(session: Session) -> None:
    load(session)
    saw = session.scalars(sa.select(TaskType).where(TaskType.key == "gf_saw")).one()
    assert (saw.pictogram, saw.quality_fix) == ("sav", "Snittet er lidt skævt og skal rettes til.")
    assert saw.quality_redo
    assert saw.quality_better
    assert need_of(session, "gf_saw", "work_safely") == 3
    assert session.scalar(sa.select(sa.func.count()).where(TaskType.pictogram == "")) == 0


def need_of(session: Session, task: str, competence: str) -> int | None:
    return session.scalar(
        sa.select(TaskCompetenceLink.usual_need)
        .join(TaskType, TaskType.id == TaskCompetenceLink.task_type_id)
        .join(Competence, Competence.id == TaskCompetenceLink.competence_id)
        .where(TaskType.key == task, Competence.key == competence)
    )


@pytest.fixture
def early(tmp_path: Path) -> Path:
    """The files as they were before the late columns."""
    folder = tmp_path / "early"
    shutil.copytree(CATALOGUE, folder)
    for name, late in LATE.items():
        path = folder / f"{name}.csv"
        with path.open(encoding="utf-8", newline="") as source:
            kept = [row[:-late] for row in csv.reader(source)]
        with path.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows(kept)
    return folder


def test_files_from_before_come_in_and_take_nothing_away(session: Session, early: Path) -> None:
    load(session, early)
    assert session.scalar(sa.select(sa.func.count()).where(TaskType.pictogram == "")) == 80
    assert load(session).counts["task_types"] == Counts(changed=80)
    assert load(session, early).is_unchanged
    assert need_of(session, "gf_saw", "work_safely") == 3


def test_words_and_links_that_the_workshop_has_changed_stay(session: Session) -> None:
    load(session)
    sawing = session.scalars(sa.select(Competence).where(Competence.key == "sawing")).one()
    sawing.name, sawing.version = "Save efter eget hoved", 2
    link = session.scalars(
        sa.select(TaskCompetenceLink).where(
            TaskCompetenceLink.competence_id == sawing.id, TaskCompetenceLink.role == LinkRole.CORE
        )
    ).first()
    assert link is not None
    link.usual_need, link.valid_to = 1, TaskCompetenceLink.FROM_THE_START.replace(year=2026)
    session.flush()
    counts = load(session).counts
    session.expire_all()
    assert (sawing.name, link.usual_need) == ("Save efter eget hoved", 1)
    assert (counts["competences"].kept, counts["task_competences"].kept) == (1, 1)
