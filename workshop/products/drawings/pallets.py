"""Furniture of pallets: sofa, corner, table, bed and bar."""

from workshop.products.drawings.ground import floor, terrace
from workshop.products.drawings.scene import (
    BLUSH,
    HAY,
    IRON,
    PINE,
    SAGE,
    SAND,
    SKY,
    STRAW,
    TAR,
    Picture,
    Scene,
    dot,
    shade,
)

MOSS = "#5B8A72"
LINEN = "#F4EEE2"
DECK = 15.2


def pallet(scene: Scene, x: float, y: float, z: float, width: float = 120, depth: float = 80) -> float:
    """One pallet; gives the height of its upper side."""
    for back in (0, depth / 2 - 5, depth - 10):
        scene.box(x, y + back, z, width, 10, 2.4, PINE)
    for left in (0, width / 2 - 7, width - 14):
        for back in (0, depth / 2 - 5, depth - 10):
            scene.box(x + left, y + back, z + 2.4, 14, 10, 8, shade(PINE, 0.9))
        scene.box(x + left, y, z + 10.4, 14, depth, 2.4, PINE)
    boards = 7
    for i in range(boards):
        scene.box(x, y + i * depth / boards, z + 12.8, width, depth / boards - 2, 2.4, PINE)
    return z + DECK


def sofa(scene: Scene, x: float = 0, y: float = 0, width: float = 150, colour: str = MOSS) -> None:
    """A sofa of two pallets with cushions."""
    scene.shadow(x, y, width, 80)
    seat = pallet(scene, x, y, pallet(scene, x, y, 0, width), width)
    for i in range(3):
        scene.box(x, y, seat + i * 15, width, 5, 12, PINE)
    for left in (6, width - 14):
        scene.box(x + left, y + 5, seat, 8, 3, 42, PINE)
    half = width / 2
    for left in (0, half):
        scene.cushion(x + left, y + 10, seat, half, 68, 14, colour)
        scene.cushion(x + left + 3, y + 8.5, seat + 14, half - 6, 15, 32, colour)
    scene.cushion(x + width - 42, y + 24, seat + 14, 30, 13, 24, HAY)


def corner(scene: Scene) -> None:
    """A corner piece with a back on two sides."""
    scene.shadow(0, 0, 84, 84)
    seat = pallet(scene, 0, 0, pallet(scene, 0, 0, 0, 84, 84), 84, 84)
    for i in range(3):
        scene.box(5, 0, seat + i * 15, 79, 5, 12, PINE)
        scene.box(0, 0, seat + i * 15, 5, 84, 12, PINE)
    scene.cushion(8, 8, seat, 76, 76, 14, "#C66B4E")
    scene.cushion(24, 7, seat + 14, 58, 16, 32, "#C66B4E")
    scene.cushion(7, 24, seat + 14, 16, 58, 32, "#C66B4E")


def table(scene: Scene, x: float = 0, y: float = 0, width: float = 110, depth: float = 70) -> None:
    """A low table of two pallets on blocks."""
    scene.shadow(x, y, width, depth)
    for left in (x + 4, x + width - 14):
        for back in (y + 4, y + depth - 14):
            scene.box(left, back, 0, 10, 10, 10, TAR)
    pallet(scene, x, y, pallet(scene, x, y, 10, width, depth), width, depth)


def _wheel(scene: Scene, x: float, y: float) -> None:
    scene.block(x, y, 0, 4, 9, 9, IRON)
    scene.block(x - 2, y + 1, 9, 10, 8, 2, IRON)


def rolling_table(scene: Scene) -> None:
    """A low table on wheels with a smooth top."""
    scene.shadow(0, 0, 120, 80)
    for x in (10, 104):
        for y in (8, 62):
            _wheel(scene, x, y)
    top = pallet(scene, 0, 0, 11)
    for i in range(6):
        scene.box(-2, -2 + i * 14, top, 124, 13.2, 4, shade(PINE, 0.96))
    scene.overlay += [dot((84, 34, 34), 7, "#F3EDE0"), dot((84, 34, 36), 5, "#6b4428")]


def bed(scene: Scene) -> None:
    """A low bed with a mattress and two pillows."""
    scene.shadow(0, 0, 208, 148)
    for x in (0, 104):
        for y in (0, 74):
            pallet(scene, x, y, 0, 104, 74)
    scene.box(-6, 0, 0, 6, 148, 62, PINE)
    scene.cushion(0, 2, DECK, 206, 144, 22, LINEN)
    for y in (10, 78):
        scene.cushion(4, y, DECK + 20, 42, 60, 14, "#FFFFFF")
    scene.cushion(84, 0, DECK + 17, 126, 148, 11, "#6D93B3")


def bar(scene: Scene) -> None:
    """A tall counter with upright pallet boards and a top."""
    scene.shadow(0, 0, 140, 60)
    for i in range(10):
        scene.box(2 + i * 13.6, 50, 0, 12, 4, 100, shade(PINE, 0.94 + (i % 3) * 0.05))
    for i in range(4):
        scene.box(134, 6 + i * 11, 0, 4, 10, 100, PINE)
    scene.box(4, 6, 0, 130, 44, 96, shade(PINE, 0.85))
    scene.box(0, 54, 28, 140, 3, 8, shade(PINE, 1.06))
    scene.box(0, 54, 76, 140, 3, 8, shade(PINE, 1.06))
    for i in range(4):
        scene.box(-6, -4 + i * 17, 100, 152, 16, 5, shade(PINE, 0.98))
    for x, colour in ((30, "#4E8468"), (44, "#C4523A"), (56, "#EFC867")):
        scene.block(x, 18, 105, 8, 8, 20, colour)


def _sofa(scene: Scene) -> None:
    terrace(scene, 150, 84, 20)
    sofa(scene)


def _corner(scene: Scene) -> None:
    terrace(scene, 84, 84)
    corner(scene)


def _rolling_table(scene: Scene) -> None:
    terrace(scene, 120, 80, 20)
    rolling_table(scene)


def _bed(scene: Scene) -> None:
    floor(scene, 208, 148, 16)
    bed(scene)


def _bar(scene: Scene) -> None:
    terrace(scene, 140, 60, 24)
    bar(scene)


PICTURES = {
    "pallet-sofa": Picture(_sofa, BLUSH),
    "pallet-corner": Picture(_corner, SAND),
    "pallet-table": Picture(_rolling_table, STRAW),
    "pallet-bed": Picture(_bed, SKY),
    "pallet-bar": Picture(_bar, SAGE),
}
