"""Settings come from the environment, are checked at start, and are read nowhere else.

In production a missing secret stops the program before it answers anything. The demo and the tests make their own.
"""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from workshop.core import vault
from workshop.core.errors import ConfigurationError

ROOT = Path(__file__).resolve().parents[2]
SHORTEST_SECRET = 32
PHOTO_STORE_KEYS = ("endpoint_url", "access_key_id", "secret_access_key", "region")  # AWS_… in the environment


class Mode(StrEnum):
    """What the program runs as."""

    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


@dataclass(frozen=True)
class Identity:
    """Who the workshop is: shown in the shop, on labels, in mails."""

    name: str = "Værkstedet i Helsinge"
    short_name: str = "Værkstedet"
    town: str = "Helsinge"
    address: str = "Eksempelvej 1"
    postcode: str = "3200"
    phone: str = "00 00 00 00"
    email: str = "hej@butik.example"
    cvr: str = "00 00 00 00"
    opening_hours: str = "Hverdage 9–14"
    logo: str = ""  # name of a picture in the photo store; empty: the house's own mark


@dataclass(frozen=True)
class Settings:
    """Everything that can differ between two installations."""

    mode: Mode
    secret_key: str
    pin_pepper: str
    database_url: str
    data_dir: Path
    base_url: str
    trusted_hosts: tuple[str, ...]
    stripe_secret_key: str
    stripe_webhook_secret: str
    stripe_api_base: str | None = None  # only the local stand-in sets it
    smtp_url: str | None = None  # smtp://user:password@host:587; without it mails become files
    mail_from: str = "Værkstedet i Helsinge <hej@butik.example>"
    photo_store_url: str = ""  # s3://bucket/prefix; without it a folder in data_dir
    photo_store_keys: tuple[tuple[str, str], ...] = field(default=(), repr=False)  # what the bucket asks for
    snow_forecast_url: str = ""  # where a forecast in CoverageJSON is fetched; empty: it is not
    snow_forecast_key: str = field(default="", repr=False)
    # The newest master key first, then older ones that still open what they sealed; each 32 bytes.
    master_keys: tuple[bytes, ...] = field(default=(), repr=False)
    needs_second_factor: bool = False  # always in production; else only who has a factor uses it
    trusted_proxies: int = 0  # how many proxies of ours stand in front and may say where a request came from
    is_shop_only: bool = False  # serves the shop's public pages and nothing else
    backup_dir: Path | None = None  # on another disk than the data; None: in data_dir
    takes_copies: bool = False  # the worker takes a copy every hour: not in tests, nor where a timer does
    is_copied_by_timer: bool = False  # only the timer's command may write where copies lie
    postgres_tools: Path | None = None  # where pg_dump and pg_restore lie; None: where the shell finds them
    log_anchor_file: Path | None = None  # where the log's newest hash is written down; None: in data_dir
    log_kept_months: int = 24
    huey_url: str | None = None  # redis://… or postgresql://…; without it a file in data_dir
    identity: Identity = field(default_factory=Identity)
    port: int = 5000
    bind: str = "127.0.0.1"  # the address the web server listens on
    keeper_database_url: str | None = field(default=None, repr=False)  # the tables' owner, where that is another role
    cheap_hashes: bool = False  # tests and the demo's hundred made-up PINs; never in production

    @property
    def is_https(self) -> bool:
        """Cookies are Secure and carry the `__Host-` prefix when the shop is on HTTPS."""
        return self.base_url.startswith("https://")

    @property
    def backups_dir(self) -> Path:
        """Where copies of everything are put."""
        return self.backup_dir or self.data_dir / "backups"

    @property
    def anchor_file(self) -> Path:
        """Where the end of the access log is written down, outside the database."""
        return self.log_anchor_file or self.data_dir / "log-anchors.jsonl"

    @property
    def photos_dir(self) -> Path:
        """Where re-encoded photos are kept."""
        return self.data_dir / "photos"

    @property
    def mails_dir(self) -> Path:
        """Where mails land as files when no mail server is set."""
        return self.data_dir / "mails"

    @property
    def build_dir(self) -> Path:
        """Where the built style sheets, fonts and drawings lie."""
        return ROOT / "static" / "build"


def settings_from(environment: Mapping[str, str]) -> Settings:
    """The settings of this process.

    Raises ConfigurationError that names every missing or weak setting at once.
    """
    mode = _mode(environment.get("VAERKSTED_MODE", Mode.PRODUCTION))
    data_dir = Path(environment.get("DATA_DIR", ROOT / "var")).resolve()
    port = environment.get("PORT", "5000")
    if mode is Mode.DEMO:
        environment = {**_own_secrets(data_dir), **_own_stripe(environment, port), **environment}
    base_url = environment.get("BASE_URL", f"http://localhost:{port}").rstrip("/")
    wrong = list(_problems(mode, environment, base_url, port))
    if wrong:
        raise ConfigurationError("Værksted cannot start. " + " ".join(wrong))
    host = urlsplit(base_url).hostname or "localhost"
    extra = tuple(name.strip() for name in environment.get("TRUSTED_HOSTS", "").split(",") if name.strip())
    return Settings(
        mode=mode,
        secret_key=environment["SECRET_KEY"],
        pin_pepper=environment.get("PIN_PEPPER", ""),
        database_url=environment.get("DATABASE_URL") or f"sqlite:///{data_dir / 'vaerksted.sqlite3'}",
        data_dir=data_dir,
        base_url=base_url,
        trusted_hosts=(host, *extra),
        stripe_secret_key=environment["STRIPE_SECRET_KEY"],
        stripe_webhook_secret=environment["STRIPE_WEBHOOK_SECRET"],
        stripe_api_base=environment.get("STRIPE_API_BASE") or None,
        smtp_url=environment.get("SMTP_URL") or None,
        mail_from=environment.get("MAIL_FROM", Settings.mail_from),
        photo_store_url=environment.get("PHOTO_STORE_URL", ""),
        photo_store_keys=_photo_store_keys(environment),
        snow_forecast_url=environment.get("SNOW_FORECAST_URL", ""),
        snow_forecast_key=environment.get("SNOW_FORECAST_KEY", ""),
        master_keys=_master_keys(environment),
        needs_second_factor=mode is Mode.PRODUCTION or environment.get("SECOND_FACTOR") == "required",
        trusted_proxies=int(environment.get("TRUSTED_PROXIES") or 0),
        is_shop_only=environment.get("ONLY_SHOP") == "1",
        backup_dir=_path(environment.get("BACKUP_DIR")),
        takes_copies=mode is not Mode.TEST and environment.get("BACKUP_BY") != "timer",
        is_copied_by_timer=environment.get("BACKUP_BY") == "timer",
        postgres_tools=_path(environment.get("POSTGRES_TOOLS")),
        log_anchor_file=_path(environment.get("LOG_ANCHOR_FILE")),
        log_kept_months=int(environment.get("LOG_KEPT_MONTHS") or Settings.log_kept_months),
        huey_url=environment.get("HUEY_URL") or None,
        identity=_identity(environment),
        port=int(port),
        bind=environment.get("BIND") or _own_bind(mode),
        keeper_database_url=environment.get("KEEPER_DATABASE_URL") or None,
        cheap_hashes=mode is not Mode.PRODUCTION,
    )


def settings() -> Settings:
    """The settings of this process, from its environment."""
    return settings_from(os.environ)


def _mode(text: str) -> Mode:
    try:
        return Mode(text)
    except ValueError:
        choices = ", ".join(mode.value for mode in Mode)
        raise ConfigurationError(f"VAERKSTED_MODE is {text!r}; it can be {choices}.") from None


def _problems(mode: Mode, environment: Mapping[str, str], base_url: str, port: str) -> list[str]:
    """What keeps this environment from starting, one sentence each."""
    is_shop_only = environment.get("ONLY_SHOP") == "1"  # it opens nothing sealed, so it is not given the keys
    wrong = [
        f"Set {name} to a random value of at least {SHORTEST_SECRET} characters."
        for name in ("SECRET_KEY", *(() if is_shop_only else ("PIN_PEPPER",)))
        if len(environment.get(name, "")) < SHORTEST_SECRET
    ]
    wrong += [f"Set {name}." for name in ("STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET") if not environment.get(name)]
    for name in ("PORT", "TRUSTED_PROXIES", "LOG_KEPT_MONTHS"):
        if not (port if name == "PORT" else environment.get(name) or "0").isdecimal():
            wrong.append(f"{name} must be a number.")
    wrong += [] if is_shop_only else _master_key_problems(environment)
    wrong += _photo_store_problems(mode, environment)
    wrong += _forecast_problems(mode, environment)
    if mode is Mode.PRODUCTION:
        if not environment.get("BASE_URL"):
            wrong.append("Set BASE_URL to the public https address; it is printed in QR codes.")
        elif not base_url.startswith("https://"):
            wrong.append("BASE_URL must begin with https:// in production.")
        if environment.get("STRIPE_API_BASE"):
            wrong.append("STRIPE_API_BASE points at a stand-in; unset it in production.")
    return wrong


def _own_bind(mode: Mode) -> str:
    """A demo is shown around; a real workshop has a proxy in front."""
    return "0.0.0.0" if mode is Mode.DEMO else "127.0.0.1"  # noqa: S104 — see above


def _path(text: str | None) -> Path | None:
    return Path(text).resolve() if text else None


def _key_texts(environment: Mapping[str, str]) -> list[str]:
    """The newest key's text first, then the old ones'."""
    older = environment.get("OLD_MASTER_KEYS", "").split(",")
    return [text for text in (environment.get("MASTER_KEY", ""), *(each.strip() for each in older)) if text]


def _master_keys(environment: Mapping[str, str]) -> tuple[bytes, ...]:
    return tuple(vault.key_of(text) for text in _key_texts(environment))


def _master_key_problems(environment: Mapping[str, str]) -> list[str]:
    if not environment.get("MASTER_KEY"):
        return ["Set MASTER_KEY: `vaerksted keys new` makes one. Keep a copy away from this machine."]
    try:
        _master_keys(environment)
    except ValueError:
        return ["MASTER_KEY and OLD_MASTER_KEYS must each be 32 bytes in base64url."]
    return []


def _photo_store_keys(environment: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    return tuple((name, environment.get(f"AWS_{name.upper()}", "")) for name in PHOTO_STORE_KEYS)


def _photo_store_problems(mode: Mode, environment: Mapping[str, str]) -> list[str]:
    url = environment.get("PHOTO_STORE_URL", "")
    if not url:
        return []
    parts = urlsplit(url)
    if parts.scheme != "s3" or not parts.netloc or "@" in parts.netloc or parts.query:
        return ["PHOTO_STORE_URL must read s3://bucket or s3://bucket/prefix; without it photos lie in DATA_DIR."]
    keys = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY")
    missing = [name for name in keys if mode is Mode.PRODUCTION and not environment.get(name)]
    return [f"Set {name}: PHOTO_STORE_URL names a bucket." for name in missing]


def _forecast_problems(mode: Mode, environment: Mapping[str, str]) -> list[str]:
    url = environment.get("SNOW_FORECAST_URL", "")
    parts = urlsplit(url)
    is_local = parts.scheme == "http" and mode is not Mode.PRODUCTION
    if not url or (parts.netloc and "@" not in parts.netloc and (parts.scheme == "https" or is_local)):
        return []
    return ["SNOW_FORECAST_URL must begin with https://; the key belongs in SNOW_FORECAST_KEY."]


def _identity(environment: Mapping[str, str]) -> Identity:
    own = {
        key: environment[f"WORKSHOP_{key.upper()}"]
        for key in Identity.__dataclass_fields__
        if key != "logo" and f"WORKSHOP_{key.upper()}" in environment
    }
    return Identity(**own)


def _own_stripe(environment: Mapping[str, str], port: str) -> dict[str, str]:
    """The stand-in's address, on the next port, unless a real key is set."""
    if "STRIPE_SECRET_KEY" in environment or not port.isdecimal():
        return {}
    return {"STRIPE_API_BASE": f"http://localhost:{int(port) + 1}"}


def _own_secrets(data_dir: Path) -> dict[str, str]:
    """The demo's secrets: made once, kept with its data, worth nothing elsewhere."""
    path = data_dir / "demo-secrets.json"
    kept: dict[str, str] = json.loads(path.read_text()) if path.exists() else {}
    if "MASTER_KEY" in kept:
        return kept
    made = {
        "SECRET_KEY": secrets.token_urlsafe(32),
        "PIN_PEPPER": secrets.token_urlsafe(32),
        "MASTER_KEY": vault.as_setting(vault.new_key()),
        "STRIPE_SECRET_KEY": f"sk_test_{secrets.token_hex(16)}",
        "STRIPE_WEBHOOK_SECRET": f"whsec_{secrets.token_hex(16)}",
        **kept,  # a demo made before some of them were needed
    }
    data_dir.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(made, indent=2))
    path.chmod(0o600)
    return made
