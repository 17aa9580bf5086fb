"""One way in to what the workshop's work is built from: kinds of goods, kinds of tasks, and cut lists."""

from __future__ import annotations

from flask import request

from workshop.core import web
from workshop.core.i18n import lazy

PAGES = ("product_types", "task_types", "parts")


class TypesEntry(web.MenuEntry):
    """The entry of the row of production; their own row tells them apart."""

    @property
    def is_here(self) -> bool:
        """Whether any of their pages is shown."""
        return request.blueprint in PAGES


ENTRY = TypesEntry("making", lazy("Typer"), "product_types.everything", "liste", "production:read", order=90)
