"""T5: every address, every method, every kind of person; and nobody learns that somebody else's thing is there."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.exceptions import MethodNotAllowed
from werkzeug.routing import Rule

from shop.app import create_app
from shop.orders.models import Order
from tests import test_routes
from tests.support import actors, matrix, owners
from tests.support.addresses import parts
from tests.support.matrix import ACTORS, MAY, OWNED, ROLES, SHARED
from workshop.accounts.models import Account
from workshop.core import access, clock, db, mail
from workshop.core.access import GRANTS, Role
from workshop.core.config import Settings

OTHER_METHODS = ("PUT", "PATCH", "DELETE", "TRACE", "PROPFIND")
PLANTED = 10


def client_of(app: Flask, settings: Settings, who: str) -> FlaskClient:
    """The browser of one of the people in front of the house, in the filled demo."""
    if who in ROLES:
        return actors.desk(app, ROLES[who])
    if who == "citizen at the tablet":
        return actors.tablet(app, "Mona", settings).client
    if who == "citizen on their phone":
        return actors.phone(app, "Mona", settings)
    if who == "revoked tablet":
        at = actors.tablet(app, "Mona", settings)
        actors.revoke(at)
        return at.client
    if who == "closed account":
        email = actors.hired("lukket", [Role.ADMIN, Role.WORKSHOP])
        client = actors.at_desk(app, email)
        with db.transaction() as session:
            newest = sa.select(sa.func.max(Account.id)).scalar_subquery()
            session.execute(sa.update(Account).where(Account.id == newest).values(is_active=False))
        return client
    client = actors.browser(app)
    if who.startswith("customer"):
        with db.transaction() as session:
            order = session.scalars(sa.select(Order).limit(1)).one()
            public_id = order.public_id
            if "old" in who:
                order.link_expires_at = clock.now() - timedelta(days=1)
        link = f"/ordre/{public_id}/{mail.secret_of(settings.secret_key, f'order-link:{public_id}')}"
        assert (client.get(link).status_code == 303) is ("old" not in who)
    return client


@pytest.mark.once
def test_the_table_written_by_hand_is_the_table_of_the_program() -> None:
    for permission, may in MAY.items():
        if ":" in permission:
            granted = {role.value for role in Role if permission in GRANTS[role]}
            assert (may & matrix.STAFF) == granted - {"citizen"}, permission
            assert bool(may & matrix.AT_WORK) == ("citizen" in granted), permission
    assert access.PERMISSIONS | {"public", "webhook", "half", "tablet"} == MAY.keys()
    assert len(ACTORS) == 13


@pytest.mark.parametrize("who", sorted(ACTORS))
def test_everybody_opens_what_they_may_and_nothing_else(demo: Flask, settings: Settings, who: str) -> None:
    client, wrong = client_of(demo, settings, who), []
    for key, method, address in test_routes.visited(demo):
        if test_routes.LEFT_OUT.match(key):
            continue
        needed = test_routes.EXPECTED.get(key, "nothing declared")
        if test_routes.is_let_in(client, method, address) is not (who in MAY.get(needed, set())):
            wrong.append((key, needed))
    assert wrong == []


@pytest.mark.once
def test_a_method_nobody_declared_is_no_way_in(app: Flask) -> None:
    urls, let_in, tried = app.url_map.bind("localhost"), [], 0
    declared = {key_of_method(rule, method) for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    for rule in app.url_map.iter_rules():
        for method in OTHER_METHODS:
            tried += 1
            if key_of_method(rule, method) in declared:
                let_in.append((method, rule.rule))
    assert let_in == []
    assert tried > 2_500
    with pytest.raises(MethodNotAllowed):
        urls.match("/kurv", method="PUT")


def key_of_method(rule: Rule, method: str) -> str:
    return f"{method} {rule.rule}"


def test_a_question_changes_nothing_and_a_foreign_page_sends_nothing(demo: Flask, settings: Settings) -> None:
    """Every form that did not come from one of our own pages is refused before anything else is asked."""
    clients = [actors.desk(demo), actors.tablet(demo, "Mona", settings).client]
    wrong = []
    for client in clients:
        client.environ_base["HTTP_SEC_FETCH_SITE"] = "cross-site"
        for key, method, address in test_routes.visited(demo):
            is_webhook = test_routes.EXPECTED.get(key) == "webhook"
            if method == "POST" and not is_webhook and client.post(address).status_code not in {403, 404, 405}:
                wrong.append(key)
    assert wrong == []


@pytest.mark.once
def test_every_id_in_an_address_is_declared_as_somebodys_or_shared(app: Flask) -> None:
    undeclared = {
        (blueprint, part) for blueprint, part in _ids(app) if (blueprint, part) not in OWNED and blueprint not in SHARED
    }
    assert undeclared == set()
    assert {each for each in OWNED if each not in set(_ids(app))} == set(), "no longer there"


def _ids(app: Flask) -> Iterator[tuple[str, str]]:
    for rule in app.url_map.iter_rules():
        for part in rule.arguments:
            yield rule.endpoint.partition(".")[0], part


def difference(client: FlaskClient, method: str, there: str, missing: str, ids: tuple[str, str]) -> str:
    """How the answer about somebody else's thing differs from the one about nothing.

    Only the id itself is put right: where a page repeats the address it was asked for, the two say different ones.
    """
    one, other = client.open(there, method=method), client.open(missing, method=method)
    if one.status_code not in {404, 403, 303} or one.status_code != other.status_code:
        return f"status {one.status_code} and {other.status_code}"
    said = one.get_data(as_text=True).replace(ids[0], ids[1])
    if said != other.get_data(as_text=True):
        return "another page"
    if len(one.data) != len(other.data):
        return "another size"
    headers = [(name, value.replace(ids[0], ids[1])) for name, value in one.headers]
    return "" if headers == other.headers.to_wsgi_list() else "other headers"


def addresses_of(app: Flask, rule: Rule, given: dict[str, object], part: str, thing: str) -> tuple[str, str]:
    """The rule's address with somebody else's id in it, and with one nobody has."""
    urls = app.url_map.bind("localhost")
    method = "POST" if "POST" in (rule.methods or set()) else "GET"
    nobodys = "x" * len(thing)
    values = {"year": 2026, **test_routes.GIVEN, **given}
    filled = [parts(rule, {**values, part: each}) for each in (thing, nobodys)]
    there, missing = (urls.build(rule.endpoint, each, method=method) for each in filled)
    return there, missing


def differences(app: Flask, settings: Settings) -> list[tuple[str, str, str]]:
    """Every address with an id that is somebody's, asked by somebody else who may open the page."""
    found = []
    strangers = owners.strangers(app, settings)
    for rule in app.url_map.iter_rules():
        blueprint = rule.endpoint.partition(".")[0]
        for part in sorted(rule.arguments):
            kind = OWNED.get((blueprint, part))
            stranger = strangers.of(kind, rule.rule, part) if kind else None
            if stranger is None:
                continue
            thing = stranger.thing
            there, missing = addresses_of(app, rule, stranger.own, part, thing)
            method = "POST" if "POST" in (rule.methods or set()) else "GET"
            what = difference(stranger.client, method, there, missing, (thing, "x" * len(thing)))
            if what:
                found.append((test_routes.key_of(rule), part, what))
    return found


def test_somebody_elses_thing_answers_as_if_it_were_not_there(demo: Flask, settings: Settings) -> None:
    assert differences(demo, settings) == []


def test_ones_own_things_are_there(demo: Flask, settings: Settings) -> None:
    """Without this, pages that are never there would pass."""
    assert owners.own_pages(demo, settings) == []


@pytest.mark.plants
def test_a_view_that_forgets_whose_it_is_would_be_found(settings: Settings) -> None:
    app = create_app(settings)
    try:
        owners.fill(app)

        @access.needs("citizen:read")
        def forgetful(public_id: str) -> str:
            return owners.name_of(public_id)

        app.add_url_rule("/personale/borgere/<public_id>/glemsom", "citizens.forgetful", forgetful)
        app.view_functions["citizens.forgetful"].__access__ = access.Mark("permission", "citizen:read")
        found = differences(app, settings)
        assert [(key, part) for key, part, _what in found] == [
            ("GET /personale/borgere/<public_id>/glemsom", "public_id")
        ]
    finally:
        db.database().close()


@pytest.mark.plants
@pytest.mark.once
def test_ten_bare_addresses_are_found_and_keep_the_app_from_starting(app: Flask) -> None:
    for number in range(PLANTED):
        app.add_url_rule(f"/planted-{number}", f"planted_{number}", lambda: "open")
    with pytest.raises(RuntimeError) as problem:
        access.check_marks(app)
    assert len(re.findall(r"planted_\d", str(problem.value))) == PLANTED
    client = actors.browser(app)
    assert {client.get(f"/planted-{number}").status_code for number in range(PLANTED)} == {403}


@pytest.mark.plants
@pytest.mark.once
def test_an_address_nobody_entered_is_not_in_the_table(app: Flask) -> None:
    app.add_url_rule("/planted/<public_id>", "planted.page", access.public(lambda public_id: public_id))
    keys = {test_routes.key_of(rule) for rule in app.url_map.iter_rules()}
    assert "GET /planted/<public_id>" in keys - test_routes.EXPECTED.keys()
    assert ("planted", "public_id") in set(_ids(app)) - OWNED.keys()
    assert "planted" not in SHARED
