"""Spreadsheets from outside: what they say is read, whatever they are made of; what they are not is said."""

from __future__ import annotations

import contextlib
import io
import random
import time
import zipfile
from datetime import date
from typing import Any

import openpyxl
import pytest

from workshop.core.errors import Refusal
from workshop.products.importing import columns, tables
from workshop.products.importing.columns import Checked, Thing
from workshop.products.importing.tables import Line, read_table
from workshop.products.models import Origin

pytestmark = pytest.mark.once
HEADER = ("Navn", "Pris", "Antal")
TRIES = 400


def xlsx(*rows: tuple[Any, ...]) -> bytes:
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    body = io.BytesIO()
    book.save(body)
    return body.getvalue()


def repacked(body: bytes, **parts: bytes) -> bytes:
    """The same workbook with some of its parts replaced: `sheet` the sheet, `strings` the texts."""
    names = {"sheet": "xl/worksheets/sheet1.xml", "book": "xl/workbook.xml", "styles": "xl/styles.xml"}
    replaced = {names[key]: content for key, content in parts.items()}
    made = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            new.writestr(info.filename, replaced.get(info.filename, old.read(info.filename)))
    return made.getvalue()


def sheet(cells: str) -> bytes:
    """A sheet of XML as no spreadsheet program writes it."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    return f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'.encode()


def check(*rows: tuple[Any, ...]) -> Checked:
    return columns.check([Line(number, row) for number, row in enumerate(rows, 1)])


def faults(*rows: tuple[Any, ...]) -> list[str]:
    return [fault.sentence for fault in check(*rows).faults]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("mark", [";", ",", "\t"])
def test_a_csv_file_is_read_in_whatever_way_it_was_saved(encoding: str, mark: str) -> None:
    text = f'Navn{mark}Plads\r\n\r\n"Bænk{mark} blå"{mark}Hylde 3\r\n'
    lines = read_table(text.encode(encoding))
    assert lines == [Line(1, ("Navn", "Plads")), Line(3, (f"Bænk{mark} blå", "Hylde 3"))]


def test_a_spreadsheet_keeps_its_rows_and_its_numbers() -> None:
    lines = read_table(xlsx(HEADER, (), ("Bænk", 1150.5, 2)))
    assert lines == [Line(1, HEADER), Line(3, ("Bænk", 1150.5, 2))]


def test_a_wrong_size_in_the_file_hides_nothing() -> None:
    wrong = sheet(
        '<row r="1"><c r="A1" t="inlineStr"><is><t>Navn</t></is></c></row><row r="2"><c r="A2"><v>5</v></c></row>'
    )
    body = repacked(xlsx(HEADER), sheet=wrong.replace(b"<sheetData>", b'<dimension ref="A1:A1"/><sheetData>'))
    assert [line.row for line in read_table(body)] == [1, 2]


def test_formulas_are_never_worked_out() -> None:
    [_header, line] = read_table(xlsx(("Navn",), ('=HYPERLINK("http://ond.example","x")', "tekst")))
    assert line.cells == (None, "tekst")  # what nobody has worked out shows nothing


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "tom"),
        (b"\r\n;;\r\n", "tom"),
        (b"x" * (tables.MOST_BYTES + 1), "for stor"),
        (b"\xd0\xcf\x11\xe0 old", "gammel eller låst"),
        (b"PK\x03\x04 broken", "kan ikke læses"),
        (b"Navn\n" + b"x\n" * 2_001, "for mange rækker"),
        (b"\x81\x8d\x8f\x90\x9d\xff", "ikke en liste"),
        (b'a,"' + b"x" * 200_000 + b'"', "som en liste"),
    ],
)
def test_what_is_no_list_is_said(body: bytes, sentence: str) -> None:
    with pytest.raises(Refusal, match=sentence):
        read_table(body)


def test_a_file_that_is_huge_unpacked_is_refused_unopened() -> None:
    bomb = repacked(xlsx(HEADER), sheet=b" " * (tables.MOST_UNPACKED + 1))
    assert len(bomb) < 100_000
    begun = time.monotonic()
    with pytest.raises(Refusal, match="for stort"):
        read_table(bomb)
    assert time.monotonic() - begun < 2


def test_a_file_that_lies_about_its_size_gives_no_more_than_it_said() -> None:
    honest = repacked(xlsx(HEADER), sheet=b" " * 40_000_000)
    size = (40_000_000).to_bytes(4, "little")
    with pytest.raises(Refusal):
        read_table(honest.replace(size, (1_000).to_bytes(4, "little")))


@pytest.mark.parametrize(
    "entities",
    [
        b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>',
        b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
        b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">',
    ],
)
def test_xml_with_definitions_of_its_own_is_refused(entities: bytes) -> None:
    planted = sheet('<row r="1"><c r="A1" t="inlineStr"><is><t>Navn</t></is></c></row>')
    assert read_table(repacked(xlsx(HEADER), sheet=planted)), "without the definitions it is read"
    for hidden in (entities + planted, (entities + planted).decode().encode("utf-16")):
        with pytest.raises(Refusal, match="kan ikke læses"):
            read_table(repacked(xlsx(HEADER), sheet=hidden))


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="99999999999999999999"><c r="A1"><v>1</v></c></row>',
        '<row r="-5"><c r="A1"><v>1</v></c></row>',
        '<row r="x"><c r="1A"><v>1</v></c></row>',
        '<row r="1"><c r="ZZZZZZZZZ1"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>999</v></c></row>',
        '<row r="1"><c r="A1" t="s"><v>-1</v></c></row>',
        '<row r="1"><c r="A1" t="n"><v>abc</v></c></row>',
        '<row r="1"><c r="A1"><v>1e308</v></c><c r="B1"><v>1e999</v></c><c r="C1"><v>nan</v></c></row>',
        '<row r="1"><c r="A1" t="d"><v>9999-99-99</v></c></row>',
        '<row r="1"><c r="A1" s="99999"><v>1</v></c></row>',
        '<row r="1"><c r="A1" t="b"><v>x</v></c></row>',
        "<row>" * 3_000,
        "<a>" * 20_000 + "</a>" * 20_000,
    ],
)
def test_odd_sheets_are_read_or_refused_but_never_break(cells: str) -> None:
    with contextlib.suppress(Refusal):
        columns.check(read_table(repacked(xlsx(HEADER), sheet=sheet(cells))))


def test_a_sheet_with_its_rows_far_apart_takes_no_time() -> None:
    far = sheet('<row r="1048576"><c r="A1048576"><v>1</v></c></row>')
    begun = time.monotonic()
    with contextlib.suppress(Refusal):
        read_table(repacked(xlsx(HEADER), sheet=far))
    assert time.monotonic() - begun < 2


@pytest.mark.parametrize("seed", range(4))
def test_broken_files_are_read_or_refused_but_never_break(seed: int) -> None:
    """Cut, stained and mixed: zip files, the XML in them, and text. What comes of it is a list or a sentence."""
    chance = random.Random(seed)
    good = xlsx(HEADER, ("Bænk", 1150, 1), ("Pinde", 40.5, 25), ("=1+1", "x", date(2026, 1, 2)))
    with zipfile.ZipFile(io.BytesIO(good)) as packed:
        inside = packed.read("xl/worksheets/sheet1.xml")
        book, styles = packed.read("xl/workbook.xml"), packed.read("xl/styles.xml")
    for _try in range(TRIES // 4):
        kind = chance.randrange(5)
        if kind == 0:
            body = good[: chance.randrange(len(good))]
        elif kind == 1:
            body = stained(good, chance)
        elif kind == 2:
            body = repacked(good, sheet=stained(inside, chance))
        elif kind == 3:
            body = repacked(good, book=stained(book, chance), styles=stained(styles, chance))
        else:
            body = stained("Navn;Pris\r\nBænk;1.150\r\n".encode() * 5, chance)
        with contextlib.suppress(Refusal):
            columns.check(read_table(body))


def stained(body: bytes, chance: random.Random) -> bytes:
    spots = bytearray(body)
    for _spot in range(chance.randrange(1, 12)):
        spots[chance.randrange(len(spots))] = chance.randrange(256)
    return bytes(spots)


def test_a_row_becomes_a_thing() -> None:
    [thing] = check(
        ("Nr.", "MØBEL", "Pris kr.", "Stk.", "Hylde", "Gruppe", "Størrelse", "Træsort", "Note", "Kilde"),
        (77.0, " Bænk ", "1.150,50 kr.", "3 stk", 4, "bænke", "150 × 60", "Lærk", "To\nlinjer", "doneret"),
    ).things
    assert thing == Thing(
        row=2, title="Bænk", price_ore=115_050, pieces=3, place="4", category="havebænke", description="To\nlinjer",
        measures="150 × 60", material_text="Lærk", origin=Origin.DONATED, old_number="77",
    )  # fmt: skip


def test_only_the_name_must_be_there() -> None:
    assert check(("Navn",), ("Bænk",)).things == [Thing(row=2, title="Bænk")]


def test_headings_may_stand_below_a_title() -> None:
    found = check(("Vores lager 2026",), ("Vare", "Pris", "Farve"), ("Bænk", 995))
    assert [thing.price_ore for thing in found.things] == [99_500]
    assert found.unused == ["Farve"]


@pytest.mark.parametrize("rows", [[("Pris", "Antal"), (1, 2)], [("x",)]])
def test_a_list_without_names_is_refused_with_the_headings_it_needs(rows: list[tuple[Any, ...]]) -> None:
    with pytest.raises(Refusal, match=r"kolonnen Navn.*Kategori, Pris, Antal"):
        check(*rows)


def test_headings_alone_are_no_list() -> None:
    with pytest.raises(Refusal, match="ingenting under"):
        check(("Navn", "Pris"))


@pytest.mark.parametrize(
    ("heading", "cell", "reason"),
    [
        ("Pris", "mange", "Skriv prisen med tal"),
        ("Pris", "99.50", "Skriv prisen med tal"),
        ("Pris", True, "Skriv prisen med tal"),
        ("Pris", date(2026, 1, 2), "Skriv prisen med tal"),
        ("Pris", 1e308, "for høj"),
        ("Pris", float("inf"), "for høj"),
        ("Pris", float("nan"), "for høj"),
        ("Pris", 1_000_000, "for høj"),
        ("Pris", -5, "under 0 kr"),
        ("Pris", 0, "mindst 1 kr"),
        ("Pris", 12.345, "højst to tal"),
        ("Pris", "#REF!", "viser en fejl"),
        ("Antal", 0, "mellem 1 og 1000"),
        ("Antal", 1.5, "mellem 1 og 1000"),
        ("Antal", -1, "mellem 1 og 1000"),
        ("Antal", 1e308, "mellem 1 og 1000"),
        ("Antal", "٣", "mellem 1 og 1000"),
        ("Antal", True, "mellem 1 og 1000"),
        ("Kategori", "Lamper", "Vi kender ikke kategorien Lamper. Skriv en af: Borde"),
        ("Oprindelse", "Månen", "Skriv Købt, Givet eller Genbrug"),
        ("Mål", date(2026, 10, 12), "lavet det om til en dato"),
        ("Plads", "x" * 61, "højst 60 tegn"),
    ],
)
def test_a_fault_names_its_row_and_column(heading: str, cell: Any, reason: str) -> None:
    [sentence] = faults(("Navn", heading), ("Bænk", "") if heading == "x" else ("Bænk", cell))
    assert sentence.startswith(f"Række 2, {heading}: ")
    assert reason in sentence


@pytest.mark.parametrize("typed", ["kr. 75", "Kr 75,-", "DKK 75,00", "kr.75"])
def test_kroner_may_stand_before_the_amount(typed: str) -> None:
    assert check(("Navn", "Pris"), ("Bænk", typed)).things[0].price_ore == 7_500


@pytest.mark.parametrize("typed", ["kr. kr. 75", "kr.", "kroner 75", "kr. -75"])
def test_other_words_before_an_amount_are_faults(typed: str) -> None:
    assert len(faults(("Navn", "Pris"), ("Bænk", typed))) == 1


def test_the_same_fault_in_many_rows_is_told_once() -> None:
    rows = [("Bænk", "mange")] * 14
    found = check(("Navn", "Antal", "Pris"), *((*row, "x") if at == 3 else row for at, row in enumerate(rows)))
    told = [fault.sentence for fault in columns.told_once(found.faults)]
    assert told == [
        "Række 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13 og 2 til, Antal: Skriv et antal mellem 1 og 1000.",
        "Række 5, Pris: Skriv prisen med tal, for eksempel 1.150 eller 99,50.",
    ]


def test_all_faults_are_told_at_once() -> None:
    assert faults(("Navn", "Pris", "Nr"), ("", "x", 7), ("Bænk", 5, 7)) == [
        "Række 2, Pris: Skriv prisen med tal, for eksempel 1.150 eller 99,50.",
        "Række 2, Navn: Giv tingen et navn.",
        "Række 3, Gammelt nummer: 7 står allerede i række 2.",
    ]


def test_what_a_formula_came_to_is_an_amount() -> None:
    assert check(("Navn", "Pris"), ("Bænk", 30.000000000000004)).things[0].price_ore == 3_000


def test_texts_are_cleaned() -> None:
    [thing] = check(("Navn", "Plads"), ("Bæ\x00nk\n\tblå\u202e", "\u200bHylde")).things
    assert (thing.title, thing.place) == ("Bænk blå", "Hylde")
