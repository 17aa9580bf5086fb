"""A small isometric stage: boards are boxes with one light, one projection and one set of wood colours.

x runs to the lower right, y to the lower left, z up; one unit is about a centimetre. Everything random comes from a
seed of the picture's name, so a picture is the same file every time.
"""

import math
import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from zlib import crc32

Point = tuple[float, float]
Place = tuple[float, float, float]

ACROSS = math.cos(math.radians(30))

PINE, TREATED, LARCH, OAK, RECLAIMED = "#E3B981", "#D3B885", "#CD9159", "#B98150", "#BF9A6C"
TEAK, BEECH = "#A9703F", "#DDB58A"
RED, GREEN, BLUE, HAY, WHITE = "#C4523A", "#4E8468", "#6D93B3", "#EFC867", "#F3EDE0"
TAR, STEEL, IRON, SOIL = "#5A5046", "#B9C2C9", "#4A453F", "#5B4634"
LEAVES = ("#3E7355", "#5B9271", "#7BAF86", "#2F5C45")
SAND, SAGE, SKY, BLUSH, STRAW, FROST = "#EDE3D0", "#DDE7DB", "#DCE8EE", "#F3DFD3", "#F6E8C3", "#CFE0E8"


def project(x: float, y: float, z: float) -> Point:
    """Where a place of the stage is on paper."""
    return (x - y) * ACROSS, (x + y) * 0.5 - z


def shade(colour: str, light: float) -> str:
    """The colour in more or less light: 1 as it is, below 1 darker, 1 to 2 towards white."""
    channels = [int(colour[i : i + 2], 16) for i in (1, 3, 5)]
    lit = [c * light if light <= 1 else c + (255 - c) * (light - 1) for c in channels]
    return "#" + "".join(f"{max(0, min(255, round(c))):02x}" for c in lit)


def polygon(places: Iterable[Place], fill: str, stroke: str = "") -> str:
    """A filled shape through places of the stage."""
    points = " ".join("{:.1f},{:.1f}".format(*project(*place)) for place in places)
    return f'<polygon points="{points}" fill="{fill}"{stroke}/>'


def line(places: Sequence[Place], colour: str, width: float) -> str:
    """A rod or a cable through places of the stage."""
    points = " ".join("{:.1f},{:.1f}".format(*project(*place)) for place in places)
    return (
        f'<polyline points="{points}" fill="none" stroke="{colour}" stroke-width="{width}"'
        ' stroke-linecap="round" stroke-linejoin="round"/>'
    )


def dot(place: Place, radius: float, colour: str) -> str:
    """A knob, a flower, the end of a dowel."""
    x, y = project(*place)
    return f'<circle cx="{x:.1f}" cy="{y:.1f}" r="{radius:.1f}" fill="{colour}"/>'


def ring(centre: Place, radius: float) -> list[Place]:
    """A circle that stands upright along x: a wheel seen from its side."""
    x, y, z = centre
    turns = [i * math.tau / 32 for i in range(33)]
    return [(x + radius * math.cos(a), y, z + radius * math.sin(a)) for a in turns]


@dataclass(frozen=True, slots=True)
class Box:
    """A board: its corner nearest the back, its size along x, y and z, and its colour.

    ``softness`` rounds a cushion's edges. ``paint`` adds something on top of the finished board. An even board is not
    given its own shade.
    """

    x: float
    y: float
    z: float
    width: float
    depth: float
    height: float
    colour: str
    has_grain: bool = True
    is_even: bool = False
    softness: float = 0
    paint: "Callable[[Scene, Box], str] | None" = None

    @property
    def top(self) -> float:
        """Height of the upper side above the ground."""
        return self.z + self.height

    @property
    def middle(self) -> float:
        """How near the box is to the eye, roughly; what is drawn first among boxes that do not touch."""
        return self.x + self.y + self.z

    def corners(self) -> list[Point]:
        """The eight corners on paper."""
        return [
            project(self.x + w, self.y + d, self.z + h)
            for w in (0, self.width)
            for d in (0, self.depth)
            for h in (0, self.height)
        ]

    def front(self, left: float, right: float, low: float, high: float) -> list[Place]:
        """A field on the side that looks to the lower left, measured from the box's corner."""
        y = self.y + self.depth
        at = [(left, low), (right, low), (right, high), (left, high)]
        return [(self.x + across, y, self.z + up) for across, up in at]

    def is_behind(self, other: "Box") -> bool:
        """Whether this box must be drawn before the other."""

        def before(a: Box, b: Box) -> bool:
            near = 0.01
            return a.x + a.width <= b.x + near or a.y + a.depth <= b.y + near or a.top <= b.z + near

        return before(self, other) and not before(other, self)


def in_painting_order(boxes: Sequence[Box]) -> list[Box]:
    """Boxes from the back to the front, so that each hides what is behind it."""
    by_middle = sorted(boxes, key=lambda box: box.middle)
    ordered: list[Box] = []
    seen: set[int] = set()

    def visit(box: Box) -> None:
        if id(box) in seen:
            return
        seen.add(id(box))
        for other in by_middle:
            if other is not box and other.is_behind(box):
                visit(other)
        ordered.append(box)

    for box in by_middle:
        visit(box)
    return ordered


class Scene:
    """One picture in the making: ground, shadows, boards and what lies on top of them."""

    def __init__(self, name: str) -> None:
        self.chance = random.Random(crc32(name.encode()))  # noqa: S311 - grain of wood, nothing to guess
        self.ground: list[Box] = []
        self.boards: list[Box] = []
        self.shadows: list[str] = []
        self.overlay: list[str] = []

    def box(self, x: float, y: float, z: float, w: float, d: float, h: float, colour: str) -> None:
        """Adds a board with grain."""
        self.boards.append(Box(x, y, z, w, d, h, colour))

    def block(self, x: float, y: float, z: float, w: float, d: float, h: float, colour: str) -> None:
        """Adds a smooth piece: metal, soil, a painted body."""
        self.boards.append(Box(x, y, z, w, d, h, colour, has_grain=False))

    def cushion(self, x: float, y: float, z: float, w: float, d: float, h: float, colour: str) -> None:
        """Adds a soft piece that fills the given space."""
        soft = Box(x + 3, y + 3, z + 2, w - 6, d - 6, h - 4, colour, has_grain=False, is_even=True, softness=5)
        self.boards.append(soft)

    def shadow(self, x: float, y: float, width: float, depth: float, strength: float = 0.16) -> None:
        """Adds the shadow on the ground of something of the given size."""
        outline = [
            (x, y, 0.0),
            (x + width, y, 0.0),
            (x + width + 5, y + depth, 0.0),
            (x + width + 5, y + depth + 7, 0.0),
            (x - 2, y + depth + 7, 0.0),
        ]
        edge = f' opacity="{strength}" stroke="#2b2113" stroke-width="4" stroke-linejoin="round"'
        self.shadows.append(polygon(outline, "#2b2113", edge))

    def foliage(self, x: float, y: float, z: float, radius: float, count: int) -> str:
        """A tuft of leaves around a place."""
        leaves: dict[str, str] = dict.fromkeys(LEAVES, "")
        for _ in range(count):
            turn, out = self.chance.uniform(0, math.tau), math.sqrt(self.chance.random()) * radius
            up = self.chance.uniform(0, radius * 1.05)
            spot = project(x + math.cos(turn) * out, y + math.sin(turn) * out, z + up)
            leaves[self.chance.choice(LEAVES)] += self.leaf(spot, 4.4 * self.chance.uniform(0.7, 1.25))
        return "".join(f'<path d="{path}" fill="{colour}"/>' for colour, path in leaves.items() if path)

    def leaf(self, spot: Point, size: float) -> str:
        """The outline of one leaf, tip to tip, turned a little by chance."""
        turn = self.chance.uniform(-1.05, 1.05)
        ax, ay = size * math.cos(turn), size * math.sin(turn)
        bx, by = -ay * 1.1, ax * 1.1
        x, y = spot
        there = f"q{ax + bx:.1f} {ay + by:.1f} {2 * ax:.1f} {2 * ay:.1f}"
        return f"M{x - ax:.1f} {y - ay:.1f}{there}q{-ax - bx:.1f} {-ay - by:.1f} {-2 * ax:.1f} {-2 * ay:.1f}z"

    def svg(self) -> str:
        """Everything drawn so far, from the ground up."""
        ground = "".join(self._drawn(box) for box in in_painting_order(self.ground))
        boards = "".join(self._drawn(box) for box in in_painting_order(self.boards))
        return ground + "".join(self.shadows) + boards + "".join(self.overlay)

    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right and bottom of the picture on paper."""
        corners = [corner for box in self.ground + self.boards for corner in box.corners()]
        across, down = [x for x, _ in corners], [y for _, y in corners]
        return min(across), min(down), max(across), max(down)

    def _drawn(self, box: Box) -> str:
        """The three sides of a box that can be seen, and what is painted on it."""
        colour = box.colour if box.is_even else shade(box.colour, self.chance.uniform(0.965, 1.03))
        x, y, z, w, d, h = box.x, box.y, box.z, box.width, box.depth, box.height
        along_x, along_y, along_z = (w, 0.0, 0.0), (0.0, d, 0.0), (0.0, 0.0, h)
        right = self._face(box, (x + w, y, z), along_y, along_z, shade(colour, 0.8))
        front = self._face(box, (x, y + d, z), along_x, along_z, colour)
        top = self._face(box, (x, y, z + h), along_x, along_y, shade(colour, 1.12))
        return right + front + top + (box.paint(self, box) if box.paint else "")

    def _face(self, box: Box, origin: Place, u: Place, v: Place, colour: str) -> str:
        corners = [origin, _plus(origin, u), _plus(origin, u, v), _plus(origin, v)]
        edge, width = (colour, box.softness) if box.softness else (shade(colour, 0.93), 0.6)
        outline = polygon(corners, colour, f' stroke="{edge}" stroke-width="{width}" stroke-linejoin="round"')
        long, short = sorted((math.hypot(*u), math.hypot(*v)), reverse=True)
        if not box.has_grain or long <= 14 or short <= 2.4:
            return outline
        lengthwise, sideways = (u, v) if math.hypot(*u) >= math.hypot(*v) else (v, u)
        return outline + self._grain(origin, lengthwise, sideways, colour)

    def _grain(self, origin: Place, lengthwise: Place, sideways: Place, colour: str) -> str:
        """Thin lines along the board, more of them on a broad one."""
        breadth = math.hypot(*sideways)
        count = 1 if breadth < 6 else 2 if breadth < 14 else max(3, int(breadth / 7))
        path = ""
        for i in range(count):
            side = (i + 1) / (count + 1) + self.chance.uniform(-0.07, 0.07)
            for move, part in (("M", self.chance.uniform(0.03, 0.45)), ("L", self.chance.uniform(0.55, 0.97))):
                spot = _plus(origin, _times(lengthwise, part), _times(sideways, side))
                path += move + "{:.1f} {:.1f}".format(*project(*spot))
        return f'<path d="{path}" stroke="{shade(colour, 0.86)}" stroke-width=".7" fill="none" stroke-linecap="round"/>'


@dataclass(frozen=True, slots=True)
class Picture:
    """A drawing by recipe: how to set the scene, and the paper behind it (none for a picture that floats)."""

    draw: Callable[[Scene], None]
    background: str = ""
    width: int = 400
    height: int = 400
    margin: float = 0.1


def _plus(*places: Place) -> Place:
    return sum(p[0] for p in places), sum(p[1] for p in places), sum(p[2] for p in places)


def _times(place: Place, factor: float) -> Place:
    return place[0] * factor, place[1] * factor, place[2] * factor
