"""The week board of the desk: work, who is expected, what has nobody, what somebody said no to, what is wished for."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta
from typing import NamedTuple

from flask import current_app, make_response, redirect, render_template, request, url_for
from sqlalchemy.orm import Session
from werkzeug.wrappers import Response

from workshop.citizens import queries as citizens
from workshop.core import access, audit, clock, db
from workshop.core.access import Actor, needs
from workshop.core.errors import NotHere
from workshop.core.i18n import lazy
from workshop.core.text import sort_key
from workshop.core.web import MenuEntry
from workshop.tasks.week import assigning, board, giving, moving
from workshop.tasks.week.blueprint import blueprint
from workshop.tasks.week.board import Column
from workshop.tasks.week.forms import clock_of
from workshop.tasks.week.people import Expected, Loose, left_lying, turned_down
from workshop.tasks.week.shown import WORKDAYS, Week
from workshop.tasks.wishing.queries import WishRow, open_wishes

__all__ = ["MENU", "assigning", "blueprint", "moving"]
MENU = (MenuEntry("desk", lazy("Ugen"), "week.this_week", "kalender", "week:read", order=10),)
LOOKS = ("make", "restore", "service", "house", board.TOGETHER)


class Aside(NamedTuple):
    """What stands beside the days: what somebody said no to, what was never begun, and what is wished for."""

    turned_down: list[Loose]
    left_lying: list[Loose]
    wishes: list[tuple[Expected, list[WishRow]]]

    @property
    def people(self) -> set[str]:
        """The public ids of everybody named, for the audit door."""
        loose = {each.citizen_public_id for each in (*self.turned_down, *self.left_lying)}
        return loose | {person.public_id for person, _wishes in self.wishes}


@blueprint.get("")
@needs("week:read")
def this_week() -> Response:
    """On to the week we are in; at a weekend without work to the one that comes."""
    today = clock.local_day(clock.now())
    with db.reading() as session:
        is_over = today.weekday() >= WORKDAYS and not board.has_work_on(session, access.require_actor(), today)
    return redirect(Week.of(today + timedelta(days=2 if is_over else 0)).url(), 303)


@blueprint.get("/<int:year>-<int:number>")
@needs("week:read")
def week(year: int, number: int) -> Response:
    """Five days, who is expected, who does what, and what has nobody yet."""
    try:
        shown = Week(date.fromisocalendar(year, number, 1))
    except ValueError as problem:
        raise NotHere from problem
    if shown.monday.year not in clock.PLANNED_YEARS:
        raise NotHere
    person, today = access.require_actor(), clock.local_day(clock.now())
    with db.reading() as session:
        columns = board.week(session, person, shown.monday, today)
        open_steps = giving.without_people(session, person, today)
        came, agreed = citizens.presence(session, person.department_ids, today)
        aside = _aside(session, person, columns, shown, today)
    audit.record(person, "list", sorted({*board.people_on(columns), *aside.people}), clock.now())
    look = request.args.get("vis", "")
    return make_response(
        render_template(
            "tasks/week.html",
            week=shown,
            columns=board.only(columns, look) if look in LOOKS else columns,
            look=look if look in LOOKS else "",
            lacking=sum(card.needs_people for column in columns for card in column.cards),
            open_steps=open_steps,
            aside=aside,
            # Nobody is waited for on a day the house is closed, whatever the plan of the week says.
            presence=(came, agreed) if any(column.day == today and not column.closed for column in columns) else None,
            today=today,
            clock_of=clock_of,
            orders_url=_orders_url(person),
        )
    )


def _aside(session: Session, person: Actor, columns: Sequence[Column], shown: Week, today: date) -> Aside:
    """For weeks that are not over; an old week is as it was."""
    if shown.sunday < today:
        return Aside([], [], [])
    here = {each.citizen_id: each for column in columns for each in column.expected}
    wishes = open_wishes(session, here.keys())
    is_this_week = shown.monday <= today
    return Aside(
        turned_down(session, person, max(shown.monday, today), shown.sunday),
        left_lying(session, person, today) if is_this_week else [],
        [(here[each], wishes[each]) for each in sorted(wishes, key=lambda each: sort_key(here[each].name))],
    )


def _orders_url(person: Actor) -> str | None:
    known = "production.orders" in current_app.view_functions and person.may("production:read")
    return url_for("production.orders") if known else None
