"""The work card as a PDF: the order, its steps and its cut list on A4, with a code that opens the order."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from workshop.core import clock, i18n
from workshop.core.i18n import _, ngettext
from workshop.core.print_fonts import printable
from workshop.labels.typesetting import typeset
from workshop.production import cutting as rules
from workshop.production.cards.queries import CardStep
from workshop.production.parts.queries import CutList
from workshop.production.types.queries import Picture
from workshop.products.qr import make_qr, qr_svg

_SOURCE = Path(__file__).with_name("work_card.typ")
MOST_SKETCHES = 2


def render_card(
    *,
    title: str,
    pieces: int,
    wanted: str = "",
    due_on: date | None,
    address: str,
    steps: Sequence[CardStep],
    cutting: CutList | None,
    sketches: Sequence[Picture] = (),
    read: Callable[[str], bytes | None] = lambda _file: None,
) -> bytes:
    """The work card of an order; `address` is what its code leads to, `read` gives the bytes of a picture's file.

    Raises ValueError for no absolute address.
    """
    code = make_qr(address)
    shown = [*sketches, *(step.picture for step in steps if step.picture)]
    read_once = {each.name: read(f"{each.name}-400.jpg") for each in dict.fromkeys(shown)}
    data: dict[str, Any] = {
        "lang": i18n.language(),
        "title": printable(title) or _("Ordre"),
        "about": [
            ngettext("%(num)s stk.", "%(num)s stk.", pieces),
            _("Færdig %(day)s", day=clock.day_text(due_on)) if due_on else _("Uden dag endnu"),
            *([printable(wanted)] if wanted else []),
        ],
        "code": qr_svg(code.path, code.side, _("Koden åbner ordren")),
        "code_alt": _("QR-kode, der åbner ordren"),
        "scan": _("Scan, og se ordren"),
        "steps_title": _("Trin"),
        "no_steps": _("Ordren har ingen trin."),
        "sketches": [_picture(each, read_once) for each in sketches if read_once[each.name]],
        "steps": [_step(step) | {"picture": _picture(step.picture, read_once)} for step in steps],
        "cutting": _cutting(cutting),
    }
    return typeset(_SOURCE, data, "pdf")


def _step(step: CardStep) -> dict[str, Any]:
    facts = [
        (_("Værktøj"), ", ".join(step.tools)),
        (_("Værn"), ", ".join(step.gear)),
        (_("Kræver"), ", ".join(permit[:1].lower() + permit[1:] for permit in step.permits)),
        (_("Regn med"), ", ".join(demand.lower() for demand in step.demands)),
        (_("I orden, når"), step.quality_ok),
    ]
    if step.is_instruction_required:
        facts.append((_("Husk"), _("Kun for dem, der er vist, hvordan det gøres sikkert.")))
    return {
        "title": printable(step.title),
        "place": printable(step.place),
        "done": _("Færdig") if step.is_done else "",
        "lines": [printable(line) for line in step.lines],
        "facts": [(name, printable(text)) for name, text in facts if text],
    }


def _picture(of: Picture | None, read: Mapping[str, bytes | None]) -> dict[str, Any] | None:
    """A picture as numbers, which is how bytes reach typst."""
    body = read[of.name] if of else None
    return {"bytes": list(body), "alt": printable(of.alt_text)} if of and body else None


def _cutting(cutting: CutList | None) -> dict[str, Any] | None:
    if cutting is None:
        return None
    return {
        "title": _("Skæreliste"),
        "problem": cutting.problem,
        "heads": [_("Del"), _("Antal"), _("Længde"), _("Materiale")],
        "rows": [
            (printable(cut.name), str(cut.pieces), _("%(mm)s mm", mm=cut.length_mm), printable(cut.material) or "–")
            for cut in cutting.cuts
        ],
        "amounts": [
            _(
                "%(material)s: %(metres)s, tag %(waste)s med spild",
                material=printable(amount.material) or _("Uden materiale"),
                metres=rules.metres(amount.metres),
                waste=rules.metres(amount.with_waste),
            )
            for amount in cutting.amounts
        ],
    }
