"""In a real browser: a visit is dragged to a team's day and taken back; a round is put in order and printed."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from support.demo import Demo
from support.steps import sign_in

from workshop.core import clock
from workshop.production.lead_times.rules import next_workday

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.xdist_group("browser")]

WAITING, ROUND = "Bygaden 30", "Hold Rødkælk"


def test_a_visit_is_dragged_into_the_plan_and_back(visit: Callable[..., Page], demo: Demo) -> None:
    planner = visit(1440, 2600)  # all of the week at once: a drag does not scroll
    sign_in(planner, demo, "bjarne")
    day = next_workday(clock.local_day(clock.now()))
    week = day.isocalendar()
    planner.goto(f"/personale/service/plan/{week.year}-{week.week}")
    waiting = planner.get_by_role("region", name=re.compile("Skal planlægges"))
    card = waiting.get_by_role("listitem").filter(has_text=WAITING)
    lane = planner.locator(f"[data-day='{day.isoformat()}'][data-team]").filter(has_text="Hold Solsort")
    card.drag_to(lane)
    asked, toast = planner.get_by_text("Læg den der alligevel?"), planner.get_by_role("status")
    expect(asked.or_(toast).first).to_be_visible()
    if asked.is_visible():  # fewer come than are needed
        planner.get_by_role("button", name="Ja, læg den der").click()
    expect(lane.get_by_role("listitem").filter(has_text=WAITING)).to_be_visible()
    expect(planner.get_by_text("Én kunde kender ikke dagen endnu.")).to_be_visible()
    planner.get_by_role("button", name="Fortryd").click()
    expect(card).to_be_visible()


def test_a_round_is_put_in_order_on_a_phone_and_printed(visit: Callable[..., Page], demo: Demo) -> None:
    driver = visit(390, 844)
    sign_in(driver, demo, "bjarne")
    day = next_workday(clock.local_day(clock.now())).isoformat()
    driver.goto(f"/personale/serviceture/{day}")
    stops = driver.locator("section").filter(has=driver.get_by_role("heading", name=ROUND)).locator(".stop")
    expect(stops).to_have_count(3)
    before = [each.inner_text() for each in stops.all()]
    stops.nth(0).get_by_role("button", name=re.compile("Senere")).click()
    expect(driver.get_by_text("I har selv valgt rækkefølgen.").first).to_be_visible()
    street = re.compile(r"^(.+), \d{4} ", re.MULTILINE)
    moved = [street.findall(each.inner_text())[0] for each in stops.all()]
    assert moved[:2] == [street.findall(text)[0] for text in (before[1], before[0])]
    driver.get_by_role("button", name="Brug den korteste vej").click()
    expect(driver.get_by_text("Rækkefølgen er den korteste vej.").first).to_be_visible()
    assert driver.request.get(f"/personale/serviceture/{day}/tur.pdf").body().startswith(b"%PDF")
