"""Small things: trays, boxes, pegs, kindling, and the bicycle."""

from workshop.products.drawings.ground import floor, lawn, terrace, wall
from workshop.products.drawings.scene import (
    BLUE,
    BLUSH,
    HAY,
    IRON,
    PINE,
    RECLAIMED,
    RED,
    SAGE,
    SAND,
    SKY,
    STEEL,
    STRAW,
    WHITE,
    Box,
    Picture,
    Place,
    Scene,
    dot,
    line,
    ring,
    shade,
)

ROPE = "#D8C49A"


def coat_rack(scene: Scene) -> None:
    """A board with five pegs, and a bag on one of them."""
    wall(scene, 96, 96)
    scene.box(12, 0, 62, 72, 3, 11, RECLAIMED)
    for i in range(5):
        scene.box(19 + i * 13.6, 3, 65, 3, 8, 3, shade(RECLAIMED, 0.86))
    scene.block(28, 4, 30, 14, 6, 24, RED)
    scene.overlay.append(line([(30, 10, 54), (34, 10, 66), (39, 10, 54)], shade(RED, 0.8), 1.8))
    scene.block(60, 4, 26, 13, 4, 37, BLUE)


def tray(scene: Scene) -> None:
    """A tray with handles of rope, laid for two."""
    floor(scene, 58, 42, 1)
    scene.shadow(6, 6, 46, 30)
    scene.box(6, 6, 0, 46, 30, 2.4, PINE)
    for y in (6, 34):
        scene.box(6, y, 2.4, 46, 2, 6, PINE)
    for x in (6, 50):
        scene.box(x, 8, 2.4, 2, 26, 6, PINE)
        scene.overlay.append(line([(x + 1, 14, 8), (x + 1, 17, 14), (x + 1, 25, 14), (x + 1, 28, 8)], ROPE, 2.2))
    for x, y in ((19, 16), (33, 22)):
        scene.block(x, y, 2.4, 6, 6, 6, WHITE)
        scene.overlay.append(dot((x + 3, y + 3, 8.6), 2.2, "#6b4428"))


def bird_box(scene: Scene) -> None:
    """A nesting box on its pole."""
    lawn(scene, 36, 36, 18)
    scene.shadow(8, 8, 22, 24)
    scene.box(15, 16, 0, 6, 6, 62, shade(PINE, 0.8))

    def door(_: Scene, box: Box) -> str:
        hole = (box.x + 10, box.y + box.depth, box.z + 20)
        return dot(hole, 3.9, "#3A2A1A") + dot((hole[0], hole[1], box.z + 11), 1.4, "#8a5a2d")

    scene.boards.append(Box(8, 9, 62, 20, 20, 28, PINE, paint=door))
    scene.box(4, 4, 90, 28, 31, 4, RED)


def candle_holder(scene: Scene) -> None:
    """A long block with four tea lights."""
    floor(scene, 64, 29, 2)
    scene.shadow(6, 8, 52, 13)
    scene.box(6, 8, 0, 52, 13, 8, RECLAIMED)
    for i in range(4):
        x = 10 + i * 12.4
        scene.block(x, 11.5, 8, 6, 6, 2.6, WHITE)
        scene.overlay.append(_flame((x + 3, 14.5, 11.5)))


def _flame(place: Place) -> str:
    x, y, z = place
    return line([(x, y, z), (x, y, z + 3.6)], "#F0A63C", 3) + line([(x, y, z + 0.6), (x, y, z + 2.4)], "#FFF0B8", 1.4)


def toolbox(scene: Scene) -> None:
    """An open box with a round handle, and tools in it."""
    floor(scene, 64, 40, 2)
    scene.shadow(8, 8, 48, 24)
    scene.box(8, 8, 0, 48, 24, 2.4, PINE)
    for y in (8, 30):
        scene.box(10, y, 2.4, 44, 2, 12, PINE)
    for x in (8, 54):
        scene.box(x, 8, 2.4, 2.4, 24, 14, PINE)
        scene.box(x, 16, 16.4, 2.4, 8, 12, PINE)
    scene.block(16, 12, 2.4, 4, 4, 18, RED)
    scene.block(24, 11, 2.4, 3, 3, 20, HAY)
    scene.block(38, 12, 2.4, 5, 3, 17, STEEL)
    scene.box(10, 18.5, 24, 45, 3, 3, shade(PINE, 0.84))


def kindling(scene: Scene, x: float, y: float, width: float, depth: float, height: float, colour: str) -> None:
    """A sack or a net, with sticks to be seen at the top."""
    scene.shadow(x, y, width, depth)
    scene.boards.append(Box(x + 2, y + 2, 2, width - 4, depth - 4, height - 4, colour, has_grain=False, softness=4))
    across, deep = int(width / 5), int(depth / 5)
    for i in range(across):
        for j in range(deep):
            tall = scene.chance.uniform(3, 10)
            left, back = x + 2 + i * (width - 4) / across, y + 2 + j * (depth - 4) / deep
            scene.box(left, back, height, 3.4, 3.4, tall, PINE if (i + j) % 3 else RECLAIMED)


def _sack(scene: Scene) -> None:
    floor(scene, 66, 40, 12)
    kindling(scene, 0, 6, 40, 25, 44, "#D9BE93")
    scene.overlay.append(line([(6, 31, 22), (34, 31, 22)], "#8A6A3C", 2))
    for i in range(4):
        scene.box(50, 12 + i * 5, 0, 18, 3.6, 3.6, PINE)
    scene.box(53, 14, 3.6, 3.6, 18, 3.6, RECLAIMED)


def _net(scene: Scene) -> None:
    floor(scene, 42, 38, 8)

    def mesh(_: Scene, box: Box) -> str:
        drawn, front, right = "", box.y + box.depth, box.x + box.width
        for i in range(1, 7):
            up = box.z + box.height * i / 7
            drawn += line([(box.x, front, up), (right, front, up), (right, box.y, up)], RED, 1)
        for i in range(1, 6):
            across, deep = box.x + box.width * i / 6, box.y + box.depth * i / 6
            drawn += line([(across, front, box.z), (across, front, box.top)], RED, 1)
            drawn += line([(right, deep, box.z), (right, deep, box.top)], RED, 1)
        return drawn

    kindling(scene, 6, 6, 30, 22, 28, "#E0BE8B")
    net = scene.boards[0]
    scene.boards[0] = Box(net.x, net.y, 2, net.width, net.depth, 24, net.colour, softness=3, paint=mesh)


def bicycle(scene: Scene) -> None:
    """A bicycle with a basket, standing on paving."""
    terrace(scene, 176, 36, 18)
    y, back, front = 18.0, (36.0, 18.0, 33.0), (140.0, 18.0, 33.0)
    scene.shadow(6, 12, 164, 6, 0.2)
    scene.boards.append(Box(2, y - 2, 0, 172, 4, 0.1, "#E2D9C7", has_grain=False, is_even=True))
    drawn = []
    for hub in (back, front):
        drawn += [line(ring(hub, 33), "#2f2b27", 4.6), line(ring(hub, 29.5), STEEL, 1.4)]
        rim = ring(hub, 29)
        drawn += [line([rim[i], rim[i + 16]], "#A9B0B2", 0.7) for i in range(0, 16, 2)]
    crank, seat, head = (80.0, y, 32.0), (66.0, y, 78.0), (126.0, y, 80.0)
    paint = "#2F6F58"
    drawn += [line([back, crank, seat, back], paint, 3.6), line([crank, head, seat], paint, 4.2)]
    drawn += [line([front, head, (123.0, y, 94.0)], paint, 4.2), line([seat, (63.5, y, 90.0)], STEEL, 2.6)]
    drawn += [line([(54, y, 92), (76, y, 91)], IRON, 7), line(ring(crank, 8), IRON, 2.4)]
    drawn += [line([crank, (87, y + 3, 20)], STEEL, 2.4), line([(83, y + 5, 20), (91, y + 5, 20)], IRON, 3.4)]
    drawn += [line([(123, y, 94), (112, y - 12, 99), (104, y - 14, 98)], STEEL, 2.8)]
    drawn += [line([(123, y, 94), (112, y + 12, 99), (104, y + 14, 98)], STEEL, 2.8)]
    drawn += [line([(8, y, 60), (22, y, 66), (50, y, 66)], IRON, 3)]
    scene.overlay += drawn
    # The basket is a box, which also tells how far up the picture goes: lines have no bounds.
    scene.block(10, 9, 67, 30, 18, 17, "#B98F56")


PICTURES = {
    "coat-rack": Picture(coat_rack, STRAW),
    "tray": Picture(tray, SAGE),
    "bird-box": Picture(bird_box, SKY),
    "candle-holder": Picture(candle_holder, BLUSH),
    "toolbox": Picture(toolbox, SAND),
    "kindling-sack": Picture(_sack, STRAW),
    "kindling-net": Picture(_net, SAGE),
    "bicycle": Picture(bicycle, BLUSH),
}
