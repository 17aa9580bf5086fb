"""What things stand on: terrace, lawn, floor and wall."""

from collections.abc import Callable, Sequence

from workshop.products.drawings.scene import Box, Scene, polygon, shade

GRASS, FLOOR, PAVING, WALL = "#B9D0A8", "#CBB48F", "#D9CFBC", "#F1E7D6"
FLOORBOARDS = ("#D6C19E", "#CFB892")


def slab(
    scene: Scene,
    x: float,
    y: float,
    width: float,
    depth: float,
    colour: str,
    *,
    thickness: float = 8,
    paint: Callable[[Scene, Box], str] | None = None,
) -> None:
    """A piece of ground whose upper side is at height 0."""
    scene.ground.append(
        Box(x, y, -thickness, width, depth, thickness, colour, has_grain=False, is_even=True, paint=paint)
    )


def terrace(scene: Scene, width: float, depth: float, margin: float = 22) -> None:
    """Paving with room around something of the given size."""
    across, deep = width + 2 * margin, depth + 2 * margin
    slab(scene, -margin, -margin, across, deep, PAVING, thickness=7, paint=tiles(shade(PAVING, 1.1), 6, 5))


def lawn(scene: Scene, width: float, depth: float, margin: float = 22) -> None:
    """Grass with room around something of the given size."""
    slab(scene, -margin, -margin, width + 2 * margin, depth + 2 * margin, GRASS)


def floor(scene: Scene, width: float, depth: float, margin: float = 22) -> None:
    """Floorboards with room around something of the given size."""
    across, deep = width + 2 * margin, depth + 2 * margin
    slab(
        scene, -margin, -margin, across, deep, FLOOR, thickness=6, paint=stripes(FLOORBOARDS, max(5, int(across / 17)))
    )


def wall(scene: Scene, width: float, height: float, depth: float = 34, colour: str = WALL) -> None:
    """A piece of wall along x with its face at y = 0, and a strip of floor before it."""
    slab(scene, 0, -6, width, depth + 6, FLOOR, thickness=6, paint=stripes(FLOORBOARDS, max(4, int(width / 18))))
    scene.boards.append(Box(0, -6, 0, width, 6, height, colour, has_grain=False, is_even=True))
    scene.boards.append(Box(0, 0, 0, width, 1.4, 7, shade(colour, 1.5), has_grain=False, is_even=True))


def stripes(colours: Sequence[str], count: int) -> Callable[[Scene, Box], str]:
    """Paints floorboards or a mown lawn."""

    def paint(_: Scene, box: Box) -> str:
        drawn = ""
        for i in range(count):
            left, right = box.x + box.width * i / count, box.x + box.width * (i + 1) / count
            drawn += polygon(_level(left, right, box.y, box.y + box.depth, box.top), colours[i % len(colours)])
        return drawn

    return paint


def tiles(colour: str, across: int, deep: int) -> Callable[[Scene, Box], str]:
    """Paints paving stones, each in its own shade."""

    def paint(scene: Scene, box: Box) -> str:
        drawn = ""
        for i in range(across):
            for j in range(deep):
                left, right = box.x + box.width * i / across + 1, box.x + box.width * (i + 1) / across - 1
                back, near = box.y + box.depth * j / deep + 1, box.y + box.depth * (j + 1) / deep - 1
                drawn += polygon(
                    _level(left, right, back, near, box.top), shade(colour, scene.chance.uniform(0.96, 1.05))
                )
        return drawn

    return paint


def _level(left: float, right: float, back: float, near: float, z: float) -> list[tuple[float, float, float]]:
    return [(left, back, z), (right, back, z), (right, near, z), (left, near, z)]
