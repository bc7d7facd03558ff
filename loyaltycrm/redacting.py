"""What no log may hold: the token in a link of a customer's, which is all that is needed to act in their name."""

from __future__ import annotations

import logging
import re

TOKEN = re.compile(r"(/(?:s|me|u)/)[^/?\s\"']+")


def redacted(text: str) -> str:
    return TOKEN.sub(r"\1…", text)


class WithoutTokens(logging.Filter):
    """Leaves out of every line what follows /s/, /me/ or /u/ in an address; what a failure prints of itself included."""

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args = redacted(record.getMessage()), ()
        if record.exc_info and not record.exc_text:
            record.exc_text = redacted(logging.Formatter().formatException(record.exc_info))
        return True
