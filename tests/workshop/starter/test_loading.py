"""The catalogue comes in whole or not at all, and coming in twice changes nothing."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from shop import models  # noqa: F401 — every table of the house, to count its rows
from workshop.citizens.models import ProgrammeType, Question
from workshop.core import db
from workshop.core.audit import AccessLogHead
from workshop.labels.models import LabelSheet
from workshop.production.models import RouteStep, TaskStep, TaskType, TaskTypeDemand
from workshop.products import catalogue
from workshop.products.drawings import _BY_SKU
from workshop.products.models import Material, Origin, ProductMaterial, ProductType
from workshop.products.sections import CATEGORY_NAMES
from workshop.services.models import DeliveryPrice, Postcode, ServiceKind, TravelPrice
from workshop.starter.loading import CATALOGUE, FILES, BadCatalogue, load
from workshop.starter.storing import Counts
from workshop.tasks.models import Competence, LinkRole, TaskCompetenceLink

ROWS = {
    "activity_kinds": 10, "demands": 33, "task_types": 80, "task_steps": 143, "competences": 60,
    "task_competences": 321, "materials": 43, "product_types": 45, "product_materials": 210, "production_routes": 227,
    "service_kinds": 12, "travel_zones": 4, "postcodes": 36, "delivery_zones": 16, "programme_types": 7,
    "questionnaires": 57, "label_sheets": 8,
}  # fmt: skip


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the catalogue to spoil."""
    copy = tmp_path / "catalogue"
    shutil.copytree(CATALOGUE, copy)
    return copy


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / f"{file}.csv"
    text = path.read_bytes().decode()
    assert old in text
    path.write_bytes(text.replace(old, new, 1).encode())


def rows_of_all_tables(session: Session) -> int:
    return sum(
        session.scalar(sa.select(sa.func.count()).select_from(table)) or 0
        for table in db.Base.metadata.sorted_tables
        if table is not AccessLogHead.__table__  # the migration's own row
    )


def test_the_catalogue_comes_in_whole(session: Session) -> None:
    loaded = load(session)
    assert loaded.counts == {file: Counts(new=rows) for file, rows in ROWS.items()}
    tables = {
        TaskType: 80, TaskStep: 143, Competence: 60, TaskCompetenceLink: 321, ProductType: 45, Material: 43,
        ProductMaterial: 210, RouteStep: 227, ServiceKind: 12, Postcode: 36, TravelPrice: 4, DeliveryPrice: 16,
        ProgrammeType: 7, Question: 57, LabelSheet: 8,
    }  # fmt: skip
    for table, rows in tables.items():
        assert session.scalar(sa.select(sa.func.count()).select_from(table)) == rows, table


def test_every_cell_lands_in_its_own_unit(session: Session) -> None:
    load(session)
    bench = session.scalars(sa.select(ProductType).where(ProductType.sku == "HB-01")).one()
    assert (bench.price_ore, bench.weight_g, bench.length_cm, bench.is_made_to_order) == (189_500, 28_000, 150, True)
    assert bench.options == {
        "længde": [["120", 0], ["150", 0], ["180", 30_000]],
        "farve": [["rå", 0], ["sort", 15_000], ["grøn", 15_000]],
    }
    larch = session.scalars(sa.select(Material).where(Material.key == "larch_28x120")).one()
    assert (larch.unit_cost_ore, larch.origin) == (3_200, Origin.BOUGHT)
    use = session.get_one(ProductMaterial, (bench.id, larch.id))
    assert use.quantity == Decimal(14)
    lawn = session.scalars(sa.select(ServiceKind).where(ServiceKind.key == "lawn_mowing")).one()
    assert (lawn.per_unit_ore, lawn.typical_seconds_per_unit, lawn.season_from) == (70, 9, "04-01")
    sheet = session.scalars(sa.select(LabelSheet).where(LabelSheet.key == "a4_3x7")).one()
    assert (sheet.label_w, sheet.label_h, sheet.margin_top, sheet.pitch_x) == (6_350, 3_810, 1_515, 6_600)
    resource = session.scalars(sa.select(ProgrammeType).where(ProgrammeType.key == "resource")).one()
    assert (resource.weeks, resource.valid_to) == (None, date(2026, 6, 30))
    drawing = session.scalars(sa.select(TaskType).where(TaskType.key == "gf_design")).one()
    links = session.scalars(sa.select(TaskCompetenceLink).where(TaskCompetenceLink.task_type_id == drawing.id)).all()
    assert {link.valid_from for link in links} == {date(2020, 1, 1)}
    assert LinkRole.CORE in {link.role for link in links}
    asked = session.scalar(sa.select(sa.func.count()).where(TaskTypeDemand.task_type_id == drawing.id))
    assert asked == 4


def test_loading_twice_changes_nothing(app: Flask) -> None:
    with db.transaction() as session:
        load(session)
    with db.reading() as session:  # the catalogue's mark is written when the block ends
        before, mark = rows_of_all_tables(session), catalogue.mark(session)
    with db.transaction() as session:
        again = load(session)
        assert not session.dirty
    with db.reading() as session:
        assert (rows_of_all_tables(session), catalogue.mark(session)) == (before, mark)
    assert mark
    assert again.is_unchanged
    assert again.counts == {file: Counts(unchanged=rows) for file, rows in ROWS.items()}


def test_an_edited_file_changes_the_rows_it_names(session: Session, folder: Path) -> None:
    load(session)
    edit(folder, "product_types", ",1895,", ",1795.50,")
    edit(folder, "task_types", "sitting;fine_motor;reading;arithmetic", "sitting;reading;arithmetic")
    edit(folder, "postcodes", "Tisvildeleje,1", "Tisvildeleje,2")
    loaded = load(session, folder)
    changed = {file: count for file, count in loaded.counts.items() if count.changed}
    assert changed == {
        "product_types": Counts(changed=1, unchanged=44),
        "task_types": Counts(changed=1, unchanged=79),
        "postcodes": Counts(changed=1, unchanged=35),
    }
    assert session.scalar(sa.select(ProductType.price_ore).where(ProductType.sku == "HB-01")) == 179_550
    assert not loaded.is_unchanged


def test_a_type_edited_in_the_workshop_stays_as_it_was_edited(session: Session, folder: Path) -> None:
    load(session)
    bench = session.scalars(sa.select(ProductType).where(ProductType.sku == "HB-01")).one()
    task = session.scalars(sa.select(TaskType).order_by(TaskType.id)).first()
    assert task is not None
    bench.price_ore, bench.version = 210_000, 2
    task.name, task.version = "Save efter eget hoved", 2
    steps = sa.select(sa.func.count()).where(TaskStep.task_type_id == task.id)
    written = session.scalars(steps).one()
    session.execute(sa.delete(RouteStep).where(RouteStep.product_type_id == bench.id))
    session.add(TaskStep(task_type_id=task.id, position=90, text="Fej bagefter."))
    other = session.scalars(sa.select(ProductType).where(ProductType.sku == "HB-02")).one()
    theirs, other.price_ore = other.price_ore, 1_00  # changed by no person, so the file wins
    session.flush()
    counts = load(session, folder).counts
    session.expire_all()
    assert (bench.price_ore, task.name, session.scalars(steps).one()) == (
        210_000, "Save efter eget hoved", written + 1,
    )  # fmt: skip
    assert session.scalar(sa.select(RouteStep.position).where(RouteStep.product_type_id == bench.id)) is None
    assert other.price_ore == theirs
    assert (counts["product_types"], counts["task_types"].kept) == (Counts(changed=1, unchanged=43, kept=1), 1)


def test_a_service_edited_in_the_workshop_stays_as_it_was_edited(session: Session, folder: Path) -> None:
    load(session)
    hedge = session.scalars(sa.select(ServiceKind).where(ServiceKind.key == "hedge_cutting")).one()
    assert hedge.questions == ["Er der strøm i nærheden?"]  # the rest is asked by the form's own fields
    hedge.per_unit_ore, hedge.version = 3_100, 2
    lawn = session.scalars(sa.select(ServiceKind).where(ServiceKind.key == "lawn_mowing")).one()
    lawn.per_unit_ore = 1  # changed by no person, so the file wins
    session.flush()
    counts = load(session, folder).counts["service_kinds"]
    session.expire_all()
    assert (hedge.per_unit_ore, lawn.per_unit_ore) == (3_100, 70)
    assert counts == Counts(changed=1, unchanged=10, kept=1)


def test_parts_that_the_file_no_longer_names_are_gone_and_things_stay(session: Session, folder: Path) -> None:
    load(session)
    last = (folder / "task_steps.csv").read_text(encoding="utf-8").splitlines()[-1]
    edit(folder, "task_steps", f"\n{last}", "\n")
    removed = load(session, folder).counts["task_steps"]
    assert (removed.removed, removed.unchanged) == (1, 142)
    session.add(TaskType(**_own_task(session)))
    session.flush()
    assert load(session, folder).is_unchanged


def _own_task(session: Session) -> dict[str, object]:
    like = session.scalars(sa.select(TaskType).limit(1)).one()
    columns = [column.key for column in sa.inspect(TaskType).column_attrs if column.key not in {"id", "key"}]
    return {"key": "our_own", **{column: getattr(like, column) for column in columns}}


BAD = [
    ("product_types", "Havebænk med ryglæn", "", 2, "name_da", "tomt"),
    ("product_types", ",1895,", ",1895.999,", 2, "price_dkk", "to tal"),
    ("product_types", ",1895,", ",nan,", 2, "price_dkk", "ikke et tal"),
    ("product_types", ",1895,", ",-5,", 2, "price_dkk", "under 0"),
    ("product_types", ",1895,", ",1e9,", 2, "price_dkk", "ikke et tal"),
    ("product_types", ",1895,", ",99999999,", 2, "price_dkk", "for høj"),
    ("product_types", ",1895,yes,", ",1895,ja,", 2, "made_to_order", "yes eller no"),
    ("product_types", "farve:0|150|150,L,", "farve:0|150,L,", 2, "option_price_dkk", "farve"),
    ("product_types", "farve:0|150|150,L,", "farve:0|150|150,XXL,", 2, "size_class", "XXL kendes ikke"),
    ("product_types", "HB-02,", "HB-01,", 3, "sku", "står allerede i linje 2"),
    ("product_materials", "HB-01,larch_28x120,14,m", "HB-01,oak,14,m", 2, "material_key", "findes ikke i materials"),
    ("product_materials", "HB-01,larch_28x120,14,m", "HB-01,larch_28x120,0,m", 2, "quantity", "over 0"),
    ("product_materials", "HB-01,larch_28x120,14,m", "HB-01,larch_28x120,14,kg", 2, "unit", "måles i m"),
    ("production_routes", "HB-01,3,gf_sand", "HB-01,7,gf_sand", 4, "step_no", "1, 2, 3"),
    ("task_types", "gf_design,garden_furniture", "gf_design,sailing", 2, "activity_kind", "sailing findes ikke"),
    ("task_types", ",90,", ",halvanden time,", 2, "typical_minutes", "helt tal"),
    ("task_types", "sitting;fine_motor", "sitting;flying", 2, "demands", "flying findes ikke"),
    ("task_types", "Tegne et nyt havemøbel", "x" * 151, 2, "name_da", "højst 150 tegn"),
    ("task_competences", "gf_design,reading_drawings,core", "gf_design,reading_drawings,main", 2, "role", "main"),
    ("task_steps", "gf_measure,1,", "gf_measure,0,", 2, "step_no", "mellem 1 og"),
    ("competences", "measure_mark,faglig,", "measure_mark,magisk,", 2, "group", "magisk kendes ikke"),
    ("postcodes", "3200,Helsinge,0", "320,Helsinge,0", 2, "code", "fire tal"),
    ("postcodes", "3200,Helsinge,0", "3200,Helsinge,9", 2, "zone", "9 findes ikke"),
    ("service_kinds", ",06-15,", ",15-06,", 2, "season_from", "ikke en dag"),
    ("service_kinds", "max(min, base", "min(max, base", 2, "price_model", "Prisformlen"),
    ("service_kinds", "lo_load,Hvor", "lo_fly,Hvor", 2, "task_keys", "lo_fly findes ikke"),
    ("programme_types", "2020-01-01,2026-06-30", "2020-01-01,2019-06-30", 4, "valid_to", "før"),
    ("programme_types", "start;monthly;final", "start;sometimes;final", 2, "meeting_pattern", "sometimes"),
    ("questionnaires", "1 Passer slet ikke|2 Passer lidt|", "1 Passer slet ikke|", 2, "scale", "fem trin"),
    ("label_sheets", "3,7,63.5,38.1", "4,7,63.5,38.1", 2, "", "på siden"),
    ("label_sheets", ",66,38.1,no", ",60,38.1,no", 2, "", "oven i hinanden"),
    ("delivery_zones", "0,S,49", "0,S,49,99", 2, "", "felter"),
    ("demands", "standing,Stående", '"standing,Stående', None, "", "Anførselstegn"),
    ("materials", "key,name_da", "nøgle,name_da", 1, "", "Overskrifterne"),
]  # fmt: skip


@pytest.mark.once
@pytest.mark.parametrize(("file", "old", "new", "line", "column", "words"), BAD)
def test_a_bad_row_is_named_with_file_line_column_and_reason(
    folder: Path, file: str, old: str, new: str, line: int | None, column: str, words: str
) -> None:
    edit(folder, file, old, new)
    with pytest.raises(BadCatalogue) as refused:
        load(Session(), folder)  # no database is asked before the files are good
    first = refused.value.problems[0]
    assert (first.file, first.column) == (f"{file}.csv", column)
    assert line is None or first.line == line
    assert words in first.reason
    assert first.sentence in refused.value.sentence
    assert f"{file}.csv, linje" in first.sentence


def test_nothing_is_half_loaded(app: Flask, folder: Path) -> None:
    edit(folder, "label_sheets", ",66,38.1,no", ",oops,38.1,no")  # the last file that is stored
    with pytest.raises(BadCatalogue), db.transaction() as session:
        load(session, folder)
    with db.reading() as session:
        assert rows_of_all_tables(session) == 0


def spoil_missing(path: Path) -> None:
    path.unlink()


def spoil_empty(path: Path) -> None:
    path.write_bytes(b"")


def spoil_encoding(path: Path) -> None:
    path.write_bytes(path.read_bytes().decode().encode("latin-1"))


def spoil_semicolons(path: Path) -> None:
    path.write_bytes(path.read_bytes().replace(b",", b";"))


@pytest.mark.once
@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (spoil_missing, "mangler"),
        (spoil_empty, "Filen er tom"),
        (spoil_encoding, "ikke UTF-8"),
        (spoil_semicolons, "semikolon"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(folder: Path, spoil: Callable[[Path], None], words: str) -> None:
    spoil(folder / "activity_kinds.csv")
    with pytest.raises(BadCatalogue, match=words) as refused:
        load(Session(), folder)
    assert len(refused.value.problems) == 1  # and not one more for each task of the kinds it would have named


@pytest.mark.once
def test_all_problems_are_told_at_once(folder: Path) -> None:
    edit(folder, "product_types", ",1895,", ",dyr,")
    edit(folder, "postcodes", "3200,", "Helsinge,")
    edit(folder, "competences", "measure_mark,faglig,", "measure_mark,magisk,")
    with pytest.raises(BadCatalogue) as refused:
        load(Session(), folder)
    assert [problem.file for problem in refused.value.problems] == [
        "competences.csv",
        "product_types.csv",
        "postcodes.csv",
    ]


def test_a_file_saved_by_a_spreadsheet_comes_in(session: Session, folder: Path) -> None:
    path = folder / "activity_kinds.csv"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes().replace(b"\r\n", b"\n"))
    assert load(session, folder).counts["activity_kinds"].new == 10


@pytest.mark.once
def test_the_catalogue_and_the_house_know_the_same_things() -> None:
    text = (CATALOGUE / "product_types.csv").read_text(encoding="utf-8")
    assert {sku for sku in _BY_SKU if f"\n{sku}," in text} == set(_BY_SKU)
    assert all(category in text for category in CATEGORY_NAMES)
    assert {path.stem for path in CATALOGUE.glob("*.csv")} == {file.name for file in FILES}
