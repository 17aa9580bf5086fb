"""The price helper: what it reckons with, what it never does, and how it says so."""

from __future__ import annotations

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.orm import Session
from support import factories

from workshop.products import actions
from workshop.products.models import (
    HousePrice,
    Item,
    ItemMaterial,
    Material,
    Origin,
    ProductMaterial,
    ProductType,
    SizeClass,
)
from workshop.products.price_help import ENOUGH, Advice, advise, price_advice

NOW = factories.NOW
prices = st.integers(min_value=100, max_value=2_000_000)
few_or_many = st.lists(prices, max_size=12)
enough = st.lists(prices, min_size=ENOUGH, max_size=12)
materials = st.none() | st.integers(min_value=0, max_value=3_000_000)


def said(advice: Advice) -> str:
    return " ".join(advice.sentences).replace("\u00a0", " ")


@pytest.mark.once
def test_it_says_what_it_reckons_with_in_words() -> None:
    advice = advise(21_240, [85_000, 99_500, 115_000], [120_000], 115_000, things="bænke")
    assert said(advice) == "Materialer 212 kr. Lignende bænke er solgt for 850–1.150 kr. Forslag: 995 kr."
    assert (advice.suggested_ore, advice.low_ore, advice.high_ore) == (99_500, 85_000, 115_000)


@pytest.mark.once
def test_too_few_sales_are_said_to_be_too_few() -> None:
    advice = advise(None, [85_000], [99_500, 115_000], 114_500, things="bænke")
    assert said(advice) == (
        "Lignende bænke er solgt for 850 kr. Lignende bænke er til salg for 995–1.150 kr. "
        "Der er ikke solgt nok lignende endnu. Vi plejer at tage 1.145 kr. Forslag: 1.145 kr."
    )


@pytest.mark.once
def test_without_anything_to_compare_with_there_is_no_suggestion() -> None:
    advice = advise(None, [], [], None)
    assert advice.suggested_ore is None
    assert advice.sentences == ("Der er ikke solgt nok lignende endnu.",)


@pytest.mark.once
def test_what_is_for_sale_helps_where_nothing_was_sold() -> None:
    assert advise(None, [], [40_000, 60_000], None).suggested_ore in {49_500, 50_500}


@pytest.mark.once
def test_a_house_price_is_suggested_as_it_stands() -> None:
    advice = advise(0, [3_000, 3_000, 3_000], [], 4_050, house_words="40,50 kr. pr. net")
    assert advice.suggested_ore == 4_050
    assert said(advice) == "Materialerne kostede ikke noget. Husprisen er 40,50 kr. pr. net. Forslag: 40,50 kr."


@pytest.mark.once
def test_dear_materials_are_said_to_be_dear() -> None:
    advice = advise(130_000, [85_000, 99_500, 115_000], [], None, things="bænke")
    assert advice.suggested_ore == 134_500
    assert "Materialerne koster mere end det." in advice.sentences
    assert "Materialerne koster mere end det." not in advise(115_000, [85_000, 99_500, 115_000], [], None).sentences


@pytest.mark.once
@pytest.mark.parametrize(
    ("sold", "price"),
    [
        ([19_000, 19_200, 21_000], 19_000),
        ([24_000, 25_000, 31_000], 24_500),
        ([80_000, 100_000, 120_000], 99_500),
        ([80_000, 102_000, 120_000], 99_500),
        ([99_700, 99_700, 99_700], 100_000),  # no five kroner lie between: the next
        ([100_500, 101_000, 101_500], 101_000),  # no 45 or 95 between: a whole five
    ],
)
def test_a_suggestion_ends_as_the_workshops_own_prices_do(sold: list[int], price: int) -> None:
    assert advise(None, sold, [], None).suggested_ore == price


@pytest.mark.once
@given(materials, materials, few_or_many, few_or_many, st.none() | prices)
def test_dearer_materials_never_make_a_suggestion_fall(
    one: int | None, other: int | None, sold: list[int], offered: list[int], usual: int | None
) -> None:
    cheap, dear = sorted((one or 0, other or 0))
    low, high = (advise(cost, sold, offered, usual).suggested_ore for cost in (cheap, dear))
    assert (low is None) == (high is None)
    if low is not None and high is not None:
        assert low <= high


@pytest.mark.once
@given(materials, few_or_many, few_or_many, st.none() | prices, st.booleans())
def test_a_suggestion_is_never_under_the_materials_and_always_a_whole_five_kroner(
    cost: int | None, sold: list[int], offered: list[int], usual: int | None, is_house_price: bool
) -> None:
    words = "40 kr. pr. net" if is_house_price and usual else ""
    suggested = advise(cost, sold, offered, usual, house_words=words).suggested_ore
    if suggested is None:
        assert not sold
        assert not offered
        assert usual is None
        return
    assert suggested >= (cost or 0)
    assert suggested > 0
    assert suggested % 500 == 0 or (words and suggested == usual)


@pytest.mark.once
@given(materials, enough, few_or_many, st.none() | prices)
def test_with_enough_sold_a_suggestion_lies_between_the_cheapest_and_the_dearest(
    cost: int | None, sold: list[int], offered: list[int], usual: int | None
) -> None:
    advice = advise(cost, sold, offered, usual)
    assert advice.suggested_ore is not None
    low, high = max(min(sold), cost or 0), max(sold)
    if -(-low // 500) * 500 <= high:  # a whole five kroner lies there
        assert low <= advice.suggested_ore <= high


@pytest.mark.once
@given(materials, few_or_many, few_or_many, st.none() | prices)
def test_the_same_numbers_in_any_order_give_the_same_advice(
    cost: int | None, sold: list[int], offered: list[int], usual: int | None
) -> None:
    advice = advise(cost, sold, offered, usual)
    assert advice == advise(cost, sorted(sold), sorted(offered), usual)
    assert advice == advise(cost, sorted(sold, reverse=True), sorted(offered, reverse=True), usual)


def sell(session: Session, item: Item, at: datetime = NOW) -> None:
    assert actions.hold(session, item.id, 1)
    actions.sell_held(session, item.id, 1, reference="2026-0001", now=at)


def sold(
    session: Session,
    *amounts: int,
    at: datetime = NOW - timedelta(days=30),
    kind: ProductType | None = None,
    category: str = "havebænke",
) -> None:
    for amount in amounts:
        sell(session, factories.item(session, price_ore=amount, kind=kind, category=category), at)


def test_sales_of_the_same_type_come_before_those_of_its_kind(session: Session) -> None:
    kind = factories.product_type(session, price_ore=115_000)
    other = factories.product_type(session)
    sold(session, 300_000, 300_000, 300_000, kind=other)
    sold(session, 85_000, 99_500, kind=kind)
    bench = factories.item(session, kind=kind)
    assert price_advice(session, bench, now=NOW).high_ore == 300_000  # two are chance, so its size is asked as well
    sold(session, 115_000, kind=kind)
    advice = price_advice(session, bench, now=NOW)
    assert (advice.low_ore, advice.suggested_ore, advice.high_ore) == (85_000, 99_500, 115_000)
    assert "bænke" in said(advice)


def test_other_sizes_categories_old_sales_and_itself_do_not_count(session: Session) -> None:
    sold(session, 10_000, category="borde")
    sold(session, 20_000, at=NOW - timedelta(days=731))
    big = factories.item(session, price_ore=900_000)
    big.size_class = SizeClass.XL
    session.flush()
    sell(session, big)
    bench = factories.item(session, price_ore=50_000)
    sell(session, bench)
    advice = price_advice(session, bench, now=NOW)
    assert advice.suggested_ore is None
    assert advice.sentences == ("Der er ikke solgt nok lignende endnu.",)


def test_only_the_newest_twelve_sales_count(session: Session) -> None:
    sold(session, 10_000, at=NOW - timedelta(days=600))
    sold(session, *[90_000] * 12)
    assert price_advice(session, factories.item(session), now=NOW).low_ore == 90_000


def test_a_returned_thing_is_no_sale(session: Session) -> None:
    bench = factories.item(session, price_ore=40_000)
    sell(session, bench)
    actions.return_to_stock(session, bench.id, 1, reference="2026-0001", now=NOW)
    advice = price_advice(session, factories.item(session), now=NOW)
    assert "er til salg for 400 kr." in said(advice)
    assert "er solgt for" not in said(advice)


def larch(session: Session) -> Material:
    made = Material(key="larch", name="Lærk", unit="m", unit_cost_ore=3_200, origin=Origin.BOUGHT)
    session.add(made)
    session.flush()
    return made


def test_materials_are_shown_as_what_they_cost_to_buy(session: Session) -> None:
    kind = factories.product_type(session)
    wood = larch(session)
    session.add(ProductMaterial(product_type_id=kind.id, material_id=wood.id, quantity=Decimal("5.300")))
    bench = factories.item(session, kind=kind)
    assert price_advice(session, bench, now=NOW).materials_ore == 21_200  # 5,3 m at 32 kr. and 25 %
    session.add(ItemMaterial(item_id=bench.id, material_id=wood.id, quantity=Decimal(2), unit_cost_ore=3_000))
    session.flush()
    assert price_advice(session, bench, now=NOW).materials_ore == 7_500  # what really went into it, at its price then


def test_a_thing_born_from_a_house_price_is_suggested_at_it(session: Session) -> None:
    house = HousePrice(name="Brændeknuder", category="brænde-og-optænding", unit="net", price_ore=4_000)
    session.add(house)
    session.flush()
    net = factories.item(session, category="brænde-og-optænding", price_ore=None, is_for_sale=False)
    net.house_price_id = house.id
    session.flush()
    advice = price_advice(session, net, now=NOW)
    assert advice.suggested_ore == 4_000
    assert "Husprisen er 40 kr. pr. net." in said(advice)


def test_nobodys_time_is_part_of_a_price(session: Session) -> None:
    kind = factories.product_type(session)
    sold(session, 85_000, 99_500, 115_000, kind=kind)
    bench = factories.item(session, kind=kind)
    before = price_advice(session, bench, now=NOW)
    for minutes in (0, 30, 100_000):
        kind.typical_work_minutes = minutes
        session.flush()
        assert price_advice(session, bench, now=NOW) == before
    kind.price_ore = 1  # the control: what does count is seen
    session.add(ProductMaterial(product_type_id=kind.id, material_id=larch(session).id, quantity=Decimal(1)))
    session.flush()
    assert price_advice(session, bench, now=NOW) != before
