"""Text for a terminal."""

from collections import Counter

_MOST = 10


def printable(text: str, also: str = "") -> str:
    r"""The text with all characters escaped that are neither visible nor a space, such as `\x1b` and `\n`.

    Names come from the authors of the messages. Control characters in them could change a terminal's title,
    hide a line or reverse its direction. Characters of `also` are not escaped.
    """
    if text.isprintable():
        return text
    return "".join(
        character
        if character.isprintable() or character in also
        else character.encode("unicode_escape").decode()
        for character in text
    )


def counted(counts: Counter[str]) -> str:
    """The most frequent names with their counts."""
    shown = [f"{printable(name)} {count:,}" for name, count in counts.most_common(_MOST)]
    return ", ".join(shown + ["..."] * (len(counts) > _MOST))
