"""Texts for customers, in their language and in the form of address they are used to.

A text is an object with an entry a language: one sentence, or two under "formal" and "first_name" where
the language tells them apart. English is always there and serves whoever's language is not.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ValidationError
from django.utils import formats, translation

LANGUAGES = ("en", "de", "fr")
FORMS = ("formal", "first_name")
LONGEST = 500
LOCALES = {"en": "en-gb"}


def known(language: str, among: Any = LANGUAGES) -> str:
    """The language of "de-AT" or "fr" that there are texts in; English otherwise."""
    base = language.lower().replace("_", "-").partition("-")[0]
    return base if base in among else "en"


def said(text: Any, language: str, address: str = "") -> str:
    """The text in a language; who did not say how they wish to be addressed is addressed formally."""
    found = text.get(language) or text["en"]
    return str(found if isinstance(found, str) else found["first_name" if address == "first_name" else "formal"])


def check(text: Any) -> None:
    """Raise ValidationError for what is no text."""
    if not isinstance(text, dict) or not text.get("en"):
        raise ValidationError('A text is an object with an entry a language, English at least: {"en": "…", "de": "…"}.')
    for language, found in text.items():
        parts = [found] if isinstance(found, str) else list(found.values()) if isinstance(found, dict) else []
        forms = set(FORMS) if isinstance(found, str) else set(found) if isinstance(found, dict) else set()
        if forms != set(FORMS) or not all(isinstance(p, str) and 0 < len(p) <= LONGEST for p in parts):
            wanted = f'a sentence of at most {LONGEST} characters, or two under "formal" and "first_name"'
            raise ValidationError(f"“{str(language)[:10]}” has to be {wanted}.")


def on_day(day: Any, language: str) -> str:
    """A day as it is written in that language: 3 May 2026, 3. Mai 2026."""
    with translation.override(LOCALES.get(language, language)):
        return str(formats.date_format(day, "DATE_FORMAT"))
