"""What a service costs: the README's example, the edges, and 10,000 jobs against a reckoning made another way."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal, localcontext

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from workshop.services.prices import rules
from workshop.services.prices.rules import Model, Price, Wish, reckon

pytestmark = pytest.mark.once
HEDGE = Model("m", 20_000, 2_800, 180, 40, 80, 25_000, 59_500, True)


def price(model: Model = HEDGE, *, units: str = "30", **wish: object) -> Price:
    return reckon(model, Wish(Decimal(units), **wish))  # type: ignore[arg-type]  # fields of the wish, by name


def lines(found: Price) -> list[tuple[str, int]]:
    return [(part.text.replace("\u00a0", " "), part.amount_ore) for part in found.parts]


def test_the_example_of_the_data_readme_costs_1701_kroner() -> None:
    found = price(units="30", height_cm=200, sides=2, wants_waste=True, travel_ore=7_500)
    assert found.total_ore == 170_100
    assert lines(found) == [
        ("Fast beløb", 20_000),
        ("30 m × 28 kr.", 84_000),
        ("Højere end 180 cm: 40 % mere", 33_600),
        ("Vi kører affaldet væk", 25_000),
        ("Kørsel", 7_500),
    ]


def test_the_height_costs_more_only_above_the_limit() -> None:
    assert price(height_cm=180).total_ore == 104_000
    assert price(height_cm=181).total_ore == 137_600


def test_one_side_is_cheaper_and_says_by_how_much() -> None:
    assert ("Kun én side: 20 % mindre", -16_800) in lines(price(sides=1))
    assert price(sides=2).total_ore - price(sides=1).total_ore == 16_800


def test_a_small_job_is_lifted_to_the_least_price_before_waste_and_travel() -> None:
    found = price(units="5", wants_waste=True, travel_ore=7_500)
    assert found.total_ore == 59_500 + 25_000 + 7_500
    assert ("Op til mindsteprisen 595 kr.", 25_500) in lines(found)


def test_whole_kroner_half_up_with_the_rounding_as_a_part() -> None:
    model = Model("m2", per_unit_ore=50, is_travel_charged=False)
    assert price(model, units="1").total_ore == 100  # 50 øre is half a krone, and goes up
    assert lines(price(model, units="1")) == [("1 m² × 0,50 kr.", 50), ("Afrunding til hele kroner", 50)]
    assert price(model, units="0.98").total_ore == 0


def test_driving_that_costs_nothing_is_told_all_the_same() -> None:
    assert lines(price(travel_ore=0))[-1] == ("Kørsel", 0)
    assert all(text != "Kørsel" for text, _ore in lines(price(Model("item", 0, 39_500, is_travel_charged=False))))


def test_what_a_service_does_not_have_costs_nothing() -> None:
    plain = Model("hour", 10_000, 26_500)
    asked = price(plain, units="2.5", height_cm=300, sides=1, wants_waste=True)
    assert asked.total_ore == 76_300
    assert lines(asked)[1] == ("2,5 timer × 265 kr.", 66_250)


def by_decimals(model: Model, wish: Wish) -> int:
    """The same in another way: decimal kroner with fifty digits, and the formula written down as the README has it."""
    with localcontext() as context:
        context.prec = 50
        kroner = {name: Decimal(getattr(model, f"{name}_ore") or 0) / 100 for name in ("base", "per_unit", "min")}
        height = Decimal(1)
        if model.height_over_cm is not None and wish.height_cm is not None and wish.height_cm > model.height_over_cm:
            height = 1 + Decimal(model.height_pct or 0) / 100
        side = Decimal(model.one_side_pct) / 100 if model.one_side_pct is not None and wish.sides == 1 else Decimal(1)
        waste = Decimal(model.waste_ore or 0) / 100 if wish.wants_waste else Decimal(0)
        travel = Decimal(wish.travel_ore) / 100 if model.is_travel_charged else Decimal(0)
        work = kroner["base"] + wish.units * kroner["per_unit"] * height * side
        total = max(kroner["min"], work) + waste + travel
        return int(total.quantize(Decimal(1), ROUND_HALF_UP)) * 100


money = st.integers(0, 500_000)
models = st.builds(
    Model,
    unit=st.sampled_from(("m", "m2", "hour", "visit", "item")),
    base_ore=money,
    per_unit_ore=st.integers(0, 100_000),
    height_over_cm=st.none() | st.integers(1, 400),
    height_pct=st.integers(1, 300),
    one_side_pct=st.none() | st.integers(1, 100),
    waste_ore=st.none() | money,
    min_ore=money,
    is_travel_charged=st.booleans(),
)
wishes = st.builds(
    Wish,
    units=st.decimals("0.01", "9999", places=2),
    height_cm=st.none() | st.integers(1, 500),
    sides=st.sampled_from((None, 1, 2)),
    wants_waste=st.booleans(),
    travel_ore=st.integers(0, 50_000),
)


@settings(max_examples=1_500, deadline=None)
@given(models, wishes)
def test_any_job_costs_what_the_formula_says_and_its_parts_add_up(model: Model, wish: Wish) -> None:
    found = reckon(model, wish)
    assert found.total_ore == by_decimals(model, wish)
    assert sum(part.amount_ore for part in found.parts) == found.total_ore
    assert found.total_ore % 100 == 0


@given(models, wishes)
def test_more_is_never_cheaper(model: Model, wish: Wish) -> None:
    more = Wish(wish.units + 1, wish.height_cm, wish.sides, wish.wants_waste, wish.travel_ore)
    assert reckon(model, more).total_ore >= reckon(model, wish).total_ore


def test_a_reckoning_in_binary_fractions_would_be_wrong() -> None:
    """The control: what the test above would catch. 0.70 kr. has no exact binary fraction."""
    model = Model("m2", per_unit_ore=70, is_travel_charged=False)
    wrong = [
        units
        for units in range(1, 20_000)
        if round(units / 100 * 0.7) * 100 != reckon(model, Wish(Decimal(units) / 100)).total_ore
    ]
    assert wrong


def test_a_price_per_unit_follows_what_was_done() -> None:
    assert rules.per_unit_total(123_400, Decimal(28), 2_800, Decimal("30.5")) == 123_400 + 7_000
    assert rules.per_unit_total(123_400, Decimal(28), 2_800, Decimal(20)) == 123_400 - 22_400
    assert rules.per_unit_total(10_000, Decimal(28), 2_800, Decimal(1)) == 0
    assert rules.per_unit_total(10_000, Decimal(1), 1, Decimal("1.5")) == 10_001  # half an øre goes up


@given(st.integers(0, 10_000_000), st.integers(0, 1000))
def test_a_share_and_the_rest_of_it_are_the_whole(total: int, permille: int) -> None:
    share = rules.share_of(total, permille)
    assert 0 <= share <= total
    assert share == (Decimal(total) * permille / 1000).quantize(Decimal(1), ROUND_HALF_UP)


def test_one_more_unit_costs_its_height_and_its_sides() -> None:
    assert rules.unit_price_ore(HEDGE, Wish(Decimal(1), 200, 1)) == 3_136


def test_the_formula_says_what_the_numbers_have() -> None:
    assert HEDGE.formula == "max(min, base + units * per_unit * height) + waste + travel"
    assert Model("item", is_travel_charged=False).formula == "max(min, base + units * per_unit)"
    assert Model("item", is_travel_charged=False).comes_to_us
    assert not HEDGE.comes_to_us


def test_amounts_are_written_as_danes_write_them() -> None:
    texts = [rules.units_text(Decimal(each), unit) for each, unit in (("28.00", "m"), ("1", "hour"), ("2.50", "hour"))]
    assert texts == ["28 m", "1 time", "2,5 timer"]
    assert [rules.units_text(Decimal(100), unit) for unit in ("m2", "visit", "item")] == [
        "100 m²",
        "100 besøg",
        "100 stk.",
    ]
