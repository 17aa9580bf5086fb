from decimal import Decimal

import pytest
import zxingcpp

from tests.workshop.labels.listening import on_paper, pictures_in
from tests.workshop.labels.sheets import address_of, make_label, make_sheet
from workshop.core.errors import Refusal
from workshop.labels import pdf
from workshop.labels.models import Printer, PrintWay
from workshop.labels.printers import brother, speaking, zpl
from workshop.labels.printers.picture import Dots, fitted, moved, sample
from workshop.labels.printing import PrintRun

pytestmark = pytest.mark.once

NASTY = ["^XA^FDx^FS~JA", "~JR^ID*.*^FS", "Æble^~\\&_5E", '"Bænk"; ^XZ\n^XA', "\x02~HS\x03", "^CC+ ~CD; ^JUS"]
ROLL = make_sheet("roll_62x29")


def zebra(**changes):
    return Printer(**{"way": PrintWay.ZPL, "dots_per_inch": 203, "offset_x": 0, "offset_y": 0, "model": "", **changes})


def sent(printer, *labels, sheet=ROLL):
    return b"".join(speaking.labels_for(printer, PrintRun(labels, sheet)))


def codes_in(picture):
    found = zxingcpp.read_barcodes(on_paper(picture), formats=zxingcpp.BarcodeFormat.QRCode)
    return [code.text for code in found]


def ink(dots):
    """The black dots as (column, row)."""
    picture = {}
    for y in range(dots.height):
        row = dots.rows[y * dots.row_bytes : (y + 1) * dots.row_bytes]
        for x in range(dots.row_bytes * 8):
            if row[x // 8] >> (7 - x % 8) & 1:
                picture[x, y] = True
    return set(picture)


@pytest.mark.parametrize("name", NASTY)
@pytest.mark.parametrize("per_inch", [203, 300])
def test_no_name_ever_reaches_the_printer_as_a_command(name, per_inch):
    label = make_label(title=name, info=(name,), workshop_name=name, price_text="^XZ kr.")
    stream = sent(zebra(dots_per_inch=per_inch), label)
    (picture,) = pictures_in(stream)
    assert stream.count(b"^XA") == stream.count(b"^XZ") == 1
    assert b"~" not in stream
    assert codes_in(picture) == [address_of(1042).upper()]
    assert picture.width == round(62 * per_inch / 25.4)


def test_a_name_pasted_into_the_stream_would_be_seen():
    stream = sent(zebra(), make_label()).replace(b"^FS", b"^FS~JA", 1)
    with pytest.raises(AssertionError):
        pictures_in(stream)


def test_labels_of_a_run_come_one_after_the_other():
    labels = [make_label(number) for number in (1042, 1043, 1044)]
    assert [codes_in(picture) for picture in pictures_in(sent(zebra(), *labels))] == [
        [address_of(number).upper()] for number in (1042, 1043, 1044)
    ]


def test_a_printer_that_prints_too_far_right_gets_its_picture_further_left():
    straight, put_right = (
        pictures_in(sent(zebra(offset_x=x, offset_y=y), make_label()))[0] for x, y in ((0, 0), (150, -100))
    )

    def corner(picture):
        (code,) = zxingcpp.read_barcodes(on_paper(picture), formats=zxingcpp.BarcodeFormat.QRCode)
        return code.position.top_left.x, code.position.top_left.y

    (x, y), (new_x, new_y) = corner(straight), corner(put_right)
    assert abs((x - new_x) - 1.5 * 203 / 25.4) <= 1
    assert abs((new_y - y) - 1.0 * 203 / 25.4) <= 1


@pytest.mark.parametrize(("right", "down"), [(0, 0), (3, 2), (-3, -2), (9, 0), (-20, 0), (0, 30)])
def test_dots_are_moved_and_none_is_invented(right, down):
    dots = Dots(13, 5, bytes([0b10100000, 0b00001000, 0, 0, 0b00000001, 0b10000000, 0, 0, 0xFF, 0b11111000]))
    there = moved(dots, right, down)
    assert (there.width, there.height, len(there.rows)) == (13, 5, 10)
    assert ink(there) == {(x + right, y + down) for x, y in ink(dots) if 0 <= x + right < 13 and 0 <= y + down < 5}


@pytest.mark.parametrize(("width", "height"), [(13, 5), (8, 5), (20, 7), (3, 2), (30, 1)])
def test_dots_are_fitted_to_another_size(width, height):
    dots = Dots(13, 3, bytes([0b10100000, 0b00001000, 0, 0, 0xFF, 0b11111000]))
    assert ink(fitted(dots, width, height)) == {(x, y) for x, y in ink(dots) if x < width and y < height}


def test_the_sample_has_its_cross_where_it_is_measured_to():
    drawn = sample(496, 232, 64, 2)
    dark = ink(drawn)
    assert (64, 64) in dark
    assert {(0, 0), (495, 231)} <= dark
    assert (200, 100) not in dark
    assert pictures_in(zpl.label(drawn))[0].size == (496, 232)


def test_a_brother_gets_a_raster_that_opens_the_item():
    reader = pytest.importorskip("brother_ql.reader")
    printer = Printer(way=PrintWay.BROTHER, model="QL-820NWB", dots_per_inch=300, offset_x=0, offset_y=0)
    for sheet, size in ((ROLL, (696, 271)), (make_sheet("roll_62x100"), (696, 1109)), (make_sheet("roll_50x30"), None)):
        stream = sent(printer, make_label(), sheet=sheet)
        assert stream.startswith(b"\x1b\x69\x61\x01")
        assert stream.endswith(b"\x1a")
        assert reader is not None
        part = brother.printable(sheet)
        width, height, rows = pdf.raster(make_label(), part, 300)
        if size is not None:
            assert abs(width - size[0]) <= 1
            assert abs(height - size[1]) <= 1
        assert codes_in(pictures_in(zpl.label(Dots(width, height, rows)))[0]) == [address_of(1042).upper()]


def test_the_dots_of_a_brother_label_are_those_that_were_drawn():
    pytest.importorskip("brother_ql")
    printer = Printer(way=PrintWay.BROTHER, model="QL-820NWB", dots_per_inch=300, offset_x=0, offset_y=0)
    stream = sent(printer, make_label())
    lines, at = [], stream.index(b"\x67\x00\x5a")
    while stream[at : at + 3] == b"\x67\x00\x5a":
        lines.append(stream[at + 3 : at + 93])
        at += 93
    assert len(lines) == 271
    # The print head counts from the right.
    picture = pictures_in(zpl.label(Dots(720, 271, b"".join(lines))))[0]
    mirrored = picture.transpose(0)
    assert codes_in(mirrored) == [address_of(1042).upper()]


def test_a_width_no_brother_roll_has_is_refused():
    with pytest.raises(Refusal, match="Brother har ingen rulle, der er 100 mm bred"):
        brother.media_for(make_sheet("roll_62x29", label_w_mm=Decimal(100)))
