"""Draws the operator's mark, a small SVG of strokes, as PNG icons, so that nothing but Pillow is needed."""

import io
import math
import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, fromstring

from PIL import Image, ImageDraw

from selfcare_app.operators import Profile, logo_svg

Point = tuple[float, float]
Line = list[Point]

_FINER = 4
"""Drawn so many times larger and then made smaller, for smooth edges."""

_CURVE_STEPS = 24
_TOKEN = re.compile(r"[MmLlHhVvCcQqZz]|-?(?:\d+\.\d*|\.\d+|\d+)")
_TAKES = {"M": 2, "L": 2, "H": 1, "V": 1, "C": 6, "Q": 4, "Z": 0}


class CannotDraw(ValueError):
    """The mark uses something else than strokes of lines, curves, circles and rectangles."""


def icon(profile: Profile, size: int, *, share: float = 0.56, round_corners: bool = True) -> bytes:
    """A PNG of `size` pixels: the mark in the accent's text colour on the accent; `share` is the mark's width of it.

    Raises CannotDraw for a mark that isn't made of simple strokes.
    """
    fine = size * _FINER
    image = Image.new("RGBA", (fine, fine), (0, 0, 0, 0))
    canvas = ImageDraw.Draw(image)
    palette = profile.brand.light
    radius = fine * 0.22 if round_corners else 0
    canvas.rounded_rectangle((0, 0, fine - 1, fine - 1), radius, fill=palette.accent)
    root = fromstring(logo_svg(profile))  # noqa: S314 - our own file
    _, _, width, height = (float(number) for number in root.attrib["viewBox"].split())
    scale = fine * share / max(width, height)
    shift = ((fine - width * scale) / 2, (fine - height * scale) / 2)
    pen = float(root.attrib["stroke-width"]) * scale
    for line in (line for element in root for line in lines(element)):
        _stroke(canvas, [(x * scale + shift[0], y * scale + shift[1]) for x, y in line], pen, palette.accent_text)
    out = io.BytesIO()
    image.resize((size, size), Image.Resampling.LANCZOS).save(out, "PNG", optimize=True)
    return out.getvalue()


def icon_svg(profile: Profile) -> str:
    """The same icon as an SVG."""
    palette = profile.brand.light
    inner = logo_svg(profile).replace(
        "<svg ", f'<svg x="11" y="11" width="26" height="26" color="{palette.accent_text}" ', 1
    )
    return (
        '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48">'
        f'<rect width="48" height="48" rx="10.5" fill="{palette.accent}"/>{inner}</svg>'
    )


def lines(element: Element) -> list[Line]:
    """The strokes of one SVG element as runs of points."""
    kind = element.tag.rpartition("}")[2]
    value = {name: float(text) for name, text in element.attrib.items() if name not in ("d", "transform")}
    if kind == "circle":
        return [_arc(value["cx"], value["cy"], value["r"], 0, 360)]
    if kind == "rect":
        return [_rectangle(value["x"], value["y"], value["width"], value["height"], value.get("rx", 0))]
    if kind == "path":
        return list(_path(element.attrib["d"]))
    raise CannotDraw(f"<{kind}>")


def _arc(x: float, y: float, radius: float, start: float, end: float) -> Line:
    steps = max(2, int(abs(end - start) / 5))
    angles = (math.radians(start + (end - start) * step / steps) for step in range(steps + 1))
    return [(x + radius * math.cos(angle), y + radius * math.sin(angle)) for angle in angles]


def _rectangle(x: float, y: float, width: float, height: float, radius: float) -> Line:
    right, bottom = x + width, y + height
    corners = ((right, y, -90), (right, bottom, 0), (x, bottom, 90), (x, y, 180))
    run: Line = []
    for corner_x, corner_y, start in corners:
        centre_x = corner_x + (radius if corner_x == x else -radius)
        centre_y = corner_y + (radius if corner_y == y else -radius)
        run += _arc(centre_x, centre_y, radius, start, start + 90)
    return [*run, run[0]]


def _path(text: str) -> Iterator[Line]:
    run: Line = []
    here: Point = (0.0, 0.0)
    for command, numbers in _commands(text):
        if command in "Mm":
            if run:
                yield run
            here = _moved(here, numbers, relative=command == "m")
            run = [here]
            continue
        points = [run[0]] if command in "Zz" else list(_drawn(here, command, numbers))
        run += points
        here = points[-1]
    if run:
        yield run


def _commands(text: str) -> Iterator[tuple[str, list[float]]]:
    tokens = _TOKEN.findall(text)
    at = 0
    command = ""
    while at < len(tokens):
        if tokens[at].isalpha():
            command = tokens[at]
            at += 1
        takes = _TAKES[command.upper()]
        yield command, [float(token) for token in tokens[at : at + takes]]
        at += takes
        command = {"M": "L", "m": "l"}.get(command, command)


def _moved(here: Point, numbers: list[float], *, relative: bool) -> Point:
    x, y = numbers
    return (here[0] + x, here[1] + y) if relative else (x, y)


def _drawn(here: Point, command: str, numbers: list[float]) -> Iterator[Point]:
    relative = command.islower()
    kind = command.upper()
    if kind == "H":
        yield (here[0] + numbers[0] if relative else numbers[0], here[1])
    elif kind == "V":
        yield (here[0], here[1] + numbers[0] if relative else numbers[0])
    else:
        pairs = [_moved(here, numbers[at : at + 2], relative=relative) for at in range(0, len(numbers), 2)]
        yield from pairs if kind == "L" else _curve([here, *pairs])


def _curve(points: Line) -> Iterator[Point]:
    degree = len(points) - 1
    for step in range(1, _CURVE_STEPS + 1):
        t = step / _CURVE_STEPS
        weights = [math.comb(degree, k) * t**k * (1 - t) ** (degree - k) for k in range(degree + 1)]
        yield (
            sum(weight * point[0] for weight, point in zip(weights, points, strict=True)),
            sum(weight * point[1] for weight, point in zip(weights, points, strict=True)),
        )


def _stroke(canvas: ImageDraw.ImageDraw, line: Line, pen: float, colour: str) -> None:
    canvas.line(line, fill=colour, width=round(pen), joint="curve")
    for x, y in (line[0], line[-1]):
        canvas.ellipse((x - pen / 2, y - pen / 2, x + pen / 2, y + pen / 2), fill=colour)
