"""What every part of the demo is made with: the open block, one seeded source of chance, and days around today."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from functools import cached_property

import sqlalchemy as sa
from sqlalchemy.orm import Session

from shop.orders.pickup import SHIPPED
from workshop.core import clock
from workshop.core.access import Actor, Role
from workshop.core.config import Settings
from workshop.production.models import TaskType
from workshop.products.models import ProductType
from workshop.tasks.models import Competence

SEED = 1042
WOOD, GARDEN = "trae", "have"


@dataclass
class Stage:
    """One filling: titles, prices and days follow from the seed and from today; ids, tokens and codes are random."""

    session: Session
    settings: Settings
    now: datetime
    chance: random.Random = field(default_factory=lambda: random.Random(SEED))  # noqa: S311 — made-up data, no secrets
    departments: dict[str, int] = field(default_factory=dict)
    staff: dict[str, Actor] = field(default_factory=dict)

    @cached_property
    def today(self) -> date:
        """Today on the Danish calendar."""
        return clock.local_day(self.now)

    @cached_property
    def tasks(self) -> dict[str, TaskType]:
        """Every task type by key."""
        return {each.key: each for each in self.session.scalars(sa.select(TaskType).order_by(TaskType.id))}

    @cached_property
    def kinds(self) -> dict[str, ProductType]:
        """Every product type by sku."""
        return {each.sku: each for each in self.session.scalars(sa.select(ProductType).order_by(ProductType.id))}

    @cached_property
    def competences(self) -> dict[str, Competence]:
        """Every competence by key."""
        return {each.key: each for each in self.session.scalars(sa.select(Competence).order_by(Competence.id))}

    def workday(self, back: int) -> date:
        """The working day so many working days before today; 1 is the last one gone by."""
        day = self.today
        while back:
            day -= timedelta(days=1)
            back -= SHIPPED.is_open(day)
        return day

    def at(self, day: date, minute: int) -> datetime:
        """The moment so many minutes after midnight, Danish wall clock, of a day gone by: never later than now."""
        return min(clock.at(day, time(minute // 60, minute % 60)), self.now)

    def staff_id(self, key: str) -> int:
        """The account id of a member of staff."""
        return self.staff[key].account_id


def actor_of(account_id: int, public_id: str, name: str, roles: tuple[Role, ...], departments: list[int]) -> Actor:
    """A member of staff as the rules want to see one."""
    return Actor(account_id, public_id, name, frozenset(roles), frozenset(departments))


def workdays(first: date, last: date) -> list[date]:
    """The days the workshop is open, first and last included: no weekends, no Danish holidays."""
    days = [first + timedelta(days=count) for count in range((last - first).days + 1)]
    return [day for day in days if SHIPPED.is_open(day)]


def monday_of(day: date) -> date:
    """The Monday of the day's week."""
    return day - timedelta(days=day.weekday())
