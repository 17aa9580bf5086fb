"""The whole house: the workshop's app with the shop's pages on top. The root sits here, so no import goes upwards."""

from __future__ import annotations

from functools import partial
from urllib.parse import urlsplit

from flask import Flask

from shop.orders import desk, sweeps
from shop.orders.letterhead import Letterhead
from shop.orders.views import blueprint as orders
from shop.orders.web import gateway_of
from shop.orders.webhook import blueprint as stripe
from shop.storefront import keeping
from shop.storefront.checkout import storefront
from shop.storefront.views import FOOTER
from shop.storefront.views import MENU as SHOP_MENU
from workshop.app import assemble
from workshop.core import access
from workshop.core.config import Settings
from workshop.core.jobs import Sweep

PAYMENT_PAGE = "https://checkout.stripe.com"


def create_app(settings: Settings) -> Flask:
    """Workshop and shop together."""
    app = assemble(settings)
    add_shop(app, settings)
    access.check_marks(app)
    return app


def add_shop(app: Flask, settings: Settings) -> None:
    """The shop's pages, its menus, and what time does to orders."""
    for blueprint in (storefront, orders, desk.mail_blueprint, stripe):
        app.register_blueprint(blueprint)
    keeping.install(app, settings)
    app.extensions["menu"].extend((*SHOP_MENU, *desk.MENU))
    app.extensions["footer"].extend(FOOTER)
    app.extensions["form_targets"].append(
        _origin(settings.stripe_api_base) if settings.stripe_api_base else PAYMENT_PAGE
    )
    head = Letterhead.of(settings)
    app.extensions["sweeps"][:0] = [  # before the mails, so that what they write goes out in the same round
        Sweep("holds", partial(sweeps.release_lapsed, head)),
        Sweep("unfetched", partial(sweeps.put_back_unfetched, head)),
        Sweep("payments", lambda now: sweeps.do_dues(gateway_of(app), head, now)),
    ]


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
