"""Pictures and pictograms: every name that the program uses is drawn."""

import pytest
from jinja2 import Environment, FileSystemLoader

from workshop.core.config import ROOT
from workshop.core.pictures import PICTURES

pytestmark = pytest.mark.once

PAGES = Environment(loader=FileSystemLoader(ROOT / "templates"), autoescape=True)
OF_ACTIVITIES = (
    *("bench", "armchair-brush", "pallet", "bicycle", "hedge-shears"),
    *("shop-screen", "desk", "van", "bread", "running-shoe"),
)


def test_every_picture_with_a_label_is_drawn_and_the_other_way_round() -> None:
    faces = PAGES.get_template("ui/faces.html").make_module()
    assert set(faces.pictures) == set(PICTURES)  # type: ignore[attr-defined]  # a module of a template
    assert len(PICTURES) >= 25


def test_no_two_pictures_are_called_or_look_the_same() -> None:
    faces = PAGES.get_template("ui/faces.html").make_module()
    assert len(set(PICTURES.values())) == len(PICTURES)
    assert len({str(faces.avatar(name)) for name in PICTURES}) == len(PICTURES)  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", OF_ACTIVITIES)
def test_every_kind_of_activity_has_a_pictogram(name: str) -> None:
    signs = PAGES.get_template("ui/pikto.html").make_module()
    assert "<path" in signs.pikto(name)  # type: ignore[attr-defined]


def test_a_pictogram_takes_its_colours_from_the_theme() -> None:
    signs = PAGES.get_template("ui/pikto.html").make_module()
    for name in signs.shapes:  # type: ignore[attr-defined]
        drawn = str(signs.pikto(name))  # type: ignore[attr-defined]
        assert "@" not in drawn
        assert "#" not in drawn
