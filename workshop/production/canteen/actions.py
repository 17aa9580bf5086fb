"""The kitchen's plans are written: dishes, the heads and the menu of a day, and what goes on the purchase list."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.engine import CursorResult
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from workshop.accounts.models import Department
from workshop.core.errors import NotHere, Refusal
from workshop.core.i18n import _
from workshop.core.text import clean
from workshop.production.canteen import queries
from workshop.production.canteen.ingredients import Ingredient
from workshop.production.canteen.models import Dish, DishIngredient, Meal, MealDay, MealDish
from workshop.production.canteen.queries import A_WEEK, Heads
from workshop.production.models import PurchaseFor, PurchaseLine

MOST_HEADS = 500
LONGEST_NOTE = 300


class EditedMeanwhile(Refusal):
    """Somebody else changed it first; the page shows both."""


@dataclass(frozen=True)
class DayPlan:
    """How many eat, what they get (dish ids of each meal), and what to remember."""

    heads: Heads
    dishes: Mapping[Meal, Sequence[int]]
    note: str = ""


def add_dish(session: Session, *, name: str, note: str, takes: Sequence[Ingredient]) -> Dish:
    """A new dish. Raises Refusal for one without a name, or with the name of another."""
    dish = Dish(name=_dish_name(name), note=clean(note))
    _save_named(session, dish)
    _set_ingredients(session, dish.id, takes)
    return dish


def edit_dish(
    session: Session, dish: Dish, *, name: str, note: str, takes: Sequence[Ingredient], is_used: bool, version: int
) -> None:
    """Change a dish; days to come are reckoned anew. Raises EditedMeanwhile when `version` is not what is stored."""
    called = _dish_name(name)
    try:
        with session.begin_nested():
            changed = session.execute(
                sa.update(Dish)
                .where(Dish.id == dish.id, Dish.version == version)
                .values(version=Dish.version + 1, name=called, note=clean(note), is_used=is_used),
                execution_options={"synchronize_session": False},
            )
    except IntegrityError as problem:
        raise _taken(called) from problem
    session.refresh(dish)
    if not _hit(changed):
        raise EditedMeanwhile(_("En anden har rettet retten imens. Se begge dele, og gem det, der skal gælde."))
    _set_ingredients(session, dish.id, takes)


def plan_day(session: Session, department_id: int, on: date, plan: DayPlan, *, version: int) -> MealDay:
    """Say how many eat on a day and what they get. `version` is the one that was seen, 0 where there was none.

    Raises EditedMeanwhile when somebody else has said something since, Refusal for numbers nobody means, and NotHere
    for a dish that is gone.
    """
    _must_make_sense(session, plan)
    values: dict[str, Any] = {
        "breakfast_count": plan.heads.breakfast,
        "lunch_count": plan.heads.lunch,
        "baking_count": plan.heads.baking,
        "note": clean(plan.note)[:LONGEST_NOTE],
    }
    is_new = version == 0 and _add_day(session, department_id, on, values)
    if not is_new:
        changed = session.execute(
            sa.update(MealDay)
            .where(MealDay.day == on, MealDay.department_id == department_id, MealDay.version == version)
            .values(version=MealDay.version + 1, **values),
            execution_options={"synchronize_session": False},
        )
        if not _hit(changed):
            raise EditedMeanwhile(_("En anden har rettet dagen imens. Se begge dele, og gem det, der skal gælde."))
    _set_menu(session, department_id, on, plan.dishes)
    return session.get_one(MealDay, (on, department_id), populate_existing=True)


def repeat_last_week(session: Session, department_id: int, monday: date, closed: Collection[date] = ()) -> int:
    """Fill the days of a week that nobody has planned with the heads and the menu of the week before; how many.

    Said again, nothing changes. Dishes that are not made any more are left out.
    """
    done = 0
    used = set(session.scalars(sa.select(Dish.id).where(Dish.is_used)))
    for on in (monday + timedelta(days=ahead) for ahead in range(7)):
        before = queries.day(session, department_id, on - A_WEEK)
        if before is None or on in closed:
            continue
        heads = queries.heads_of(before)
        counts = dict(zip(("breakfast_count", "lunch_count", "baking_count"), heads, strict=True))
        if _add_day(session, department_id, on, counts):
            menu = queries.dishes_of(session, department_id, on - A_WEEK)
            _set_menu(session, department_id, on, {meal: [i for i in some if i in used] for meal, some in menu.items()})
            done += 1
    return done


def put_on_list(
    session: Session,
    keys: Collection[str],
    first: date,
    last: date,
    *,
    now: datetime,
    by_staff_id: int | None,
) -> int:
    """Put what the days lack of these things on the purchase list, as it is lacking now; how many lines that became.

    What stands on the list does not lack any more, so a second tap adds nothing.
    """
    # The house has one list, so there is one gate: two taps pass one by one.
    session.execute(sa.select(Department.id).order_by(Department.id).limit(1).with_for_update())
    lacking = [each for each in queries.shopping(session, first, last) if each.lacks > 0 and each.key in keys]
    session.add_all(
        PurchaseLine(
            text=each.missing.text,
            quantity=each.missing.quantity,
            unit=each.missing.unit,
            for_what=PurchaseFor.CANTEEN,
            created_at=now,
            by_staff_id=by_staff_id,
        )
        for each in lacking
    )
    session.flush()
    return len(lacking)


def _dish_name(name: str) -> str:
    found = clean(name)[:120]
    if not found:
        raise Refusal(_("Giv retten et navn."))
    return found


def _taken(name: str) -> Refusal:
    return Refusal(_("Der er allerede en ret, der hedder %(name)s.", name=name))


def _save_named(session: Session, dish: Dish) -> None:
    try:
        with session.begin_nested():
            session.add(dish)
    except IntegrityError as problem:
        raise _taken(dish.name) from problem


def _set_ingredients(session: Session, dish_id: int, takes: Sequence[Ingredient]) -> None:
    session.execute(sa.delete(DishIngredient).where(DishIngredient.dish_id == dish_id))
    session.expire_all()
    session.add_all(
        DishIngredient(dish_id=dish_id, position=position, text=each.text, quantity=each.quantity, unit=each.unit)
        for position, each in enumerate(takes, 1)
    )
    session.flush()


def _must_make_sense(session: Session, plan: DayPlan) -> None:
    if not all(0 <= each <= MOST_HEADS for each in plan.heads):
        raise Refusal(_("Skriv et antal mellem 0 og %(most)s.", most=MOST_HEADS))
    ids = {dish_id for some in plan.dishes.values() for dish_id in some}
    known = session.scalar(sa.select(sa.func.count()).select_from(Dish).where(Dish.id.in_(ids)))
    if known != len(ids):
        raise NotHere


def _add_day(session: Session, department_id: int, on: date, values: Mapping[str, Any]) -> bool:
    """Whether the day is new; two who plan it at once meet at its key."""
    if queries.day(session, department_id, on) is not None:
        return False
    try:
        with session.begin_nested():
            session.add(MealDay(day=on, department_id=department_id, **values))
    except IntegrityError:
        return False
    return True


def _set_menu(session: Session, department_id: int, on: date, dishes: Mapping[Meal, Sequence[int]]) -> None:
    session.execute(sa.delete(MealDish).where(MealDish.day == on, MealDish.department_id == department_id))
    session.expire_all()
    session.add_all(
        MealDish(day=on, department_id=department_id, meal=meal, dish_id=dish_id)
        for meal, some in dishes.items()
        for dish_id in sorted(set(some))
    )
    session.flush()


def _hit(result: Any) -> bool:
    return isinstance(result, CursorResult) and result.rowcount == 1
