"""One sheet of paper to draw on, in points from its top left corner. Everything on it is text or vectors."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Literal

from matplotlib.artist import Artist
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle
from matplotlib.text import Text
from matplotlib.transforms import Affine2D, Transform

from dashboard.taking.ink import CARD, LINE, Ink, fitted

INCH = 72.0
Align = Literal["left", "right", "center"]
Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle; `y` is that of its upper edge."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        return self.x + self.width

    @property
    def bottom(self) -> float:
        return self.y + self.height

    def within(self, edge: float) -> Box:
        return Box(self.x + edge, self.y + edge, self.width - 2 * edge, self.height - 2 * edge)


@dataclass(slots=True)
class Sheet:
    """A sheet of paper and what was drawn on it."""

    width: float
    height: float
    figure: Figure = field(init=False)
    points: Transform = field(init=False)

    def __post_init__(self) -> None:
        self.figure = Figure(figsize=(self.width / INCH, self.height / INCH), facecolor=CARD)
        turned = Affine2D().scale(1 / self.width, -1 / self.height).translate(0, 1)
        self.points = turned + self.figure.transFigure

    def _add(self, drawn: Artist) -> None:
        """Over all that was drawn before it, whatever it is."""
        drawn.set_zorder(1)
        self.figure.add_artist(drawn)

    def text(self, place: Place, text: str, ink: Ink, room: float, align: Align = "left") -> None:
        """On the base line at the place; cut to the room there is, and nothing where that is too little."""
        shown = fitted(text, ink, room)
        if not shown:
            return
        x, y = place
        drawn = Text(
            x, y, shown, color=ink.colour, fontproperties=ink.font, ha=align, va="baseline", parse_math=False
        )
        drawn.set_fontsize(ink.size)
        drawn.set_transform(self.points)
        self._add(drawn)

    def line(self, places: Sequence[Place], colour: str, width: float = 1.0, *, dashed: bool = False) -> None:
        xs, ys = [x for x, _ in places], [y for _, y in places]
        drawn = Line2D(xs, ys, color=colour, linewidth=width, solid_joinstyle="round", solid_capstyle="round")
        if dashed:
            drawn.set_linestyle((0, (2.5, 2)))
        drawn.set_transform(self.points)
        self._add(drawn)

    def dot(self, place: Place, radius: float, colour: str, *, is_open: bool = False) -> None:
        ground = CARD if is_open else colour
        drawn = Circle(
            place, radius, facecolor=ground, edgecolor=colour, linewidth=1.2, transform=self.points
        )
        self._add(drawn)

    def bar(self, box: Box, colour: str) -> None:
        drawn = Rectangle(
            (box.x, box.y), box.width, box.height, facecolor=colour, linewidth=0, transform=self.points
        )
        self._add(drawn)

    def card(self, box: Box) -> None:
        """A frame with round corners."""
        drawn = FancyBboxPatch(
            (box.x, box.y),
            box.width,
            box.height,
            boxstyle="round,pad=0,rounding_size=5",
            facecolor=CARD,
            edgecolor=LINE,
            linewidth=0.8,
            transform=self.points,
        )
        self._add(drawn)


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a card that stays on one sheet: its height, what draws it in the box it gets, and how low that may be.

    `least` is that for what may be lower where a sheet has no more room; 0 for what needs its height.
    """

    height: float
    draw: Callable[[Sheet, Box], None]
    least: float = 0.0

    @property
    def lowest(self) -> float:
        return self.least or self.height
