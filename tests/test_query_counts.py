"""Every list asks the database as often for thirty rows as for three; one question a row is how pages become slow."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people
from support.queries import counted

from shop.storefront import onoffer
from shop.storefront.keeping import EXTENSION
from tests.shop.orders.rig import ANE, basket_with, place
from workshop.accounts.models import Staff
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.text import slug
from workshop.production.types.models import PermitKind
from workshop.products.models import Item, ItemPhoto
from workshop.tasks.helping import actions as helping
from workshop.tasks.helping.models import HelpWish
from workshop.tasks.permits import actions as permits

FEW, MANY = 3, 30
TITLE = "Havebænk i lærk"
EVERYTHING = (Role.WORKSHOP, Role.SALES)


def more_items(count: int) -> None:
    """Things for sale, each with an approved photo; they wait for labels too."""
    now = clock.now()
    with db.transaction() as session:
        for _each in range(count):
            made = factories.item(session, title=TITLE, now=now)
            photo = {"name": f"{made.number:032x}", "width": 1600, "height": 1200, "position": 1}
            session.add(ItemPhoto(item_id=made.id, alt_text="En bænk", added_at=now, approved_at=now, **photo))


def more_orders(count: int) -> None:
    """Customers' orders, each for a thing of its own."""
    now = clock.now()
    with db.transaction() as session:
        made = [factories.item(session, title=TITLE, now=now) for _each in range(count)]
        session.flush()
        for item in made:
            session.refresh(item)
        session.expunge_all()
    for item in made:
        place(basket_with(item, now=now), now=now, customer=ANE)


def more_tasks(count: int) -> None:
    """Tasks for people of the department, and steps nobody has yet. On Saturdays the page shows the week to come."""
    now = clock.now()
    today = clock.local_day(now)
    with db.transaction() as session:
        for number in range(count):
            person = people.citizen(session, name=f"Person {number}", now=now, started_on=today)
            for day in (today, today + timedelta(days=7 - today.weekday())):
                people.assignment(session, person, title=f"Opgave {number}", day=day, now=now)
            factories.production_order(session, title=f"Ordre {number}", now=now)


def more_drafts(count: int) -> None:
    """Finished tasks that wait for staff."""
    now = clock.now()
    with db.transaction() as session:
        device = people.tablet(session, now=now)[0]
        for number in range(count):
            person = people.citizen(session, name=f"Person {number}", now=now, started_on=clock.local_day(now))
            people.draft(session, person, device=device, now=now)


def more_calls(count: int) -> None:
    """People who have asked for help and wait; the bar above each page shows them too."""
    now = clock.now()
    with db.transaction() as session:
        for number in range(count):
            person = people.citizen(session, name=f"Person {number}", now=now, started_on=clock.local_day(now))
            helping.ask(session, person, HelpWish.HELP, device_id=None, assignment_id=None, now=now)


def more_permits(count: int) -> None:
    """Tools that ought to be seen again."""
    now = clock.now()
    today = clock.local_day(now)
    with db.transaction() as session:
        staff = factories.staff(session, roles=EVERYTHING).account_id
        kind = PermitKind(name=f"Må bruge sav {count}")
        session.add(kind)
        session.flush()
        for number in range(count):
            person = people.citizen(session, name=f"Person {number}", now=now, started_on=today)
            permits.give(
                session, citizen_id=person.id, permit_kind_id=kind.id, on_what="Saven", given_on=today,
                see_again_on=today + timedelta(days=1), instructed_by_id=staff, by_staff_id=staff, now=now,
            )  # fmt: skip


def asked(client: FlaskClient, path: str) -> list[str]:
    """What a page asks the database for, once everything is warm."""
    answer = client.get(path, follow_redirects=True)
    assert answer.status_code == 200, f"{path} answered {answer.status_code}"
    client.application.extensions[EXTENSION].forget()  # a kept page asks for nothing; what it costs to make is counted
    with counted() as sent:
        client.get(answer.request.path)
    return sent


def length(client: FlaskClient, path: str) -> int:
    return len(client.get(path, follow_redirects=True).data)


def signed_in(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, roles=EVERYTHING).email
    people.sign_in_staff(client, email)
    return client


@pytest.mark.parametrize(("path", "most"), [("/", 5), ("/butik/havemobler", 5)])
def test_a_public_list_asks_few_questions_however_long_it_is(client: FlaskClient, path: str, most: int) -> None:
    more_items(FEW)
    few = asked(client, path)
    more_items(MANY - FEW)
    many = asked(client, path)
    assert len(few) == len(many) <= most, many


def test_the_page_of_a_thing_asks_few_questions_however_many_are_like_it(client: FlaskClient) -> None:
    more_items(FEW)
    with db.reading() as session:
        number = session.scalar(sa.select(sa.func.min(Item.number)))
    few = asked(client, f"/vare/{number}-{slug(TITLE)}")
    more_items(MANY - FEW)
    many = asked(client, f"/vare/{number}-{slug(TITLE)}")
    assert len(few) == len(many) <= 4, many


def asked_cold(client: FlaskClient, path: str) -> list[str]:
    """What a page asks for when nothing is known: after a change of hours, prices of delivery or products."""
    address = client.get(path, follow_redirects=True).request.path
    client.application.extensions[EXTENSION].forget()
    client.application.extensions[onoffer.EXTENSION].facts.clear()
    with counted() as sent:
        assert client.get(address).status_code == 200
    return sent


@pytest.mark.parametrize("has_basket", [False, True])
@pytest.mark.parametrize(("path", "most"), [("/", 5), ("/butik/havemobler", 5), ("/vare/{number}", 4)])
def test_a_page_made_when_nothing_is_known_asks_few_questions(
    client: FlaskClient, path: str, most: int, has_basket: bool
) -> None:
    with db.transaction() as session:
        made = factories.product_type(session)
        made.is_made_to_order = True
        number = factories.item(session, title=TITLE, kind=made, now=clock.now()).number
    if has_basket:  # what lies in it is one question more on every page of theirs
        client.post("/kurv", data={"nummer": str(number), "antal": "1"})
    sent = asked_cold(client, path.format(number=number))
    assert len(sent) <= most + has_basket, "\n".join(sent)


@pytest.mark.parametrize(
    ("path", "more"),
    [
        ("/personale/moebler", more_items),
        ("/personale/prismaerker", more_items),
        ("/personale/ordrer", more_orders),
        ("/personale/uge", more_tasks),
        ("/personale/produktion", more_tasks),
        ("/personale/hold", more_drafts),
        ("/personale/borgere", more_tasks),
        ("/personale/borgere/kalender", more_tasks),
        ("/personale/hold/runde", more_tasks),
        ("/personale/hjaelp", more_calls),
        ("/personale/borgere/vaerktoej", more_permits),
    ],
)
def test_a_list_of_the_desk_asks_as_often_for_many_as_for_few(
    client: FlaskClient, path: str, more: Callable[[int], None]
) -> None:
    signed_in(client)
    more(FEW)
    few, short = asked(client, path), length(client, path)
    more(MANY - FEW)
    many, long = asked(client, path), length(client, path)
    assert len(few) == len(many), "\n".join(sorted(set(many), key=many.count)[-3:])
    assert long > short, "the longer list does not show, so nothing was proved"


def test_one_question_a_row_is_seen(app: Flask) -> None:
    """The control: what the tests above would catch."""

    def one_a_row() -> int:
        with counted() as sent, db.reading() as session:
            for item_id in session.scalars(sa.select(Item.id)).all():
                session.scalar(sa.select(ItemPhoto.name).where(ItemPhoto.item_id == item_id))
        return len(sent)

    more_items(FEW)
    assert one_a_row() == 1 + FEW
    more_items(MANY - FEW)
    assert one_a_row() == 1 + MANY


def test_beginnings_and_ends_are_not_questions(app: Flask) -> None:
    with counted() as sent, db.transaction() as session:
        session.scalar(sa.select(sa.func.count(Staff.account_id)))
    assert len(sent) == 1
