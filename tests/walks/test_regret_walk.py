"""Changing one's mind in a real browser: without signing in and without JavaScript, and from one's own order."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from support.demo import Demo
from support.steps import sign_in

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.xdist_group("browser")]


def test_a_visitor_withdraws_by_keyboard_alone_without_javascript(visit: Callable[..., Page]) -> None:
    page = visit(390, 844, java_script_enabled=False)
    page.goto("/")
    page.get_by_role("link", name="Fortryd aftale her").focus()
    page.keyboard.press("Enter")
    page.get_by_label("Navn").focus()
    page.keyboard.type("Prøve Eksempel")
    for text in ("2026-0001", "proeve@example.dk"):
        page.keyboard.press("Tab")
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Passer det?")
    page.get_by_role("button", name="Bekræft fortrydelse").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Vi har modtaget din fortrydelse")
    expect(page.get_by_text(re.compile(r"Modtaget .*dag den .* kl\. "))).to_be_visible()


def test_a_customer_chooses_a_line_and_staff_pay_it_back(visit: Callable[..., Page], demo: Demo) -> None:
    staff, customer = visit(1440), visit(390, 844)
    sign_in(staff, demo, "sanne")
    staff.goto("/personale/mails")
    mail = staff.locator(".mail").filter(has_text="Søren Eksempel").filter(has_text="Tak for din ordre")
    link = mail.locator('a[href*="/ordre/"]').first.get_attribute("href")
    assert link is not None
    customer.goto(link)
    customer.get_by_role("link", name="Fortryd aftale her").first.click()
    customer.get_by_label(re.compile("Højbed")).fill("1")
    customer.get_by_role("button", name="Videre").click()
    customer.get_by_role("button", name="Bekræft fortrydelse").dblclick()
    expect(customer.get_by_role("heading", level=1)).to_have_text("Vi har modtaget din fortrydelse")

    staff.goto("/personale/ordrer/fortrydelser")
    rows = staff.get_by_role("row").filter(has_text="Søren Eksempel").filter(has_text="Højbed af pallerammer")
    expect(rows).to_have_count(1)
    rows.get_by_role("link").first.click()
    staff.get_by_role("link", name="Betal tilbage").click()
    expect(staff.get_by_label("Kommer tilbage")).to_have_value("1")
    staff.get_by_label("Kontant").check()
    staff.get_by_role("button", name="Regn det ud").click()
    staff.get_by_role("button", name=re.compile("Betal .* tilbage")).dblclick()
    expect(staff.get_by_role("status")).to_contain_text("Giv selv kunden")
    staff.goto("/personale/ordrer/fortrydelser")
    expect(rows.get_by_text("Afgjort")).to_be_visible()

    customer.get_by_role("link", name="← Din ordre").click()
    expect(customer.get_by_role("heading", name="Penge tilbage")).to_be_visible()
    expect(customer.get_by_text("395 kr.").first).to_be_visible()
