"""The blueprint of withdrawals, refunds and complaints; its pages stand in public, own, desk, money and pictures."""

from __future__ import annotations

from flask import Blueprint

blueprint = Blueprint("withdrawing", __name__)
