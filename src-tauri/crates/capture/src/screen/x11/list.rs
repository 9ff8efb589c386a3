//! Which windows the window manager shows, and what they are called.

use super::{Rect, ScreenError, Screens, Source, SourceKind};
use x11rb::cookie::Cookie;
use x11rb::errors::{ConnectionError, ReplyError};
use x11rb::protocol::xproto::{
    Atom, AtomEnum, ConnectionExt as _, GetGeometryReply, GetPropertyReply, GetWindowAttributesReply,
    MapState, TranslateCoordinatesReply, Window,
};
use x11rb::rust_connection::RustConnection;

/// The longest property that is read, in units of four bytes: titles are shorter, and so are lists of windows.
const LONGEST: u32 = 64 * 1024;

type Asked<'a, Reply> = Cookie<'a, RustConnection, Reply>;

/// Where a window is, without the margin in which some programs paint their own shadow.
pub(super) struct Placed {
    /// In the window's own coordinates.
    pub inside: Rect,
    /// On the desktop.
    pub on_desktop: Rect,
}

/// Everything asked about one window, before any answer is waited for: a desktop may have a hundred.
struct Questions<'a> {
    window: Window,
    attributes: Asked<'a, GetWindowAttributesReply>,
    place: Place<'a>,
    name: Asked<'a, GetPropertyReply>,
    old_name: Asked<'a, GetPropertyReply>,
    class: Asked<'a, GetPropertyReply>,
    process: Asked<'a, GetPropertyReply>,
    state: Asked<'a, GetPropertyReply>,
    kind: Asked<'a, GetPropertyReply>,
}

/// What is asked to know where a window is.
struct Place<'a> {
    geometry: Asked<'a, GetGeometryReply>,
    origin: Asked<'a, TranslateCoordinatesReply>,
    margins: Asked<'a, GetPropertyReply>,
}

impl Screens {
    /// The windows that are shown, topmost first; none without a window manager.
    pub(super) fn windows(&self) -> Result<Vec<Source>, ScreenError> {
        let asked = self.client_list()?.into_iter().rev().map(|window| self.ask(window));
        let asked: Vec<Questions> = asked.collect::<Result<_, ConnectionError>>()?;
        let mut windows = Vec::new();
        for questions in asked {
            match self.describe(questions) {
                Ok(found) => windows.extend(found),
                // It was closed meanwhile, or the list is one that a window manager left behind.
                Err(ReplyError::X11Error(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Ok(windows)
    }

    /// The windows under the window manager's care, in stacking order from the bottom where it keeps that.
    fn client_list(&self) -> Result<Vec<Window>, ScreenError> {
        let lists = [self.atoms._NET_CLIENT_LIST_STACKING, self.atoms._NET_CLIENT_LIST];
        for list in lists {
            let reply = self.property(self.root, list)?.reply()?;
            if let Some(windows) = reply.value32() {
                return Ok(windows.collect());
            }
        }
        Ok(Vec::new())
    }

    /// Where the window is now.
    pub(super) fn place(&self, window: Window) -> Result<Option<Placed>, ReplyError> {
        placed(self.ask_place(window)?)
    }

    fn ask(&self, window: Window) -> Result<Questions<'_>, ConnectionError> {
        Ok(Questions {
            window,
            attributes: self.connection.get_window_attributes(window)?,
            place: self.ask_place(window)?,
            name: self.property(window, self.atoms._NET_WM_NAME)?,
            old_name: self.property(window, AtomEnum::WM_NAME.into())?,
            class: self.property(window, AtomEnum::WM_CLASS.into())?,
            process: self.property(window, self.atoms._NET_WM_PID)?,
            state: self.property(window, self.atoms._NET_WM_STATE)?,
            kind: self.property(window, self.atoms._NET_WM_WINDOW_TYPE)?,
        })
    }

    fn ask_place(&self, window: Window) -> Result<Place<'_>, ConnectionError> {
        Ok(Place {
            geometry: self.connection.get_geometry(window)?,
            origin: self.connection.translate_coordinates(window, self.root, 0, 0)?,
            margins: self.property(window, self.atoms._GTK_FRAME_EXTENTS)?,
        })
    }

    fn property(
        &self,
        window: Window,
        name: Atom,
    ) -> Result<Cookie<'_, RustConnection, GetPropertyReply>, ConnectionError> {
        self.connection.get_property(false, window, name, AtomEnum::ANY, 0, LONGEST)
    }

    /// None for a window that is not shown, is this program's own, or a part of the desktop itself.
    fn describe(&self, asked: Questions<'_>) -> Result<Option<Source>, ReplyError> {
        let has = |reply: &GetPropertyReply, wanted: &[Atom]| {
            reply.value32().is_some_and(|mut atoms| atoms.any(|atom| wanted.contains(&atom)))
        };
        let parts_of_desktop = [self.atoms._NET_WM_WINDOW_TYPE_DESKTOP, self.atoms._NET_WM_WINDOW_TYPE_DOCK];
        let process = asked.process.reply()?.value32().and_then(|mut values| values.next());
        let is_left_out = asked.attributes.reply()?.map_state != MapState::VIEWABLE
            || process == Some(std::process::id())
            || has(&asked.state.reply()?, &[self.atoms._NET_WM_STATE_HIDDEN])
            || has(&asked.kind.reply()?, &parts_of_desktop);
        let Some(place) = placed(asked.place)?.filter(|_| !is_left_out) else {
            return Ok(None);
        };
        let name = self.text(&asked.name.reply()?).or(self.text(&asked.old_name.reply()?));
        let Rect { x, y, width, height } = place.on_desktop;
        Ok(Some(Source {
            id: format!("window:{:#x}", asked.window),
            kind: SourceKind::Window,
            name: name.unwrap_or_default(),
            app: app(&asked.class.reply()?.value),
            width,
            height,
            x,
            y,
            primary: false,
        }))
    }

    /// Text of a property, if there is some. What is not UTF-8 is Latin-1, or compound text of which that is the readable part.
    fn text(&self, reply: &GetPropertyReply) -> Option<String> {
        let text = if reply.type_ == self.atoms.UTF8_STRING {
            String::from_utf8_lossy(&reply.value).into_owned()
        } else {
            reply.value.iter().copied().map(char::from).collect()
        };
        let text = text.trim_matches(|character: char| character.is_control() || character.is_whitespace());
        (!text.is_empty()).then(|| text.to_owned())
    }
}

/// The class of the pair instance and class, each ended by a zero.
fn app(class: &[u8]) -> Option<String> {
    let mut names = class.split(|byte| *byte == 0).filter(|name| !name.is_empty());
    let instance = names.next()?;
    Some(String::from_utf8_lossy(names.next().unwrap_or(instance)).into_owned())
}

/// None where nothing is left inside the margins.
fn placed(asked: Place<'_>) -> Result<Option<Placed>, ReplyError> {
    let (geometry, origin, margins) =
        (asked.geometry.reply()?, asked.origin.reply()?, asked.margins.reply()?);
    let margins: Vec<i64> = margins.value32().into_iter().flatten().map(i64::from).collect();
    let [left, right, top, bottom] = <[i64; 4]>::try_from(margins).unwrap_or_default();
    let inside = |start: i64, length: u16, end: i64| {
        let rest = i64::from(length) - start - end;
        Some((i32::try_from(start).ok()?, u32::try_from(rest).ok().filter(|rest| *rest > 0)?))
    };
    let sides = inside(left, geometry.width, right).zip(inside(top, geometry.height, bottom));
    Ok(sides.map(|((x, width), (y, height))| Placed {
        inside: Rect { x, y, width, height },
        on_desktop: Rect {
            x: x.saturating_add(origin.dst_x.into()),
            y: y.saturating_add(origin.dst_y.into()),
            width,
            height,
        },
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_is_named_by_its_class() {
        assert_eq!(app(b"navigator\0Firefox\0").as_deref(), Some("Firefox"));
        assert_eq!(app(b"xterm\0").as_deref(), Some("xterm"));
        assert_eq!(app(b"\0\0"), None);
        assert_eq!(app(b""), None);
    }
}
