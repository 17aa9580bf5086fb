"""A bench that does not exist yet: ordered and paid, made at the bench, and ready for the one who ordered it."""

from __future__ import annotations

import re
import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from support.demo import Demo
from support.steps import sign_in

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.xdist_group("browser")]

PAGE = "/bestil/hb-01-havebaenk-med-ryglaen"
TITLE = re.compile("Havebænk med ryglæn, længde 150.cm, farve sort")
SWEEP_SECONDS = 100  # the worker looks every minute


def test_a_bench_made_to_order_is_paid_made_and_ready(visit: Callable[..., Page], demo: Demo) -> None:
    customer, desk = visit(390, 844), visit(1440)

    customer_chooses_and_sees_the_price(customer)
    order = customer_pays_in_advance(customer)
    desk_sets_it_into_production(desk, demo, order)
    work = manager_finds_the_work(visit(1440), demo, order)
    every_step_is_done(visit(1440), demo, work, desk)
    desk_sees_that_it_is_made_and_tells(desk, order)
    customer_sees_it_is_ready(customer, order)


def customer_chooses_and_sees_the_price(page: Page) -> None:
    page.goto("/bestil")
    page.get_by_role("link", name="Havebænk med ryglæn").click()
    expect(page).to_have_url(re.compile(f"{PAGE}$"))
    expect(page.get_by_text("Kan være klar")).to_be_visible()
    page.get_by_role("radio", name="Eget mål").check(force=True)
    page.get_by_label("Dit eget mål i cm").fill("9")
    page.get_by_role("button", name="Se prisen").click()
    expect(page.get_by_role("alert")).to_contain_text("mellem 120 og 180 cm")
    page.get_by_label("Dit eget mål i cm").fill("163")
    page.get_by_role("button", name="Se prisen").click()
    expect(page.get_by_text("Derfor er der ingen fortrydelsesret")).to_be_visible()
    page.get_by_role("radio", name="150 cm").check(force=True)
    page.get_by_role("radio", name=re.compile("sort")).check(force=True)
    page.get_by_label("Dit eget mål i cm").fill("")
    expect(page.locator(".tag--xl")).to_contain_text("2.045")  # it follows the choice by itself
    page.get_by_role("button", name="Se prisen").click()
    expect(page.locator(".tag--xl")).to_contain_text("2.045")
    expect(page.get_by_text("Derfor er der ingen fortrydelsesret")).to_have_count(0)
    page.get_by_role("button", name="Læg i kurv").click()
    expect(page).to_have_url(re.compile("/kurv$"))
    expect(page.get_by_text("farve sort")).to_be_visible()


def customer_pays_in_advance(page: Page) -> str:
    page.get_by_role("link", name="Gå til kassen").click()
    page.get_by_label("Navn", exact=True).fill("Ane Eksempel")
    page.get_by_label("E-mail").fill("ane@example.com")
    page.get_by_label("Telefon").fill("20 00 00 00")
    page.get_by_role("checkbox", name=re.compile("Jeg har læst")).check()
    page.get_by_role("button", name=re.compile("Køb og betal")).click()
    expect(page.get_by_role("alert").first).to_contain_text("trækkes nu")
    page.get_by_role("checkbox", name=re.compile("trækker beløbet nu")).check()
    page.get_by_role("button", name=re.compile("Køb og betal")).click()
    expect(page.get_by_text("Ingen penge flyttes")).to_be_visible()
    page.get_by_role("button", name=re.compile("med kort")).click()
    page.wait_for_url("**/ordre/**")
    wait_for(page, lambda: page.get_by_text("Vi er ikke begyndt endnu").count() > 0, 30)
    return page.url.split("/ordre/")[1].split("/")[0].split("?")[0]


def desk_sets_it_into_production(page: Page, demo: Demo, order: str) -> None:
    sign_in(page, demo, "sanne")
    page.goto(f"/personale/ordrer/{order}")
    expect(page.get_by_text("Vi er ikke begyndt endnu")).to_be_visible()
    page.get_by_role("button", name="Sæt i gang").first.click()
    expect(page.get_by_text("Sat i produktion. Den står nu på tavlen.")).to_be_visible()
    expect(page.get_by_text("Den står i køen på værkstedet")).to_be_visible()
    expect(page.get_by_role("button", name="Sæt i gang")).to_have_count(0)


def manager_finds_the_work(page: Page, demo: Demo, order: str) -> str:
    sign_in(page, demo, "karin")
    page.goto(f"/personale/ordrer/{order}")
    page.get_by_role("link", name=re.compile("Se den på værkstedet")).click()
    expect(page.get_by_text("Bestilt i butikken")).to_be_visible()
    return page.url


def every_step_is_done(page: Page, demo: Demo, work: str, desk: Page) -> None:
    sign_in(page, demo, "lone")
    page.goto(work)
    expect(page.get_by_role("heading", level=1)).to_have_text(TITLE)
    steps = page.get_by_role("button", name=re.compile("^Færdig ?:"))
    left = steps.count()
    assert left > 3
    for done in range(1, left + 1):
        steps.first.click()
        if done == 2:
            desk.reload()
            expect(desk.get_by_text("2 trin af")).to_be_visible()
        expect(steps).to_have_count(left - done)
    expect(page.get_by_text("Færdig", exact=True).first).to_be_visible()


def desk_sees_that_it_is_made_and_tells(page: Page, order: str) -> None:
    page.goto(f"/personale/ordrer/{order}")
    wait_for(page, lambda: page.get_by_text("Alt er lavet.", exact=True).count() > 0, SWEEP_SECONDS)
    page.get_by_role("button", name="Meld klar").first.click()
    expect(page.get_by_text(re.compile("Meldt klar")).first).to_be_visible()


def customer_sees_it_is_ready(page: Page, order: str) -> None:
    page.goto(f"/ordre/{order}")
    expect(page.get_by_text(re.compile("Klar til afhentning")).first).to_be_visible()


def wait_for(page: Page, is_so: Callable[[], bool], seconds: float) -> None:
    """Look again until it is so; the page is told nothing by itself."""
    deadline = time.monotonic() + seconds
    while not is_so() and time.monotonic() < deadline:
        time.sleep(1)
        page.reload()
    assert is_so()
