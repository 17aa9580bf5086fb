"""T13: whoever takes the tablet after somebody sees nothing of them, whatever they press; in a real browser.

Fifty words stand in what one person sees and types. Then the tablet changes hands: by "Ud", or because it died.
"""

from __future__ import annotations

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
import sqlalchemy as sa
from playwright.sync_api import BrowserContext, Error, Page, Playwright, sync_playwright
from sqlalchemy.orm import Session
from support.demo import Demo, running
from support.steps import citizen_signs_in, enrol_tablet

from workshop.accounts.models import LoginSession
from workshop.citizens.models import Citizen
from workshop.core import clock
from workshop.core.pictures import PICTURES
from workshop.tasks.models import Assignment, AssignmentState, Participation, RecordStatus, TaskRecord

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.xdist_group("browser")]

QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
WHO = "Mona"
TASKS, AHEAD, RECORDS = 20, 11, 8
TYPED = ("where_i_am", "where_i_want_to_be")
CANARIES = tuple(f"Kanariefugl{number:02d}x" for number in range(50))
PAGES = (
    "/vaerksted/hjem", "/vaerksted/opgaver", "/vaerksted/uge", "/vaerksted/det-kan-jeg", "/vaerksted/mit-arbejde",
    "/vaerksted/min-plan", "/vaerksted/min-plan/ord", "/vaerksted/mit/set", "/vaerksted/hjaelp",
)  # fmt: skip
BACK = 14  # more than anybody went forward


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo of this test's own, for what is planted in it stays."""
    with running(tmp_path_factory.mktemp("next-person")) as demo:
        _plant(demo)
        yield demo


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@contextmanager
def tablet(playwright: Playwright, profile: Path, url: str, *more: str) -> Iterator[BrowserContext]:
    """A browser that keeps what a tablet keeps, in this folder."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("Chromium is not installed: sudo apt-get install chromium")
    context = playwright.chromium.launch_persistent_context(
        profile, executable_path=chromium, args=[*QUIET, *more], base_url=url, viewport={"width": 820, "height": 1180}
    )
    context.set_default_timeout(15_000)
    yield context
    with suppress(Error):  # one that was killed may have closed itself already
        context.close()


def _plant(demo: Demo) -> None:
    """The words in everything the tablet shows of one person: name, tasks, week, work that was seen."""
    words = iter(CANARIES)
    today = clock.local_day(clock.now())
    with Session(sa.create_engine(demo.database_url)) as session:
        mona = session.scalars(sa.select(Citizen).where(Citizen.display_name == WHO)).one()
        mona.display_name = next(words)
        given = session.scalars(sa.select(Assignment).limit(1)).one()
        for number in range(TASKS + AHEAD):
            session.add(
                Assignment(
                    citizen_id=mona.id,
                    task_type_id=given.task_type_id,
                    title=next(words),
                    day=today if number < TASKS else today + timedelta(days=1 + number % 5),
                    by_staff_id=given.by_staff_id,
                    state=AssignmentState.PLANNED,
                )
            )
        of_mona = sa.select(Participation).where(Participation.citizen_id == mona.id)
        seen = of_mona.join(TaskRecord).where(TaskRecord.status == RecordStatus.CONFIRMED)
        for part in session.scalars(seen.order_by(TaskRecord.done_on.desc()).limit(RECORDS)).all():
            part.observation = next(words)
            session.get_one(TaskRecord, part.record_id).title = next(words)
        session.commit()


def met(text: str) -> set[str]:
    return {word for word in CANARIES if word in text}


def lives(page: Page, demo: Demo) -> set[str]:
    """One person's day: they see every page of theirs, and type into one. Gives the words they met."""
    found: set[str] = set()
    citizen_signs_in(page, demo, WHO)
    for address in PAGES:
        answer = page.goto(address)
        assert answer is not None
        assert answer.headers["cache-control"] == "no-store", address
        found |= met(page.content())
    page.goto("/vaerksted/mit-arbejde")
    records = page.locator("a[href*='/mit-arbejde/']").evaluate_all("links => links.map(link => link.href)")
    for address in records[: 3 * RECORDS]:  # days with several records stand in an order of their own
        page.goto(address)
        found |= met(page.content())
    page.goto("/vaerksted/min-plan/ord")
    for field, word in zip(TYPED, CANARIES[-len(TYPED) :], strict=True):
        page.locator(f"[name={field}]").fill(word)
    page.locator(f"[name={TYPED[0]}]").evaluate("field => field.form.requestSubmit()")
    page.wait_for_url(lambda url: not url.endswith("/ord"))
    return found | met(page.content())


def _somebody_else(page: Page, demo: Demo) -> str:
    """Somebody whose picture is on the tablet today."""
    page.goto("/vaerksted")
    shown = set(page.locator(".tile--face").evaluate_all("tiles => tiles.map(tile => tile.ariaLabel)"))
    others = (each for each in demo.logins["citizens"] if each["name"] != WHO)
    return str(next(each["name"] for each in others if PICTURES[each["picture"]] in shown))


def looks_back(page: Page) -> set[str]:
    """What somebody meets who presses Back, reloads and Forward as often as there is anything."""
    found = met(page.content())
    for _press in range(BACK):
        page.go_back(wait_until="domcontentloaded")
        found |= met(page.content()) | met(page.title())
    page.reload()
    found |= met(page.content())
    for _press in range(BACK):
        page.go_forward(wait_until="domcontentloaded")
        found |= met(page.content())
    return found


def kept_by_pages(page: Page) -> str:
    """What pages of ours have put into the browser for later."""
    return str(
        page.evaluate(
            """async () => JSON.stringify([
                Object.entries(localStorage), Object.entries(sessionStorage), await caches.keys(),
                await indexedDB.databases(), (await navigator.serviceWorker.getRegistrations()).length,
            ])"""
        )
    )


def on_disk(profile: Path) -> dict[str, set[str]]:
    """The words in whatever the browser has written down: cache, history, form data, open tabs; by file."""
    found: dict[str, set[str]] = {}
    for path in profile.rglob("*"):
        if path.is_file() and not path.is_symlink():
            data = path.read_bytes()
            words = {word for word in CANARIES if word.encode() in data or word.encode("utf-16-le") in data}
            if words:
                found[str(path.relative_to(profile))] = words
    return found


def test_after_somebody_went_out_the_next_person_meets_nothing(
    playwright: Playwright, house: Demo, tmp_path: Path
) -> None:
    with tablet(playwright, tmp_path, house.url) as context:
        page = context.new_page()
        downloads: list[object] = []
        page.on("download", lambda each: downloads.append(each))
        enrol_tablet(page, house)
        assert lives(page, house) == set(CANARIES), "or there is nothing to find"
        page.get_by_role("button", name="Ud").click()
        page.wait_for_url("**/vaerksted")
        assert looks_back(page) == set(), "Back, reload, Forward"
        citizen_signs_in(page, house, _somebody_else(page, house))
        seen = set()
        for address in PAGES:
            page.goto(address)
            seen |= met(page.content())
        assert seen == set(), "the next person's own pages"
        assert looks_back(page) == set()
        other = context.new_page()
        citizen_signs_in(other, house, _somebody_else(other, house))
        other.goto("/vaerksted/min-plan/ord")
        filled = " ".join(other.locator(f"[name={field}]").input_value() for field in TYPED)
        assert met(filled) == set(), "autofill"
        assert kept_by_pages(page) == "[[],[],[],[],0]"
        assert downloads == []
    assert on_disk(tmp_path) == {}


def test_after_the_tablet_died_the_next_person_meets_nothing(
    playwright: Playwright, house: Demo, tmp_path: Path
) -> None:
    with tablet(playwright, tmp_path, house.url) as context:
        enrol_tablet(context.new_page(), house)
    with tablet(playwright, tmp_path, house.url) as context:
        page = context.new_page()
        assert lives(page, house) == set(CANARIES)
        page.goto("/vaerksted/opgaver")
        _kill(tmp_path)
    _let_time_pass(house)
    with tablet(playwright, tmp_path, house.url, "--restore-last-session") as context:
        page = context.new_page()
        page.goto("/vaerksted/opgaver")
        page.wait_for_url("**/vaerksted")
        for each in context.pages:
            each.wait_for_load_state()
            assert met(each.content()) == set(), each.url
            assert looks_back(each) == set()
    assert on_disk(tmp_path) == {}


def test_the_search_finds_what_a_careless_page_leaves(playwright: Playwright, tmp_path: Path) -> None:
    """The control: a page that may be kept and keeps things itself is met again by Back, and lies on the disk."""
    with _careless_pages() as url, tablet(playwright, tmp_path, url) as context:
        page = context.new_page()
        page.goto("/first")
        page.goto("/second")
        assert CANARIES[0] in looks_back(page)
        assert CANARIES[1] in kept_by_pages(page)
    assert set().union(*on_disk(tmp_path).values()) >= {CANARIES[0], CANARIES[1]}


@contextmanager
def _careless_pages() -> Iterator[str]:
    class Careless(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            said = f"<title>x</title><p>{CANARIES[0]}</p><script>localStorage.x = '{CANARIES[1]}'</script>"
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.send_header("Cache-Control", "max-age=3600")
            self.end_headers()
            self.wfile.write((said if self.path == "/first" else "<title>y</title>").encode())

        def log_message(self, *_said: object) -> None:
            """Say nothing."""

    server = HTTPServer(("127.0.0.1", 0), Careless)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://localhost:{server.server_port}"
    server.shutdown()
    server.server_close()
    thread.join()


def _kill(profile: Path) -> None:
    """Battery empty: the browser of this profile is gone from one moment to the next."""
    for entry in Path("/proc").iterdir():
        try:
            said = (entry / "cmdline").read_bytes().split(b"\0") if entry.name.isdigit() else []
        except OSError:
            continue  # it ended meanwhile
        if f"--user-data-dir={profile}".encode() in said and not any(each.startswith(b"--type=") for each in said):
            os.kill(int(entry.name), signal.SIGKILL)


def _let_time_pass(demo: Demo) -> None:
    """As if the tablet had lain there for ten minutes."""
    with Session(sa.create_engine(demo.database_url)) as session:
        for login in session.scalars(sa.select(LoginSession)):
            login.seen_at -= timedelta(minutes=10)
        session.commit()
