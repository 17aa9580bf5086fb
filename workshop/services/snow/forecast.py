"""Snow out of a forecast in CoverageJSON, as weather services publish it over EDR. Pure: text in, hours out.

What is read is one parameter over time at one place or a few; of several places the deepest counts. A coverage tells
its own units. Water lying as snow (kg m-2, or metres of water) is taken as fresh snow, ten times as deep.
Source: the CoverageJSON 1.0 specification (Domain, Parameter, NdArray).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import product
from math import isfinite, prod
from typing import Any

from workshop.core.i18n import _

# The names it is looked for under, the best first: depth as it lies, then water that lies or falls as snow.
NAMES = (
    "snow-depth",
    "snow_depth",
    "surface_snow_thickness",
    "snow-depth-water-equivalent",
    "surface_snow_amount",
    "lwe_thickness_of_surface_snow_amount",
    "total-snow-precipitation",
    "snowfall_amount",
)
CENTIMETRES = {"m": Fraction(100), "cm": Fraction(1), "mm": Fraction(1, 10), "kg m-2": Fraction(1)}
SAME_UNIT = {
    "metre": "m",
    "meter": "m",
    "metres": "m",
    "meters": "m",
    "centimetre": "cm",
    "centimeter": "cm",
    "millimetre": "mm",
    "millimeter": "mm",
    "kgm-2": "kg m-2",
    "kg/m2": "kg m-2",
    "kg/m^2": "kg m-2",
    "kg m^-2": "kg m-2",
    "kg.m-2": "kg m-2",
    "kg m**-2": "kg m-2",
}
FRESH_SNOW = 10  # times as deep as its water
MOST_VALUES = 200_000
DEEPEST_CM = 500
NIGHT = timedelta(hours=12)


class BadForecast(ValueError):  # noqa: N818 — a verdict about a file, not a failure of ours
    """The file cannot be used; the sentence says why, for a person."""


@dataclass(frozen=True)
class Hour:
    """How deep snow lies at a moment, UTC."""

    at: datetime
    depth_cm: Fraction


@dataclass(frozen=True)
class Forecast:
    """What a file told: the hours that have a value, in order, and what they were read from."""

    parameter: str
    hours: tuple[Hour, ...]
    without_value: int


@dataclass(frozen=True)
class Snowfall:
    """Snow that comes: from when there is some, and how much in the twelve hours after. Whole centimetres."""

    from_at: datetime
    depth_cm: int


def read(text: str | bytes) -> Forecast:
    """The hours of a forecast. Raises BadForecast."""
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as problem:
        raise BadForecast(_("Filen er ikke en vejrudsigt: den kan ikke læses som JSON.")) from problem
    coverage, shared = _coverage(found)
    parameters = _mapping(coverage.get("parameters") or shared)
    ranges = _mapping(coverage.get("ranges"))
    name = _name(parameters, ranges)
    factor = _factor(name, _mapping(parameters.get(name)))
    times = _times(_mapping(_mapping(coverage.get("domain")).get("axes")))
    depths = _depths(_mapping(ranges[name]), len(times))
    hours = [Hour(at, value * factor) for at, value in zip(times, depths, strict=True) if value is not None]
    if not hours:
        raise BadForecast(_("Der er ingen tal for sne i filen."))
    if any(hour.depth_cm > DEEPEST_CM for hour in hours):
        raise BadForecast(_("Filen siger mere end fem meter sne. Se efter, om enheden er rigtig."))
    return Forecast(name, tuple(sorted(hours, key=lambda hour: hour.at)), len(times) - len(hours))


def coming(forecast: Forecast, least_cm: int, now: datetime, ahead: timedelta = timedelta(hours=36)) -> Snowfall | None:
    """The next snowfall worth an alarm: new snow of at least so many centimetres; None when there is none.

    Snow that lay before is not new: what counts is the rise above the lowest depth until then.
    """
    fresh = _fresh(forecast.hours)
    near = [(at, cm) for at, cm in fresh if now - timedelta(hours=1) <= at <= now + ahead]
    first = next((at for at, cm in near if cm >= least_cm), None)
    if first is None:
        return None
    return Snowfall(first, int(max(cm for at, cm in fresh if first <= at <= first + NIGHT)))


def _fresh(hours: Sequence[Hour]) -> list[tuple[datetime, Fraction]]:
    """How much deeper it lies than at its lowest until then."""
    lowest = hours[0].depth_cm
    fresh = []
    for hour in hours:
        lowest = min(lowest, hour.depth_cm)
        fresh.append((hour.at, hour.depth_cm - lowest))
    return fresh


def _coverage(found: Any) -> tuple[Mapping[str, Any], Any]:
    """The one coverage with its collection's shared parameters."""
    if not isinstance(found, dict) or found.get("type") not in {"Coverage", "CoverageCollection"}:
        raise BadForecast(_("Filen er ikke en vejrudsigt i CoverageJSON."))
    if found["type"] == "Coverage":
        return found, None
    inside = [each for each in _list(found.get("coverages")) if isinstance(each, dict)]
    if len(inside) != 1:
        raise BadForecast(_("Filen har %(num)s vejrudsigter. Den skal have én.", num=len(inside)))
    return inside[0], found.get("parameters")


def _name(parameters: Mapping[str, Any], ranges: Mapping[str, Any]) -> str:
    for name in (*NAMES, *sorted(parameters)):
        if name in ranges and name in parameters and (name in NAMES or _standard_name(parameters[name]) in NAMES):
            return name
    raise BadForecast(_("Der er ingen snedybde i filen. Bed om parameteren snow-depth."))


def _standard_name(parameter: Any) -> str:
    """The end of the observed property's own name: `…/standard_name/surface_snow_thickness`."""
    return str(_mapping(_mapping(parameter).get("observedProperty")).get("id", "")).rstrip("/").rpartition("/")[2]


def _factor(name: str, parameter: Mapping[str, Any]) -> Fraction:
    """What a value is multiplied by to be centimetres of snow."""
    unit = _mapping(parameter.get("unit"))
    symbol = unit.get("symbol")
    said = symbol.get("value") if isinstance(symbol, dict) else symbol
    said = said or next(iter(_mapping(unit.get("label")).values()), None) or ""
    written = " ".join(str(said).strip().split()).lower()
    known = SAME_UNIT.get(written, written)
    if known not in CENTIMETRES:
        raise BadForecast(
            _("Snedybden står i %(unit)s. Vi kan læse m, cm, mm og kg m-2.", unit=str(said)[:20] or _("ingen enhed"))
        )
    is_water = "water" in name or "lwe" in name or "lwe" in _standard_name(parameter)
    return CENTIMETRES[known] * (FRESH_SNOW if is_water and known != "kg m-2" else 1)


def _times(axes: Mapping[str, Any]) -> list[datetime]:
    values = _list(_mapping(axes.get("t")).get("values"))
    if not values:
        raise BadForecast(_("Der er ingen tider i filen."))
    return [_time(value) for value in values]


def _time(value: Any) -> datetime:
    try:
        moment = datetime.fromisoformat(str(value).replace("Z", "+00:00"))
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise BadForecast(_("Tiden %(time)s i filen kan ikke læses.", time=str(value)[:40]))
    return moment.astimezone(UTC)


def _depths(array: Mapping[str, Any], count: int) -> list[Fraction | None]:
    """One value for each time, the deepest of the places; None where no place has one."""
    values, names, shape = (_list(array.get(key)) for key in ("values", "axisNames", "shape"))
    if not names and len(values) == count:
        names, shape = ["t"], [count]
    if not _fits(names, shape, len(values), count):
        raise BadForecast(_("Tallene i filen passer ikke med tiderne."))
    here = names.index("t")
    found: list[Fraction | None] = [None] * count
    for place, value in zip(product(*(range(size) for size in shape)), values, strict=True):
        depth = _depth(value)
        before = found[place[here]]
        if depth is not None and (before is None or depth > before):
            found[place[here]] = depth
    return found


def _fits(names: list[Any], shape: list[Any], values: int, times: int) -> bool:
    is_sized = all(type(size) is int and size > 0 for size in shape) and len(names) == len(shape)
    return is_sized and "t" in names and shape[names.index("t")] == times and prod(shape) == values <= MOST_VALUES


def _depth(value: Any) -> Fraction | None:
    """A number, a hole, or less than nothing that a model's rounding leaves: taken as nothing."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value):
        raise BadForecast(_("Der står andet end tal for sne i filen."))
    return max(Fraction(0), Fraction(str(value)))


def _mapping(found: Any) -> Mapping[str, Any]:
    return found if isinstance(found, dict) else {}


def _list(found: Any) -> list[Any]:
    return found if isinstance(found, list) else []
