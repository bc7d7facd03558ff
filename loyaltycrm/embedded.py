"""The broker of the embedded run: messages as files in a folder, each there only once it is whole."""

from __future__ import annotations

import uuid
from pathlib import Path
from time import monotonic
from typing import Any

from kombu.exceptions import ChannelError
from kombu.transport import filesystem
from kombu.utils.json import dumps


class Channel(filesystem.Channel):  # type: ignore[misc]
    """Kombu's writes a message under the name by which readers find it: one who comes between finds it empty, and the worker ends."""

    def _put(self, queue: str, payload: dict[str, Any], **kwargs: Any) -> None:  # type: ignore[override]
        name = f"{round(monotonic() * 1000)}_{uuid.uuid4()}.{queue}.msg"
        unread = Path(self.data_folder_out, f"{name}.part")
        try:
            unread.write_text(dumps(payload), encoding="utf-8")
            unread.replace(unread.with_name(name))
        except OSError as error:
            raise ChannelError(f"Cannot add {name} to {self.data_folder_out}.") from error


class Transport(filesystem.Transport):  # type: ignore[misc]
    Channel = Channel
