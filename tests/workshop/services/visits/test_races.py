"""Twenty people plan twenty visits at the same hour: a team, a vehicle and a machine are in one place at a time."""

from __future__ import annotations

from collections import Counter

import sqlalchemy as sa
from flask import Flask
from support import garden

from tests.workshop.services.visits.racers import DAY, RACERS, race
from workshop.core import db
from workshop.services.visits.models import BookedQuarter, ResourceKind, VisitResource


def laid() -> tuple[list[int], list[int]]:
    """Twenty visits, and a team, a vehicle and a machine."""
    with db.transaction() as session:
        agreed = garden.job(session)
        visits = [garden.visit(session, of=agreed, day=DAY, occasion=f"extra-{each}") for each in range(RACERS)]
        return [each.id for each in visits], [garden.resource(session, of=kind).id for kind in ResourceKind]


def test_a_team_a_vehicle_and_a_machine_go_to_one_of_twenty_visits(app: Flask, database_url: str) -> None:
    assert app
    visits, things = laid()
    # Every racer needs a part of it, and any two of them have something in common: one wins.
    needs = [[things[racer % 3], things[(racer + 1) % 3]] for racer in range(RACERS)]
    assert race(database_url, visits, needs, "booking") == Counter(won=1, lost=RACERS - 1)
    with db.reading() as session:
        doubled = sa.select(BookedQuarter.resource_id).group_by(BookedQuarter.resource_id, BookedQuarter.starts_at)
        assert session.execute(doubled.having(sa.func.count() > 1)).all() == []
        assert len(set(session.scalars(sa.select(BookedQuarter.visit_id)))) == 1


def test_the_control_without_a_guard_sends_one_team_to_many_places(app: Flask, database_url: str) -> None:
    assert app
    visits, things = laid()
    outcomes = race(database_url, visits, [things] * RACERS, "unguarded")
    assert outcomes["won"] > 1
    with db.reading() as session:
        places = session.scalar(
            sa.select(sa.func.count()).select_from(VisitResource).where(VisitResource.resource_id == things[0])
        )
    assert places == outcomes["won"]
