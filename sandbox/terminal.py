"""Text for a terminal."""

from collections import Counter

_MOST = 10


def printable(text: str, also: str = "") -> str:
    r"""The text with everything that is no visible character or space escaped, such as `\x1b` and `\n`.

    Names come from whoever wrote the messages. A terminal would obey what is in them: change its title, hide
    a line or turn its direction. Characters of `also` stay as they are.
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
    """The most frequent of some names with their numbers."""
    shown = [f"{printable(name)} {count:,}" for name, count in counts.most_common(_MOST)]
    return ", ".join(shown + ["..."] * (len(counts) > _MOST))
