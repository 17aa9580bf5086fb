"""Things are numbered, priced, approved, held and sold; never twice."""

from __future__ import annotations

import contextlib
import threading
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from support import factories

from workshop.core import db
from workshop.core.errors import Refusal
from workshop.core.images import Photo
from workshop.products import actions, queries
from workshop.products.models import (
    HousePrice,
    Item,
    ItemCode,
    ItemState,
    Material,
    Origin,
    PriceChange,
    ProductMaterial,
    StateChange,
    StockCause,
    StockMovement,
)
from workshop.products.numbers import take_numbers
from workshop.products.photos import actions as photographing


def prices(session: Session, item: Item) -> list[int]:
    statement = sa.select(PriceChange.price_ore).where(PriceChange.item_id == item.id).order_by(PriceChange.id)
    return list(session.scalars(statement))


def movements(session: Session, item: Item) -> list[tuple[int, str]]:
    statement = sa.select(StockMovement).where(StockMovement.item_id == item.id).order_by(StockMovement.id)
    return [(each.change, each.cause.value) for each in session.scalars(statement)]


def test_the_first_item_gets_number_1001_and_the_next_follow(session: Session, now: datetime) -> None:
    kind = factories.product_type(session)
    items = actions.add_items(
        session, product_type_id=kind.id, title="", pieces=3, base_url="https://butik.example", now=now
    )
    assert [item.number for item in items] == [1001, 1002, 1003]
    assert factories.item(session).number == 1004


def test_an_item_copies_what_its_type_says(session: Session, now: datetime) -> None:
    kind = factories.product_type(session, sku="HB-01", name="Havebænk med ryglæn", price_ore=189_500)
    donated = Material(key="old", name="Gammelt træ", unit="stk", unit_cost_ore=0, origin=Origin.DONATED)
    session.add(donated)
    session.flush()
    session.add(ProductMaterial(product_type_id=kind.id, material_id=donated.id, quantity=1))
    item = actions.add_items(
        session, product_type_id=kind.id, title=" ", pieces=1, base_url="https://butik.example", now=now
    )[0]
    assert item.title == "Havebænk med ryglæn"
    assert item.measures == "150 × 60 × 85 cm"
    assert item.drawing == "bench"
    assert item.price_ore == 189_500
    assert item.origin is Origin.DONATED
    assert item.state is ItemState.MADE
    assert item.is_one_of_a_kind
    assert prices(session, item) == [189_500]
    assert movements(session, item) == [(1, "made")]


def test_a_batch_is_one_number_for_many_pieces(session: Session, now: datetime) -> None:
    item = actions.add_items(
        session,
        product_type_id=None,
        title="Optændingspinde",
        pieces=40,
        base_url="https://butik.example",
        now=now,
        is_batch=True,
    )[0]
    assert (item.quantity, item.is_one_of_a_kind) == (40, False)
    assert movements(session, item) == [(40, "made")]


@pytest.mark.parametrize("pieces", [0, -1, 1_001])
def test_odd_numbers_of_pieces_are_refused(session: Session, now: datetime, pieces: int) -> None:
    with pytest.raises(Refusal, match="antal"):
        actions.add_items(
            session, product_type_id=None, title="Bænk", pieces=pieces, base_url="https://butik.example", now=now
        )


def test_a_thing_without_a_name_is_refused(session: Session, now: datetime) -> None:
    with pytest.raises(Refusal, match="navn"):
        actions.add_items(
            session, product_type_id=None, title=" \u200b ", pieces=1, base_url="https://butik.example", now=now
        )


def test_numbers_are_given_back_by_a_block_that_fails_and_never_given_twice(app: Flask) -> None:
    with contextlib.suppress(ZeroDivisionError), db.transaction() as session:
        assert take_numbers(session, "other", first=500) == 500
        raise ZeroDivisionError
    with db.transaction() as session:
        assert take_numbers(session, "other", 2, first=500) == 500
        assert take_numbers(session, "other", first=500) == 502


def test_a_price_is_history_and_the_same_price_is_no_change(session: Session, now: datetime) -> None:
    item = factories.item(session, price_ore=115_000)
    assert actions.set_price(session, item, 95_000, now=now, by_staff_id=None)
    assert not actions.set_price(session, item, 95_000, now=now, by_staff_id=None)
    assert item.price_ore == 95_000
    assert prices(session, item) == [115_000, 95_000]


@pytest.mark.parametrize("price_ore", [-100, 0, 99, 100_000_000])
def test_odd_prices_are_refused(session: Session, now: datetime, price_ore: int) -> None:
    item = factories.item(session, price_ore=115_000)
    with pytest.raises(Refusal):
        actions.set_price(session, item, price_ore, now=now, by_staff_id=None)
    assert prices(session, item) == [115_000]


def test_the_price_of_a_sold_item_stands(session: Session, now: datetime) -> None:
    item = factories.item(session)
    actions.hold(session, item.id, 1)
    actions.sell_held(session, item.id, 1, reference="2026-0001", now=now)
    with pytest.raises(Refusal, match="solgt"):
        actions.set_price(session, item, 90_000, now=now, by_staff_id=None)


def test_nothing_comes_up_for_sale_without_a_price(session: Session, now: datetime) -> None:
    item = factories.item(session, price_ore=None, is_for_sale=False)
    with pytest.raises(Refusal, match="pris"):
        actions.approve(session, item, now=now, by_staff_id=None)
    assert item.state is ItemState.MADE
    actions.set_price(session, item, 50_000, now=now, by_staff_id=None)
    actions.approve(session, item, now=now, by_staff_id=None)
    assert (item.state, item.approved_at) == (ItemState.FOR_SALE, now)


def test_approving_twice_changes_nothing(session: Session, now: datetime) -> None:
    item = factories.item(session)
    actions.approve(session, item, now=now + timedelta(days=1), by_staff_id=None)
    assert item.approved_at == factories.NOW


def test_withdrawing_waits_for_a_customer_who_is_paying(session: Session, now: datetime) -> None:
    item = factories.item(session)
    actions.hold(session, item.id, 1)
    with pytest.raises(Refusal, match="betale"):
        actions.withdraw(session, item, now=now, by_staff_id=None)
    actions.release(session, item.id, 1)
    actions.withdraw(session, item, now=now, by_staff_id=None)
    assert item.state is ItemState.WITHDRAWN
    assert not actions.hold(session, item.id, 1)


def test_only_what_is_for_sale_and_free_can_be_held(session: Session) -> None:
    batch = factories.item(session, quantity=3)
    assert actions.hold(session, batch.id, 2)
    assert not actions.hold(session, batch.id, 2)
    assert actions.hold(session, batch.id, 1)
    assert batch.free == 0
    unborn = factories.item(session, is_for_sale=False)
    assert not actions.hold(session, unborn.id, 1)


@pytest.mark.parametrize("quantity", [0, -1])
def test_holding_less_than_one_is_a_mistake(session: Session, quantity: int) -> None:
    item = factories.item(session)
    with pytest.raises(ValueError, match="at least one"):
        actions.hold(session, item.id, quantity)


def test_what_is_held_is_sold_and_handed_over(session: Session, now: datetime) -> None:
    item = factories.item(session)
    assert actions.hold(session, item.id, 1)
    actions.sell_held(session, item.id, 1, reference="2026-0001", now=now)
    assert (item.state, item.sold_at, item.quantity, item.held) == (ItemState.SOLD, now, 0, 0)
    assert movements(session, item) == [(1, "made"), (-1, "sold")]
    actions.hand_over(session, item.id, now)
    assert item.state is ItemState.HANDED_OVER


def test_what_is_not_held_cannot_be_sold(session: Session, now: datetime) -> None:
    item = factories.item(session)
    with pytest.raises(actions.NotHeld):
        actions.sell_held(session, item.id, 1, reference="2026-0001", now=now)
    with pytest.raises(actions.NotHeld):
        actions.release(session, item.id, 1)
    assert movements(session, item) == [(1, "made")]


def test_a_batch_stays_for_sale_until_the_last_is_sold(session: Session, now: datetime) -> None:
    batch = factories.item(session, quantity=2)
    for left, state in ((1, ItemState.FOR_SALE), (0, ItemState.SOLD)):
        assert actions.hold(session, batch.id, 1)
        actions.sell_held(session, batch.id, 1, reference="2026-0001", now=now)
        assert (batch.quantity, batch.state) == (left, state)
    assert batch.sold_at == now


def test_what_comes_back_is_for_sale_again(session: Session, now: datetime) -> None:
    item = factories.item(session)
    actions.hold(session, item.id, 1)
    actions.sell_held(session, item.id, 1, reference="2026-0001", now=now)
    actions.return_to_stock(session, item.id, 1, reference="2026-0001", now=now)
    assert (item.state, item.quantity, item.sold_at) == (ItemState.FOR_SALE, 1, None)
    assert movements(session, item) == [(1, "made"), (-1, "sold"), (1, "returned")]


def test_twenty_customers_at_once_never_hold_more_than_there_is(app: Flask) -> None:
    with db.transaction() as session:
        item_id = factories.item(session, quantity=3).id
    got: list[bool] = []

    def customer() -> None:
        with db.transaction() as session:
            got.append(actions.hold(session, item_id, 1) is not None)

    together([customer] * 20)
    assert sorted(got) == [False] * 17 + [True] * 3
    with db.reading() as session:
        assert session.get_one(Item, item_id).held == 3


def test_the_database_itself_refuses_to_hold_more_than_there_is(app: Flask) -> None:
    """The guard of the code is switched off here; the check of the table must still say no."""
    with db.transaction() as session:
        item_id = factories.item(session).id
    with pytest.raises(IntegrityError), db.transaction() as session:
        session.execute(sa.update(Item).where(Item.id == item_id).values(held=2))


def test_twelve_workers_at_once_get_twelve_different_numbers(app: Flask) -> None:
    taken: list[int] = []

    def worker() -> None:
        with db.transaction() as session:
            taken.append(take_numbers(session, "item", first=1001))

    together([worker] * 12)
    assert sorted(taken) == list(range(1001, 1013))


def test_an_edit_on_an_old_version_is_refused_and_loses_nothing(session: Session) -> None:
    item = factories.item(session)
    seen = item.version
    words = {"description": "", "place": "", "measures": ""}
    actions.edit_details(session, item, version=seen, title="Bænk, grøn", **words)
    with pytest.raises(actions.EditedMeanwhile):
        actions.edit_details(session, item, version=seen, title="Bænk, rød", **words)
    assert item.title == "Bænk, grøn"
    assert [card.title for card in queries.desk_list(session, words="gron", limit=9)] == []
    assert [card.title for card in queries.desk_list(session, words="groen", limit=9)] == ["Bænk, grøn"]


def test_a_new_price_does_not_disturb_whoever_is_writing(session: Session, now: datetime) -> None:
    item = factories.item(session)
    seen = item.version
    actions.set_price(session, item, 95_000, now=now, by_staff_id=None)
    actions.edit_details(session, item, version=seen, title="Bænk", description="", place="", measures="")
    assert item.title == "Bænk"


def test_a_photo_is_seen_outside_once_somebody_has_approved_it(session: Session, now: datetime) -> None:
    item = factories.item(session)
    photo = photographing.add_photo(session, item, Photo("abc", 800, 600), alt_text="", now=now, by_staff_id=None)
    page = queries.item_page(session, item.number)
    assert page is not None
    assert page.photos == ()
    lone = factories.staff(session)
    photographing.approve_photo(session, photo, now=now, by_staff_id=lone.account_id)
    page = queries.item_page(session, item.number)
    assert page is not None
    assert [(each.name, each.alt_text) for each in page.photos] == [("abc", item.title)]
    assert page.card.photo_name == "abc"


def together(jobs: list[object]) -> None:
    """Run all jobs at the same moment, and fail if one of them does."""
    failures: list[BaseException] = []
    gate = threading.Barrier(len(jobs))

    def run(job: object) -> None:
        gate.wait()
        try:
            job()  # type: ignore[operator]  # every job is a function without arguments
        except BaseException as failure:  # noqa: BLE001 — a thread's failure must reach the test
            failures.append(failure)

    threads = [threading.Thread(target=run, args=(job,)) for job in jobs]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert failures == []


def states(session: Session, item: Item) -> list[str]:
    statement = sa.select(StateChange).where(StateChange.item_id == item.id).order_by(StateChange.id)
    return [each.state.value for each in session.scalars(statement)]


def born(session: Session, now: datetime, **values: object) -> Item:
    """One thing that waits for approval."""
    asked: dict[str, object] = {"product_type_id": None, "title": "Bænk", "pieces": 1, "base_url": factories.BASE_URL}
    return actions.add_items(session, **{**asked, "now": now, **values})[0]  # type: ignore[arg-type]


def test_a_thing_may_wait_for_its_name_when_it_is_said_so(session: Session, now: datetime) -> None:
    item = born(session, now, title="", may_be_nameless=True, price_ore=5_000, origin=Origin.DONATED)
    assert (item.title, item.price_ore, item.origin) == ("", 5_000, Origin.DONATED)
    assert prices(session, item) == [5_000]
    with pytest.raises(Refusal, match="navn"):
        actions.approve(session, item, now=now, by_staff_id=None)
    actions.name_item(session, item, " Mælkekande ", now=now)
    actions.approve(session, item, now=now, by_staff_id=None)
    assert (item.title, item.state) == ("Mælkekande", ItemState.FOR_SALE)
    assert [card.title for card in queries.desk_list(session, words="maelkekande", limit=9)] == ["Mælkekande"]


def test_a_new_thing_takes_the_price_of_the_house_unless_it_has_its_own(session: Session, now: datetime) -> None:
    house = HousePrice(name="Brændeknuder", category="brænde-og-optænding", unit="net", price_ore=4_000)
    session.add(house)
    session.flush()
    kind = factories.product_type(session, price_ore=115_000)
    item = born(session, now, product_type_id=kind.id, house_price_id=house.id)
    assert (item.price_ore, item.house_price_id) == (4_000, house.id)
    assert born(session, now, house_price_id=house.id, price_ore=3_500).price_ore == 3_500
    with pytest.raises(Refusal, match="mindst 1 kr"):
        born(session, now, price_ore=5)


def test_a_thing_takes_over_the_number_and_the_code_of_a_label_printed_ahead(session: Session, now: datetime) -> None:
    number = take_numbers(session, actions.ITEM_SERIES, first=actions.FIRST_ITEM_NUMBER)
    code = ItemCode(token="abcdefghjk", number=number, qr_path="M0", qr_side=41, made_at=now)
    item = born(session, now, code=code)
    assert (item.number, item.qr_token, item.qr_path, item.qr_side) == (number, "abcdefghjk", "M0", 41)
    assert born(session, now).number == number + 1
    with pytest.raises(ValueError, match="one item"):
        born(session, now, code=code, pieces=2)


def test_naming_is_for_the_bench_and_disturbs_nobody_who_writes(session: Session, now: datetime) -> None:
    item = born(session, now)
    seen = item.version
    actions.name_item(session, item, "Grøn bænk", now=now)
    assert (item.title, item.version) == ("Grøn bænk", seen)
    with pytest.raises(Refusal, match="navn"):
        actions.name_item(session, item, " \u200b", now=now)
    actions.set_price(session, item, 50_000, now=now, by_staff_id=None)
    actions.approve(session, item, now=now, by_staff_id=None)
    with pytest.raises(Refusal, match="godkendt"):
        actions.name_item(session, item, "Rød bænk", now=now)
    assert item.title == "Grøn bænk"


def test_a_proposed_price_is_no_price_until_staff_set_one(session: Session, now: datetime) -> None:
    item = born(session, now)
    actions.propose_price(session, item, 12_500, now=now)
    assert (item.proposed_ore, item.price_ore, prices(session, item)) == (12_500, None, [])
    with pytest.raises(Refusal, match="pris"):
        actions.approve(session, item, now=now, by_staff_id=None)
    actions.propose_price(session, item, None, now=now)
    assert item.proposed_ore is None
    actions.propose_price(session, item, 12_500, now=now)
    actions.set_price(session, item, 15_000, now=now, by_staff_id=None)
    assert (item.proposed_ore, item.price_ore, prices(session, item)) == (None, 15_000, [15_000])
    actions.propose_price(session, item, 14_000, now=now)
    assert not actions.set_price(session, item, 15_000, now=now, by_staff_id=None)
    assert (item.proposed_ore, prices(session, item)) == (None, [15_000]), "the answer was: it stays as it is"


@pytest.mark.parametrize("price_ore", [-1, 0, 99, 100_000_000])
def test_odd_proposals_are_refused(session: Session, now: datetime, price_ore: int) -> None:
    with pytest.raises(Refusal):
        actions.propose_price(session, born(session, now), price_ore, now=now)


def test_the_bench_has_no_say_about_the_price_of_what_is_for_sale(session: Session, now: datetime) -> None:
    with pytest.raises(Refusal, match="godkendt"):
        actions.propose_price(session, factories.item(session), 10_000, now=now)


def test_a_thing_added_by_mistake_is_undone_and_its_number_never_comes_again(session: Session, now: datetime) -> None:
    item = born(session, now, pieces=3, is_batch=True)
    actions.regret_birth(session, item, now=now)
    assert (item.state, item.quantity) == (ItemState.WITHDRAWN, 0)
    assert movements(session, item) == [(3, "made"), (-3, "scrapped")]
    assert states(session, item) == ["withdrawn"]
    assert born(session, now).number == item.number + 1
    with pytest.raises(Refusal, match="fortrydes"):
        actions.regret_birth(session, item, now=now)
    assert movements(session, item) == [(3, "made"), (-3, "scrapped")]


def test_what_is_for_sale_is_never_undone(session: Session, now: datetime) -> None:
    item = factories.item(session)
    with pytest.raises(Refusal, match="fortrydes"):
        actions.regret_birth(session, item, now=now)
    assert (item.state, item.quantity) == (ItemState.FOR_SALE, 1)


def adjust(session: Session, item: Item, change: int, cause: StockCause, now: datetime) -> None:
    actions.adjust_stock(session, item, change=change, cause=cause, reference="optælling", now=now, by_staff_id=None)


def test_the_stock_follows_what_was_counted_and_leaves_the_state(session: Session, now: datetime) -> None:
    batch = factories.item(session, quantity=3)
    adjust(session, batch, 0, StockCause.COUNTED, now)
    adjust(session, batch, -3, StockCause.COUNTED, now)
    assert (batch.quantity, batch.state) == (0, ItemState.FOR_SALE)
    adjust(session, batch, 2, StockCause.COUNTED, now)
    assert (batch.quantity, batch.state) == (2, ItemState.FOR_SALE)
    assert movements(session, batch) == [(3, "made"), (-3, "counted"), (2, "counted")]


def test_what_customers_are_paying_for_is_not_counted_away(session: Session, now: datetime) -> None:
    batch = factories.item(session, quantity=3)
    assert actions.hold(session, batch.id, 2)
    adjust(session, batch, -1, StockCause.COUNTED, now)
    with pytest.raises(Refusal, match="reserveret"):
        adjust(session, batch, -1, StockCause.COUNTED, now)
    assert (batch.quantity, batch.held) == (2, 2)
    assert movements(session, batch) == [(3, "made"), (-1, "counted")]


@pytest.mark.parametrize("cause", [StockCause.SCRAPPED, StockCause.USED])
def test_the_last_piece_scrapped_or_taken_into_use_leaves_the_shop(
    session: Session, now: datetime, cause: StockCause
) -> None:
    batch = factories.item(session, quantity=2)
    adjust(session, batch, -1, cause, now)
    assert (batch.state, states(session, batch)) == (ItemState.FOR_SALE, ["for_sale"])
    adjust(session, batch, -1, cause, now)
    assert (batch.state, states(session, batch)) == (ItemState.WITHDRAWN, ["for_sale", "withdrawn"])
    with pytest.raises(Refusal):
        adjust(session, batch, -1, cause, now)
    with pytest.raises(Refusal, match="antallet"):
        actions.approve(session, batch, now=now, by_staff_id=None)


def test_a_sale_and_a_return_are_written_in_the_life_of_a_thing(session: Session, now: datetime) -> None:
    item = factories.item(session)
    assert actions.hold(session, item.id, 1)
    actions.sell_held(session, item.id, 1, reference="2026-0001", now=now)
    actions.return_to_stock(session, item.id, 1, reference="2026-0001", now=now)
    assert states(session, item) == ["for_sale", "sold", "for_sale"]
    batch = factories.item(session, quantity=2)
    assert actions.hold(session, batch.id, 1)
    actions.sell_held(session, batch.id, 1, reference="2026-0002", now=now)
    actions.return_to_stock(session, batch.id, 1, reference="2026-0002", now=now)
    assert states(session, batch) == ["for_sale"], "it never left the shop"


def test_stock_counted_by_many_at_once_never_goes_below_nothing(app: Flask) -> None:
    with db.transaction() as session:
        item_id = factories.item(session, quantity=3).id
    refused: list[bool] = []

    def scrap() -> None:
        with db.transaction() as session:
            try:
                adjust(session, session.get_one(Item, item_id), -1, StockCause.SCRAPPED, factories.NOW)
            except Refusal:
                refused.append(True)

    together([scrap] * 6)
    with db.reading() as session:
        item = session.get_one(Item, item_id)
        assert (item.quantity, item.state, len(refused)) == (0, ItemState.WITHDRAWN, 3)
        assert movements(session, item) == [(3, "made")] + [(-1, "scrapped")] * 3
