"""The five level names people use with each other, and when two views of a level are worth a talk."""

from collections.abc import Collection, Hashable

from workshop.core.i18n import _

HIGHEST_LEVEL = 4
HIGHEST_COMPUTED_LEVEL = 3
"""Level 4 is set by staff and citizen together and never computed (domain D2)."""

GAP_WORTH_A_TALK = 2


def level_names() -> tuple[str, ...]:
    """The names of levels 0 to 4 in the reader's language; none of them says that somebody cannot."""
    return (
        _("Ikke set endnu"),
        _("Er begyndt"),
        _("Kan med støtte"),
        _("Kan selv"),
        _("Kan selv i nye situationer / viser andre"),
    )


def level_name(level: int) -> str:
    """The name of one level, 0 to 4.

    Raises ValueError for any other number.
    """
    if not 0 <= level <= HIGHEST_LEVEL:
        raise ValueError(f"a level is 0 to {HIGHEST_LEVEL}, not {level}")
    return level_names()[level]


def is_gap_worth_a_talk(own_level: int | None, other_level: int | None) -> bool:
    """Whether the citizen's own view lies two levels or more from the other one ("tal om det").

    Both are 0 to 4, or None where nobody has said anything. They are held side by side, never averaged.
    Source: decisions 20.
    """
    if own_level is None or other_level is None:
        return False
    return abs(own_level - other_level) >= GAP_WORTH_A_TALK


def may_adopt_highest(adopted_before: int | None, task_types: Collection[Hashable], has_taught_others: bool) -> bool:
    """Whether staff and citizen may agree on level 4: after 3, with two task types or a time of teaching others.

    `task_types` are those in which the competence has been shown. Source: domain D2 "Level names".
    """
    if adopted_before is None or adopted_before < HIGHEST_COMPUTED_LEVEL:
        return False
    return has_taught_others or len(set(task_types)) >= 2
