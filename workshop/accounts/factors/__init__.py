"""The second step of staff: a code app, passkeys, and codes on paper. What others need of it stands here."""

from __future__ import annotations

from workshop.accounts.factors.state import Factors, reset, state_of

__all__ = ["Factors", "reset", "state_of"]
