"""A forecast is read whatever its units, holes and names, and a file that is none says so in a sentence."""

from __future__ import annotations

import json
import random
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from tests.workshop.services.snow.fixtures import FIRST, forecast, text
from workshop.services.snow.forecast import BadForecast, Snowfall, coming, read

pytestmark = pytest.mark.once
NIGHT = [0, 0, 0, 0.004, 0.012, 0.025, 0.041, 0.062, 0.071, 0.071, 0.069]  # metres, from 19.00 in Denmark


def test_a_night_of_snow_is_read_hour_by_hour() -> None:
    found = read(text(NIGHT))
    assert found.parameter == "snow-depth"
    assert [hour.depth_cm for hour in found.hours] == [Fraction(str(value)) * 100 for value in NIGHT]
    assert found.hours[0].at == FIRST


@pytest.mark.parametrize(
    ("unit", "name", "value", "cm"),
    [
        ("m", "snow-depth", 0.07, 7),
        ("metre", "snow-depth", 0.07, 7),
        ("cm", "snow_depth", 7, 7),
        ("mm", "surface_snow_thickness", 70, 7),
        ("kg m-2", "surface_snow_amount", 7, 7),
        ("kg/m2", "total-snow-precipitation", 7, 7),
        ("m", "snow-depth-water-equivalent", 0.007, 7),
        ("mm", "lwe_thickness_of_surface_snow_amount", 7, 7),
        ("kg m-2", "snow-depth-water-equivalent", 7, 7),
    ],
)
def test_every_unit_comes_to_centimetres(unit: str, name: str, value: float, cm: int) -> None:
    (hour,) = read(text([value], unit=unit, name=name, standard_name="x")).hours
    assert hour.depth_cm == cm


def test_a_unit_may_stand_as_a_label_or_a_plain_symbol() -> None:
    plain, labelled = forecast([0.05]), forecast([0.05])
    plain["parameters"]["snow-depth"]["unit"] = {"symbol": "m"}
    labelled["parameters"]["snow-depth"]["unit"] = {"label": {"en": "metre"}}
    for each in (plain, labelled):
        assert read(json.dumps(each)).hours[0].depth_cm == 5


def test_another_name_is_known_by_its_standard_name() -> None:
    assert read(text([0.05], name="sd_42")).parameter == "sd_42"


def test_hours_without_a_value_are_left_out_and_counted() -> None:
    found = read(text([None, 0.05, None]))
    assert (len(found.hours), found.without_value) == (1, 2)


def test_a_models_rounding_below_nothing_is_nothing() -> None:
    assert read(text([-0.0001])).hours[0].depth_cm == 0


def test_of_several_places_the_deepest_counts() -> None:
    grid = forecast([0.01, 0.02])
    grid["ranges"]["snow-depth"] |= {"shape": [2, 1, 2], "values": [0.01, 0.03, None, 0.02]}
    assert [hour.depth_cm for hour in read(json.dumps(grid)).hours] == [3, 2]
    turned = forecast([0.01, 0.02])
    turned["ranges"]["snow-depth"] |= {"axisNames": ["x", "t"], "shape": [2, 2], "values": [0.01, 0.02, 0.04, 0.01]}
    assert [hour.depth_cm for hour in read(json.dumps(turned)).hours] == [4, 2]


def test_a_collection_of_one_is_read_with_its_shared_parameters() -> None:
    inside = forecast([0.05])
    shared = inside.pop("parameters")
    whole = {"type": "CoverageCollection", "parameters": shared, "coverages": [inside]}
    assert read(json.dumps(whole)).hours[0].depth_cm == 5


def broken(**ranges: Any) -> str:
    made = forecast([0.05, 0.06])
    made["ranges"]["snow-depth"] |= ranges
    return json.dumps(made)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("", "JSON"),
        ("{", "JSON"),
        (b"\xff\xfe\x00", "JSON"),
        ("[" * 100_000, "JSON"),
        ("[]", "CoverageJSON"),
        ('{"type": "FeatureCollection"}', "CoverageJSON"),
        ('{"type": "CoverageCollection", "coverages": []}', "0 vejrudsigter"),
        ('{"type": "Coverage"}', "ingen snedybde"),
        ('{"type": "Coverage", "parameters": 7, "ranges": [], "domain": null}', "ingen snedybde"),
        (json.dumps({**forecast([0.1]), "ranges": {}}), "ingen snedybde"),
        (json.dumps({**forecast([0.1]), "parameters": {}}), "ingen snedybde"),
        (text([0.1], unit="K"), "står i K"),
        (text([0.1], unit=None), "ingen enhed"),
        (json.dumps({**forecast([0.1]), "domain": {"axes": {}}}), "ingen tider"),
        (json.dumps({**forecast([0.1]), "domain": {"axes": {"t": {"values": ["i morgen"]}}}}), "i morgen"),
        (json.dumps({**forecast([0.1]), "domain": {"axes": {"t": {"values": ["2027-01-12T18:00:00"]}}}}), "kan ikke"),
        (text([None, None]), "ingen tal"),
        (broken(values=[0.1]), "passer ikke"),
        (broken(shape=[3, 1, 1]), "passer ikke"),
        (broken(shape=["2", 1, 1]), "passer ikke"),
        (broken(axisNames=["z", "y", "x"]), "passer ikke"),
        (broken(values=["meget", 0.1]), "andet end tal"),
        (broken(values=[True, 0.1]), "andet end tal"),
        (broken(values=[float("nan"), 0.1]), "andet end tal"),
        (text([50], unit="m"), "fem meter"),
    ],
)
def test_what_is_no_forecast_says_so_in_a_sentence(file: str | bytes, said: str) -> None:
    with pytest.raises(BadForecast, match=said):
        read(file)


def sentence_of(file: str) -> str:
    """What reading it came to."""
    try:
        return f"{len(read(file).hours)} hours."
    except BadForecast as bad:
        return str(bad)


def test_anything_at_all_is_read_or_refused() -> None:
    """Cut, turned and swapped 2,000 times: a forecast or a sentence, never a fault."""
    chance, whole = random.Random(6), text(NIGHT)
    words = ['"t"', "null", "[]", "{}", "-1", "1e999", '"m"', '"type"', "true", "[[1]]"]
    for _try in range(2_000):
        place, length = chance.randrange(len(whole)), chance.randrange(40)
        assert sentence_of(whole[:place] + chance.choice(words) + whole[place + length :]).endswith(".")


def test_an_alarm_is_for_new_snow_that_reaches_the_trigger() -> None:
    night = read(text(NIGHT))
    assert coming(night, 1, FIRST) == Snowfall(FIRST + timedelta(hours=4), 7)
    assert coming(night, 5, FIRST) == Snowfall(FIRST + timedelta(hours=7), 7)
    assert coming(night, 8, FIRST) is None


def test_old_snow_that_only_lies_is_no_alarm() -> None:
    assert coming(read(text([0.20] * 48)), 1, FIRST) is None
    assert coming(read(text([0.20, 0.15, 0.12, 0.17])), 5, FIRST) == Snowfall(FIRST + timedelta(hours=3), 5)


def test_snow_of_yesterday_and_of_next_week_is_no_alarm() -> None:
    late = datetime(2027, 1, 20, tzinfo=UTC)
    assert coming(read(text(NIGHT)), 1, late) is None
    assert coming(read(text([0] * 60 + [0.1])), 1, FIRST) is None
