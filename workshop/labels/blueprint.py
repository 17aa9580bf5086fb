"""Where the pages about labels hang."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("labels", __name__, url_prefix="/personale/prismaerker")
