"""Web and worker killed again and again while people buy: a twentieth of the soak. The stand-in's book is the judge."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks import boundaries, crowds, kills, scenes
from benchmarks.judging import judge
from shop.orders import checkout
from shop.orders.models import Order, OrderState, PayWay
from shop.orders.pickup import SHIPPED
from shop.orders.web import gateway_of
from shop.payments.models import Payment
from tests.shop.orders.rig import ANE, Shop, basket_with, for_sale, open_shop
from workshop.core import clock, db
from workshop.core.mail import OutboxMail
from workshop.products.models import Item, ItemState

TOTAL = 115_000
FINE = dict.fromkeys(kills.FAULTS, 0)


class GivenDatabase:
    """The test's own database, where the soak would make one."""

    def __init__(self, name: str, url: str) -> None:
        self.name, self.url = name, url

    @contextmanager
    def fresh(self) -> Iterator[str]:
        yield self.url


@pytest.fixture
def shop(database_url: str, tmp_path: Path) -> Iterator[Shop]:
    with open_shop(database_url, tmp_path) as opened:
        yield opened


@pytest.fixture
def paid(shop: Shop) -> str:
    """An order that is paid and holds."""
    (bench,) = for_sale("Havebænk", price_ore=TOTAL)
    now = clock.now()
    way = checkout.buy(
        gateway_of(shop.app),
        token=basket_with(bench, now=now),
        customer=ANE,
        slot=SHIPPED.slots(now)[0],
        pay_way=PayWay.CARD,
        agreed_ore=TOTAL,
        head=shop.head,
        now=now,
    )
    shop.stripe.pay(str(way.payment_url).rpartition("/")[2])
    shop.deliver(shop.events())
    return way.public_id


def faults(shop: Shop, folder: Path) -> dict[str, int]:
    """What the judge finds, beside what was right before: the receipt waits, as no sweep has run."""
    found = judge(shop.app, folder / "stripe.sqlite")
    return {name: found[name] for name in FINE if found[name] and name != "left_due"}


def test_ten_kills_lose_and_double_nothing(database_url: str, engine_name: str) -> None:
    engine = GivenDatabase(engine_name, database_url)
    figures = kills.run_batch(engine, 25, 10, "a twentieth", waits=False)
    assert {name: figures[name] for name in FINE} == FINE, figures
    assert figures["kills"] == 10
    assert figures["places_killed"]
    assert figures["payments"]


def test_a_death_at_each_of_some_places_loses_and_doubles_nothing(database_url: str, engine_name: str) -> None:
    chance = random.Random(f"a twentieth on {engine_name}")
    played = chance.sample(scenes.SCENES, 2)
    figures = boundaries.run(GivenDatabase(engine_name, database_url), 0.15, "a twentieth", played)
    assert boundaries.verdict(figures, kills.FAULTS) == ""
    assert figures["killed"] >= 5, figures


def test_the_control_a_house_that_crosses_off_before_it_asks_is_caught(database_url: str, engine_name: str) -> None:
    engine, capture = GivenDatabase(engine_name, database_url), "web: before POST /v1/payment_intents/…/capture"
    played = [scenes.fetched_and_given_back]
    figures = boundaries.run(engine, 1.0, "control", played, only=capture, is_forgetful=True)
    assert figures["killed"] == 1
    assert [each for each in figures["broke"] if capture in each], "money that was never taken is missed"
    assert "unharmed" not in str(figures["broke"]), "nothing is lost when nobody dies"


@pytest.mark.once
def test_a_write_that_no_scene_passes_has_to_be_explained() -> None:
    sites = set(boundaries.write_sites())
    assert {"orders.checkout.buy", "payments.dues.claim", "core.mail._claim", "orders.webhook.told"} <= sites
    assert "orders.checkout.buy" in boundaries.unexplained(())
    assert boundaries.unexplained(sites) == set()
    gone = [name for name in boundaries.NOT_REACHED if not any(site.startswith(name) for site in sites)]
    assert gone == []


def test_a_crowd_over_http_leaves_each_thing_with_one_owner(database_url: str, engine_name: str) -> None:
    figures = crowds.run_batch(GivenDatabase(engine_name, database_url), 5)
    assert crowds.verdict(figures) == ""
    assert figures["outcomes"] == {"won": 5, "lost": 5 * (crowds.BUYERS - 1)}


def test_the_judge_is_content_with_a_paid_order(shop: Shop, paid: str, tmp_path: Path) -> None:
    assert faults(shop, tmp_path) == {}


@pytest.mark.parametrize(
    ("what", "fault"),
    [
        (sa.update(Order).values(state=OrderState.CANCELLED), "secured_but_lost"),
        (sa.update(Order).values(state=OrderState.PLACED), "secured_but_lost"),
        (sa.update(Item).values(state=ItemState.FOR_SALE, quantity=1), "stock_off"),
        (sa.update(Payment).values(captured_ore=100), "captured_wrong"),
        (sa.update(Payment).values(state="captured"), "found_by_comparison"),
    ],
)
def test_the_control_the_judge_sees_each_fault(
    shop: Shop, paid: str, tmp_path: Path, what: sa.Update, fault: str
) -> None:
    with db.transaction() as session:
        session.execute(what)
    assert fault in faults(shop, tmp_path)


def test_the_control_the_judge_sees_a_second_mail_and_a_second_refund(shop: Shop, paid: str, tmp_path: Path) -> None:
    with db.transaction() as session:
        first = session.scalars(sa.select(OutboxMail)).first()
        assert first is not None
        session.add(
            OutboxMail(
                key="another", recipient=first.recipient, subject=first.subject, body=first.body, due_at=first.due_at
            )
        )
        intent = session.scalars(sa.select(Payment.payment_intent_id)).one()
    door = gateway_of(shop.app)
    door.capture(str(intent), TOTAL, "taken")
    for key in ("one", "two"):
        door.refund(str(intent), TOTAL // 2, key)
    assert {"mailed_twice", "refunded_twice"} <= faults(shop, tmp_path).keys()
