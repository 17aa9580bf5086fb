"""The tablet: only here, only today's pictures, only one's own."""

from __future__ import annotations

import io
import re
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from PIL import Image
from support import factories, people

from workshop.accounts import actions as accounts
from workshop.accounts.models import LoginSession
from workshop.citizens import actions as citizens
from workshop.citizens.attendance import AttendanceMark
from workshop.citizens.models import Citizen
from workshop.core import clock, db
from workshop.labels.models import LabelSheet, Page, PrintJob
from workshop.production.models import OrderStep
from workshop.products import actions as products
from workshop.products.models import Item, ItemPhoto
from workshop.tasks.models import Feeling, FinishTicket, Participation, TaskRecord

OWN_PAGES = (
    "/vaerksted/hjem",
    "/vaerksted/opgaver",
    "/vaerksted/uge",
    "/vaerksted/scan",
    "/vaerksted/moebler/1001",
)


def give(public_id: str, title: str = "Fej gulvet", *, step: str | None = None) -> str:
    """A task for somebody today; gives its public id."""
    with db.transaction() as session:
        person = session.scalars(sa.select(Citizen).where(Citizen.public_id == public_id)).one()
        found = session.scalars(sa.select(OrderStep).where(OrderStep.public_id == step)).one() if step else None
        now = clock.now()
        return people.assignment(session, person, step=found, title=title, day=clock.local_day(now), now=now).public_id


def ticket_on(page: str) -> str:
    found = re.search(r'name="ticket" value="([^"]+)"', page)
    assert found, "the page carries no ticket"
    return found[1]


def count(what: type) -> int:
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(what)) or 0


@pytest.mark.parametrize("path", [*OWN_PAGES, "/vaerksted"])
def test_a_browser_that_is_no_tablet_is_told_so(client: FlaskClient, path: str) -> None:
    answer = client.get(path, follow_redirects=True)
    assert answer.request.path == "/vaerksted/ikke-klar"
    assert "Tabletten er ikke klar." in answer.text


@pytest.mark.parametrize("path", OWN_PAGES)
def test_without_a_code_a_tablet_shows_the_pictures(app: Flask, house, path: str) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    assert tablet.get(path, follow_redirects=True).request.path == "/vaerksted"


def test_the_pictures_are_those_of_the_department_and_nobody_is_named(app: Flask, house) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    page = tablet.get("/vaerksted").text
    assert house.mona in page
    assert house.yusuf in page
    assert house.ida not in page
    for name in ("Mona", "Yusuf", "Prøvesen"):
        assert name not in page
        assert name not in tablet.get(f"/vaerksted/kode/{house.mona}").text


def test_somebody_marked_away_is_not_shown(app: Flask, house) -> None:
    now = clock.now()
    with db.transaction() as session:
        citizens.mark_attendance(
            session,
            citizen=session.get_one(Citizen, house.yusufs_id),
            day=clock.local_day(now),
            mark=AttendanceMark.NOTIFIED,
            now=now,
            by_staff_id=None,
        )
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    assert house.yusuf not in tablet.get("/vaerksted").text
    assert tablet.get(f"/vaerksted/kode/{house.yusuf}").status_code == 404


def test_a_picture_of_another_department_opens_nothing(app: Flask, house) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    assert tablet.get(f"/vaerksted/kode/{house.ida}").status_code == 404
    assert tablet.post(f"/vaerksted/kode/{house.ida}", data={"pin": people.PIN}).status_code == 404


@pytest.mark.parametrize("pin", ["0000", "12", "abcd", "", "25801", "²³45"])
def test_a_wrong_code_says_try_again(app: Flask, house, pin: str) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    answer = tablet.post(f"/vaerksted/kode/{house.mona}", data={"pin": pin})
    assert answer.status_code == 422
    assert "Prøv igen." in answer.text


def test_after_five_wrong_codes_somebody_comes_until_staff_release_it(app: Flask, house, lone: FlaskClient) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    for _ in range(5):
        tablet.post(f"/vaerksted/kode/{house.mona}", data={"pin": "0000"})
    stopped = tablet.post(f"/vaerksted/kode/{house.mona}", data={"pin": people.PIN})
    assert stopped.status_code == 429
    assert "Vi henter en, der kan hjælpe." in stopped.text
    assert lone.post(f"/personale/borgere/{house.mona}/kode/slip").status_code == 303
    assert tablet.post(f"/vaerksted/kode/{house.mona}", data={"pin": people.PIN}).status_code == 303


def test_a_session_is_worth_nothing_on_another_tablet(app: Flask, house, mona: FlaskClient) -> None:
    assert mona.get("/vaerksted/hjem").status_code == 200
    mona.set_cookie("tablet", house.other_key)
    assert mona.get("/vaerksted/hjem").status_code == 303


def test_showing_the_pictures_ends_who_was_there(mona: FlaskClient) -> None:
    assert "Hvad vil du, Mona?" in mona.get("/vaerksted/hjem").text
    mona.get("/vaerksted")
    assert mona.get("/vaerksted/hjem").status_code == 303


def test_out_means_out(mona: FlaskClient) -> None:
    assert mona.post("/vaerksted/her").status_code == 204
    assert mona.post("/vaerksted/ud").status_code == 303
    assert mona.post("/vaerksted/her").status_code == 303


def test_a_tablet_nobody_touches_locks_by_itself(mona: FlaskClient) -> None:
    with db.transaction() as session:
        session.execute(sa.update(LoginSession).values(seen_at=clock.now() - timedelta(seconds=111)))
    assert mona.get("/vaerksted/hjem").status_code == 303


def test_a_day_at_the_tablet(house, mona: FlaskClient) -> None:
    task = give(house.mona, "Byg bænken", step=house.step)
    assert "Byg bænken" in mona.get("/vaerksted/opgaver").text
    assert mona.post(f"/vaerksted/opgaver/{task}/start").status_code == 303
    page = mona.get("/vaerksted/opgaver").text
    assert "Du er i gang med én." in page

    done = mona.post(f"/vaerksted/opgaver/{task}/faerdig", data={"ticket": ticket_on(page)}, follow_redirects=True)
    assert "Hvordan gik det?" in done.text
    assert "checked" not in done.text, "nothing is chosen beforehand"
    answer = mona.post(f"/vaerksted/opgaver/{task}/svar", data={"felt": "hard"})
    assert answer.status_code == 303
    thing = mona.get(answer.location)
    number = answer.location.split("/")[-1].split("?")[0]
    assert f"Her er bænken, nr. {number}" in thing.text
    assert '<path fill="#000"' in thing.text, "the code is on the page"
    assert "Mona" not in thing.text.split("</header>")[1], "the thing says nothing about who made it"
    with db.reading() as session:
        assert session.scalar(sa.select(Participation.felt)) is Feeling.HARD


def test_two_quick_taps_make_one_record_and_one_bench(house, mona: FlaskClient) -> None:
    task = give(house.mona, step=house.step)
    mona.post(f"/vaerksted/opgaver/{task}/start")
    ticket = ticket_on(mona.get("/vaerksted/opgaver").text)
    places = {mona.post(f"/vaerksted/opgaver/{task}/faerdig", data={"ticket": ticket}).location for _ in range(2)}
    places.add(mona.post(f"/vaerksted/opgaver/{task}/faerdig").location)
    assert len(places) == 1
    assert (count(TaskRecord), count(Item)) == (1, 1)


def test_it_can_be_skipped_how_it_felt(house, mona: FlaskClient) -> None:
    task = give(house.mona)
    mona.post(f"/vaerksted/opgaver/{task}/faerdig")
    assert mona.post(f"/vaerksted/opgaver/{task}/svar").location.endswith("/vaerksted/opgaver")
    with db.reading() as session:
        assert session.scalar(sa.select(Participation.felt)) is None


def test_one_persons_task_is_not_anothers(house, mona: FlaskClient, yusuf: FlaskClient) -> None:
    task = give(house.mona, "Monas helt egen")
    assert "Monas helt egen" not in yusuf.get("/vaerksted/opgaver").text
    assert yusuf.post(f"/vaerksted/opgaver/{task}/start").status_code == 404
    assert yusuf.post(f"/vaerksted/opgaver/{task}/faerdig").status_code == 404
    mona.post(f"/vaerksted/opgaver/{task}/faerdig")
    assert yusuf.get(f"/vaerksted/opgaver/{task}/faerdig").status_code == 404
    assert yusuf.post(f"/vaerksted/opgaver/{task}/svar", data={"felt": "good"}).status_code == 404
    assert yusuf.get(f"/vaerksted/opgaver/{task}/lavet").status_code == 404
    assert count(FinishTicket) == 1


def test_a_finish_sent_late_counts_for_its_owner_whoever_is_signed_in(
    app: Flask, house, mona: FlaskClient, yusuf: FlaskClient
) -> None:
    task = give(house.mona)
    mona.post(f"/vaerksted/opgaver/{task}/start")
    ticket = ticket_on(mona.get("/vaerksted/opgaver").text)
    late = yusuf.post(f"/vaerksted/opgaver/{task}/faerdig", data={"ticket": ticket})
    assert late.location.endswith("/vaerksted/hjem"), "Yusuf sees nothing of it"
    with db.reading() as session:
        assert list(session.scalars(sa.select(Participation.citizen_id))) == [house.monas_id]
    other = people.browser(app)
    other.set_cookie("tablet", house.other_key)
    assert other.post(f"/vaerksted/opgaver/{task}/faerdig", data={"ticket": ticket}).status_code == 404


def test_a_colleague_is_counted_not_named(house, mona: FlaskClient) -> None:
    for who in (house.mona, house.yusuf):
        give(who, step=house.step)
    page = mona.get("/vaerksted/opgaver").text
    assert "Sammen med en kollega." in page
    assert "Yusuf" not in page


@pytest.fixture
def bench(house) -> int:
    """The number of a bench that lies in the workshop."""
    with db.transaction() as session:
        made = factories.item(session, is_for_sale=False)
        return made.number


def photo_of(width: int = 640, height: int = 480) -> io.BytesIO:
    body = io.BytesIO()
    Image.new("1", (width, height)).save(body, "PNG")
    body.seek(0)
    return body


def test_a_photo_is_kept_without_a_word_about_who_took_it(mona: FlaskClient, bench: int) -> None:
    page = f"/vaerksted/moebler/{bench}/foto"
    answer = mona.post(page, data={"photo": (photo_of(), "x.png")}, content_type="multipart/form-data")
    assert answer.status_code == 303
    assert "Er billedet godt?" in mona.get(answer.location).text
    with db.reading() as session:
        kept = session.scalars(sa.select(ItemPhoto)).one()
    assert (kept.approved_at, kept.by_staff_id) == (None, None)
    with mona.get(f"{page}/{kept.name}.jpg") as served:
        assert served.status_code == 200
    assert mona.get(f"{page}/another.jpg").status_code == 404


@pytest.mark.parametrize(
    ("body", "name", "says"),
    [
        (io.BytesIO(b"this is a text"), "x.jpg", "ikke et billede"),
        (photo_of(13_000, 13_000), "big.png", "Tag et nyt med kameraet"),
        (None, "", "Tag et billede"),
    ],
)
def test_what_is_no_photo_is_answered_with_a_sentence(
    mona: FlaskClient, bench: int, body: io.BytesIO | None, name: str, says: str
) -> None:
    data = {"photo": (io.BytesIO(body.getvalue()), name)} if body else {}
    answer = mona.post(f"/vaerksted/moebler/{bench}/foto", data=data, content_type="multipart/form-data")
    assert answer.status_code == 422
    assert says in answer.text
    assert count(ItemPhoto) == 0


@pytest.mark.parametrize(("typed", "status"), [("", 200), ("99999", 422), ("æble", 422), ("9" * 30, 422), ("²", 422)])
def test_a_number_nobody_has_is_answered_with_a_sentence(
    mona: FlaskClient, bench: int, typed: str, status: int
) -> None:
    answer = mona.get("/vaerksted/scan", query_string={"nr": typed})
    assert answer.status_code == status
    assert ("findes ikke" in answer.text) == (typed.isascii() and status == 422)
    assert ("Skriv kun tal." in answer.text) == (not typed.isascii())


@pytest.mark.parametrize("target", ["", "maerke", "pris", "foto"])
def test_a_typed_number_leads_to_what_one_wanted(mona: FlaskClient, bench: int, target: str) -> None:
    answer = mona.get("/vaerksted/scan", query_string={"nr": str(bench), "til": target}, follow_redirects=True)
    assert answer.status_code == 200
    assert answer.request.path.endswith(f"{bench}/{target}".rstrip("/"))


def test_the_price_is_shown_and_cannot_be_set_here(mona: FlaskClient, bench: int) -> None:
    page = mona.get(f"/vaerksted/moebler/{bench}/pris").text
    assert "1.150" in page
    assert 'method="post" action="/vaerksted/moebler' not in page


def test_a_thing_that_is_not_there_is_not_found(mona: FlaskClient) -> None:
    for page in ("", "/foto", "/pris", "/maerke", "/maerke/nobody.pdf", "/maerke.png"):
        assert mona.get(f"/vaerksted/moebler/4711{page}").status_code == 404


def test_staff_do_not_use_the_citizens_pages(lone: FlaskClient) -> None:
    assert lone.get("/vaerksted/opgaver").status_code == 403


def test_several_things_from_one_order_are_listed(house, mona: FlaskClient) -> None:
    with db.transaction() as session:
        order = factories.production_order(session, pieces=3, steps=1, now=clock.now())
        step = session.scalars(sa.select(OrderStep.public_id).where(OrderStep.order_id == order.id)).one()
    task = give(house.mona, step=step)
    mona.post(f"/vaerksted/opgaver/{task}/faerdig")
    answer = mona.post(f"/vaerksted/opgaver/{task}/svar", follow_redirects=True)
    assert "3 ting er klar" in answer.text


def test_a_new_code_ends_the_old_session(house, mona: FlaskClient, lone: FlaskClient) -> None:
    page = lone.post(f"/personale/borgere/{house.mona}/kode/ny")
    assert re.search(r'id="pin"[^>]*>\d{4}<', page.text)
    assert mona.get("/vaerksted/hjem").status_code == 303
    assert accounts.MOST_WRONG_PINS == 5


@pytest.fixture
def roll(house) -> None:
    """The roll of labels beside the tablet."""
    with db.transaction() as session:
        session.add(
            LabelSheet(
                key="roll_62x29", name="Rulle", page=Page.ROLL, columns=1, rows=1, label_w=6200, label_h=2900,
                margin_top=0, margin_left=0, pitch_x=6200, pitch_y=2900,
            )
        )  # fmt: skip


@pytest.mark.usefixtures("roll")
def test_the_label_is_seen_first_and_then_printed(mona: FlaskClient, bench: int) -> None:
    page = mona.get(f"/vaerksted/moebler/{bench}/maerke").text
    assert f'src="/vaerksted/moebler/{bench}/maerke.png"' in page
    assert mona.get(f"/vaerksted/moebler/{bench}/maerke.png").data.startswith(b"\x89PNG")
    assert count(PrintJob) == 0, "looking at a label prints nothing"
    answer = mona.post(f"/vaerksted/moebler/{bench}/maerke")
    assert answer.status_code == 303
    assert mona.get(answer.location).data.startswith(b"%PDF")


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
    location = mona.post(f"/vaerksted/moebler/{bench}/maerke").location
    assert mona.get(location.replace(str(bench), str(other), 1)).status_code == 404


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


def test_too_large_a_photo_is_asked_for_again_on_the_same_page(mona: FlaskClient, bench: int) -> None:
    body, kind = bytes(17 * 1024 * 1024), "multipart/form-data; boundary=x"
    answer = mona.post(f"/vaerksted/moebler/{bench}/foto", data=body, content_type=kind)
    assert answer.status_code == 413
    assert "Billedet er for stort. Tag et nyt med kameraet." in answer.text
    assert 'type="file"' in answer.text


def test_the_last_wrong_code_says_that_somebody_comes_and_staff_see_who_waits(
    app: Flask, house, lone: FlaskClient
) -> None:
    tablet = people.browser(app)
    tablet.set_cookie("tablet", house.tablet_key)
    page = f"/vaerksted/kode/{house.mona}"
    for _try in range(4):
        assert "Prøv igen." in tablet.post(page, data={"pin": "0000"}).text
    assert "Venter ved tabletten" not in lone.get("/personale/borgere").text
    assert "Vi henter en, der kan hjælpe." in tablet.post(page, data={"pin": "0000"}).text
    assert "Vi henter en, der kan hjælpe." in tablet.get(page).text, "nobody types a code that opens nothing"
    assert lone.get("/personale/borgere").text.count("Venter ved tabletten") == 1
    lone.post(f"/personale/borgere/{house.mona}/kode/slip")
    assert "Venter ved tabletten" not in lone.get("/personale/borgere").text
    assert "Tryk din kode" in tablet.get(page).text


def test_ones_week_begins_today_and_says_nothing_of_days_that_are_over(house, mona: FlaskClient) -> None:
    today = clock.local_day(clock.now())
    with db.transaction() as session:
        person = session.get_one(Citizen, house.monas_id)
        for day, title in ((today - timedelta(days=1), "Over"), (today, "Nu"), (today + timedelta(days=6), "Snart")):
            people.assignment(session, person, title=title, day=day, now=clock.now() - timedelta(days=2))
    page = mona.get("/vaerksted/uge").text
    assert ("Over." in page, "Nu." in page, "Snart." in page) == (False, True, True)
    assert page.count("Vi ses kl.") == 6
    assert "I morgen" in page


def test_a_tablet_that_is_sent_to_the_desk_finds_its_way_back(mona: FlaskClient) -> None:
    answer = mona.get("/personale/uge")
    assert answer.status_code == 403
    assert 'class="face-kiosk"' in answer.text
    assert 'href="/vaerksted/hjem"' in answer.text
