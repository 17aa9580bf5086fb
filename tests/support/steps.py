"""What every walk begins with: somebody signs in, a tablet is enrolled."""

from __future__ import annotations

from email import message_from_bytes, policy

from playwright.sync_api import Page, expect
from support.demo import Demo

from workshop.core.pictures import PICTURES

DEPARTMENT = "Træværkstedet i Helsinge"
MAIL_WITHIN_SECONDS = 90  # on a busy machine; what is due is done at once, and again each so many seconds
SWEPT_EVERY = 15


def sign_in(page: Page, demo: Demo, name: str) -> None:
    """Sign in as the member of staff whose mail address begins with `name`."""
    staff = next(each for each in demo.logins["staff"] if each["email"].startswith(f"{name}@"))
    page.goto("/personale/log-ind")
    page.get_by_label("E-mail").fill(staff["email"])
    page.get_by_label("Adgangskode").fill(staff["password"])
    page.get_by_role("button", name="Log ind").click()
    page.wait_for_url(lambda url: "log-ind" not in url)


def enrol_tablet(page: Page, demo: Demo) -> None:
    """Make this browser a tablet of the wood workshop."""
    sign_in(page, demo, "admin")
    page.goto("/personale/tabletter")
    page.get_by_label("Tablettens navn").fill("Træhallen")
    page.get_by_label("Afdeling").select_option(label=DEPARTMENT)
    page.get_by_role("button", name="Indmeld denne tablet").click()
    expect(page.get_by_role("heading", name="Hvem er du?")).to_be_visible()


def citizen_signs_in(page: Page, demo: Demo, name: str) -> None:
    """Tap the picture, type the code."""
    citizen = next(each for each in demo.logins["citizens"] if each["name"] == name)
    page.goto("/vaerksted")
    page.get_by_role("link", name=PICTURES[citizen["picture"]], exact=True).click()
    for digit in citizen["pin"]:
        page.get_by_role("button", name=digit, exact=True).click()
    page.wait_for_url("**/vaerksted/hjem")


def mail_about(page: Page, demo: Demo, to: str, subject: str, text: str = "") -> str:
    """The mail to somebody with these words in its subject and its text, once it has been sent."""
    for second in range(MAIL_WITHIN_SECONDS):
        for file in (demo.data_dir / "mails").glob("*.eml"):
            mail = message_from_bytes(file.read_bytes(), policy=policy.default)
            said = str(mail.get_body(("plain",)).get_content())
            if mail["To"] == to and subject in mail["Subject"] and text in said:
                return said
        if second % SWEPT_EVERY == 0:
            demo.sweep()
        page.wait_for_timeout(1_000)
    raise AssertionError(f"no mail about {subject}")
