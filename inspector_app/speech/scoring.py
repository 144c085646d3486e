"""How well a transcript matches a reference: the character error rate, for measurements and tests. It never touches a case."""


def character_errors(reference: str, heard: str) -> int:
    """Levenshtein distance: characters to substitute, delete and insert to turn `heard` into `reference`."""
    row = list(range(len(heard) + 1))
    for place, wanted in enumerate(reference, 1):
        before, row[0] = row[0], place
        for column, given in enumerate(heard, 1):
            before, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, before + (wanted != given))
    return row[-1]


def character_error_rate_pm(reference: str, heard: str) -> int:
    """Errors per thousand characters of the reference (both as the caller normalised them); raises ValueError for an empty reference."""
    if not reference:
        raise ValueError("empty reference")
    return 1000 * character_errors(reference, heard) // len(reference)
