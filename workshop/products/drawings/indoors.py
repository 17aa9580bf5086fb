"""Shelves, cases, chests of drawers and mirrors."""

from workshop.products.drawings.ground import floor, wall
from workshop.products.drawings.planters import pot
from workshop.products.drawings.scene import (
    BLUE,
    BLUSH,
    GREEN,
    HAY,
    OAK,
    PINE,
    RECLAIMED,
    RED,
    SAGE,
    SAND,
    SKY,
    STRAW,
    WHITE,
    Box,
    Picture,
    Scene,
    dot,
    polygon,
    shade,
)

BINDINGS = (RED, BLUE, HAY, GREEN, WHITE, "#8A6A8F")


def books(scene: Scene, x: float, y: float, z: float, count: int, height: float = 20) -> None:
    """A row of books, each with its own back."""
    left = x
    for i in range(count):
        width = 3.2 + (i * 7 % 3)
        scene.block(left, y, z, width, 14, height - (i * 5 % 4) * 1.5, BINDINGS[i % len(BINDINGS)])
        left += width + 0.3


def bookcase(scene: Scene) -> None:
    """An open case with four shelves."""
    scene.shadow(0, 0, 80, 30)
    for x in (0, 75):
        scene.box(x, 0, 0, 5, 30, 150, PINE)
    for z in (6, 42, 78, 114, 146):
        scene.box(5, 0, z, 70, 30, 4, RECLAIMED)
    books(scene, 8, 8, 118, 8, 22)
    books(scene, 34, 8, 82, 7, 24)
    scene.block(12, 6, 46, 26, 20, 18, "#B89468")
    scene.block(50, 8, 46, 15, 15, 15, BLUE)
    scene.block(14, 6, 10, 46, 22, 20, "#8FA79A")
    pot(scene, 12, 8, 82, 12, RED)


def wall_shelf(scene: Scene) -> None:
    """One board on a wall, with a few things on it."""
    wall(scene, 110, 110)
    scene.box(15, 0, 60, 80, 20, 5, RECLAIMED)
    books(scene, 22, 3, 65, 6)
    pot(scene, 68, 4, 65, 12, WHITE)


def spice_shelf(scene: Scene) -> None:
    """A narrow shelf with a rail, for jars."""
    wall(scene, 92, 100)
    for z in (38, 64):
        scene.box(20, 0, z, 52, 10, 3, RECLAIMED)
        scene.box(20, 9, z + 7, 52, 1.6, 4, RECLAIMED)
        for i in range(5):
            scene.block(24 + i * 9.4, 2, z + 3, 6.4, 6.4, 9, ("#C98A3C", RED, GREEN, HAY, "#8A5A2D")[(i + int(z)) % 5])
            scene.block(24 + i * 9.4, 2, z + 12, 6.4, 6.4, 2.4, "#4A453F")
    for x in (17, 72):
        scene.box(x, 0, 34, 3, 11, 52, RECLAIMED)


def shoe_rack(scene: Scene) -> None:
    """A low rack with two shelves and a top."""
    scene.shadow(0, 0, 70, 30)
    for x in (0, 65):
        scene.box(x, 0, 0, 5, 30, 46, RECLAIMED)
    for z in (6, 25):
        for i in range(3):
            scene.box(5, 1 + i * 10, z, 60, 8.6, 2.6, PINE)
    scene.box(-2, -1, 46, 74, 32, 4, RECLAIMED)
    for x, low, colour in ((10, 8.6, RED), (22, 8.6, RED), (42, 8.6, "#4A453F"), (14, 27.6, BLUE), (26, 27.6, BLUE)):
        scene.block(x, 4, low, 8, 22, 5, colour)
        scene.block(x, 4, low + 5, 8, 10, 4, colour)


def book_box(scene: Scene) -> None:
    """A slanting case where the front of each book can be seen."""
    scene.shadow(0, 0, 60, 40)
    for x in (-4, 60):
        scene.box(x, 0, 0, 4, 40, 16, PINE)
        scene.box(x, 0, 16, 4, 28, 16, PINE)
        scene.box(x, 0, 32, 4, 15, 16, PINE)
    for i, colours in enumerate(((HAY, BLUE, RED), (GREEN, WHITE, HAY), (BLUE, RED, GREEN))):
        y, z = 30 - i * 13, 4 + i * 15
        scene.box(0, y + 6, z - 4, 60, 3, 11, PINE)
        for k, colour in enumerate(colours):
            scene.block(3 + k * 19, y + 2, z, 16, 2.4, 21, colour)


def drawers(scene: Scene, count: int = 3, colour: str = GREEN) -> None:
    """A painted chest of drawers with brass knobs."""
    scene.shadow(0, 0, 100, 48)
    for x in (3, 89):
        for y in (3, 37):
            scene.box(x, y, 0, 8, 8, 12, OAK)

    def fronts(_: Scene, box: Box) -> str:
        drawn, high = "", (box.height - 4) / count
        edge = f' stroke="{shade(colour, 0.7)}" stroke-width="1.1" stroke-linejoin="round"'
        for i in range(count):
            low = 3 + i * high
            drawn += polygon(box.front(4, box.width - 4, low, low + high - 3), shade(colour, 1.1), edge)
            for part in (0.24, 0.76):
                across, _y, up = box.front(box.width * part, 0, low + high / 2 - 1.5, 0)[0]
                drawn += dot((across, box.y + box.depth, up), 3, "#6b4a1d")
                drawn += dot((across, box.y + box.depth, up), 2.3, "#E8C07A")
        return drawn

    scene.boards.append(Box(0, 0, 12, 100, 48, 70, colour, has_grain=False, paint=fronts))
    scene.box(-3, -2, 82, 106, 53, 5, OAK)


def framed(scene: Scene, glass: str, frame: str, *, shine: str = "") -> None:
    """A frame on a wall: a mirror with ``shine``, or a blackboard without."""
    wall(scene, 100, 124)

    def gleam(_: Scene, box: Box) -> str:
        if not shine:
            return _chalk(box)
        broad = polygon([*box.front(8, 20, 4, 4)[:2], *box.front(44, 32, 64, 64)[:2]], shine)
        thin = polygon([*box.front(26, 30, 4, 4)[:2], *box.front(54, 50, 64, 64)[:2]], shine)
        return broad + thin

    scene.boards.append(Box(24, 0, 32, 58, 2, 68, glass, has_grain=False, is_even=True, paint=gleam))
    for z in (26, 100):
        scene.box(18, 0, z, 64, 4, 6, frame)
    for x in (18, 76):
        scene.box(x, 0, 32, 6, 4, 68, frame)


def _chalk(box: Box) -> str:
    """A menu in chalk: three lines and a small heart of a cup."""
    drawn = ""
    for low, right in ((50, 40), (38, 46), (26, 34)):
        drawn += polygon(box.front(9, right, low, low + 2.2), "#F3EDE0")
    return drawn + polygon(box.front(9, 20, 10, 18), "#EFC867")


def _bookcase(scene: Scene) -> None:
    floor(scene, 80, 30)
    bookcase(scene)


def _shoe_rack(scene: Scene) -> None:
    floor(scene, 70, 30)
    shoe_rack(scene)


def _book_box(scene: Scene) -> None:
    floor(scene, 60, 40)
    book_box(scene)


def _drawers(scene: Scene) -> None:
    floor(scene, 100, 50, 24)
    drawers(scene)


def _mirror(scene: Scene) -> None:
    framed(scene, "#BFD5DE", HAY, shine="#E6F0F4")


def _blackboard(scene: Scene) -> None:
    framed(scene, "#2F3B36", RECLAIMED)


PICTURES = {
    "bookcase": Picture(_bookcase, SKY),
    "wall-shelf": Picture(wall_shelf, SAGE),
    "spice-shelf": Picture(spice_shelf, BLUSH),
    "shoe-rack": Picture(_shoe_rack, STRAW),
    "book-box": Picture(_book_box, SAGE),
    "drawers": Picture(_drawers, BLUSH),
    "mirror": Picture(_mirror, SKY),
    "blackboard": Picture(_blackboard, SAND),
}
