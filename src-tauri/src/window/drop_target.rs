//! Files dragged onto the window on Linux, claimed on the GTK widget itself.
//!
//! WebKitGTK's own handling inserts a dropped file's path as text or navigates to it, and the web view library's handler
//! misses drops whose leave signal comes late or whose data has another target number (Thunar, fast drops). So every drag
//! that carries files or a picture is claimed here before WebKit sees it; drags of plain text stay WebKit's.

use gtk::prelude::*;
use gtk::{gdk, glib};
use std::cell::{Cell, RefCell};
use std::path::PathBuf;
use std::rc::Rc;

/// Target number for what Castor asks a drag for; WebKit's own begin at zero.
const TARGET_INFO: u32 = 1000;
const URI_LIST: &str = "text/uri-list";
/// Picture types in the order they are asked for: lossless first.
const PICTURES: [&str; 5] = ["image/png", "image/tiff", "image/bmp", "image/webp", "image/jpeg"];

/// What a drag brought.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Dragged {
    /// Something that can be dropped is (or is no longer) over the window.
    Over(bool),
    /// Files.
    Files(Vec<PathBuf>),
    /// A picture without a file, encoded, as browsers give it.
    Picture(Vec<u8>),
    /// Only the address of something on the web. It is not fetched: nothing leaves the machine for a drop.
    RemoteAddress,
}

/// Claims drags on `widget` and reports them to `handler` on the GTK thread.
pub fn claim(widget: &impl IsA<gtk::Widget>, handler: impl Fn(Dragged) + 'static) {
    let widget = widget.upcast_ref::<gtk::Widget>();
    let targets = widget.drag_dest_get_target_list().unwrap_or_else(|| gtk::TargetList::new(&[]));
    targets.add(&gdk::Atom::intern(URI_LIST), 0, TARGET_INFO);
    for picture in PICTURES {
        targets.add(&gdk::Atom::intern(picture), 0, TARGET_INFO);
    }
    widget.drag_dest_set_target_list(Some(&targets));

    let drag =
        Rc::new(Drag { over: Cell::default(), wanted: RefCell::default(), handler: Box::new(handler) });
    widget.connect_drag_motion({
        let drag = Rc::clone(&drag);
        move |_, context, _, _, time| {
            if wanted_targets(context).is_empty() {
                return false;
            }
            context.drag_status(gdk::DragAction::COPY, time);
            drag.set_over(true);
            true
        }
    });
    widget.connect_drag_leave({
        let drag = Rc::clone(&drag);
        move |_, _, _| drag.set_over(false)
    });
    widget.connect_drag_drop({
        let drag = Rc::clone(&drag);
        move |widget, context, _, _, time| {
            let mut wanted = wanted_targets(context);
            if wanted.is_empty() {
                return false;
            }
            drag.set_over(false);
            let first = wanted.remove(0);
            drag.wanted.replace(Some(wanted));
            widget.drag_get_data(context, &first, time);
            true
        }
    });
    widget.connect_drag_data_received(move |widget, context, _, _, data, _, time| {
        // Only answers to the question asked above; what WebKit asked for itself is WebKit's.
        let Some(rest) = drag.wanted.take() else { return };
        widget.stop_signal_emission_by_name("drag-data-received");
        let brought = read(data);
        match (brought, rest.split_first()) {
            (Some(Dragged::RemoteAddress) | None, Some((next, rest))) => {
                drag.wanted.replace(Some(rest.to_vec()));
                widget.drag_get_data(context, next, time);
            }
            (brought, _) => {
                context.drag_finish(brought.is_some(), false, time);
                (drag.handler)(brought.unwrap_or(Dragged::RemoteAddress));
            }
        }
    });
}

struct Drag {
    over: Cell<bool>,
    /// Targets still to be tried for the drop in progress; `None` while none is.
    wanted: RefCell<Option<Vec<gdk::Atom>>>,
    handler: Box<dyn Fn(Dragged)>,
}

impl Drag {
    fn set_over(&self, over: bool) {
        if self.over.replace(over) != over {
            (self.handler)(Dragged::Over(over));
        }
    }
}

/// The targets of a drag that Castor reads, best first; empty when the drag is not for Castor (text, or one that began
/// in the page itself).
fn wanted_targets(context: &gdk::DragContext) -> Vec<gdk::Atom> {
    if context.drag_get_source_widget().is_some() {
        return Vec::new();
    }
    let offered: Vec<String> =
        context.list_targets().iter().map(|target| target.name().to_string()).collect();
    let has = |name: &str| offered.iter().any(|target| target == name);
    let mut wanted: Vec<&str> = Vec::new();
    if has(URI_LIST) {
        wanted.push(URI_LIST);
    }
    wanted.extend(PICTURES.iter().filter(|picture| has(picture)));
    wanted.into_iter().map(gdk::Atom::intern).collect()
}

fn read(data: &gtk::SelectionData) -> Option<Dragged> {
    if data.target().name() == URI_LIST {
        let addresses: Vec<String> = data.uris().iter().map(ToString::to_string).collect();
        return dragged_addresses(&addresses);
    }
    let bytes = data.data();
    (!bytes.is_empty()).then_some(Dragged::Picture(bytes))
}

fn dragged_addresses(addresses: &[String]) -> Option<Dragged> {
    let files: Vec<PathBuf> = addresses.iter().filter_map(|address| path_of(address)).collect();
    match (files.is_empty(), addresses.is_empty()) {
        (false, _) => Some(Dragged::Files(files)),
        (true, false) => Some(Dragged::RemoteAddress),
        (true, true) => None,
    }
}

/// The path a `file:` address names; also for sources that forget to percent-encode.
fn path_of(address: &str) -> Option<PathBuf> {
    let address = address.trim();
    let decoded = glib::filename_from_uri(address).ok().map(|(path, _host)| path);
    let literal = || address.strip_prefix("file://").map(PathBuf::from);
    match decoded {
        Some(path) if path.exists() => Some(path),
        decoded => literal().filter(|path| path.exists()).or(decoded).or_else(literal),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_addresses_become_paths() {
        let dragged = dragged_addresses(&[
            "file:///home/a/My%20photo%20%231%20100%25%20%E7%8C%AB.jpg".into(),
            "file:///home/a/plain.png\r".into(),
        ]);
        let expected = ["/home/a/My photo #1 100% 猫.jpg", "/home/a/plain.png"];
        assert_eq!(dragged, Some(Dragged::Files(expected.iter().map(PathBuf::from).collect())));
    }

    #[test]
    fn an_unencoded_address_of_a_real_file_is_understood() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("50% #2 猫.png");
        std::fs::write(&path, b"x").unwrap();
        assert_eq!(path_of(&format!("file://{}", path.display())), Some(path));
    }

    #[test]
    fn web_addresses_are_not_files() {
        assert_eq!(dragged_addresses(&["https://example.com/cat.jpg".into()]), Some(Dragged::RemoteAddress));
        assert_eq!(dragged_addresses(&[]), None);
    }
}
