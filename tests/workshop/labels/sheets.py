"""The sheet products of the starter data, and labels to put on them."""

from decimal import Decimal

from workshop.labels.pdf import PriceLabel
from workshop.labels.sheet import SheetProduct
from workshop.products.qr import make_qr

A4_21 = ("A4", 3, 7, "63.5", "38.1", "15.15", "7.25", "66", "38.1")
SHEETS_AS_BOUGHT = {
    "a4_3x7": A4_21,
    "a4_3x8": ("A4", 3, 8, "63.5", "33.9", "12.9", "7.25", "66", "33.9"),
    "a4_2x7": ("A4", 2, 7, "99.1", "38.1", "15.15", "4.65", "101.6", "38.1"),
    "a4_2x4": ("A4", 2, 4, "99.1", "67.7", "13.1", "4.65", "101.6", "67.7"),
    "a4_4x12": ("A4", 4, 12, "45.7", "21.2", "21.3", "9.7", "48.3", "21.2"),
    "roll_62x29": ("roll", 1, 1, "62", "29", "0", "0", "62", "29"),
    "roll_62x100": ("roll", 1, 1, "62", "100", "0", "0", "62", "100"),
    "roll_50x30": ("roll", 1, 1, "50", "30", "0", "0", "50", "30"),
}


def make_sheet(key="a4_3x7", **changes):
    page, columns, rows, *lengths = SHEETS_AS_BOUGHT[key]
    names = ("label_w_mm", "label_h_mm", "margin_top_mm", "margin_left_mm", "pitch_x_mm", "pitch_y_mm")
    fields = {
        "key": key,
        "name": key,
        "page": page,
        "columns": columns,
        "rows": rows,
        **{name: Decimal(length) for name, length in zip(names, lengths, strict=True)},
        **changes,
    }
    return SheetProduct(**fields)


def token_of(number):
    return f"{number:010d}".replace("0", "x").replace("1", "z")


def address_of(number):
    return f"https://vaerkstedet-helsinge.dk/q/{token_of(number)}"


def make_label(number=1042, code=None, **changes):
    code = code or make_qr(address_of(number))
    fields = {
        "number": number,
        "title": "Havebænk i lærk",
        "info": ("Lærk, olieret.", "Olie hvert forår."),
        "price_text": "1.150 kr.",
        "before_text": None,
        "qr_path": code.path,
        "qr_side": code.side,
        "workshop_name": "Værkstedet i Helsinge",
        **changes,
    }
    return PriceLabel(**fields)
