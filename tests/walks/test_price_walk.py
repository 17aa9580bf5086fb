"""In a real browser: a new thing with photo, price and label; a reduction on web and paper; label runs and counts."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from support.demo import Demo
from support.steps import citizen_signs_in, enrol_tablet, sign_in

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.xdist_group("browser")]

LONG_FOR_SALE = 1005  # a lounge table at 995 kr., for sale for more than 30 days
SHELF = "Reol B"


def labels_of(page: Page, address: str) -> tuple[str, list[str]]:
    """The words and the codes of a file of labels, read from the paper as it will be."""
    document = pypdfium2.PdfDocument(page.request.get(address).body())
    text = "\n".join(sheet.get_textpage().get_text_range() for sheet in document)
    found = [code.text for sheet in document for code in zxingcpp.read_barcodes(sheet.render(scale=300 / 72).to_pil())]
    return text, found


def opened(page: Page, name: re.Pattern[str] | str) -> str:
    """The address a link opens in a page of its own."""
    with page.context.expect_page() as other:
        page.get_by_role("link", name=name).click()
    address = other.value.url
    other.value.close()
    return address


def test_a_new_thing_gets_photo_price_and_label_on_a_phone_and_staff_say_yes(
    visit: Callable[..., Page], demo: Demo, tmp_path: Path
) -> None:
    phone, desk = visit(390, 844), visit(1440)
    enrol_tablet(phone, demo)
    citizen_signs_in(phone, demo, "Mona")
    phone.get_by_role("link", name="Nyt møbel").click()
    phone.get_by_role("button", name="Restaurerede møbler").click()
    phone.get_by_label("Navn på tingen").fill("Lille bord med #blå ben")
    phone.get_by_role("button", name="Gem navnet").click()
    number = int(re.search(r"/moebler/(\d+)/", phone.url)[1])  # type: ignore[index]

    photo = tmp_path / "photo.jpg"
    Image.new("RGB", (900, 1200), "steelblue").save(photo)
    phone.locator("input[type=file]").set_input_files(photo)
    phone.get_by_role("button", name="Gem billedet").click()
    phone.get_by_role("button", name="Fortryd billedet").click()
    expect(phone.get_by_role("button", name="Fortryd billedet")).to_have_count(0)
    phone.locator("input[type=file]").set_input_files(photo)
    phone.get_by_role("button", name="Gem billedet").click()
    phone.get_by_role("link", name="Ja, videre").click()

    phone.get_by_label("Eller skriv prisen").fill("1.e2")
    phone.get_by_role("button", name="Vis").click()
    expect(phone.get_by_role("alert")).to_be_visible()
    phone.get_by_label("Eller skriv prisen").fill("340")
    phone.get_by_role("button", name="Vis").click()
    phone.get_by_role("button", name=re.compile("Op til")).click()
    asked = phone.locator("output .tag").inner_text()
    phone.get_by_role("button", name="Passer godt").click()

    phone.get_by_role("button", name="Print mærket").click()
    text, codes = labels_of(phone, opened(phone, "Åbn mærket"))
    assert f"{number}" in text
    assert "#blå" in text
    assert asked.replace("\u00a0", " ") in text.replace("\u00a0", " ")
    assert len(codes) == 1
    phone.get_by_role("button", name="Ja, det er godt").click()

    stranger = visit(390, 844)
    stranger.goto(codes[0])
    expect(stranger.get_by_role("heading", level=1)).not_to_contain_text("bord")

    sign_in(desk, demo, "lone")
    desk.goto(f"/personale/moebler/{number}")
    expect(desk.get_by_text(re.compile("Foreslået på tabletten")).first).to_be_visible()
    desk.get_by_role("checkbox", name="Ingen mennesker kan genkendes").check()
    desk.get_by_role("button", name=re.compile("Vis det for kunder")).click()
    desk.get_by_label("Pris", exact=True).fill("345")
    desk.get_by_role("button", name="Gem prisen").click()
    desk.get_by_role("button", name="Godkend til salg").click()
    stranger.goto(codes[0])
    expect(stranger.get_by_role("heading", level=1)).to_have_text("Lille bord med #blå ben")
    expect(stranger.locator(".product__buy .tag")).to_contain_text("345")
    expect(stranger.locator("picture source[type='image/avif']").first).to_be_attached()


def test_a_reduction_shows_what_it_was_and_goes_on_paper(visit: Callable[..., Page], demo: Demo) -> None:
    desk, customer = visit(1440), visit(390, 844)
    sign_in(desk, demo, "sanne")
    desk.goto(f"/personale/moebler/{LONG_FOR_SALE}")
    desk.get_by_label("Pris", exact=True).fill("845")
    desk.get_by_role("button", name="Gem prisen").click()
    customer.goto(f"/vare/{LONG_FOR_SALE}")
    expect(customer.locator(".product__buy .tag")).to_contain_text("Førpris 995")

    desk.goto("/personale/prismaerker")
    row = desk.locator("tr", has=desk.locator(f"#nr-{LONG_FOR_SALE}"))
    expect(row).to_contain_text("Ny pris")
    row.get_by_role("checkbox").check()
    desk.get_by_role("button", name="Lav mærker").click()
    job = desk.url
    text, codes = labels_of(desk, f"{job}/pdf")
    assert "Førpris" in text
    assert "845" in text
    assert len(codes) == 1
    desk.get_by_role("button", name="Udskrevet, de er i orden").click()
    desk.goto("/personale/prismaerker")
    expect(desk.get_by_role("heading", name="Hvad skal printes?")).to_be_visible()
    expect(desk.locator("tr", has=desk.locator(f"#nr-{LONG_FOR_SALE}"))).to_have_count(0)


def test_a_run_of_labels_and_a_count_are_work_that_staff_can_confirm(visit: Callable[..., Page], demo: Demo) -> None:
    tablet, desk = visit(820, 1180), visit(1440)
    enrol_tablet(tablet, demo)
    citizen_signs_in(tablet, demo, "Mona")
    tablet.get_by_role("link", name="Print mærker").click()
    for box in tablet.get_by_role("checkbox").all()[:3]:
        box.check(force=True)
    tablet.get_by_role("button", name="Videre").click()
    tablet.get_by_role("button", name="Lav mærkerne").click()
    text, codes = labels_of(tablet, opened(tablet, re.compile("Åbn")))
    assert len(codes) == 3
    assert "Mona" not in text
    tablet.get_by_role("button", name="Ja, de er gode").click()

    tablet.goto("/vaerksted/tael")
    tablet.get_by_role("button", name=re.compile(SHELF)).click()
    sign_in(desk, demo, "lone")
    desk.goto(f"/personale/moebler?plads={SHELF}")
    number = desk.locator("tbody td").first.inner_text().strip()
    tablet.get_by_label("Skriv nummeret").fill(number)
    tablet.get_by_role("button", name="Tæl den").click()
    if tablet.url.endswith(f"/{number}"):  # there are several of it
        tablet.get_by_role("button", name=re.compile("Der er")).click()
    expect(tablet.get_by_text(f"Nr. {number}").first).to_be_visible()
    tablet.get_by_role("link", name="Alt er talt").click()  # there is more on that shelf, so it asks
    tablet.get_by_role("button", name="Ja, alt er talt").click()

    desk.goto("/personale/hold")
    expect(desk.get_by_role("link", name=re.compile("Printe prismærker")).first).to_be_visible()
    expect(desk.get_by_role("link", name=re.compile("Tælle lageret")).first).to_be_visible()
    desk.goto("/personale/moebler/optaelling")
    expect(desk.locator("tbody").get_by_text(SHELF).first).to_be_visible()
