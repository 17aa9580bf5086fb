"""A person's own day at the tablet: their tasks, and nobody else's."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from tests.workshop.tasks.rig import count, give, ticket_on
from workshop.citizens.models import Citizen
from workshop.core import clock, db
from workshop.production import numbering
from workshop.production.models import OrderStep
from workshop.products.models import Item
from workshop.tasks.models import Feeling, FinishTicket, Participation, TaskRecord


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


def test_the_ticket_of_a_begun_task_is_on_the_tablet_after_the_lock(house, mona: FlaskClient) -> None:
    task = give(house.mona)
    mona.post(f"/vaerksted/opgaver/{task}/start")
    ticket = ticket_on(mona.get("/vaerksted/opgaver").text)
    mona.get("/vaerksted")  # the pictures: whoever was there is out
    people.sign_in_citizen(mona, house.tablet_key, house.yusuf)
    assert ticket not in mona.get("/vaerksted/opgaver").text
    people.sign_in_citizen(mona, house.tablet_key, house.mona)
    assert ticket_on(mona.get("/vaerksted/opgaver").text) == ticket


def test_a_colleague_is_counted_not_named(house, mona: FlaskClient) -> None:
    for who in (house.mona, house.yusuf):
        give(who, step=house.step)
    page = mona.get("/vaerksted/opgaver").text
    assert "Sammen med en kollega." in page
    assert "Yusuf" not in page


def test_several_things_from_one_order_are_listed(house, mona: FlaskClient) -> None:
    with db.transaction() as session:
        order = factories.production_order(session, pieces=3, steps=1, now=clock.now())
        order.options = {numbering.CHOICE: numbering.EACH}
        step = session.scalars(sa.select(OrderStep.public_id).where(OrderStep.order_id == order.id)).one()
    task = give(house.mona, step=step)
    mona.post(f"/vaerksted/opgaver/{task}/faerdig")
    answer = mona.post(f"/vaerksted/opgaver/{task}/svar", follow_redirects=True)
    assert "3 ting er klar" in answer.text


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
