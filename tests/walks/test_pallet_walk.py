"""From a pile of pallets to a sofa in the shop, in a real browser on the real program."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image
from playwright.sync_api import Page, expect
from support.demo import Demo
from support.steps import citizen_signs_in, enrol_tablet, sign_in

from workshop.core import clock

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.xdist_group("browser")]

STEPS = (
    "Hente og sortere paller", "Slibe palletræ", "Bygge pallemøbler", "Give palletræ en overflade",
    "Tjekke et færdigt møbel",
)  # fmt: skip
ON_THE_TABLET = STEPS[2:]
SOFA = "Pallesofa til orangeriet"


def test_reclaimed_pallets_become_a_sofa_in_the_shop(visit: Callable[..., Page], demo: Demo, tmp_path: Path) -> None:
    photo = tmp_path / "pallets.jpg"
    Image.new("RGB", (1200, 900), "peru").save(photo)
    lone, tablet, phone = visit(1440), visit(820, 1180), visit(390, 844)

    sign_in(lone, demo, "lone")
    staff_register_the_pallets(lone, photo)
    order = staff_open_the_order(lone, photo)
    staff_print_the_card(lone, order)
    staff_give_the_steps(lone, order)
    enrol_tablet(tablet, demo)
    number = citizen_builds_the_sofa(tablet, demo, photo)
    staff_see_what_went_into_it(lone, order, number)
    staff_approve_it(lone, number)
    customer_finds_it(phone, number)


def staff_register_the_pallets(page: Page, photo: Path) -> None:
    page.goto("/personale/produktion/lager/ind")
    page.get_by_label("Hvad er kommet?").select_option("pallet_eur")
    page.get_by_label("Hvor meget?").fill("4")
    page.get_by_role("radio", name="Brugte materialer").check(force=True)
    page.get_by_label("Billede").set_input_files(photo)
    page.get_by_role("button", name="Læg på lager").click()
    expect(page.get_by_role("status").first).to_be_visible()


def staff_open_the_order(page: Page, photo: Path) -> str:
    page.goto("/personale/produktion/ny")
    page.get_by_label("Hvad skal laves?").fill(SOFA)
    page.get_by_label("Hvad slags er det?").select_option("PA-01")
    page.get_by_label("Skitse eller billede").set_input_files(photo)
    page.get_by_role("button", name="Opret ordren").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SOFA)
    expect(page.locator(".sketch__pic")).to_be_visible()
    page.get_by_role("button", name="Læg det til side, der er").click()
    expect(page.get_by_role("button", name="Det til side er brugt")).to_be_visible()
    return page.url.rsplit("/", 1)[1].split("#")[0]


def staff_print_the_card(page: Page, order: str) -> None:
    body = page.request.get(f"/personale/produktion/{order}/arbejdskort.pdf").body()
    text = "".join(sheet.get_textpage().get_text_range() for sheet in pypdfium2.PdfDocument(body))
    for words in (SOFA, *STEPS, "Kræver: må bruge slibemaskine", "Værktøj"):
        assert words in text, words


def staff_give_the_steps(page: Page, order: str) -> None:
    """Two steps staff have done themselves; the other three are Aksel's today."""
    page.goto(f"/personale/produktion/{order}")
    for step in STEPS[:2]:
        page.get_by_role("button", name=re.compile(f"^Færdig.*{step}")).click()
        expect(page.get_by_role("button", name=re.compile(f"Tag tilbage.*{step}"))).to_be_visible()
    for step in ON_THE_TABLET:
        page.get_by_role("navigation", name="Personale").get_by_role("link", name="Ugen", exact=True).click()
        page.get_by_role("link", name=re.compile(f"Læg i ugen.*{step}, {SOFA}")).click()
        aksel = page.get_by_label("Hvem").locator("option").filter(has_text="Aksel").get_attribute("value")
        page.get_by_label("Hvem").select_option(aksel)
        page.get_by_label("Dag").fill(clock.local_day(clock.now()).isoformat())
        page.get_by_role("button", name="Læg i ugen").click()
        given, asked = page.get_by_text("Lagt i ugen."), page.get_by_role("button", name="Læg den i ugen alligevel")
        expect(given.or_(asked).first).to_be_visible()
        if asked.count():  # a step asks something Aksel is to be spared; staff are told once, and decide
            asked.click()
            expect(given).to_be_visible()


def citizen_builds_the_sofa(page: Page, demo: Demo, photo: Path) -> int:
    citizen_signs_in(page, demo, "Aksel")
    for step in ON_THE_TABLET:
        page.goto("/vaerksted/opgaver")
        card = page.locator(".task").filter(has_text=SOFA).filter(has_text=step)
        card.get_by_role("link", name="Sådan gør du").click()
        expect(page.get_by_role("heading", level=1)).to_have_text(step)
        expect(page.locator(".card-pic").first).to_be_visible()
        page.get_by_role("link", name="Tilbage").click()
        card.get_by_role("button", name=re.compile("Start")).click()
        card.get_by_role("button", name=re.compile("Jeg er færdig")).click()
        page.get_by_role("button", name="Spring over").click()
        if step is not ON_THE_TABLET[-1]:
            expect(page.get_by_role("heading", name="Hvad er der brugt?")).to_be_visible()
            page.get_by_role("link", name="Spring over").click()
            continue
        expect(page.get_by_role("heading", name="Blev det hele brugt?")).to_be_visible()
        page.get_by_role("button", name="Ja, det hele er brugt").click()
    found = re.search(r"/moebler/(\d+)", page.url)
    assert found, page.url
    number = int(found[1])
    page.get_by_role("link", name=re.compile("Tag et billede")).click()
    page.locator("input[type=file]").set_input_files(photo)
    page.get_by_role("button", name="Gem billedet").click()
    page.get_by_role("link", name="Ja, jeg er færdig").click()
    return number


def staff_see_what_went_into_it(page: Page, order: str, number: int) -> None:
    page.goto(f"/personale/produktion/{order}")
    expect(page.get_by_role("link", name=f"Nr. {number}")).to_be_visible()
    expect(page.get_by_text("Blev det hele brugt?")).to_be_hidden()
    page.goto("/personale/produktion/lager/materiale/pallet_eur")
    expect(page.get_by_role("link", name=SOFA).first).to_be_visible()


def staff_approve_it(page: Page, number: int) -> None:
    page.goto(f"/personale/moebler/{number}")
    page.get_by_role("checkbox", name="Ingen mennesker kan genkendes").check()
    page.get_by_role("button", name=re.compile("Vis det for kunder")).click()
    page.get_by_role("button", name="Godkend til salg").click()
    expect(page.get_by_text("Til salg").first).to_be_visible()


def customer_finds_it(page: Page, number: int) -> None:
    page.goto("/butik/pallemobler")
    page.locator(f"a[href*='/vare/{number}']").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text(SOFA)
    expect(page.get_by_text("Lavet af brugte materialer.").first).to_be_visible()
    assert "Aksel" not in page.content()


def test_an_order_is_dragged_to_another_day_and_back(visit: Callable[..., Page], demo: Demo) -> None:
    page = visit(1440)
    sign_in(page, demo, "lone")
    page.goto("/personale/produktion")
    card = page.locator("[data-order]").filter(has_text="Kommode, grøn")
    before = card.get_attribute("data-due_on")
    held = card.bounding_box()
    assert held
    page.mouse.move(held["x"] + 100, held["y"] + 20)
    page.mouse.down()
    page.mouse.move(held["x"] + 130, held["y"] + 40, steps=5)
    expect(page.locator("[data-move-days]")).to_be_visible()
    day = page.locator("[data-day='']")
    day.hover()
    page.mouse.up()
    expect(page.get_by_text("Kommode, grøn: uden dag.")).to_be_visible()
    expect(card).to_have_attribute("data-due_on", "")
    expect(card.get_by_text("Mangler materialer")).to_be_visible()
    page.get_by_role("button", name="Fortryd").click()
    expect(card).to_have_attribute("data-due_on", before or "")
