"""Drags a picture out of a page as a browser does: `browser.py ADDRESS [FILE]`. The address of the picture on the web in
every form, its HTML, and, with FILE, the picture's own data; never a file."""

from pathlib import Path

import drag_source
from gi.repository import Gdk

address, *file = drag_source.arguments()
html = f'<meta http-equiv="content-type" content="text/html; charset=utf-8"><img src="{address}" alt="cat">'
offers = {
    "text/x-moz-url": drag_source.data("text/x-moz-url", f"{address}\ncat".encode("utf-16-le")),
    "_NETSCAPE_URL": drag_source.data("_NETSCAPE_URL", f"{address}\ncat".encode()),
    "text/uri-list": drag_source.uris([address]),
    "text/html": drag_source.data("text/html", html.encode()),
    "text/plain;charset=utf-8": drag_source.data("text/plain;charset=utf-8", address.encode()),
    "UTF8_STRING": drag_source.data("UTF8_STRING", address.encode()),
    "text/plain": drag_source.data("text/plain", address.encode()),
}
for name in file:
    picture = Path(name).read_bytes()
    offers["image/png"] = drag_source.data("image/png", picture)

drag_source.run(offers, Gdk.DragAction.COPY | Gdk.DragAction.LINK | Gdk.DragAction.MOVE)
