"""What price labels cost: CPU ms and bytes a label, and the most memory a job takes. One job, one process.

Beside it, taken in turns, WeasyPrint with one HTML document per label. It is no dependency of ours: it is found in this
environment, or in the one whose interpreter `WEASYPRINT_PYTHON` names (it needs weasyprint, qrcode and pillow).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.measuring import in_own_process, peak_mb, table
from workshop.labels.pdf import PriceLabel, render_price_labels
from workshop.labels.sheet import SheetProduct
from workshop.products.qr import make_qr, new_token

JOBS = (21, 210, 1_000)
PEER_LABELS = 105  # it is slow, and its cost a label does not depend on how many there are
SHEET = SheetProduct(
    key="a4_3x7",
    name="A4, 21 mærker",
    page="A4",
    columns=3,
    rows=7,
    label_w_mm=Decimal("63.5"),
    label_h_mm=Decimal("38.1"),
    margin_top_mm=Decimal("15.15"),
    margin_left_mm=Decimal("7.25"),
    pitch_x_mm=Decimal("66.0"),
    pitch_y_mm=Decimal("38.1"),
)


def run(rounds: int) -> dict[str, Any]:
    """Each size `rounds` times and the peer, taken in turns; the job with the median time speaks for its size."""
    told: dict[int, list[dict[str, Any]]] = {count: [] for count in JOBS}
    peers: list[dict[str, Any]] = []
    why = ""
    for _round in range(rounds):
        for count in JOBS:
            told[count].append(in_own_process("benchmarks.labels", str(count)))
        if not why:
            peer, why = _peer()
            peers += [] if peer is None else [peer]
    jobs = {str(count): sorted(each, key=lambda job: job["ms_a_label"])[rounds // 2] for count, each in told.items()}
    warm = statistics.median(job["warm_ms"] for each in told.values() for job in each)
    found: dict[str, Any] = {"jobs": jobs, "one_warm_ms": round(warm, 2), "peer": None, "peer_missing": why}
    if peers:
        found["peer"] = sorted(peers, key=lambda job: job["ms_a_label"])[len(peers) // 2]
        found["times_cheaper"] = round(found["peer"]["ms_a_label"] / jobs[str(JOBS[-1])]["ms_a_label"], 1)
    return found


def show(result: dict[str, Any]) -> str:
    """The figures as a table, and what they are beside the peer's."""
    rows = [
        (count, f"{job['ms_a_label']:.2f}", f"{1e3 / job['ms_a_label']:,.0f}", job["bytes_a_label"], job["peak_mb"])
        for count, job in result["jobs"].items()
    ]
    peer = result["peer"]
    if peer is not None:
        rows.append(
            ("WeasyPrint", f"{peer['ms_a_label']:.2f}", f"{1e3 / peer['ms_a_label']:,.0f}", peer["bytes_a_label"], "-")
        )
    lines = [table(rows, ("labels in a job", "CPU ms a label", "labels a CPU s", "bytes a label", "peak MB"))]
    lines.append(f"One label, warm: {result['one_warm_ms']:.1f} CPU ms.")
    if peer is None:
        lines.append(f"NOT COMPARED WITH WEASYPRINT: {result['peer_missing']}")
    else:
        lines.append(f"{result['times_cheaper']:.0f} times cheaper than WeasyPrint with one HTML per label.")
    return "\n".join(lines)


def one_job(count: int) -> dict[str, Any]:
    """Make one job of `count` different labels, after a first small one that loads fonts and engine; then one more."""
    labels = [_label(number) for number in range(1001, 1001 + count)]
    render_price_labels(labels[:1], SHEET)
    started = time.process_time()
    pdf = render_price_labels(labels, SHEET)
    taken = time.process_time() - started
    peak = peak_mb()
    label = _label(9_000)
    started = time.process_time()
    render_price_labels([label], SHEET)
    return {
        "ms_a_label": round(taken / count * 1e3, 4),
        "bytes_a_label": round(len(pdf) / count),
        "peak_mb": round(peak),
        "warm_ms": (time.process_time() - started) * 1e3,
    }


def _peer() -> tuple[dict[str, Any] | None, str]:
    """The peer's figures, or why there are none."""
    python = os.environ.get("WEASYPRINT_PYTHON", sys.executable)
    command = [python, str(Path(__file__).with_name("label_peer.py")), str(PEER_LABELS)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        last = (done.stderr.strip().splitlines() or ["it ended without a word"])[-1]
        return None, f"{last} (WEASYPRINT_PYTHON can name an interpreter that has it)"
    told: dict[str, Any] = json.loads(done.stdout.strip().splitlines()[-1])
    return told, ""


def _label(number: int) -> PriceLabel:
    code = make_qr(f"https://butik.example/q/{new_token()}")  # an item carries its code, so this is not timed
    return PriceLabel(
        number=number,
        title=f"Havebænk i lærk nr. {number}",
        info=("Lærk fra Gribskov.", "Giv den olie hvert forår."),
        price_text=f"1.{number % 900 + 100} kr.",
        before_text=None,
        qr_path=code.path,
        qr_side=code.side,
        workshop_name="Værkstedet i Helsinge",
    )


if __name__ == "__main__":
    print(json.dumps(one_job(int(sys.argv[1]))))
