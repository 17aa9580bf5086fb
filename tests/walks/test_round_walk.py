"""The round of a team on a phone: six people, written down with one confirm, in a minute and twenty taps."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect
from support.demo import Demo
from support.steps import sign_in

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.xdist_group("pages")]

TEAM, MOST_TAPS, MOST_SECONDS = 6, 20, 60


class Taps:
    """A finger that is counted."""

    def __init__(self) -> None:
        self.many = 0

    def on(self, where: Locator) -> None:
        where.tap()
        self.many += 1


def team_on_page(page: Page) -> None:
    """Six people on a task nobody was given; in the morning they would have come from the board."""
    page.goto("/personale/hold/runde")
    task = page.get_by_label("Opgave", exact=True)
    task.select_option(index=task.locator("option").count() - 1)
    page.get_by_role("button", name="Skriv runden").tap()
    for number in range(1, TEAM + 1):
        page.get_by_label("Var der en mere med?").select_option(index=1)
        page.get_by_role("button", name="Tilføj").tap()
        expect(page.locator(".crew__row")).to_have_count(number)


def test_six_people_are_written_down_in_a_minute_with_twenty_taps(visit: Callable[..., Page], demo: Demo) -> None:
    page, taps = visit(width=390, height=844, has_touch=True, is_mobile=True), Taps()
    sign_in(page, demo, "lone")
    team_on_page(page)
    began = time.monotonic()
    taps.on(page.get_by_role("button", name="Sæt minutter"))
    expect(page.locator(".crew__min input").last).not_to_have_value("")
    for number, row in enumerate(page.locator(".crew__row").all()):
        taps.on(row.locator("label").filter(has_text="Ikke vurderet" if number == 0 else "S1"))
        if number:
            taps.on(row.locator("label").filter(has_text="Q2"))
    expect(page.get_by_text(f"{TEAM} af {TEAM} har et svar.")).to_be_visible()
    taps.on(page.get_by_role("button", name="Bekræft for hele holdet"))
    expect(page.get_by_text(f"Bekræftet for {TEAM}.")).to_be_visible()
    assert time.monotonic() - began < MOST_SECONDS
    assert taps.many <= MOST_TAPS, "what a team takes"
    assert taps.many == 2 * TEAM + 1, "two a person, one for whom it was not assessed, minutes and confirm"


def test_a_round_needs_no_script(visit: Callable[..., Page], demo: Demo) -> None:
    page = visit(width=390, height=844, has_touch=True, is_mobile=True, java_script_enabled=False)
    sign_in(page, demo, "lone")
    team_on_page(page)
    page.get_by_role("button", name="Sæt minutter").tap()
    expect(page.locator(".crew__min input").last).not_to_have_value("")
    page.locator(".crew__row").first.locator("label").filter(has_text="Ikke vurderet").tap()
    page.get_by_role("button", name="Bekræft for hele holdet").tap()
    expect(page.get_by_text("Bekræftet for én.")).to_be_visible()


def test_an_absence_of_several_days_is_two_taps(visit: Callable[..., Page], demo: Demo) -> None:
    page, taps = visit(width=390, height=844, has_touch=True, is_mobile=True), Taps()
    sign_in(page, demo, "lone")
    page.goto("/personale/borgere/kalender")
    page.get_by_role("link", name="To uger efter").tap()
    mona = page.get_by_role("row", name=re.compile("^Mona"))
    taps.on(mona.get_by_role("link").first)
    taps.on(mona.get_by_role("button").nth(4))
    expect(page.get_by_text(re.compile("Mona: Afbud, [3-5] dage"))).to_be_visible()
    assert taps.many == 2
