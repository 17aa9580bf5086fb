import re

import pytest
import zxingcpp
from PIL import Image, ImageDraw

from workshop.products.qr import QUIET_ZONE, TOKEN_ALPHABET, make_qr, new_token, qr_svg

pytestmark = pytest.mark.once

ADDRESS = "https://vaerkstedet-helsinge.dk/q/x7km2p9rtw"


def outlines(path):
    for loop in path.removeprefix("M").split("M"):
        start, steps = re.fullmatch(r"(\d+ \d+)((?:[hv]-?\d+)+)z", loop).groups()
        x, y = map(int, start.split())
        corners = [(x, y)]
        for way, length in re.findall(r"([hv])(-?\d+)", steps):
            x, y = (x + int(length), y) if way == "h" else (x, y + int(length))
            corners.append((x, y))
        yield corners


def dark_modules(code):
    """Modules by the non-zero winding rule, counted along each row: independent of how the path was made."""
    winding = [[0] * code.side for _ in range(code.side)]
    for corners in outlines(code.path):
        for (x1, y1), (x2, y2) in zip(corners, [*corners[1:], corners[0]], strict=True):
            assert (x1 == x2) != (y1 == y2)
            for y in range(min(y1, y2), max(y1, y2)):
                for x in range(x1, code.side):
                    winding[y][x] += 1 if y2 > y1 else -1
    return [[count != 0 for count in row] for row in winding]


def picture(code, scale=8):
    image = Image.new("L", (code.side * scale, code.side * scale), 255)
    draw = ImageDraw.Draw(image)
    for y, row in enumerate(dark_modules(code)):
        for x, dark in enumerate(row):
            if dark:
                draw.rectangle((x * scale, y * scale, (x + 1) * scale - 1, (y + 1) * scale - 1), fill=0)
    return image


def read(code):
    return zxingcpp.read_barcodes(picture(code))


def test_a_token_has_ten_letters_that_cannot_be_mistaken_and_never_repeats():
    tokens = {new_token() for _ in range(2000)}
    assert len(tokens) == 2000
    assert all(re.fullmatch(rf"[{TOKEN_ALPHABET}]{{10}}", token) for token in tokens)
    assert not set("01oil") & set(TOKEN_ALPHABET)
    assert set("".join(tokens)) == set(TOKEN_ALPHABET)


def test_the_address_of_an_item_is_put_in_capitals_and_needs_a_smaller_symbol():
    code = make_qr(ADDRESS)
    (found,) = read(code)
    assert found.text == ADDRESS.upper()
    assert (code.modules, code.side) == (29, 37)
    longer_path = make_qr(ADDRESS.replace("/q/", "/z/"))
    assert longer_path.modules > code.modules


def test_an_address_whose_letters_matter_is_kept_as_it_is():
    for address in ("https://vaerkstedet.dk/vare/1042-havebaenk", "https://vaerkstedet.dk/under/q/x7km2p9rtw"):
        (found,) = read(make_qr(address))
        assert found.text == address


def test_the_symbol_is_level_q_and_a_damaged_one_is_still_read():
    code = make_qr(ADDRESS)
    (found,) = read(code)
    assert found.ec_level == "Q"
    image = picture(code)
    ImageDraw.Draw(image).rectangle((160, 170, 220, 215), fill=255)
    (damaged,) = zxingcpp.read_barcodes(image)
    assert damaged.text == ADDRESS.upper()


def test_the_path_is_the_very_symbol_with_four_modules_of_white_around_it():
    import qrcode

    code = make_qr(ADDRESS)
    expected = qrcode.QRCode(error_correction=qrcode.ERROR_CORRECT_Q, border=QUIET_ZONE)
    expected.add_data(ADDRESS.upper(), optimize=0)
    assert dark_modules(code) == [[bool(module) for module in row] for row in expected.get_matrix()]
    assert not any(any(row) for row in dark_modules(code)[:QUIET_ZONE])


def test_a_short_local_address_with_a_port_works_for_the_demonstration():
    (found,) = read(make_qr("http://localhost:8000/q/x7km2p9rtw"))
    assert found.text == "HTTP://LOCALHOST:8000/Q/X7KM2P9RTW"


@pytest.mark.parametrize(
    "address", ["/q/x7km2p9rtw", "vaerkstedet.dk/q/x7km2p9rtw", "javascript:alert(1)", "", "https:///q/x"]
)
def test_an_address_that_leads_nowhere_is_never_printed(address):
    with pytest.raises(ValueError, match="absolute"):
        make_qr(address)


def test_the_svg_stands_alone_and_its_label_cannot_break_out():
    code = make_qr(ADDRESS)
    svg = qr_svg(code.path, code.side, 'QR-kode til "vare" <1042>')
    assert svg.startswith('<svg xmlns="http://www.w3.org/2000/svg"')
    assert 'aria-label="QR-kode til &quot;vare&quot; &lt;1042&gt;"' in svg
    assert "style=" not in svg
