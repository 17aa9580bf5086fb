"""The workshop's picture for what is printed."""

from __future__ import annotations

from typing import Any

import structlog

from workshop.core import identity
from workshop.core.photo_store import Unreachable
from workshop.products.photos import serving

log = structlog.get_logger()


def for_paper() -> dict[str, Any]:
    """The picture as a typeset paper takes it: its bytes as numbers, none where there is none, and the name beside it.

    A store that does not answer keeps no paper from being printed.
    """
    who = identity.current()
    try:
        body = serving.store().get(f"{who.logo}-400.jpg") if who.logo else None
    except Unreachable:
        log.warning("logo not read")
        body = None
    return {"logo": list(body or b""), "logo_alt": who.name}
