"""What staff type in the kitchen."""

from __future__ import annotations

from typing import Any

from wtforms import BooleanField, SelectMultipleField, StringField, TextAreaField
from wtforms.validators import Length, NumberRange, Optional, ValidationError

from workshop.core.errors import Refusal
from workshop.core.forms import NumberField, one_page_of_text, required
from workshop.core.i18n import _, lazy
from workshop.production.canteen import ingredients
from workshop.production.canteen.actions import LONGEST_NOTE, MOST_HEADS
from workshop.production.canteen.ingredients import Ingredient
from workshop.production.canteen.models import Dish, Meal, MealDay
from workshop.production.canteen.queries import Heads
from workshop.production.forms import SeenForm

MOST_DISHES = 8
_MANY = lazy("Skriv et helt tal mellem 0 og %(most)s.", most=MOST_HEADS)


def _heads(label: str) -> NumberField:
    return NumberField(label, [Optional(), NumberRange(0, MOST_HEADS, _MANY)])


class DayForm(SeenForm):
    """A day of the kitchen: heads and dishes of each meal. The dishes to choose among are filled in by the view."""

    breakfast = _heads(lazy("Hvor mange spiser morgenmad?"))
    lunch = _heads(lazy("Hvor mange spiser frokost?"))
    baking = _heads(lazy("Hvor mange portioner bages der?"))
    breakfast_dishes = SelectMultipleField(lazy("Retter til morgenmad"), choices=[], default=())
    lunch_dishes = SelectMultipleField(lazy("Retter til frokost"), choices=[], default=())
    baking_dishes = SelectMultipleField(lazy("Det bages"), choices=[], default=())
    note = StringField(
        lazy("Husk"),
        [Length(max=LONGEST_NOTE, message=lazy("Teksten er for lang. Skriv højst %(most)s tegn.", most=LONGEST_NOTE))],
    )

    def dish_field(self, meal: Meal) -> SelectMultipleField:
        """The dishes of a meal."""
        return {
            Meal.BREAKFAST: self.breakfast_dishes,
            Meal.LUNCH: self.lunch_dishes,
            Meal.BAKING: self.baking_dishes,
        }[meal]

    def head_field(self, meal: Meal) -> NumberField:
        """The heads of a meal."""
        return {Meal.BREAKFAST: self.breakfast, Meal.LUNCH: self.lunch, Meal.BAKING: self.baking}[meal]

    def offer(self, choices: list[tuple[str, str]]) -> None:
        """These dishes can be chosen for any meal; the empty ones of the page are no choice."""
        for meal in Meal:
            field = self.dish_field(meal)
            field.choices = choices
            field.data = list(dict.fromkeys(each for each in field.data or () if each))

    @property
    def heads(self) -> Heads:
        """The numbers typed; an empty field is nobody."""
        return Heads(self.breakfast.data or 0, self.lunch.data or 0, self.baking.data or 0)

    @property
    def dishes(self) -> dict[Meal, list[int]]:
        """The dishes chosen, by id."""
        return {meal: [int(each) for each in self.dish_field(meal).data] for meal in Meal}

    def _few(self, field: Any) -> None:
        if len(field.data) > MOST_DISHES:
            raise ValidationError(_("Vælg højst %(most)s retter.", most=MOST_DISHES))

    validate_breakfast_dishes = validate_lunch_dishes = validate_baking_dishes = _few

    @classmethod
    def of(cls, heads: Heads | None, dishes: dict[Meal, list[int]], row: MealDay | None) -> DayForm:
        """The form filled with what is stored, or with what is suggested."""
        data: dict[str, Any] = {f"{meal.value}_dishes": [str(each) for each in dishes[meal]] for meal in Meal}
        if heads is not None:
            data |= heads._asdict()
        form = cls(data=data | {"note": row.note if row else ""})
        form.see(row.version if row else 0)
        return form


class DishForm(SeenForm):
    """A dish. What it takes is written a line each, as in a recipe."""

    name = StringField(
        lazy("Hvad hedder retten?"),
        [required(lazy("Giv retten et navn.")), Length(max=120, message=lazy("Skriv højst 120 tegn."))],
    )
    takes = TextAreaField(lazy("Det skal bruges til én person"), [one_page_of_text])
    note = TextAreaField(lazy("Sådan laves den, og hvad nogen ikke kan spise"), [one_page_of_text])
    is_used = BooleanField(lazy("Vi laver den stadig"), default=True)

    def validate_takes(self, field: Any) -> None:
        """Every line can be read."""
        try:
            ingredients.parse(field.data or "")
        except Refusal as refusal:
            raise ValidationError(refusal.sentence) from refusal

    @property
    def ingredients(self) -> list[Ingredient]:
        """What was written, line by line."""
        return ingredients.parse(self.takes.data or "")

    @classmethod
    def of(cls, dish: Dish, takes: list[Ingredient]) -> DishForm:
        """The form filled with what is stored."""
        form = cls(
            data={"name": dish.name, "note": dish.note, "is_used": dish.is_used, "takes": ingredients.write(takes)}
        )
        form.see(dish.version)
        return form
