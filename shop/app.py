"""The whole house: the workshop's app with the shop's pages on top. The root sits here, so no import goes upwards."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from functools import partial
from urllib.parse import urlsplit

from flask import Flask
from sqlalchemy.orm import Session

from shop import outside
from shop.booking import agreement, answering, due, feed, followers, services, snowlog
from shop.booking import asking as asking_by_phone
from shop.booking.paying import blueprint as paying
from shop.booking.quotes import blueprint as garden_quotes
from shop.booking.withdrawing import blueprint as garden_withdrawals
from shop.orders import basket as baskets
from shop.orders import securing, sweeps
from shop.orders.asking import actions as asking
from shop.orders.asking import views as asking_pages
from shop.orders.desk import handling
from shop.orders.desk import views as desk
from shop.orders.house import starting
from shop.orders.house import views as house
from shop.orders.letterhead import Letterhead
from shop.orders.making import actions as making
from shop.orders.making.views import blueprint as making_pages
from shop.orders.packing import views as packing
from shop.orders.phone import views as phone
from shop.orders.standing import standings as order_standings
from shop.orders.views import blueprint as orders
from shop.orders.web import gateway_of
from shop.orders.webhook import blueprint as stripe
from shop.orders.withdrawing import photos as complaint_photos
from shop.orders.withdrawing import views as withdrawing
from shop.orders.withdrawing.actions import match_waiting
from shop.payments.outcomes import in_turn
from shop.payments.reconciling import actions as reconciling
from shop.payments.reconciling import views as comparing
from shop.payments.reconciling.house import House, Standing
from shop.storefront import feeds, keeping, onoffer
from shop.storefront.checkout import storefront
from shop.storefront.made import blueprint as made
from shop.storefront.views import FOOTER
from shop.storefront.views import MENU as SHOP_MENU
from shop.till import views as till
from workshop.app import assemble
from workshop.core import access, identity
from workshop.core.config import Settings
from workshop.core.jobs import Sweep
from workshop.services.billing import actions as billing
from workshop.services.billing import letters as bills
from workshop.services.door import Head
from workshop.setup import steps

PAYMENT_PAGE = "https://checkout.stripe.com"


def create_app(settings: Settings) -> Flask:
    """Workshop and shop together."""
    app = assemble(settings)
    add_shop(app, settings)
    if settings.is_shop_only:
        outside.install(app)
    access.check_marks(app)
    return app


def add_shop(app: Flask, settings: Settings) -> None:
    """The shop's pages, its menus, and what time does to orders."""
    for blueprint in (storefront, orders, desk.mail_blueprint, stripe, made, making_pages, withdrawing.blueprint):
        app.register_blueprint(blueprint)
    for blueprint in (packing.blueprint, phone.blueprint):
        app.register_blueprint(blueprint)
    app.register_blueprint(feeds.blueprint)
    app.register_blueprint(house.blueprint)
    app.register_blueprint(till.blueprint)
    app.register_blueprint(asking_pages.blueprint)
    app.register_blueprint(comparing.blueprint)
    app.register_blueprint(paying)
    app.register_blueprint(due.blueprint)
    app.register_blueprint(snowlog.blueprint)
    app.register_blueprint(services.blueprint)
    app.register_blueprint(garden_quotes)
    app.register_blueprint(answering.blueprint)
    app.register_blueprint(garden_withdrawals)
    app.register_blueprint(agreement.blueprint)
    app.register_blueprint(feed.blueprint)
    app.register_blueprint(asking_by_phone.blueprint)
    keeping.install(app, settings)
    onoffer.install(app)
    app.extensions["menu"].extend((*SHOP_MENU, *desk.MENU, *handling.MENU, *packing.MENU, *phone.MENU))
    app.extensions["menu"].extend((*withdrawing.MENU, *asking_pages.MENU, *house.MENU, *till.MENU, *comparing.MENU))
    app.extensions["menu"].extend((*due.MENU, *services.MENU, *asking_by_phone.MENU))
    app.extensions["footer"].extend((*FOOTER, *withdrawing.FOOTER))
    app.extensions[steps.EXTENSION].extend(starting.STEPS)
    identity.take_hours_from(starting.own_hours)
    app.extensions["form_targets"].append(
        _origin(settings.stripe_api_base) if settings.stripe_api_base else PAYMENT_PAGE
    )
    head, of_garden = Letterhead.of(settings), Head.of(settings)
    follow = in_turn((partial(securing.follow, head=head), partial(followers.follow, head=of_garden)))
    app.extensions["follow"] = follow  # whatever money is for, orders or bills, is followed where it moves
    books = House(partial(gateway_of, app), follow, _standings)
    app.extensions["reconciling"] = books
    app.extensions["sweeps"][:0] = [  # before the mails, so that what they write goes out in the same round
        Sweep("baskets", baskets.sweep_old),
        Sweep("holds", partial(sweeps.release_lapsed, head)),
        Sweep("unfetched", partial(sweeps.put_back_unfetched, head)),
        Sweep("lapsing", sweeps.warn_of_lapse),
        Sweep("finished", sweeps.close_finished),
        Sweep("complaint photos", complaint_photos.sweep),
        Sweep("made to order", making.collect_finished),
        Sweep("wishes", partial(asking.tell, head)),
        Sweep("withdrawals", match_waiting),
        Sweep("comparison", partial(reconciling.nightly, books)),
        Sweep("months and seasons", billing.close_periods),
        Sweep("bills", partial(bills.tell_all, of_garden)),
        Sweep("pages of paid bills", followers.close_pages),
        Sweep("payments", lambda now: sweeps.do_dues(gateway_of(app), head, now, follow=follow)),
    ]


def _standings(session: Session, references: Collection[str], since: datetime | None) -> Mapping[str, Standing]:
    """How everything stands that money is taken for."""
    return {**order_standings(session, references, since), **followers.standings(session, references, since)}


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
