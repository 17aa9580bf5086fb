"""The settings of an installation that is measured."""

from __future__ import annotations

from pathlib import Path

from workshop.core.config import Mode, Settings

BASE_URL = "https://butik.example"


def settings_of(folder: Path, database_url: str) -> Settings:
    """Settings as in production, with secrets worth nothing."""
    return Settings(
        mode=Mode.PRODUCTION,
        secret_key="a secret of the benchmarks, worth nothing",  # noqa: S106 — it guards nothing
        pin_pepper="a pepper of the benchmarks, worth nothing",
        database_url=database_url,
        data_dir=folder,
        base_url=BASE_URL,
        trusted_hosts=("butik.example",),
        stripe_secret_key="sk_test_benchmarks",  # noqa: S106 — the same
        stripe_webhook_secret="whsec_benchmarks",  # noqa: S106 — the same
        stripe_api_base="http://127.0.0.1:9",
    )
