"""The two marks staff set on a person's part of a task: how much support there was and how well it went."""

from enum import StrEnum

from workshop.core.i18n import _


class Support(StrEnum):
    """How much support a person had in a task; own aids (a special chair, glasses) are no support.

    Source: domain D2 "Record". S0 is alone, S4 is tried or watched.
    """

    S0 = "S0"
    S1 = "S1"
    S2 = "S2"
    S3 = "S3"
    S4 = "S4"

    @property
    def label(self) -> str:
        """The word on the button that staff press."""
        return {
            Support.S0: _("Alene"),
            Support.S1: _("Huskekort"),
            Support.S2: _("Vejledt"),
            Support.S3: _("Side om side"),
            Support.S4: _("Prøvede"),
        }[self]


class Quality(StrEnum):
    """How well the piece of work went, held against the anchors of its task type.

    Source: domain D2 "Record". Q0 must be done again, Q1 is usable after fixing, Q2 is fine, Q3 is better than asked.
    """

    Q0 = "Q0"
    Q1 = "Q1"
    Q2 = "Q2"
    Q3 = "Q3"

    @property
    def label(self) -> str:
        """The word on the button that staff press."""
        return {
            Quality.Q0: _("Gøres om"),
            Quality.Q1: _("Rettes til"),
            Quality.Q2: _("I orden"),
            Quality.Q3: _("Bedre"),
        }[self]
