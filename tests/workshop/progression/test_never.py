"""What must never be (domain D3), looked for in the addresses, the source, the questions and the tables.

Each look is first tried on something that breaks the rule.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from support import matrix
from werkzeug.routing import Rule

import shop.models  # noqa: F401 — every table
from tests.workshop.progression.scene import Scene, kiosk
from workshop.core import db
from workshop.core.config import ROOT

ZONE_D = ("citizens", "sealed", "logbook", "tasks", "progression")
# What says how somebody is doing: nothing is ever put in an order by it, or drawn together over people.
ABOUT_SOMEBODY = {
    "level", "own_level", "target_level", "indicated_level", "support", "quality", "felt", "minutes", "mark",
    "minutes_late", "rate", "came",
}  # fmt: skip
DRAWN_TOGETHER = {"avg", "rank", "dense_rank", "percent_rank", "ntile", "row_number", "median", "mean", "fmean"}
ORDERING = {"order_by", "sort", "sorted", "max", "min"}
A_CITIZEN = re.compile(r"/borgere/<[^>]+>|/vaerksted/kode/<[^>]+>")
NEVER_A_COLUMN = re.compile(
    r"readiness|score|ranking|percent|average|capacity_for_work|sanction|diagnos|ethnic|benefit|crime|misuse|religion"
)


# Addresses


def people_in(rule: str, endpoint: str) -> int:
    """How many citizens an address takes."""
    blueprint = endpoint.split(".")[0]
    named = re.findall(r"<(?:[^:>]+:)?([^>]+)>", rule)
    owned = [name for name in named if matrix.OWNED.get((blueprint, name)) == matrix.CITIZEN]
    also = [name for name in named if re.search(r"citizen|person|borger|other|second", name)]
    direct = len(A_CITIZEN.findall(rule))
    return max(direct, len(also) + (1 if direct else 0), 1 if owned else 0)


def comparing(rules: Iterable[Rule]) -> list[str]:
    """Addresses that take two citizens, or a citizen and a task of theirs beside another's."""
    return [rule.rule for rule in rules if people_in(rule.rule, rule.endpoint) > 1]


@pytest.mark.once
def test_no_address_takes_two_citizens(app: Flask) -> None:
    planted = [
        Rule("/personale/borgere/<public_id>/og/<other_id>/<task>", endpoint="progression.both"),
        Rule("/personale/sammenlign/<citizen_a>/<citizen_b>", endpoint="week.both"),
    ]
    assert len(comparing(planted)) == 2, "the control"
    assert comparing(app.url_map.iter_rules()) == []


@pytest.mark.once
def test_no_address_is_called_a_ranking(app: Flask) -> None:
    word = re.compile(r"rang|top|bedst|sammenlign|score|point|hitlist|parathed")
    assert word.search("/personale/rangliste"), "the control"
    assert [rule.rule for rule in app.url_map.iter_rules() if word.search(rule.rule) and "stop" not in rule.rule] == []


# Source


def modules() -> Iterator[tuple[str, str]]:
    for part in ZONE_D:
        for path in sorted((ROOT / "workshop" / part).rglob("*.py")):
            yield str(path.relative_to(ROOT)), path.read_text()


def orderings(source: str) -> list[int]:
    """Lines where something about somebody decides an order."""
    found = []
    for call in ast.walk(ast.parse(source)):
        if isinstance(call, ast.Call) and _name(call.func) in ORDERING:
            given = [*call.args, *(each.value for each in call.keywords)]
            if _name(call.func) in {"sorted", "max", "min"}:  # what is sorted may be anything; by what, is the question
                given = [each.value for each in call.keywords if each.arg == "key"]
            names = {node.attr for each in given for node in ast.walk(each) if isinstance(node, ast.Attribute)}
            if names & ABOUT_SOMEBODY:
                found.append(call.lineno)
    return found


def totals(source: str) -> list[int]:
    """Lines where something is averaged or ranked."""
    return [
        node.lineno
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Attribute | ast.Name) and _name(node) in DRAWN_TOGETHER
    ]


def _name(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


@pytest.mark.once
@pytest.mark.parametrize(
    "planted",
    [
        "sa.select(Citizen).order_by(AdoptedLevel.level.desc())",
        "sorted(people, key=lambda each: each.minutes)",
        "rows.sort(key=lambda each: (each.name, each.support))",
        "max(people, key=lambda each: each.row.quality)",
    ],
)
def test_an_order_by_how_somebody_is_doing_is_seen(planted: str) -> None:
    assert orderings(planted) == [1]


@pytest.mark.once
def test_nobody_is_put_in_an_order_by_how_they_are_doing() -> None:
    assert {name: lines for name, source in modules() if (lines := orderings(source))} == {}


@pytest.mark.once
@pytest.mark.parametrize("planted", ["sa.func.avg(Participation.minutes)", "statistics.mean(x)", "fmean(x)"])
def test_an_average_is_seen(planted: str) -> None:
    assert totals(planted)


@pytest.mark.once
def test_nothing_about_people_is_averaged_or_ranked() -> None:
    assert {name: lines for name, source in modules() if (lines := totals(source))} == {}


# Questions


def judged(statement: str) -> bool:
    """Whether a question to the database orders or averages by how people are doing."""
    ordered = re.search(r"ORDER BY(.*?)(LIMIT|FOR UPDATE|\)|$)", statement, flags=re.S)
    columns = set(re.findall(r"\.(\w+)", ordered.group(1))) if ordered else set()
    return bool(columns & ABOUT_SOMEBODY) or re.search(r"\b(avg|rank|ntile)\(", statement, flags=re.I) is not None


def test_no_page_about_people_asks_for_an_order_of_them(desk, client, app, scene: Scene) -> None:  # type: ignore[no-untyped-def]  # fixtures of a neighbour
    assert judged("SELECT x FROM citizen ORDER BY adopted_level.level DESC"), "the control"
    assert judged("SELECT avg(participation.minutes) FROM participation"), "the control"
    asked: set[str] = set()
    listen = lambda _c, _cursor, statement, *_more: asked.add(statement)  # noqa: E731 — SQLAlchemy calls it by position
    for engine in db.engines():
        sa.event.listen(engine, "before_cursor_execute", listen)
    for address in (
        *scene.pages(),
        "/personale/borgere",
        "/personale/hold",
        "/personale/uge",
        "/personale/borgere/fremmoede",
    ):
        desk.get(address, follow_redirects=True)
    tablet = kiosk(app.test_client(), scene)
    for address in ("/vaerksted/hjem", "/vaerksted/det-kan-jeg", "/vaerksted/mine-beviser"):
        assert tablet.get(address).status_code == 200
    for engine in db.engines():
        sa.event.remove(engine, "before_cursor_execute", listen)
    assert len(asked) > 40
    assert [statement for statement in asked if judged(statement)] == []


# Tables


def misplaced(tables: Iterable[sa.Table]) -> list[str]:
    """Columns about people that nobody may fill in."""
    return [
        f"{table.name}.{column.name}"
        for table in tables
        if table.info.get("zone") in {"D", "S"}
        for column in table.columns
        if NEVER_A_COLUMN.search(column.name)
    ]


@pytest.mark.once
def test_no_table_has_room_for_a_score_or_a_diagnosis() -> None:
    planted = sa.Table("planted", sa.MetaData(), sa.Column("readiness_score", sa.Integer), info={"zone": "D"})
    assert misplaced([planted]) == ["planted.readiness_score"], "the control"
    assert misplaced(db.Base.metadata.tables.values()) == []


# Pages


@pytest.mark.once
def test_no_page_says_that_somebody_cannot() -> None:
    word = re.compile(
        r"uden rimelig grund|kan ikke selv|utilstrækkelig|dårligst|bedst af|klar til job|parathed|i snit|gennemsnit"
    )
    assert word.search("Udeblevet uden rimelig grund"), "the control"
    folders = [ROOT / "templates" / part for part in ("progression", "tasks", "citizens", "kiosk", "proofs", "sealed")]
    pages: list[Path] = [page for folder in folders for page in sorted(folder.rglob("*.html"))]
    assert len(pages) > 30
    assert [page.name for page in pages if word.search(page.read_text())] == []
