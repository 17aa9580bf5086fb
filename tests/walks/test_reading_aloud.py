"""Read aloud: what the voice is handed, and in which language; without a voice there is no button."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect
from support.demo import Demo
from support.steps import enrol_tablet, sign_in

pytestmark = [pytest.mark.once, pytest.mark.browser, pytest.mark.xdist_group("browser")]


def voices(*languages: str) -> str:
    """Voices that say nothing and write down what they were asked to read, and in which language."""
    offered = ", ".join(f'{{ lang: "{each}" }}' for each in languages)
    return f"""
    window.read = [];
    window.SpeechSynthesisUtterance = class {{ constructor(text) {{ this.text = text; }} }};
    Object.defineProperty(window, "speechSynthesis", {{ value: {{
        speaking: false, cancel() {{ this.speaking = false; }}, getVoices: () => [{offered}],
        speak(speech) {{
            this.speaking = true;
            speech.onstart?.();
            read.push([speech.lang, speech.text, speech.voice.lang]);
        }},
    }} }});
    """


def in_language(page: Page, demo: Demo, code: str) -> None:
    """A tablet that speaks this language, in a workshop that has switched it on."""
    sign_in(page, demo, "admin")
    page.goto("/personale/indstillinger/regler")
    page.locator(f'input[name="languages"][value="{code}"]').check()
    page.get_by_role("button", name="Gem", exact=True).click()
    expect(page.get_by_text("Gemt. Det gælder fra nu af.")).to_be_visible()
    page.context.clear_cookies()
    enrol_tablet(page, demo)
    page.goto("/vaerksted/sprog")
    page.locator(f'button[value="{code}"]').click()
    page.wait_for_url("**/vaerksted")


def test_the_voice_is_handed_the_words_and_the_language(visit: Callable[..., Page], demo: Demo) -> None:
    page = visit(820, 1100)
    enrol_tablet(page, demo)
    page.add_init_script(voices("en-GB", "da-DK"))
    page.goto("/vaerksted/kode-hjaelp")
    button = page.get_by_role("button", name="Læs op")
    button.click()
    assert page.evaluate("read") == [["da", page.evaluate("read")[0][1], "da-DK"]]
    heading = page.get_by_role("heading").inner_text()
    assert page.evaluate("read")[0][1].startswith(heading)
    expect(page.get_by_role("button", name="Stop")).to_be_visible()
    page.get_by_role("button", name="Stop").click()
    expect(page.get_by_role("button", name="Læs op")).to_be_visible()
    assert len(page.evaluate("read")) == 1, "a second press is quiet"


def test_an_arabic_page_is_read_in_arabic_and_its_danish_in_danish(visit: Callable[..., Page], demo: Demo) -> None:
    page = visit(820, 1100)
    in_language(page, demo, "ar")
    page.add_init_script(voices("ar-SA", "da-DK"))
    page.goto("/vaerksted/kode-hjaelp")
    page.evaluate(
        "document.querySelector('main').insertAdjacentHTML('beforeend', '<p>مهام <bdi lang=da>Fej gulvet</bdi></p>')"
    )
    page.locator("[data-read-aloud]").click()
    read = page.evaluate("read")
    assert [language for language, _text, _voice in read] == ["ar", "da"]
    assert read[0][0] == "ar"
    assert read[0][2] == "ar-SA"
    assert "سنساعدك." in read[0][1]
    assert read[1] == ["da", "Fej gulvet.", "da-DK"]


def test_without_a_voice_for_the_language_there_is_no_button(visit: Callable[..., Page], demo: Demo) -> None:
    page = visit(820, 1100)
    in_language(page, demo, "ar")
    page.add_init_script(voices("da-DK"))
    page.goto("/vaerksted/kode-hjaelp")
    expect(page.locator("[data-read-aloud]")).to_be_hidden()
    page.goto("/vaerksted/sprog")
    page.locator('button[value="da"]').click()
    page.wait_for_url("**/vaerksted")
    page.goto("/vaerksted/kode-hjaelp")
    expect(page.locator("[data-read-aloud]")).to_be_visible()


def test_the_keypad_keeps_its_places_and_the_arrows_turn_with_the_page(visit: Callable[..., Page], demo: Demo) -> None:
    page = visit(820, 1100)
    in_language(page, demo, "ar")
    page.locator(".tile--face").first.click()
    one, three = (page.get_by_role("button", name=digit, exact=True).bounding_box() for digit in "13")
    assert one
    assert three
    assert one["x"] < three["x"]
    back = page.locator(".kiosk-head .pikto--way").first
    assert back.evaluate("each => getComputedStyle(each).transform") == "matrix(-1, 0, 0, 1, 0, 0)"
