"""Five hundred texts that are commands somewhere: to a spreadsheet, a label printer, a typesetter, a browser, a mail.

Each holds a word of its own (`zq017k`), so that what comes out of the house can be looked through for it.
"""

from __future__ import annotations

import itertools
import random
from pathlib import Path

HOW_MANY = 500
SHAPES = (
    # A spreadsheet's formulas, in the signs that begin one.
    "={w}+1",
    "+{w}",
    "-{w}",
    "@SUM({w})",
    "\t={w}",
    "\r={w}",
    "＝{w}",
    "＠{w}",
    '=HYPERLINK("{u}","{w}")',
    '=cmd|" /C calc"!{w}',
    '=WEBSERVICE("{u}")&{w}',
    "'={w}",
    "{w};=1+1",
    "{w}\n=1+1",
    '"{w}",=1',
    "=1+1;{w}",
    # What label printers obey.
    "^XA^FD{w}^FS^XZ",
    "~JA{w}",
    "{w}^CC+",
    "\x10CT~~CD,~CC^~{w}",
    "~HS{w}",
    '{w}\nN\nA10,10,0,1,1,1,N,"x"\nP1',
    "\x1b@{w}",
    "\x1biS{w}",
    "^JUS^XA^ID*.*^FS{w}",
    "{w}\\&_5E",
    "! 0 200 200 210 1{w}",
    # Typst.
    '#read("{f}")#{w}',
    '#include "{f}" {w}',
    '#image("{u}"){w}',
    "{w}#panic()",
    "$ {w} $",
    "*{w}*_x_",
    "`{w}`",
    '#import "@preview/x:0.1.0"{w}',
    "\\{w}",
    "<{w}>@{w}",
    "= {w}",
    "#let x = {w}",
    "/{w}: x",
    "//{w}",
    "/*{w}",
    "[{w}]]]",
    # A page, a picture, an address.
    "<x-canary>{w}</x-canary>",
    "<script>fetch('{u}')</script>{w}",
    '"><img src={u} onerror=x>{w}',
    "<iframe src='{f}'>{w}",
    "{{{{7*7}}}}{w}",
    "{{% raw %}}{w}",
    "javascript:alert({w})",
    "{u}?{w}",
    "{f}#{w}",
    "file://{f}{w}",
    "</textarea>{w}",
    "&lt;{w}&amp;",
    "<!--{w}-->",
    "]]>{w}",
    "<?xml {w}?>",
    "&xxe;{w}",
    "<svg onload=x>{w}",
    "' OR 1=1 --{w}",
    "%({w})s %n %d",
    # Lines of a mail, a calendar, a log.
    "{w}\r\nBcc: a@evil.example",
    "{w}\nX-Injected: 1",
    "{w}\r\n\r\nbody",
    "{w}\r\nEND:VEVENT\r\nBEGIN:VALARM",
    "{w}\u2028X: 1",
    "{w}\x0bX: 1",
    "=?utf-8?q?{w}?=",
    "{w}\r\nContent-Type: text/html",
    '{w};x="y"',
    "{w}\x85Bcc: a",
    "{w}\x1b[31m",
    # Text that moves or hides other text.
    "\u202e{w}gpj",
    "\u2066{w}\u2069",
    "\u200f{w}",
    "{w}\u200b\u200d\ufeff",
    "Æ{w}ø\u0301å",
    "{w}مرحبا",
    "🪑{w}👨‍👩‍👧",
    "{w}\ufffd\ufffe",
    "\x07{w}\x08",
    "{w}\x7f",
    "{w}" + "\u0301" * 20,
    "{w}\U000e0041",
    "../../{w}",
    "C:\\{w}",
    "$HOME`id`{w}",
    "{w}\x1a",
)


def texts(seed: int, address: str, file: Path) -> list[str]:
    """All of them, the same for the same seed; `address` is one nobody may fetch, `file` one nobody may read."""
    chance = random.Random(seed)
    found = []
    for number, shape in enumerate(itertools.islice(itertools.cycle(SHAPES), HOW_MANY)):
        text = shape.format(w=word(number), u=address, f=file)
        if number >= len(SHAPES):  # the second time round: two of them, or one after another sign
            other = chance.choice(SHAPES).format(w="", u=address, f=file)
            text = chance.choice((f"{text} {other}", f"{text}{chance.choice('=+-@^~#<')}", f"{text[0]}{text}"))
        found.append(text)
    return found


def word(number: int) -> str:
    """What a text is known by."""
    return f"zq{number:03d}k"
