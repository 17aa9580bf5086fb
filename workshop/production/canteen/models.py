"""Dishes with what they take for one, and how many eat on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from enum import StrEnum

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from workshop.core import db


class Meal(StrEnum):
    """What is served when. Baking is for the day, or for sale."""

    BREAKFAST = "breakfast"
    LUNCH = "lunch"
    BAKING = "baking"


class Dish(db.Base):
    """Something the kitchen makes."""

    __tablename__ = "dish"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(sa.String(120), unique=True)
    note: Mapped[str] = mapped_column(sa.Text, default="")  # how it is made, and what some cannot eat of it
    is_used: Mapped[bool] = mapped_column(default=True)
    version: Mapped[int] = mapped_column(default=1)


class DishIngredient(db.Base):
    """What a dish takes for one person, in a unit of its own."""

    __tablename__ = "dish_ingredient"
    __table_args__ = (sa.CheckConstraint("quantity > 0", name="quantity_positive"), db.W)

    dish_id: Mapped[int] = mapped_column(sa.ForeignKey("dish.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str] = mapped_column(sa.String(100))
    quantity: Mapped[Decimal] = mapped_column(sa.Numeric(10, 3))
    unit: Mapped[str] = mapped_column(sa.String(20))


class MealDay(db.Base):
    """How many eat in a department on a day. Somebody in the kitchen counts; nothing says who they are."""

    __tablename__ = "meal_day"
    __table_args__ = (
        sa.CheckConstraint("breakfast_count >= 0 AND lunch_count >= 0 AND baking_count >= 0", name="not_negative"),
        db.W,
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("department.id"), primary_key=True)
    breakfast_count: Mapped[int] = mapped_column(default=0)
    lunch_count: Mapped[int] = mapped_column(default=0)
    baking_count: Mapped[int] = mapped_column(default=0)  # portions
    note: Mapped[str] = mapped_column(sa.String(300), default="")
    version: Mapped[int] = mapped_column(default=1)


class MealDish(db.Base):
    """A dish on the menu of a day."""

    __tablename__ = "meal_dish"
    __table_args__ = (
        sa.ForeignKeyConstraint(["day", "department_id"], ["meal_day.day", "meal_day.department_id"]),
        db.W,
    )

    day: Mapped[date] = mapped_column(primary_key=True)
    department_id: Mapped[int] = mapped_column(primary_key=True)
    meal: Mapped[Meal] = mapped_column(db.choice(Meal), primary_key=True)
    dish_id: Mapped[int] = mapped_column(sa.ForeignKey("dish.id"), primary_key=True, index=True)
