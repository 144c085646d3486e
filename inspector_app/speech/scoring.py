"""How well a transcript matches a reference: the character error rate, for measurements and tests. It never touches a case."""

from inspector_app.domain.likeness import edit_distance


def character_error_rate_pm(reference: str, heard: str) -> int:
    """Errors per thousand characters of the reference (both as the caller normalised them); raises ValueError for an empty reference."""
    if not reference:
        raise ValueError("empty reference")
    return 1000 * edit_distance(reference, heard) // len(reference)
