"""Every table of the house in one place, for migrations and tests; nothing else imports this."""

from __future__ import annotations

import shop.orders.asking.models
import shop.orders.house.models
import shop.orders.making.models
import shop.orders.models
import shop.orders.withdrawing.models
import shop.payments.models
import shop.till.models
import workshop.accounts.models
import workshop.backups.models
import workshop.citizens.models
import workshop.core.audit
import workshop.core.house_rules
import workshop.core.identity
import workshop.core.mail
import workshop.labels.models
import workshop.logbook.models
import workshop.production.canteen.models
import workshop.production.models
import workshop.production.repairs.models
import workshop.production.routines.models
import workshop.production.types.models
import workshop.products.models
import workshop.progression.cards.models
import workshop.progression.models
import workshop.progression.proofs.models
import workshop.sealed.models
import workshop.services.billing.models
import workshop.services.jobs.models
import workshop.services.models
import workshop.services.requests.models
import workshop.services.snow.models
import workshop.services.visits.models
import workshop.tasks.activities.models
import workshop.tasks.helping.models
import workshop.tasks.models
import workshop.tasks.permits.models
import workshop.tasks.remarks.models
import workshop.tasks.unrecorded.models
import workshop.tasks.wishing.models
from workshop.core.db import Base

__all__ = ["Base", "shop", "workshop"]
