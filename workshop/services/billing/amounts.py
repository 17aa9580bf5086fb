"""How much is due for what was done: from what was agreed, to the øre."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

from workshop.core import clock
from workshop.core.errors import Refusal
from workshop.core.i18n import _
from workshop.core.money import STANDARD_RATE_PERCENT, vat_within
from workshop.products.models import VatScheme
from workshop.services.billing import periods
from workshop.services.billing.periods import Period, Run
from workshop.services.jobs.models import JobPause, JobState, ServiceJob
from workshop.services.jobs.rules import Rule, days
from workshop.services.prices.rules import half_up, per_unit_total
from workshop.services.requests.models import Billing, PriceBasis, Recurrence

MOST_MORE = Fraction(11, 10)  # of the agreed units; beyond it the customer is asked first


@dataclass(frozen=True)
class Agreed:
    """A job with what decides its periods: its last day as agreed, its pauses, and days by the rule kept anyway."""

    job: ServiceJob
    planned_end: date | None
    pauses: tuple[tuple[date, date], ...]
    kept: frozenset[date]

    @classmethod
    def of(
        cls, job: ServiceJob, quoted_end: date | None, pauses: Iterable[JobPause], kept: Iterable[date | None]
    ) -> Agreed:
        """From the rows."""
        return cls(
            job,
            quoted_end,
            tuple((pause.from_on, pause.to_on) for pause in pauses),
            frozenset(day for day in kept if day is not None),
        )

    def passed(self, today: date) -> list[Period]:
        """The months or seasons that are over and to be paid for."""
        find = periods.passed_months if self.job.billing is Billing.MONTHLY else periods.passed_seasons
        return [each for each in find(self._run(), today) if not is_cut_by_withdrawal(self.job, each)]

    def price_of(self, period: Period) -> int:
        """Øre, VAT included, half up."""
        return half_up(Fraction(self.job.total_ore * period.had, period.planned))

    def _run(self) -> Run:
        job = self.job
        rule = replace(Rule.of(job), ends_on=self.planned_end)  # as agreed: an early end is what is taken off
        return Run(
            starts_on=job.starts_on,
            planned_end=self.planned_end,
            end=last_day(job),
            season_from=job.season_from,
            season_to=job.season_to,
            pauses=self.pauses,
            days_by_rule=lambda first, last: [] if job.recurrence is Recurrence.ON_SNOW else days(rule, first, last),
            kept=self.kept,
        )


def is_by_visit(job: ServiceJob) -> bool:
    """Whether each visit is paid by itself; what is done once has no months."""
    return job.billing is Billing.PER_VISIT or job.recurrence is Recurrence.NONE


def last_day(job: ServiceJob) -> date | None:
    """The last day of an agreement as it came to be; None while it goes on without an end.

    Of one that was withdrawn from it is the day before: what was done in the period that it cut is a charge of its own.
    """
    found = [job.ends_on] if job.ends_on else []
    if job.ended_at is not None:
        ended_on = clock.local_day(job.ended_at)
        found.append(ended_on - periods.DAY if job.state is JobState.WITHDRAWN else ended_on)
    return min(found, default=None)


def is_cut_by_withdrawal(job: ServiceJob, period: Period) -> bool:
    """Whether this is the month or season somebody withdrew in: it is paid for by what was done, staff say how much."""
    return job.state is JobState.WITHDRAWN and period.to_on == last_day(job)


def of_visit(job: ServiceJob, units_done: Decimal | None) -> int:
    """The price of a visit that was made. Øre, VAT included.

    Raises Refusal for more than a tenth above what was agreed: then the customer is asked first.
    """
    if job.basis is PriceBasis.FIXED or units_done is None or job.unit_price_ore is None:
        return job.total_ore
    if Fraction(units_done) > Fraction(job.units) * MOST_MORE:
        raise Refusal(_("Det er over ti procent mere end aftalt. Giv kunden et nyt tilbud først."))
    return per_unit_total(job.total_ore, job.units, job.unit_price_ore, units_done)


def vat_of(amount_ore: int, scheme: VatScheme) -> int:
    """The VAT in it. Øre."""
    return vat_within(amount_ore, STANDARD_RATE_PERCENT) if scheme is VatScheme.STANDARD else 0


def day_of_visit(day: date | None, done_at: datetime | None, now: datetime) -> date:
    """The day a visit was made: by the clock when it was finished."""
    return clock.local_day(done_at) if done_at else day or clock.local_day(now)
