"""How far two texts are apart; rooms that may not lean on each other share it here."""


def edit_distance(one: str, other: str) -> int:
    """Least number of characters inserted, left out or replaced to turn one text into the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for above, left in enumerate(one, 1):
        corner, row[0] = row[0], above
        for column, top in enumerate(other, 1):
            corner, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, corner + (left != top))
    return row[-1]
