"""Where a request comes from is what our own proxies say, and as many of them as there are; nobody else is believed."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask, request, url_for

from shop.app import create_app
from shop.serving import server_command
from workshop.core import access, db
from workshop.core.config import Mode, Settings, settings_from

FORGED = {
    "X-Forwarded-For": "203.0.113.9",
    "X-Forwarded-Proto": "https",
    "X-Forwarded-Host": "evil.example",
    "X-Forwarded-Port": "666",
    "X-Forwarded-Prefix": "/evil",
    "X-Real-IP": "203.0.113.9",
    "Forwarded": "for=203.0.113.9;host=evil.example;proto=https",
}
PRODUCTION = {
    "SECRET_KEY": "s" * 40,
    "PIN_PEPPER": "p" * 40,
    "MASTER_KEY": "A" * 43,
    "STRIPE_SECRET_KEY": "x",
    "STRIPE_WEBHOOK_SECRET": "x",
    "BASE_URL": "https://butik.example",
}


def told(settings: Settings, proxies: int, headers: dict[str, str]) -> tuple[str | None, str, str, str]:
    """What the program takes a request for: whose it is, how it came, under which name, and where its links lead."""
    app = create_app(replace(settings, trusted_proxies=proxies))
    seen: list[tuple[str | None, str, str, str]] = []

    @app.get("/hvem")
    @access.public
    def who() -> str:
        seen.append((request.remote_addr, request.scheme, request.host, url_for("who", _external=True)))
        return ""

    answer = app.test_client().get("/hvem", headers=headers)
    db.database().close()
    assert answer.status_code == 200
    return seen[0]


def test_without_a_proxy_of_ours_nothing_they_say_counts(settings: Settings) -> None:
    assert told(settings, 0, FORGED) == ("127.0.0.1", "http", "localhost", "http://localhost/hvem")


def test_with_one_its_word_counts_but_never_the_name(settings: Settings) -> None:
    """The control: the same headers are believed when our own proxy wrote them."""
    assert told(settings, 1, FORGED) == ("203.0.113.9", "https", "localhost", "https://localhost/hvem")


@pytest.mark.parametrize(("proxies", "address"), [(1, "198.51.100.7"), (2, "203.0.113.9"), (3, "192.0.2.1")])
def test_of_a_row_of_addresses_exactly_so_many_count(settings: Settings, proxies: int, address: str) -> None:
    forwarded = {"X-Forwarded-For": "10.0.0.1, 192.0.2.1, 203.0.113.9, 198.51.100.7"}
    assert told(settings, proxies, forwarded)[0] == address


def test_a_row_that_is_too_short_is_not_believed(settings: Settings) -> None:
    assert told(settings, 2, {"X-Forwarded-For": "203.0.113.9"})[0] == "127.0.0.1"


@pytest.mark.parametrize(
    "host", ["evil.example", "localhost.evil.example", "evil.example:80", "localhost@evil.example"]
)
@pytest.mark.parametrize("proxies", [0, 1])
def test_another_name_is_refused_behind_a_proxy_too(settings: Settings, host: str, proxies: int) -> None:
    app: Flask = create_app(replace(settings, trusted_proxies=proxies))
    answer = app.test_client().get("/healthz", headers={"Host": host, "X-Forwarded-Host": "localhost"})
    db.database().close()
    assert answer.status_code == 400


@pytest.mark.once
@pytest.mark.parametrize(
    ("mode", "given", "address"),
    [
        (Mode.PRODUCTION, "", "127.0.0.1"),
        (Mode.PRODUCTION, "0.0.0.0", "0.0.0.0"),  # noqa: S104 — asked for
        (Mode.DEMO, "", "0.0.0.0"),  # noqa: S104 — a demo is shown around
    ],
)
def test_a_real_workshop_listens_to_its_own_machine_only(
    tmp_path: object, mode: Mode, given: str, address: str
) -> None:
    chosen = settings_from({**PRODUCTION, "VAERKSTED_MODE": mode.value, "BIND": given, "DATA_DIR": str(tmp_path)})
    command = server_command(chosen, 2)
    assert command[command.index("--host") + 1] == address


@pytest.mark.once
def test_a_shop_by_itself_needs_none_of_the_keys() -> None:
    few = {name: text for name, text in PRODUCTION.items() if name not in {"PIN_PEPPER", "MASTER_KEY"}}
    chosen = settings_from({**few, "ONLY_SHOP": "1"})
    assert chosen.is_shop_only
    assert chosen.master_keys == ()
    assert chosen.pin_pepper == ""
