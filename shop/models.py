"""Every table of the house in one place, for migrations and tests; nothing else imports this."""

from __future__ import annotations

import shop.orders.models
import shop.payments.models
import workshop.accounts.models
import workshop.citizens.models
import workshop.core.audit
import workshop.core.mail
import workshop.labels.models
import workshop.production.models
import workshop.products.models
import workshop.progression.models
import workshop.services.models
import workshop.tasks.models
from workshop.core.db import Base

__all__ = ["Base", "shop", "workshop"]
