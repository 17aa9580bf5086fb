"""The nightly comparison with Stripe: everything planted is found, nothing else, and what is late is settled."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient
from support import factories, people

from shop.commands import program
from shop.orders.models import OrderState
from shop.payments.models import Finding, FindingKind, Payment, Reconciliation
from shop.payments.reconciling import actions, queries
from shop.payments.reconciling.actions import Compared
from tests.shop.orders.rig import Shop, end_state, for_sale, mails_about, open_shop, order
from tests.shop.payments.reconciling.planting import PRICE, RIGHT, WRONG, behind, planting
from workshop.core import clock, db
from workshop.core.access import Role
from workshop.products.models import Item

TIMES = 10
PAGE = "/personale/ordrer/afstemning/"


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def bench(shop: Shop) -> Item:
    return for_sale("Havebænk", price_ore=PRICE, pieces=400)[0]


@pytest.fixture
def ledger(tmp_path: Path) -> Path:
    return tmp_path / "stripe.sqlite"


@pytest.fixture
def desk(shop: Shop) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, name="Sanne Lund", roles=[Role.MANAGER]).email
    client = shop.app.test_client()
    client.environ_base["HTTP_SEC_FETCH_SITE"] = "same-origin"
    people.sign_in_staff(client, email)
    return client


def compare(shop: Shop, now: datetime | None = None, **more: int) -> Compared:
    with shop.app.app_context():
        return actions.compare(shop.app.extensions["reconciling"], now or clock.now(), **more)


def found() -> dict[str, FindingKind]:
    with db.reading() as session:
        return {each.object_id: each.kind for each in queries.open_findings(session)}


def test_a_hundred_planted_differences_are_found_and_not_one_more(shop: Shop, bench: Item, ledger: Path) -> None:
    with planting(ledger, bench, clock.now()) as books:
        for _time in range(TIMES):
            for plant in (*WRONG, *RIGHT, *RIGHT):
                plant(books)
        late = [behind(books).public_id for _time in range(TIMES)]
    assert len(books.planted) == 100
    came_to = compare(shop)
    assert found() == books.planted
    assert (came_to.found, came_to.caught_up) == (100, TIMES)
    assert {order(each).state for each in late} == {OrderState.SECURED}
    before = found()
    compare(shop)
    assert found() == before, "the same differences the next night are the same rows"
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Finding.id))) == 100


def test_two_books_that_say_the_same_find_nothing_and_change_nothing(shop: Shop, bench: Item, ledger: Path) -> None:
    with planting(ledger, bench, clock.now()) as books:
        for plant in RIGHT:
            plant(books)
    before = end_state()
    compare(shop)
    assert found() == {}
    assert end_state() == before


def test_a_payment_nobody_told_us_of_is_an_order_with_one_mail(shop: Shop, bench: Item, ledger: Path) -> None:
    with planting(ledger, bench, clock.now()) as books:
        public_id = behind(books).public_id
    for _night in range(2):
        compare(shop)
    assert order(public_id).state is OrderState.SECURED
    assert len(mails_about(public_id)) == 1
    assert found() == {}


def test_a_page_whose_id_we_were_stopped_from_keeping_is_found_by_its_reference(
    shop: Shop, bench: Item, ledger: Path
) -> None:
    with planting(ledger, bench, clock.now()) as books:
        public_id = behind(books).public_id
        books.session.execute(sa.update(Payment).values(session_id=None))
    compare(shop)
    assert order(public_id).state is OrderState.SECURED
    assert found() == {}


def test_what_is_put_right_goes_by_itself(shop: Shop, bench: Item, ledger: Path) -> None:
    with planting(ledger, bench, clock.now()) as books:
        WRONG[2](books)
    compare(shop)
    (intent,) = found()
    shop.app.extensions["reconciling"].gateway().void(intent, "by hand")
    compare(shop)
    assert found() == {}
    with db.reading() as session:
        assert session.scalars(sa.select(Finding.settled_at)).one() is not None


def test_what_is_older_than_the_days_looked_at_still_stands(shop: Shop, bench: Item, ledger: Path) -> None:
    with planting(ledger, bench, clock.now()) as books:
        WRONG[0](books)
        WRONG[3](books)
        WRONG[4](books)
    compare(shop)
    before = found()
    compare(shop, clock.now() + timedelta(days=40), days=1)
    assert found() == before != {}


def test_what_somebody_put_aside_stays_there_until_it_says_something_else(
    shop: Shop, bench: Item, ledger: Path, desk: FlaskClient
) -> None:
    with planting(ledger, bench, clock.now()) as books:
        WRONG[1](books)
    (intent,) = books.planted
    compare(shop)
    with db.reading() as session:
        public_id = session.scalars(sa.select(Finding.public_id)).one()
    for _press in range(2):
        assert desk.post(f"{PAGE}{public_id}/i-orden").status_code == 303
    compare(shop)
    assert found() == {}
    shop.app.extensions["reconciling"].gateway().refund(intent, 5_000, "some of it")
    compare(shop)
    assert found() == {intent: FindingKind.MONEY_WITHOUT_ORDER}
    assert desk.post(f"{PAGE}nobody/i-orden").status_code == 404


def test_the_page_is_calm_when_everything_fits_and_names_what_does_not(
    shop: Shop, bench: Item, ledger: Path, desk: FlaskClient
) -> None:
    assert "Ikke sammenlignet endnu" in desk.get(PAGE).text
    assert desk.post(PAGE).status_code == 303
    assert "Alt stemmer" in desk.get(PAGE).text
    with planting(ledger, bench, clock.now()) as books:
        WRONG[2](books)
    assert desk.post(PAGE).status_code == 303
    text = desk.get(PAGE).text
    assert "Alt stemmer" not in text
    for part in ("Penge uden ordre", "2026-0001", "1.150 kr.", "annulleret", "1 ting stemmer ikke"):
        assert part in text.replace("\u00a0", " ")


def test_it_is_made_once_a_night_danish_time(shop: Shop) -> None:
    house = shop.app.extensions["reconciling"]
    evening = datetime.fromisoformat("2026-11-24T23:30:00+01:00")
    with shop.app.app_context():
        for hours in range(29):
            actions.nightly(house, evening + timedelta(hours=hours))
    with db.reading() as session:
        ran = session.scalars(sa.select(Reconciliation.ran_at).order_by(Reconciliation.id)).all()
    assert [clock.local(each).strftime("%d %H:%M") for each in ran] == ["24 23:30", "25 03:30", "26 03:30"]


def test_while_stripe_is_away_nothing_is_written_and_it_is_tried_again(
    shop: Shop, desk: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    shop.stripe.control("faults", kind="error_before", method="GET", times=2)
    with shop.app.app_context():
        assert actions.nightly(shop.app.extensions["reconciling"], clock.now().replace(hour=12)) == 0
    with db.reading() as session:
        assert queries.newest(session) is None
    shop.stripe.control("faults", kind="error_before", method="GET", times=4)
    answer = desk.post(PAGE, follow_redirects=True)
    assert "Stripe svarer ikke lige nu" in answer.text


def test_the_command_names_what_does_not_fit_and_ends_with_one(shop: Shop, bench: Item, ledger: Path) -> None:
    run = shop.app.test_cli_runner()
    right = run.invoke(program.commands["reconcile"], ["--days", "3"])  # type: ignore[attr-defined] # a click group
    assert (right.exit_code, "Alt stemmer" in right.output) == (0, True)
    with planting(ledger, bench, clock.now()) as books:
        WRONG[0](books)
    wrong = run.invoke(program.commands["reconcile"], [])  # type: ignore[attr-defined] # the same
    assert (wrong.exit_code, next(iter(books.planted)) in wrong.output) == (1, True)
