"""Rules of the workshop's own labels: none is kept that cannot work."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import Session

from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.labels.designs import rules
from workshop.labels.designs.rules import Design
from workshop.labels.models import LabelDesign


def add_design(session: Session, design: Design) -> LabelDesign:
    """Keep a new layout.

    Raises Refusal when it cannot work or its name is taken.
    """
    kept = LabelDesign(name=design.name)
    _fill(session, kept, design)
    session.add(kept)
    session.flush()
    return kept


def change_design(session: Session, kept: LabelDesign, design: Design, *, version: int) -> None:
    """Change a layout; jobs made with it before keep the one they were made with. `version` is the one seen.

    Raises Refusal when it cannot work, its name is taken, or somebody changed it meanwhile.
    """
    if kept.version != version:
        raise Refusal(changed_meanwhile())
    _fill(session, kept, design)
    session.flush()


def use_design(session: Session, kept: LabelDesign, *, is_used: bool) -> None:
    """Take a layout out of use, or into it again."""
    kept.is_used = is_used
    session.flush()


def changed_meanwhile() -> str:
    """What is said to the one who was second."""
    return _("Layoutet er ændret i et andet vindue. Åbn det igen fra listen, og ret det der.")


def _fill(session: Session, kept: LabelDesign, design: Design) -> None:
    if not design.name:
        raise Refusal(_("Giv layoutet et navn."))
    found = rules.problems(design)
    if found:
        raise Refusal(" ".join(found))
    with session.no_autoflush:
        same = session.scalar(sa.select(LabelDesign.id).where(sa.func.lower(LabelDesign.name) == design.name.lower()))
    if same is not None and same != kept.id:
        raise Refusal(_("Der er allerede et layout, der hedder %(name)s. Giv det et andet navn.", name=design.name))
    for name, value in design.to_json().items():
        setattr(kept, name, value)
