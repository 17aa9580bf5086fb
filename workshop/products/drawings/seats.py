"""Benches, chairs and stools."""

from workshop.products.drawings.ground import floor, lawn, terrace
from workshop.products.drawings.scene import (
    BEECH,
    BLUE,
    BLUSH,
    GREEN,
    HAY,
    LARCH,
    OAK,
    RED,
    SAGE,
    SAND,
    SKY,
    STRAW,
    TAR,
    TREATED,
    Picture,
    Scene,
    line,
    shade,
)


def bench(scene: Scene, *, width: float = 150, colour: str = LARCH, has_arms: bool = True) -> None:
    """A garden bench with a back."""
    scene.shadow(0, 0, width, 46)
    for x in (4, width - 11):
        scene.box(x, 0, 0, 7, 6, 90, colour)
        scene.box(x, 38, 0, 7, 6, 62 if has_arms else 42, colour)
        scene.box(x + 1, 6, 14, 5, 32, 5, shade(colour, 0.95))
        if has_arms:
            scene.box(x - 1, 6, 62, 9, 40, 4, colour)
    for i in range(4):
        scene.box(0, 6.5 + i * 9.8, 42, width, 8.6, 4, colour)
    for i in range(3):
        scene.box(0, 6, 54 + i * 13, width, 3, 10, colour)


def plain_bench(scene: Scene, x: float, y: float, width: float, depth: float, height: float, colour: str) -> None:
    """A bench without a back."""
    scene.shadow(x, y, width, depth)
    for left in (x + 8, x + width - 15):
        for back in (y + 2, y + depth - 9):
            scene.box(left, back, 0, 7, 7, height - 4, colour)
        scene.box(left + 1, y + 9, 10, 5, depth - 18, 5, shade(colour, 0.94))
    slats = max(2, round(depth / 10))
    for i in range(slats):
        scene.box(x, y + i * depth / slats, height - 4, width, depth / slats - 1.4, 4, colour)


def corner_bench(scene: Scene) -> None:
    """Two benches with backs that meet in a corner."""
    scene.shadow(0, 0, 170, 48)
    scene.shadow(0, 40, 48, 120)
    for x, y in ((2, 2), (160, 2), (2, 158), (40, 40), (160, 40), (40, 158)):
        scene.box(x, y, 0, 7, 7, 40, TREATED)
    for i in range(4):
        scene.box(0, 6 + i * 10.5, 40, 170, 9.3, 4, TREATED)
        scene.box(6 + i * 10.5, 48, 40, 9.3, 122, 4, TREATED)
    for x in (40, 120):
        scene.box(x, -1, 40, 7, 5, 44, TREATED)
    for y in (60, 130):
        scene.box(-1, y, 40, 5, 7, 44, TREATED)
    for i in range(3):
        scene.box(0, 2, 52 + i * 12, 170, 3.4, 9.6, TREATED)
        scene.box(0, 6, 52 + i * 12, 3.4, 164, 9.6, TREATED)
    scene.cushion(44, 6, 44, 40, 38, 12, BLUE)
    scene.cushion(6, 96, 44, 38, 40, 12, HAY)


def storage_bench(scene: Scene) -> None:
    """A bench that is a chest, with its lid ajar."""
    scene.shadow(0, 0, 120, 55)
    for i in range(4):
        scene.box(2, 51, 4 + i * 9.6, 116, 3, 9, TREATED)
        scene.box(115, 2, 4 + i * 9.6, 3, 49, 9, TREATED)
        scene.box(2, 2, 4 + i * 9.6, 116, 3, 9, TREATED)
    for x, y in ((0, 0), (113, 0), (0, 48), (113, 48)):
        scene.box(x, y, 0, 7, 7, 42, shade(TREATED, 0.94))
    for i in range(5):
        scene.box(-3, -3 + i * 12.2, 43, 126, 11.4, 4, TREATED)
    scene.cushion(0, 0, 47, 60, 55, 11, GREEN)
    scene.cushion(60, 0, 47, 60, 55, 11, GREEN)


def chair(scene: Scene, x: float = 0, y: float = 0, colour: str = BLUE, seat: str = "") -> None:
    """A chair for the dinner table."""
    scene.shadow(x, y, 44, 44)
    for left in (x, x + 38):
        scene.box(left, y, 0, 6, 6, 96, colour)
        scene.box(left, y + 38, 0, 6, 6, 44, colour)
        scene.box(left + 1, y + 6, 16, 4, 32, 4, colour)
    scene.box(x + 6, y + 40, 20, 32, 4, 4, colour)
    scene.box(x - 1, y + 6, 44, 46, 40, 4.5, seat or colour)
    scene.box(x + 6, y + 1, 82, 32, 4, 12, colour)
    for i in range(4):
        scene.box(x + 9 + i * 7.6, y + 1.5, 52, 3.4, 3, 30, colour)


def lounge_chair(scene: Scene, x: float = 0, y: float = 0, colour: str = RED) -> None:
    """A garden chair with broad arms."""
    scene.shadow(x, y, 66, 70)
    for left in (x, x + 58):
        scene.box(left, y + 4, 0, 8, 8, 54, colour)
        scene.box(left, y + 58, 0, 8, 8, 54, colour)
        scene.box(left - 3, y + 2, 54, 14, 72, 4, colour)
    for i in range(6):
        scene.box(x + 8, y + 10 + i * 9.6, 30, 50, 8.4, 4, colour)
    for i, height in enumerate((56, 64, 68, 68, 64, 56)):
        scene.box(x + 8 + i * 8.5, y + 5, 32, 7.3, 4, height, colour)


def deck_chair(scene: Scene) -> None:
    """A long chair for sun and naps, its back raised in steps."""
    scene.shadow(0, 0, 195, 65)
    for x in (6, 100, 182):
        for y in (3, 55):
            scene.box(x, y, 0, 7, 7, 26, LARCH)
    for y in (3, 55):
        scene.box(0, y, 26, 195, 7, 6, LARCH)
    for i in range(9):
        scene.box(68 + i * 14, 1, 32, 12.4, 63, 3.4, LARCH)
    for i in range(6):
        scene.box(i * 11, 4, 70 - i * 7.4, 10.6, 57, 3.4, LARCH)
    for y in (8, 50):
        scene.box(30, y, 32, 5, 5, 18, shade(LARCH, 0.9))
    scene.overlay.append(line([(68, 61, 33), (0, 61, 73)], shade(LARCH, 0.88), 3.4))
    scene.cushion(2, 16, 72, 26, 34, 11, HAY)


def stool(scene: Scene, x: float = 0, y: float = 0, colour: str = HAY) -> None:
    """A small, sturdy stool."""
    scene.shadow(x, y, 40, 40)
    for left in (x + 3, x + 31):
        for back in (y + 3, y + 31):
            scene.box(left, back, 0, 6, 6, 44, colour)
        scene.box(left + 1, y + 9, 14, 4, 22, 4, colour)
    scene.box(x, y, 44, 40, 40, 5, shade(colour, 1.05))


def easy_chair(scene: Scene) -> None:
    """An upholstered armchair with oiled arms."""
    scene.shadow(0, 0, 74, 72)
    for x in (0, 66):
        scene.box(x, 4, 0, 8, 8, 50, OAK)
        scene.box(x, 60, 0, 8, 8, 50, OAK)
        scene.box(x - 1, 2, 50, 10, 70, 4.5, OAK)
        scene.box(x + 2, 12, 22, 4, 48, 5, OAK)
    scene.box(8, 62, 22, 58, 4, 6, OAK)
    scene.cushion(6, 8, 27, 62, 60, 20, "#6F8F7C")
    scene.cushion(7, 2, 40, 60, 20, 48, "#6F8F7C")


def restored_chair(scene: Scene) -> None:
    """A dinner chair in waxed beech with a newly covered seat."""
    chair(scene, colour=BEECH)
    scene.cushion(-2, 5, 46, 48, 43, 11, RED)


def _bench(scene: Scene) -> None:
    terrace(scene, 150, 52, 24)
    bench(scene)


def _dark_bench(scene: Scene) -> None:
    terrace(scene, 150, 52, 24)
    bench(scene, colour=TAR, has_arms=False)


def _plain_bench(scene: Scene) -> None:
    terrace(scene, 120, 40)
    plain_bench(scene, 0, 0, 120, 38, 45, LARCH)


def _corner_bench(scene: Scene) -> None:
    terrace(scene, 170, 170, 18)
    corner_bench(scene)


def _storage_bench(scene: Scene) -> None:
    terrace(scene, 120, 55)
    storage_bench(scene)


def _child_bench(scene: Scene) -> None:
    floor(scene, 70, 30)
    plain_bench(scene, 0, 0, 70, 28, 30, HAY)


def _lounge_chair(scene: Scene) -> None:
    terrace(scene, 70, 74, 24)
    lounge_chair(scene)


def _green_lounge_chair(scene: Scene) -> None:
    terrace(scene, 70, 74, 24)
    lounge_chair(scene, colour=GREEN)


def _deck_chair(scene: Scene) -> None:
    lawn(scene, 195, 65, 20)
    deck_chair(scene)


def _stool(scene: Scene) -> None:
    floor(scene, 42, 42)
    stool(scene)


def _blue_chair(scene: Scene) -> None:
    floor(scene, 44, 46, 27)
    chair(scene, seat=OAK)


def _restored_chair(scene: Scene) -> None:
    floor(scene, 44, 46, 27)
    restored_chair(scene)


def _easy_chair(scene: Scene) -> None:
    floor(scene, 74, 72)
    easy_chair(scene)


PICTURES = {
    "bench": Picture(_bench, SAGE),
    "bench-dark": Picture(_dark_bench, BLUSH),
    "bench-plain": Picture(_plain_bench, STRAW),
    "bench-corner": Picture(_corner_bench, SKY),
    "bench-storage": Picture(_storage_bench, SAND),
    "bench-child": Picture(_child_bench, SKY),
    "garden-chair": Picture(_lounge_chair, SAGE),
    "garden-chair-green": Picture(_green_lounge_chair, STRAW),
    "deck-chair": Picture(_deck_chair, STRAW),
    "stool": Picture(_stool, SAGE),
    "chair-blue": Picture(_blue_chair, SAND),
    "chair": Picture(_restored_chair, SAGE),
    "easy-chair": Picture(_easy_chair, BLUSH),
}
