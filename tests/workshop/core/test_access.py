"""Unsafe requests come from our own pages, and redirects stay on this site."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from workshop.core import access

OWN = "http://localhost"


@pytest.mark.parametrize(
    ("headers", "passes"),
    [
        ({"Sec-Fetch-Site": "same-origin"}, True),
        ({"Sec-Fetch-Site": "none"}, True),
        ({"Sec-Fetch-Site": "same-site"}, False),
        ({"Sec-Fetch-Site": "cross-site"}, False),
        ({"Sec-Fetch-Site": "cross-site", "Origin": OWN}, False),
        ({"Origin": OWN}, True),
        ({"Origin": "http://evil.example"}, False),
        ({"Origin": "null"}, False),
        ({"Origin": "http://localhost.evil.example"}, False),
        ({}, False),
    ],
)
def test_an_unsafe_request_must_come_from_our_own_page(
    client: FlaskClient, headers: dict[str, str], passes: bool
) -> None:
    client.environ_base.pop("HTTP_SEC_FETCH_SITE")
    answer = client.post("/indstillinger", data={"tema": "dark"}, headers=headers)
    assert answer.status_code == (303 if passes else 403)
    assert ("tema=dark" in answer.headers.get("Set-Cookie", "")) is passes


def test_a_host_that_is_not_ours_is_refused(client: FlaskClient) -> None:
    assert client.get("/healthz", headers={"Host": "evil.example"}).status_code >= 400
    assert client.get("/healthz").status_code == 200


HOSTILE = [
    "//evil.example", "///evil.example", "/\\evil.example", "\\\\evil.example", "/\t/evil.example", "/\n/evil.example",
    "http://evil.example", "https:evil.example", "javascript:alert(1)", "evil.example", "", "/\x00",
    "/\x7f/evil.example", " //evil.example", "/ok\r\nSet-Cookie: a=b",
]  # fmt: skip


@pytest.mark.parametrize("target", HOSTILE)
def test_a_redirect_never_leaves_this_site(target: str) -> None:
    assert access.safe_next(target, "/home") == "/home"


@pytest.mark.parametrize("target", ["/personale/uge?dag=2", "/vare/1042-havebaenk"])
def test_a_path_of_ours_is_kept(target: str) -> None:
    assert access.safe_next(target, "/home") == target


def test_a_permission_nobody_is_granted_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="no role"):
        access.needs("bench:burn")


def test_every_answer_carries_its_headers(client: FlaskClient) -> None:
    for path in ("/healthz", "/findes-ikke", "/personale/log-ind"):
        headers = client.get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'self'" in policy
        assert "unsafe" not in policy
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["Referrer-Policy"] == "same-origin"
