"""Guards the rules of the house. Each guard is tried on something planted, so that it is known to bite."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from shop.models import Base
from workshop.core import access
from workshop.core.config import ROOT

pytestmark = pytest.mark.once

LONGEST_FILE = 400
# One file commits. The migrations run outside its doors, and the stand-in for Stripe is a program of its own.
MAY_COMMIT = {"workshop/core/db.py", "workshop/migrating.py"}
FORBIDDEN_FILES = {"utils.py", "common.py", "helpers.py", "misc.py", "actions2.py", "views2.py"}
FORBIDDEN_CLASSES = re.compile(r"(Manager|Helper|Handler|Service|Repository|UnitOfWork)$")
# Modules that are slow to load and needed by few pages may be imported where they are used.
MAY_BE_LAZY = {"stripe", "typst", "qrcode", "fontTools", "fontTools.ttLib", "fontTools.subset", "PIL"} | {
    "holidays",
    "brother_ql",
    "obstore.exceptions",
    "obstore.store",
    "huey",
    "email_validator",
    "openpyxl",
    "pyotp",
    "webauthn",
    "sqlalchemy.dialects.sqlite",
    "sqlalchemy.dialects.postgresql",
}
INLINE = re.compile(r"""\sstyle=|<style|\son[a-z]+=["']|javascript:""", re.IGNORECASE)
# A block of data for search engines is not run by anything.
SCRIPT = re.compile(r"""<script(?![^>]*\ssrc=)(?! type="application/ld\+json")""", re.IGNORECASE)
OTHER_HOST = re.compile(r"""(?:src|href)=["']https?://""", re.IGNORECASE)
RAW_COLOUR = re.compile(r"#[0-9a-fA-F]{3,8}\b")
PHYSICAL = re.compile(
    r"\b(?:margin|padding|border)-(?:left|right)\b|(?<![\w-])(?:left|right)\s*:|text-align:\s*(?:left|right)"
)


def sources() -> Iterator[Path]:
    for top in ("workshop", "shop"):
        yield from sorted((ROOT / top).rglob("*.py"))


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def commits(text: str) -> bool:
    return any(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "commit"
        for node in ast.walk(ast.parse(text))
    )


def test_only_one_file_commits() -> None:
    found = {named(path) for path in sources() if commits(path.read_text()) and "standin" not in named(path)}
    assert found <= MAY_COMMIT
    assert commits("def f(session):\n    session.commit()\n"), "the guard sees a planted commit"


def test_no_file_is_longer_than_a_person_can_hold() -> None:
    long = {named(path): len(path.read_text().splitlines()) for path in sources()}
    assert {name: lines for name, lines in long.items() if lines > LONGEST_FILE} == {}


def test_names_say_what_things_are() -> None:
    assert [named(path) for path in sources() if path.name in FORBIDDEN_FILES] == []
    classes = [
        f"{named(path)}: {node.name}"
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and FORBIDDEN_CLASSES.search(node.name)
    ]
    assert classes == []
    assert FORBIDDEN_CLASSES.search("OrderManager")


def lazy_imports(text: str) -> Iterator[str]:
    for function in ast.walk(ast.parse(text)):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            for node in ast.walk(function):
                if isinstance(node, ast.Import):
                    yield from (alias.name for alias in node.names)
                elif isinstance(node, ast.ImportFrom):
                    yield node.module or ""


def test_imports_stand_at_the_top_except_the_heavy_ones() -> None:
    found = {
        f"{named(path)}: {name}"
        for path in sources()
        for name in lazy_imports(path.read_text())
        if name not in MAY_BE_LAZY and name.split(".")[0] not in MAY_BE_LAZY
    }
    assert found == set()
    assert list(lazy_imports("def f():\n    import json\n")) == ["json"]


def test_nothing_catches_everything() -> None:
    broad = [
        named(path)
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ExceptHandler)
        and (node.type is None or (isinstance(node.type, ast.Name) and node.type.id in {"Exception", "BaseException"}))
        and not _passes_it_on(node)
    ]
    assert broad == []


def _passes_it_on(handler: ast.ExceptHandler) -> bool:
    """Whether the handler only tidies up and lets what happened go on."""
    last = handler.body[-1]
    return isinstance(last, ast.Raise) and last.exc is None


def crossings(tables: Iterable[sa.Table]) -> list[str]:
    """Keys that lead from work to people, or anywhere into what is sealed from outside it."""
    allowed = {"W": {"W"}, "D": {"W", "D"}, "S": {"W", "D", "S"}}
    return [
        f"{table.name} -> {key.column.table.name}"
        for table in tables
        for key in table.foreign_keys
        if key.column.table.info["zone"] not in allowed[table.info["zone"]]
    ]


def test_every_table_says_which_side_of_the_wall_it_stands_on() -> None:
    assert [
        table.name for table in Base.metadata.tables.values() if table.info.get("zone") not in {"W", "D", "S"}
    ] == []


def test_no_key_crosses_the_wall() -> None:
    assert crossings(Base.metadata.tables.values()) == []


def test_a_planted_key_across_the_wall_is_seen() -> None:
    planted = sa.MetaData()
    person = sa.Table("person", planted, sa.Column("id", sa.Integer, primary_key=True), info={"zone": "D"})
    bench = sa.Table("bench", planted, sa.Column("maker", sa.ForeignKey(person.c.id)), info={"zone": "W"})
    assert crossings([bench]) == ["bench -> person"]


def test_rows_of_work_name_no_citizen() -> None:
    telling = re.compile(r"citizen|participant|maker|made_by|worker")
    found = [
        f"{table.name}.{column.name}"
        for table in Base.metadata.tables.values()
        if table.info["zone"] == "W"
        for column in table.columns
        if telling.search(column.name)
    ]
    assert found == []


def test_the_import_contracts_hold() -> None:
    assert _lint_imports(ROOT) == 0


def test_a_planted_import_across_the_wall_is_seen(tmp_path: Path) -> None:
    for top in ("workshop", "shop", "pyproject.toml"):
        source = ROOT / top
        if source.is_file():
            (tmp_path / top).write_text(source.read_text())
            continue
        for path in source.rglob("*.py"):
            copy = tmp_path / path.relative_to(ROOT)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_text(path.read_text())
    planted = tmp_path / "shop" / "orders" / "models.py"
    planted.write_text(planted.read_text() + "\nfrom workshop.citizens.models import Citizen\n")
    assert _lint_imports(tmp_path) != 0


def _lint_imports(folder: Path) -> int:
    program = Path(sys.executable).parent / "lint-imports"
    return subprocess.run([program, "--no-cache"], cwd=folder, capture_output=True, check=False).returncode


def test_every_view_says_who_may_open_it(app: Flask) -> None:
    access.check_marks(app)


@pytest.mark.plants
def test_views_without_a_mark_keep_the_app_from_starting(app: Flask) -> None:
    for number in range(10):
        app.add_url_rule(f"/bare-{number}", f"bare_{number}", lambda: "open")
    with pytest.raises(RuntimeError) as refused:
        access.check_marks(app)
    assert all(f"bare_{number}" in str(refused.value) for number in range(10))


def templates() -> Iterator[Path]:
    yield from sorted((ROOT / "templates").rglob("*.html"))


def test_no_page_carries_inline_style_or_script() -> None:
    found = [named(path) for path in templates() if INLINE.search(path.read_text()) or SCRIPT.search(path.read_text())]
    assert found == []
    assert INLINE.search('<p style="color:red">')
    assert SCRIPT.search("<script>alert(1)</script>")
    assert not SCRIPT.search('<script type="module" src="/x.js"></script>')


def test_no_page_loads_from_another_host() -> None:
    assert [named(path) for path in templates() if OTHER_HOST.search(path.read_text())] == []


def test_pages_of_the_workshop_name_no_page_of_the_shop(app: Flask) -> None:
    """A hidden arrow upwards: a workshop without a shop must run."""
    own = {rule.endpoint.split(".")[0] for rule in app.url_map.iter_rules()}
    of_shop = {
        name for name in own if app.blueprints.get(name) and app.blueprints[name].import_name.startswith("shop.")
    }
    for path in templates():
        if (
            path.parts[-2] in of_shop
            or "shop" in path.name
            or path.parts[-2] in {"orders", "payments", "storefront", "booking", "mails"}
        ):
            continue
        named_endpoints = set(re.findall(r"""url_for\(\s*["'](\w+)\.""", path.read_text()))
        assert not named_endpoints & of_shop, named(path)


def test_raw_colours_stand_in_one_file_and_no_side_is_left_or_right() -> None:
    for path in sorted((ROOT / "static" / "css").glob("*.css")):
        text = re.sub(r"/\*.*?\*/", "", path.read_text(), flags=re.DOTALL)
        if path.name not in {"tokens.css", "print.css", "labels.css"}:
            assert RAW_COLOUR.search(text) is None, named(path)
        assert PHYSICAL.search(text) is None, named(path)


def test_no_committed_file_names_a_registry_or_a_path_of_this_machine() -> None:
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True).stdout.split(
        "\n"
    )
    telling = re.compile(r"pypi\.org|pythonhosted|registry\.npmjs|deb\.debian|/home/|/root/|/work/|/tmp/w/")
    this = named(Path(__file__))
    for name in filter(None, listed):
        path = ROOT / name
        if name != this and path.suffix not in {".png", ".jpg", ".woff2"} and path.exists():
            assert telling.search(path.read_text()) is None, name
