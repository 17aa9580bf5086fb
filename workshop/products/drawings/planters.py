"""Planters, raised beds and what grows in them."""

from workshop.products.drawings.ground import lawn, terrace
from workshop.products.drawings.scene import (
    BLUSH,
    LARCH,
    PINE,
    SAGE,
    SAND,
    SKY,
    SOIL,
    STRAW,
    TREATED,
    Picture,
    Scene,
    dot,
    shade,
)

PETALS = ("#E2725B", "#F4D06F", "#FFF4E0")


def planter(
    scene: Scene, x: float, y: float, width: float, depth: float, height: float, colour: str = PINE, boards: int = 4
) -> None:
    """A box of boards, filled with soil and flowers."""
    scene.shadow(x, y, width, depth)
    _sides(scene, (x, y, 0), width, depth, height, colour, boards)
    grow(scene, x, y, width, depth, height)


def _sides(
    scene: Scene,
    corner: tuple[float, float, float],
    width: float,
    depth: float,
    height: float,
    colour: str,
    boards: int,
) -> None:
    """Four sides of boards around soil."""
    x, y, z = corner
    board = height / boards
    for i in range(boards):
        low = z + i * board
        scene.box(x, y, low, width, 4, board - 1, colour)
        scene.box(x, y + depth - 4, low, width, 4, board - 1, colour)
        scene.box(x, y + 4, low, 4, depth - 8, board - 1, colour)
        scene.box(x + width - 4, y + 4, low, 4, depth - 8, board - 1, colour)
    scene.block(x + 4, y + 4, z, width - 8, depth - 8, height - 4, SOIL)


def grow(scene: Scene, x: float, y: float, width: float, depth: float, z: float) -> None:
    """Tufts of leaves with flowers along the middle of a planter whose edge is at height ``z``."""
    radius = min(15.0, depth * 0.36)
    tufts = max(2, int(width / 24))
    for i in range(tufts):
        centre, middle = x + 12 + (width - 24) * i / (tufts - 1), y + depth / 2
        scene.overlay.append(scene.foliage(centre, middle, z - 2, radius, 60))
        for _ in range(5):
            across, deep = scene.chance.uniform(-0.75, 0.75) * radius, scene.chance.uniform(-0.6, 0.6) * radius
            spot = (centre + across, middle + deep, z + scene.chance.uniform(0.5, 1.25) * radius)
            scene.overlay += [dot(spot, 2.9, scene.chance.choice(PETALS)), dot(spot, 1, "#7a4a12")]


def pot(scene: Scene, x: float, y: float, z: float, size: float, colour: str) -> None:
    """A small pot with one plant."""
    scene.block(x, y, z, size, size, size * 0.9, colour)
    scene.block(x - 1, y - 1, z + size * 0.9, size + 2, size + 2, 3, shade(colour, 1.06))
    scene.overlay.append(scene.foliage(x + size / 2, y + size / 2, z + size, size * 0.7, 30))


def trellis(scene: Scene) -> None:
    """A planter with a lattice behind it for climbing plants."""
    planter(scene, 0, 0, 80, 40, 42, TREATED)
    for x in (0, 74):
        scene.box(x, -4, 0, 6, 4, 150, TREATED)
    for i in range(6):
        scene.box(6, -3, 56 + i * 16, 68, 2, 4, shade(TREATED, 0.96))
    for i in range(4):
        scene.box(14 + i * 14.5, -4.2, 50, 4, 1.4, 96, shade(TREATED, 0.9))
    for x, z in ((14, 70), (22, 92), (34, 116), (54, 78), (62, 100), (70, 128)):
        scene.overlay.append(scene.foliage(x, 0, z, 11, 26))


def raised_bed(scene: Scene) -> None:
    """A bed with four strong corners."""
    planter(scene, 0, 0, 120, 80, 40, LARCH, 3)
    for x in (-3, 114):
        for y in (-3, 74):
            scene.box(x, y, 0, 9, 9, 44, shade(LARCH, 0.93))


def high_bed(scene: Scene) -> None:
    """A bed on legs, at the height of a table."""
    scene.shadow(0, 0, 120, 60)
    for x in (0, 113):
        for y in (0, 53):
            scene.box(x, y, 0, 7, 7, 52, shade(LARCH, 0.94))
    scene.box(7, 2, 14, 106, 4, 6, LARCH)
    scene.box(114, 7, 14, 5, 46, 6, LARCH)
    _sides(scene, (0, 0, 52), 120, 60, 33, LARCH, 3)
    grow(scene, 0, 4, 120, 52, 85)


def frame_bed(scene: Scene) -> None:
    """Two used pallet collars, one on the other."""
    planter(scene, 0, 0, 120, 80, 39, PINE, 2)
    for x in (-1.5, 116):
        for y in (-1.5, 76):
            for z in (4, 24):
                scene.block(x, y, z, 5.5, 5.5, 11, "#9AA5A0")


def _small(scene: Scene) -> None:
    terrace(scene, 60, 30)
    planter(scene, 0, 0, 60, 30, 30, TREATED, 3)


def _large(scene: Scene) -> None:
    lawn(scene, 100, 42)
    planter(scene, 0, 0, 100, 42, 40, TREATED)


def _trellis(scene: Scene) -> None:
    terrace(scene, 80, 40)
    trellis(scene)


def _balcony(scene: Scene) -> None:
    terrace(scene, 84, 24, 18)
    planter(scene, 0, 0, 84, 22, 20, TREATED, 2)


def _raised_bed(scene: Scene) -> None:
    lawn(scene, 120, 80, 20)
    raised_bed(scene)


def _high_bed(scene: Scene) -> None:
    terrace(scene, 120, 60)
    high_bed(scene)


def _frame_bed(scene: Scene) -> None:
    lawn(scene, 120, 80, 20)
    frame_bed(scene)


PICTURES = {
    "planter-small": Picture(_small, SKY),
    "planter": Picture(_large, SKY),
    "planter-trellis": Picture(_trellis, BLUSH),
    "planter-balcony": Picture(_balcony, STRAW),
    "raised-bed": Picture(_raised_bed, SAND),
    "raised-bed-high": Picture(_high_bed, SAGE),
    "raised-bed-frame": Picture(_frame_bed, STRAW),
}
