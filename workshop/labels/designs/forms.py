"""What is chosen about a label of the workshop's own."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

from wtforms import BooleanField, SelectField, StringField
from wtforms.validators import Length, ValidationError

from workshop.core.forms import BaseForm, NumberField, PublicIdField, required
from workshop.core.i18n import _, lazy
from workshop.labels.designs.rules import FIELD_NAMES, FIELDS, LARGEST_DARK_MM, Block, Design, Field
from workshop.labels.printers.forms import MmField

_SIZE_NAMES = {"small": lazy("Lille"), "normal": lazy("Almindelig"), "large": lazy("Stor")}
_PLACE_NAMES = {
    "end": lazy("Til højre for teksten"),
    "start": lazy("Til venstre for teksten"),
    "below": lazy("Under teksten"),
}


class Row(NamedTuple):
    """A field of the label in the editor: whether it is on it, and how large."""

    field: Field
    name: str
    is_on: bool
    size: str
    is_first: bool
    is_last: bool


class DesignForm(BaseForm):
    """Name, size and code of a layout; fields, order and sizes are read by `blocks`."""

    name = StringField(
        lazy("Navn"),
        [
            required(lazy("Giv layoutet et navn, for eksempel Havemøbler.")),
            Length(max=60, message=lazy("Højst 60 tegn.")),
        ],
    )
    sheet = PublicIdField(lazy("Til mærker på"))
    qr_side = SelectField(lazy("Hvor står QR-koden?"), choices=[], default="end")
    qr_dark = MmField(lazy("Hvor stor er den sorte kode?"), [required(lazy("Skriv, hvor stor koden skal være."))])
    order = StringField()
    version = NumberField()
    shop, number, title, info, price, more = (BooleanField(FIELD_NAMES[field]) for field in FIELDS)
    size_shop, size_number, size_title, size_info, size_price, size_more = (
        SelectField(FIELD_NAMES[field], choices=[], default="normal") for field in FIELDS
    )

    def __init__(self, *values: Any, **more: Any) -> None:
        super().__init__(*values, **more)
        self.qr_side.choices = list(_PLACE_NAMES.items())
        for field in FIELDS:
            self[f"size_{_key(field)}"].choices = list(_SIZE_NAMES.items())

    def validate_qr_dark(self, entry: MmField) -> None:
        """A code larger than any label is a slip of the finger."""
        if entry.data is not None and entry.data > LARGEST_DARK_MM * 100:
            raise ValidationError(_("Koden kan højst være 60 mm."))

    def fields_in_order(self) -> list[Field]:
        """Every field in the order chosen, those not named at the end."""
        chosen: list[Field] = [field for field in FIELDS if field in (self.order.data or "").split(",")]
        chosen.sort(key=(self.order.data or "").split(",").index)
        return [*chosen, *(field for field in FIELDS if field not in chosen)]

    def move(self, what: str) -> None:
        """`number:up` or `number:down`: put a field one place higher or lower."""
        fields = self.fields_in_order()
        name, _colon, way = what.partition(":")
        place = next((index for index, field in enumerate(fields) if field == name), None)
        if place is None or way not in {"up", "down"}:
            return
        other = place + (-1 if way == "up" else 1)
        if 0 <= other < len(fields):
            fields[place], fields[other] = fields[other], fields[place]
        self.order.data = ",".join(fields)

    def rows(self) -> list[Row]:
        """The fields as the editor lists them."""
        fields = self.fields_in_order()
        return [
            Row(
                field,
                str(FIELD_NAMES[field]),
                bool(self[_key(field)].data),
                self[f"size_{_key(field)}"].data or "normal",
                field == fields[0],
                field == fields[-1],
            )
            for field in fields
        ]

    def design(self, label_mm: tuple[Decimal, Decimal]) -> Design:
        """The layout as it is drawn, for labels of this size."""
        sizes = {"small", "large"}
        return Design(
            name=self.name.data or "",
            label_w_mm=label_mm[0],
            label_h_mm=label_mm[1],
            blocks=tuple(
                Block(row.field, row.size if row.size in sizes else "normal")  # type: ignore[arg-type]  # checked here
                for row in self.rows()
                if row.is_on
            ),
            qr_dark_mm=Decimal(self.qr_dark.data or 0) / 100,
            qr_side=self.qr_side.data if self.qr_side.data in _PLACE_NAMES else "end",
        )

    def show(self, design: Design) -> None:
        """Fill the form with a layout."""
        self.name.data = design.name
        self.qr_side.data = design.qr_side
        self.qr_dark.data = round(design.qr_dark_mm * 100)
        self.order.data = ",".join(block.field for block in design.blocks)
        for block in design.blocks:
            self[_key(block.field)].data = True
            self[f"size_{_key(block.field)}"].data = block.size


def _key(field: Field) -> str:
    """`name` is what the layout is called, so the field of that name has another one in the form."""
    return "title" if field == "name" else field
