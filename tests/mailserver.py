"""A mail server on this machine that does what a test tells it: takes letters, refuses them, hangs, hangs up, lies."""

from __future__ import annotations

import socketserver
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

HANG_UP, HANG = "hang up", "hang"
USUAL = {
    "": "220 here",
    "EHLO": "250 here",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    ".": "250 taken",
    "QUIT": "221 bye",
}


@dataclass
class MailServer:
    """`says` maps a verb ("" on connecting, "." after a letter) to what is answered to it, HANG or HANG_UP."""

    port: int = 0
    says: dict[str, str] = field(default_factory=dict)
    letters: list[str] = field(default_factory=list)
    after: float = 0
    """Seconds until a letter is answered."""

    @property
    def url(self) -> str:
        return f"smtp://127.0.0.1:{self.port}"


@contextmanager
def mail_server() -> Iterator[MailServer]:
    state = MailServer()

    class Conversation(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            try:
                if self.answered(""):
                    while line := self.rfile.readline().decode():
                        verb = line[:4].strip().upper()
                        if not self.answered(verb) or verb == "QUIT" or (verb == "DATA" and not self.taken()):
                            return
            except OSError:  # the other side has gone
                pass

        def taken(self) -> bool:
            if state.says.get("DATA", "354").startswith("354"):
                text = []
                while (line := self.rfile.readline().decode()) not in (".\r\n", ""):
                    text.append(line)
                state.letters.append("".join(text))
                time.sleep(state.after)
                return self.answered(".")
            return True

        def answered(self, verb: str) -> bool:
            said = state.says.get(verb, USUAL.get(verb, "250 ok"))
            if said == HANG:
                time.sleep(5)
            if said in (HANG, HANG_UP):
                return False
            self.wfile.write(f"{said}\r\n".encode())
            return True

    class Server(socketserver.ThreadingTCPServer):
        allow_reuse_address = daemon_threads = True

    with Server(("127.0.0.1", 0), Conversation) as server:
        state.port = server.server_address[1]
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        try:
            yield state
        finally:
            server.shutdown()
