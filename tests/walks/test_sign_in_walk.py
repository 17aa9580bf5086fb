"""Staff make a passkey and sign in with it, in a real browser with an authenticator of its own; a code app, too."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect
from support.demo import Demo
from support.steps import sign_in

from workshop.accounts.factors import totp

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.xdist_group("browser")]

AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


def give_authenticator(page: Page) -> Callable[[bool], None]:
    """A passkey holder in this browser; what comes back says whether its owner shows a finger from now on."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    made = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": AUTHENTICATOR})

    def verified(is_verified: bool) -> None:
        which = {"authenticatorId": made["authenticatorId"], "isUserVerified": is_verified}
        devtools.send("WebAuthn.setUserVerified", which)

    return verified


def test_a_passkey_is_made_and_is_the_only_step_afterwards(visit: Callable[..., Page], demo: Demo) -> None:
    page = visit(390)
    verified = give_authenticator(page)
    sign_in(page, demo, "admin")
    page.goto("/personale/sikkerhed")
    page.get_by_role("link", name="Tilføj et trin").click()
    page.get_by_label("Hvad skal nøglen hedde?").fill("Min telefon")
    page.get_by_role("button", name="Lav en adgangsnøgle").click()
    expect(page.get_by_role("heading", name="Dine koder på papir")).to_be_visible()
    assert page.locator("ol li b").count() == 10
    page.get_by_role("link", name="Jeg har gemt koderne").click()
    expect(page.locator("b", has_text="Min telefon")).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_role("button", name="Log ud", exact=True).click()

    page.get_by_role("button", name="Brug en adgangsnøgle").click()
    page.wait_for_url(lambda url: "log-ind" not in url)
    page.goto("/personale/sikkerhed")
    expect(page.get_by_text("Her", exact=True)).to_be_visible()

    # Half a sign-in: the password alone opens the second step, and the passkey takes it.
    page.get_by_role("button", name="Log ud", exact=True).click()
    staff = next(each for each in demo.logins["staff"] if each["email"].startswith("admin@"))
    page.get_by_label("E-mail").fill(staff["email"])
    page.get_by_label("Adgangskode").fill(staff["password"])
    page.get_by_role("button", name="Log ind", exact=True).click()
    expect(page.get_by_role("heading", name="Ét trin mere")).to_be_visible()
    page.goto("/personale/sikkerhed")
    expect(page.get_by_role("heading", name="Ét trin mere")).to_be_visible()
    verified(False)
    page.get_by_role("button", name="Brug en adgangsnøgle").click()
    expect(page.get_by_text("Det blev ikke til noget.")).to_be_visible()
    verified(True)
    page.get_by_role("button", name="Brug en adgangsnøgle").click()
    expect(page.get_by_role("heading", name="Mit log ind")).to_be_visible()

    # The walk gives the demo back as it found it.
    page.get_by_role("link", name=re.compile("Fjern.*Min telefon")).click()
    page.get_by_role("button", name="Ja, fjern").click()
    expect(page.get_by_text("Du logger kun ind med adgangskode.")).to_be_visible()


def test_a_code_app_is_scanned_or_typed_and_asked_for_next_time(visit: Callable[..., Page], demo: Demo) -> None:
    page = visit(1440)
    sign_in(page, demo, "admin")
    page.goto("/personale/sikkerhed/opret")
    page.get_by_role("button", name="Brug en kodeapp").click()
    expect(page.get_by_role("img", name="Kode til din kodeapp")).to_be_visible()
    seed = page.locator("#seed").inner_text().replace(" ", "")
    page.get_by_label("Kode", exact=True).fill(totp.code_at(seed, datetime.now(UTC)))
    page.get_by_role("button", name="Gem").click()
    paper = page.locator("ol li b").first.inner_text()
    page.get_by_role("link", name="Jeg har gemt koderne").click()
    page.get_by_role("button", name="Log ud", exact=True).click()
    sign_in_page = page.url
    staff = next(each for each in demo.logins["staff"] if each["email"].startswith("admin@"))
    page.goto(sign_in_page)
    page.get_by_label("E-mail").fill(staff["email"])
    page.get_by_label("Adgangskode").fill(staff["password"])
    page.get_by_role("button", name="Log ind", exact=True).click()
    page.get_by_label("Kode", exact=True).fill(paper)
    page.get_by_role("button", name="Videre").click()
    page.wait_for_url(lambda url: "log-ind" not in url)
    page.goto("/personale/sikkerhed")
    expect(page.get_by_text("Du har 9 koder tilbage.")).to_be_visible()
    page.get_by_role("link", name=re.compile("Fjern.*Kodeapp")).click()
    page.get_by_role("button", name="Ja, fjern").click()
    expect(page.get_by_text("Du logger kun ind med adgangskode.")).to_be_visible()
