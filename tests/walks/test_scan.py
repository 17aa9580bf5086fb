"""Scanning at the desk in a real browser with a camera that is not one.

Chromium on Linux has no reader of its own (no BarcodeDetector), so a stand-in says what it would have read. All else is
real: the permission, the picture from the camera, the form that is sent, and what the page does without any of it.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from support.demo import Demo
from support.steps import sign_in

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.xdist_group("pages")]

SCAN = "/personale/moebler/scan"
CAMERA = ("--no-sandbox", "--disable-gpu", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream")
READER = """
window.BarcodeDetector = class {
  static getSupportedFormats() { return Promise.resolve(["qr_code"]); }
  detect(video) {
    window.looks = (window.looks ?? 0) + 1;
    if (video.videoWidth) document.documentElement.dataset.looks = window.looks;
    return Promise.resolve(window.reads ? [{ rawValue: window.reads, format: "qr_code" }] : []);
  }
};
"""


@pytest.fixture(scope="module")
def with_camera(browser: Browser) -> Iterator[Browser]:
    """A browser whose camera shows a moving test picture, and that allows it at once."""
    # Playwright may run once a process only, so the other walks' browser is asked for one more of its kind.
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    started = browser.browser_type.launch(executable_path=chromium, args=list(CAMERA))
    yield started
    started.close()


@pytest.fixture
def desk(with_camera: Browser, demo: Demo) -> Iterator[Callable[..., Page]]:
    """A page where Bjarne of the workshop is signed in: `desk(width=390)`."""
    contexts = []
    problems: list[str] = []

    def new(width: int = 1440, *, reader: str = READER) -> Page:
        context = with_camera.new_context(viewport={"width": width, "height": 900}, base_url=demo.url)
        context.set_default_timeout(15_000)
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: problems.append(str(error)))
        page.add_init_script(reader)
        sign_in(page, demo, "bjarne")
        return page

    yield new
    for context in contexts:
        context.close()
    assert problems == []


def first_number(page: Page) -> str:
    """The number of a thing the workshop has."""
    page.goto("/personale/moebler")
    return page.locator("tbody td").first.inner_text().strip()


@pytest.mark.parametrize("width", [390, 1440])
def test_the_camera_reads_a_label_and_opens_the_thing(desk: Callable[..., Page], width: int) -> None:
    page = desk(width)
    number = first_number(page)
    page.goto(SCAN)
    start = page.get_by_role("button", name="Brug kameraet")
    if start.is_visible():
        start.click()
    expect(page.locator("[data-scan-video] video")).to_be_visible()
    expect(page.locator("html[data-looks]")).to_be_attached()
    page.evaluate("window.reads = 'https://en-anden.example/noget'")
    expect(page.get_by_role("status")).to_have_text("Det er ikke et af vores mærker.")
    assert page.url.endswith(SCAN)
    page.evaluate(f"window.reads = '{number}'")
    page.wait_for_url(re.compile(rf"/personale/moebler/{number}$"))


def test_without_a_camera_one_sentence_stands_there_and_the_number_still_works(desk: Callable[..., Page]) -> None:
    refuse = "navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException('', 'NotAllowedError'));"
    page = desk(reader=READER + refuse)
    number = first_number(page)
    page.goto(SCAN)
    start = page.get_by_role("button", name="Brug kameraet")
    if start.is_visible():
        start.click()
    expect(page.get_by_role("status")).to_have_text("Vi kan ikke bruge kameraet her. Skriv nummeret i stedet.")
    expect(page.locator("[data-scan-video]")).to_be_hidden()
    expect(start).to_be_hidden()
    page.get_by_label("Nummer").fill(number)
    page.get_by_role("button", name="Find").click()
    page.wait_for_url(re.compile(rf"/personale/moebler/{number}$"))


def test_a_browser_that_cannot_read_codes_shows_the_field_alone(desk: Callable[..., Page]) -> None:
    page = desk(reader="delete window.BarcodeDetector;")
    page.goto(SCAN)
    expect(page.get_by_label("Nummer")).to_be_visible()
    expect(page.get_by_role("button", name="Brug kameraet")).to_be_hidden()
    expect(page.locator("[data-scan-video]")).to_be_hidden()
    expect(page.get_by_role("status")).to_have_text("")


def test_the_camera_is_let_go_when_the_page_is_left(desk: Callable[..., Page]) -> None:
    page = desk()
    page.goto(SCAN)
    start = page.get_by_role("button", name="Brug kameraet")
    if start.is_visible():
        start.click()
    expect(page.locator("html[data-looks]")).to_be_attached()
    page.evaluate("window.track = document.querySelector('video').srcObject.getTracks()[0]")
    page.evaluate("window.dispatchEvent(new Event('pagehide'))")
    assert page.evaluate("window.track.readyState") == "ended"
