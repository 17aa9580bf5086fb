import re

import pypdfium2
import pytest
import zxingcpp
from support import factories

from workshop.core import db
from workshop.core.access import Role
from workshop.core.config import Identity
from workshop.labels import printing, queries
from workshop.labels import waiting as label_queue
from workshop.labels.models import PrintJob
from workshop.products import actions as products
from workshop.products.models import Item

QUEUE = "/personale/prismaerker"


def sign_in(client, role=Role.WORKSHOP):
    with db.transaction() as session:
        email = factories.staff(session, name="Tove Ravnsbjerg", roles=[role]).email
    assert client.post("/personale/log-ind", data={"email": email, "password": factories.PASSWORD}).status_code == 303


@pytest.fixture
def desk(client):
    sign_in(client)
    return client


@pytest.fixture
def numbers(app):
    """Two items and a batch of five, all without a label, and a sheet and a roll."""
    with db.transaction() as session:
        factories.label_sheet(session)
        factories.label_sheet(session, key="roll_62x29")
        items = [
            factories.item(session, title="Havebænk i lærk", price_ore=115_000),
            factories.item(session, title="Sandkasse med låg", price_ore=89_500),
            factories.item(session, title="Fuglekasse", price_ore=14_500, quantity=5),
        ]
        return [item.number for item in items]


def waiting():
    with db.reading() as session:
        return [row.number for row in label_queue.queue(session, factories.NOW)]


def make(client, *numbers, **changes):
    data = {"items": list(numbers), "sheet": "a4_3x7", "drawn_sheet": "a4_3x7", "start_cell": "1", **changes}
    return client.post(QUEUE, data=data)


def made(client, *numbers, **changes):
    """The address of a job made in the browser."""
    answer = make(client, *numbers, **changes)
    assert answer.status_code == 303
    return answer.location


def codes_of(pdf):
    """Page -> the addresses a phone reads from it."""
    pages = pypdfium2.PdfDocument(pdf)
    pictures = [page.render(scale=300 / 72).to_pil().convert("L") for page in pages]
    return [
        [code.text for code in zxingcpp.read_barcodes(picture, formats=zxingcpp.BarcodeFormat.QRCode)]
        for picture in pictures
    ]


def text_of(pdf):
    return " ".join(page.get_textpage().get_text_bounded() for page in pypdfium2.PdfDocument(pdf)).replace("\xa0", " ")


def address_of(number):
    with db.reading() as session:
        token = session.query(Item.qr_token).filter_by(number=number).scalar()
    return f"{factories.BASE_URL}/q/{token}".upper()


def test_labels_go_from_the_queue_over_the_printer_out_of_the_queue(desk, numbers):
    page = desk.get(QUEUE).text
    assert "3 møbler skal have et mærke" in page
    assert all(f'id="nr-{number}"' in page for number in numbers)
    assert "checked" not in page.split("<table")[1].split("</table>")[0], "nothing is ticked beforehand"

    job = made(desk, *numbers[:2], start_cell="4")
    assert "2 mærker er klar til print" in desk.get(job).text
    assert waiting() == numbers, "nothing is printed yet"

    answer = desk.post(f"{job}/udskrevet", follow_redirects=True)
    assert "2 mærker er printet." in answer.text
    assert "1 møbel skal have et mærke" in answer.text
    assert 'value="6" checked' in desk.get(f"{QUEUE}?sheet=a4_3x7").text, "the sheet in the tray begins at place 6"


def test_the_codes_in_the_file_open_the_items(desk, numbers):
    job = made(desk, *numbers[:2], start_cell="21")
    answer = desk.get(f"{job}/pdf")
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    assert re.fullmatch(r'attachment; filename="prismaerker-\d+\.pdf"', answer.headers["Content-Disposition"])
    assert codes_of(answer.data) == [[address_of(numbers[0])], [address_of(numbers[1])]]
    assert "/Q/" in address_of(numbers[0])
    said = text_of(answer.data)
    for text in ("Havebænk i lærk", f"Nr. {numbers[0]}", "1.150 kr.", Identity().name):
        assert text in said
    assert "Tove" not in said
    assert "Ravnsbjerg" not in said


def test_the_page_and_the_picture_of_a_label_name_nobody(desk, numbers):
    page = desk.get(QUEUE).text
    found = re.search(r'src="(/personale/prismaerker/eksempel/[^"]+)"', page)
    assert found
    answer = desk.get(found[1].replace("&amp;", "&"))
    assert answer.mimetype == "image/png"
    assert answer.data.startswith(b"\x89PNG")
    assert "Ravnsbjerg" not in page
    assert "style=" not in page


def test_a_price_change_puts_the_item_back_and_says_what_its_label_shows(desk, numbers):
    desk.post(f"{made(desk, *numbers)}/udskrevet")
    assert "Alle møbler har et mærke" in desk.get(QUEUE).text
    with db.transaction() as session:
        bench = session.query(Item).filter_by(number=numbers[0]).one()
        products.set_price(session, bench, 99_500, now=factories.NOW, by_staff_id=None)
    page = desk.get(QUEUE).text.replace("\xa0", " ")
    assert "1 møbel skal have et mærke" in page
    assert "Der står 1.150 kr." in page


def test_a_job_warns_when_a_price_has_changed_since_it_was_made(desk, numbers):
    job = made(desk, numbers[0])
    assert "er en anden nu" not in desk.get(job).text
    with db.transaction() as session:
        bench = session.query(Item).filter_by(number=numbers[0]).one()
        products.set_price(session, bench, 99_500, now=factories.NOW, by_staff_id=None)
    page = desk.get(job).text.replace("\xa0", " ")
    assert f"Prisen på nr. {numbers[0]} er en anden nu" in page
    assert "nu 995 kr." in page
    assert "1.150 kr." in text_of(desk.get(f"{job}/pdf").data), "the file stays the one that was made"


def test_confirming_twice_is_harmless(desk, numbers):
    job = made(desk, numbers[0])
    assert desk.post(f"{job}/udskrevet").status_code == 303
    again = desk.post(f"{job}/udskrevet", follow_redirects=True)
    assert again.status_code == 200
    assert again.text.count("1 mærke er printet.") == 1, "the second time nothing new is said"
    assert waiting() == numbers[1:]


def test_a_batch_gets_one_label_or_one_for_each_piece(desk, numbers):
    assert "1 mærke er klar" in desk.get(made(desk, numbers[2])).text
    assert "6 mærker er klar" in desk.get(made(desk, numbers[0], numbers[2], each_piece="y")).text


def test_printing_again_makes_a_new_job(desk, numbers):
    job = made(desk, numbers[0])
    desk.post(f"{job}/udskrevet")
    answer = desk.post(f"{job}/igen")
    assert answer.status_code == 303
    assert answer.location != job
    assert "1 mærke er klar til print" in desk.get(answer.location).text


def test_one_label_is_printed_from_the_page_of_its_item(desk, numbers):
    answer = desk.post(f"{QUEUE}/nr/{numbers[1]}")
    assert answer.status_code == 303
    assert codes_of(desk.get(f"{answer.location}/pdf").data) == [[address_of(numbers[1])]]


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"items": []}, "Vælg mindst ét møbel."),
        ({"start_cell": "22"}, "Vælg en plads fra 1 til 21 på arket."),
        ({"start_cell": "to"}, "Skriv pladsen med et tal, for eksempel 4."),
        ({"start_cell": ""}, "Vælg en plads på arket."),
        ({"drawn_sheet": "roll_62x29"}, "Arket er skiftet."),
        ({"items": ["99999999999999999999"]}, "Nr. 99999999999999999999 findes ikke."),
        ({"items": [str(n) for n in range(1, 1002)]}, "Vælg højst 1.000 møbler ad gangen."),
    ],
)
def test_a_wrong_form_comes_back_with_what_was_chosen_and_a_sentence(desk, numbers, changes, sentence):
    answer = make(desk, *numbers[:1], **changes)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert "<title>Fejl:" in answer.text
    if "items" not in changes:
        assert f'value="{numbers[0]}" checked' in answer.text
    with db.reading() as session:
        assert session.query(PrintJob).count() == 0


def test_looking_at_another_sheet_or_choosing_all_keeps_what_was_ticked(desk, numbers):
    page = desk.get(f"{QUEUE}?items={numbers[1]}&sheet=roll_62x29&start_cell=9&se={numbers[1]}").text
    assert f'value="{numbers[1]}" checked' in page
    assert f'value="{numbers[0]}" checked' not in page
    assert f"eksempel/{numbers[1]}.png" in page
    assert 'type="hidden" name="start_cell" value="1"' in page
    assert desk.get(f"{QUEUE}?alle=1").text.count('name="items"') == 3
    assert all(f'value="{number}" checked' in desk.get(f"{QUEUE}?alle=1").text for number in numbers)


def test_what_is_not_there_is_404(desk, numbers):
    assert desk.get(f"{QUEUE}/findesikke").status_code == 404
    assert desk.get(f"{QUEUE}/findesikke/pdf").status_code == 404
    assert desk.post(f"{QUEUE}/findesikke/udskrevet").status_code == 404
    assert desk.post(f"{QUEUE}/findesikke/igen").status_code == 404
    assert desk.post(f"{QUEUE}/nr/999999").status_code == 404
    assert desk.post(f"{QUEUE}/nr/99999999999999999999").status_code == 404
    assert desk.get(f"{QUEUE}/eksempel/999999.png?sheet=a4_3x7").status_code == 404
    assert desk.get(f"{QUEUE}/eksempel/{numbers[0]}.png?sheet=ukendt").status_code == 404


def test_an_item_without_a_price_is_refused_with_the_reason(desk, numbers):
    with db.transaction() as session:
        number = factories.item(session, price_ore=None, is_for_sale=False).number
    answer = desk.post(f"{QUEUE}/nr/{number}")
    assert answer.status_code == 409
    assert "Sæt prisen først." in answer.text


@pytest.mark.parametrize("role", [Role.CONSULTANT, Role.MANAGER, Role.AUDITOR, Role.ADMIN])
def test_only_those_who_print_labels_get_in(client, numbers, role):
    sign_in(client, role)
    assert client.get(QUEUE).status_code == 403
    assert client.get(f"{QUEUE}/eksempel/{numbers[0]}.png?sheet=a4_3x7").status_code == 403
    assert make(client, numbers[0]).status_code == 403
    assert client.post(f"{QUEUE}/nr/{numbers[0]}").status_code == 403


def test_a_stranger_is_asked_to_sign_in(client, numbers):
    assert client.get(QUEUE).status_code == 303
    assert client.get(QUEUE).location.startswith("/personale/log-ind")


def test_a_page_of_another_site_cannot_print(desk, numbers):
    answer = desk.post(f"{QUEUE}/nr/{numbers[0]}", headers={"Sec-Fetch-Site": "cross-site"})
    assert answer.status_code == 403


def test_without_sheets_the_queue_says_so(desk):
    with db.transaction() as session:
        number = factories.item(session).number
    assert "Der er ingen ark at printe på" in desk.get(QUEUE).text
    assert make(desk, number).status_code == 422
    assert desk.post(f"{QUEUE}/nr/{number}").status_code == 409


def test_the_tablet_can_have_the_file_of_one_item(app, settings, numbers):
    with db.reading() as session:
        item = session.query(Item).filter_by(number=numbers[0]).one()
        pdf = printing.pdf_of_item(session, item, now=factories.NOW)
        large = printing.pdf_of_item(session, item, sheet_key="a4_3x7", now=factories.NOW)
    assert codes_of(pdf) == codes_of(large) == [[address_of(numbers[0])]]
    width, height = pypdfium2.PdfDocument(pdf)[0].get_size()
    assert (round(width / 72 * 25.4, 1), round(height / 72 * 25.4, 1)) == (62.0, 29.0)


def test_the_file_of_a_job_carries_the_name_of_this_workshop(desk, settings, numbers):
    job = made(desk, numbers[0])
    with db.reading() as session:
        found = queries.job(session, job.rsplit("/", 1)[1])
        assert settings.identity.name in text_of(printing.pdf_of_job(session, found))
