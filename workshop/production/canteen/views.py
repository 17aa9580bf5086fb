"""Every page of the kitchen."""

from __future__ import annotations

from workshop.core import web
from workshop.core.i18n import lazy
from workshop.production.canteen import dishes, menu, shopping
from workshop.production.canteen.blueprint import blueprint

__all__ = ["MENU", "blueprint", "dishes", "menu", "shopping"]
MENU = (web.MenuEntry("making", lazy("Køkkenet"), "canteen.this_week", "gryde", "production:read", order=75),)
