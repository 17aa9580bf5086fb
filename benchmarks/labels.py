"""What price labels cost: CPU ms and bytes a label, and the most memory a job takes. One job, one process."""

from __future__ import annotations

import json
import sys
import time
from decimal import Decimal
from typing import Any

from benchmarks.measuring import in_own_process, peak_mb, table
from workshop.labels.pdf import PriceLabel, render_price_labels
from workshop.labels.sheet import SheetProduct
from workshop.products.qr import make_qr, new_token

JOBS = (21, 210, 1_000)
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
    """Each size `rounds` times, taken in turns; the job with the median time speaks for its size."""
    told: dict[int, list[dict[str, Any]]] = {count: [] for count in JOBS}
    for _round in range(rounds):
        for count in JOBS:
            told[count].append(in_own_process("benchmarks.labels", str(count)))
    return {str(count): sorted(jobs, key=lambda job: job["ms_a_label"])[rounds // 2] for count, jobs in told.items()}


def show(result: dict[str, Any]) -> str:
    """The figures as a table."""
    rows = [
        (count, f"{job['ms_a_label']:.2f}", f"{1e3 / job['ms_a_label']:,.0f}", job["bytes_a_label"], job["peak_mb"])
        for count, job in result.items()
    ]
    return table(rows, ("labels in a job", "CPU ms a label", "labels a CPU s", "bytes a label", "peak MB"))


def one_job(count: int) -> dict[str, Any]:
    """Make one job of `count` different labels, after a first small one that loads fonts and engine."""
    labels = [_label(number) for number in range(1001, 1001 + count)]
    render_price_labels(labels[:1], SHEET)
    started = time.process_time()
    pdf = render_price_labels(labels, SHEET)
    taken = time.process_time() - started
    return {
        "ms_a_label": round(taken / count * 1e3, 4),
        "bytes_a_label": round(len(pdf) / count),
        "peak_mb": round(peak_mb()),
    }


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
