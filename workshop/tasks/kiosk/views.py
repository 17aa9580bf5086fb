"""The tablet's pages, put together; each noun has its own file."""

from __future__ import annotations

from workshop.tasks.kiosk import door, furniture, work
from workshop.tasks.kiosk.blueprint import blueprint

__all__ = ["blueprint", "door", "furniture", "work"]
