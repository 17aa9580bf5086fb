"""What `deploy/` tells an administrator is what the program knows: every setting, every command, every file."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from shop import serving
from shop.commands import program
from workshop.core.config import PHOTO_STORE_KEYS, ROOT, settings_from
from workshop.core.web import LARGEST_REQUEST

pytestmark = pytest.mark.once

DEPLOY = ROOT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service"))


def named(example: str) -> set[str]:
    return set(re.findall(r"^#?([A-Z_]+)=", (DEPLOY / example).read_text(), re.MULTILINE))


def known() -> set[str]:
    """Every setting the program reads."""
    source = (ROOT / "workshop" / "core" / "config.py").read_text()
    read = set(re.findall(r'environment(?:\.get\(|\[)"([A-Z_]+)"', source))
    return read | {f"AWS_{name.upper()}" for name in PHOTO_STORE_KEYS}


def test_the_example_names_every_setting_and_no_other() -> None:
    assert named("environment.example") == known()


def test_the_shops_own_example_has_no_keys_and_starts_it() -> None:
    text = (DEPLOY / "shop.environment.example").read_text()
    given = dict(re.findall(r"^([A-Z_]+)=(.*)$", text, re.MULTILINE))
    assert not {"PIN_PEPPER", "MASTER_KEY", "OLD_MASTER_KEYS", "KEEPER_DATABASE_URL"} & set(given)
    filled = {name: value or "x" * 40 for name, value in given.items()}
    assert settings_from(filled).is_shop_only


def test_every_unit_starts_a_command_there_is() -> None:
    assert len(UNITS) >= 4
    for unit in UNITS:
        (words,) = re.findall(r"^ExecStart=/srv/vaerksted/\.venv/bin/vaerksted (.+)$", unit.read_text(), re.MULTILINE)
        name, *options = words.split()
        command = program.commands[name]
        assert {each for option in command.params for each in option.opts} >= set(options), unit.name


@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_every_unit_is_shut_in(unit: Path) -> None:
    text = unit.read_text()
    for line in ("NoNewPrivileges=yes", "ProtectSystem=strict", "CapabilityBoundingSet=\n", "PrivateDevices=yes"):
        assert line in text, line
    assert "User=root" not in text


def test_every_command_and_file_of_the_readme_is_there() -> None:
    text = (DEPLOY / "README.md").read_text()
    for words in re.findall(r"^(?:\.venv/bin/)?vaerksted ([a-z][a-z-]*)", text, re.MULTILINE):
        assert words in program.commands, words
    for path in re.findall(r"(?<![/\w])deploy/[\w./-]*[\w]", text):
        assert (ROOT / path).exists(), path


def test_nginx_and_the_program_take_bodies_of_one_size() -> None:
    (size,) = re.findall(r"client_max_body_size (\d+)m;", (DEPLOY / "nginx" / "vaerksted.conf").read_text())
    assert int(size) * 1024 * 1024 == LARGEST_REQUEST


@pytest.mark.parametrize(
    "unit", [each for each in UNITS if each.name != "vaerksted-backup.service"], ids=lambda u: u.name
)
def test_systemd_waits_longer_than_the_web_server_does(unit: Path) -> None:
    (seconds,) = re.findall(r"^TimeoutStopSec=(\d+)$", unit.read_text(), re.MULTILINE)
    assert serving.WORKER_ENDS_WITHIN_SECONDS < serving.ENDS_WITHIN_SECONDS < int(seconds)


def test_nginx_keeps_its_files_where_debian_has_a_folder_and_holds_no_connection_open() -> None:
    """nginx makes the last folder of the path only, and an open connection keeps a stopped program from ending."""
    text = (DEPLOY / "nginx" / "vaerksted.conf").read_text()
    assert re.findall(r"^proxy_cache_path (\S+)/[^/\s]+ ", text, re.MULTILINE) == ["/var/lib/nginx"]
    assert "proxy_set_header Connection close;" in text
    assert not re.search(r"^\s*keepalive \d+;", text, re.MULTILINE)
