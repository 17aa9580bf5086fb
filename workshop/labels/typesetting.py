r"""The typesetter of labels: one for the process, fed with JSON, told to forget what large jobs leave behind.

Text reaches typst as JSON data and is never pasted into its source: a name full of `#` and `\` is a name.
"""

from __future__ import annotations

import ctypes
import functools
import json
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from workshop.core.print_fonts import font_folders

if TYPE_CHECKING:
    import typst

_LARGE_JOB = 100
_M_ARENA_MAX = -8  # of <malloc.h>
_lock = threading.Lock()


def typeset(
    source: Path, data: dict[str, Any], kind: Literal["pdf", "svg", "png"], ppi: float | None = None, size: int = 1
) -> bytes:
    """A document from a source beside this file and its data; `size` is how many labels are in it.

    A PDF is tagged (PDF/UA-1) and has the same bytes for the same data.
    """
    # ASCII alone, or Python would keep a second copy of it as UTF-8 beside the one that typst gets.
    said = json.dumps(data, separators=(",", ":"))
    del data  # of a large job it is some megabytes, and typst reads the copy
    with _lock:  # the compiler keeps its inputs between calls, so two threads must not share it at once
        made = _compiler().compile(
            source.read_bytes(),
            format=kind,
            ppi=ppi,
            sys_inputs={"data": said},
            pdf_standards=["ua-1"] if kind == "pdf" else [],
            timestamp=0,
        )
        if size > _LARGE_JOB:
            _forget()
    if not isinstance(made, bytes):
        raise TypeError(f"typst gave {type(made).__name__} for {kind}, not one file")
    return made


def ask(source: str, data: dict[str, Any]) -> Any:
    """The value a small document puts under the label `<answer>`."""
    # Imported here because only printing needs it, and the library takes 81 MB on disk and 7 MB in memory.
    import typst

    asked = typst.Compiler(input=source.encode(), font_paths=_fonts(), sys_inputs={"data": json.dumps(data)})
    return json.loads(asked.query("<answer>", field="value", one=True))


def _forget() -> None:
    """Let typst drop what it remembers of a large job.

    It forgets what the last ten compilations did not use, and offers no other way; eleven empty ones cost 10 to 100 ms.
    What was forgotten then goes back to the machine, 50 MB of a thousand labels; glibc alone would keep it.
    """
    for turn in range(11):
        _compiler().compile(f"#set page(width: 1mm, height: 1mm + {turn}pt)".encode(), format="svg", sys_inputs={})
    _libc("malloc_trim", 0)


def _share_one_arena() -> None:
    """Let the threads typst starts take memory where the others do.

    glibc gives each thread a heap of its own, and what is free in one is no use to another: now and then a large job
    took 14 MB more for it.
    """
    _libc("mallopt", _M_ARENA_MAX, 1)


def _libc(name: str, *values: int) -> None:
    """Ask glibc for something that others do not know and need not do."""
    function = getattr(ctypes.CDLL(None), name, None) if os.name == "posix" else None
    if function is not None:
        function(*values)


@functools.cache
def _compiler() -> typst.Compiler:
    """The one compiler of the process: it keeps fonts and source, so a repeated job costs a third."""
    # Imported here for the reason given in `ask`.
    import typst

    return typst.Compiler(font_paths=_fonts())


@functools.cache
def _fonts() -> typst.Fonts:
    os.environ.setdefault("RAYON_NUM_THREADS", "1")  # read when typst starts its first; fewer threads, fewer heaps
    _share_one_arena()
    # Imported here for the reason given in `ask`.
    import typst

    return typst.Fonts(
        include_system_fonts=False,
        include_embedded_fonts=False,
        font_paths=[str(folder) for folder in font_folders()],
    )
