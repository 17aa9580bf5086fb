"""`make shots`: the pictures of the README, taken anew from the demo with an installed Chromium."""

from __future__ import annotations

import io
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click
import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page, sync_playwright

from tests.support.demo import Demo, running
from workshop.core.config import ROOT
from workshop.core.pictures import PICTURES

QUIET = ("--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-background-networking", "--disable-sync")
PICTURES_FOLDER = ROOT / "docs" / "pictures"
LARGEST_BYTES = 150_000
PHONE, TABLET, DESK = (390, 844), (1024, 768), (1440, 900)
STAFF, CITIZEN, ADMIN = "Lone", "Mona", "Anders"
SELLER = "Sanne"
BENCHES = ("havemobler?slags=havebænke",)
SECTIONS = ("havemobler", "pallemobler", "restaureret", "til-hjemmet")
SHEET, LABELS = "a4_3x7", 21
SHEET_DPI = 100


@dataclass
class Studio:
    """The running demo, a browser, and where the pictures go."""

    demo: Demo
    browser: Browser
    folder: Path

    def page(self, size: tuple[int, int], scale: float = 1) -> Page:
        """A new visitor with a window of this size in CSS pixels."""
        context = self.browser.new_context(
            viewport={"width": size[0], "height": size[1]},
            base_url=self.demo.url,
            device_scale_factor=scale,
            locale="da-DK",
            timezone_id="Europe/Copenhagen",
            reduced_motion="reduce",
        )
        context.set_default_timeout(20_000)
        return context.new_page()

    def keep(self, page: Page, name: str, *, height: int | None = None) -> None:
        """Take what the window shows, or as much of the page as `height` says."""
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")
        if height is not None and page.viewport_size:
            page.set_viewport_size({"width": page.viewport_size["width"], "height": height})
        self.save(Image.open(io.BytesIO(page.screenshot())), name)

    def save(self, picture: Image.Image, name: str) -> None:
        """As a PNG with a palette, the most colours that fit into the bytes a picture may have."""
        picture = picture.convert("RGB")
        for colours in (256, 128, 64, 32):
            packed = io.BytesIO()
            picture.quantize(colours, dither=Image.Dither.NONE).save(packed, "PNG", optimize=True)
            if packed.tell() <= LARGEST_BYTES:
                break
        else:
            raise RuntimeError(f"{name} is {packed.tell():,} bytes with 32 colours; take less of the page")
        path = self.folder / f"{name}.png"
        path.write_bytes(packed.getvalue())
        click.echo(f"{path.name}: {picture.width} x {picture.height}, {colours} colours, {packed.tell():,} bytes")

    def staff(self, name: str) -> dict[str, Any]:
        """How a member of staff signs in."""
        return next(each for each in self.demo.logins["staff"] if each["name"] == name)

    def citizen(self, name: str) -> dict[str, Any]:
        """How a citizen signs in."""
        return next(each for each in self.demo.logins["citizens"] if each["name"] == name)


@contextmanager
def studio(folder: Path) -> Iterator[Studio]:
    """A fresh demo and a browser, for as long as the block lasts."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if chromium is None:
        raise click.ClickException("Chromium is not installed: sudo apt-get install chromium")
    folder.mkdir(parents=True, exist_ok=True)
    data = TemporaryDirectory(prefix="vaerksted-shots-")
    with data as name, running(Path(name)) as demo, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=list(QUIET))
        yield Studio(demo, browser, folder)
        browser.close()


def shop(here: Studio) -> None:
    """The front page on a desk, and a thing on a phone."""
    page = here.page(DESK)
    page.goto("/")
    here.keep(page, "shop-front")
    phone = here.page(PHONE, scale=2)
    phone.goto(f"/vare/{for_sale(page, BENCHES)[0]}")
    here.keep(phone, "item-phone")


def kiosk(here: Studio) -> None:
    """A tablet of the workshop: today's tasks, and a label."""
    page = here.page(TABLET)
    number = for_sale(page, BENCHES)[0]
    sign_in(here, page, ADMIN)
    page.goto("/personale/tabletter")
    page.get_by_label("Tablettens navn").fill("Træværkstedet 1")
    departments = page.get_by_label("Afdeling")
    wood = next(name for name in departments.locator("option").all_inner_texts() if name.startswith("Træ"))
    departments.select_option(label=wood)
    page.get_by_role("button", name="Indmeld denne tablet").click()
    person = here.citizen(CITIZEN)
    page.get_by_role("link", name=PICTURES[person["picture"]], exact=True).click()
    for digit in person["pin"]:
        page.get_by_role("button", name=digit, exact=True).click()
    page.wait_for_url("**/vaerksted/hjem")
    page.goto("/vaerksted/opgaver")
    here.keep(page, "kiosk-tasks")
    page.goto(f"/vaerksted/moebler/{number}/maerke")
    page.locator(".label-preview img").evaluate("picture => picture.decode()")
    here.keep(page, "kiosk-label")


def desk(here: Studio) -> None:
    """The week, and one person's page."""
    page = here.page(DESK)
    sign_in(here, page, STAFF)
    page.goto("/personale/uge")
    here.keep(page, "desk-week")
    page.goto("/personale/borgere")
    page.get_by_role("link", name=re.compile(rf"^{CITIZEN}\b")).first.click()
    here.keep(page, "citizen", height=1_200)


def labels(here: Studio) -> None:
    """The first page of a sheet of price labels, as the printer gets it."""
    page = here.page(DESK)
    numbers = for_sale(page, SECTIONS)[:LABELS]
    sign_in(here, page, SELLER)
    form = [f"items={number}" for number in numbers] + [f"sheet={SHEET}", "start_cell=1"]
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    made = page.request.post("/personale/prismaerker", data="&".join(form), headers=headers)
    file = page.request.get(f"{made.url}/pdf")
    if not file.ok:
        raise RuntimeError(f"the labels answered {made.status} and {file.status}")
    with pypdfium2.PdfDocument(file.body()) as document:
        here.save(document[0].render(scale=SHEET_DPI / 72).to_pil(), "label-sheet")


def for_sale(page: Page, sections: tuple[str, ...]) -> list[int]:
    """The numbers of what stands in these sections of the shop."""
    found: list[int] = []
    for section in sections:
        page.goto(f"/butik/{section}")
        links = page.locator("main a[href^='/vare/']").evaluate_all("all => all.map(each => each.pathname)")
        found += [int(link.removeprefix("/vare/").partition("-")[0]) for link in links]
    return list(dict.fromkeys(found))


def sign_in(here: Studio, page: Page, name: str) -> None:
    """Sign a member of staff in at the desk."""
    person = here.staff(name)
    page.goto("/personale/log-ind")
    page.get_by_label("E-mail").fill(person["email"])
    page.get_by_label("Adgangskode").fill(person["password"])
    page.get_by_role("button", name="Log ind").click()
    page.wait_for_url(lambda url: "log-ind" not in url)


SETS: dict[str, Callable[[Studio], None]] = {"shop": shop, "kiosk": kiosk, "desk": desk, "labels": labels}


@click.command()
@click.option("--only", type=click.Choice(list(SETS)), multiple=True, help="One set; may be given several times.")
@click.option("--folder", type=click.Path(file_okay=False, path_type=Path), default=PICTURES_FOLDER)
def main(only: tuple[str, ...], folder: Path) -> None:
    """Start the demo, visit it, and keep what it looks like."""
    with studio(folder) as here:
        for name in only or SETS:
            SETS[name](here)


if __name__ == "__main__":
    main()
