"""From a wish in the basket to a thing that is the customer's: begun once, sold once, and what happens otherwise."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from support import factories
from support.queries import counted

from shop.orders.making import actions, queries
from shop.orders.making.models import BasketMaking, LineItem, LineMaking
from shop.orders.models import OrderState
from tests.shop.orders.making import rig
from tests.shop.orders.making.rig import NOW, bench, bought, finish_all, items_of_line, locked, productions, told
from workshop.core import db
from workshop.core.errors import Refusal
from workshop.production import actions as production
from workshop.production.lead_times.rules import is_workday
from workshop.production.models import CapacityDay, OrderSource, OrderStep
from workshop.production.models import OrderState as MakingState
from workshop.products import actions as products
from workshop.products.models import Item, ItemState, ProductType, StockMovement, VatScheme

CHOSEN = {"længde": "150", "farve": "sort"}


def wish(kind: ProductType, token: str | None = None, **changes: object) -> str:
    values: dict[str, object] = {"options": CHOSEN, "own_length_cm": None, "quantity": 1} | changes
    with db.transaction() as session:
        return actions.wish(session, token, product_type=kind, now=NOW, **values)  # type: ignore[arg-type]


@pytest.fixture
def kind(app: Flask) -> ProductType:
    with db.transaction() as session:
        made = bench(session)
        session.refresh(made)
        session.expunge(made)
    return made


def test_a_wish_is_priced_and_promised_in_the_basket(kind: ProductType) -> None:
    token = wish(kind, quantity=2)
    with db.reading() as session:
        line = queries.wishes(session, token, NOW)[0]
    assert (line.title, line.options_text) == ("Havebænk med ryglæn", "længde 150\u00a0cm, farve sort")
    assert (line.unit_price_ore, line.amount_ore) == (204_500, 409_000)
    assert line.vat_scheme is VatScheme.STANDARD
    assert not line.is_made_to_measure
    assert is_workday(line.ready_on)
    assert line.reasons
    assert line.url == "/bestil/hb-01-havebaenk-med-ryglaen"


def test_the_same_choice_again_is_one_wish_with_the_new_number(kind: ProductType) -> None:
    token = wish(kind)
    assert wish(kind, token, quantity=3) == token
    wish(kind, token, own_length_cm=163, options={"farve": "sort"})
    with db.reading() as session:
        found = queries.wishes(session, token, NOW)
    assert [(line.quantity, line.own_length_cm) for line in found] == [(3, None), (1, 163)]
    assert [line.is_made_to_measure for line in found] == [False, True]


def test_an_own_length_from_the_list_keeps_the_right_of_withdrawal(kind: ProductType) -> None:
    token = wish(kind, own_length_cm=180, options={"farve": "rå"})
    with db.reading() as session:
        line = queries.wishes(session, token, NOW)[0]
    assert line.options == {"farve": "rå", "længde": "180"}
    assert not line.is_made_to_measure


@pytest.mark.parametrize(
    "changes",
    [{"options": {"farve": "lilla", "længde": "150"}}, {"own_length_cm": 9}, {"quantity": 0}, {"quantity": 11}],
)
def test_what_cannot_be_made_is_refused_and_leaves_no_basket(kind: ProductType, changes: dict[str, object]) -> None:
    with pytest.raises(Refusal):
        wish(kind, **changes)
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(BasketMaking.id))) == 0


def test_a_wish_that_is_not_offered_any_more_is_left_out(kind: ProductType) -> None:
    token = wish(kind)
    with db.transaction() as session:
        assert queries.gone_wishes(session, token) == []
        session.get_one(ProductType, kind.id).options = {"farve": [["blå", 0]]}
    with db.reading() as session:
        assert queries.wishes(session, token, NOW) == []
        (gone,) = queries.gone_wishes(session, token)
        assert gone.title == kind.name


def test_a_wish_can_only_be_taken_out_of_its_own_basket(kind: ProductType) -> None:
    mine, yours = wish(kind), wish(kind)
    with db.reading() as session:
        wish_id = queries.wishes(session, mine, NOW)[0].id
    with db.transaction() as session:
        actions.unwish(session, yours, wish_id)
    with db.reading() as session:
        assert len(queries.wishes(session, mine, NOW)) == 1
    with db.transaction() as session:
        actions.unwish(session, mine, wish_id)
    with db.reading() as session:
        assert queries.wishes(session, mine, NOW) == []


def test_the_basket_asks_as_often_for_ten_wishes_as_for_one(kind: ProductType) -> None:
    few = wish(kind)
    many = wish(kind)
    for length in range(121, 129):
        wish(kind, many, own_length_cm=length, options={"farve": "rå"})
    asked = []
    for token in (few, many):
        with db.reading() as session, counted() as sent:
            queries.wishes(session, token, NOW)
        asked.append(len(sent))
    assert asked[0] == asked[1]


def test_what_is_bought_and_not_begun_makes_others_wait(kind: ProductType) -> None:
    with db.transaction() as session:
        at = factories.department(session)
        session.add_all(
            CapacityDay(day=NOW.date() + timedelta(days=count), department_id=at.id, team_minutes=240)
            for count in range(1, 85)
        )
    with db.reading() as session:
        before = queries.promise(session, product_type_id=kind.id, pieces=1, now=NOW)
    with db.transaction() as session:
        order = bought(session, kind, quantity=6)
    with db.reading() as session:
        after = queries.promise(session, product_type_id=kind.id, pieces=1, now=NOW)
    assert after.ready_on > before.ready_on
    with db.transaction() as session:
        actions.start(session, locked(session, order), now=NOW, by_staff_id=None)
    with db.reading() as session:
        assert queries.promise(session, product_type_id=kind.id, pieces=1, now=NOW) == after, "the same work, begun"


def test_the_desk_sets_each_line_into_production_once(kind: ProductType) -> None:
    with db.transaction() as session:
        order = bought(session, kind, lines=2, own_length_cm=163)
    with db.transaction() as session:
        assert actions.start(session, locked(session, order), now=NOW, by_staff_id=None) == 2
    with db.transaction() as session:
        assert actions.start(session, locked(session, order), now=NOW, by_staff_id=None) == 0
        made = productions(session)
        assert [(each.source, each.reference, each.due_on) for each in made] == [
            (OrderSource.SHOP, "2026-0001", date(2026, 12, 15))
        ] * 2
        assert [(each.options, each.length_cm) for each in made] == [({"farve": "sort"}, 163)] * 2
        assert [each.title for each in made] == ["Havebænk med ryglæn, længde 150 cm, farve sort"] * 2
        assert [session.scalar(sa.select(sa.func.count(OrderStep.id)).where(OrderStep.order_id == made[0].id))] == [2]
    assert told(order) == ["2 ting er sat i produktion."]


def test_an_order_that_is_not_paid_is_not_begun(kind: ProductType) -> None:
    with db.transaction() as session:
        order = bought(session, kind, state=OrderState.PLACED)
        with pytest.raises(Refusal, match="ikke betalt"):
            actions.start(session, locked(session, order), now=NOW, by_staff_id=None)


def begun(kind: ProductType, quantity: int = 1) -> rig.Bought:
    with db.transaction() as session:
        order = bought(session, kind, quantity=quantity)
        actions.start(session, locked(session, order), now=NOW, by_staff_id=None)
    return order


def test_what_is_made_is_sold_to_its_customer_once(kind: ProductType) -> None:
    order = begun(kind, quantity=2)
    with db.transaction() as session:
        finish_all(session)
    assert actions.collect_finished(NOW) == 1
    assert actions.collect_finished(NOW) == 0
    with db.reading() as session:
        things = session.scalars(sa.select(Item).order_by(Item.id)).all()
        pieces = sum(pieces for _line, _item, pieces in items_of_line(session))
        assert {(each.state, each.quantity, each.held, each.price_ore) for each in things} == {
            (ItemState.SOLD, 0, 0, 204_500)
        }
        assert {each.title for each in things} == {"Havebænk med ryglæn, længde 150 cm, farve sort"}
        assert pieces == 2
        assert queries.items_of(session, order.id) == [(item, number) for _line, item, number in items_of_line(session)]
        row = queries.of_order(session, order.id)[0]
        moved = session.execute(
            sa.select(StockMovement.change, StockMovement.reference).where(StockMovement.change < 0)
        ).all()
        assert (sum(each.change for each in moved), {each.reference for each in moved}) == (-2, {"2026-0001"})
    assert row.is_done
    assert "Lavet færdig tirsdag den 24. november" in row.words
    assert told(order)[-1] == "Alt i ordren er lavet."


def test_a_rejected_piece_is_made_again_and_the_good_one_waits(kind: ProductType) -> None:
    order = begun(kind, quantity=2)
    with db.transaction() as session:
        finish_all(session, rejected=1)
    actions.collect_finished(NOW)
    with db.reading() as session:
        again = productions(session)[-1]
        assert (again.pieces, again.state, again.reference) == (1, MakingState.OPEN, "2026-0001")
        assert not queries.of_order(session, order.id)[0].is_done
        assert len(items_of_line(session)) == 1
    with db.transaction() as session:
        finish_all(session)
    actions.collect_finished(NOW)
    with db.reading() as session:
        assert queries.of_order(session, order.id)[0].is_done
        assert len(items_of_line(session)) == 2
    assert "én blev ikke god nok" in told(order)[1]


def test_a_piece_that_went_to_somebody_else_is_made_again(kind: ProductType) -> None:
    begun(kind)
    with db.transaction() as session:
        thing = finish_all(session)[0]
        products.approve(session, thing, now=NOW, by_staff_id=None)
        products.hold(session, thing.id, 1)
    actions.collect_finished(NOW)
    with db.reading() as session:
        assert items_of_line(session) == []
        assert [each.state for each in productions(session)] == [MakingState.FINISHED, MakingState.OPEN]


def test_a_stopped_production_is_a_matter_for_people_and_can_be_begun_again(kind: ProductType) -> None:
    order = begun(kind)
    with db.transaction() as session:
        production.cancel_order(session, productions(session)[0], now=NOW)
    actions.collect_finished(NOW)
    with db.transaction() as session:
        seen = locked(session, order)
        assert "stoppet" in seen.attention
        assert queries.of_order(session, order.id)[0].production_public_id is None
        assert actions.start(session, seen, now=NOW, by_staff_id=None) == 1


def test_what_is_begun_when_an_order_is_called_off_is_made_for_the_shop(kind: ProductType) -> None:
    order = begun(kind)
    with db.transaction() as session:
        first = session.scalar(sa.select(OrderStep.id).order_by(OrderStep.position).limit(1))
        assert first is not None
        production.finish_step(session, first, base_url=rig.BASE_URL, now=NOW)
        actions.let_go(session, locked(session, order), NOW)
    with db.transaction() as session:
        made = productions(session)[0]
        assert (made.state, made.source, made.reference) == (MakingState.OPEN, OrderSource.STOCK, "")
        thing_id = finish_all(session)[0].id
    assert actions.collect_finished(NOW) == 0
    with db.reading() as session:
        assert session.get_one(Item, thing_id).state is ItemState.MADE
        assert session.scalar(sa.select(sa.func.count(LineMaking.order_line_id))) == 0


@pytest.mark.parametrize(("own_length_cm", "is_begun"), [(137, True), (None, False)])
def test_only_what_is_cut_to_an_own_measure_and_begun_ties_its_customer(
    kind: ProductType, own_length_cm: int | None, is_begun: bool
) -> None:
    with db.transaction() as session:
        order = bought(session, kind, own_length_cm=own_length_cm)
        actions.start(session, locked(session, order), now=NOW, by_staff_id=None)
        assert not queries.is_begun_to_measure(session, order.id)
        first = session.scalar(sa.select(OrderStep.id).order_by(OrderStep.position).limit(1))
        assert first is not None
        production.finish_step(session, first, base_url=rig.BASE_URL, now=NOW)
        assert queries.is_begun_to_measure(session, order.id) is is_begun


def test_what_nobody_has_begun_is_stopped_when_the_order_is_called_off(kind: ProductType) -> None:
    order = begun(kind)
    with db.transaction() as session:
        actions.let_go(session, locked(session, order), NOW)
        actions.let_go(session, locked(session, order), NOW)
        assert productions(session)[0].state is MakingState.CANCELLED


def test_what_was_made_already_goes_into_the_shop_when_the_order_is_called_off(kind: ProductType) -> None:
    order = begun(kind)
    with db.transaction() as session:
        finish_all(session)
    actions.collect_finished(NOW)
    for _twice in range(2):
        with db.transaction() as session:
            actions.let_go(session, locked(session, order), NOW)
    with db.reading() as session:
        thing = session.scalars(sa.select(Item)).one()
        assert (thing.state, thing.quantity, thing.price_ore) == (ItemState.FOR_SALE, 1, 204_500)
        assert thing.approved_at is not None
        assert session.scalar(sa.select(sa.func.count(LineItem.item_id))) == 0


def test_a_called_off_order_whose_work_ends_later_gives_its_things_to_the_shop(kind: ProductType) -> None:
    order = begun(kind)
    with db.transaction() as session:
        finish_all(session)
        locked(session, order).state = OrderState.CANCELLED
    actions.collect_finished(NOW)
    with db.reading() as session:
        assert items_of_line(session) == []
        assert session.scalars(sa.select(Item)).one().state is ItemState.MADE
    assert actions.collect_finished(NOW) == 0


def test_the_offers_are_those_that_can_be_made(kind: ProductType) -> None:
    with db.transaction() as session:
        factories.product_type(session, sku="XX-1")
        bench(session, sku="HB-09").is_used = False
    with db.reading() as session:
        assert [each.sku for each in queries.offers(session, ["havebænke"])] == ["HB-01"]
        assert queries.offers(session, ["borde"]) == []
        assert queries.offers(session)[0].from_price_ore == 189_500
        found = queries.offered_at(session, "hb-01-et-gammelt-navn")
        assert found is not None
        assert found.sku == "HB-01"
        assert queries.offered_at(session, "hb-0") is None
