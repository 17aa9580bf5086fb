"""The pages about one order: changed, moved, drawn, ended; the board, the wall, the cut list and the work card."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pypdfium2
import pytest
import sqlalchemy as sa
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people, photos
from support.queries import counted

from workshop.core import clock, crypto, db
from workshop.core.access import Role
from workshop.core.config import Settings
from workshop.production import actions, words
from workshop.production.models import (
    CutPart,
    Lacking,
    OrderPicture,
    OrderState,
    OrderStep,
    ProductionOrder,
    TaskStep,
)
from workshop.production.queries import board
from workshop.products.models import Item, ProductType
from workshop.products.photos import checking, serving

PAGE = "/personale/produktion"


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.WORKSHOP], departments=[factories.department(session)]).email
    people.sign_in_staff(client, email)
    return client


@pytest.fixture
def order(app: Flask) -> str:
    with db.transaction() as session:
        return factories.production_order(session, title="Havebænk i lærk", steps=2, pieces=3).public_id


def stored(public_id: str) -> ProductionOrder:
    with db.reading() as session:
        return session.scalars(sa.select(ProductionOrder).where(ProductionOrder.public_id == public_id)).one()


def step_ids(order: str) -> list[str]:
    with db.reading() as session:
        of_order = OrderStep.order_id == stored(order).id
        return list(session.scalars(sa.select(OrderStep.public_id).where(of_order).order_by(OrderStep.position)))


def test_a_sticky_note_needs_a_title_and_a_day_and_ends_by_one_button(desk: FlaskClient) -> None:
    answer = desk.post(f"{PAGE}/ny", data={"title": "Reol til kontoret", "due_on": "2026-12-04"})
    assert answer.status_code == 303
    page = desk.get(answer.location).text
    assert "Den har ingen trin. Gør den færdig med én knap" in page
    for _tap in range(2):
        ended = desk.post(f"{answer.location}/afslut", data={"reworked": "0", "rejected": "0", "version": "1"})
        assert ended.status_code == 303
    with db.reading() as session:
        assert session.scalars(sa.select(Item.title)).all() == ["Reol til kontoret"]


def test_an_idea_is_kept_with_its_words(desk: FlaskClient) -> None:
    data = {"title": "Bænk om et træ", "source": "idea", "idea": "Seks små\nbænke i en ring"}
    page = desk.get(desk.post(f"{PAGE}/ny", data=data).location).text
    assert "En idé" in page
    assert "Seks små\nbænke i en ring" in page


def test_a_sketch_is_kept_shown_and_removed(desk: FlaskClient, order: str, settings: Settings) -> None:
    upload = {"photo": (io.BytesIO(photos.telling_jpeg()), "IMG_1.jpg"), "alt_text": "Skitse af bænken"}
    assert desk.post(f"{PAGE}/{order}/billeder", data=upload).status_code == 303
    page = desk.get(f"{PAGE}/{order}").text
    found = re.search(rf'src="({PAGE}/skitse/([\w-]+)-400\.jpg)" alt="Skitse af bænken"', page)
    assert found is not None
    shown = desk.get(found[1])
    assert (shown.status_code, shown.mimetype) == (200, "image/jpeg")
    with desk.application.app_context():
        kept = checking.check(serving.store(), clock.now() + timedelta(days=1))
    assert kept.removed == ()  # the hourly check leaves it alone
    assert desk.post(f"{PAGE}/{order}/billeder/{found[2]}/fjern").status_code == 303
    assert desk.get(found[1]).status_code == 404
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(OrderPicture.id))) == 0


def test_what_is_no_picture_is_said(desk: FlaskClient, order: str) -> None:
    upload = {"photo": (io.BytesIO(b"ikke et billede"), "x.jpg")}
    answer = desk.post(f"{PAGE}/{order}/billeder", data=upload)
    assert answer.status_code == 422
    assert desk.post(f"{PAGE}/{order}/billeder", data={}).status_code == 422


def test_steps_are_put_in_renamed_moved_repeated_and_taken_back(desk: FlaskClient, order: str) -> None:
    first, last = step_ids(order)
    with db.transaction() as session:
        factories.task_type(session, key="gf_paint", name="Male")
    base = f"{PAGE}/{order}/trin"
    assert desk.post(base, data={"task": "gf_paint", "where": last}).status_code == 303
    assert desk.get(f"{base}/{first}").status_code == 200
    assert desk.post(f"{base}/{first}", data={"title": "Save lige", "place": "Savrummet"}).status_code == 303
    assert desk.post(f"{base}/{first}", data={"title": ""}).status_code == 422
    assert desk.post(f"{base}/{last}/flyt", data={"way": "op", "position": "3"}).status_code == 303
    assert "Trinnene er flyttet imens" in desk.post(
        f"{base}/{last}/flyt", data={"way": "op", "position": "3"}, follow_redirects=True
    ).text  # fmt: skip
    assert desk.post(f"{base}/{last}/flyt", data={"way": "ud"}).status_code == 404
    assert desk.post(f"{base}/{last}/igen").status_code == 303
    desk.post(f"{base}/{first}/faerdig")
    assert desk.post(f"{base}/{first}/tilbage").status_code == 303
    with db.reading() as session:
        of_order = OrderStep.order_id == stored(order).id
        rows = session.execute(sa.select(OrderStep.title, OrderStep.state).where(of_order).order_by(OrderStep.position))
        assert [(row.title, row.state.value) for row in rows] == [
            ("Save lige", "waiting"),
            ("Trin 2", "waiting"),
            ("Trin 2", "waiting"),
            ("Male", "waiting"),
        ]


def test_a_step_put_in_or_repeated_by_two_taps_is_there_once(desk: FlaskClient, order: str) -> None:
    first, last = step_ids(order)
    with db.transaction() as session:
        factories.task_type(session, key="gf_paint", name="Male")
    words = [crypto.new_public_id() for _form in range(3)]
    for _tap in range(2):
        form = {"task": "gf_paint", "where": last, "once": words[0]}
        assert desk.post(f"{PAGE}/{order}/trin", data=form).status_code == 303
        assert desk.post(f"{PAGE}/{order}/trin/{first}/igen", data={"once": words[1]}).status_code == 303
    assert len(step_ids(order)) == 4
    desk.post(f"{PAGE}/{order}/trin/{first}/igen", data={"once": words[2]})
    assert len(step_ids(order)) == 5


def test_all_rejected_is_said_clearly(desk: FlaskClient, order: str) -> None:
    first, _last = step_ids(order)
    desk.post(f"{PAGE}/{order}/trin/{first}/faerdig")
    answer = desk.post(
        f"{PAGE}/{order}/afslut", data={"reworked": "", "rejected": "3", "version": "1"}, follow_redirects=True
    )
    assert "Alle stykker er kasseret, så der kom ingen møbler ud af den." in answer.text
    assert "Der kom ingen møbler ud af den" in desk.get(f"{PAGE}/{order}").text
    assert stored(order).state is OrderState.FINISHED


def test_several_steps_left_and_too_many_rejected_come_back_with_what_was_typed(desk: FlaskClient, order: str) -> None:
    answer = desk.post(f"{PAGE}/{order}/afslut", data={"reworked": "1", "rejected": "0", "version": "1"})
    assert (answer.status_code, "Der er 2 trin tilbage" in answer.text) == (422, True)
    answer = desk.post(f"{PAGE}/{order}/udfald", data={"reworked": "1", "rejected": "4", "version": "1"})
    assert answer.status_code == 422
    assert 'value="4"' in answer.text
    assert stored(order).rejected == 0


def test_two_outcomes_meet_and_both_are_on_the_page(desk: FlaskClient, order: str) -> None:
    assert desk.post(f"{PAGE}/{order}/udfald", data={"rejected": "1", "version": "1"}).status_code == 303
    answer = desk.post(f"{PAGE}/{order}/udfald", data={"rejected": "2", "version": "1"})
    assert answer.status_code == 409
    assert "1 kasseret" in answer.text  # what is stored
    assert re.search(r'name="rejected"[^>]*value="2"', answer.text)  # what was typed
    version = str(stored(order).version)
    assert desk.post(f"{PAGE}/{order}/udfald", data={"rejected": "2", "version": version}).status_code == 303
    assert stored(order).rejected == 2


def test_two_who_edit_see_both(desk: FlaskClient, order: str) -> None:
    assert desk.get(f"{PAGE}/{order}/ret").status_code == 200
    one = {"title": "Bænk, grøn", "pieces": "3", "source": "shop", "reference": "B-1042", "version": "1"}
    assert desk.post(f"{PAGE}/{order}/ret", data=one).status_code == 303
    answer = desk.post(f"{PAGE}/{order}/ret", data={**one, "title": "Bænk, blå"})
    assert answer.status_code == 409
    assert "Bænk, grøn" in answer.text
    assert 'value="Bænk, blå"' in answer.text
    assert 'name="version" type="hidden" value="2"' in answer.text
    assert desk.post(f"{PAGE}/{order}/stop", data={"version": "1"}).status_code == 409
    assert desk.post(f"{PAGE}/{order}/stop", data={"version": "2"}).status_code == 303
    assert desk.post(f"{PAGE}/{order}/ret", data={**one, "version": "2"}).status_code == 409


@pytest.mark.parametrize("changes", [{"title": ""}, {"pieces": "0"}, {"length_cm": "lang"}, {"due_on": "9999-01-01"}])
def test_an_odd_edit_comes_back(desk: FlaskClient, order: str, changes: dict[str, str]) -> None:
    data = {"title": "Bænk", "pieces": "3", "source": "other", "version": "1", **changes}
    assert desk.post(f"{PAGE}/{order}/ret", data=data).status_code == 422
    assert stored(order).version == 1


def test_flyt_gives_another_day_and_says_what_is_lacking(desk: FlaskClient, order: str) -> None:
    late = clock.local_day(clock.now()) - timedelta(days=2)
    data = {"due_on": late.isoformat(), "lacking": "material", "note": "6 m lærk", "version": "1"}
    assert desk.post(f"{PAGE}/{order}/flyt", data=data).status_code == 303
    page = desk.get(PAGE).text
    assert "2 dage for sent. Mangler materialer: 6 m lærk." in page
    assert "1 for sent" in page
    assert desk.post(f"{PAGE}/{order}/flyt", data=data).status_code == 409
    data = {"due_on": late.isoformat(), "lacking": "", "note": "", "version": "2"}
    assert desk.post(f"{PAGE}/{order}/flyt", data=data).status_code == 303
    assert "2 dage for sent. Ingen er begyndt." in desk.get(PAGE).text
    assert desk.post(f"{PAGE}/{order}/flyt", data={"lacking": "kaffe", "version": "3"}).status_code == 422


def test_what_waits_stands_apart_and_the_days_are_headings(app: Flask) -> None:
    today = clock.local_day(clock.now())
    with db.transaction() as session:
        factories.production_order(session, title="I dag", due_on=today)
        factories.production_order(session, title="Uden")
        waiting = factories.production_order(session, title="Venter", due_on=today)
        actions.move_order(session, waiting, due_on=today, lacking=Lacking.PEOPLE, note="", version=1)
        found = board(session, [waiting.department_id])
        assert [line.title for line in found.waiting] == ["Venter"]
        days = [(day, [line.title for line in lines]) for day, lines in words.by_day(found.ready, today)]
        assert days == [("I dag", ["I dag"]), ("Uden dag endnu", ["Uden"])]


def test_three_hundred_open_orders_cost_the_board_and_the_wall_no_more_questions(desk: FlaskClient) -> None:
    counts: dict[str, list[int]] = {PAGE: [], f"{PAGE}/tavle": []}
    for more in (3, 297):
        with db.transaction() as session:
            kind = session.scalar(sa.select(ProductType)) or factories.product_type(
                session, route=[factories.task_type(session, name="Save"), factories.task_type(session, name="Slibe")]
            )
            kind.is_made_to_order = True  # so that the board tells of lead times too
            for number in range(more):
                factories.production_order(session, title=f"Ordre {number}", kind=kind)
        for path, asked in counts.items():
            desk.get(path)
            with counted() as sent:
                page = desk.get(path).text
            asked.append(len(sent))
    assert counts[PAGE][0] == counts[PAGE][1] < 20
    assert counts[f"{PAGE}/tavle"][0] == counts[f"{PAGE}/tavle"][1] <= 10
    assert page.count('class="wall-sheet"') == 15  # twenty on each
    assert "300 ordrer, 15 ark" in page


@pytest.fixture
def bench(app: Flask) -> str:
    """An order for two benches with a cut list that follows their length."""
    with db.transaction() as session:
        saw = factories.task_type(session, name="Save træ i længde")
        saw.tools = ["kapsav", "vinkel"]
        session.add(TaskStep(task_type_id=saw.id, position=1, text="Sæt streg med vinkel."))
        kind = factories.product_type(session, sku="HB-77", route=[saw])
        kind.options = {"længde": [["150", 0], ["180", 30_000]]}
        rule = {"name": "Sædebræt", "pieces": 5, "per_length": 100, "plus_mm": -56}
        session.add(CutPart(product_type_id=kind.id, position=1, **rule))
        return factories.production_order(session, kind=kind, pieces=2, title="Bænke til Mølleparken").public_id


def test_the_cut_list_follows_options_and_own_measures(desk: FlaskClient, bench: str) -> None:
    assert "1444 mm" in desk.get(f"{PAGE}/{bench}").text
    data = {"title": "Bænke", "pieces": "2", "source": "shop", "valg-0": "180", "version": "1"}
    assert desk.post(f"{PAGE}/{bench}/ret", data=data).status_code == 303
    page = desk.get(f"{PAGE}/{bench}").text
    assert "1744 mm" in page
    assert "17,44 m" in page
    assert "19,19 m" in page  # with ten percent of waste
    desk.post(f"{PAGE}/{bench}/ret", data={**data, "length_cm": "200", "version": "2"})
    assert "1944 mm" in desk.get(f"{PAGE}/{bench}").text


def test_a_wrong_option_gives_a_sentence_and_changes_nothing(desk: FlaskClient, bench: str) -> None:
    data = {"title": "Bænke", "pieces": "2", "source": "shop", "valg-0": "175", "version": "1"}
    answer = desk.post(f"{PAGE}/{bench}/ret", data=data)
    assert answer.status_code == 422
    assert "“175” kan ikke vælges som længde. Vælg mellem: 150, 180." in answer.text
    with db.transaction() as session:  # the type no longer comes in what was chosen
        found = session.scalars(sa.select(ProductionOrder).where(ProductionOrder.public_id == bench)).one()
        found.options = {"længde": "175"}
    page = desk.get(f"{PAGE}/{bench}")
    assert (page.status_code, "Vælg mellem: 150, 180." in page.text) == (200, True)
    assert desk.get(f"{PAGE}/{bench}/arbejdskort.pdf").status_code == 200


def test_the_parts_of_a_type_are_edited_as_plain_fields(desk: FlaskClient, bench: str) -> None:
    page = f"{PAGE}/skaerelister/HB-77"
    assert "100 % af længden minus 56 mm" in desk.get(page).text
    assert "HB-77" in desk.get(f"{PAGE}/skaerelister").text
    assert desk.post(page, data={"name": "Ben", "pieces": "4", "per_height": "50"}).status_code == 303
    assert "425 mm" in desk.get(page).text
    form = desk.get(f"{page}/2").text
    seen = re.search(r'name="seen" type="hidden" value="([^"]*)"', form)
    assert seen is not None
    changed = {"name": "Ben", "pieces": "4", "per_height": "100", "seen": seen[1]}
    assert desk.post(f"{page}/2", data=changed).status_code == 303
    answer = desk.post(f"{page}/2", data={**changed, "per_height": "60"})
    assert (answer.status_code, "En anden har rettet delen imens" in answer.text) == (409, True)
    assert desk.post(page, data={"name": "Luft", "pieces": "1"}).status_code == 422
    assert desk.post(page, data={"name": "", "pieces": "0", "per_length": "x"}).status_code == 422
    assert desk.post(f"{page}/2/fjern").status_code == 303
    assert desk.post(f"{page}/2/fjern").status_code == 404
    assert desk.get(f"{PAGE}/skaerelister/NIX").status_code == 404


def test_the_work_card_says_what_to_do_and_its_code_opens_the_order(
    desk: FlaskClient, bench: str, settings: Settings
) -> None:
    answer = desk.get(f"{PAGE}/{bench}/arbejdskort.pdf")
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    page = pypdfium2.PdfDocument(answer.data)[0]
    text = page.get_textpage().get_text_bounded()
    said = ("Mølleparken", "2 stk.", "Save træ i længde", "Sæt streg med vinkel.", "kapsav", "støvmaske", "1444 mm")
    assert [word for word in said if word not in text] == []
    (code,) = zxingcpp.read_barcodes(page.render(scale=3).to_pil())
    assert code.text.startswith(settings.base_url)
    scanned = desk.get(code.text.removeprefix(settings.base_url))
    assert scanned.location.endswith(f"{PAGE}/{bench}")
    assert desk.get(scanned.location).status_code == 200


def test_a_citizen_who_scans_a_work_card_gets_todays_tasks(client: FlaskClient, bench: str) -> None:
    assert client.get(f"{PAGE}/kort/{bench}").location.endswith(f"{PAGE}/{bench}")  # and from there to sign in
    with db.transaction() as session:
        person = people.citizen(session, weekdays=range(7), now=clock.now())
        key, public_id = people.tablet(session, now=clock.now())[1], person.public_id
    browser = people.at_tablet(client.application, key, public_id)
    assert browser.get(f"{PAGE}/kort/{bench}").location == "/vaerksted/opgaver"
    browser.post("/vaerksted/ud")
    assert browser.get(f"{PAGE}/kort/{bench}").location == "/vaerksted/opgaver"  # which asks who it is first


def test_the_work_of_another_department_is_not_here(client: FlaskClient, bench: str) -> None:
    with db.transaction() as session:
        at = factories.department(session, key="maler", name="Malerrummet")
        email = factories.staff(session, departments=[at]).email
    people.sign_in_staff(client, email)
    for path in ("arbejdskort.pdf", "ret", "flyt"):
        assert client.get(f"{PAGE}/{bench}/{path}").status_code == 404
    data = {"title": "x", "pieces": "1", "source": "other"}
    for path in ("ret", "flyt", "udfald", "afslut", "billeder", f"trin/{step_ids(bench)[0]}/tilbage"):
        assert client.post(f"{PAGE}/{bench}/{path}", data=data).status_code == 404, path
    assert stored(bench).version == 1
