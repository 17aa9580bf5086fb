"""Staff inside, the shop outside: two processes of one checkout, each with a role of its own, and a whole sale.

The shop's process is not given the keys to anything sealed, and its role reads neither people nor who works here.
"""

from __future__ import annotations

import http.cookiejar
import re
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from support import factories, garden
from support.walls import put_up, url_of

from benchmarks.running import House, free_port
from shop.orders.letterhead import Letterhead
from shop.orders.models import Order, OrderState
from shop.orders.pickup import SHIPPED
from shop.orders.withdrawing.models import Withdrawal
from tests.shop.booking.test_asking import typed
from workshop.core import db
from workshop.core.access import Role
from workshop.core.mail import OutboxMail
from workshop.services.requests.models import ServiceRequest

SOON = 40.0


class Outside(House):
    """The public shop: no pepper, no master key, and a role that reads nothing behind the wall."""

    @property
    def environment(self) -> dict[str, str]:
        """What its processes are told."""
        kept = {name: text for name, text in super().environment.items() if name not in {"PIN_PEPPER", "MASTER_KEY"}}
        return {**kept, "ONLY_SHOP": "1"}


@dataclass
class Visitor:
    """Somebody with a browser, without script."""

    address: str

    def __post_init__(self) -> None:
        self._opener = urllib.request.build_opener(
            urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar()), _Stay()
        )

    def ask(self, path: str, data: dict[str, Any] | None = None) -> tuple[int, str, str]:
        """Status, where it leads, and the page."""
        body = None if data is None else urllib.parse.urlencode(data, doseq=True).encode()
        asked = urllib.request.Request(f"{self.address}{path}", body, {"Sec-Fetch-Site": "same-origin"})  # noqa: S310 — our own address
        try:
            with self._opener.open(asked, timeout=60) as answer:
                return answer.status, answer.headers.get("Location", ""), answer.read().decode(errors="replace")
        except urllib.error.HTTPError as refused:
            with refused:
                return refused.code, refused.headers.get("Location") or "", refused.read().decode(errors="replace")


class _Stay(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_args: Any, **_named: Any) -> None:
        """Show where it leads instead of going there."""


@dataclass
class Both:
    """The two processes, and a visitor of each."""

    shop: House
    inside: House

    def visitor(self) -> Visitor:
        return Visitor(f"http://127.0.0.1:{self.shop.port}")

    def staff(self) -> Visitor:
        return Visitor(f"http://127.0.0.1:{self.inside.port}")


@pytest.fixture
def both(app: Flask, database_url: str, tmp_path: Path) -> Iterator[Both]:
    with put_up(database_url) as roles:
        folder = tmp_path / "house"
        folder.mkdir()
        shop = Outside(folder, url_of(database_url, roles.shop), free_port(), free_port())
        inside = House(folder, url_of(database_url, roles.app), free_port(), shop.standin_port)
        shop.start_standin()
        try:
            shop.start_web()
            inside.start_web()
            yield Both(shop, inside)
        finally:
            for house in (shop, inside):
                for name in list(house.processes):
                    house.kill(name)
            if shop.standin is not None:
                shop.standin.kill()
                shop.standin.join()


def test_a_whole_sale_outside_is_seen_inside(both: Both) -> None:
    with db.transaction() as session:
        number = factories.item(session, title="Havebænk", price_ore=115_000).number
        email = factories.staff(session, roles=(Role.SALES,)).email
        garden.kind(session)
    visitor, staff = both.visitor(), both.staff()

    order = buys_and_pays(both, visitor, number)
    follows_and_withdraws(both, visitor, order)
    asks_for_help_in_the_garden(visitor)

    assert visitor.ask("/personale/log-ind")[0] == 404
    assert visitor.ask("/vaerksted")[0] == 404
    signed_in = staff.ask("/personale/log-ind", {"email": email, "password": factories.PASSWORD})
    assert signed_in[0] == 303
    page = staff.ask(f"/personale/ordrer/{order}")
    assert page[0] == 200
    assert "Havebænk" in page[2]
    for house in (both.shop, both.inside):
        log = (house.folder / "web.log").read_text()
        assert "permission denied" not in log
        assert "InsufficientPrivilege" not in log
        assert '"unexpected"' not in log


def buys_and_pays(both: Both, visitor: Visitor, number: int) -> str:
    now = datetime.now(UTC)
    assert visitor.ask("/")[0] == 200
    assert visitor.ask("/kurv", {"nummer": number, "antal": 1})[0] == 303
    form = {
        "navn": "Ane Eksempel",
        "mail": "ane@example.dk",
        "telefon": "20 00 00 00",
        "betingelser": "y",
        "betaling": "card",
        "tid": SHIPPED.slots(now)[0].key,
        "total": "115000",
    }
    status, pay_page, page = visitor.ask("/kassen", form)
    assert status == 303, page
    both.shop.stripe.pay(pay_page.rsplit("/", 1)[1])
    wait_for(lambda: _order().state is OrderState.SECURED)
    wait_for(lambda: _mails() >= 1)
    return _order().public_id


def follows_and_withdraws(both: Both, visitor: Visitor, public_id: str) -> None:
    link = Letterhead.of(both.shop.settings).order_link(public_id).removeprefix(both.shop.settings.base_url)
    assert visitor.ask(link)[0] == 303
    status, _where, page = visitor.ask(f"/ordre/{public_id}")
    assert (status, "Havebænk" in page) == (200, True)
    assert visitor.ask(f"/ordre/{public_id}/tid.ics")[0] == 200
    status, _where, page = visitor.ask(f"/ordre/{public_id}/fortryd")
    assert status == 200, page
    declared = {"navn": "Ane Eksempel", "ordre": _order().number, "mail": "ane@example.dk", "hvad": "Bænken"}
    status, _where, page = visitor.ask("/fortryd", declared)
    assert status == 200, page
    once = re.search(r'name="once"[^>]*value="([\w-]{22})"|value="([\w-]{22})"[^>]*name="once"', page)
    assert once is not None
    assert visitor.ask("/fortryd/bekraeft", {**declared, "once": once[1] or once[2]})[0] == 303
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(Withdrawal)) == 1


def asks_for_help_in_the_garden(visitor: Visitor) -> None:
    assert visitor.ask("/service")[0] == 200
    status, _where, page = visitor.ask("/service/haekklipning", typed())
    assert status == 303, page
    with db.reading() as session:
        assert session.scalar(sa.select(sa.func.count()).select_from(ServiceRequest)) == 1


def _order() -> Order:
    with db.reading() as session:
        found = session.scalars(sa.select(Order)).one()
        session.expunge_all()
        return found


def _mails() -> int:
    with db.reading() as session:
        return session.scalar(sa.select(sa.func.count()).select_from(OutboxMail)) or 0


def wait_for(is_so: Any) -> None:
    deadline = time.monotonic() + SOON
    while not is_so():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.2)


def test_the_control_the_shops_role_can_serve_nothing_of_the_inside(both: Both) -> None:
    """The inside's program with the shop's role: its pages do not come, so it is the database that holds."""
    wrong = House(both.inside.folder, both.shop.database_url, free_port(), both.shop.standin_port)
    try:
        wrong.start_web()
        answer = Visitor(f"http://127.0.0.1:{wrong.port}").ask(
            "/personale/log-ind", {"email": "lone@butik.example", "password": "forkert kode her"}
        )
        assert answer[0] == 500
    finally:
        for name in list(wrong.processes):
            wrong.kill(name)
