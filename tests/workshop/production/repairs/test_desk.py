"""The pages of what comes in: the counter, the card, the slip, the owner's page and the handing back."""

from __future__ import annotations

import io
import re
from datetime import date, timedelta
from decimal import Decimal

import pypdfium2
import pytest
import sqlalchemy as sa
import zxingcpp
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people, photos
from support.queries import counted

from tests.workshop.production.repairs import rig
from workshop.core import clock, crypto, db
from workshop.core.access import Role
from workshop.core.config import Settings
from workshop.production.models import OrderState, ProductionOrder
from workshop.production.repairs import actions, agreeing, letters
from workshop.production.repairs.door import Head
from workshop.production.repairs.models import JobKind, JobState, RepairJob, RepairPhoto, Whose
from workshop.products.photos import checking, serving

PAGE = "/personale/produktion/indleveret"


def typed(**more: object) -> dict[str, object]:
    """What stands in the form at the counter."""
    return {
        "once": crypto.new_public_id(),
        "kind": "furniture",
        "whose": "customer",
        "title": "Gyngestol i bøg",
        "faults": "Sædet er løst",
        "owner_name": rig.OWNER,
        "owner_phone": "20 30 40 50",
        "owner_email": "vera@kunde.example",
        **more,
    }


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.WORKSHOP]).email
    people.sign_in_staff(client, email)
    return client


@pytest.fixture
def seller(app: Flask, desk: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=[Role.SALES]).email
    return people.at_desk(app, email)


def stored(public_id: str = "") -> RepairJob:
    with db.reading() as session:
        where = [RepairJob.public_id == public_id] if public_id else []
        return session.scalars(sa.select(RepairJob).where(*where)).one()


def head(app: Flask) -> Head:
    return Head.of(app.extensions["settings"])


def offered(app: Flask, **more: object) -> RepairJob:
    """A customer's thing with a price, given now; its link is one this app knows."""
    with db.transaction() as session:
        job = rig.offered(session, now=clock.now(), **more)  # type: ignore[arg-type]
        job.link_hash = crypto.token_hash(head(app).token(job.public_id))
        public_id = job.public_id
    return stored(public_id)


def let_in(app: Flask, job: RepairJob) -> FlaskClient:
    """The owner's browser, by the link."""
    browser = people.browser(app)
    path = head(app).link(job.public_id).removeprefix("http://localhost")
    answer = browser.get(path)
    assert answer.status_code == 303, answer.text
    assert head(app).token(job.public_id) not in answer.location
    return browser


def test_a_thing_is_taken_in_with_a_photo_and_its_files_are_known(desk: FlaskClient, settings: Settings) -> None:
    upload = {**typed(), "photo": (io.BytesIO(photos.telling_jpeg()), "IMG_1.jpg")}
    answer = desk.post(f"{PAGE}/ny", data=upload)
    assert answer.status_code == 303
    page = desk.get(answer.location).text
    assert "Gyngestol i bøg" in page
    assert rig.OWNER in page
    found = re.search(rf'src="({PAGE}/foto/([\w-]+)-400\.jpg)"', page)
    assert found is not None
    assert desk.get(found[1]).mimetype == "image/jpeg"
    with desk.application.app_context():
        assert checking.check(serving.store(), clock.now() + timedelta(days=1)).removed == ()
    assert desk.post(f"{answer.location}/billeder/{found[2]}/fjern").status_code == 303
    assert not list(settings.photos_dir.rglob("*.jpg"))


def test_what_is_wrong_comes_back_with_what_was_typed(desk: FlaskClient) -> None:
    answer = desk.post(f"{PAGE}/ny", data=typed(title="", owner_email="vera@", owner_phone="12"))
    assert answer.status_code == 422
    assert "Skriv, hvad det er." in answer.text
    assert "Mailadressen ser ikke rigtig ud" in answer.text
    assert "Sædet er løst" in answer.text
    broken = {**typed(), "photo": (io.BytesIO(b"not a photo"), "x.jpg")}
    answer = desk.post(f"{PAGE}/ny", data=broken)
    assert answer.status_code == 422
    assert "ikke et billede" in answer.text


def test_the_slip_has_a_code_that_opens_the_owners_page_and_names_nobody(desk: FlaskClient, app: Flask) -> None:
    card = desk.post(f"{PAGE}/ny", data=typed()).location
    answer = desk.get(f"{card}/seddel.pdf")
    assert answer.mimetype == "application/pdf"
    document = pypdfium2.PdfDocument(answer.data)
    assert len(document) == 1
    text = document[0].get_textpage().get_text_range()
    job = stored()
    assert f"R-{job.number}" in text
    assert rig.OWNER not in text
    assert f"{job.code[:3]}-{job.code[3:]}" in text
    codes = zxingcpp.read_barcodes(document[0].render(scale=300 / 72).to_pil())
    assert [code.text for code in codes] == [head(app).link(job.public_id)]
    assert let_in(app, job).get(f"/indlevering/{job.public_id}").status_code == 200


def test_a_chair_goes_all_the_way_from_the_counter_and_back(desk: FlaskClient, app: Flask) -> None:
    card = desk.post(f"{PAGE}/ny", data=typed()).location
    line = {"version": "1", "text": "Lime sædet", "quantity": "2", "price": "150"}
    assert desk.post(f"{card}/linjer", data=line).status_code == 303
    until = (clock.local_day(clock.now()) + timedelta(days=14)).isoformat()
    plan = {"version": str(stored().version), "plan": "Lime og slibe", "quote_until": until, "deed": "pris"}
    assert desk.post(f"{card}/plan", data=plan).status_code == 303
    job = stored()
    assert (job.state, job.quoted_ore) == (JobState.ASSESSED, 30_000)

    owner = let_in(app, job)
    page = owner.get(f"/indlevering/{job.public_id}")
    assert page.headers["Cache-Control"] == "no-store"
    assert "Skal vi gå i gang?" in page.text
    for _tap in range(2):
        answer = owner.post(f"/indlevering/{job.public_id}/svar", data={"svar": "ja", "version": str(job.version)})
        assert answer.status_code == 303
    assert "Vi arbejder på den" in owner.get(f"/indlevering/{job.public_id}").text

    with db.transaction() as session:
        rig.work(session, session.get_one(RepairJob, job.id), clock.now())
    assert "Gør den klar til at blive hentet" in desk.get(card).text
    too_much = desk.post(f"{card}/faerdig", data={"version": str(stored().version), "final": "300,01"})
    assert too_much.status_code == 422
    assert "højst 300" in too_much.text
    assert desk.post(f"{card}/faerdig", data={"version": str(stored().version), "final": "280"}).status_code == 303

    wrong = desk.post(f"{PAGE}/udlever", data={"code": "ABC-234"})
    assert wrong.status_code == 422
    assert "ingen indlevering med den kode" in wrong.text
    code = stored().code
    found = desk.post(f"{PAGE}/udlever", data={"code": f"{code[:3]}-{code[3:].lower()}"})
    assert found.status_code == 303
    assert "280" in desk.get(found.location).text
    assert desk.post(found.location).status_code == 422
    for means in ("mobilepay", "cash"):
        assert desk.post(found.location, data={"means": means}).status_code == 303
    assert (stored().state, stored().paid_means) == (JobState.HANDED_BACK, "mobilepay")
    assert "Udleveret af Lone" in desk.get(card).text
    assert "Tak for denne gang" in owner.get(f"/indlevering/{job.public_id}").text


def test_the_owners_page_opens_for_nobody_else(app: Flask, desk: FlaskClient) -> None:
    mine, other = offered(app), offered(app)
    stranger = people.browser(app)
    assert stranger.get(f"/indlevering/{mine.public_id}").status_code == 404
    assert stranger.get(f"/indlevering/{mine.public_id}/{'x' * 43}").status_code == 404
    assert stranger.post(f"/indlevering/{mine.public_id}/svar", data={"svar": "ja", "version": "3"}).status_code == 404
    owner = let_in(app, mine)
    assert owner.get(f"/indlevering/{other.public_id}").status_code == 404
    assert stored(mine.public_id).state is JobState.ASSESSED


def test_an_owner_with_an_old_page_sees_the_new_price_before_answering(app: Flask, desk: FlaskClient) -> None:
    job = offered(app)
    owner = let_in(app, job)
    card = f"{PAGE}/{job.public_id}"
    desk.post(f"{card}/linjer", data={"version": str(job.version), "text": "Stof", "quantity": "1", "price": "500"})
    until = (clock.local_day(clock.now()) + timedelta(days=14)).isoformat()
    plan = {"version": str(stored().version), "plan": "Lime og polstre", "quote_until": until, "deed": "pris"}
    assert desk.post(f"{card}/plan", data=plan).status_code == 303
    answer = owner.post(f"/indlevering/{job.public_id}/svar", data={"svar": "ja", "version": str(job.version)})
    assert answer.status_code == 409
    assert "Vi har rettet noget imens" in answer.text
    assert "950" in answer.text


def test_the_owner_sees_only_lines_that_were_agreed(app: Flask, desk: FlaskClient) -> None:
    job = offered(app)
    owner, page = let_in(app, job), f"/indlevering/{job.public_id}"
    assert owner.post(f"{page}/svar", data={"svar": "ja", "version": str(job.version)}).status_code == 303
    assert "Lime og slibe" in owner.get(page).text
    with db.transaction() as session:
        found = session.get_one(RepairJob, job.id)
        agreeing.add_line(
            session, found, text="Nyt stof", quantity=Decimal(1), unit_price_ore=20_000, material=None,
            version=found.version,
        )  # fmt: skip
    said = owner.get(page).text
    assert "Det har vi aftalt" in said
    assert "Nyt stof" not in said
    assert "450" in said
    assert "mere, end ejeren har sagt ja til" in desk.get(f"{PAGE}/{job.public_id}").text


def test_a_price_that_has_lapsed_says_so(app: Flask, desk: FlaskClient) -> None:
    job = offered(app, until=clock.local_day(clock.now()))
    with db.transaction() as session:
        session.get_one(RepairJob, job.id).quote_until = date(2020, 1, 1)
    owner = let_in(app, job)
    assert "Prisen gælder ikke mere" in owner.get(f"/indlevering/{job.public_id}").text
    late = owner.post(f"/indlevering/{job.public_id}/svar", data={"svar": "ja", "version": str(job.version)})
    assert late.status_code == 409
    assert "Ring til os" in late.text
    assert "Prisen er udløbet. Ring til ejeren" in desk.get(PAGE).text


def test_staff_who_scan_a_slip_come_to_hand_it_back(app: Flask, seller: FlaskClient) -> None:
    job = offered(app)
    path = head(app).link(job.public_id).removeprefix("http://localhost")
    assert seller.get(path).location == f"{PAGE}/{job.public_id}/udlever"


def test_a_seller_takes_in_and_notes_the_answer_but_plans_nothing(app: Flask, seller: FlaskClient) -> None:
    assert seller.post(f"{PAGE}/ny", data=typed(title="Cykel")).status_code == 303
    job = offered(app, email="")
    card = f"{PAGE}/{job.public_id}"
    assert "Vi kender ingen mail. Ring og spørg." in seller.get(card).text
    assert seller.post(f"{card}/plan", data={"plan": "x"}).status_code == 403
    assert seller.post(f"{card}/svar", data={"svar": "måske"}).status_code == 422
    assert seller.post(f"{card}/svar", data={"svar": "ja", "version": str(job.version)}).status_code == 303
    assert stored(job.public_id).state is JobState.AGREED


def test_two_who_edit_a_card_see_both(desk: FlaskClient) -> None:
    card = desk.post(f"{PAGE}/ny", data=typed()).location
    assert desk.post(f"{card}/ret", data=typed(version="1", place="Reol B")).status_code == 303
    answer = desk.post(f"{card}/ret", data=typed(version="1", place="Malerummet"))
    assert answer.status_code == 409
    assert "Reol B" in answer.text
    assert 'value="Malerummet"' in answer.text
    assert stored().place == "Reol B"
    again = re.search(r'name="version" type="hidden" value="(\d+)"', answer.text)
    assert again is not None
    assert desk.post(f"{card}/ret", data=typed(version=again[1], place="Malerummet")).status_code == 303


def test_two_who_plan_keep_what_was_typed(desk: FlaskClient) -> None:
    card = desk.post(f"{PAGE}/ny", data=typed()).location
    assert desk.post(f"{card}/plan", data={"version": "1", "plan": "Lime den"}).status_code == 303
    answer = desk.post(f"{card}/plan", data={"version": "1", "plan": "Male den"})
    assert answer.status_code == 409
    assert "Lime den" in answer.text
    assert "Male den" in answer.text


def test_a_thing_of_ours_tells_how_it_came_in_and_leads_to_its_photos(desk: FlaskClient) -> None:
    card = desk.post(f"{PAGE}/ny", data=typed(whose="donated", title="Kommode i eg")).location
    assert desk.post(f"{card}/begynd", data={"version": "1"}).status_code == 303
    with db.reading() as session:
        order = session.scalars(sa.select(ProductionOrder)).one()
    page = desk.get(f"/personale/produktion/{order.public_id}").text
    assert f"{PAGE}/nr/R-101" in page
    assert desk.get(f"{PAGE}/nr/R-101").location == card
    with db.transaction() as session:
        rig.work(session, session.get_one(RepairJob, stored().id), clock.now())
    upload = {"photo": (io.BytesIO(photos.telling_jpeg()), "x.jpg"), "phase": "after", "alt_text": "Den færdige"}
    assert desk.post(f"{card}/billeder", data=upload).status_code == 303
    with db.reading() as session:
        assert session.scalars(sa.select(RepairPhoto.phase)).one().value == "after"
    number = re.search(r"/personale/moebler/(\d+)", desk.get(card).text)
    assert number is not None
    life = desk.get(f"/personale/moebler/{number[1]}").text
    assert f'<a href="{card}">Kom ind, R-101</a>' in life


def test_another_departments_card_is_not_there(app: Flask, desk: FlaskClient) -> None:
    card = desk.post(f"{PAGE}/ny", data=typed()).location
    with db.transaction() as session:
        garden = factories.department(session, key="have", name="Haven")
        email = factories.staff(session, roles=[Role.WORKSHOP], departments=[garden]).email
    other = people.at_desk(app, email)
    assert other.get(card).status_code == 404
    assert other.get(f"{card}/seddel.pdf").status_code == 404
    assert other.post(f"{PAGE}/udlever", data={"code": stored().code}).status_code == 422
    assert "Gyngestol" not in other.get(PAGE).text


def test_the_list_says_who_is_waited_for_and_finds_by_number_and_owner(app: Flask, desk: FlaskClient) -> None:
    now = clock.now()
    offered(app)
    with db.transaction() as session:
        rig.received(session, title="Kommode", now=now)
        rig.ready(session, now=now - timedelta(days=20))
        late = rig.agreed(session, now=now)
        late.promised_on = clock.local_day(now) - timedelta(days=2)
    page = desk.get(PAGE).text
    groups = [part.split("</section>")[0] for part in page.split("<h2>")[1:]]
    assert ["Kommode" in groups[0], "Prisen gælder til" in groups[1], "Skulle være færdig" in groups[2]] == [True] * 3
    assert "Har ventet 20 dage" in groups[3]
    assert "2 for sent" in page
    assert rig.OWNER not in page
    assert "Kommode" in desk.get(f"{PAGE}?q=r-102").text
    assert "Kommode" not in desk.get(f"{PAGE}?q=r-101").text
    assert "Kommode" in desk.get(f"{PAGE}?q=vera").text
    assert "Kommode" not in desk.get(f"{PAGE}?q=%25").text


def test_the_list_asks_as_often_for_thirty_as_for_three(app: Flask, desk: FlaskClient) -> None:
    def more(count: int) -> None:
        for _each in range(count):
            offered(app)
            with db.transaction() as session:
                rig.ready(session, now=clock.now())

    more(2)
    desk.get(PAGE)
    with counted() as few:
        desk.get(PAGE)
    more(10)
    with counted() as many:
        desk.get(PAGE)
    assert len(few) == len(many)


def test_the_bench_and_the_work_card_know_no_owner(app: Flask, desk: FlaskClient) -> None:
    with db.transaction() as session:
        job = rig.agreed(session, now=clock.now())
        order = session.get_one(ProductionOrder, job.order_id)
        assert order.state is OrderState.OPEN
        public_id = order.public_id
    assert rig.OWNER not in desk.get(f"/personale/produktion/{public_id}").text
    card = desk.get(f"/personale/produktion/{public_id}/arbejdskort.pdf")
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(card.data))
    assert "Gyngestol" in text
    assert "Vera" not in text


def test_an_owner_without_a_mail_gets_none(app: Flask) -> None:
    with db.transaction() as session:
        job = rig.received(session, kind=JobKind.CAR, email="")
        letters.received(session, job, rig.HEAD, rig.NOW)
        assert session.scalar(sa.text("select count(*) from outbox_mail")) == 0
        assert job.whose is Whose.CUSTOMER
        assert len(job.code) == actions.CODE_LENGTH
