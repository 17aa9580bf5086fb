"""Builds ``static/build``: hashed files a browser may keep for ever, the style sheet in one piece, and the fonts.

The build runs at every start and returns at once when nothing has changed.
"""

import hashlib
import json
import os
import re
from collections.abc import Mapping
from pathlib import Path
from posixpath import join, normpath, relpath
from tempfile import NamedTemporaryFile

from workshop.core import fonts

KINDS = frozenset({".css", ".js", ".svg", ".png", ".webp", ".ico", ".mp3", ".webmanifest"})
BUNDLE = "css/app.css"
# The order is the cascade: tokens first, faces after the parts they use, utilities and paper last.
BUNDLED = (
    "tokens",
    "fonts",
    "base",
    "controls",
    "forms",
    "parts",
    "messages",
    "tables",
    "shop",
    "kiosk",
    "desk",
    "plots",
    "labels",
    "garden",
    "utilities",
    "print",
)
REFERENCE = {
    ".css": re.compile(rb"""(?<=url\()["']?(?P<path>[^"')#:]+)["']?(?=\))"""),
    ".js": re.compile(rb"""(?<=from )["'](?P<path>\.{1,2}/[^"']+)["']"""),
}
MANIFEST = "manifest.json"
STAMP = "stamp.json"


class UnknownAssetError(LookupError):
    """A page asked for a file that the build did not make."""


class Assets:
    """The finished build as pages see it: a name gives the URL of today's version."""

    def __init__(self, target: Path) -> None:
        self._names: dict[str, str] = _read(target / MANIFEST)

    def url(self, name: str) -> str:
        """The address of an asset by its plain name, such as ``css/app.css``. Raises ``UnknownAssetError``."""
        if name not in self._names:
            near = ", ".join(sorted(known for known in self._names if Path(known).stem == Path(name).stem))
            raise UnknownAssetError(
                f"There is no asset {name!r} in the build." + (f" Was {near} meant?" if near else "")
            )
        return f"/static/build/{self._names[name]}"

    def art(self, name: str) -> str:
        """The address of a furniture drawing by its name, such as ``bench``. Raises ``UnknownAssetError``."""
        return self.url(f"art/{name}.svg")


def build(source: Path, target: Path, drawings: Mapping[str, str]) -> None:
    """Brings ``target`` up to date with ``source``, the drawings (name to SVG) and the installed fonts.

    Files of the generation before stay, so that a page rendered a second ago still finds its style sheet.
    """
    stamp = {"fonts": _digest_of(fonts.versions()), "files": _digest_of(_state(source)), "art": _digest_of(drawings)}
    made_before = _read(target / MANIFEST)
    if _read(target / STAMP) == stamp and all((target / name).is_file() for name in made_before.values()):
        return
    raw = _plain_files(source) | {f"art/{name}.svg": text.encode() for name, text in drawings.items()}
    raw |= _font_files(target, made_before, is_fresh=_read(target / STAMP).get("fonts") == stamp["fonts"])
    manifest: dict[str, str] = {}
    for name in raw:
        _publish(name, raw, manifest, target)
    _write(target / MANIFEST, json.dumps(manifest, indent=1, sort_keys=True).encode())
    _write(target / STAMP, json.dumps(stamp).encode())
    _sweep(target, {*manifest.values(), *made_before.values(), MANIFEST, STAMP})


def _plain_files(source: Path) -> dict[str, bytes]:
    """What the folder holds, by name, with the style sheets of the house joined into one."""
    parts = [source / "css" / f"{part}.css" for part in BUNDLED]
    files = {BUNDLE: b"\n".join(part.read_bytes() for part in parts)}
    for path in _sources(source):
        if path not in parts:
            files[path.relative_to(source).as_posix()] = path.read_bytes()
    return files


def _font_files(target: Path, made_before: Mapping[str, str], *, is_fresh: bool) -> dict[str, bytes]:
    """The woff2 files: those of the last build where the packages are the same, otherwise subset anew."""
    files = {}
    for font in fonts.FONTS:
        name = f"fonts/{font.name}.woff2"
        old = target / made_before.get(name, name)
        files[name] = old.read_bytes() if is_fresh and old.is_file() else fonts.subset(font)
    return files


def _publish(name: str, raw: Mapping[str, bytes], manifest: dict[str, str], target: Path) -> str:
    """Writes one file under a name with its hash, after the files it refers to, and returns that name."""
    if name in manifest:
        return manifest[name]
    suffix = Path(name).suffix
    folder = Path(name).parent.as_posix()

    def with_hash(reference: re.Match[bytes]) -> bytes:
        pointed = normpath(join(folder, reference["path"].decode()))
        if pointed not in raw:
            raise UnknownAssetError(f"{name} points to {pointed}, which is not there.")
        return f'"./{relpath(_publish(pointed, raw, manifest, target), folder)}"'.encode()

    content = REFERENCE[suffix].sub(with_hash, raw[name]) if suffix in REFERENCE else raw[name]
    digest = hashlib.sha256(content).hexdigest()[:12]
    manifest[name] = f"{name.removesuffix(suffix)}.{digest}{suffix}"
    if not (target / manifest[name]).is_file():
        _write(target / manifest[name], content)
    return manifest[name]


def _sources(source: Path) -> list[Path]:
    """Every file of ours that a browser may ask for, in a fixed order; the build folder is not one of them."""
    found = []
    for folder, below, names in os.walk(source):
        if Path(folder) == source and "build" in below:
            below.remove("build")
        found += [Path(folder, name) for name in names if Path(name).suffix in KINDS]
    return sorted(found)


def _state(source: Path) -> dict[str, str]:
    """Time and size of each source, which is how the build sees that nothing has changed."""
    states = {path.relative_to(source).as_posix(): path.stat() for path in _sources(source)}
    own = {f"build:{file.name}": file.stat() for file in (Path(__file__), Path(fonts.__file__))}
    return {name: f"{stat.st_mtime_ns}:{stat.st_size}" for name, stat in (states | own).items()}


def _digest_of(values: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(sorted(values.items())).encode()).hexdigest()


def _read(path: Path) -> dict[str, str]:
    """A flat JSON file of the build, or nothing where there is none yet."""
    try:
        content: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    return content


def _write(path: Path, content: bytes) -> None:
    """Writes a file whole or not at all, so that two builds at once cannot show half a file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with NamedTemporaryFile(dir=path.parent, prefix=".", delete=False) as part:
        part.write(content)
    Path(part.name).chmod(0o644)
    Path(part.name).replace(path)


def _sweep(target: Path, kept: set[str]) -> None:
    """Removes what neither this generation nor the one before it names."""
    for path in target.rglob("*"):
        if path.is_file() and not path.name.startswith(".") and path.relative_to(target).as_posix() not in kept:
            path.unlink(missing_ok=True)
