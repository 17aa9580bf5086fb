"""Imported by the server that racers are forked from: what SQLAlchemy works out at first use is worked out once."""

import shop.models  # noqa: F401 — every table there is
from workshop.core import db

db.Base.registry.configure()
