"""Tables for garden, balcony, potting and living room."""

from workshop.products.drawings.ground import floor, lawn, terrace
from workshop.products.drawings.planters import pot
from workshop.products.drawings.scene import (
    BLUSH,
    LARCH,
    RECLAIMED,
    SAGE,
    SAND,
    SKY,
    STRAW,
    TEAK,
    TREATED,
    Picture,
    Scene,
    dot,
    shade,
)


def table(scene: Scene, width: float, depth: float, height: float, colour: str, boards: int = 6) -> None:
    """A table on four legs with a top of boards."""
    scene.shadow(0, 0, width, depth)
    leg = 8 if width > 80 else 5
    for x in (4, width - 4 - leg):
        for y in (4, depth - 4 - leg):
            scene.box(x, y, 0, leg, leg, height, colour)
        scene.box(x + 1, 4 + leg, height - 10, leg - 2, depth - 8 - 2 * leg, 7, shade(colour, 0.92))
    scene.box(4 + leg, depth - 3 - leg, height - 10, width - 8 - 2 * leg, leg - 3, 7, shade(colour, 0.95))
    for i in range(boards):
        scene.box(0, i * depth / boards, height, width, depth / boards - 1.6, 4.4, colour)


def picnic_table(scene: Scene, size: float, colour: str, height: float = 66) -> None:
    """A table and two benches in one piece; ``size`` 1 is for grown-ups."""

    def box(x: float, y: float, z: float, w: float, d: float, h: float, tint: str = colour) -> None:
        scene.box(x * size, y * size, z * size, w * size, d * size, h * size, tint)

    scene.shadow(0, 0, 150 * size, 130 * size)
    for x in (18, 124):
        box(x, 4, 36, 7, 122, 7, shade(colour, 0.93))
        for y in (36, 86):
            box(x, y, 0, 7, 8, height)
        for y in (8, 114):
            box(x, y, 0, 7, 8, 36)
    for i in range(2):
        box(0, 2 + i * 12, 43, 150, 10.6, 4)
        box(0, 105 + i * 12, 43, 150, 10.6, 4)
    for i in range(5):
        box(0, 33 + i * 13, height, 150, 11.4, 4.4)


def potting_table(scene: Scene) -> None:
    """A table for pots and soil, with a shelf below and a high edge behind."""
    table(scene, 110, 50, 82, TREATED, 4)
    for i in range(3):
        scene.box(6, 6 + i * 13, 24, 98, 12, 3.4, shade(TREATED, 0.95))
    scene.box(0, -3, 82, 110, 3, 24, TREATED)
    for x, colour in ((12, "#C4714F"), (34, "#B9654A"), (78, "#C4714F")):
        pot(scene, x, 14, 86.4, 15, colour)
    scene.block(30, 12, 27.4, 34, 24, 20, "#8FA79A")


def _picnic_table(scene: Scene) -> None:
    lawn(scene, 150, 130, 20)
    picnic_table(scene, 1, TREATED)


def _child_table(scene: Scene) -> None:
    lawn(scene, 96, 84, 16)
    picnic_table(scene, 0.64, LARCH)
    for x, y, colour in ((30, 34, "#C4523A"), (52, 42, "#6D93B3"), (64, 34, "#EFC867")):
        scene.block(x, y, 45.2, 5, 5, 7, colour)


def _garden_table(scene: Scene) -> None:
    terrace(scene, 180, 85, 20)
    table(scene, 180, 85, 70, LARCH)


def _cafe_table(scene: Scene) -> None:
    terrace(scene, 60, 60)
    table(scene, 60, 60, 70, LARCH, 5)
    for x, y in ((20, 26), (40, 40)):
        scene.overlay += [dot((x, y, 75), 5, "#F3EDE0"), dot((x, y, 77), 3.6, "#6b4428")]


def _potting_table(scene: Scene) -> None:
    lawn(scene, 110, 50)
    potting_table(scene)


def _side_table(scene: Scene) -> None:
    floor(scene, 45, 45)
    table(scene, 45, 45, 41, RECLAIMED, 4)
    scene.block(12, 12, 45.4, 20, 15, 3, "#C4523A")
    scene.block(13, 13, 48.4, 18, 14, 2.6, "#F3EDE0")


def _coffee_table(scene: Scene) -> None:
    floor(scene, 120, 60)
    scene.shadow(0, 0, 120, 60)
    for x in (6, 106):
        for y in (5, 47):
            scene.box(x, y, 0, 7, 7, 42, TEAK)
    scene.box(14, 8, 14, 92, 44, 3, shade(TEAK, 1.05))
    scene.box(0, 0, 42, 120, 60, 5, TEAK)
    scene.block(70, 18, 47, 26, 20, 3, "#EDE3D0")
    pot(scene, 26, 20, 47, 13, "#DCE8EE")


PICTURES = {
    "picnic-table": Picture(_picnic_table, SKY),
    "table-child": Picture(_child_table, BLUSH),
    "garden-table": Picture(_garden_table, STRAW),
    "cafe-table": Picture(_cafe_table, SAGE),
    "potting-table": Picture(_potting_table, SAND),
    "side-table": Picture(_side_table, SKY),
    "coffee-table": Picture(_coffee_table, BLUSH),
}
