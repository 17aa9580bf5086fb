"""Where stored photos lie: in a folder, or in a bucket that speaks S3, by setting alone (PHOTO_STORE_URL).

A name is written once and never again, so what was read under it stays right. Nothing but the app reads a store: who
may see a photo is asked each time it is served.
"""

from __future__ import annotations

import functools
import os
import re
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

from workshop.core.config import Settings
from workshop.core.errors import ConfigurationError

if TYPE_CHECKING:  # only a workshop that keeps its photos in a bucket installs and loads it
    from obstore.store import S3Store

FILE_NAME = re.compile(r"(?P<name>[A-Za-z0-9_-]{1,40})-(?P<width>400|800|1600)\.(?P<kind>avif|webp|jpg)")
MIME = {"avif": "image/avif", "webp": "image/webp", "jpg": "image/jpeg"}
_PATIENCE = {"connect_timeout": "3s", "timeout": "20s"}
_TRIES = {"max_retries": 2, "retry_timeout": timedelta(seconds=8)}


class Unreachable(Exception):  # noqa: N818 — like the other answers in `errors`: try again in a while (503)
    """The store does not answer, or says no to us; nothing can be said about what lies in it."""


class Stored(NamedTuple):
    """A file in the store and when it was put there."""

    name: str
    at: datetime


class PhotoStore(Protocol):
    """A place for files with names like `<random>-800.webp`; any other name raises ValueError.

    Every method raises Unreachable when the store cannot be reached.
    """

    def put(self, name: str, body: bytes) -> None:
        """Keep a file; it is there whole or not at all."""
        ...

    def get(self, name: str) -> bytes | None:
        """The file, or None when there is none of that name."""
        ...

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        ...

    def delete(self, name: str) -> None:
        """Take a file away; one that is not there is no trouble."""
        ...

    def files(self) -> Iterator[Stored]:
        """Everything in the store that has a photo's name, in no order."""
        ...


def of(settings: Settings) -> PhotoStore:
    """The store that the settings name."""
    return _made(settings.photos_dir, settings.photo_store_url, settings.photo_store_keys)


@functools.lru_cache(maxsize=8)
def _made(folder: Path, url: str, keys: tuple[tuple[str, str], ...]) -> PhotoStore:
    return Bucket(_bucket(url, dict(keys))) if url else Folder(folder)


class Folder:
    """A folder of this machine, or one that several machines share."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def put(self, name: str, body: bytes) -> None:
        """Written beside its place and moved there, so nobody ever reads half a photo."""
        target = self._folder / _checked(name)
        with _answering(OSError):
            self._folder.mkdir(parents=True, exist_ok=True)
            # What a process killed here leaves behind is a file of nobody's photo, which the check takes away.
            beside = self._folder / f"{secrets.token_urlsafe(16)}-400.jpg"
            try:
                with beside.open("xb") as file:
                    file.write(body)
                    file.flush()
                    os.fsync(file.fileno())
                beside.replace(target)
            finally:
                beside.unlink(missing_ok=True)

    def get(self, name: str) -> bytes | None:
        """The whole file: the largest is well under a megabyte."""
        target = self._folder / _checked(name)
        with _answering(OSError):
            try:
                return target.read_bytes()
            except FileNotFoundError:
                return None

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        return (self._folder / _checked(name)).is_file()

    def delete(self, name: str) -> None:
        """Take a file away."""
        target = self._folder / _checked(name)
        with _answering(OSError):
            target.unlink(missing_ok=True)

    def files(self) -> Iterator[Stored]:
        """Everything in the folder that has a photo's name."""
        with _answering(OSError):
            found = list(os.scandir(self._folder)) if self._folder.is_dir() else []
        for entry in found:
            if FILE_NAME.fullmatch(entry.name):
                try:
                    at = entry.stat().st_mtime
                except FileNotFoundError:  # moved to its place, or deleted, since the folder was read
                    continue
                yield Stored(entry.name, datetime.fromtimestamp(at, UTC))


class Bucket:
    """A bucket that speaks S3, ours or somebody's; a file appears there whole or not at all."""

    def __init__(self, bucket: S3Store) -> None:
        self._bucket = bucket

    def put(self, name: str, body: bytes) -> None:
        """Kept with its type, for whoever looks into the bucket."""
        kind = _checked(name).rpartition(".")[2]
        with _answering(_s3_says_no()):
            self._bucket.put(name, body, attributes={"Content-Type": MIME[kind]})

    def get(self, name: str) -> bytes | None:
        """The whole file, in one request."""
        _checked(name)
        with _answering(_s3_says_no()):
            try:
                return bytes(self._bucket.get(name).bytes())
            except _no_such_file():
                return None

    def exists(self, name: str) -> bool:
        """Whether there is such a file."""
        _checked(name)
        with _answering(_s3_says_no()):
            try:
                self._bucket.head(name)
            except _no_such_file():
                return False
            return True

    def delete(self, name: str) -> None:
        """Take a file away."""
        _checked(name)
        with _answering(_s3_says_no()):
            try:
                self._bucket.delete(name)
            except _no_such_file():
                return

    def files(self) -> Iterator[Stored]:
        """Everything under our prefix that has a photo's name; a thousand at a time."""
        with _answering(_s3_says_no()):
            for some in self._bucket.list():
                for each in some:
                    if FILE_NAME.fullmatch(each["path"]):
                        yield Stored(each["path"], each["last_modified"])


def _checked(name: str) -> str:
    if not FILE_NAME.fullmatch(name):
        raise ValueError("not the name of a stored photo")
    return name


@contextmanager
def _answering(*kinds: type[Exception]) -> Iterator[None]:
    try:
        yield
    except kinds as problem:
        raise Unreachable(type(problem).__name__) from problem


def _s3_says_no() -> type[Exception]:
    from obstore.exceptions import BaseError  # see the top of the file

    return BaseError


def _no_such_file() -> tuple[type[Exception], ...]:
    from obstore.exceptions import NotFoundError  # see the top of the file

    return (NotFoundError, FileNotFoundError)


def _bucket(url: str, keys: dict[str, str]) -> S3Store:
    """The bucket and prefix of `s3://bucket/prefix`."""
    try:
        from obstore.store import S3Store  # see the top of the file
    except ImportError as missing:
        raise ConfigurationError(
            "PHOTO_STORE_URL names a bucket; install the package with its extra `s3`: vaerksted[s3]."
        ) from missing

    config: Any = {f"aws_{name}": value for name, value in keys.items() if value}
    options: Any = {**_PATIENCE, "allow_http": keys["endpoint_url"].startswith("http://")}
    tries: Any = _TRIES
    return S3Store.from_url(url, config=config, client_options=options, retry_config=tries)
