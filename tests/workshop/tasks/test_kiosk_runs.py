"""Runs of labels and stock counts at the tablet: done by somebody, so they become that person's work, once."""

from __future__ import annotations

from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from support import factories, people

from tests.workshop.tasks.rig import count
from tests.workshop.tasks.test_kiosk_new import key_on
from workshop.citizens.models import Citizen
from workshop.core import clock, db
from workshop.labels.models import JobState, Printer, PrintJob, PrintSend, PrintWay
from workshop.products.codes import actions as codes
from workshop.products.models import CountState, Item, StockCount, StockCountLine, StockMovement
from workshop.tasks.models import Assignment, AssignmentState, Participation, RecordStatus, TaskRecord

pytestmark = pytest.mark.usefixtures("kinds_of_work")


@pytest.fixture
def three(house) -> list[int]:
    """The numbers of three things that need labels, and a sheet to print them on."""
    with db.transaction() as session:
        factories.label_sheet(session)
        return [factories.item(session, title=title).number for title in ("Bænk", "Bord", "Stol")]


def begin_run(at: FlaskClient, numbers: list[int], place: str = "5") -> str:
    """A run of labels; gives the job's public id."""
    asked = at.get("/vaerksted/maerker/ark", query_string={"nr": numbers})
    data = {"nr": numbers, "ark": "a4_3x7", "plads": place, "gang": key_on(asked.text)}
    answer = at.post("/vaerksted/maerker/ark", data=data)
    assert answer.status_code == 303, answer.text
    assert at.post("/vaerksted/maerker/ark", data=data).location == answer.location, "a second tap"
    return answer.location.split("/")[-1]


def record_of_today() -> TaskRecord:
    with db.reading() as session:
        return session.scalars(sa.select(TaskRecord)).one()


def test_nothing_is_ticked_beforehand_and_one_button_ticks_all(mona: FlaskClient, three: list[int]) -> None:
    assert mona.get("/vaerksted/maerker").text.count(" checked") == 0
    assert mona.get("/vaerksted/maerker?alle=1").text.count(" checked") == len(three)
    assert mona.get("/vaerksted/maerker/ark").status_code == 422
    assert "Vælg mindst ét møbel." in mona.get("/vaerksted/maerker/ark?nr=abc&nr=4711").text


def test_a_run_of_labels_becomes_the_work_of_whoever_printed_it_once(
    house, mona: FlaskClient, lone: FlaskClient, three: list[int]
) -> None:
    job_id = begin_run(mona, three[:2])
    assert "Gør færdig: mærkerne" in mona.get("/vaerksted/hjem").text
    assert "Sidder mærkerne rigtigt?" in mona.get(f"/vaerksted/maerker/{job_id}").text
    assert mona.get(f"/vaerksted/maerker/{job_id}.pdf").data.startswith(b"%PDF")
    assert count(TaskRecord) == 0, "printing is not done before somebody has looked"
    assert mona.post(f"/vaerksted/maerker/{job_id}/godt").location == "/vaerksted/hjem"
    assert mona.post(f"/vaerksted/maerker/{job_id}/godt").status_code == 404, "it is done"
    with db.reading() as session:
        job = session.scalars(sa.select(PrintJob)).one()
        record = session.scalars(sa.select(TaskRecord)).one()
        assert list(session.scalars(sa.select(Participation.citizen_id))) == [house.monas_id]
    assert (job.state, job.start_cell, job.by_staff_id) == (JobState.PRINTED, 5, None)
    assert (record.status, record.print_job_id, record.assignment_id) == (RecordStatus.DRAFT, job.id, None)
    assert record.title == "Printe prismærker: 2 mærker"
    assert mona.get("/vaerksted/maerker").text.count('name="nr"') == 1
    assert "Printe prismærker: 2 mærker" in lone.get("/personale/hold").text
    confirm = f"/personale/hold/{record.public_id}"
    assert "Mona" in lone.get(confirm).text
    form = f"{record.public_id}.{house.mona}-"
    data = {f"{form}minutes": "20", f"{form}support": "S1", f"{form}quality": "Q2", "joint": "nej"}
    assert lone.post(confirm, data=data).status_code == 303
    assert record_of_today().status is RecordStatus.CONFIRMED
    data[f"{form}minutes"] = "25"
    assert lone.post(f"{confirm}/ret", data={**data, "why": "Det tog længere."}).status_code == 303
    with db.reading() as session:
        assert list(session.scalars(sa.select(TaskRecord.print_job_id))) == [job.id, job.id]


def test_a_run_is_for_whoever_began_it(house, mona: FlaskClient, yusuf: FlaskClient, three: list[int]) -> None:
    job_id = begin_run(mona, three)
    assert yusuf.get(f"/vaerksted/maerker/{job_id}").status_code == 404
    people.sign_in_citizen(mona, house.tablet_key, house.yusuf)  # Yusuf at the same tablet
    assert "Gør færdig: mærkerne" not in mona.get("/vaerksted/hjem").text
    for path in ("", ".pdf", "/billede.png"):
        assert mona.get(f"/vaerksted/maerker/{job_id}{path}").status_code == 404
    assert mona.post(f"/vaerksted/maerker/{job_id}/godt").status_code == 404
    assert count(TaskRecord) == 0
    people.sign_in_citizen(mona, house.tablet_key, house.mona)
    assert mona.post(f"/vaerksted/maerker/{job_id}/godt").status_code == 303
    assert count(TaskRecord) == 1


def given(house, key: str, **kwargs: object) -> str:
    """A task for Mona today; gives its public id."""
    with db.transaction() as session:
        person = session.get_one(Citizen, house.monas_id)
        kind = session.scalars(sa.select(factories.TaskType).where(factories.TaskType.key == key)).one()
        today = clock.local_day(clock.now())
        return people.assignment(session, person, task=kind, day=today, now=clock.now(), **kwargs).public_id


def test_a_run_finishes_ones_own_task_of_the_day(house, mona: FlaskClient, three: list[int]) -> None:
    task = given(house, "lo_print_labels")
    mona.post(f"/vaerksted/opgaver/{task}/start")
    mona.post(f"/vaerksted/maerker/{begin_run(mona, three[:1])}/godt")
    with db.reading() as session:
        assignment = session.scalars(sa.select(Assignment).where(Assignment.public_id == task)).one()
        record = session.scalars(sa.select(TaskRecord)).one()
    assert assignment.state is AssignmentState.FINISHED
    assert record.assignment_id == assignment.id
    mona.post(f"/vaerksted/opgaver/{task}/faerdig")
    assert count(TaskRecord) == 1, "the task's own button finds the same record"
    mona.post(f"/vaerksted/maerker/{begin_run(mona, three[1:], place='9')}/godt")
    assert count(TaskRecord) == 2, "another run is more work"


def test_a_task_that_was_finished_first_is_the_same_work(house, mona: FlaskClient, three: list[int]) -> None:
    task = given(house, "lo_print_labels")
    mona.post(f"/vaerksted/opgaver/{task}/faerdig")
    mona.post(f"/vaerksted/maerker/{begin_run(mona, three)}/godt")
    assert record_of_today().print_job_id is not None


def test_counting_at_a_place_becomes_work_once_and_changes_no_stock(
    house, mona: FlaskClient, yusuf: FlaskClient, three: list[int]
) -> None:
    with db.transaction() as session:
        session.execute(sa.update(Item).values(place="Reol 2"))
        nets = factories.item(session, title="Net med brænde", quantity=12).number
    moved = count(StockMovement)
    page = mona.post("/vaerksted/tael", data={"sted": "Reol 2"}).location
    assert yusuf.post("/vaerksted/tael", data={"sted": "Reol 2"}).location == page, "they count together"
    assert "Scan det første mærke." in mona.get(page).text
    assert mona.post(page, data={"nr": str(three[0])}).location == page
    assert yusuf.post(page, data={"nr": str(three[1])}).location == page
    assert mona.post(page, data={"nr": str(nets)}).location == f"{page}/{nets}"
    assert 'name="antal" value="3"' in mona.get(f"{page}/{nets}?antal=2").text
    assert mona.post(f"{page}/{nets}", data={"antal": "11"}).location == page
    shown = mona.get(page).text
    assert "11 styk" in shown
    assert "Yusuf" not in shown
    mona.post(f"{page}/{three[1]}/fortryd")
    assert count(StockCountLine) == 2
    for _tap in range(2):
        assert mona.post(f"{page}/faerdig").location == "/vaerksted/hjem"
    assert yusuf.post(f"{page}/faerdig").status_code == 303, "said by both it is one piece of work"
    record = record_of_today()
    assert (record.title, record.status) == ("Tælle lageret: Reol 2, 2 ting", RecordStatus.DRAFT)
    with db.reading() as session:
        counted = session.scalars(sa.select(StockCount)).one()
        assert list(session.scalars(sa.select(Participation.citizen_id))) == [house.monas_id]
    assert (counted.state, counted.by_staff_id, record.stock_count_id) == (CountState.COUNTED, None, counted.id)
    assert count(StockMovement) == moved, "staff correct the stock"
    assert mona.get(page).location == "/vaerksted/tael"
    assert mona.post(page, data={"nr": str(three[2])}).status_code == 409


@pytest.mark.parametrize("typed", ["", "4711", "æble", "9" * 30, "https://andre.example/x"])
def test_a_number_nobody_has_counts_nothing(mona: FlaskClient, three: list[int], typed: str) -> None:
    page = mona.post("/vaerksted/tael", data={"sted": "*"}).location
    answer = mona.post(page, data={"nr": typed})
    assert answer.status_code == 422
    assert 'role="alert"' in answer.text
    assert count(StockCountLine) == 0


def test_a_place_nobody_has_and_an_odd_number_lead_back(mona: FlaskClient, three: list[int]) -> None:
    assert mona.post("/vaerksted/tael", data={"sted": "Månen"}).location == "/vaerksted/tael"
    page = mona.post("/vaerksted/tael", data={"sted": "*"}).location
    for answer in (
        mona.post(f"{page}/{three[0]}", data={"antal": "mange"}),
        mona.get(f"{page}/{three[0]}?antal=-3"),
    ):
        assert answer.status_code == 422
        assert "Skriv et tal, ikke over 9999." in answer.text
    assert 'value="-3"' in mona.get(f"{page}/{three[0]}?antal=-3").text, "what was typed is kept"
    assert mona.post(f"{page}/faerdig").status_code == 409, "nothing is counted yet"
    assert count(TaskRecord) == 0
    assert mona.get("/vaerksted/tael/nobody").status_code == 404


def test_a_run_of_yesterday_is_left_for_staff(mona: FlaskClient, three: list[int]) -> None:
    job_id = begin_run(mona, three)
    with mona.session_transaction() as kept:
        yesterday = (clock.local_day(clock.now()) - timedelta(days=1)).isoformat()
        kept["runs"] = {job_id: [yesterday, kept["runs"][job_id][1]]}
    assert mona.get(f"/vaerksted/maerker/{job_id}").status_code == 404
    assert "Gør færdig" not in mona.get("/vaerksted/hjem").text


def test_a_count_with_things_left_is_not_ended_by_one_slip(mona: FlaskClient, three: list[int]) -> None:
    page = mona.post("/vaerksted/tael", data={"sted": "*"}).location
    mona.post(page, data={"nr": str(three[0])})
    assert f'href="{page}?slut=1"' in mona.get(page).text
    asked = mona.get(f"{page}?slut=1").text
    assert "Du har set én af 3." in asked
    assert f'action="{page}/faerdig"' in asked
    for number in three[1:]:
        mona.post(page, data={"nr": f"nr. {number}"})
    assert f'action="{page}/faerdig"' in mona.get(page).text, "when all is seen there is nothing to ask"


def test_a_label_that_is_on_nothing_is_not_counted_and_is_told_so(mona: FlaskClient, three: list[int]) -> None:
    with db.transaction() as session:
        blank = codes.reserve(session, 1, base_url=factories.BASE_URL, now=clock.now(), by_staff_id=None)[0].number
    page = mona.post("/vaerksted/tael", data={"sted": "*"}).location
    answer = mona.post(page, data={"nr": str(blank)})
    assert answer.status_code == 422
    assert "Det mærke sidder ikke på noget endnu." in answer.text


def test_a_run_that_came_out_badly_is_sent_once_more(mona: FlaskClient, three: list[int]) -> None:
    with db.transaction() as session:
        roll = factories.label_sheet(session, key="roll_62x29")
        machine = Printer(name="Zebra", way=PrintWay.ZPL, address="127.0.0.1:9100", sheet_id=roll.id)
        session.add(machine)
        session.flush()
        data = {"nr": three, "ark": roll.key, "plads": "1", "printer": machine.public_id}
    data["gang"] = key_on(mona.get("/vaerksted/maerker/ark", query_string=data).text)
    page = mona.post("/vaerksted/maerker/ark", data=data).location
    shown = mona.get(page).text
    assert "Printeren svarer ikke." in shown
    assert ".pdf" not in shown, "what was sent is not opened too"
    wrong = mona.get(f"{page}?svar=nej").text
    again = mona.post(f"{page}/igen", data={"gang": key_on(wrong)}).location
    assert again != page
    assert count(PrintSend) == 2
    assert mona.post(f"{page}/igen", data={"gang": key_on(wrong)}).status_code == 404, "the first run is over"
    mona.post(f"{again}/godt")
    assert record_of_today().title == "Printe prismærker: 3 mærker"
