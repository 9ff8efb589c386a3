"""A small window to drag from, for the sources beside this file.

It stands above everything at a place of its own and prints what happens, one line each: `ready` when it can be dragged,
`asked TARGET` when the receiver asks for data, `ended ACTION` when the drag is over (`failed REASON` before it when it was
not taken, or when none began before the button was let go).
"""

import signal
import sys

import gi

gi.require_version("Gtk", "3.0")
gi.require_version("Gdk", "3.0")
from gi.repository import Gdk, Gtk  # noqa: E402

SIDE = 60


def say(*words):
    print(*words, flush=True)


def run(offers, actions, begin_by_hand=False):
    """Shows the window until it is killed.

    `offers` maps target names, in the order a receiver sees them, to functions that fill the selection data.
    `begin_by_hand` starts the drag from the pointer's motion, as Thunar does, instead of leaving it to GTK.
    """
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    window = Gtk.Window(type=Gtk.WindowType.POPUP)
    window.set_size_request(SIDE, SIDE)
    window.move(0, 0)
    handle = Gtk.EventBox()
    handle.add(Gtk.Label(label="drag"))
    window.add(handle)

    names = list(offers)
    targets = Gtk.TargetList.new([Gtk.TargetEntry.new(name, 0, info) for info, name in enumerate(names)])

    def data_get(_widget, _context, selection, info, _time):
        say("asked", names[info])
        offers[names[info]](selection)

    handle.connect("drag-data-get", data_get)
    handle.connect("drag-failed", lambda _widget, _context, reason: say("failed", reason.value_nick) or False)
    handle.connect("drag-end", lambda _widget, context: say("ended", context.get_selected_action().value_nicks))

    def released(_widget, _event):
        # Only without a drag: while one goes on, the release belongs to it.
        say("failed no-drag")
        say("ended")
        return False

    handle.add_events(Gdk.EventMask.BUTTON_RELEASE_MASK)
    handle.connect("button-release-event", released)

    if begin_by_hand:
        pressed = []

        def press(_widget, event):
            pressed[:] = [event.x, event.y]
            return True

        def motion(widget, event):
            if pressed and widget.drag_check_threshold(int(pressed[0]), int(pressed[1]), int(event.x), int(event.y)):
                x, y = map(int, pressed)
                pressed.clear()
                widget.drag_begin_with_coordinates(targets, actions, 1, event, x, y)
            return True

        handle.add_events(Gdk.EventMask.BUTTON_PRESS_MASK | Gdk.EventMask.BUTTON1_MOTION_MASK)
        handle.connect("button-press-event", press)
        handle.connect("motion-notify-event", motion)
    else:
        handle.drag_source_set(Gdk.ModifierType.BUTTON1_MASK, None, actions)
        handle.drag_source_set_target_list(targets)

    handle.connect("map-event", lambda *_: say("ready") or False)
    handle.add_events(Gdk.EventMask.STRUCTURE_MASK)
    window.show_all()
    Gtk.main()


def data(name, content):
    """Offers bytes under the target's own name."""
    return lambda selection: selection.set(Gdk.Atom.intern(name, False), 8, content)


def uris(addresses):
    return lambda selection: selection.set_uris(addresses)


def arguments():
    return sys.argv[1:]
