"""The broker of the embedded run: a reader never finds half a message."""

import threading
from queue import Empty

from kombu import Connection
from kombu.transport import filesystem

from loyaltycrm import embedded

MANY = 1_500


def told(tmp_path, transport):
    """How many messages a reader gets while somebody else writes them; the error it ends with, if it does."""
    options = {name: str(tmp_path) for name in ("data_folder_in", "data_folder_out", "processed_folder", "control_folder")}
    writing, reading = (Connection("filesystem://", transport=transport, transport_options=options).channel() for _ in range(2))
    writer = threading.Thread(target=lambda: [writing._put("q", {"body": "x" * 2_000}) for _ in range(MANY)])
    writer.start()
    found = 0
    while found < MANY:
        try:
            reading._get("q")
            found += 1
        except Empty:
            if not writer.is_alive() and not list(tmp_path.glob("*.q.msg")):
                break
    writer.join()
    return found


def test_every_message_is_found_whole(tmp_path):
    assert told(tmp_path, embedded.Transport) == MANY
    assert not list(tmp_path.glob("*.part"))


def test_the_file_is_not_there_before_it_is_whole(tmp_path, monkeypatch):
    """And the control: kombu's own is."""
    options = {name: str(tmp_path) for name in ("data_folder_in", "data_folder_out", "processed_folder", "control_folder")}

    def seen(transport):
        there = []
        for module in (embedded, filesystem):
            monkeypatch.setattr(module, "dumps", lambda payload: there.extend(tmp_path.glob("*.q.msg")) or "{}")
        Connection("filesystem://", transport=transport, transport_options=options).channel()._put("q", {})
        monkeypatch.undo()
        for file in tmp_path.glob("*.msg"):
            file.unlink()
        return len(there)

    assert (seen(embedded.Transport), seen(filesystem.Transport)) == (0, 1)
