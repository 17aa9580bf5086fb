"""Materials, product types, what goes into them and how they are made."""

from __future__ import annotations

from dataclasses import replace

from sqlalchemy.orm import Session

from workshop.core.i18n import _
from workshop.production.models import RouteStep, TaskType
from workshop.products.models import Material, Origin, ProductMaterial, ProductType, SizeClass
from workshop.starter import cells
from workshop.starter.reading import Catalogue, Column, CsvFile, Report
from workshop.starter.storing import Counts, edited_here, ids, store
from workshop.starter.work import numbers_in_a_row


def _choices_agree(catalogue: Catalogue, report: Report) -> None:
    """Options and their additions name the same things; a one-off piece has no options and is made already."""
    for row in catalogue["product_types"]:
        try:
            cells.with_additions(row["options"], row["option_price_dkk"])
        except ValueError as problem:
            report.add("product_types", str(problem), row.line, "option_price_dkk")
        if row["unique"] and (row["options"] or row["made_to_order"]):
            reason = _("En ting, der kun er én af, har ingen valg og laves ikke på bestilling.")
            report.add("product_types", reason, row.line, "unique")


def _units_agree(catalogue: Catalogue, report: Report) -> None:
    units = {row["key"]: row["unit"] for row in catalogue["materials"]}
    for row in catalogue["product_materials"]:
        if row["unit"] != units[row["material_key"]]:
            reason = _("Materialet måles i %(unit)s.", unit=units[row["material_key"]])
            report.add("product_materials", reason, row.line, "unit")


def _routes_in_a_row(catalogue: Catalogue, report: Report) -> None:
    numbers_in_a_row(catalogue, report, "production_routes", "sku")


FILES = (
    CsvFile(
        "materials",
        (
            Column("key", cells.text(Material.key)),
            Column("name_da", cells.text(Material.name)),
            Column("unit", cells.text(Material.unit)),
            Column("unit_cost_dkk", cells.kroner),
            Column("origin", cells.one_of(Origin)),
        ),
    ),
    CsvFile(
        "product_types",
        (
            Column("sku", cells.text(ProductType.sku)),
            Column("name_da", cells.text(ProductType.name)),
            Column("category", cells.text(ProductType.category)),
            Column("description_da", cells.text(ProductType.description)),
            Column("material_da", cells.text(ProductType.material_text)),
            Column("length_cm", cells.whole(1, 10_000), empty=None),
            Column("width_cm", cells.whole(1, 10_000), empty=None),
            Column("height_cm", cells.whole(1, 10_000), empty=None),
            Column("weight_kg", cells.scaled(1000, least=1), empty=None),
            Column("price_dkk", cells.price),
            Column("made_to_order", cells.yes_no),
            Column("options", cells.choices, empty={}),
            Column("option_price_dkk", cells.choices, empty={}),
            Column("size_class", cells.one_of(SizeClass)),
            Column("unique", cells.yes_no),
            Column("care_da", cells.text(ProductType.care)),
            Column("safety_da", cells.text(ProductType.safety)),
            Column("typical_work_minutes", cells.whole(1, 100_000)),
        ),
        key=("sku",),
        also=_choices_agree,
    ),
    CsvFile(
        "product_materials",
        (
            Column("sku", cells.text(ProductType.sku), names="product_types"),
            Column("material_key", cells.text(Material.key), names="materials"),
            Column("quantity", cells.positive),
            Column("unit", cells.text(Material.unit)),
        ),
        key=("sku", "material_key"),
        also=_units_agree,
    ),
    CsvFile(
        "production_routes",
        (
            Column("sku", cells.text(ProductType.sku), names="product_types"),
            Column("step_no", cells.whole(1, 99)),
            Column("task_key", cells.text(TaskType.key), names="task_types"),
        ),
        key=("sku", "step_no"),
        also=_routes_in_a_row,
    ),
)


def store_goods(session: Session, catalogue: Catalogue) -> dict[str, Counts]:
    """Bring materials, product types and their routes into the database; the tasks are there already."""
    materials = [
        {
            "key": row["key"],
            "name": row["name_da"],
            "unit": row["unit"],
            "unit_cost_ore": row["unit_cost_dkk"],
            "origin": row["origin"],
        }
        for row in catalogue["materials"]
    ]
    edited = edited_here(session, ProductType.sku)
    counts = {
        "materials": store(session, Material, ("key",), materials).counts,
        "product_types": _store_types(session, catalogue, edited),
    }
    types = ids(session, ProductType.sku)
    owners = [types[row["sku"]] for row in catalogue["product_types"]]
    counts["product_materials"] = _store_uses(session, catalogue, types, owners)
    counts["production_routes"] = _store_routes(session, catalogue, types, edited)
    return counts


def _store_types(session: Session, catalogue: Catalogue, edited: set[str]) -> Counts:
    rows = [
        {
            "sku": row["sku"],
            "name": row["name_da"],
            "category": row["category"],
            "description": row["description_da"],
            "material_text": row["material_da"],
            "length_cm": row["length_cm"],
            "width_cm": row["width_cm"],
            "height_cm": row["height_cm"],
            "weight_g": row["weight_kg"],
            "price_ore": row["price_dkk"],
            "is_made_to_order": row["made_to_order"],
            "options": cells.with_additions(row["options"], row["option_price_dkk"]),
            "size_class": row["size_class"],
            "is_unique": row["unique"],
            "care": row["care_da"],
            "safety": row["safety_da"],
            "typical_work_minutes": row["typical_work_minutes"],
        }
        for row in catalogue["product_types"]
        if row["sku"] not in edited
    ]
    kept = len(catalogue["product_types"]) - len(rows)
    return replace(store(session, ProductType, ("sku",), rows).counts, kept=kept)


def _store_uses(session: Session, catalogue: Catalogue, types: dict[str, int], owners: list[int]) -> Counts:
    materials = ids(session, Material.key)
    rows = [
        {
            "product_type_id": types[row["sku"]],
            "material_id": materials[row["material_key"]],
            "quantity": row["quantity"],
        }
        for row in catalogue["product_materials"]
    ]
    key = ("product_type_id", "material_id")
    return store(session, ProductMaterial, key, rows, owner="product_type_id", owners=owners).counts


def _store_routes(session: Session, catalogue: Catalogue, types: dict[str, int], edited: set[str]) -> Counts:
    """The usual steps, which are edited together with the type they are of."""
    tasks = ids(session, TaskType.key)
    rows = [
        {
            "product_type_id": types[row["sku"]],
            "position": row["step_no"],
            "task_type_id": tasks[row["task_key"]],
        }
        for row in catalogue["production_routes"]
        if row["sku"] not in edited
    ]
    owners = [types[row["sku"]] for row in catalogue["product_types"] if row["sku"] not in edited]
    key = ("product_type_id", "position")
    counts = store(session, RouteStep, key, rows, owner="product_type_id", owners=owners).counts
    return replace(counts, kept=len(catalogue["production_routes"]) - len(rows))
