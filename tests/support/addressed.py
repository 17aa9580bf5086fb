"""Where a browser would go for an address in a `Location`, and the fifty ways to ask under another host's name."""

from __future__ import annotations

import json
from pathlib import Path
from urllib.parse import urljoin, urlsplit

EVIL = "evil.example"
PAYLOADS: list[str] = json.loads((Path(__file__).parents[1] / "trust" / "next_payloads.json").read_text())
_SPACES = "".join(map(chr, range(0x21)))
# Headers by which somebody in front of a server says under which name it was asked.
FORWARDED = (
    "X-Forwarded-Host", "X-Forwarded-Server", "X-Host", "X-Original-Host", "X-HTTP-Host-Override", "Forwarded",
    "X-Original-URL", "X-Rewrite-URL", "X-Forwarded-Prefix", "X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Port",
    "True-Client-IP", "Referer", "Origin", "X-Forwarded-Scheme", "Via", "X-Real-IP", "X-ProxyUser-Ip", "Base-Url",
)  # fmt: skip
NAMES = (
    EVIL, f"{EVIL}:80", f"localhost.{EVIL}", f"localhost@{EVIL}", f"{EVIL}#localhost", f"{EVIL}/localhost",
    f"{EVIL}\\localhost", f"localhost, {EVIL}", f"localhost {EVIL}", f"{EVIL}%00localhost", f"localhost:80@{EVIL}",
    f"localhost:{EVIL}", f".{EVIL}", f"{EVIL}.", f"//{EVIL}", f"http://{EVIL}", "localhost.", f"LOCALHOST.{EVIL}",
    "[::1]", f"[::1].{EVIL}", "", " ", "localhost:99999", "localhost:x", f"127.0.0.1.{EVIL}", "2130706433",
    f"localhost\t{EVIL}", f"xn--{EVIL}", f"localhost?{EVIL}", "x" * 300,
)  # fmt: skip


def goes_to(location: str, here: str = "http://localhost/personale/log-ind") -> str:
    """The host a browser asks next: it drops tabs and line breaks, and takes a backslash for a slash."""
    seen = location.strip(_SPACES).translate({9: None, 10: None, 13: None}).replace("\\", "/")
    there = urlsplit(urljoin(here, seen))
    return there.hostname or f"{there.scheme}:"


def disguises() -> list[tuple[str, dict[str, str]]]:
    """The fifty: (host, headers); a host of ours with a header of theirs, or the other way round."""
    said = {"Forwarded": f"host={EVIL};proto=https", "Referer": f"https://{EVIL}/", "Origin": f"https://{EVIL}"}
    ours = [("localhost", {name: said.get(name, EVIL)}) for name in FORWARDED]
    return [*ours, *((name, {}) for name in NAMES)]
