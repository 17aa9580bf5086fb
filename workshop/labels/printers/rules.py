"""What a printer may be: near, of a kind we can speak to, and put right by a few millimetres at most. Pure rules."""

from __future__ import annotations

import importlib.util
import ipaddress
import re
from collections.abc import Iterator
from decimal import Decimal
from typing import Literal

from workshop.core.i18n import _

USUAL_PORT = 9100  # where label printers listen for what is to be printed
MOST_OFFSET = 1000  # hundredths of a millimetre to each side
ZEBRA_DENSITIES = (203, 300, 600)
BROTHER_DENSITY = 300
# Those of the QL family that have a network plug or radio.
BROTHER_MODELS = (
    "QL-820NWB",
    "QL-810W",
    "QL-580N",
    "QL-710W",
    "QL-720NW",
    "QL-1060N",
    "QL-1110NWB",
    "QL-1115NWB",
)
# What became of a job on its way, as it is kept.
SENDING, SENDING_AGAIN = "sending", "sending_again"
NO_ANSWER, BROKE_OFF, TOO_FAR, CANNOT = "no_answer", "broke_off", "too_far", "cannot"
_NAME = re.compile(r"(?=.{1,80}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?")
_PLACE = re.compile(r"(?:\[(?P<six>[0-9a-fA-F:.]+)\]|(?P<host>[^\[\]:/\s]+))(?::(?P<port>[0-9]{1,5}))?")


def address(text: str) -> str:
    """A printer's address as it is kept, `host:port`; the usual port when none was written.

    Raises ValueError with a sentence for what is no address, or is one outside the house.
    """
    found = _PLACE.fullmatch(text.strip())
    if found is None:
        raise ValueError(_("Skriv printerens adresse, for eksempel 192.168.1.40 eller zebra.local:9100."))
    port = int(found["port"] or USUAL_PORT)
    if not 1 <= port <= 65_535:
        raise ValueError(_("Porten er et tal fra 1 til 65535. De fleste printere bruger 9100."))
    host = (found["six"] or found["host"]).lower()
    if _is_number(host):
        if not is_near(host):
            raise ValueError(_("Adressen ligger uden for huset. En printer står på husets eget net, fx 192.168.1.40."))
    elif found["six"] or not _NAME.fullmatch(host):
        raise ValueError(_("Skriv printerens adresse, for eksempel 192.168.1.40 eller zebra.local:9100."))
    return f"[{host}]:{port}" if found["six"] else f"{host}:{port}"


def host_and_port(kept: str) -> tuple[str, int]:
    """The two halves of a kept address."""
    host, _colon, port = kept.rpartition(":")
    return host.strip("[]"), int(port)


def is_near(number: str) -> bool:
    """Whether an IP address is on the house's own net: private, link-local or this very machine."""
    ip = ipaddress.ip_address(number)
    if isinstance(ip, ipaddress.IPv6Address) and ip.ipv4_mapped is not None:
        ip = ip.ipv4_mapped
    if ip.is_unspecified or ip.is_multicast or (ip.version == 4 and ip.is_reserved):
        return False
    return ip.is_private or ip.is_link_local or ip.is_loopback


def has_brother() -> bool:
    """Whether the extra that speaks to Brother printers is installed."""
    return importlib.util.find_spec("brother_ql") is not None


def problems(
    *, way: Literal["browser", "zpl", "brother"], address: str, model: str, density: int, usual_page: str | None
) -> Iterator[tuple[str, str]]:
    """What is wrong with a printer as (field, sentence); nothing when a job can be sent to it."""
    if way == "browser":
        return
    if not address:
        yield "address", _("Skriv printerens adresse. Den står i printerens menu under netværk.")
    if usual_page == "A4":
        yield "sheet", _("En etiketprinter printer kun på ruller. Vælg en rulle.")
    if way == "zpl" and density not in ZEBRA_DENSITIES:
        yield "dots_per_inch", _("Vælg 203, 300 eller 600 punkter.")
    if way == "brother" and model not in BROTHER_MODELS:
        yield "model", _("Vælg printerens model. Den står på printeren.")
    if way == "brother" and not has_brother():
        yield "way", brother_missing()


def brother_missing() -> str:
    """What is said where the extra is not installed."""
    return _(
        "Programmet kan ikke tale med Brother-printere endnu. Bed den, der passer systemet, om at installere "
        "tilvalget “brother”."
    )


def offset_problem(offset_x: int, offset_y: int) -> str | None:
    """Why a printer cannot be put right that far; hundredths of a millimetre."""
    if max(abs(offset_x), abs(offset_y)) > MOST_OFFSET:
        return _("Det er over 10 mm i alt. Så ligger papiret forkert i printeren, eller der er målt forkert.")
    return None


def cross_at(page: str) -> int:
    """How far in from the left and the upper edge the first cross of a calibration sheet stands; hundredths of a mm."""
    return 1500 if page == "A4" else 800


def correction_mm(offset_x: int, offset_y: int) -> tuple[Decimal, Decimal]:
    """How far everything is moved right and down, in mm, so that it lands where it should."""
    return Decimal(-offset_x) / 100, Decimal(-offset_y) / 100


def _is_number(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
