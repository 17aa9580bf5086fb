"""Lists in and out of the house: all of a list or nothing, once; and nothing in a file that runs."""

from __future__ import annotations

import csv
import io
import os
import threading
import zipfile
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from support import factories, people
from support import queries as queries_asked

from workshop.core import clock, db
from workshop.core.access import Role
from workshop.core.config import Settings
from workshop.core.errors import Refusal
from workshop.products import actions as products
from workshop.products import queries
from workshop.products.importing import actions, columns, exporting, keeping, tables
from workshop.products.importing.columns import Thing
from workshop.products.models import Item, ItemState, Origin, PriceChange, StockCause, StockMovement
from workshop.products.stock import queries as stock

PAGE = "/personale/moebler/import"
BASE_URL = "https://butik.example"
HOSTILE = [
    "=1+1", "+1+1", "-1+1", "@SUM(A1)", "=cmd|' /C calc'!A0", '=HYPERLINK("http://ond.example","x")', "＝1+1",
    "＋1", "－1", "＠x", "'=1+1", "''", "'", '"=1+1', ";=1+1", ",=1+1", "#REF!", "=", "-", "1e308", "0001",
    "TRUE", "2026-01-02", "<script>alert(1)</script>", "a;b,c\td\"e'f", "_x0041_", "\uffff", "]]>", "&amp;",
    "🪑", "مرحبا", "é",
]  # fmt: skip


def bring_in(things: Sequence[Thing], now: datetime, name: str = "x" * 22, **options: Any) -> list[int]:
    codes = actions.draw_codes(BASE_URL, len(things))
    with db.transaction() as session:
        return list(actions.bring_in(session, things, codes, name=name, now=now, by_staff_id=None, **options))


def item(number: int) -> Item:
    with db.reading() as session:
        found = queries.item_by_number(session, number)
        assert found is not None
        return found


def test_a_row_becomes_a_thing_with_a_number_of_its_own(app: Flask, now: datetime) -> None:
    thing = Thing(
        row=2, title="Bænk", price_ore=99_550, pieces=3, place="Hylde 3", category="havebænke", description="Blå.",
        measures="150 cm", material_text="Lærk", origin=Origin.DONATED, old_number="77",
    )  # fmt: skip
    [number] = bring_in([thing], now)
    made = item(number)
    assert made.number == 1001
    assert (made.title, made.price_ore, made.quantity, made.is_one_of_a_kind) == ("Bænk", 99_550, 3, False)
    assert (made.place, made.category, made.measures, made.material_text) == ("Hylde 3", "havebænke", "150 cm", "Lærk")
    assert made.description == "Blå.\n\nTidligere nr. 77."
    assert (made.origin, made.state) == (Origin.DONATED, ItemState.MADE)
    with db.reading() as session:
        [move] = session.scalars(sa.select(StockMovement))
        assert (move.change, move.cause) == (3, StockCause.IMPORTED)
        assert [card.number for card in queries.desk_list(session, words="77", limit=5)] == [number]
        assert session.scalar(sa.select(PriceChange.price_ore)) == 99_550
        assert stock.faults(session) == []


def test_a_list_can_go_straight_up_for_sale(app: Flask, now: datetime) -> None:
    priced, free = bring_in([Thing(2, "Bænk", 99_500), Thing(3, "Stol")], now, is_for_sale=True)
    assert item(priced).state is ItemState.FOR_SALE
    assert item(free).state is ItemState.MADE


def test_all_or_nothing(app: Flask, now: datetime) -> None:
    with pytest.raises(Refusal):
        bring_in([Thing(2, "Bænk"), Thing(3, "For mange", pieces=5_000)], now)
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Item.id))) == 0


def test_those_who_press_at_once_bring_the_list_in_once(app: Flask, now: datetime) -> None:
    barrier, came = threading.Barrier(4), []

    def press() -> None:
        codes = actions.draw_codes(BASE_URL, 5)
        barrier.wait()
        try:
            with db.transaction() as session:
                things = [Thing(row, f"Ting {row}") for row in range(2, 7)]
                actions.bring_in(session, things, codes, name="y" * 22, now=now, by_staff_id=None)
            came.append("in")
        except actions.AlreadyIn:
            came.append("already")

    threads = [threading.Thread(target=press) for _each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(came) == ["already", "already", "already", "in"]
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count(Item.id))) == 5
        assert actions.how_many_came(session, "y" * 22) == 5


def test_a_long_list_takes_no_more_statements_than_a_short_one(app: Flask, now: datetime) -> None:
    bring_in([Thing(2, "Den første")], now)  # the series of numbers begins with it
    took = []
    for name, how_many in (("s" * 22, 2), ("l" * 22, 300)):
        with queries_asked.counted() as statements:
            bring_in([Thing(row, f"Ting {row}", 10_000) for row in range(how_many)], now, name, is_for_sale=True)
        took.append(len(statements))
    assert took[0] == took[1] < 20


def test_things_of_a_list_are_born_as_any_other_thing_is(app: Flask, now: datetime) -> None:
    """Every column of a thing from a list is what it would have been, had it been numbered by itself."""
    one = Thing(2, "Ænderhus", 45_000, pieces=2, category="legetøj", origin=Origin.DONATED)
    [number] = bring_in([one], now)
    with db.transaction() as session:
        [other] = products.add_items(
            session, product_type_id=None, title=one.title, pieces=2, is_batch=True, base_url=BASE_URL, now=now,
            category=one.category, origin=one.origin, price_ore=one.price_ore,
        )  # fmt: skip
        other_number = other.number
    own = {"id", "number", "qr_token", "qr_path", "search_text"}
    listed, single = item(number), item(other_number)
    for column in sa.inspect(Item).column_attrs:
        if column.key not in own:
            assert getattr(listed, column.key) == getattr(single, column.key), column.key
    assert listed.search_text.replace(str(number), "") == single.search_text.replace(str(other_number), "")
    with db.reading() as session:
        assert stock.faults(session) == []


def test_an_old_number_is_found_by_whatever_becomes_of_the_words(app: Flask, now: datetime) -> None:
    [number] = bring_in([Thing(2, "Bænk", old_number="GL 77")], now)
    for words in ("Skammel", "Taburet"):
        with db.transaction() as session:
            found = queries.item_to_change(session, number)
            assert found is not None
            products.edit_details(
                session, found, version=found.version, title=words, description="", place="Hal 2", measures=""
            )
        with db.reading() as session:
            assert [card.number for card in queries.desk_list(session, words="gl 77", limit=5)] == [number]
            assert queries.desk_list(session, words="bænk", limit=5) == []


@pytest.mark.once
def test_an_upload_is_kept_a_day_under_a_name_nobody_guesses(tmp_path: Path) -> None:
    folder, now = tmp_path / "imports", clock.now()  # what the files' own dates are compared with
    old, new = (keeping.keep(folder, body, now) for body in (b"old", b"new"))
    assert keeping.kept(folder, new) == b"new"
    os.utime(folder / old, times=(0, (now - timedelta(hours=25)).timestamp()))
    keeping.keep(folder, b"x", now)
    assert keeping.kept(folder, old) is None
    keeping.let_go(folder, new)
    keeping.let_go(folder, new)
    assert keeping.kept(folder, new) is None
    (tmp_path / "secret").write_bytes(b"x")
    for name in ("../secret", "..%2Fsecret", "", ".", "x" * 400, "\x00" * 22):
        assert keeping.kept(folder, name) is None
    assert folder.stat().st_mode & 0o077 == 0


@pytest.fixture
def desk(client: FlaskClient) -> FlaskClient:
    with db.transaction() as session:
        email = factories.staff(session, name="Tove Ravnsbjerg").email
    people.sign_in_staff(client, email)
    return client


def upload(desk: FlaskClient, body: bytes, name: str = "liste.csv") -> Any:
    return desk.post(PAGE, data={"file": (io.BytesIO(body), name)})


def in_the_house() -> int:
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count(Item.id))) or 0


def test_a_list_is_looked_at_and_then_brought_in_once(desk: FlaskClient, settings: Settings) -> None:
    answer = upload(desk, "Navn;Pris;Antal;Farve\r\nBænk;1.150;;blå\r\nPinde;40;25;\r\n".encode("cp1252"))
    assert answer.status_code == 303
    page = desk.get(answer.location).text
    for words in ("2 ting i listen", "Bænk", "1.150\u00a0kr.", "Opret 2 ting", "De her kolonner bruger vi ikke: Farve"):
        assert words in page
    assert in_the_house() == 0, "nothing is made before somebody says yes"
    for _press in range(2):
        assert desk.post(answer.location).location == "/personale/moebler"
    assert in_the_house() == 2
    assert "2 ting er oprettet." in desk.get("/personale/moebler").text
    assert list((settings.data_dir / "imports").iterdir()) == []
    assert desk.get(answer.location).status_code == 303
    assert "Skrevet ind" in desk.get("/personale/moebler/1001").text
    assert "import " not in desk.get("/personale/moebler/1001/lager").text, "the list's own name is nobody's business"


def test_a_list_with_faults_names_them_and_makes_nothing(desk: FlaskClient) -> None:
    answer = upload(desk, "Navn,Pris\nBænk,mange\n,5\nStol,5\n".encode())
    page = desk.get(answer.location)
    assert page.status_code == 422
    assert "Række 2, Pris: Skriv prisen med tal" in page.text
    assert "Række 3, Navn: Giv tingen et navn." in page.text
    assert "Opret" not in page.text
    desk.post(answer.location)
    assert in_the_house() == 0


def test_the_tick_puts_them_up_for_sale(desk: FlaskClient) -> None:
    desk.post(upload(desk, b"Navn;Pris\nStol;50\n").location, data={"is_for_sale": "y"})
    assert item(1001).state is ItemState.FOR_SALE


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        (b"", "Filen er tom."),
        (b"PK\x03\x04" + b"x" * 50, "Regnearket kan ikke læses."),
        (b"Pris\n5\n", "Vi kan ikke finde kolonnen Navn."),
        (b"Navn\n", "ingenting under overskrifterne"),
        (b"\xff\xd8\xff\xe0 a photo", "kolonnen Navn"),
    ],
)
def test_what_is_no_list_is_said_on_the_page(desk: FlaskClient, body: bytes, sentence: str) -> None:
    answer = upload(desk, body)
    assert answer.status_code == 422
    assert sentence in answer.text


def test_a_form_without_a_file_says_so(desk: FlaskClient) -> None:
    assert "Vælg en fil først." in desk.post(PAGE, data={}).text
    for name in ("x", "x" * 22, "x" * 300, "..%2f..%2fetc"):
        assert desk.get(f"{PAGE}/{name}").status_code == 404
        assert desk.post(f"{PAGE}/{name}").status_code == 404


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_empty_list_can_be_filled_in_and_brought_in(desk: FlaskClient, kind: str) -> None:
    body = desk.get(f"{PAGE}/skabelon.{kind}").data
    checked = columns.check(tables.read_table(body))
    assert checked.faults == []
    assert checked.unused == []
    assert [thing.pieces for thing in checked.things] == [1, 25]


def fill(titles: Sequence[str]) -> None:
    """Things with these titles and, past the forms, with the same in every other text."""
    with db.transaction() as session:
        for title in titles:
            made = factories.item(session, title="x", price_ore=115_050, now=clock.now())
            session.execute(
                sa.update(Item)
                .where(Item.id == made.id)
                .values(title=title, description=title, place=title[:60], material_text=title, category=title)
            )


def test_the_spreadsheet_has_no_cell_that_runs(desk: FlaskClient) -> None:
    fill([*HOSTILE, "\t=1+1", "\r=1+1", "a\x01b"])
    answer = desk.get("/personale/moebler/eksport.xlsx")
    assert answer.status_code == 200
    book = openpyxl.load_workbook(io.BytesIO(answer.data))
    cells = [cell for row in book.active.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells} <= {"s", "n", "inlineStr"}
    assert sum(cell.data_type == "f" for cell in cells) == 0
    assert [cell.value for cell in book.active["B"]][1:4] == ["=1+1", "+1+1", "-1+1"]
    assert [cell.value for cell in book.active["D"]][1] == 1150.5
    with zipfile.ZipFile(io.BytesIO(answer.data)) as packed:
        assert all(b"<f>" not in packed.read(name) and b"<f " not in packed.read(name) for name in packed.namelist())
    assert "Tove" not in str([cell.value for cell in cells])


@pytest.mark.once
def test_a_formula_is_seen_where_one_was_planted() -> None:
    """What the test above looks for is there when a list is written without care."""
    book = openpyxl.Workbook()
    book.active.append(["=1+1"])
    assert book.active["A1"].data_type == "f"


def test_the_csv_file_has_no_cell_that_runs_and_comes_back_as_it_was(desk: FlaskClient) -> None:
    fill([*HOSTILE, "\t=1+1", "\r=1+1"])
    body = desk.get("/personale/moebler/eksport.csv").data
    assert body.startswith(b"\xef\xbb\xbf")
    cells = [
        cell for row in csv.reader(io.StringIO(body.decode("utf-8-sig"), newline=""), delimiter=";") for cell in row
    ]
    assert [cell for cell in cells if cell.startswith(tables.FORMULA_SIGNS)] == []
    assert "1150,50" in cells
    lines = tables.read_table(body)
    assert [line.cells[1] for line in lines[1:]] == [*HOSTILE, "\t=1+1", "\r=1+1"]


def test_what_was_taken_out_can_be_brought_in(desk: FlaskClient) -> None:
    with db.transaction() as session:
        factories.item(session, title="Bænk", price_ore=99_550, now=clock.now())
        factories.item(session, title="Pinde", price_ore=None, quantity=40, is_for_sale=False, now=clock.now())
    for kind in ("csv", "xlsx"):
        checked = columns.check(tables.read_table(desk.get(f"/personale/moebler/eksport.{kind}").data))
        assert checked.faults == []
        assert checked.unused == ["Status"]
        assert [(thing.title, thing.price_ore, thing.pieces) for thing in checked.things] == [
            ("Bænk", 99_550, 1),
            ("Pinde", None, 40),
        ]
        assert [thing.old_number for thing in checked.things] == ["1001", "1002"]


def test_a_long_list_goes_out_in_parts(app: Flask, now: datetime) -> None:
    with db.transaction() as session:
        made = factories.item(session, title="Bænk")
        session.refresh(made)
        values = {
            column.key: getattr(made, column.key) for column in sa.inspect(Item).column_attrs if column.key != "id"
        }
        rows = [{**values, "number": 2_000 + each, "qr_token": f"t{each:09d}"} for each in range(1_500)]
        session.execute(sa.insert(Item), rows)
    with db.snapshot() as session, exporting.csv_file(exporting.rows(session)) as file:
        assert len(file.read().splitlines()) == 1_502


def test_who_may_read_things_may_take_the_list_and_nobody_else(client: FlaskClient) -> None:
    assert client.get("/personale/moebler/eksport.csv").status_code == 303
    with db.transaction() as session:
        emails = [factories.staff(session, roles=[role]).email for role in (Role.CONSULTANT, Role.ADMIN)]
    for email, status in zip(emails, (200, 403), strict=True):
        people.sign_in_staff(client, email)
        assert client.get("/personale/moebler/eksport.csv").status_code == status
        assert client.get(PAGE).status_code == 403
    assert client.get("/personale/moebler/eksport.exe").status_code == 404
