"""What is typed about a printer, and what was measured on its calibration sheet."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from wtforms import BooleanField, IntegerField, RadioField, SelectField, StringField
from wtforms.validators import Length
from wtforms.widgets import HiddenInput, TextInput

from workshop.core.forms import BaseForm, PublicIdField, required
from workshop.core.i18n import _, lazy
from workshop.labels.forms import CellField
from workshop.labels.models import PrintWay
from workshop.labels.printers import rules

_MM = re.compile(r"(?P<whole>[0-9]{1,3})(?:[,.](?P<part>[0-9]{1,2}))?(?:\s*mm)?")


class MmField(StringField):
    """A length in mm with a comma, or the full stop of a number pad; `data` is hundredths of a millimetre."""

    widget = TextInput()

    def _value(self) -> str:
        if self.raw_data:
            return str(self.raw_data[0])
        if self.data is None:
            return ""
        return f"{Decimal(self.data) / 100:f}".replace(".", ",")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """Hundredths out of what was typed; raises ValueError with the sentence to show."""
        self.data: Any = None
        text = valuelist[0].strip() if valuelist else ""
        if not text:
            return
        found = _MM.fullmatch(text)
        if found is None:
            raise ValueError(_("Skriv målet i millimeter, for eksempel 15,3."))
        self.data = int(found["whole"]) * 100 + int(((found["part"] or "") + "00")[:2])


class AddressField(StringField):
    """Where a printer listens; `data` is `host:port`."""

    widget = TextInput()

    def _value(self) -> str:
        return str(self.raw_data[0]) if self.raw_data else (self.data or "")

    def process_formdata(self, valuelist: list[Any]) -> None:
        """The address as it is kept; raises ValueError with the sentence to show."""
        self.data: Any = ""
        if valuelist and valuelist[0].strip():
            self.data = rules.address(valuelist[0])


class PrinterForm(BaseForm):
    """A printer of the workshop."""

    name = StringField(
        lazy("Navn"),
        [
            required(lazy("Giv printeren et navn, for eksempel Kontoret.")),
            Length(max=60, message=lazy("Højst 60 tegn.")),
        ],
    )
    way = RadioField(lazy("Hvordan kommer mærkerne til den?"), default=PrintWay.BROWSER.value)
    address = AddressField(lazy("Adresse på husets net"))
    dots_per_inch = SelectField(lazy("Punkter pr. tomme"), coerce=int, default=203)
    model = SelectField(lazy("Model"))
    sheet = PublicIdField(lazy("Det ligger der som regel i den"))
    is_used = BooleanField(lazy("Den er i brug"), default=True)
    version = IntegerField(default=1, widget=HiddenInput())

    def offer(self, sheets: list[tuple[str, str]]) -> None:
        """Fill the choices."""
        self.way.choices = [
            ("browser", _("Som en fil, jeg selv printer")),
            ("zpl", _("Direkte til en Zebra på husets net")),
            ("brother", _("Direkte til en Brother QL på husets net")),
        ]
        self.dots_per_inch.choices = [(each, str(each)) for each in rules.ZEBRA_DENSITIES]
        self.model.choices = [("", _("Vælg model")), *((model, model) for model in rules.BROTHER_MODELS)]
        self.sheet.choices = [("", _("Det skifter")), *sheets]


class MeasuredForm(BaseForm):
    """What was measured on the calibration sheet, from the edges of the paper to its first cross."""

    from_left = MmField(lazy("Fra venstre kant til krydset"), [required(lazy("Skriv, hvad du målte."))])
    from_top = MmField(lazy("Fra øverste kant til krydset"), [required(lazy("Skriv, hvad du målte."))])


class TrayForm(BaseForm):
    """The next free place on the sheet that lies in the printer."""

    sheet = PublicIdField(lazy("Ark"))
    next_cell = CellField(lazy("Næste ledige plads"), [required(lazy("Skriv, hvor næste mærke skal være."))])
