"""In a real browser: staff move one visit of an agreement, and on a phone its customer moves, cancels and rests."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect
from support.demo import Demo
from support.steps import mail_about, sign_in

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.xdist_group("browser")]


def judge(page: Page) -> None:
    """No accessibility fault and no sideways scroll. The crawl of every page has no link that opens an agreement."""
    found = [(each["id"], each["nodes"][0]["html"]) for each in Axe().run(page).response["violations"]]
    assert not found, f"{page.url}: {found}"
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0


def coming(page: Page) -> list[str]:
    """The days of the visits to come, as the page says them."""
    section = page.get_by_role("heading", name="Besøg, der kommer").locator("..")
    return [each.inner_text() for each in section.locator("ol > li > p:first-child b").all()]


def move_by_staff(desk: Page) -> str:
    """Another day for the third visit to come, told to the customer; where the mail goes."""
    desk.goto("/personale/service/aftaler")
    desk.get_by_role("row").filter(has_text="Hver uge").first.get_by_role("link").click()
    before = coming(desk)
    address = desk.locator("a[href^='mailto:']").first.inner_text()
    desk.get_by_role("link", name=re.compile("^Flyt eller aflys")).nth(2).click()
    field = desk.get_by_label("Ny dag")
    chosen = date.fromisoformat(field.input_value()) + timedelta(days=1)
    field.fill(chosen.isoformat())
    expect(desk.get_by_role("checkbox", name="Skriv det til kunden nu").first).to_be_checked()
    desk.get_by_role("button", name="Flyt besøget").click()
    expect(desk.get_by_text("Besøget er flyttet. De andre står, som de var.")).to_be_visible()
    after = coming(desk)
    assert [day for day in after if day not in before] == [after[2]]
    return address


def move_by_customer(phone: Page) -> None:
    before = coming(phone)
    phone.get_by_role("link", name=re.compile("^Flyt eller aflys")).nth(3).click()
    judge(phone)
    phone.get_by_role("radio").first.check(force=True)
    phone.get_by_role("button", name="Flyt besøget").dblclick()
    expect(phone.get_by_text("Tak. Besøget er flyttet. De andre står, som de var.")).to_be_visible()
    after = coming(phone)
    assert len(after) == len(before)
    assert len(set(after) - set(before)) == 1


def cancel_by_customer(phone: Page) -> None:
    before = coming(phone)
    phone.get_by_role("link", name=re.compile("^Flyt eller aflys")).last.click()
    phone.get_by_label(re.compile("Vil du skrive hvorfor")).fill("Vi er væk.")
    phone.get_by_role("button", name="Aflys besøget").dblclick()
    expect(phone.get_by_text("Tak. Besøget er aflyst.")).to_be_visible()
    assert coming(phone) == before[:-1]


def rest_and_go_on(phone: Page) -> None:
    before = coming(phone)
    phone.get_by_role("link", name=re.compile("^Hold pause")).click()
    tomorrow = phone.get_by_label("Første dag").get_attribute("min")
    assert tomorrow is not None
    first = date.fromisoformat(tomorrow)
    phone.get_by_label("Første dag").fill((first + timedelta(days=1)).isoformat())
    phone.get_by_label("Sidste dag").fill(first.isoformat())
    phone.get_by_role("button", name="Hold pause").click()
    expect(phone.get_by_role("alert")).to_contain_text("før den begynder")
    judge(phone)
    phone.get_by_label("Første dag").fill(first.isoformat())
    phone.get_by_label("Sidste dag").fill((first + timedelta(days=6)).isoformat())
    phone.get_by_role("button", name="Hold pause").click()
    expect(phone.get_by_text("Tak. Pausen er skrevet ind.")).to_be_visible()
    assert len(coming(phone)) == len(before) - 1
    phone.get_by_role("link", name=re.compile("^Hold pause")).click()
    phone.get_by_role("button", name=re.compile("^Slut pausen")).first.click()
    expect(phone.get_by_text("Tak. Pausen er slut")).to_be_visible()
    assert coming(phone) == before


def test_an_agreement_is_moved_by_both_and_its_calendar_follows(visit: Callable[..., Page], demo: Demo) -> None:
    desk, phone = visit(1440), visit(390, 844)
    sign_in(desk, demo, "sanne")
    address = move_by_staff(desk)
    mail = mail_about(phone, demo, address, "Ny dag for besøget", "De andre besøg er, som de var.")
    link = re.search(r"http\S+/aftale/\S+", mail)
    assert link is not None
    phone.goto(link[0])
    expect(phone.get_by_role("heading", level=1)).to_have_text("Din faste aftale")
    move_by_customer(phone)
    cancel_by_customer(phone)
    rest_and_go_on(phone)
    with phone.expect_download() as got:
        phone.get_by_role("link", name="Hent besøgene som fil").click()
    calendar = Path(got.value.path()).read_text()
    confirmed = calendar.count("STATUS:CONFIRMED")
    assert confirmed >= len(coming(phone))
    assert "STATUS:CANCELLED" in calendar
    judge(phone)
    phone.get_by_role("link", name="Afslut aftalen").click()
    judge(phone)
