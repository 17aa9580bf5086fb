"""A forecast as a weather service publishes it over EDR: a point, hourly, CoverageJSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

FIRST = datetime(2027, 1, 12, 18, 0, tzinfo=UTC)


def forecast(
    values: Sequence[float | None],
    *,
    first: datetime = FIRST,
    name: str = "snow-depth",
    unit: Any = "m",
    standard_name: str = "surface_snow_thickness",
    **changes: Any,
) -> dict[str, Any]:
    """One parameter over time at Helsinge; other names and units where a test gives them."""
    times = [(first + timedelta(hours=hour)).isoformat().replace("+00:00", ".000Z") for hour in range(len(values))]
    return {
        "type": "Coverage",
        "title": {"en": "Grid Feature"},
        "domain": {
            "type": "Domain",
            "domainType": "PointSeries",
            "axes": {"x": {"values": [12.197]}, "y": {"values": [56.022]}, "t": {"values": times}},
            "referencing": [
                {"coordinates": ["x", "y"], "system": {"type": "GeographicCRS", "id": "EPSG:4326"}},
                {"coordinates": ["t"], "system": {"type": "TemporalRS", "calendar": "Gregorian"}},
            ],
        },
        "parameters": {
            "temperature-2m": {
                "type": "Parameter",
                "unit": {"symbol": {"value": "K", "type": "http://www.opengis.net/def/uom/UCUM/"}},
                "observedProperty": {"id": "temperature-2m", "label": {"en": "Temperature"}},
            },
            name: {
                "type": "Parameter",
                "description": {"en": "Snow depth"},
                "unit": {"symbol": {"value": unit, "type": "http://www.opengis.net/def/uom/UCUM/"}},
                "observedProperty": {
                    "id": f"https://vocab.nerc.ac.uk/standard_name/{standard_name}/",
                    "label": {"en": "Snow depth"},
                },
            },
        },
        "ranges": {
            "temperature-2m": _array([271.3] * len(values)),
            name: _array(list(values)),
        },
        **changes,
    }


def text(values: Sequence[float | None], **changes: Any) -> str:
    """The same as a file."""
    return json.dumps(forecast(values, **changes))


def _array(values: list[Any]) -> dict[str, Any]:
    shape = [len(values), 1, 1]
    return {"type": "NdArray", "dataType": "float", "axisNames": ["t", "y", "x"], "shape": shape, "values": values}
