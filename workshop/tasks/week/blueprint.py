"""The blueprint of the week board; each noun has its own file."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("week", __name__, url_prefix="/personale/uge")
