"""Whatever a thing is called, its label can be read, scanned and printed; and it lies where the sheet has its place."""

from decimal import Decimal
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageDraw

from tests.workshop.labels.sheets import SHEETS_AS_BOUGHT, address_of, make_label, make_sheet
from workshop.core.errors import Refusal
from workshop.labels import pdf as drawing
from workshop.labels.designs.rules import FIELDS, Block, Design, problems
from workshop.labels.pdf import preview_png, raster, render_calibration, render_price_labels
from workshop.labels.sheet import cell_origin

pytestmark = pytest.mark.once

DPI = 300
NASTY = (
    "Bænk Ærø Øst Åben",
    '"Citat" og „gåseøjne“ \\ / |',
    "^XA^FO50,50^ADN,36,20^FDNej^FS^XZ",
    "~JA ~JR ~DGR:X",
    "Bænk \u202egnåb\u202c \u2066vend\u2069 \u200fom",
    "Plantekassehyldespalierfastgørelsesbeslagsholderunderlag",
    "Speciallægepraksisplanlægningsstabiliseringsperiodebænk i lærk",
    "Stol 🙂🪑 til 👵🏽",
    "<script>alert(1)</script> & {{ 7 * 7 }}",
    "#panic() $x$ *fed* @her",
    "лавка та مقعد",
    "a",
    "W" * 60,
)
PRICES = ("999.999,00 kr.", "5 kr.", "1.150 kr.", "12.345,50 kr.")


def nasty_labels(count, start=1042):
    """Labels with every nasty name, price and before-price in turn."""
    return [
        make_label(
            start + place,
            title=NASTY[place % len(NASTY)],
            price_text=PRICES[place % len(PRICES)],
            before_text="999.999,00 kr." if place % 3 == 0 else None,
        )
        for place in range(count)
    ]


def pages_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    return [document[index].render(scale=DPI / 72).to_pil().convert("L") for index in range(len(document))]


def read(image):
    return {code.text: code.position for code in zxingcpp.read_barcodes(image)}


def covered(image):
    """The picture with a tenth of each code covered, in the corner that has no finder pattern."""
    image = image.copy()
    for place in read(image).values():
        side = place.bottom_right.x - place.top_left.x
        x, y = place.bottom_right.x, place.bottom_right.y
        part = 0.316 * side  # squared, a tenth of the symbol
        ImageDraw.Draw(image).rectangle((x - part, y - part, x + 2, y + 2), fill=255)
    return image


def unreadable(labels, sheet):
    """The numbers whose code cannot be read from the page, whole or with a tenth of it covered."""
    wanted = {address_of(label.number).upper(): label.number for label in labels}
    pages = pages_of(render_price_labels(labels, sheet))
    whole = {text for page in pages for text in read(page)}
    part = {text for page in pages for text in read(covered(page))}
    return sorted(number for text, number in wanted.items() if text not in whole or text not in part)


def test_every_code_of_a_run_with_nasty_names_is_read_even_with_a_tenth_of_it_covered():
    assert unreadable(nasty_labels(25), make_sheet()) == []


def test_a_code_with_much_more_of_it_covered_is_not_read():
    (page,) = pages_of(render_price_labels([make_label()], make_sheet("roll_62x29")))
    (place,) = read(page).values()
    middle = (place.top_left.y + place.bottom_right.y) / 2
    ImageDraw.Draw(page).rectangle((place.top_left.x, middle - 60, place.bottom_right.x, middle + 60), fill=255)
    assert read(page) == {}


def test_names_and_prices_read_back_as_they_were_written():
    sheet = make_sheet("a4_2x4")
    labels = nasty_labels(8)
    page = pypdfium2.PdfDocument(render_price_labels(labels, sheet))[0]
    text = " ".join(page.get_textpage().get_text_bounded().replace("\u00a0", " ").split())
    for words in (
        "Bænk Ærø Øst Åben",
        "^XA^FO50,50^ADN,36,20^FDNej^FS^XZ",
        "999.999,00 kr.",
        "Stol til",
        "~JA ~JR ~DGR:X",
    ):
        assert words in text
    assert "\u202e" not in text


@pytest.mark.parametrize("key", SHEETS_AS_BOUGHT)
def test_every_code_lies_within_half_a_millimetre_of_its_place_on_every_sheet(key):
    sheet = make_sheet(key)
    if sheet.cells == 1:
        return
    labels = [make_label(1042 + place) for place in range(sheet.cells)]
    codes = read(pages_of(render_price_labels(labels, sheet))[0])
    x0, y0 = cell_origin(sheet, 1)
    first = codes[address_of(1042).upper()].top_left
    for place in range(sheet.cells):
        x, y = cell_origin(sheet, place + 1)
        corner = codes[address_of(1042 + place).upper()].top_left
        assert (corner.x - first.x) * 25.4 / DPI == pytest.approx(float(x - x0), abs=0.5)
        assert (corner.y - first.y) * 25.4 / DPI == pytest.approx(float(y - y0), abs=0.5)


@pytest.mark.parametrize("key", SHEETS_AS_BOUGHT)
def test_a_label_reckoned_here_is_the_one_typst_fits(key, monkeypatch):
    sheet = make_sheet(key)
    labels = [make_label(), make_label(title="Plantekasse med espalier i lærk", before_text="1.395 kr.")]
    reckoned = [preview_png(label, sheet, 150) for label in labels]
    monkeypatch.setattr(drawing, "planned", lambda *_texts: None)
    for label, one in zip(labels, reckoned, strict=True):
        other = preview_png(label, sheet, 150)
        left, right = (Image.open(BytesIO(png)).convert("L") for png in (one, other))
        differing = sum(abs(a - b) > 128 for a, b in zip(left.tobytes(), right.tobytes(), strict=True))
        assert differing < 0.002 * left.width * left.height


@pytest.mark.parametrize("dots", [203, 300])
@pytest.mark.parametrize("key", ["roll_62x29", "roll_62x100", "roll_50x30", "a4_3x7"])
def test_the_dots_of_a_label_printer_are_read_and_a_module_is_whole_dots(key, dots):
    width, height, rows = raster(make_label(), make_sheet(key), dots)
    assert len(rows) == (width + 7) // 8 * height
    picture = Image.frombytes("1", (width, height), rows).point(lambda bit: 255 - bit).convert("L")
    ((text, place),) = read(picture).items()
    assert text == address_of(1042).upper()
    left, top = place.top_left.x, place.top_left.y
    size = round((place.bottom_right.x - left + 1) / 29)
    assert size * 29 * 25.4 / dots >= 15
    # Every line of a module is like the others: nothing was smeared between two dots.
    for module in range(29):
        lines = {
            picture.crop((left, top + module * size + line, left + 29 * size, top + module * size + line + 1)).tobytes()
            for line in range(size)
        }
        assert len(lines) == 1


def test_a_label_is_read_from_its_head_to_its_price_and_the_code_has_words_where_there_is_room():
    def said(title):
        page = pypdfium2.PdfDocument(render_price_labels([make_label(title=title)], make_sheet()))[0]
        return page.get_textpage().get_text_bounded().replace("\u00a0", " ")

    text = said("Havebænk")
    places = [text.find(words) for words in ("1042", "Havebænk", "kr.", "Se mere")]
    assert -1 not in places
    assert places == sorted(places)
    assert "Se mere" not in said("Havebænk med ryg og armlæn i lærk fra Gribskov")


def test_a_label_too_small_for_whole_dots_is_refused():
    with pytest.raises(Refusal, match="kan ikke være på mærket"):
        raster(make_label(), make_sheet("a4_4x12"), 203)


@pytest.mark.parametrize("key", SHEETS_AS_BOUGHT)
def test_a_blank_label_has_number_code_and_lines_to_write_on(key):
    blank = make_label(title="", info=(), price_text="")
    page = pypdfium2.PdfDocument(render_price_labels([blank], make_sheet(key)))[0]
    text = page.get_textpage().get_text_bounded()
    for words in ("1042", "Navn", "Pris", "kr."):
        assert words in text
    assert set(read(page.render(scale=DPI / 72).to_pil())) == {address_of(1042).upper()}


@pytest.mark.parametrize("key", SHEETS_AS_BOUGHT)
def test_the_calibration_page_has_its_crosses_where_it_says(key):
    sheet = make_sheet(key)
    cross = 15 if sheet.page == "A4" else 8
    for shift in (Decimal(0), Decimal("1.5")):
        (page,) = pages_of(render_calibration(sheet, (shift, -shift)))
        x, y = ((cross + float(move)) * DPI / 25.4 for move in (shift, -shift))
        assert page.getpixel((round(x), round(y))) < 128
        assert min(page.getpixel((round(x) + 8, round(y) + off)) for off in (-1, 0, 1)) < 128
    assert pypdfium2.PdfDocument(render_calibration(sheet)).get_metadata_value("Title").startswith("Prøveside")


def own(side, key, **changes):
    sheet = make_sheet(key)
    blocks = tuple(Block(field) for field in FIELDS)
    fields = {"blocks": blocks, "qr_dark_mm": Decimal(15), **changes}
    return Design("Egen", sheet.label_w_mm, sheet.label_h_mm, qr_side=side, **fields)


@pytest.mark.parametrize(("side", "key"), [("end", "a4_3x7"), ("start", "roll_62x29"), ("below", "a4_2x4")])
def test_a_layout_of_the_workshops_own_is_read_and_comes_back_from_json(side, key):
    design = own(side, key)
    assert problems(design) == []
    assert Design.from_json(design.to_json()) == design
    (page, *_rest) = pages_of(render_price_labels(nasty_labels(1), make_sheet(key), design=design))
    assert set(read(page)) == {address_of(1042).upper()}


def test_a_layout_is_refused_on_labels_smaller_than_it_was_made_for():
    with pytest.raises(Refusal, match=r"mindst 99,1 x 67,7 mm"):
        render_price_labels([make_label()], make_sheet(), design=own("end", "a4_2x4"))
    assert any("999.999,00" in said for said in problems(own("end", "roll_50x30", qr_dark_mm=Decimal(22))))
