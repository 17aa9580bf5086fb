"""The common way to make labels, to compare with: WeasyPrint, one HTML document per label, its code as a PNG.

Runs on its own: `python label_peer.py 105` with an interpreter that has weasyprint, qrcode and pillow.
"""

from __future__ import annotations

import base64
import io
import json
import sys
import time
from typing import Any

_STYLE = (
    "@page{size:63.5mm 38.1mm;margin:0}body{margin:0;font:9pt sans-serif}.q{position:absolute;right:3mm;bottom:3mm;"
    "width:19mm}.t{position:absolute;left:3mm;top:3mm;width:38mm}b{display:block;font-size:11pt}i{font-size:20pt}"
)


def one_job(count: int) -> dict[str, Any]:
    """Make `count` labels, after a first one that loads fonts and engine."""
    _document(range(1))
    started = time.process_time()
    pdf = _document(range(count))
    return {
        "ms_a_label": round((time.process_time() - started) / count * 1e3, 4),
        "bytes_a_label": round(len(pdf) / count),
    }


def _document(numbers: range) -> bytes:
    # Imported here, so that asking for help does not need a library this project does without.
    from weasyprint import HTML  # type: ignore[import-not-found]  # no dependency of ours

    documents = [HTML(string=_page(number)).render() for number in numbers]
    pages = [page for document in documents for page in document.pages]
    made: bytes = documents[0].copy(pages).write_pdf()
    return made


def _page(number: int) -> str:
    # Imported here for the reason above.
    import qrcode

    picture = io.BytesIO()
    qrcode.make(f"https://butik.example/q/{number:010d}", error_correction=qrcode.ERROR_CORRECT_Q).save(picture)
    source = base64.b64encode(picture.getvalue()).decode()
    return (
        f"<html><head><style>{_STYLE}</style></head><body><div class=t>Nr. {1001 + number}<b>Havebænk i lærk nr. "
        f"{1001 + number}</b>Lærk fra Gribskov.<br>Giv den olie hvert forår.<br><i>1.{number % 900 + 100} kr.</i></div>"
        f'<img class=q src="data:image/png;base64,{source}"></body></html>'
    )


if __name__ == "__main__":
    print(json.dumps(one_job(int(sys.argv[1]))))
