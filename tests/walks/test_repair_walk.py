"""In a real browser: a customer's chair comes in, gets a price and a yes, is restored, and handed back by its code."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pypdfium2
import pytest
import zxingcpp
from PIL import Image
from playwright.sync_api import Page, expect
from support.demo import Demo
from support.steps import DEPARTMENT, mail_about, sign_in

from workshop.core import clock

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.xdist_group("browser")]

CHAIR, OWNER = "Lænestol fra walken", "Vera fra walken"
OWNERS_MAIL = "walk@kunde.example"


def slip_of(page: Page) -> tuple[str, str]:
    """The words of the slip and the address in its code, read from the paper as it will be."""
    address = page.get_by_role("link", name="Seddel").get_attribute("href")
    document = pypdfium2.PdfDocument(page.request.get(address or "").body())
    text = document[0].get_textpage().get_text_range()
    (code,) = zxingcpp.read_barcodes(document[0].render(scale=300 / 72).to_pil())
    return text, code.text


def test_a_customers_chair_is_priced_agreed_restored_and_handed_back(
    visit: Callable[..., Page], demo: Demo, tmp_path: Path
) -> None:
    desk, phone, counter = visit(1440), visit(390, 844), visit(820, 1180)
    photo = tmp_path / "chair.jpg"
    Image.new("RGB", (900, 1200), "saddlebrown").save(photo)

    # Received at the counter, by those who sell.
    sign_in(counter, demo, "sanne")
    counter.goto("/personale/produktion/indleveret/ny")
    counter.get_by_role("radio", name="Møbel").check(force=True)
    counter.get_by_label("Hvad er det for en?").fill(CHAIR)
    counter.get_by_label(re.compile("Hvad er der galt")).fill("Armlænet er løst")
    counter.get_by_label("Afdeling").select_option(label=DEPARTMENT)
    counter.get_by_label("Ejerens navn").fill(OWNER)
    counter.get_by_label("Ejerens mail").fill("walk@")
    counter.get_by_role("button", name=re.compile("Tag imod")).click()
    expect(counter.get_by_role("alert")).to_contain_text("Mailadressen")
    counter.get_by_label("Ejerens mail").fill(OWNERS_MAIL)
    counter.get_by_label(re.compile("Billede, som den ser ud nu")).set_input_files(photo)
    counter.get_by_role("button", name=re.compile("Tag imod")).click()
    expect(counter.get_by_role("heading", level=1)).to_have_text(CHAIR)
    expect(counter.get_by_role("img", name=re.compile("før"))).to_be_visible()
    card = counter.url
    text, link = slip_of(counter)
    assert CHAIR in text
    assert OWNER not in text
    slip_code = re.search(r"[2-9A-Z]{3}-[2-9A-Z]{3}", text)
    assert slip_code is not None

    # Looked through in the workshop.
    sign_in(desk, demo, "lone")
    desk.goto(card)
    for words, price in (("Lime armlænet", "150"), ("Slibe og olie", "300")):
        if not desk.get_by_label("Del eller arbejde").is_visible():
            desk.get_by_text("Skriv en linje").click()
        desk.get_by_label("Del eller arbejde").fill(words)
        desk.get_by_label("Antal", exact=True).fill("1")
        desk.get_by_label("Pris pr. styk med moms").fill(price)
        desk.get_by_role("button", name="Skriv den på").click()
        expect(desk.get_by_role("rowheader", name=words)).to_be_visible()
    desk.get_by_label("Det vil vi gøre").fill("Vi limer armlænet, sliber stolen og giver den olie.")
    desk.get_by_label("Prisen gælder til og med").fill((clock.local_day(clock.now()) + timedelta(days=14)).isoformat())
    desk.get_by_role("button", name=re.compile("giv prisen")).click()
    expect(desk.get_by_text("Venter på ejerens svar")).to_be_visible()

    # The owner answers on a phone, by the link in the mail; the slip leads to the same page.
    address = re.search(r"http\S+/indlevering/\S+", mail_about(phone, demo, OWNERS_MAIL, "Pris på", link))
    assert address is not None
    phone.goto(address[0])
    expect(phone.get_by_role("heading", level=1)).to_have_text("Skal vi gå i gang?")
    assert link.rsplit("/", 1)[1] not in phone.url
    expect(phone.locator(".summary")).to_contain_text("450")
    phone.get_by_role("button", name="Ja, gå i gang").click()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Vi arbejder på den")

    # Worked on: the order is on the board, without its owner.
    desk.goto(card)
    desk.get_by_role("link", name="Åbn ordren").click()
    expect(desk.get_by_role("heading", level=1)).to_have_text(CHAIR)
    assert OWNER not in desk.content()
    while (button := desk.locator("form[action$='/faerdig'] button")).count():
        before = button.count()
        button.first.click()
        expect(button).to_have_count(before - 1)

    # Done, with a photo of how it became; the price can be lower, never higher.
    desk.goto(card)
    desk.get_by_text("Tag et billede").click()
    desk.locator("input[type=file]").set_input_files(photo)
    desk.get_by_role("button", name="Gem billedet").click()
    expect(desk.get_by_role("img", name=re.compile("efter"))).to_be_visible()
    desk.get_by_label("Pris i alt med moms").fill("451")
    desk.get_by_role("button", name="Den kan hentes").click()
    expect(desk.get_by_role("alert")).to_contain_text("højst 450")
    desk.get_by_label("Pris i alt med moms").fill("425")
    desk.get_by_role("button", name="Den kan hentes").click()
    expect(desk.get_by_text("Kan hentes", exact=True)).to_be_visible()
    phone.reload()
    expect(phone.get_by_text(slip_code[0])).to_be_visible()

    # Handed back at the counter by the code.
    counter.goto("/personale/produktion/indleveret/udlever")
    counter.get_by_label("Koden på sedlen").fill("222-222")
    counter.get_by_role("button", name="Find den").click()
    expect(counter.get_by_text("ingen indlevering med den kode")).to_be_visible()
    counter.get_by_label("Koden på sedlen").fill(slip_code[0].lower())
    counter.get_by_role("button", name="Find den").click()
    expect(counter.get_by_text("425")).to_be_visible()
    counter.get_by_role("button", name="Betalt og udleveret").click()
    expect(counter.get_by_text("Vælg, hvordan der er betalt")).to_be_visible()
    counter.get_by_role("radio", name="MobilePay").check(force=True)
    counter.get_by_role("button", name="Betalt og udleveret").click()
    expect(counter.get_by_text(re.compile("er udleveret")).first).to_be_visible()
    phone.reload()
    expect(phone.get_by_role("heading", level=1)).to_have_text("Tak for denne gang")
