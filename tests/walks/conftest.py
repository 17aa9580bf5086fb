"""Walks in a real browser against the real program."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from support.demo import Demo, running

QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    with running(tmp_path_factory.mktemp("demo")) as demo:
        yield demo


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        pytest.fail("Chromium is not installed: sudo apt-get install chromium")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield started
        started.close()


@pytest.fixture
def visit(browser: Browser, demo: Demo) -> Iterator[Callable[..., Page]]:
    """A new visitor's page: `visit(width=390)`. What the browser refuses (CSP) or breaks on fails the test."""
    contexts: list[BrowserContext] = []
    problems: list[str] = []

    def new(width: int = 1440, height: int = 900, **options: object) -> Page:
        context = browser.new_context(viewport={"width": width, "height": height}, base_url=demo.url, **options)
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.on(
            "console",
            lambda message: problems.append(message.text) if _is_problem(message.type, message.text) else None,
        )
        page.on("pageerror", lambda error: problems.append(str(error)))
        return page

    yield new
    for context in contexts:
        context.close()
    assert problems == []


def _is_problem(kind: str, text: str) -> bool:
    # An answer of 404 or 422 is a page like any other; the browser mentions it all the same. ERR_FAILED is a wire that
    # the walk itself has cut.
    expected = ("the server responded with a status of 4", "net::ERR_FAILED")
    return kind == "error" and not text.startswith(tuple(f"Failed to load resource: {each}" for each in expected))
