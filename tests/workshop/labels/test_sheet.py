from decimal import Decimal

import pytest

from tests.workshop.labels.sheets import SHEETS_AS_BOUGHT, make_sheet
from workshop.labels.sheet import cell_origin, next_free_cell, place, problems

pytestmark = pytest.mark.once


@pytest.mark.parametrize("key", SHEETS_AS_BOUGHT)
def test_every_sheet_of_the_starter_data_can_be_printed(key):
    assert problems(make_sheet(key)) == []


def test_places_are_counted_row_by_row_and_lie_where_the_maker_put_them():
    sheet = make_sheet()
    assert cell_origin(sheet, 1) == (Decimal("7.25"), Decimal("15.15"))
    assert cell_origin(sheet, 3) == (Decimal("139.25"), Decimal("15.15"))
    assert cell_origin(sheet, 4) == (Decimal("7.25"), Decimal("53.25"))
    assert cell_origin(sheet, 21) == (Decimal("139.25"), Decimal("243.75"))


@pytest.mark.parametrize("cell", [0, 22, -1])
def test_a_place_the_sheet_does_not_have_is_an_error(cell):
    with pytest.raises(ValueError, match="places 1 to 21"):
        cell_origin(make_sheet(), cell)


def test_the_start_place_counts_on_the_first_page_only():
    first, second = place(make_sheet(), 10, start_cell=15)
    assert [spot.cell for spot in first.placements] == [15, 16, 17, 18, 19, 20, 21]
    assert [spot.cell for spot in second.placements] == [1, 2, 3]
    assert [spot.index for page in (first, second) for spot in page.placements] == list(range(10))


def test_a_full_sheet_is_one_page_and_one_label_more_is_two():
    assert [len(page.placements) for page in place(make_sheet(), 21)] == [21]
    assert [len(page.placements) for page in place(make_sheet(), 22)] == [21, 1]
    assert place(make_sheet(), 0) == []


def test_a_roll_has_a_page_for_every_label():
    assert [[spot.cell for spot in page.placements] for page in place(make_sheet("roll_62x29"), 3)] == [[1], [1], [1]]


@pytest.mark.parametrize(
    ("count", "start", "free"), [(0, 5, 5), (1, 1, 2), (21, 1, 1), (20, 1, 21), (10, 15, 4), (7, 15, 1), (43, 1, 2)]
)
def test_the_next_free_place_is_where_the_last_sheet_goes_on(count, start, free):
    sheet = make_sheet()
    assert next_free_cell(sheet, count, start) == free
    pages = place(sheet, count, start)
    if pages:
        assert free == pages[-1].placements[-1].cell % sheet.cells + 1


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"pitch_x_mm": Decimal("63.4")}, "oven i hinanden på tværs"),
        ({"pitch_y_mm": Decimal(38)}, "oven i hinanden nedad"),
        ({"margin_left_mm": Decimal("14.6")}, "til højre går ud over papiret, som er 210 mm bredt"),
        ({"margin_top_mm": Decimal("30.4")}, "nederste mærke går ud over papiret, som er 297 mm højt"),
        ({"margin_left_mm": Decimal(-1)}, "Margen kan ikke være under 0"),
        ({"columns": 0}, "mindst én kolonne"),
        ({"columns": 30, "rows": 30}, "højst have 300 mærker. Her er der 900"),
        ({"label_w_mm": Decimal(0)}, "over 0 mm"),
        ({"rows": 12, "label_h_mm": Decimal(20), "pitch_y_mm": Decimal(20)}, "for lille til QR-koden"),
        ({"label_w_mm": Decimal(40)}, "for smalt"),
        ({"page": "roll", "columns": 1, "rows": 1, "label_w_mm": Decimal(999)}, "højst 220 mm bredt og 300 mm højt"),
        ({"page": "roll"}, "En rulle har ét mærke ad gangen"),
    ],
)
def test_a_sheet_that_cannot_be_printed_says_why(changes, sentence):
    assert any(sentence in problem for problem in problems(make_sheet(**changes)))


def test_labels_that_just_touch_and_just_reach_the_edge_are_fine():
    exact = make_sheet(margin_left_mm=Decimal("14.5"), margin_top_mm=Decimal("30.3"))
    assert problems(exact) == []
