"""How words sound: toneless pinyin, and which syllables are easily taken for one another. Light until first used; it judges no text."""

from functools import lru_cache

_DIGIT_SOUND = dict(zip("0123456789", ("ling", "yi", "er", "san", "si", "wu", "liu", "qi", "ba", "jiu"), strict=True))

_NEAR = (("zh", "z"), ("ch", "c"), ("sh", "s"), ("ng", "n"), ("l", "n"), ("h", "f"))


def syllables(text: str) -> list[str]:
    """One toneless syllable for every character of normal text; a digit sounds as it is read, any other character is itself."""
    from pypinyin import Style, lazy_pinyin

    out: list[str] = lazy_pinyin(text, style=Style.NORMAL, errors=list)  # type: ignore[arg-type]  # a list is taken piece by piece
    if len(out) != len(text):  # a reading dictionary may join what it knows as one word: fall back to single characters
        out = [lazy_pinyin(character, style=Style.NORMAL)[0] for character in text]
    return [_DIGIT_SOUND.get(syllable, syllable) for syllable in out]


@lru_cache(maxsize=65_536)
def near(left: str, right: str) -> bool:
    """Whether two different syllables are easily taken for one another: retroflex or flat, front or back nasal, l or n, h or f, or one
    letter more, less or other."""
    folded = []
    for syllable in (left, right):
        for sound, plain in _NEAR:
            syllable = syllable.replace(sound, plain)  # noqa: PLW2901  # folded step by step
        folded.append(syllable)
    if folded[0] == folded[1]:
        return True
    if abs(len(left) - len(right)) > 1 or left[:1] != right[:1]:
        return False
    return one_letter_apart(left, right)


@lru_cache(maxsize=65_536)
def one_letter_apart(left: str, right: str) -> bool:
    """Whether two syllables differ by exactly one letter: another, one more, or one less."""
    if left == right or abs(len(left) - len(right)) > 1:
        return False
    short, long = sorted((left, right), key=len)
    if len(short) == len(long):
        return sum(a != b for a, b in zip(short, long, strict=True)) == 1
    return any(long[:cut] + long[cut + 1 :] == short for cut in range(len(long)))
