"""What a browser fetches: hashed names, references that hold, and a build that is not done twice."""

import json
import shutil
from io import BytesIO
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from workshop.core import assets, fonts
from workshop.core.assets import Assets, UnknownAssetError, build
from workshop.core.config import ROOT

pytestmark = [pytest.mark.once, pytest.mark.xdist_group("assets")]  # or each process builds them, four seconds' work

DRAWINGS = {"stool": "<svg xmlns='http://www.w3.org/2000/svg'/>"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The house's own files, built once; the fonts are the slow part."""
    target = tmp_path_factory.mktemp("build")
    build(ROOT / "static", target, DRAWINGS)
    return target


@pytest.fixture
def workbench(built: Path, tmp_path: Path) -> tuple[Path, Path]:
    """A copy of source and build that a test may spoil."""
    source, target = tmp_path / "static", tmp_path / "target"
    shutil.copytree(ROOT / "static", source, ignore=shutil.ignore_patterns("build"))
    shutil.copytree(built, target)
    build(source, target, DRAWINGS)
    return source, target


def files(target: Path) -> set[str]:
    return {path.relative_to(target).as_posix() for path in target.rglob("*") if path.is_file()}


def test_every_name_of_the_manifest_has_a_file(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text())
    assert {"css/app.css", "js/pin.js", "art/stool.svg", "fonts/tal.woff2"} <= set(manifest)
    assert set(manifest.values()) <= files(built)


def test_every_style_sheet_of_the_house_is_in_the_bundle(built: Path) -> None:
    assert {path.stem for path in (ROOT / "static/css").glob("*.css")} == set(assets.BUNDLED)
    bundle = built / json.loads((built / "manifest.json").read_text())["css/app.css"]
    assert ".skip-link" in bundle.read_text()


def test_the_style_sheet_points_to_fonts_that_are_there(built: Path) -> None:
    bundle = built / json.loads((built / "manifest.json").read_text())["css/app.css"]
    pointed = [match["path"].decode() for match in assets.REFERENCE[".css"].finditer(bundle.read_bytes())]
    assert len(pointed) == 5
    assert all((bundle.parent / path).is_file() for path in pointed)


def test_the_name_changes_with_the_content_and_only_then(workbench: tuple[Path, Path]) -> None:
    source, target = workbench
    before = json.loads((target / "manifest.json").read_text())
    script = source / "js" / "pin.js"
    script.write_text(script.read_text() + "// one more line\n")
    build(source, target, DRAWINGS)
    after = json.loads((target / "manifest.json").read_text())
    assert {name for name in after if after[name] != before[name]} == {"js/pin.js"}


def test_nothing_is_written_when_nothing_has_changed(workbench: tuple[Path, Path]) -> None:
    source, target = workbench
    stamps = {name: (target / name).stat().st_mtime_ns for name in files(target)}
    build(source, target, DRAWINGS)
    assert {name: (target / name).stat().st_mtime_ns for name in files(target)} == stamps


def test_a_file_that_was_lost_is_made_again(workbench: tuple[Path, Path]) -> None:
    source, target = workbench
    lost = target / json.loads((target / "manifest.json").read_text())["js/pin.js"]
    lost.unlink()
    build(source, target, DRAWINGS)
    assert lost.is_file()


def test_the_generation_before_stays_and_the_one_before_that_goes(workbench: tuple[Path, Path]) -> None:
    source, target = workbench
    first = json.loads((target / "manifest.json").read_text())["art/stool.svg"]
    build(source, target, {"stool": "<svg>2</svg>"})
    assert first in files(target)
    build(source, target, {"stool": "<svg>3</svg>"})
    assert first not in files(target)


def test_a_reference_to_nothing_stops_the_build(workbench: tuple[Path, Path]) -> None:
    source, target = workbench
    (source / "css" / "print.css").write_text('.x { background: url("../nowhere.png"); }')
    with pytest.raises(UnknownAssetError, match=r"nowhere\.png"):
        build(source, target, DRAWINGS)


def test_one_script_may_import_another(workbench: tuple[Path, Path]) -> None:
    source, target = workbench
    (source / "js" / "other.js").write_text('import { x } from "./pin.js";\n')
    build(source, target, DRAWINGS)
    manifest = json.loads((target / "manifest.json").read_text())
    assert Path(manifest["js/pin.js"]).name in (target / manifest["js/other.js"]).read_text()


def test_a_page_gets_the_address_of_an_asset_and_a_clear_error_for_none(built: Path) -> None:
    found = Assets(built)
    assert found.url("css/app.css").startswith("/static/build/css/app.")
    assert found.art("stool").endswith(".svg")
    with pytest.raises(UnknownAssetError, match=r"css/ap\.css"):
        found.url("css/ap.css")


@pytest.mark.parametrize(
    ("name", "text", "absent"),
    [
        ("atkinson-regular", "ÆØÅæøå «»“”–·×½ éüñ", "ж"),
        ("atkinson-bold", "ÆØÅæøå ł ş ț", "ж"),
        ("tal", "0123456789", "a"),
        ("noto-cyrillic", "їжак Привіт", "a"),
        ("noto-arabic", "مرحبا؟", "a"),
    ],
)
def test_a_font_holds_the_letters_it_is_for_and_no_others(built: Path, name: str, text: str, absent: str) -> None:
    path = built / json.loads((built / "manifest.json").read_text())[f"fonts/{name}.woff2"]
    with TTFont(BytesIO(path.read_bytes())) as font:
        known = font.getBestCmap()
    assert [letter for letter in text if letter != " " and ord(letter) not in known] == []
    assert ord(absent) not in known


@pytest.mark.parametrize("font", fonts.FONTS[:2], ids=lambda font: font.name)  # one that varies, one that does not
def test_two_machines_build_the_same_font_at_different_times(font: fonts.Font) -> None:
    made = TTFont(BytesIO(fonts.subset(font)))["head"].modified
    assert made == TTFont(fonts._source(font))["head"].modified  # not the time of the build, which is in its name then
