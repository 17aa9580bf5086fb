"""Every pair of colours that the components use can be read, in all themes."""

import re

import pytest

from workshop.core.config import ROOT

pytestmark = pytest.mark.once

TOKENS = (ROOT / "static" / "css" / "tokens.css").read_text(encoding="utf-8")
TEXT, SHAPE = 4.5, 3.0
SURFACES = ("page", "surface", "sunken")
STATES = ("ok", "warn", "error", "info")

PAIRS = [
    *[(TEXT, "text", back) for back in (*SURFACES, "primary-tint", "accent-tint", "tag-tint")],
    *[(TEXT, "text", f"{state}-tint") for state in STATES],
    *[(TEXT, "text-soft", back) for back in (*SURFACES, "primary-tint", "tag-tint")],
    *[(TEXT, "link", back) for back in (*SURFACES, "primary-tint")],
    *[(TEXT, "accent", back) for back in ("page", "surface", "accent-tint")],
    *[(TEXT, state, back) for state in STATES for back in ("surface", "page", f"{state}-tint")],
    (TEXT, "on-primary", "primary"),
    (TEXT, "on-primary", "primary-hover"),
    (TEXT, "on-accent", "accent"),
    (TEXT, "on-tag", "tag"),
    (TEXT, "tag-soft", "tag"),
    *[(SHAPE, "line-strong", back) for back in SURFACES],
    *[(SHAPE, "focus", back) for back in ("page", "surface", "primary", "tag")],
    *[(SHAPE, "primary", back) for back in ("page", "surface")],
    *[(SHAPE, mark, "surface") for mark in ("data-1", "data-3", "data-4", "data-line")],
]


def block(selector: str) -> dict[str, str]:
    """The colours that a rule of the token sheet sets."""
    body = TOKENS[TOKENS.index(selector + " {") :].split("{", 1)[1].split("}", 1)[0]
    return dict(re.findall(r"--([\w-]+):\s*(#[0-9A-Fa-f]{6})", body))


LIGHT = block(":root")
DARK = block(':root[data-theme="dark"]')
THEMES = {"light": LIGHT, "dark": LIGHT | DARK, "high": LIGHT | block(':root[data-contrast="high"]')}


def luminance(colour: str) -> float:
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio of WCAG 2.2, 1 to 21."""
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def missing(colours: dict[str, str]) -> list[str]:
    """The pairs that cannot be told apart; a focus ring may count on its halo."""
    found = []
    for need, front, back in PAIRS:
        best = contrast(colours[front], colours[back])
        if front == "focus":
            best = max(best, contrast(colours["focus-halo"], colours[back]))
        if best < need:
            found.append(f"{front} on {back}: {best:.2f}, not {need}")
    return found


@pytest.mark.parametrize("theme", THEMES)
def test_every_pair_of_colours_can_be_read(theme: str) -> None:
    assert missing(THEMES[theme]) == []


def test_a_colour_that_is_too_pale_is_found() -> None:
    assert missing(LIGHT | {"text-soft": "#9AA39D"})


def test_black_on_white_is_twenty_one() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


def test_a_device_that_asks_for_dark_gets_the_same_dark() -> None:
    assert block(':root[data-theme="auto"]') == DARK


def test_raw_colours_stand_only_among_the_tokens_and_on_paper() -> None:
    for path in (ROOT / "static" / "css").glob("*.css"):
        if path.stem not in {"tokens", "labels", "print"}:
            colours = re.findall(r"#(?:[0-9a-fA-F]{6}|[0-9a-fA-F]{3})\b", path.read_text(encoding="utf-8"))
            assert set(colours) <= {"#000"}, f"{path.name} writes {colours}; #000 is only the shape of a mask"
