"""Drags files as GNOME's file manager does: the list of addresses, the icons' places, the portal's transfer beside them
(it takes no part here: nobody serves the portal), and the paths as text, which must not land in the question."""

from pathlib import Path

import drag_source
from gi.repository import Gdk

files = [Path(name).absolute() for name in drag_source.arguments()]
addresses = [file.as_uri() for file in files]
icons = "\r\n".join(f"{address}\r0:0:64:64" for address in addresses)
text = "\n".join(map(str, files)).encode()

drag_source.run(
    {
        "x-special/gnome-icon-list": drag_source.data("x-special/gnome-icon-list", icons.encode()),
        "application/vnd.portal.filetransfer": drag_source.data("application/vnd.portal.filetransfer", b"0"),
        "application/vnd.portal.files": drag_source.data("application/vnd.portal.files", b"0"),
        "text/uri-list": drag_source.uris(addresses),
        "text/plain;charset=utf-8": drag_source.data("text/plain;charset=utf-8", text),
        "UTF8_STRING": drag_source.data("UTF8_STRING", text),
        "text/plain": drag_source.data("text/plain", text),
    },
    Gdk.DragAction.COPY | Gdk.DragAction.MOVE | Gdk.DragAction.LINK | Gdk.DragAction.ASK,
)
