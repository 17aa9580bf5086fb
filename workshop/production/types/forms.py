"""What staff write about a kind of tasks or goods: plain fields, and one thing a line where there are several."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, SelectField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional, Regexp, ValidationError
from wtforms.widgets import CheckboxInput, ListWidget

from workshop.core.forms import BaseForm, MoneyField, NumberField, PhotoField, one_page_of_text, required
from workshop.core.i18n import _, lazy
from workshop.core.text import clean
from workshop.production.forms import SeenForm
from workshop.production.models import TaskType
from workshop.production.types import options, pictograms
from workshop.production.types.actions import MOST_STEPS, TaskFacts
from workshop.production.types.queries import TaskParts
from workshop.products.models import ProductType, SizeClass

_NAME = required(lazy("Skriv et navn."))
_MINUTES = lazy("Skriv et helt antal minutter mellem 1 og 600.")
MOST_LINES = 20
_QUALITIES = ("quality_redo", "quality_fix", "quality_ok", "quality_better")
_SAME = (  # fields of a kind of goods that are its columns just so
    "name", "description", "material_text", "care", "safety", "price_ore", "length_cm", "width_cm", "height_cm",
    "category", "is_made_to_order", "is_unique", "typical_work_minutes", "is_used",
)  # fmt: skip


def _most(characters: int) -> Length:
    return Length(max=characters, message=lazy("Skriv højst %(most)s tegn.", most=characters))


def lines(typed: str | None) -> list[str]:
    """What stands on each line, empty ones left out."""
    return [each for each in (clean(line) for line in (typed or "").splitlines()) if each]


class _Ticks(SelectMultipleField):
    """Several choices as ticks."""

    widget = ListWidget(prefix_label=False)
    option_widget = CheckboxInput()


class TaskForm(SeenForm):
    """A kind of task. Kinds of work, demands and permits are filled in by the view."""

    name = StringField(lazy("Navn"), [_NAME, _most(150)])
    kind = SelectField(lazy("Slags arbejde"))
    plain_text = TextAreaField(lazy("Opgaven i almindelige ord"), [required(lazy("Skriv, hvad man gør.")), _most(400)])
    steps = TextAreaField(lazy("Sådan gør man"))
    tools = TextAreaField(lazy("Værktøj"))
    gear = TextAreaField(lazy("Værnemidler"))
    quality_redo = TextAreaField(lazy("Gøres om"), [_most(400)])
    quality_fix = TextAreaField(lazy("Rettes til"), [_most(400)])
    quality_ok = TextAreaField(lazy("I orden"), [required(lazy("Skriv, hvornår opgaven er i orden.")), _most(400)])
    quality_better = TextAreaField(lazy("Bedre end bedt om"), [_most(400)])
    pictogram = SelectField(lazy("Tegning på tabletten"))
    typical_minutes = NumberField(
        lazy("Varer cirka"), [required(_MINUTES), NumberRange(1, 600, _MINUTES)], default=60
    )  # fmt: skip
    demands = _Ticks(lazy("Opgaven kræver"), validate_choice=False)
    permits = _Ticks(lazy("Tilladelser, opgaven kræver"), validate_choice=False)
    new_permit = StringField(lazy("En ny tilladelse"), [_most(100)])
    is_instruction_required = BooleanField(lazy("Kun for dem, der er vist, hvordan det gøres sikkert"))
    is_batchable = BooleanField(lazy("Kan laves for flere stykker ad gangen"))
    is_used = BooleanField(lazy("Kan vælges til nyt arbejde"), default=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.pictogram.choices = pictograms.choices()
        self.pictogram.data = self.pictogram.data or ""

    def validate_steps(self, field: TextAreaField) -> None:
        """So many lines as fit on a card, none too long."""
        _check_lines(field, MOST_STEPS, 300)

    def validate_tools(self, field: TextAreaField) -> None:
        """One tool a line."""
        _check_lines(field, MOST_LINES, 60)

    def validate_gear(self, field: TextAreaField) -> None:
        """One thing a line."""
        _check_lines(field, MOST_LINES, 60)

    def facts(self, kinds: dict[str, int]) -> TaskFacts:
        """What was written, for the action; `kinds` leads from a kind of work's key to its id."""
        values = {
            "name": clean(self.name.data),
            "activity_kind_id": kinds[self.kind.data],
            "plain_text": clean(self.plain_text.data),
            "tools": lines(self.tools.data),
            "protective_gear": lines(self.gear.data),
            **{name: clean(getattr(self, name).data or "") for name in _QUALITIES},
            "pictogram": self.pictogram.data or "",
            "typical_minutes": self.typical_minutes.data,
            "is_instruction_required": self.is_instruction_required.data,
            "is_batchable": self.is_batchable.data,
            "is_used": self.is_used.data,
        }
        permits = [int(each) for each in self.permits.data or [] if each.isascii() and each.isdigit() and len(each) < 9]
        known = {key for key, _name in self.demands.choices}
        demands = [each for each in self.demands.data or [] if each in known]
        return TaskFacts(values, lines(self.steps.data), demands, permits, self.new_permit.data or "")

    @classmethod
    def of(cls, task: TaskType, parts: TaskParts, kind: str) -> TaskForm:
        """The form filled with what is stored."""
        names = ("name", "plain_text", *_QUALITIES, "pictogram", "typical_minutes", "is_batchable", "is_used")
        data: dict[str, Any] = {name: getattr(task, name) for name in (*names, "is_instruction_required")}
        data |= {"tools": "\n".join(task.tools), "gear": "\n".join(task.protective_gear)}
        data |= {"steps": "\n".join(parts.steps), "demands": list(parts.demand_keys), "kind": kind}
        data |= {"permits": [str(each) for each in parts.permit_ids], "version": str(task.version)}
        return cls(data=data)


class PictureForm(BaseForm):
    """The standing picture of a task."""

    photo = PhotoField(lazy("Billede eller tegning"), [required(lazy("Vælg et billede."))])
    alt_text = StringField(lazy("Hvad viser det?"), [_most(200)])


def _measure(label: str) -> NumberField:
    sentence = lazy("Skriv et helt tal mellem 1 og 1000 cm.")
    return NumberField(label, [Optional(), NumberRange(1, 1_000, sentence)])


class GoodForm(SeenForm):
    """A kind of goods. The route is rows of its own on the page."""

    sku = StringField(
        lazy("Varenummer"),
        [
            required(lazy("Skriv et varenummer.")),
            Regexp(r"[A-Z0-9ÆØÅ][A-Z0-9ÆØÅ-]{1,19}\Z", message=lazy("Brug store bogstaver, tal og streg, fx HB-09.")),
        ],
    )
    name = StringField(lazy("Navn"), [_NAME, _most(200)])
    category = SelectField(lazy("Hylde i butikken"))
    description = TextAreaField(lazy("Tekst til kunden"), [one_page_of_text])
    material_text = StringField(lazy("Lavet af"), [_most(200)])
    care = TextAreaField(lazy("Pasning"), [one_page_of_text])
    safety = TextAreaField(lazy("Sikkerhed"), [one_page_of_text])
    price_ore = MoneyField(lazy("Pris med moms"), [required(lazy("Skriv en pris."))])
    length_cm = _measure(lazy("Længde"))
    width_cm = _measure(lazy("Bredde"))
    height_cm = _measure(lazy("Højde"))
    weight_kg = NumberField(
        lazy("Vægt"), [Optional(), NumberRange(1, 1_000, lazy("Skriv et helt tal mellem 1 og 1000."))]
    )
    size_class = SelectField(lazy("Størrelse"))
    options = TextAreaField(lazy("Valg"), [_most(2_000)])
    is_made_to_order = BooleanField(lazy("Kan bestilles i butikken"))
    is_unique = BooleanField(lazy("Hvert stykke er noget for sig selv"))
    typical_work_minutes = NumberField(
        lazy("Arbejde i alt"),
        [
            required(lazy("Skriv et helt antal minutter.")),
            NumberRange(1, 100_000, lazy("Skriv mindst 1 og højst 100.000 minutter.")),
        ],
    )
    is_used = BooleanField(lazy("Kan vælges til nyt arbejde"), default=True)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {
            SizeClass.S: _("S: i én hånd"),
            SizeClass.M: _("M: i en bil"),
            SizeClass.L: _("L: på en trailer"),
            SizeClass.XL: _("XL: varevogn og to mand"),
        }
        self.size_class.choices = [(each.value, names[each]) for each in SizeClass]

    def validate_options(self, field: TextAreaField) -> None:
        """As the hint says."""
        try:
            options.parse(field.data or "")
        except ValueError as error:
            raise ValidationError(str(error)) from error

    def validate_price_ore(self, field: MoneyField) -> None:
        """Something costs something."""
        if field.data is not None and field.data < 100:
            raise ValidationError(_("Prisen skal være mindst 1 kr."))

    def values(self, kind: ProductType | None) -> dict[str, Any]:
        """What was written, for the action. A weight that was not touched keeps its grams."""
        found: dict[str, Any] = {name: getattr(self, name).data for name in _SAME}
        found |= {name: found[name] or "" for name in ("description", "material_text", "care", "safety")}
        typed = self.weight_kg.data
        untouched = kind is not None and _whole_kg(kind.weight_g) == typed
        grams = kind.weight_g if kind is not None and untouched else typed and typed * 1000
        found |= {"weight_g": grams, "size_class": SizeClass(self.size_class.data)}
        found["options"] = options.parse(self.options.data or "")
        return found if kind else found | {"sku": self.sku.data}

    @classmethod
    def of(cls, kind: ProductType) -> GoodForm:
        """The form filled with what is stored."""
        data: dict[str, Any] = {name: getattr(kind, name) for name in ("sku", *_SAME)}
        data |= {"options": options.text(kind.options), "size_class": kind.size_class.value}
        return cls(data=data | {"weight_kg": _whole_kg(kind.weight_g), "version": str(kind.version)})


def _whole_kg(grams: int | None) -> int | None:
    return None if grams is None else max(1, (grams + 500) // 1000)


def _check_lines(field: TextAreaField, most: int, longest: int) -> None:
    found = lines(field.data)
    if len(found) > most:
        raise ValidationError(_("Skriv højst %(most)s linjer.", most=most))
    if any(len(line) > longest for line in found):
        raise ValidationError(_("Skriv højst %(most)s tegn på hver linje.", most=longest))
