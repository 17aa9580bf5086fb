"""Reads of the kitchen: the menu of a week, the heads of a day, dishes, and what has to be bought. No names in it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import NamedTuple

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.accounts.models import Department
from workshop.core.text import sort_key
from workshop.production.canteen import ingredients
from workshop.production.canteen.ingredients import Ingredient
from workshop.production.canteen.models import Dish, DishIngredient, Meal, MealDay, MealDish
from workshop.production.models import PurchaseFor, PurchaseLine, PurchaseState

A_WEEK = timedelta(days=7)


class DishRow(NamedTuple):
    """A dish by name; `lines` is how many ingredients it has."""

    id: int
    name: str
    note: str
    is_used: bool
    lines: int


class Heads(NamedTuple):
    """How many eat each meal: plain numbers somebody counted."""

    breakfast: int
    lunch: int
    baking: int

    def of(self, meal: Meal) -> int:
        """The number of a meal."""
        return {Meal.BREAKFAST: self.breakfast, Meal.LUNCH: self.lunch, Meal.BAKING: self.baking}[meal]


NOBODY = Heads(0, 0, 0)


class DayRow(NamedTuple):
    """A day of the kitchen. `suggested` is the same weekday last week, where nobody has counted yet."""

    day: date
    heads: Heads | None
    suggested: Heads | None
    note: str
    dishes: dict[Meal, list[str]]


class Portion(NamedTuple):
    """A dish of a day with what it takes for everybody who eats it."""

    name: str
    note: str
    takes: tuple[Ingredient, ...]


class Served(NamedTuple):
    """A meal of a day."""

    meal: Meal
    heads: int
    dishes: tuple[Portion, ...]


class ToBuy(NamedTuple):
    """Something the chosen days take: in all, what stands on the purchase list already, and what is missing."""

    key: str
    text: str
    unit: str
    needed: Decimal
    listed: Decimal

    @property
    def lacks(self) -> Decimal:
        """What is not on the list yet."""
        return max(self.needed - self.listed, Decimal(0))

    @property
    def missing(self) -> Ingredient:
        """The same as somebody would ask for it in a shop."""
        return ingredients.handy(Ingredient(self.text, self.lacks, self.unit))


def kitchens(session: Session, department_ids: Collection[int]) -> list[Department]:
    """The departments of these by name, the one that counted heads last first: that is where the kitchen is."""
    latest = sa.select(sa.func.max(MealDay.day)).where(MealDay.department_id == Department.id).scalar_subquery()
    rows = session.execute(sa.select(Department, latest).where(Department.id.in_(department_ids))).all()
    return [
        row[0] for row in sorted(rows, key=lambda row: (-(row[1].toordinal() if row[1] else 0), sort_key(row[0].name)))
    ]


def dishes(session: Session) -> list[DishRow]:
    """Every dish in Danish order, those that are not made any more last."""
    lines = sa.select(sa.func.count()).where(DishIngredient.dish_id == Dish.id).scalar_subquery()
    rows = session.execute(sa.select(Dish.id, Dish.name, Dish.note, Dish.is_used, lines))
    return sorted((DishRow(*row) for row in rows), key=lambda row: (not row.is_used, sort_key(row.name)))


def ingredients_of(session: Session, dish_id: int) -> list[Ingredient]:
    """What a dish takes for one."""
    return _ingredients(session, [dish_id]).get(dish_id, [])


def day(session: Session, department_id: int, on: date) -> MealDay | None:
    """The heads of a day, when somebody has counted."""
    return session.get(MealDay, (on, department_id), populate_existing=True)


def dishes_of(session: Session, department_id: int, on: date) -> dict[Meal, list[int]]:
    """The dishes of a day's meals, by id."""
    found: dict[Meal, list[int]] = {meal: [] for meal in Meal}
    rows = session.execute(
        sa.select(MealDish.meal, MealDish.dish_id)
        .where(MealDish.department_id == department_id, MealDish.day == on)
        .order_by(MealDish.dish_id)
    )
    for meal, dish_id in rows:
        found[meal].append(dish_id)
    return found


def suggested(session: Session, department_id: int, on: date) -> Heads | None:
    """How many there were on the same weekday last week."""
    before = day(session, department_id, on - A_WEEK)
    return None if before is None else heads_of(before)


def heads_of(row: MealDay) -> Heads:
    """The numbers of a day."""
    return Heads(row.breakfast_count, row.lunch_count, row.baking_count)


def week(session: Session, department_id: int, monday: date) -> list[DayRow]:
    """The days of a week with their menu; the weekend only where something is planned."""
    last = monday + timedelta(days=6)
    rows = session.scalars(
        sa.select(MealDay).where(MealDay.department_id == department_id, MealDay.day.between(monday - A_WEEK, last))
    )
    counted = {row.day: row for row in rows}
    menu: dict[date, dict[Meal, list[str]]] = defaultdict(lambda: {meal: [] for meal in Meal})
    for on, meal, name in session.execute(
        sa.select(MealDish.day, MealDish.meal, Dish.name)
        .join(Dish, Dish.id == MealDish.dish_id)
        .where(MealDish.department_id == department_id, MealDish.day.between(monday, last))
        .order_by(Dish.id)
    ):
        menu[on][meal].append(name)
    found = []
    for on in (monday + timedelta(days=ahead) for ahead in range(7)):
        here, before = counted.get(on), counted.get(on - A_WEEK)
        if here is None and on.weekday() >= 5:
            continue
        guess = heads_of(before) if before is not None and here is None else None
        found.append(DayRow(on, heads_of(here) if here else None, guess, here.note if here else "", menu[on]))
    return found


def sheet(session: Session, department_id: int, on: date) -> list[Served]:
    """The kitchen's sheet of a day: each meal with its heads, its dishes, and what they take for so many."""
    here = day(session, department_id, on)
    if here is None:
        return []
    chosen = dishes_of(session, department_id, on)
    ids = {dish_id for some in chosen.values() for dish_id in some}
    takes = _ingredients(session, ids)
    by_id = {row.id: row for row in session.scalars(sa.select(Dish).where(Dish.id.in_(ids)))}
    heads = heads_of(here)
    served = []
    for meal in Meal:
        many = heads.of(meal)
        portions = tuple(
            Portion(
                by_id[dish_id].name,
                by_id[dish_id].note,
                tuple(ingredients.for_heads(each, many) for each in takes.get(dish_id, [])),
            )
            for dish_id in chosen[meal]
        )
        if many or portions:
            served.append(Served(meal, many, portions))
    return served


def shopping(session: Session, first: date, last: date) -> list[ToBuy]:
    """What every kitchen of the house takes from one day to another, both included, less what is on the list already.

    Amounts are in the unit things are bought in. The house has one purchase list, so it is for all its kitchens.
    """
    rows = session.execute(
        sa.select(MealDish.meal, MealDish.dish_id, MealDay.breakfast_count, MealDay.lunch_count, MealDay.baking_count)
        .join(MealDay, sa.and_(MealDay.day == MealDish.day, MealDay.department_id == MealDish.department_id))
        .where(MealDay.day.between(first, last))
    ).all()
    takes = _ingredients(session, {row.dish_id for row in rows})
    wanted: list[Ingredient] = []
    for meal, dish_id, *counts in rows:
        wanted += [ingredients.for_heads(each, Heads(*counts).of(meal)) for each in takes.get(dish_id, [])]
    listed = _listed(session)
    return [
        ToBuy("|".join(each.key), each.text, each.unit, each.quantity, listed.get(each.key, Decimal(0)))
        for each in ingredients.total(wanted)
        if each.text.casefold() not in ingredients.FROM_THE_TAP
    ]


def _listed(session: Session) -> dict[tuple[str, str], Decimal]:
    """What is wanted or ordered for the kitchen, in the unit it is bought in."""
    rows = session.execute(
        sa.select(PurchaseLine.text, PurchaseLine.quantity, PurchaseLine.unit).where(
            PurchaseLine.for_what == PurchaseFor.CANTEEN,
            PurchaseLine.state.in_((PurchaseState.WANTED, PurchaseState.ORDERED)),
        )
    )
    found: dict[tuple[str, str], Decimal] = defaultdict(Decimal)
    for text, quantity, unit in rows:
        each = ingredients.for_heads(Ingredient(text, quantity, ingredients.unit_of(unit)), 1)
        found[each.key] += each.quantity
    return found


def _ingredients(session: Session, dish_ids: Iterable[int]) -> dict[int, list[Ingredient]]:
    found: dict[int, list[Ingredient]] = defaultdict(list)
    for row in session.execute(
        sa.select(DishIngredient.dish_id, DishIngredient.text, DishIngredient.quantity, DishIngredient.unit)
        .where(DishIngredient.dish_id.in_(set(dish_ids)))
        .order_by(DishIngredient.dish_id, DishIngredient.position)
    ):
        found[row.dish_id].append(Ingredient(row.text, row.quantity, row.unit))
    return found
