"""The pages about labels, put together; each noun has its own file."""

from __future__ import annotations

from flask.blueprints import BlueprintSetupState

from workshop.core import web
from workshop.core.i18n import lazy
from workshop.labels import blanks, jobs, picking, queries
from workshop.labels.blueprint import blueprint
from workshop.products import life

__all__ = ["MENU", "blanks", "blueprint", "jobs", "picking"]

MENU = (
    web.MenuEntry("desk", lazy("Mærker"), "labels.queue", "print", "label:print", order=35),
    web.MenuEntry("labels", lazy("Køen"), "labels.queue", "liste", "label:print", order=10),
    web.MenuEntry("labels", lazy("Blanke mærker"), "labels.blank", "ny", "label:print", order=20),
)


@blueprint.record_once
def tell_the_life_of_items(setup: BlueprintSetupState) -> None:
    """The page of an item asks us which labels were printed."""
    life.also_told_by(setup.app, queries.life_of_item)
