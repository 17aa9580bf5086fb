"""What the commands say to whoever brings a workshop back: what came back, what did not, what to do next."""

from __future__ import annotations

from collections.abc import Iterator

from workshop.backups.restoring import Restored
from workshop.core import clock
from workshop.core.i18n import _, ngettext


def after_restore(came: Restored) -> Iterator[str]:
    """The report of a restore, line by line."""
    when = clock.day_and_clock(came.said.began)
    yield _("Værkstedet er, som det var %(when)s. Det, der skete senere, er ikke med.", when=when)
    yield ngettext("%(num)s række er hentet.", "%(num)s rækker er hentet.", sum(came.said.rows.values()))
    if came.aside:
        yield _("De gamle data ligger i %(where)s.", where=came.aside)
        yield _("Slet dem, når I er sikre: de er persondata.")
    yield _("Alle er logget ud. Links til ny adgangskode, invitationer og koder til telefoner er lukket.")
    if came.keys_destroyed_again:
        yield ngettext(
            "%(num)s nøgle, der var slettet siden, er slettet igen.",
            "%(num)s nøgler, der var slettet siden, er slettet igen.",
            came.keys_destroyed_again,
        )
    if came.held_mails:
        yield ngettext(
            "%(num)s mail venter på dig. Den kan være sendt før: se efter, og skriv: vaerksted release-mails",
            "%(num)s mails venter på dig. De kan være sendt før: se efter, og skriv: vaerksted release-mails",
            came.held_mails,
        )
    if came.said.missing_photos:
        count = len(came.said.missing_photos)
        yield ngettext(
            "%(num)s fotofil var væk, allerede før kopien blev taget.",
            "%(num)s fotofiler var væk, allerede før kopien blev taget.",
            count,
        )
    yield _("Gør nu dette, før I åbner:")
    yield from (f"  {each}" for each in _next(came))


def _next(came: Restored) -> Iterator[str]:
    if came.said.engine == "postgresql":
        yield _("vaerksted grants --apply – giv rollerne i databasen deres rettigheder igen")
    yield _("vaerksted stock-check – stemmer lageret?")
    yield _("vaerksted photos-check – er alle fotos der?")
    yield _("vaerksted log verify – hænger loggen sammen?")
    yield _("start webserver og arbejder, og skriv: vaerksted reconcile – hvem har betalt siden kopien?")
    yield _("se efter, om nogen er stoppet, eller en tablet er lukket, siden kopien. De er åbne igen.")
    yield _("bed medarbejderne lave nye koder på papir. En kode, der er brugt siden kopien, virker igen.")
