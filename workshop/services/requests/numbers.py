"""The numbers customers know a request by: H2026-0012. The job it becomes carries the same one."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy.orm import Session

from workshop.core import clock
from workshop.products.numbers import take_numbers, wait_for


def wait(session: Session, now: datetime) -> None:
    """Wait until nobody else is writing a request, and keep them from it until the block ends."""
    wait_for(session, _series(now))


def take(session: Session, now: datetime) -> str:
    """The year's next number. A block that fails gives it back untaken."""
    return f"H{clock.local_day(now).year}-{take_numbers(session, _series(now)):04d}"


def _series(now: datetime) -> str:
    return f"service-{clock.local_day(now).year}"
