"""How a rule says no.

A `Refusal` is a sentence a person can act on; one handler turns it into a page. Bad input is not an error: the form
comes back with what was typed. Everything else is a bug.
"""

from __future__ import annotations


class Refusal(Exception):  # noqa: N818 — a refusal is not an error, it is an answer
    """A rule said no; `sentence` is shown to the person as it stands (409)."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class NotHere(Exception):  # noqa: N818 — see above
    """Not there, or not yours: the same page for both (404)."""


class Forbidden(Exception):  # noqa: N818 — see above
    """Signed in, but not allowed to do this (403)."""


class ConfigurationError(Exception):
    """The program cannot start as it is set up; the message says what to set."""
