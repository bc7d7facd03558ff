"""Words as a search compares them: without capitals and accents, so that “muller” finds Müller and “lukasz” Łukasz."""

from __future__ import annotations

import unicodedata

# Letters that Unicode does not take apart into a letter and its accent.
ALONE = str.maketrans({"ł": "l", "ø": "o", "đ": "d", "ð": "d", "æ": "ae", "œ": "oe", "þ": "th", "ı": "i", "ħ": "h"})


def fold(text: str) -> str:
    apart = unicodedata.normalize("NFKD", text)
    return "".join(c for c in apart if not unicodedata.combining(c)).casefold().translate(ALONE)
