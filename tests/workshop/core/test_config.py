"""The program refuses to start half set up, and says everything that is missing at once."""

from __future__ import annotations

from pathlib import Path

import pytest

from workshop.core import vault
from workshop.core.config import Mode, settings_from
from workshop.core.errors import ConfigurationError

pytestmark = pytest.mark.once

MASTER_KEY = "A" * 43  # 32 bytes of zero
PRODUCTION = {
    "VAERKSTED_MODE": "production",
    "SECRET_KEY": "s" * 40,
    "PIN_PEPPER": "p" * 40,
    "MASTER_KEY": MASTER_KEY,
    "STRIPE_SECRET_KEY": "sk_live_x",
    "STRIPE_WEBHOOK_SECRET": "whsec_x",
    "BASE_URL": "https://butik.example",
}


def test_production_starts_when_everything_is_set() -> None:
    settings = settings_from(PRODUCTION)
    assert settings.mode is Mode.PRODUCTION
    assert settings.is_https
    assert not settings.cheap_hashes
    assert "butik.example" in settings.trusted_hosts


@pytest.mark.parametrize(
    "missing", ["SECRET_KEY", "PIN_PEPPER", "MASTER_KEY", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "BASE_URL"]
)
def test_production_refuses_to_start_without(missing: str) -> None:
    environment = {name: value for name, value in PRODUCTION.items() if name != missing}
    with pytest.raises(ConfigurationError, match=missing):
        settings_from(environment)


@pytest.mark.parametrize("key", ["A" * 42, "no key at all", "æøå", "A" * 86])
def test_a_master_key_of_another_length_is_refused(key: str) -> None:
    for name in ("MASTER_KEY", "OLD_MASTER_KEYS"):
        with pytest.raises(ConfigurationError, match="32 bytes"):
            settings_from({**PRODUCTION, name: key})


def test_the_newest_master_key_comes_first() -> None:
    old = ("B" * 43, "C" * 42 + "A")
    keys = settings_from({**PRODUCTION, "OLD_MASTER_KEYS": ", ".join(old)}).master_keys
    assert [vault.as_setting(key) for key in keys] == [MASTER_KEY, "B" * 42 + "A", old[1]]


def test_every_missing_secret_is_named_at_once() -> None:
    with pytest.raises(ConfigurationError) as refused:
        settings_from({})
    for name in ("SECRET_KEY", "PIN_PEPPER", "MASTER_KEY", "STRIPE_SECRET_KEY", "STRIPE_WEBHOOK_SECRET", "BASE_URL"):
        assert name in str(refused.value)


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("SECRET_KEY", "short", "SECRET_KEY"),
        ("BASE_URL", "http://butik.example", "https"),
        ("STRIPE_API_BASE", "http://localhost:1", "stand-in"),
        ("PORT", "five thousand", "PORT"),
        ("VAERKSTED_MODE", "staging", "VAERKSTED_MODE"),
    ],
)
def test_a_weak_or_wrong_setting_is_refused(name: str, value: str, says: str) -> None:
    with pytest.raises(ConfigurationError, match=says):
        settings_from({**PRODUCTION, name: value})


def test_the_demo_makes_its_own_secrets_and_keeps_them(tmp_path: Path) -> None:
    environment = {"VAERKSTED_MODE": "demo", "DATA_DIR": str(tmp_path), "PORT": "5070"}
    first, second = settings_from(environment), settings_from(environment)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= 32
    assert first.stripe_api_base == "http://localhost:5071"
    assert (tmp_path / "demo-secrets.json").stat().st_mode & 0o077 == 0


def test_a_real_key_switches_to_the_real_stripe(tmp_path: Path) -> None:
    environment = {"VAERKSTED_MODE": "demo", "DATA_DIR": str(tmp_path), "STRIPE_SECRET_KEY": "sk_test_real"}
    assert settings_from(environment).stripe_api_base is None


BUCKET = {
    **PRODUCTION,
    "PHOTO_STORE_URL": "s3://vaerksted/fotos",
    "AWS_ACCESS_KEY_ID": "key",
    "AWS_SECRET_ACCESS_KEY": "very secret",
    "AWS_ENDPOINT_URL": "https://storage.example",
}


def test_photos_lie_in_a_bucket_by_setting_alone() -> None:
    assert settings_from(PRODUCTION).photo_store_url == ""
    settings = settings_from(BUCKET)
    assert settings.photo_store_url == "s3://vaerksted/fotos"
    assert dict(settings.photo_store_keys)["endpoint_url"] == "https://storage.example"
    assert "very secret" not in repr(settings)


@pytest.mark.parametrize("missing", ["AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"])
def test_a_bucket_without_its_keys_keeps_production_from_starting(missing: str) -> None:
    with pytest.raises(ConfigurationError, match=missing):
        settings_from({name: value for name, value in BUCKET.items() if name != missing})


@pytest.mark.parametrize(
    "url", ["photos", "http://x", "s3:///x", "s3://key:secret@bucket", "file:///etc", "s3://b?x=1"]
)
def test_an_address_that_is_no_bucket_is_refused(url: str) -> None:
    with pytest.raises(ConfigurationError, match="PHOTO_STORE_URL"):
        settings_from({**BUCKET, "PHOTO_STORE_URL": url})
