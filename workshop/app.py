"""The workshop as one program: the floor, then each slice's pages. No rules here."""

from __future__ import annotations

from flask import Flask

from workshop.accounts import signing
from workshop.accounts.views import blueprint as accounts
from workshop.citizens.views import MENU as CITIZENS_MENU
from workshop.citizens.views import blueprint as citizens
from workshop.core import access, mail
from workshop.core.config import Settings
from workshop.core.i18n import lazy
from workshop.core.jobs import Sweep
from workshop.core.web import MenuEntry, configure_logs, new_app
from workshop.labels.views import MENU as LABELS_MENU
from workshop.labels.views import blueprint as labels
from workshop.production.views import MENU as PRODUCTION_MENU
from workshop.production.views import blueprint as production
from workshop.products.views import MENU as PRODUCTS_MENU
from workshop.products.views import blueprint as products
from workshop.progression.views import blueprint as progression
from workshop.tasks.kiosk.views import blueprint as kiosk
from workshop.tasks.team.views import MENU as TEAM_MENU
from workshop.tasks.team.views import blueprint as team
from workshop.tasks.week.views import MENU as WEEK_MENU
from workshop.tasks.week.views import blueprint as week

BLUEPRINTS = (accounts, products, production, labels, progression, kiosk, week, team, citizens)
MENU = (
    MenuEntry("desk", lazy("Tabletter"), "accounts.tablets", "scan", "device:manage", order=90),
    *LABELS_MENU,
    *PRODUCTS_MENU,
    *PRODUCTION_MENU,
    *WEEK_MENU,
    *TEAM_MENU,
    *CITIZENS_MENU,
)  # fmt: skip


def create_app(settings: Settings) -> Flask:
    """A workshop without a shop."""
    app = assemble(settings)
    access.check_marks(app)
    return app


def assemble(settings: Settings) -> Flask:
    """The workshop's part, for the shop to build on; the marks are checked when everything is in place."""
    configure_logs(settings.mode)
    app = new_app(settings)
    signing.install(app)
    access.install(app, signing.Signing())
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.extensions["menu"].extend(MENU)
    app.extensions["sweeps"].append(Sweep("mails", lambda now: mail.send_due(settings, now)))
    return app
