"""What is sealed opens with its own key, for what it is about, and in no other way."""

from __future__ import annotations

import pytest

from workshop.core import vault
from workshop.core.vault import CannotOpen

pytestmark = pytest.mark.once
TEXT = "Har brug for at sidde ned hver halve time. Æ, ø og å."


def test_what_is_sealed_opens_again_and_can_be_read_by_nobody_else() -> None:
    key = vault.new_key()
    sealed = vault.seal(key, TEXT, "accommodation:7")
    assert vault.open_sealed([key], sealed, "accommodation:7") == TEXT
    assert "sidde" not in sealed
    assert vault.seal(key, TEXT, "accommodation:7") != sealed  # the same text twice does not look the same


def test_another_key_another_row_or_a_changed_letter_opens_nothing() -> None:
    key = vault.new_key()
    sealed = vault.seal(key, TEXT, "accommodation:7")
    middle = len(sealed) // 2
    changed = sealed[:middle] + ("A" if sealed[middle] != "A" else "B") + sealed[middle + 1 :]
    for keys, text, about in (
        ([vault.new_key()], sealed, "accommodation:7"),
        ([], sealed, "accommodation:7"),
        ([key], sealed, "accommodation:8"),
        ([key], changed, "accommodation:7"),
        ([key], sealed[:-4], "accommodation:7"),
        ([key], vault.name_of(key) + ".%%%", "accommodation:7"),
        ([key], vault.name_of(key), "accommodation:7"),
        ([key], "", "accommodation:7"),
    ):
        with pytest.raises(CannotOpen):
            vault.open_sealed(keys, text, about)


def test_an_older_key_still_opens_what_it_sealed() -> None:
    old, new = vault.new_key(), vault.new_key()
    sealed = vault.seal(old, TEXT, "a")
    assert vault.open_sealed([new, old], sealed, "a") == TEXT


def test_a_key_is_32_bytes_written_in_base64url() -> None:
    key = vault.new_key()
    assert vault.key_of(vault.as_setting(key)) == key
    for wrong in ("", "A" * 42, "not a key", "ø" * 43):
        with pytest.raises(ValueError):  # noqa: PT011 — whatever is wrong with it, the setting is refused
            vault.key_of(wrong)
