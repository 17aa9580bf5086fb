"""Drawings of what the workshop makes and does; they stand in where there is no photograph yet."""

from functools import cache

from workshop.products.drawings import indoors, outdoors, pallets, planters, seats, small, tables
from workshop.products.drawings.scene import Picture, Scene

_PICTURES: dict[str, Picture] = {
    **seats.PICTURES,
    **tables.PICTURES,
    **planters.PICTURES,
    **pallets.PICTURES,
    **indoors.PICTURES,
    **small.PICTURES,
    **outdoors.PICTURES,
}
NAMES: tuple[str, ...] = tuple(_PICTURES)

_BY_SKU = {
    "HB-01": "bench",
    "HB-02": "bench-plain",
    "HB-03": "bench-corner",
    "HB-04": "bench-storage",
    "BO-01": "picnic-table",
    "BO-02": "garden-table",
    "BO-03": "cafe-table",
    "BO-04": "potting-table",
    "BO-05": "side-table",
    "ST-01": "garden-chair",
    "ST-02": "deck-chair",
    "ST-03": "stool",
    "PK-01": "planter-small",
    "PK-02": "planter",
    "PK-03": "planter-trellis",
    "PK-04": "planter-balcony",
    "HO-01": "raised-bed",
    "HO-02": "raised-bed-high",
    "HO-03": "raised-bed-frame",
    "PA-01": "pallet-sofa",
    "PA-02": "pallet-corner",
    "PA-03": "pallet-table",
    "PA-04": "pallet-bed",
    "PA-05": "pallet-bar",
    "RH-01": "wall-shelf",
    "RH-02": "bookcase",
    "RH-03": "shoe-rack",
    "RH-04": "spice-shelf",
    "BT-01": "coat-rack",
    "BT-02": "tray",
    "BT-03": "bird-box",
    "BT-04": "candle-holder",
    "BT-05": "toolbox",
    "BT-06": "blackboard",
    "TB-01": "table-child",
    "TB-02": "bench-child",
    "TB-03": "book-box",
    "RM-01": "drawers",
    "RM-02": "chair",
    "RM-03": "easy-chair",
    "RM-04": "coffee-table",
    "RM-05": "mirror",
    "BR-01": "kindling-sack",
    "BR-02": "kindling-net",
    "CY-01": "bicycle",
}
# A product type of the workshop's own gets the drawing of its kind.
_BY_CATEGORY = {
    "havebænke": "bench",
    "borde": "garden-table",
    "stole": "garden-chair",
    "plantekasser": "planter",
    "højbede": "raised-bed",
    "pallemøbler": "pallet-sofa",
    "reoler-og-hylder": "bookcase",
    "brugsting": "toolbox",
    "til-børn": "bench-child",
    "restaurerede-møbler": "drawers",
    "brænde-og-optænding": "kindling-sack",
    "istandsatte-cykler": "bicycle",
}


def drawing_for(sku: str, category: str) -> str:
    """The name of the drawing that fits a product type; for one we do not know, that of its category."""
    return _BY_SKU.get(sku) or _BY_CATEGORY.get(category, "stool")


@cache
def drawing(name: str) -> str:
    """The drawing as a whole SVG document, the same every time. Raises ``KeyError`` for an unknown name."""
    picture = _PICTURES[name]
    scene = Scene(name)
    picture.draw(scene)
    left, top, right, bottom = scene.bounds()
    across, down = picture.width * (1 - 2 * picture.margin), picture.height * (1 - 2 * picture.margin)
    scale = min(across / (right - left), down / (bottom - top))
    x, y = picture.width / 2 - scale * (left + right) / 2, picture.height / 2 - scale * (top + bottom) / 2
    paper = f'<rect width="100%" height="100%" fill="{picture.background}"/>' if picture.background else ""
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {picture.width} {picture.height}"'
        f' width="{picture.width}" height="{picture.height}">{paper}'
        f'<g transform="translate({x:.1f} {y:.1f}) scale({scale:.3f})">{scene.svg()}</g></svg>'
    )
