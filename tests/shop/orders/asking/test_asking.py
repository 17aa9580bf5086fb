"""Questions are answered once; a wish is told once, only after its own address said yes, and tells nobody anything."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people

from shop.orders.asking import actions, queries
from shop.orders.asking.actions import About
from shop.orders.asking.models import ShopQuestion, Wish
from shop.orders.letterhead import Letterhead
from tests.shop.orders.rig import for_sale
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.errors import NotHere, Refusal
from workshop.core.mail import OutboxMail
from workshop.products.models import Item

MAIL = "ane@example.dk"


@pytest.fixture
def head(app: Flask) -> Letterhead:
    return Letterhead.of(app.extensions["settings"])


def mails() -> list[OutboxMail]:
    with db.reading() as session:
        found = list(session.scalars(sa.select(OutboxMail).order_by(OutboxMail.id)))
        session.expunge_all()
        return found


def count(kind: type[ShopQuestion] | type[Wish]) -> int:
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(kind)) or 0


def once_of(page: str) -> str:
    found = re.search(r'name="once"[^>]*value="([\w-]{22})"', page)
    assert found is not None
    return found[1]


def wished(head: Letterhead, *, email: str = MAIL, kind: str = "havebænke", at: timedelta = timedelta(0)) -> str | None:
    with db.transaction() as session:
        return actions.wish(session, email=email, category=kind, product_type_id=None, head=head, now=clock.now() + at)


def yes(head: Letterhead, public_id: str) -> None:
    with db.transaction() as session:
        actions.confirm(session, public_id, actions.token_of(head, public_id), now=clock.now())


def newly_for_sale(title: str = "Havebænk i lærk", category: str = "havebænke") -> Item:
    with db.transaction() as session:
        return factories.item(session, title=title, category=category, now=clock.now() + timedelta(seconds=1))


def test_a_question_is_written_down_with_its_thing_and_a_receipt_goes_out(client: FlaskClient) -> None:
    bench = for_sale("Bænk & <bord>")[0]
    address = f"/spoerg?vare={bench.number}"
    page = client.get(address).text
    assert "Spørg om Bænk &amp; &lt;bord&gt;" in page
    typed = {"once": once_of(page), "navn": "Ane", "mail": MAIL, "besked": "Hvor høj er den?"}
    answers = [client.post(address, data=typed) for _twice in range(2)]
    assert {answer.status_code for answer in answers} == {303}
    assert count(ShopQuestion) == 1
    assert [(mail.recipient, "Hvor høj er den?" in mail.body) for mail in mails()] == [(MAIL, True)]
    with db.reading() as session:
        assert session.scalar(sa.select(ShopQuestion.item_id)) == bench.id


@pytest.mark.parametrize(
    "wrong", [{"mail": "ane"}, {"besked": " "}, {"navn": ""}, {"once": "x"}, {"besked": "a" * 4_001}]
)
def test_what_is_missing_comes_back_with_what_was_typed(client: FlaskClient, wrong: dict[str, str]) -> None:
    typed = {"once": "x" * 22, "navn": "Ane Eksempel", "mail": MAIL, "besked": "Hvor høj?"} | wrong
    answer = client.post("/spoerg", data=typed)
    assert answer.status_code == 422
    assert "navn" in wrong or "Ane Eksempel" in answer.text
    assert count(ShopQuestion) == 0


@pytest.mark.parametrize("query", ["vare=999", "vare=x", "vare=-1", "type=NO-99", "vare=" + "9" * 30])
def test_a_thing_nobody_has_seen_cannot_be_asked_about(client: FlaskClient, query: str) -> None:
    hidden = factories_item_made()
    assert client.get(f"/spoerg?{query}").status_code == 404
    assert client.get(f"/sig-til?{query}").status_code == 404
    assert client.get(f"/spoerg?vare={hidden}").status_code == 404


def factories_item_made() -> int:
    with db.transaction() as session:
        return factories.item(session, is_for_sale=False).number


def test_staff_answer_once_by_mail(client: FlaskClient, head: Letterhead) -> None:
    with db.transaction() as session:
        asked = actions.ask(
            session, About(), once="x" * 22, name="Ane", email=MAIL, text="Hvor høj?", head=head, now=clock.now()
        )
        staff = factories.staff(session, roles=(Role.SALES,))
        email = staff.email
    people.sign_in_staff(client, email)
    assert "1 spørgsmål venter på svar" in client.get("/personale/ordrer/spoergsmaal").text
    address = f"/personale/ordrer/spoergsmaal/{asked}"
    assert client.post(address, data={"svar": ""}).status_code == 422
    for _press in range(2):
        assert client.post(address, data={"svar": "85 cm."}).status_code == 303
    again = client.post(address, data={"svar": "Noget andet."})
    assert again.status_code == 409
    assert "85 cm." in again.text
    assert "Noget andet." in again.text, "what was typed is not lost"
    assert [mail.subject for mail in mails()] == ["Dit spørgsmål", "Svar på dit spørgsmål"]
    assert "> Hvor høj?" in mails()[1].body
    assert "Alle spørgsmål er besvaret" in client.get("/personale/ordrer/spoergsmaal").text


def test_one_address_cannot_be_flooded_and_the_page_does_not_say_so(client: FlaskClient) -> None:
    seen = set()
    for number in range(actions.MOST_A_DAY + 3):
        typed = {"once": f"{number:022d}", "navn": "Ane", "mail": MAIL, "besked": "Hej"}
        answer = client.post("/spoerg", data=typed)
        seen.add((answer.status_code, answer.headers["Location"]))
    assert len(seen) == 1
    assert count(ShopQuestion) == len(mails()) == actions.MOST_A_DAY


def test_a_program_that_writes_without_end_is_asked_to_wait(app: Flask, head: Letterhead) -> None:
    for number in range(actions.MOST_AN_HOUR):
        assert wished(head, email=f"a{number}@example.dk")
    with pytest.raises(Refusal):
        wished(head, email="b@example.dk")
    assert wished(head, email="b@example.dk", at=timedelta(hours=2)), "the control: later it is possible"


def test_a_wish_is_told_once_after_its_address_said_yes(app: Flask, head: Letterhead) -> None:
    wish = wished(head)
    assert wish is not None
    silent = wished(head, email="anden@example.dk")
    assert silent is not None
    yes(head, wish)
    assert actions.tell(head, clock.now()) == 0, "nothing has come yet"
    newly_for_sale("Kommode", "restaurerede-møbler")
    assert actions.tell(head, clock.now()) == 0, "another kind"
    newly_for_sale()
    assert actions.tell(head, clock.now()) == 1
    newly_for_sale()
    assert actions.tell(head, clock.now()) == 0
    told = [mail for mail in mails() if mail.key.startswith("wish-told")]
    assert [(mail.recipient, "/vare/" in mail.body) for mail in told] == [(MAIL, True)]


def test_of_a_product_only_that_product_is_told(app: Flask, head: Letterhead) -> None:
    with db.transaction() as session:
        kind = factories.product_type(session, name="Havebænk med ryglæn")
        wish = actions.wish(
            session, email=MAIL, category="havebænke", product_type_id=kind.id, head=head, now=clock.now()
        )
        kind_id = kind.id
    assert wish is not None
    yes(head, wish)
    newly_for_sale()
    assert actions.tell(head, clock.now()) == 0
    with db.transaction() as session:
        session.expunge_all()
        factories.item(session, kind=session.get_one(type(kind), kind_id), now=clock.now() + timedelta(seconds=1))
    assert actions.tell(head, clock.now()) == 1


def test_the_link_confirms_and_ends_and_lies_in_no_table(client: FlaskClient, head: Letterhead) -> None:
    assert client.post("/sig-til", data={"mail": MAIL, "slags": "havebænke"}).status_code == 303
    with db.reading() as session:
        public_id = session.scalars(sa.select(Wish.public_id)).one()
    token = actions.token_of(head, public_id)
    assert token not in mails()[0].body
    link = f"/sig-til/{public_id}/{token}"
    assert "Ja, sig til" in client.get(link).text
    with db.reading() as session:
        assert session.scalar(sa.select(Wish.confirmed_at)) is None, "opening a link is not an answer"
    assert client.post(link, data={"svar": "ja"}).status_code == 303
    assert "Nej tak, stop det igen" in client.get(link).text
    client.post(link, data={"svar": "stop"})
    assert "Vi skriver ikke mere om det" in client.get(link).text
    assert client.post(link, data={"svar": "ja"}).status_code == 404, "ended is ended"
    newly_for_sale()
    assert actions.tell(head, clock.now()) == 0
    for wrong in (f"/sig-til/{public_id}/{'x' * 43}", f"/sig-til/{'x' * 22}/{token}"):
        assert client.get(wrong).status_code == client.post(wrong).status_code == 404


def test_the_page_says_the_same_whatever_we_know_of_the_address(client: FlaskClient, head: Letterhead) -> None:
    waits = wished(head)
    assert waits is not None
    yes(head, waits)
    known, unknown = (
        client.post("/sig-til", data={"mail": mail, "slags": "havebænke"}) for mail in (MAIL, "ny@example.dk")
    )
    assert (known.status_code, known.headers["Location"], known.data) == (
        unknown.status_code,
        unknown.headers["Location"],
        unknown.data,
    )
    assert count(Wish) == 2
    for number in range(actions.MOST_WISHES + 2):
        wished(head, kind=f"slags-{number}")
    with db.reading() as session:
        assert len(queries.waiting_of(session, MAIL)) == actions.MOST_WISHES


def test_an_address_that_never_answered_is_asked_again_the_next_day_and_then_forgotten(
    app: Flask, head: Letterhead
) -> None:
    assert wished(head)
    assert wished(head, at=timedelta(hours=2)) is None
    assert wished(head, at=timedelta(hours=25))
    with db.reading() as session:
        assert len(queries.waiting_of(session, MAIL)) == 1
    actions.tell(head, clock.now() + timedelta(days=20))
    assert count(Wish) == 0


def test_two_sweeps_at_the_same_moment_tell_once(app: Flask, head: Letterhead) -> None:
    wish = wished(head)
    assert wish is not None
    yes(head, wish)
    newly_for_sale()
    with ThreadPoolExecutor(4) as pool:
        list(pool.map(lambda _each: actions.tell(head, clock.now()), range(4)))
    assert len([mail for mail in mails() if mail.key.startswith("wish-told")]) == 1


def test_staff_see_how_many_wait_and_never_who(client: FlaskClient, head: Letterhead) -> None:
    for email in (MAIL, "to@example.dk"):
        wish = wished(head, email=email)
        assert wish is not None
        yes(head, wish)
    with db.transaction() as session:
        email = factories.staff(session, roles=(Role.SALES,)).email
    people.sign_in_staff(client, email)
    page = client.get("/personale/ordrer/spoergsmaal").text
    assert '<td class="num">2</td>' in page
    assert MAIL not in page


def test_a_link_of_nobody_is_refused(app: Flask, head: Letterhead) -> None:
    with pytest.raises(NotHere), db.transaction() as session:
        actions.end(session, "x" * 22, "y" * 43, now=clock.now())
