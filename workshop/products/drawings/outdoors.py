"""The front page's terrace, and pictures of the work at customers' homes."""

import math

from workshop.products.drawings import pallets
from workshop.products.drawings.ground import FLOOR, FLOORBOARDS, GRASS, slab, stripes, terrace, tiles
from workshop.products.drawings.planters import planter
from workshop.products.drawings.scene import (
    BLUE,
    BLUSH,
    FROST,
    GREEN,
    HAY,
    IRON,
    OAK,
    PINE,
    RED,
    SAGE,
    SAND,
    SKY,
    STEEL,
    STRAW,
    Box,
    Picture,
    Place,
    Scene,
    dot,
    line,
    polygon,
    project,
    shade,
)
from workshop.products.drawings.seats import chair, lounge_chair, stool

# How light leaves are on the top, front and right side of a hedge.
LIGHT = {"top": (1.2, 1.3, 0.95), "front": (0.85, 1.1, 0.92), "right": (0.68, 0.78, 0.9)}


def leafy(scene: Scene, box: Box) -> str:
    """Paints a box as a clipped hedge."""
    leaves: dict[str, str] = {}
    area = box.width * box.depth + box.width * box.height + box.depth * box.height
    sides = ("top", "front", "right") if box.width > 10 else ("top", "right")
    for _ in range(int(area / 26)):
        side = scene.chance.choice(sides)
        u, v = scene.chance.random(), scene.chance.random()
        colour = shade(box.colour, scene.chance.choice(LIGHT[side]))
        (x, y), turn = project(*_spot(box, side, u, v)), scene.chance.uniform(-0.9, 0.9)
        leaves[colour] = (
            leaves.get(colour, "") + f"M{x:.1f} {y:.1f}l{2.4 * math.cos(turn):.1f} {2.4 * math.sin(turn):.1f}"
        )
    drawn = "".join(f'<path d="{path}" stroke="{colour}"/>' for colour, path in leaves.items())
    return f'<g fill="none" stroke-width="2.5" stroke-linecap="round">{drawn}</g>'


def _spot(box: Box, side: str, u: float, v: float) -> Place:
    if side == "top":
        return box.x + u * box.width, box.y + v * box.depth, box.top
    if side == "front":
        return box.x + u * box.width, box.y + box.depth, box.z + v * box.height
    return box.x + box.width, box.y + u * box.depth, box.z + v * box.height


def hedge(scene: Scene, x: float, y: float, width: float, depth: float, height: float, colour: str = GREEN) -> None:
    """A clipped hedge."""
    scene.boards.append(Box(x, y, 0, width, depth, height, colour, has_grain=False, is_even=True, paint=leafy))


def hero(scene: Scene) -> None:
    """A terrace with everything the workshop builds, before a hedge."""
    slab(scene, -70, -60, 400, 290, "#A9C896", thickness=12, paint=stripes(("#B7D3A3", "#ADCB98"), 9))
    paving = tiles("#E4DBC9", 9, 6)
    scene.ground.append(Box(-30, 20, 0, 300, 180, 0.2, "#D9CFBC", has_grain=False, is_even=True, paint=paving))
    hedge(scene, -62, -52, 384, 28, 74)
    pallets.sofa(scene, -18, 34, colour="#C66B4E")
    pallets.table(scene, 10, 140)
    lounge_chair(scene, 184, 42, GREEN)
    planter(scene, 190, 150, 66, 40, 36, PINE)
    stool(scene, 270, 110, HAY)
    for x in (44, 78):
        scene.overlay += [_oval((x, 172, 42), 7, 4.4, "#F3EDE0"), _oval((x, 172, 46), 6, 3.4, "#6b4428")]


def _oval(place: Place, across: float, high: float, colour: str) -> str:
    x, y = project(*place)
    return f'<ellipse cx="{x:.1f}" cy="{y:.1f}" rx="{across}" ry="{high}" fill="{colour}"/>'


def hedge_cutting(scene: Scene) -> None:
    """A hedge, half clipped, with the shears."""
    slab(scene, -20, -26, 210, 130, GRASS)
    scene.shadow(0, 0, 168, 34)
    hedge(scene, 0, 0, 112, 34, 62)
    hedge(scene, 112, 0, 56, 34, 78, "#457A5F")
    scene.overlay += [
        line([(96, 46, 40), (112, 36, 66)], "#8f9aa3", 5),
        line([(100, 46, 40), (124, 36, 58)], STEEL, 5),
        line([(97, 47, 40), (90, 62, 18)], RED, 6),
        line([(99, 47, 40), (108, 66, 20)], RED, 6),
    ]
    scene.overlay += [_oval((40 + i * 9, 56 + (i * 37) % 26, 0), 3, 1.7, "#5B9271") for i in range(12)]


def lawn_mowing(scene: Scene) -> None:
    """A mower on a striped lawn."""
    slab(scene, -10, -10, 190, 130, "#8DB57C", thickness=10, paint=stripes(("#A5CB8F", "#90BC7C"), 6))
    scene.shadow(70, 44, 56, 34, 0.2)
    scene.block(70, 44, 7, 56, 34, 10, RED)
    scene.block(84, 50, 17, 24, 22, 12, IRON)
    for x in (76, 120):
        scene.overlay += [dot((x, 78, 7), 8, "#2f2b27"), dot((x, 78, 7), 3.4, "#d9d2c3")]
    for y in (46, 76):
        scene.overlay.append(line([(70, y, 14), (34, y, 52)], IRON, 3.4))
    scene.overlay.append(line([(34, 46, 52), (34, 76, 52)], IRON, 5))


def snow_clearing(scene: Scene) -> None:
    """A path through the snow, and the shovel."""
    slab(scene, -10, -10, 190, 130, "#E9F0F3", thickness=12)
    path = Box(50, -10, 0, 56, 130, 0.1, "#A9A79F", has_grain=False, is_even=True, paint=tiles("#B4B1A9", 3, 7))
    scene.ground.append(path)
    for x, y, width, depth, height in (
        (-10, 0, 48, 36, 20),
        (-10, 60, 40, 50, 14),
        (118, -4, 50, 40, 24),
        (124, 62, 48, 48, 16),
    ):
        snow = Box(x, y, 0, width, depth, height, "#F6FAFC", has_grain=False, is_even=True, softness=8)
        scene.boards.append(snow)
    blade = [(58.0, 66.0, 18.0), (94.0, 66.0, 4.0), (96.0, 84.0, 0.0), (60.0, 84.0, 10.0)]
    scene.overlay += [
        line([(76, 60, 6), (66, 36, 74)], OAK, 5),
        line([(60, 36, 78), (72, 36, 70)], OAK, 5),
        polygon(blade, RED, ' stroke="#a03c28" stroke-width="1.5" stroke-linejoin="round"'),
    ]


def restoration(scene: Scene) -> None:
    """Two old chairs, one of them painted, with the pot between them."""
    slab(scene, -30, -26, 190, 120, FLOOR, thickness=6, paint=stripes(FLOORBOARDS, 9))
    chair(scene, 6, 8, BLUE, PINE)
    chair(scene, 88, 8, OAK, OAK)
    scene.block(58, 56, 0, 16, 16, 18, STEEL)
    scene.overlay.append(line([(66, 64, 20), (72, 58, 40)], OAK, 4))


def garden_work(scene: Scene) -> None:
    """A flower bed with spade and rake."""
    slab(scene, -14, -14, 170, 110, GRASS)
    planter(scene, 0, 0, 140, 44, 10, PINE, 1)
    scene.overlay += [
        line([(44, 66, 2), (38, 50, 74)], OAK, 4.4),
        polygon([(38, 66, 4), (52, 66, 4), (51, 68, -14), (40, 68, -14)], STEEL),
        line([(96, 70, 0), (104, 50, 76)], OAK, 4.4),
        line([(84, 72, 0), (108, 72, 0)], RED, 5),
    ]
    scene.overlay += [
        _oval((30 + i * 11, 74 + (i * 29) % 14, 0), 4, 2.3, ("#D08A3C", "#C4523A", HAY)[i % 3]) for i in range(9)
    ]


def caretaking(scene: Scene) -> None:
    """A fence with a new board, and the toolbox beside it."""
    terrace(scene, 150, 60, 14)
    for i in range(9):
        scene.box(4 + i * 16, 6, 0, 12, 3, 62 if i % 2 else 66, PINE if i == 5 else "#9FB3A6")
    for z in (16, 46):
        scene.box(0, 2, z, 150, 4, 6, "#8FA598")
    scene.block(88, 34, 0, 34, 18, 14, RED)
    scene.block(98, 41, 14, 14, 3, 6, IRON)


PICTURES = {
    "hero": Picture(hero, width=760, height=540, margin=0.01),
    "hedge": Picture(hedge_cutting, SKY),
    "lawn": Picture(lawn_mowing, STRAW),
    "snow": Picture(snow_clearing, FROST),
    "restoration": Picture(restoration, BLUSH),
    "garden-work": Picture(garden_work, SAGE),
    "caretaking": Picture(caretaking, SAND),
}
