"""Drags files as Xfce's file manager does: nothing but the list of addresses, as target number 0, offered to be moved as
well as copied, and a drag that Thunar begins itself once the pointer has moved."""

from pathlib import Path

import drag_source
from gi.repository import Gdk

addresses = [Path(name).absolute().as_uri() for name in drag_source.arguments()]

drag_source.run(
    {"text/uri-list": drag_source.uris(addresses)},
    Gdk.DragAction.COPY | Gdk.DragAction.MOVE | Gdk.DragAction.LINK,
    begin_by_hand=True,
)
