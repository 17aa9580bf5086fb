import ctypes
from decimal import Decimal
from io import BytesIO

import pypdfium2
import pytest
import zxingcpp
from PIL import Image, ImageDraw, ImageOps

from tests.workshop.labels.sheets import SHEETS_AS_BOUGHT, address_of, make_label, make_sheet
from workshop.core.errors import Refusal
from workshop.core.print_fonts import missing_characters, printable
from workshop.labels.layout import dark_mm
from workshop.labels.pdf import MAX_LABELS, preview_png, preview_svg, render_price_labels
from workshop.labels.sheet import cell_origin
from workshop.products.qr import make_qr

pytestmark = pytest.mark.once

DPI = 300
LONG_NAME = "Plantekassehylde med espalierfastgørelsesbeslag"
LONGEST = {
    "title": LONG_NAME,
    "info": ("Trykimprægneret fyr.", "Vask med vand og blød børste. Mal igen, når farven bliver tynd."),
    "price_text": "12.345,50 kr.",
    "before_text": "13.995,50 kr.",
}


def px(mm):
    return round(float(mm) * DPI / 25.4)


def mm(pixels):
    return pixels * 25.4 / DPI


def pages_of(pdf):
    document = pypdfium2.PdfDocument(pdf)
    return [document[index] for index in range(len(document))]


def picture(page):
    return page.render(scale=DPI / 72).to_pil().convert("L")


def box_of(code):
    corners = (code.position.top_left, code.position.bottom_right)
    (left, top), (right, bottom) = ((corner.x, corner.y) for corner in corners)
    return left, top, right + 1, bottom + 1


def ink_in(image, box):
    """The box around everything that is not white, within a part of the picture; None when there is nothing."""
    return ImageOps.invert(image.crop(tuple(round(edge) for edge in box))).point(lambda v: 255 * (v > 40)).getbbox()


def faults(image, modules=29):
    """What is wrong with the codes of a page as a phone sees it: unread, under 15 mm, or without white around."""
    found = zxingcpp.read_barcodes(image, formats=zxingcpp.BarcodeFormat.QRCode)
    said = [] if found else ["no code can be read"]
    for code in found:
        left, top, right, bottom = box_of(code)
        if mm(min(right - left, bottom - top)) < 14.95:
            said.append(f"{code.text} is {mm(right - left):.1f} mm")
        # A tenth of a module is left to the smoothing of the rasteriser.
        white = 3.9 * (right - left) / modules
        if left < white or top < white or right + white > image.width or bottom + white > image.height:
            said.append(f"{code.text} runs out of the paper")
        sides = (
            (left - white, top - white, right + white, top - 2),
            (left - white, bottom + 2, right + white, bottom + white),
            (left - white, top - white, left - 2, bottom + white),
            (right + 2, top - white, right + white, bottom + white),
        )
        if any(ink_in(image, side) for side in sides):
            said.append(f"{code.text} has ink in its quiet zone")
    return said


def codes_of(image):
    return {code.text: box_of(code) for code in zxingcpp.read_barcodes(image)}


def text_in_cell(page, sheet, cell):
    x, y = (float(length) for length in cell_origin(sheet, cell))
    height = page.get_height()
    point = 72 / 25.4
    return page.get_textpage().get_text_bounded(
        left=x * point,
        right=(x + float(sheet.label_w_mm)) * point,
        top=height - y * point,
        bottom=height - (y + float(sheet.label_h_mm)) * point,
    )


def plain(text):
    return " ".join(text.replace("\u00a0", " ").split())


@pytest.mark.parametrize("key", SHEETS_AS_BOUGHT)
def test_every_code_of_a_full_page_is_read_and_lies_inside_its_own_label(key):
    sheet = make_sheet(key)
    count = sheet.cells if sheet.cells > 1 else 3
    numbers = range(1042, 1042 + count)
    variants = ({}, LONGEST)
    labels = [make_label(number, **variants[number % 2]) for number in numbers]
    pages = pages_of(render_price_labels(labels, sheet))
    seen = {}
    for page in pages:
        image = picture(page)
        assert faults(image) == []
        seen |= {text: (image, box) for text, box in codes_of(image).items()}
    assert set(seen) == {address_of(number).upper() for number in numbers}
    for index, number in enumerate(numbers):
        x, y = cell_origin(sheet, index % sheet.cells + 1)
        left, top, right, bottom = seen[address_of(number).upper()][1]
        white = 4 * (right - left) / 29
        assert px(x) < left - white < right + white < px(x + sheet.label_w_mm)
        assert px(y) < top - white < bottom + white < px(y + sheet.label_h_mm)


@pytest.mark.parametrize("key", SHEETS_AS_BOUGHT)
def test_the_page_has_the_true_size_of_the_paper(key):
    sheet = make_sheet(key)
    for page in pages_of(render_price_labels([make_label(), make_label(1043)], sheet)):
        assert [length * 25.4 / 72 for length in page.get_size()] == pytest.approx(
            [float(length) for length in sheet.page_mm], abs=0.1
        )


def test_every_label_lies_within_half_a_millimetre_of_its_place_and_its_code_is_at_least_15_mm():
    sheet = make_sheet()
    (page,) = pages_of(render_price_labels([make_label(1042 + index) for index in range(21)], sheet))
    codes = codes_of(picture(page))
    for index in range(21):
        x, y = cell_origin(sheet, index + 1)
        left, top, right, bottom = codes[address_of(1042 + index).upper()]
        # The dark symbol ends 3 mm from the right and 2.6 mm from the lower edge of the label.
        assert mm(right) == pytest.approx(float(x) + 63.5 - 3, abs=0.5)
        assert mm(bottom) == pytest.approx(float(y) + 38.1 - 2.6, abs=0.5)
        assert mm(right - left) == pytest.approx(15.3, abs=0.25)
        assert mm(bottom - top) == pytest.approx(15.3, abs=0.25)


def test_the_start_place_and_the_printers_offset_move_what_is_printed():
    sheet = make_sheet()
    labels = [make_label(1042 + index) for index in range(10)]
    plain_pages = [codes_of(picture(page)) for page in pages_of(render_price_labels(labels, sheet, 15))]
    assert [len(codes) for codes in plain_pages] == [7, 3]
    shift = (Decimal("1.5"), Decimal(-2))
    moved_pages = [codes_of(picture(page)) for page in pages_of(render_price_labels(labels, sheet, 15, shift))]
    for codes, moved in zip(plain_pages, moved_pages, strict=True):
        for text, (left, top, *_rest) in codes.items():
            assert mm(moved[text][0] - left) == pytest.approx(1.5, abs=0.1)
            assert mm(moved[text][1] - top) == pytest.approx(-2, abs=0.1)
    on_the_second = plain_pages[1][address_of(1042 + 7).upper()]
    x, y = cell_origin(sheet, 1)
    assert px(x) < on_the_second[0] < px(x + sheet.label_w_mm)
    assert px(y) < on_the_second[1] < px(y + sheet.label_h_mm)


def test_a_label_says_number_name_wood_care_price_and_workshop():
    sheet = make_sheet()
    labels = [make_label(1042), make_label(1043, **LONGEST)]
    (page,) = pages_of(render_price_labels(labels, sheet, 5))
    said = plain(text_in_cell(page, sheet, 5))
    for words in ("Værkstedet i Helsinge", "Nr. 1042", "Havebænk i lærk", "Lærk, olieret.", "Olie hvert", "1.150 kr."):
        assert words in said
    assert "Førpris" not in said
    said = plain(text_in_cell(page, sheet, 6))
    for words in ("Nr. 1043", "espalierfastgørelsesbeslag", "Førpris 13.995,50 kr.", "12.345,50 kr."):
        assert words in said
    assert text_in_cell(page, sheet, 7) == ""


@pytest.mark.parametrize("key", SHEETS_AS_BOUGHT)
@pytest.mark.parametrize("title", [LONG_NAME, "W" * 90, "Ærligt " * 20, "Bænk", ""])
def test_long_words_stay_inside_their_label_and_touch_no_edge(key, title):
    sheet = make_sheet(key)
    label = make_label(**{**LONGEST, "title": title, "workshop_name": "Beskæftigelsesværkstedet Storebæltsbroen"})
    start = 1 if sheet.cells == 1 else sheet.columns + 2
    (page,) = pages_of(render_price_labels([label], sheet, start))
    image = picture(page)
    assert faults(image) == []
    x, y = cell_origin(sheet, start)
    edge = Decimal(1)
    box = (px(x + edge), px(y + edge), px(x + sheet.label_w_mm - edge), px(y + sheet.label_h_mm - edge))
    assert ink_in(image, box) is not None
    ImageDraw.Draw(image).rectangle(box, fill=255)
    assert ink_in(image, (0, 0, *image.size)) is None


def test_the_checker_finds_ink_in_the_quiet_zone_a_small_code_and_a_lost_one():
    (page,) = pages_of(render_price_labels([make_label()], make_sheet("roll_62x29")))
    good = picture(page)
    assert faults(good) == []
    (left, top, right, bottom) = next(iter(codes_of(good).values()))
    crowded = good.copy()
    ImageDraw.Draw(crowded).line((left - 15, top, left - 15, bottom), fill=0, width=3)
    assert any("quiet zone" in fault for fault in faults(crowded))
    cropped = good.crop((0, 0, round(right) + 3, good.height))
    assert any("out of the paper" in fault for fault in faults(cropped))
    shrunk = good.resize((good.width // 3, good.height // 3), Image.Resampling.LANCZOS)
    assert any("5.1 mm" in fault or "no code" in fault for fault in faults(shrunk))
    smeared = good.copy()
    ImageDraw.Draw(smeared).rectangle((left, top, right, top + (bottom - top) / 2), fill=0)
    assert faults(smeared) == ["no code can be read"]


def test_a_thousand_and_one_labels_are_refused_and_a_thousand_are_not():
    label = make_label()
    with pytest.raises(Refusal, match=r"højst printes 1\.000 mærker ad gangen\. Her er der 1\.001"):
        render_price_labels([label] * (MAX_LABELS + 1), make_sheet())
    assert len(pages_of(render_price_labels([label] * MAX_LABELS, make_sheet("a4_4x12")))) == 21


def test_a_job_that_cannot_be_printed_is_refused_with_a_sentence():
    with pytest.raises(Refusal, match="ingen mærker"):
        render_price_labels([], make_sheet())
    with pytest.raises(Refusal, match="plads fra 1 til 21"):
        render_price_labels([make_label()], make_sheet(), 22)
    with pytest.raises(Refusal, match="for lille til QR-koden"):
        render_price_labels([make_label()], make_sheet("roll_50x30", label_h_mm=Decimal(19)))
    with pytest.raises(Refusal, match="højst rettes 10 mm"):
        render_price_labels([make_label()], make_sheet(), 1, (0, 11))


def test_a_code_that_would_come_under_15_mm_is_refused_on_that_label():
    sheet = make_sheet("roll_50x30", label_h_mm=Decimal("20.6"))
    small = make_qr("https://a.dk/q/x7km2p9rtw")
    assert dark_mm(sheet, small.modules, small.side) == Decimal("15.0")
    # The 21 modules of version 1 need 20.71 mm with their quiet zone, more than the label has.
    assert dark_mm(sheet, 21, 29) is None


def test_what_is_not_the_path_of_a_code_never_reaches_the_printer():
    with pytest.raises(ValueError, match="path of a QR code"):
        render_price_labels([make_label(qr_path='M0 0h9z"/><image href="file:///etc/passwd"/>')], make_sheet())


def test_text_is_data_and_never_source():
    title = '#panic("x") $x^2$ *fed* `kode` \\ "citat" @ref <label> // slut'
    (page,) = pages_of(render_price_labels([make_label(title=title)], make_sheet("a4_2x4")))
    assert '#panic("x") $x^2$ *fed*' in plain(text_in_cell(page, make_sheet("a4_2x4"), 1))


def test_a_character_the_fonts_lack_is_named_and_left_out():
    assert missing_characters("Bænk 🙂 漢 til Ærø, лавка, مقعد, ławka 🙂") == "🙂漢"
    assert printable("Bænk\t🙂 til\nÆrø\u200b 1.150\u00a0kr.") == "Bænk til Ærø 1.150\u00a0kr."
    assert printable("A\u030arhus") == "Århus"
    assert missing_characters("æøåÆØÅ – … × ½ € é ü ß") == ""
    (page,) = pages_of(render_price_labels([make_label(title="Bænk 🙂 til 漢 haven")], make_sheet()))
    assert "Bænk til haven" in plain(text_in_cell(page, make_sheet(), 1))


def test_the_price_never_leaves_its_kr():
    (page,) = pages_of(render_price_labels([make_label()], make_sheet()))
    assert "1.150\u00a0kr." in text_in_cell(page, make_sheet(), 1).replace("\u202f", "\u00a0")


def test_the_file_is_tagged_for_screen_readers_and_the_same_every_time():
    labels = [make_label(1042), make_label(1043)]
    pdf = render_price_labels(labels, make_sheet())
    assert pdf == render_price_labels(labels, make_sheet())
    assert b"pdfuaid:part" in pdf
    document = pypdfium2.PdfDocument(pdf)
    assert document.get_metadata_value("Title") == "Prismærker"
    tree = pypdfium2.raw.FPDF_StructTree_GetForPage(document[0])
    assert alt_texts(tree) == ["QR-kode til vare 1042", "QR-kode til vare 1043"]


def alt_texts(tree):
    raw = pypdfium2.raw
    found = []

    def walk(element):
        size = raw.FPDF_StructElement_GetAltText(element, None, 0)
        if size:
            buffer = ctypes.create_string_buffer(size)
            raw.FPDF_StructElement_GetAltText(element, buffer, size)
            found.append(buffer.raw.decode("utf-16-le").rstrip("\0"))
        for index in range(raw.FPDF_StructElement_CountChildren(element)):
            child = raw.FPDF_StructElement_GetChildAtIndex(element, index)
            if child:
                walk(child)

    for index in range(raw.FPDF_StructTree_CountChildren(tree)):
        walk(raw.FPDF_StructTree_GetChildAtIndex(tree, index))
    return [text for text in found if text]


def test_the_preview_is_the_label_itself_in_its_true_size():
    sheet = make_sheet()
    png = Image.open(BytesIO(preview_png(make_label(), sheet, DPI))).convert("L")
    assert png.size == pytest.approx((px(sheet.label_w_mm), px(sheet.label_h_mm)), abs=1)
    assert faults(png) == []
    svg = preview_svg(make_label(), sheet).decode()
    assert svg.startswith("<svg")
    assert "<script" not in svg
    with pytest.raises(Refusal, match="for lille"):
        preview_svg(make_label(), make_sheet(label_h_mm=Decimal(15)))
