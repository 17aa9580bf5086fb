"""A winter: agreements about snow, teams, an alarm."""

from __future__ import annotations

from datetime import UTC, date, datetime

from sqlalchemy.orm import Session
from support import garden

from workshop.services.jobs.models import ServiceJob
from workshop.services.requests.models import Billing, Recurrence
from workshop.services.snow import actions
from workshop.services.snow.models import AlarmSource, SnowAlarm

EVENING = datetime(2027, 1, 12, 21, 0, tzinfo=UTC)  # 22.00 on a Tuesday
NIGHT = datetime(2027, 1, 13, 3, 0, tzinfo=UTC)  # 4.00


def agreement(session: Session, **columns: object) -> ServiceJob:
    """From 3 cm, cleared at 7, in November to March, paid for by the visit."""
    values: dict[str, object] = {
        "title": "Snerydning",
        "recurrence": Recurrence.ON_SNOW,
        "billing": Billing.PER_VISIT,
        "season_from": "11-01",
        "season_to": "03-31",
        "starts_on": date(2026, 11, 1),
        "trigger_cm": 3,
        "priority": 2,
        "clear_by_minute": 420,
        "visit_minutes": 30,
        "total_ore": 35_000,
    }
    columns.setdefault("of", garden.quote(session, of=garden.request(session, of=kind(session))))
    return garden.job(session, **values | columns)  # type: ignore[arg-type]  # columns of the row, by name


def kind(session: Session):  # type: ignore[no-untyped-def]  # the factory's own
    """Snow clearing as the catalogue has it."""
    return garden.kind(session, key="snow_clearing", name="Snerydning", unit="visit", recurrence="on_snow")


def alarm(
    session: Session, *, depth_cm: int = 6, from_at: datetime = NIGHT, cause: str = "hand-1", now: datetime = EVENING
) -> SnowAlarm:
    """Six centimetres in the night, written by hand."""
    return actions.raise_alarm(
        session, cause=cause, source=AlarmSource.HAND, depth_cm=depth_cm, from_at=from_at, text="", now=now
    )
