from datetime import timedelta
from decimal import Decimal

import pypdfium2
import pytest
import zxingcpp
from support import factories
from support.queries import counted

from workshop.core import db
from workshop.core.access import Role
from workshop.core.errors import NotHere, Refusal
from workshop.labels import actions, printing, queries
from workshop.labels.models import Printer, PrintJob, PrintSend, PrintWay
from workshop.labels.printers import actions as printers
from workshop.labels.printers import queries as reads

PAGES = "/personale/prismaerker/printere"
QUEUE = "/personale/prismaerker"


@pytest.fixture
def desk(client):
    with db.transaction() as session:
        factories.label_sheet(session)
        factories.label_sheet(session, key="roll_62x29")
        email = factories.staff(session, roles=[Role.WORKSHOP]).email
    assert client.post("/personale/log-ind", data={"email": email, "password": factories.PASSWORD}).status_code == 303
    return client


def a_printer(session, name="Kontoret", **changes):
    return printers.add_printer(session, **{"name": name, "way": PrintWay.BROWSER, **changes})


def make_job(session, count, now, **changes):
    items = [factories.item(session) for _ in range(count)]
    values = {"sheet_key": "a4_3x7", "start_cell": 1, "by_staff_id": None, **changes}
    return actions.make_job(session, item_ids=[item.id for item in items], now=now, **values)


def test_each_printer_remembers_what_lies_in_it(session, now):
    sheet = factories.label_sheet(session)
    office, hall = a_printer(session), a_printer(session, "Hallen")
    job = make_job(session, 4, now, printer_id=office.id, start_cell=3)
    assert queries.next_cell(session, sheet, office.id) == 1, "nothing has been printed yet"
    assert actions.mark_printed(session, job, now=now)
    assert not actions.mark_printed(session, job, now=now)
    cells = [queries.next_cell(session, sheet, each) for each in (office.id, hall.id, None)]
    assert cells == [7, 1, 1], "the sheet in the office is in no other printer"
    actions.mark_printed(session, make_job(session, 2, now, printer_id=hall.id, start_cell=20), now=now)
    actions.mark_printed(session, make_job(session, 1, now), now=now + timedelta(hours=1))
    cells = [queries.next_cell(session, sheet, each) for each in (office.id, hall.id, None)]
    assert cells == [7, 1, 2], "a full sheet leaves the tray"
    printers.set_tray(session, office.id, sheet, 12)
    assert queries.next_cell(session, sheet, office.id) == 12
    for cell in (0, 22):
        with pytest.raises(Refusal, match="fra 1 til 21"):
            printers.set_tray(session, office.id, sheet, cell)


def test_a_job_is_put_right_for_its_printer(session, settings, now):
    factories.label_sheet(session)
    office = a_printer(session)
    printers.calibrate(session, office, right=150, down=-100)
    plain, put_right = make_job(session, 1, now), make_job(session, 1, now, printer_id=office.id)

    def corner(job):
        run = printing.run_of_job(session, job)
        page = pypdfium2.PdfDocument(run.pdf())[0]
        (code,) = zxingcpp.read_barcodes(page.render(scale=300 / 72).to_pil().convert("L"))
        return code.position.top_left.x * 25.4 / 300, code.position.top_left.y * 25.4 / 300

    (x, y), (new_x, new_y) = corner(plain), corner(put_right)
    assert new_x - x == pytest.approx(-1.5, abs=0.1)
    assert new_y - y == pytest.approx(1.0, abs=0.1)


def test_what_is_measured_after_a_correction_is_added_to_it(session):
    office = a_printer(session)
    printers.calibrate(session, office, right=150, down=-100)
    printers.calibrate(session, office, right=-20, down=0)
    assert printing.correction_of(office) == (Decimal("-1.3"), Decimal("1"))
    with pytest.raises(Refusal, match="over 10 mm"):
        printers.calibrate(session, office, right=900, down=0)
    assert office.offset_x == 130
    printers.reset_offsets(session, office)
    assert printing.correction_of(office) == (0, 0)


def test_a_label_printer_takes_rolls_only_and_its_jobs_are_due_there(session, now):
    factories.label_sheet(session)
    factories.label_sheet(session, key="roll_62x29")
    zebra = a_printer(session, "Zebra", way=PrintWay.ZPL, address="127.0.0.1:9100")
    with pytest.raises(Refusal, match="printer kun på ruller"):
        make_job(session, 1, now, printer_id=zebra.id)
    job = make_job(session, 1, now, printer_id=zebra.id, sheet_key="roll_62x29")
    assert session.get(PrintSend, job.id).due_at == now
    assert session.get(PrintSend, make_job(session, 1, now, printer_id=a_printer(session).id).id) is None
    with pytest.raises(NotHere):
        make_job(session, 1, now, printer_id=zebra.id + 100)


def test_a_printer_out_of_use_gets_no_new_job_and_a_reprint_goes_without_it(session, now):
    factories.label_sheet(session)
    office = a_printer(session)
    job = make_job(session, 1, now, printer_id=office.id)
    printers.change_printer(
        session, office, version=office.version, name="Kontoret", way=PrintWay.BROWSER, address="", model="",
        dots_per_inch=203, sheet_id=None, is_used=False,
    )  # fmt: skip
    with pytest.raises(Refusal, match="ikke i brug mere"):
        make_job(session, 1, now, printer_id=office.id)
    assert actions.reprint(session, job, start_cell=1, now=now, by_staff_id=None).printer_id is None
    assert reads.printers(session) == []
    assert reads.printers(session, only_used=False) == [office]


def test_the_printer_shown_first_is_one_that_can_be_used(session, now):
    factories.label_sheet(session)
    staff_id = factories.staff(session).account_id
    assert reads.usual_printer(session) is None, "there is none"
    zebra = a_printer(session, "Zebra", way=PrintWay.ZPL, address="127.0.0.1:9100")
    assert reads.usual_printer(session) is zebra
    make_job(session, 1, now, by_staff_id=staff_id)
    office, hall = a_printer(session), a_printer(session, "Hallen")
    assert reads.usual_printer(session) is office, "nobody has used any yet; this one needs no network"
    make_job(session, 1, now, printer_id=hall.id, by_staff_id=staff_id)
    make_job(session, 1, now, printer_id=office.id)
    assert reads.usual_printer(session) is hall, "the tablet's jobs do not count"
    hall.is_used = False
    session.flush()
    assert reads.usual_printer(session) is office, "what is out of use is not offered"
    make_job(session, 1, now, printer_id=office.id, by_staff_id=staff_id)
    make_job(session, 1, now, by_staff_id=staff_id)
    assert reads.usual_printer(session) is None, "staff chose to print without"


def test_two_printers_cannot_have_one_name(session):
    a_printer(session, "Kontoret")
    with pytest.raises(Refusal, match="allerede en printer"):
        a_printer(session, "kontoret")


def new_printer(client, **changes):
    data = {"name": "Kontoret", "way": "browser", "address": "", "dots_per_inch": "203", "model": "", "sheet": "a4_3x7"}
    return client.post(f"{PAGES}/ny", data={**data, **changes})


def test_a_printer_is_added_changed_measured_and_filled(desk):
    assert "Der er ingen printere endnu" in desk.get(PAGES).text
    page = new_printer(desk).location
    assert "Kontoret" in desk.get(PAGES).text
    changed = {"name": "Værkstedet", "way": "browser", "address": "", "dots_per_inch": "203", "model": "", "sheet": ""}
    assert desk.post(page, data={**changed, "is_used": "y", "version": "1"}).status_code == 303
    stale = desk.post(page, data={**changed, "is_used": "y", "version": "1"})
    assert stale.status_code == 422
    assert "ændret i et andet vindue" in stale.text
    assert "Værkstedet" in desk.get(PAGES).text

    file = desk.get(f"{page}/proeveside.pdf?ark=a4_3x7")
    text = pypdfium2.PdfDocument(file.data)[0].get_textpage().get_text_bounded()
    told = desk.get(f"{page}/ret-ind?ark=a4_3x7").text
    assert "15 mm" in " ".join(text.split()), "the page and the file name the same measure"
    assert "15 mm" in told
    measured = {"from_left": "15.4", "from_top": "14,75", "ark": "a4_3x7", "side": "A4"}
    answer = desk.post(f"{page}/ret-ind", data=measured, follow_redirects=True)
    assert "0,4 mm til venstre og 0,25 mm ned" in answer.text
    assert "Ja" in desk.get(PAGES).text
    desk.post(f"{page}/nulstil")
    assert "Begynd forfra" not in desk.get(f"{page}/ret-ind").text

    answer = desk.post(f"{page}/bakke", data={"sheet": "a4_3x7", "next_cell": "12"}, follow_redirects=True)
    assert "næste ledige plads er 12 af 21" in answer.text


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "Giv printeren et navn"),
        ({"name": "x" * 61}, "Højst 60 tegn."),
        ({"way": "zpl", "sheet": ""}, "Skriv printerens adresse. Den står"),
        ({"way": "zpl", "address": "8.8.8.8"}, "uden for huset"),
        ({"way": "zpl", "address": "zebra"}, "printer kun på ruller"),
        ({"way": "brother", "address": "ql", "sheet": ""}, "Vælg printerens model"),
        ({"way": "fax"}, "Not a valid choice"),
        ({"dots_per_inch": "mange"}, ""),
    ],
)
def test_a_printer_that_cannot_be_comes_back_with_what_was_typed(desk, changes, sentence):
    answer = new_printer(desk, **changes)
    assert answer.status_code == 422
    if sentence != "Not a valid choice":
        assert sentence in answer.text
    assert "<title>Fejl:" in answer.text
    if "address" in changes:
        assert f'value="{changes["address"]}"' in answer.text
    with db.reading() as session:
        assert session.query(Printer).count() == 0


@pytest.mark.parametrize(
    ("path", "data", "sentence"),
    [
        ("ret-ind", {"from_left": "", "from_top": "15"}, "Skriv, hvad du målte."),
        ("ret-ind", {"from_left": "15,4,1", "from_top": "15"}, "Skriv målet i millimeter"),
        ("ret-ind", {"from_left": "99", "from_top": "15", "side": "A4"}, "over 10 mm"),
        ("bakke", {"sheet": "a4_3x7", "next_cell": "22"}, "fra 1 til 21"),
        ("bakke", {"sheet": "a4_3x7", "next_cell": "mange"}, "Skriv pladsen med et tal"),
    ],
)
def test_what_was_measured_wrongly_is_said(desk, path, data, sentence):
    page = new_printer(desk).location
    answer = desk.post(f"{page}/{path}", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_printers_that_are_not_there_are_404(desk):
    page = f"{PAGES}/findesikke"
    for path in ("", "/ret-ind", "/proeveside.pdf?ark=a4_3x7"):
        assert desk.get(f"{page}{path}").status_code == 404
    for path in ("", "/nulstil", "/proeve"):
        assert desk.post(f"{page}{path}", data={"name": "x", "way": "browser"}).status_code == 404
    real = new_printer(desk).location
    assert desk.get(f"{real}/proeveside.pdf?ark=ukendt").status_code == 404
    assert desk.post(f"{real}/proeve", data={"ark": "roll_62x29"}).status_code == 404
    assert desk.post(f"{real}/bakke", data={"sheet": "ukendt", "next_cell": "1"}).status_code == 404


def test_the_queue_begins_where_the_chosen_printer_is_free_and_the_tray_moves_on(desk):
    page = new_printer(desk).location
    public_id = page.rsplit("/", 1)[1]
    desk.post(f"{page}/bakke", data={"sheet": "a4_3x7", "next_cell": "20"})
    with db.transaction() as session:
        numbers = [factories.item(session).number for _ in range(4)][:3]
    shown = desk.get(f"{QUEUE}?printer={public_id}&sheet=a4_3x7&drawn_sheet=a4_3x7&drawn_printer={public_id}").text
    assert 'value="20" checked' in shown
    assert "Første ledige plads på arket i Kontoret er 20" in shown
    data = {"items": numbers, "sheet": "a4_3x7", "drawn_sheet": "a4_3x7", "printer": public_id, "start_cell": "20"}
    refused = desk.post(QUEUE, data={**data, "drawn_printer": ""})
    assert refused.status_code == 422, "the place was chosen on the sheet of another printer"
    job = desk.post(QUEUE, data={**data, "drawn_printer": public_id}).location
    assert "Kontoret" in desk.get(job).text
    desk.post(f"{job}/udskrevet")
    assert 'value="2" checked' in desk.get(QUEUE).text, "the printer used last, and the second sheet of its job"


def test_a_double_click_makes_one_job(desk):
    with db.transaction() as session:
        number = factories.item(session).number
    page = desk.get(QUEUE).text
    key = page.split('name="key" value="')[1].split('"')[0]
    data = {"items": [number], "sheet": "a4_3x7", "drawn_sheet": "a4_3x7", "start_cell": "1", "key": key}
    assert desk.post(QUEUE, data=data).location == desk.post(QUEUE, data=data).location
    blank = {"how_many": "4", "sheet": "a4_3x7", "drawn_sheet": "a4_3x7", "start_cell": "1", "key": "k" * 22}
    first, second = (desk.post(f"{QUEUE}/blanke", data=blank).location for _ in range(2))
    assert first == second
    assert "4 mærker er klar til print" in desk.get(first).text
    with db.reading() as session:
        assert session.query(PrintJob).count() == 2
    assert desk.post(QUEUE, data={**data, "key": "../../x"}).status_code == 303


@pytest.mark.parametrize(
    ("how_many", "sentence"),
    [("", "Skriv, hvor mange"), ("0", "fra 1 til 1.000"), ("1001", "fra 1 til 1.000"), ("en", "Skriv antallet")],
)
def test_a_wrong_number_of_blank_labels_is_said_and_takes_no_number(desk, how_many, sentence):
    data = {"how_many": how_many, "sheet": "a4_3x7", "drawn_sheet": "a4_3x7", "start_cell": "1"}
    answer = desk.post(f"{QUEUE}/blanke", data=data)
    assert answer.status_code == 422
    assert sentence in answer.text
    assert desk.post(f"{QUEUE}/blanke", data={**data, "how_many": "2", "start_cell": "22"}).status_code == 422
    with db.transaction() as session:
        assert factories.item(session).number == 1000 or session.query(PrintJob).count() == 0


def test_labels_that_came_out_badly_are_chosen_on_the_page_of_the_job(desk):
    with db.transaction() as session:
        numbers = [factories.item(session).number for _ in range(3)]
    job = desk.post(QUEUE, data={"items": numbers, "sheet": "a4_3x7", "start_cell": "1"}).location
    assert desk.post(f"{job}/nogle", data={}).status_code == 422
    answer = desk.post(f"{job}/nogle", data={"spoiled": ["1", "3"], "key": "n" * 22})
    assert answer.status_code == 303
    assert "2 mærker er klar til print" in desk.get(answer.location).text
    assert "fra plads 4" in desk.get(answer.location).text
    assert desk.post(f"{job}/nogle", data={"spoiled": ["1", "3"], "key": "n" * 22}).status_code == 303
    with db.reading() as session:
        assert session.query(PrintJob).count() == 2, "the second press gives the same job"
    assert "2 mærker blev ikke gode" in desk.get(job).text


def test_pages_about_labels_ask_as_often_for_many_as_for_few(desk):
    new_printer(desk)

    def job_of(count):
        with db.transaction() as session:
            numbers = [factories.item(session).number for _ in range(count)]
        return desk.post(QUEUE, data={"items": numbers, "sheet": "a4_3x7", "start_cell": "1"}).location

    def asked(*pages):
        sent = []
        for page in pages:
            desk.get(page)
            with counted() as each:
                assert desk.get(page).status_code == 200
            sent.append(len(each))
        return sent

    few = asked(job_of(2), PAGES, QUEUE, f"{QUEUE}/blanke")
    for number in range(4):
        new_printer(desk, name=f"Printer {number}")
    assert asked(job_of(20), PAGES, QUEUE, f"{QUEUE}/blanke") == few
