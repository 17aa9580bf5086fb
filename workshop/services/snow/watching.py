"""Looking for snow: a forecast from a file, or fetched now and then from a weather service that a setting names.

Nothing of the answer but its numbers is kept, and nothing of it is logged.
"""

from __future__ import annotations

import http.client
import urllib.error
import urllib.request
from collections.abc import Callable
from datetime import datetime, timedelta

import structlog
from sqlalchemy.orm import Session

from workshop.core import clock, db
from workshop.core.config import Settings
from workshop.services.snow import actions, forecast, queries
from workshop.services.snow.forecast import BadForecast
from workshop.services.snow.models import SnowAlarm

log = structlog.get_logger()
EVERY = timedelta(hours=1)  # a forecast is made anew every third hour
AGAIN = timedelta(minutes=15)  # after one that could not be fetched
TIMEOUT_SECONDS = 10.0
LARGEST = 5_000_000
KEY_HEADER = "X-Gravitee-Api-Key"  # Source: the Danish Meteorological Institute's open data, authentication


class _Stay(urllib.request.HTTPRedirectHandler):
    """Goes nowhere else with the key."""

    def redirect_request(self, *_args: object, **_named: object) -> None:
        """Stay."""


def sweep(settings: Settings) -> Callable[[datetime], int]:
    """The sweep of a worker: fetches once an hour, and not at all when no address is set or nobody is to be cleared."""
    next_at: datetime | None = None

    def look(now: datetime) -> int:
        nonlocal next_at
        if not settings.snow_forecast_url or (next_at is not None and now < next_at):
            return 0
        next_at = now + EVERY
        with db.reading() as session:
            if queries.least_trigger(session, clock.local_day(now)) is None:
                return 0
        try:
            text = fetch(settings)
            with db.transaction() as session:
                return int(take_in(session, text, now) is not None)
        except (OSError, http.client.HTTPException, BadForecast) as problem:
            log.warning("forecast not read", problem=type(problem).__name__)
            next_at = now + AGAIN
            return 0

    return look


def fetch(settings: Settings) -> bytes:
    """The forecast as it is published. Raises OSError, HTTPException or BadForecast."""
    headers = {"Accept": "application/json"}
    if settings.snow_forecast_key:
        headers[KEY_HEADER] = settings.snow_forecast_key
    asked = urllib.request.Request(settings.snow_forecast_url, headers=headers)  # noqa: S310 — checked at the start
    with urllib.request.build_opener(_Stay).open(asked, timeout=TIMEOUT_SECONDS) as answer:
        text: bytes = answer.read(LARGEST + 1)
    if len(text) > LARGEST:
        raise BadForecast("too large")
    return text


def take_in(session: Session, text: str | bytes, now: datetime, by_staff_id: int | None = None) -> SnowAlarm | None:
    """The alarm that a forecast gives rise to; None when no snow is coming that anybody is to be cleared of.

    Raises BadForecast.
    """
    read = forecast.read(text)
    least = queries.least_trigger(session, clock.local_day(now))
    coming = forecast.coming(read, least, now) if least is not None else None
    return actions.from_forecast(session, coming, now, by_staff_id) if coming else None
