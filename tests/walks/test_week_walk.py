"""In a real browser: a step is dragged into the week, its card to another day, a person onto it; a walk together."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta

import pytest
from playwright.sync_api import Locator, Page, expect
from support.demo import Demo
from support.steps import sign_in

from workshop.core import clock
from workshop.production.routines.closed import closed_days

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.xdist_group("browser")]


def two_days() -> tuple[date, date]:
    """Two weekdays after one another in a week to come, on which the house is open."""
    day = clock.local_day(clock.now()) + timedelta(days=7)
    while day.weekday() > 3 or closed_days(day, day + timedelta(days=1)):
        day += timedelta(days=1)
    return day, day + timedelta(days=1)


def column(page: Page, day: date) -> Locator:
    return page.locator(f".board__col[data-day='{day.isoformat()}']")


def press_even_if_asked(page: Page) -> None:
    """Some tasks ask for a permit; people decide."""
    anyway = page.get_by_role("button", name="Læg den i ugen alligevel")
    expect(anyway.or_(page.get_by_role("status").filter(has_text="Lagt i ugen.")).first).to_be_visible()
    if anyway.is_visible():
        anyway.click()
    expect(page.get_by_text("Lagt i ugen.")).to_be_visible()


def test_the_week_is_laid_by_hand(visit: Callable[..., Page], demo: Demo) -> None:
    desk = visit(1440, 4000)  # all of the week at once: a drag does not scroll
    sign_in(desk, demo, "lone")
    day, next_day = two_days()
    at = day.isocalendar()
    desk.goto(f"/personale/uge/{at.year}-{at.week}")
    step = desk.locator("tr.js-work").first
    title, order = step.locator("th").inner_text(), step.locator("td").first.inner_text()
    step.drag_to(column(desk, day).locator("h2"))
    desk.wait_for_url("**/personale/uge/ny?**")
    expect(desk.get_by_label("Dag", exact=True)).to_have_value(day.isoformat())
    desk.get_by_label("Hvem").select_option(index=1)
    first_name = desk.get_by_label("Hvem").locator("option:checked").inner_text().split(" ")[0]
    desk.get_by_role("button", name="Læg i ugen").click()
    press_even_if_asked(desk)

    def card(on: date) -> Locator:
        return column(desk, on).locator(".kcard").filter(has_text=title).filter(has_text=order)

    expect(card(day)).to_be_visible()
    card(day).drag_to(column(desk, next_day).locator("h2"))
    expect(desk.get_by_text(re.compile("Flyttet til"))).to_be_visible()
    expect(card(next_day)).to_be_visible()
    here = column(desk, next_day)
    here.get_by_text(re.compile(r"\d+ ventes")).click()
    free = here.locator("[data-person]").filter(has_not_text=first_name).first
    free.drag_to(card(next_day))
    press_even_if_asked(desk)
    expect(card(next_day).locator(".avatar")).to_have_count(2)


def test_they_walk_together_and_it_is_written_who_came(visit: Callable[..., Page], demo: Demo) -> None:
    desk = visit(390, 844)
    sign_in(desk, demo, "lone")
    desk.goto("/personale/uge/aktivitet/ny")
    desk.get_by_label("Hvad laver I?").fill("Gåtur i skoven")
    desk.get_by_label("Klokken").fill("14.15")
    for box in desk.locator("input[name=med]").all()[:2]:
        box.check(force=True)
    desk.get_by_role("button", name="Læg i ugen").click()
    walk = desk.locator(".kcard--together").filter(has_text="Gåtur i skoven")
    expect(walk).to_contain_text("14.15–15.15")
    walk.get_by_role("link", name=re.compile("Åbn")).click()
    desk.locator("label").filter(has_text=re.compile("^Ja$")).first.click()
    desk.get_by_role("heading", name="Hvem var med").locator("..").get_by_role("button", name="Gem").click()
    expect(desk.get_by_text("Gemt.")).to_be_visible()
    expect(desk.get_by_role("radio", name="Ja").first).to_be_checked()
