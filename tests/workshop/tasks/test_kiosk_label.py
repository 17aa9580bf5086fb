"""One label from the tablet: seen, printed, and said to be good by whoever holds it."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from support import factories

from tests.workshop.tasks.rig import count
from workshop.core import clock, db
from workshop.labels.models import JobState, LabelSheet, Printer, PrintJob, PrintSend, PrintWay
from workshop.products import actions as products
from workshop.products.models import Item


@pytest.mark.usefixtures("roll")
def test_the_label_is_seen_first_and_then_printed(mona: FlaskClient, bench: int) -> None:
    page = mona.get(f"/vaerksted/moebler/{bench}/maerke").text
    assert f'src="/vaerksted/moebler/{bench}/maerke.png"' in page
    assert mona.get(f"/vaerksted/moebler/{bench}/maerke.png").data.startswith(b"\x89PNG")
    assert count(PrintJob) == 0, "looking at a label prints nothing"
    answer = mona.post(f"/vaerksted/moebler/{bench}/maerke")
    assert answer.status_code == 303
    asked = mona.get(answer.location).text
    assert "Blev mærket godt?" in asked
    file = re.search(r'href="([^"]+\.pdf)"', asked)
    assert file
    assert mona.get(file[1]).data.startswith(b"%PDF")


@pytest.mark.usefixtures("roll")
def test_two_taps_make_one_label_that_waits_until_staff_say_it_is_printed(
    mona: FlaskClient, lone: FlaskClient, bench: int
) -> None:
    first, second = (mona.post(f"/vaerksted/moebler/{bench}/maerke").location for _tap in range(2))
    assert first == second
    with db.reading() as session:
        job = session.scalars(sa.select(PrintJob)).one()
    assert (job.by_staff_id, job.printed_at) == (None, None)
    queue = lone.get("/personale/prismaerker").text
    assert f"/personale/prismaerker/{job.public_id}/udskrevet" in queue
    assert "Tabletten" in queue
    assert lone.post(f"/personale/prismaerker/{job.public_id}/udskrevet").status_code == 303
    assert f"/personale/prismaerker/{job.public_id}/udskrevet" not in lone.get("/personale/prismaerker").text
    assert mona.post(f"/vaerksted/moebler/{bench}/maerke").location != first, "what is printed is not printed again"


@pytest.mark.usefixtures("roll")
def test_the_file_of_a_job_is_shown_for_its_own_thing_only(mona: FlaskClient, bench: int) -> None:
    with db.transaction() as session:
        other = factories.item(session).number
    job = mona.post(f"/vaerksted/moebler/{bench}/maerke").location.partition("job=")[2]
    assert mona.get(f"/vaerksted/moebler/{bench}/maerke/{job}.pdf").status_code == 200
    assert mona.get(f"/vaerksted/moebler/{other}/maerke/{job}.pdf").status_code == 404
    assert mona.post(f"/vaerksted/moebler/{other}/maerke/{job}/godt").status_code == 404
    assert "Blev mærket godt?" not in mona.get(f"/vaerksted/moebler/{other}/maerke?job={job}").text


@pytest.mark.usefixtures("roll")
def test_whoever_holds_the_label_may_say_that_it_is_good(mona: FlaskClient, lone: FlaskClient, bench: int) -> None:
    job = mona.post(f"/vaerksted/moebler/{bench}/maerke").location.partition("job=")[2]
    for _tap in range(2):
        answer = mona.post(f"/vaerksted/moebler/{bench}/maerke/{job}/godt")
        assert answer.location.endswith(f"/{bench}?ny=1")
    with db.reading() as session:
        assert session.scalars(sa.select(PrintJob.state)).all() == [JobState.PRINTED]
    assert f"{job}/udskrevet" not in lone.get("/personale/prismaerker").text


@pytest.mark.usefixtures("roll")
def test_what_staff_print_is_for_staff_to_confirm(mona: FlaskClient, lone: FlaskClient, bench: int) -> None:
    lone.post(f"/personale/prismaerker/nr/{bench}")
    with db.reading() as session:
        job = session.scalars(sa.select(PrintJob)).one()
    assert job.by_staff_id is not None
    assert mona.post(f"/vaerksted/moebler/{bench}/maerke/{job.public_id}/godt").status_code == 404


@pytest.mark.usefixtures("roll")
def test_a_nameless_thing_is_named_before_it_gets_a_label(mona: FlaskClient, bench: int) -> None:
    with db.transaction() as session:
        session.execute(sa.update(Item).values(title=""))
    assert "Den mangler et navn." in mona.get(f"/vaerksted/moebler/{bench}/maerke").text
    assert mona.post(f"/vaerksted/moebler/{bench}/maerke").status_code == 409


@pytest.mark.usefixtures("roll")
def test_what_is_not_for_sale_gets_no_label(mona: FlaskClient, bench: int) -> None:
    with db.transaction() as session:
        item = session.scalars(sa.select(Item).where(Item.number == bench)).one()
        products.withdraw(session, item, now=clock.now(), by_staff_id=None)
    assert "Den er ikke til salg." in mona.get(f"/vaerksted/moebler/{bench}/maerke").text
    assert mona.post(f"/vaerksted/moebler/{bench}/maerke").status_code == 409
    assert count(PrintJob) == 0


def test_a_thing_without_a_price_has_no_label_yet(mona: FlaskClient) -> None:
    with db.transaction() as session:
        number = factories.item(session, price_ore=None, is_for_sale=False).number
    assert "ingen pris endnu" in mona.get(f"/vaerksted/moebler/{number}/maerke").text
    assert mona.post(f"/vaerksted/moebler/{number}/maerke").status_code == 409


@pytest.mark.usefixtures("roll")
def test_a_label_printer_on_the_network_gets_it_at_once_and_once_more_when_it_came_out_badly(
    mona: FlaskClient, bench: int
) -> None:
    with db.transaction() as session:
        session.add(Printer(name="Zebra", way=PrintWay.ZPL, address="127.0.0.1:9100", sheet_id=None))
    page = f"/vaerksted/moebler/{bench}/maerke"
    first, second = (mona.post(page).location.partition("job=")[2] for _tap in "12")
    assert first == second
    asked = mona.get(f"{page}?job={first}").text
    assert "Printeren svarer ikke." in asked, "it was tried at once, and nobody waits in vain beside it"
    assert "Åbn mærket" not in asked
    with db.transaction() as session:
        session.execute(sa.update(PrintSend).values(sent_at=clock.now(), trouble=""))
    assert "Mærket er på vej." in mona.get(f"{page}?job={first}").text
    again = {mona.post(f"{page}/{first}/igen").location for _tap in "12"}
    assert len(again) == 1
    assert f"job={first}" not in again.pop()
    assert count(PrintSend) == 2


def test_a_single_label_goes_on_the_roll_staff_keep_in_a_printer(mona: FlaskClient, bench: int) -> None:
    with db.transaction() as session:
        a4 = factories.label_sheet(session)
        roll = factories.label_sheet(session, key="roll_50x30")
        roll.label_w = roll.pitch_x = 5000
        roll.label_h = roll.pitch_y = 3000
        session.add_all(
            [
                Printer(name="Kontoret", way=PrintWay.BROWSER, address="", sheet_id=a4.id),
                Printer(name="Rullen", way=PrintWay.BROWSER, address="", sheet_id=roll.id),
            ]
        )
    page = f"/vaerksted/moebler/{bench}/maerke"
    assert 'width="5000" height="3000"' in mona.get(page).text, "the picture is the label that will be printed"
    first, second = (mona.post(page).location for _tap in "12")
    assert first == second
    with db.reading() as session:
        job = session.scalars(sa.select(PrintJob)).one()
        assert session.get_one(Printer, job.printer_id).name == "Rullen"
        assert session.get_one(LabelSheet, job.sheet_id).key == "roll_50x30"


@pytest.mark.usefixtures("roll")
def test_a_wrong_name_is_put_right_from_the_label(mona: FlaskClient) -> None:
    with db.transaction() as session:
        number = factories.item(session, title="Bork", is_for_sale=False).number
    label = f"/vaerksted/moebler/{number}/maerke"
    there = f"/vaerksted/moebler/{number}/navn?til=maerke"
    assert f'href="{there}"' in mona.get(label).text
    assert mona.post(there, data={"title": "Bord"}).location == label
    assert 'alt="Mærket: Bord' in mona.get(label).text


@pytest.mark.usefixtures("roll")
def test_the_picture_of_a_printed_label_is_the_one_that_was_made(mona: FlaskClient, bench: int) -> None:
    picture = f"/vaerksted/moebler/{bench}/maerke.png"
    job = mona.post(f"/vaerksted/moebler/{bench}/maerke").location.partition("job=")[2]
    before = mona.get(picture).data
    with db.transaction() as session:
        item = session.scalars(sa.select(Item).where(Item.number == bench)).one()
        products.set_price(session, item, 12_300, now=clock.now(), by_staff_id=None)
    assert mona.get(f"{picture}?job={job}").data == before
    assert mona.get(picture).data != before
