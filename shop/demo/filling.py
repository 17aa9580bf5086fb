"""Filling an empty database with the demo, once, and saying each time how to get in."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import Session

from shop.demo import (
    asking,
    calm,
    comparing,
    garden,
    goods,
    growth,
    hall,
    kitchen,
    making,
    people,
    racks,
    regrets,
    repairs,
    sales,
    shopkeeping,
    stockroom,
    trust,
    week,
    wishes,
    work,
)
from shop.demo.people import SHOWN, Login, Person
from shop.demo.stage import Stage
from workshop.accounts.models import Staff
from workshop.citizens import capacity
from workshop.core import clock, db
from workshop.core.config import Settings
from workshop.core.errors import ConfigurationError
from workshop.core.pictures import PICTURES
from workshop.starter.loading import load

LOGINS = "demo-logins.json"
ENROL = (
    "Enrol a tablet (any browser will do): sign in as admin, choose Tabletter, then Indmeld denne tablet.",
    "After that the same browser is the workshop's tablet: it shows pictures; tap one and type its code.",
)


def fill(app: Flask, say: Callable[[str], None], *, now: datetime | None = None) -> list[str]:
    """Fill the database when it has no staff yet, telling `say` how it goes; the lines that say how to get in.

    Raises ConfigurationError when the database holds something else than the demo that DATA_DIR knows the logins of.
    """
    settings: Settings = app.extensions["settings"]
    kept = settings.data_dir / LOGINS
    with app.app_context(), db.transaction() as session:
        if session.scalar(sa.select(Staff.account_id).limit(1)) is None:
            _fill(Stage(session, settings, now or clock.now()), say, kept)
    if not kept.exists():
        raise ConfigurationError(
            f"The database is filled already, but {kept} is gone, and with it the demo's passwords. "
            "Empty DATA_DIR (and the database) and start the demo again."
        )
    return _lines(json.loads(kept.read_text()), settings)


def _fill(stage: Stage, say: Callable[[str], None], kept: Path) -> None:
    say("Filling the demo: catalogue …")
    load(stage.session)
    logins = people.hire(stage)
    citizens = people.welcome(stage)
    say(f"  {len(logins)} staff, {len(citizens)} citizens, all of them made up")
    stockroom.set_up_printers(stage)
    items, done = goods.stock(stage)
    stockroom.furnish(stage, items)
    open_done, bench_step = making.open_orders(stage)
    hall.run_the_hall(stage)
    racks.fill_the_racks(stage)
    repairs.take_in(stage)
    capacity.publish(stage.session, now=stage.now)
    say(f"  {len(items)} numbered things; the next one is number {goods.NEXT_NUMBER}")
    shopkeeping.open_the_shop(stage)
    wishes.order_made(stage)
    sales.take_orders(stage, items)
    shopkeeping.sell_at_the_door(stage, list(items.values()))
    asking.ask_and_wish(stage, items)
    regrets.change_minds(stage)
    comparing.compare_the_books(stage)
    say(f"  {len(sales.ORDERS)} customer orders, {len(making.OPEN_ORDERS) + 2} open production orders")
    favourites = work.what_they_like(stage, citizens)
    records = work.write_down(stage, citizens, [*done, *open_done], favourites)
    week.plan_days(stage, citizens, favourites, bench_step)
    kitchen.open_the_kitchen(stage, citizens)
    garden.send_the_teams_out(stage, citizens)
    growth.talk_with_everyone(stage, citizens)
    trust.lay_the_floor(stage, citizens)
    calm.live_a_calm_day(stage, citizens)
    say(f"  {records} records of work, plans, goals and talks")
    _keep(stage.session, kept, logins, citizens)


def _keep(session: Session, path: Path, logins: Sequence[Login], citizens: Sequence[Person]) -> None:
    """Written before the commit: a database whose passwords nobody knows would be of no use."""
    session.flush()
    shown = {
        "staff": [
            {"name": each.name, "roles": list(each.roles), "email": each.email, "password": each.password}
            for each in logins
        ],
        "citizens": [
            {"name": person.name, "picture": person.planned.picture, "pin": person.pin} for person in citizens
        ],
    }
    path.parent.mkdir(parents=True, exist_ok=True)
    path.unlink(missing_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w") as file:
        json.dump(shown, file, ensure_ascii=False, indent=2)


def _lines(kept: dict[str, Any], settings: Settings) -> list[str]:
    width = max(len(each["email"]) for each in kept["staff"])
    staff = [
        f"  {each['email']:<{width}}  {each['password']}  ({each['name']}: {', '.join(each['roles'])})"
        for each in kept["staff"]
    ]
    tablet = [
        f"  {each['name']}: {PICTURES[each['picture']]}, code {each['pin']}"
        for each in kept["citizens"]
        if each["name"] in SHOWN
    ]
    return [
        "",
        f"The shop: {settings.base_url}/",
        f"Staff:    {settings.base_url}/personale",
        f"Tablet:   {settings.base_url}/vaerksted",
        "Staff (mail, password):",
        *staff,
        "At the tablet (picture, code):",
        *tablet,
        *ENROL,
        f"Every login stands in {settings.data_dir / LOGINS}.",
    ]
