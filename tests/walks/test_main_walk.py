"""The main job in a real browser, on the real program."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from support.demo import Demo
from support.steps import citizen_signs_in, enrol_tablet, sign_in

from workshop.core import clock

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.xdist_group("browser")]

STEP = "Slibe og olie en havebænk"


def test_a_finished_task_becomes_a_labelled_bench_a_sale_and_evidence(
    visit: Callable[..., Page], demo: Demo, tmp_path: Path
) -> None:
    lone, tablet, phone = visit(1440), visit(1024, 768), visit(390, 844)

    staff_gives_the_task(lone, demo)
    enrol_tablet(tablet, demo)
    number = citizen_finishes_the_task(tablet, demo)
    code = citizen_photographs_and_labels(tablet, number, tmp_path)
    staff_approve_the_item(lone, number)
    order = customer_buys_with_card(phone, number, code)
    staff_hand_it_over(visit(1440), demo, order)
    staff_confirm_the_record(lone)
    goal_moves_and_a_level_is_agreed(lone)
    citizen_sees_it(tablet, demo)
    assert "kr." in phone.content()


def staff_gives_the_task(page: Page, demo: Demo) -> None:
    sign_in(page, demo, "lone")
    page.get_by_role("link", name="Ugen", exact=True).click()
    page.get_by_role("link", name=re.compile(f"Læg i ugen.*{STEP}")).click()
    aksel = page.get_by_label("Hvem").locator("option").filter(has_text="Aksel").get_attribute("value")
    page.get_by_label("Hvem").select_option(aksel)
    page.get_by_label("Dag").fill(clock.local_day(clock.now()).isoformat())
    page.get_by_role("button", name="Læg i ugen").click()
    expect(page.get_by_text(STEP).first).to_be_visible()


def citizen_finishes_the_task(page: Page, demo: Demo) -> int:
    citizen_signs_in(page, demo, "Aksel")
    page.get_by_role("link", name="Dagens opgaver").click()
    page.get_by_role("button", name=f"Start {STEP}").click()
    page.get_by_role("button", name=f"Jeg er færdig med {STEP}").click()
    expect(page.get_by_role("heading", name="Hvordan gik det?")).to_be_visible()
    page.get_by_role("radio", name="Godt").check(force=True)
    page.get_by_role("button", name="Gem svar").click()
    heading = page.get_by_role("heading", level=1).inner_text()
    found = re.search(r"nr\. (\d+)", heading)
    assert found, heading
    return int(found[1])


def citizen_photographs_and_labels(page: Page, number: int, folder: Path) -> str:
    photo = folder / "photo.jpg"
    Image.new("RGB", (1200, 900), "peru").save(photo)
    not_one = folder / "not-a-photo.jpg"
    not_one.write_text("this is not a photo")
    page.get_by_role("link", name=re.compile("Tag et billede")).click()
    page.locator("input[type=file]").set_input_files(not_one)
    page.get_by_role("button", name="Gem billedet").click()
    expect(page.get_by_role("alert")).to_contain_text("ikke et billede")
    page.locator("input[type=file]").set_input_files(photo)
    page.get_by_role("button", name="Gem billedet").click()
    page.get_by_role("link", name="Ja, jeg er færdig").click()
    page.get_by_role("link", name=re.compile("Se prisen")).click()
    expect(page.locator(".tag--xl")).to_contain_text("895")
    page.get_by_role("link", name="Tilbage").click()
    page.get_by_role("link", name=re.compile("Print et mærke")).click()
    page.get_by_role("button", name="Print mærket").click()
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Åbn mærket").click()
    printed = opened.value.url
    opened.value.close()
    body = page.request.get(printed).body()
    page.get_by_role("button", name="Ja, det er godt").click()
    document = pypdfium2.PdfDocument(body)
    assert str(number) in document[0].get_textpage().get_text_range()
    picture = document[0].render(scale=300 / 72).to_pil()
    decoded = zxingcpp.read_barcodes(picture)
    assert len(decoded) == 1
    code = decoded[0].text
    page.goto(code)
    expect(page).to_have_url(re.compile(f"/vaerksted/moebler/{number}$"))
    return code


def staff_approve_the_item(page: Page, number: int) -> None:
    page.goto(f"/vare/{number}")
    expect(page.get_by_role("heading", level=1)).not_to_contain_text("Havebænk")
    page.goto(f"/personale/moebler/{number}")
    page.get_by_role("checkbox", name="Ingen mennesker kan genkendes").check()
    page.get_by_role("button", name=re.compile("Vis det for kunder")).click()
    page.get_by_role("button", name="Godkend til salg").click()
    expect(page.get_by_text("Til salg").first).to_be_visible()


def customer_buys_with_card(page: Page, number: int, code: str) -> str:
    page.goto(code)
    expect(page).to_have_url(re.compile(f"/vare/{number}-"))
    page.goto("/butik/havemobler")
    page.locator(f"a[href*='/vare/{number}']").first.click()
    expect(page.locator(".product__buy").get_by_text("Kun 1 af denne")).to_be_visible()
    page.get_by_role("button", name="Læg i kurv").click()
    page.goto("/kurv")
    page.get_by_role("link", name="Gå til kassen").click()
    page.get_by_label("Navn", exact=True).fill("Ane Eksempel")
    page.get_by_label("E-mail", exact=True).fill("ane@example.com")
    page.get_by_label("Telefon", exact=True).fill("20 00 00 00")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name=re.compile("Køb og betal")).click()
    expect(page.get_by_text("Ingen penge flyttes")).to_be_visible()
    page.get_by_role("button", name=re.compile("med kort")).click()
    page.wait_for_url("**/ordre/**")
    for _try in range(20):
        if page.get_by_text("Vi gør den klar").count():
            break
        time.sleep(0.5)
        page.reload()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Tak")
    order = page.url.split("/ordre/")[1].split("/")[0].split("?")[0]
    page.goto(f"/vare/{number}")
    expect(page.get_by_text("Solgt").first).to_be_visible()
    page.goto(f"/ordre/{order}")
    return order


def staff_hand_it_over(page: Page, demo: Demo, order: str) -> None:
    sign_in(page, demo, "sanne")
    page.goto(f"/personale/ordrer/{order}")
    page.get_by_role("button", name=re.compile("Meld klar")).click()
    page.get_by_role("button", name=re.compile("Udlever")).click()
    expect(page.get_by_text("Udleveret").first).to_be_visible()


def staff_confirm_the_record(page: Page) -> None:
    page.goto("/personale/hold")
    page.get_by_role("link", name=re.compile(STEP)).first.click()
    page.get_by_role("radio", name=re.compile("S1")).first.check(force=True)
    page.get_by_role("radio", name=re.compile("Q2")).first.check(force=True)
    page.get_by_label(re.compile("min")).first.fill("45")
    page.get_by_role("button", name=re.compile("Bekræft")).click()
    expect(page.get_by_text("bekræftet").first).to_be_visible()


def goal_moves_and_a_level_is_agreed(page: Page) -> None:
    page.goto("/personale/borgere")
    page.get_by_role("link", name="Aksel").first.click()
    expect(page.get_by_text("forslag").first).to_be_visible()
    page.get_by_role("button", name="Åbn samtale").click()
    talk = page.locator("details.talk-more").filter(has=page.locator("summary", has_text="Slibe træ"))
    if talk.get_attribute("open") is None:
        talk.locator("summary").first.click()
    expect(talk.locator(".indication")).to_contain_text("registreringer")
    talk.get_by_role("group", name=re.compile("egen vurdering")).get_by_role("radio", name=re.compile("3")).check(
        force=True
    )
    talk.get_by_role("group", name="Vi aftaler").get_by_role("radio", name=re.compile("3")).check(force=True)
    page.get_by_role("button", name="Gem det aftalte").first.click()
    expect(page.locator(".error-summary")).to_have_count(0)


def citizen_sees_it(page: Page, demo: Demo) -> None:
    citizen_signs_in(page, demo, "Aksel")
    page.get_by_role("link", name="Det kan jeg").click()
    card = page.locator("li.can").filter(has_text="Slibe træ")
    expect(card).to_contain_text("Kan selv")


def test_a_tablet_that_is_not_enrolled_shows_nobody(visit: Callable[..., Page]) -> None:
    page = visit(1024, 768)
    page.goto("/vaerksted")
    expect(page.get_by_role("heading", level=1)).to_contain_text("ikke klar")
    assert page.locator(".avatar").count() == 0
