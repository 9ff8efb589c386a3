//! Which monitors make up the desktop.

use super::{Rect, ScreenError, Screens, Source, SourceKind};
use x11rb::connection::RequestConnection as _;
use x11rb::protocol::randr::{self, ConnectionExt as _};
use x11rb::protocol::xproto::ConnectionExt as _;

impl Screens {
    /// The monitors in the server's order; the whole desktop as one where the server does not know them.
    pub(super) fn monitors(&self) -> Result<Vec<Source>, ScreenError> {
        let mut monitors = self.randr_monitors()?;
        if monitors.is_empty() {
            monitors.push((self.desktop, "Screen".to_owned(), true));
        }
        if !monitors.iter().any(|(.., primary)| *primary) {
            monitors[0].2 = true;
        }
        Ok(monitors
            .into_iter()
            .enumerate()
            .map(|(index, (area, name, primary))| Source {
                id: format!("screen:{index}"),
                kind: SourceKind::Screen,
                name,
                app: None,
                width: area.width,
                height: area.height,
                x: area.x,
                y: area.y,
                primary,
            })
            .collect())
    }

    fn randr_monitors(&self) -> Result<Vec<(Rect, String, bool)>, ScreenError> {
        if self.connection.extension_information(randr::X11_EXTENSION_NAME)?.is_none() {
            return Ok(Vec::new());
        }
        let version = self.connection.randr_query_version(1, 5)?.reply()?;
        if (version.major_version, version.minor_version) < (1, 5) {
            return Ok(Vec::new());
        }
        let found = self.connection.randr_get_monitors(self.root, true)?.reply()?.monitors;
        let mut monitors = Vec::new();
        for monitor in found {
            let name = self.connection.get_atom_name(monitor.name)?.reply()?.name;
            let area = Rect {
                x: monitor.x.into(),
                y: monitor.y.into(),
                width: monitor.width.into(),
                height: monitor.height.into(),
            };
            // One that shows nothing of the desktop has no picture.
            if area.intersection(self.desktop).is_some() {
                monitors.push((area, String::from_utf8_lossy(&name).into_owned(), monitor.primary));
            }
        }
        Ok(monitors)
    }
}
