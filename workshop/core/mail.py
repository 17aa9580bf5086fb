"""Mail is an outbox row written with its cause, and sent by a sweep. A killed worker loses nothing.

Without a mail server the sweep writes files, which a staff page shows; that is how the demo works.
"""

from __future__ import annotations

import functools
import hashlib
import hmac
import re
import smtplib
from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from email import policy
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import parseaddr
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import unquote, urlsplit

import sqlalchemy as sa
import structlog
from sqlalchemy.orm import Mapped, Session, mapped_column

from workshop.core import crypto, db, identity
from workshop.core.config import Settings

log = structlog.get_logger()
CLAIM = timedelta(minutes=3)
LONGEST_WAIT = timedelta(minutes=15)  # a worker that runs takes a due mail within a minute
RETRY = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=3), timedelta(hours=12))


# What stands in a mail where a secret is to be. The two control characters cannot come from a person: `text.clean`
# takes them out of everything that is typed, so nobody can write one of these into a name or a message.
_PLACE = re.compile("\x02([^\x02\x03]{1,100})\x03")


class Attachment(NamedTuple):
    """A text that goes along with a mail; `kind` is its media type, `text/calendar`."""

    name: str
    kind: str
    text: str


class OutboxMail(db.Base):
    """A mail that is due, or was sent. Its key says what caused it, so a cause sends one mail."""

    __tablename__ = "outbox_mail"
    __table_args__ = db.W

    id: Mapped[int] = mapped_column(primary_key=True)
    public_id: Mapped[str] = mapped_column(sa.String(30), unique=True, default=crypto.new_public_id)
    key: Mapped[str] = mapped_column(sa.String(120), unique=True)
    recipient: Mapped[str] = mapped_column(sa.String(254))
    subject: Mapped[str] = mapped_column(sa.String(200))
    body: Mapped[str] = mapped_column(sa.Text)
    attachment_name: Mapped[str] = mapped_column(sa.String(120), default="")  # empty: none
    attachment_type: Mapped[str] = mapped_column(sa.String(60), default="")  # text/calendar
    attachment: Mapped[str] = mapped_column(sa.Text, default="")
    due_at: Mapped[datetime] = mapped_column(db.UtcDateTime, index=True)
    claimed_until: Mapped[datetime | None] = mapped_column(db.UtcDateTime)
    sent_at: Mapped[datetime | None] = mapped_column(db.UtcDateTime, index=True)
    attempts: Mapped[int] = mapped_column(default=0)


_MAIL = OutboxMail.__table__.c
_SENT = (
    sa.update(OutboxMail)
    .where(_MAIL.id == sa.bindparam("mail"))
    .values(sent_at=sa.bindparam("now", type_=db.UtcDateTime))
)
_NEXT = (
    sa.select(_MAIL.id)
    .where(_MAIL.sent_at.is_(None), _MAIL.due_at <= sa.bindparam("now"))
    .where(sa.or_(_MAIL.claimed_until.is_(None), _MAIL.claimed_until < sa.bindparam("now")))
    .where(_MAIL.key.like(sa.bindparam("about"), escape="\\"))
    .order_by(_MAIL.due_at, _MAIL.id)
    .limit(1)
    .with_for_update(skip_locked=True)
)
_CLAIMED = (
    sa.update(OutboxMail)
    .where(_MAIL.id == _NEXT.scalar_subquery())
    .values(claimed_until=sa.bindparam("until", type_=db.UtcDateTime), attempts=_MAIL.attempts + 1)
    .returning(*OutboxMail.__table__.c)
)
_LIKE_SIGNS = str.maketrans({"\\": "\\\\", "%": "\\%", "_": "\\_"})


def is_stuck(session: Session, now: datetime) -> bool:
    """Whether a mail has been due for so long that nobody can be sending mails."""
    late = sa.select(_MAIL.id).where(
        _MAIL.sent_at.is_(None),
        _MAIL.due_at < now - LONGEST_WAIT,
        sa.or_(_MAIL.claimed_until.is_(None), _MAIL.claimed_until < now),
    )
    return session.scalar(late.limit(1)) is not None


def queue(
    session: Session,
    *,
    key: str,
    recipient: str,
    subject: str,
    body: str,
    now: datetime,
    attachment: Attachment | None = None,
) -> None:
    """Write a mail to be sent; the same key a second time changes nothing."""
    due = {"key": key, "recipient": recipient, "subject": " ".join(subject.split()), "body": body, "due_at": now}
    beside = attachment or Attachment("", "", "")
    due |= {"attachment_name": beside.name, "attachment_type": beside.kind, "attachment": beside.text}
    db.add_unless_there(session, OutboxMail, due)


def secret_of(secret_key: str, label: str) -> str:
    """The secret that belongs to a label, `order-link:<public id>`: 256 bits, the same each time, kept nowhere."""
    mac = hmac.new(secret_key.encode(), label.encode(), hashlib.sha256)
    return urlsafe_b64encode(mac.digest()).decode().rstrip("=")


def place_for_secret(label: str) -> str:
    """What is written in a mail instead of a secret, so that none lies in the outbox."""
    return f"\x02{label}\x03"


def with_secrets(text: str, secret_key: str) -> str:
    """A mail as its reader gets it."""
    return _PLACE.sub(lambda place: secret_of(secret_key, place[1]), text)


def without_secrets(text: str) -> str:
    """A mail as anybody else may see it."""
    return _PLACE.sub("…", text)


def send_due(settings: Settings, now: datetime, *, about: str = "") -> int:
    """Send what is due; how many went out. Each mail is claimed first, so two workers send one copy.

    `about` sends only those whose key ends with it: the mails of one order.
    """
    deliver = _to_server(settings.smtp_url) if settings.smtp_url else _to_folder(settings.mails_dir)
    sent, delivered = 0, None
    while (mail := _claim(now, about, delivered)) is not None:
        delivered = None
        try:
            deliver(mail.public_id, _message(mail, settings))
        except (OSError, smtplib.SMTPException) as problem:
            log.warning("mail not sent", mail=mail.public_id, problem=type(problem).__name__)
            _put_back(mail.id, now)
            continue
        delivered = mail.id
        sent += 1
    return sent


def _claim(now: datetime, about: str, delivered: int | None) -> sa.Row[Any] | None:
    """The next mail that is due, kept from other workers; in the block that marks the `delivered` one as sent."""
    due = {"now": now, "until": now + CLAIM, "about": f"%{about.translate(_LIKE_SIGNS)}"}
    with db.transaction() as session:
        if delivered is not None:
            db.run(session, _SENT, {"mail": delivered, "now": now})
        return db.run(session, _CLAIMED, due).one_or_none()


def _put_back(mail_id: int, now: datetime) -> None:
    with db.transaction() as session:
        mail = session.get_one(OutboxMail, mail_id)
        mail.due_at = now + RETRY[min(mail.attempts, len(RETRY)) - 1]
        mail.claimed_until = None


def _message(mail: sa.Row[Any], settings: Settings) -> EmailMessage:
    message = EmailMessage()
    message["From"] = _sender(_named(settings))
    if identity.version():
        message["Reply-To"] = identity.current().email  # whatever address the mail server lets us write from
    message["To"] = mail.recipient
    message["Subject"] = mail.subject
    message["Date"] = mail.due_at
    host = urlsplit(settings.base_url).hostname
    message["Message-ID"] = f"<{mail.public_id}@{host}>"  # stays the same when a mail is sent again
    message.set_content(with_secrets(mail.body, settings.secret_key))
    if mail.attachment_name:
        _text, _slash, subtype = mail.attachment_type.partition("/")
        message.add_attachment(mail.attachment, subtype=subtype, filename=mail.attachment_name)
    return message


def _named(settings: Settings) -> str:
    """Where mails come from, with the name the workshop has now; as the settings have it until it has said one."""
    if not identity.version():
        return settings.mail_from
    who, address = identity.current(), parseaddr(settings.mail_from)[1]
    is_example = settings.mail_from == Settings.mail_from  # nobody has said where mails come from
    # A name may hold what means something in an address: `Address` quotes it.
    return str(Address(who.name, addr_spec=who.email if is_example and who.email.isascii() else address))


@functools.lru_cache(maxsize=4)  # the same in every mail, and reading an address is slow
def _sender(address: str) -> Any:
    return policy.default.header_factory("From", address)


def _to_folder(folder: Path) -> Callable[[str, EmailMessage], None]:
    def deliver(name: str, message: EmailMessage) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{name}.eml").write_bytes(bytes(message))

    return deliver


def _to_server(url: str) -> Callable[[str, EmailMessage], None]:
    parts = urlsplit(url)

    def deliver(_name: str, message: EmailMessage) -> None:
        with smtplib.SMTP(parts.hostname or "localhost", parts.port or 587, timeout=20) as server:
            server.starttls()
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(message, from_addr=parseaddr(message["From"])[1])

    return deliver
