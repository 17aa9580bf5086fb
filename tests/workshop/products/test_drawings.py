"""The drawings that stand in for photographs."""

import csv
from xml.etree import ElementTree as ET

import pytest

from workshop.core.config import ROOT
from workshop.products import drawings
from workshop.products.drawings import NAMES, drawing, drawing_for
from workshop.products.drawings.scene import Box, in_painting_order

pytestmark = pytest.mark.once

TYPES = next(iter(sorted(ROOT.glob("workshop/**/product_types.csv"))), None)


@pytest.mark.parametrize("name", NAMES)
def test_a_drawing_is_a_whole_picture_that_reaches_for_nothing_outside(name: str) -> None:
    tree = ET.fromstring(drawing(name))  # noqa: S314 - our own text
    assert tree.tag == "{http://www.w3.org/2000/svg}svg"
    assert len(list(tree.iter())) > 20
    assert "href" not in drawing(name)
    assert "style" not in drawing(name)


def test_a_drawing_is_the_same_every_time() -> None:
    first = drawing("hero")
    drawings.drawing.cache_clear()
    assert drawing("hero") == first


def test_no_drawing_is_heavy() -> None:
    assert {name: len(drawing(name)) for name in NAMES if len(drawing(name)) > 60_000 and name != "hero"} == {}


def test_an_unknown_name_is_said() -> None:
    with pytest.raises(KeyError):
        drawing("spaceship")


@pytest.mark.skipif(TYPES is None, reason="the starter catalogue is not in this tree yet")
def test_every_product_type_has_a_drawing_of_its_own() -> None:
    assert TYPES is not None
    with TYPES.open(encoding="utf-8", newline="") as lines:
        chosen = [drawing_for(row["sku"], row["category"]) for row in csv.DictReader(lines)]
    assert len(chosen) == len(set(chosen))
    assert set(chosen) <= set(NAMES)


def test_a_product_type_we_do_not_know_gets_the_drawing_of_its_category() -> None:
    assert drawing_for("NEW-1", "havebænke") == "bench"
    assert drawing_for("NEW-1", "noget-helt-andet") in NAMES


def test_what_stands_behind_is_drawn_first() -> None:
    back = Box(0, 0, 0, 10, 10, 10, "#aaaaaa")
    front = Box(0, 20, 0, 10, 10, 10, "#aaaaaa")
    above = Box(0, 0, 10, 10, 10, 10, "#aaaaaa")
    order = in_painting_order([front, above, back])
    assert order.index(back) < order.index(front)
    assert order.index(back) < order.index(above)
