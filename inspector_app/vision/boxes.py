"""Rectangles on the screen: x0, y0, x1, y1 in pixels of the picture as shown. Light and pure; no pictures in here."""

Box = tuple[int, int, int, int]


def overlap(one: Box, other: Box) -> float:
    """Shared area over joint area of two boxes, 0 … 1."""
    shared = shared_area(one, other)
    if not shared:
        return 0.0
    return shared / ((one[2] - one[0]) * (one[3] - one[1]) + (other[2] - other[0]) * (other[3] - other[1]) - shared)


def shared_area(one: Box, other: Box) -> int:
    """Pixels that two boxes share."""
    across = min(one[2], other[2]) - max(one[0], other[0])
    down = min(one[3], other[3]) - max(one[1], other[1])
    return across * down if across > 0 and down > 0 else 0


def joined(one: Box, other: Box) -> Box:
    """The smallest box that holds both."""
    return min(one[0], other[0]), min(one[1], other[1]), max(one[2], other[2]), max(one[3], other[3])
