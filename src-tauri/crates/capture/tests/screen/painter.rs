//! Windows with known pixels, painted whenever the server asks for it, as a program does.

use crate::display::{Display, atom};
use capture::screen::Shot;
use std::sync::Arc;
use std::sync::mpsc::{Sender, channel};
use std::thread::JoinHandle;
use std::time::Duration;
use x11rb::COPY_DEPTH_FROM_PARENT;
use x11rb::connection::Connection as _;
use x11rb::protocol::Event;
use x11rb::protocol::xproto::{
    AtomEnum, ClientMessageEvent, ColormapAlloc, ConnectionExt as _, CreateGCAux, CreateWindowAux, EventMask,
    ImageFormat, PropMode, Visualid, Window, WindowClass,
};
use x11rb::rust_connection::RustConnection;
use x11rb::wrapper::ConnectionExt as _;

/// The colour of every pixel of a picture.
pub type Picture = fn(u32, u32) -> [u8; 3];

/// Lines and dots of one pixel, soft ramps, and noise, where a wrong stride, order or place of any kind shows.
pub fn pattern(x: u32, y: u32) -> [u8; 3] {
    match (x / 32 + y / 16) % 4 {
        0 if (x + y).is_multiple_of(2) => [255, 255, 255],
        0 => [0, 0, 0],
        1 => [x as u8, y as u8, (x + y) as u8],
        2 if y.is_multiple_of(5) => [255, 0, 0],
        2 => [250, 251, 252],
        _ => {
            let noise = (x.wrapping_mul(0x9E37_79B1) ^ y.wrapping_mul(0x85EB_CA6B)).wrapping_mul(0xC2B2_AE35);
            let [red, green, blue, _] = noise.to_be_bytes();
            [red, green, blue]
        }
    }
}

/// One colour that [`pattern`] does not have beside itself.
pub fn plain(_: u32, _: u32) -> [u8; 3] {
    [0, 128, 64]
}

/// The pixels a picture should have.
pub fn pixels(picture: Picture, x: u32, y: u32, width: u32, height: u32) -> Vec<u8> {
    (y..y + height).flat_map(|row| (x..x + width).flat_map(move |column| picture(column, row))).collect()
}

/// Asserts that these are the pixels, and says where the first wrong one is.
#[track_caller]
pub fn assert_pixels(shot: &Shot, expected: &[u8]) {
    assert_eq!(shot.rgb.len(), expected.len(), "{shot:?} has another number of pixels");
    let wrong =
        shot.rgb.chunks_exact(3).zip(expected.chunks_exact(3)).position(|(got, wanted)| got != wanted);
    if let Some(wrong) = wrong {
        let (x, y) = (wrong % shot.width as usize, wrong / shot.width as usize);
        let (got, wanted) = (&shot.rgb[wrong * 3..][..3], &expected[wrong * 3..][..3]);
        panic!("{shot:?}: at {x}, {y} is {got:?} instead of {wanted:?}");
    }
}

/// What a window is like.
#[derive(Clone)]
pub struct Look {
    pub area: (i16, i16, u16, u16),
    pub title: String,
    pub picture: Picture,
    /// The window manager leaves it alone.
    pub unmanaged: bool,
    /// With an alpha channel, of this value everywhere.
    pub alpha: Option<u8>,
    /// Properties made of numbers, set before it is shown.
    pub numbers: Vec<(&'static str, AtomEnum, Vec<u32>)>,
    /// Properties made of the names of others.
    pub names: Vec<(&'static str, &'static str)>,
}

impl Look {
    pub fn new(title: &str, area: (i16, i16, u16, u16)) -> Self {
        Self {
            area,
            title: title.to_owned(),
            picture: pattern,
            unmanaged: false,
            alpha: None,
            numbers: Vec::new(),
            names: Vec::new(),
        }
    }
}

/// A window on a display, with a thread that paints it.
pub struct Painted {
    pub window: Window,
    pub connection: Arc<RustConnection>,
    thread: Option<JoinHandle<()>>,
}

impl Painted {
    /// Shows a window and waits until it was painted.
    pub fn show(display: &Display, look: &Look) -> Self {
        let connection = Arc::new(display.connect());
        let window = create(&connection, look);
        describe(&connection, window, look);
        connection.map_window(window).unwrap();
        connection.flush().unwrap();
        let (painted, first) = channel();
        let thread = std::thread::spawn({
            let (connection, look) = (Arc::clone(&connection), look.clone());
            move || paint(&connection, window, &look, &painted)
        });
        first.recv_timeout(Duration::from_mins(1)).expect("the window is painted");
        Self { window, connection, thread: Some(thread) }
    }

    /// Asks the window manager to minimise it.
    pub fn minimise(&self) {
        const ICONIC: u32 = 3;
        let message = atom(&self.connection, "WM_CHANGE_STATE");
        let event = ClientMessageEvent::new(32, self.window, message, [ICONIC, 0, 0, 0, 0]);
        let root = self.connection.setup().roots[0].root;
        let to = EventMask::SUBSTRUCTURE_REDIRECT | EventMask::SUBSTRUCTURE_NOTIFY;
        self.connection.send_event(false, root, to, event).unwrap();
        self.connection.flush().unwrap();
    }

    /// Closes it, and returns when the server has.
    pub fn close(&self) {
        self.connection.destroy_window(self.window).unwrap();
        self.connection.sync().unwrap();
    }
}

impl Drop for Painted {
    fn drop(&mut self) {
        // Destroying it ends the thread, which hears of that. A window that was closed before is an error to nobody.
        let _ = self.connection.destroy_window(self.window);
        let _ = self.connection.flush();
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

fn create(connection: &RustConnection, look: &Look) -> Window {
    let screen = &connection.setup().roots[0];
    let window = connection.generate_id().unwrap();
    let (depth, visual) =
        look.alpha.map_or((COPY_DEPTH_FROM_PARENT, 0), |_| (32, visual_with_alpha(connection)));
    let mut options = CreateWindowAux::new()
        .event_mask(EventMask::EXPOSURE | EventMask::STRUCTURE_NOTIFY)
        // Seen where nothing was painted.
        .background_pixel(0x5A)
        .border_pixel(0)
        .override_redirect(u32::from(look.unmanaged));
    if look.alpha.is_some() {
        let colormap = connection.generate_id().unwrap();
        connection.create_colormap(ColormapAlloc::NONE, colormap, screen.root, visual).unwrap();
        options = options.colormap(colormap);
    }
    let (x, y, width, height) = look.area;
    let class = WindowClass::INPUT_OUTPUT;
    connection
        .create_window(depth, window, screen.root, x, y, width, height, 0, class, visual, &options)
        .unwrap()
        .check()
        .unwrap();
    window
}

fn describe(connection: &RustConnection, window: Window, look: &Look) {
    let (name, utf8) = (atom(connection, "_NET_WM_NAME"), atom(connection, "UTF8_STRING"));
    connection.change_property8(PropMode::REPLACE, window, name, utf8, look.title.as_bytes()).unwrap();
    let class = b"painter\0Painter\0";
    connection
        .change_property8(PropMode::REPLACE, window, AtomEnum::WM_CLASS, AtomEnum::STRING, class)
        .unwrap();
    // The place is the person's wish; otherwise a window manager finds a better one.
    let (x, y, width, height) = look.area;
    let hints = [1 | 2, x as u32, y as u32, width.into(), height.into()];
    let hints: Vec<u32> = hints.into_iter().chain(std::iter::repeat_n(0, 13)).collect();
    let (hint, kind) = (AtomEnum::WM_NORMAL_HINTS, AtomEnum::WM_SIZE_HINTS);
    connection.change_property32(PropMode::REPLACE, window, hint, kind, &hints).unwrap();
    for (name, kind, values) in &look.numbers {
        let name = atom(connection, name);
        connection.change_property32(PropMode::REPLACE, window, name, *kind, values).unwrap();
    }
    for (name, value) in &look.names {
        let (name, value) = (atom(connection, name), atom(connection, value));
        connection.change_property32(PropMode::REPLACE, window, name, AtomEnum::ATOM, &[value]).unwrap();
    }
}

fn visual_with_alpha(connection: &RustConnection) -> Visualid {
    let depths = &connection.setup().roots[0].allowed_depths;
    depths.iter().find(|depth| depth.depth == 32).unwrap().visuals[0].visual_id
}

/// Paints the window as often as some of it comes to light, until it is closed.
fn paint(connection: &RustConnection, window: Window, look: &Look, painted: &Sender<()>) {
    let (_, _, width, _) = look.area;
    let (depth, rows) = rows(connection, look);
    let context = connection.generate_id().unwrap();
    connection.create_gc(context, window, &CreateGCAux::new()).unwrap();
    loop {
        match connection.wait_for_event() {
            Ok(Event::Expose(event)) if event.count == 0 => {
                let format = ImageFormat::Z_PIXMAP;
                for (y, row) in (0_i16..).zip(&rows) {
                    connection.put_image(format, window, context, width, 1, 0, y, 0, depth, row).unwrap();
                }
                connection.sync().unwrap();
                let _ = painted.send(());
            }
            Ok(Event::DestroyNotify(_)) | Err(_) => break,
            Ok(_) => {}
        }
    }
}

/// The rows of the picture as the server stores them.
fn rows(connection: &RustConnection, look: &Look) -> (u8, Vec<Vec<u8>>) {
    let setup = connection.setup();
    let screen = &setup.roots[0];
    let (depth, visual) = match look.alpha {
        Some(_) => (32, visual_with_alpha(connection)),
        None => (screen.root_depth, screen.root_visual),
    };
    let visuals = screen.allowed_depths.iter().flat_map(|depth| &depth.visuals);
    let visual = visuals.clone().find(|found| found.visual_id == visual).unwrap();
    let format = setup.pixmap_formats.iter().find(|format| format.depth == depth).unwrap();
    let bytes = usize::from(format.bits_per_pixel / 8);
    let masks = [visual.red_mask, visual.green_mask, visual.blue_mask];
    let (_, _, width, height) = look.area;
    let row = |y: u32| {
        let mut row = Vec::new();
        for x in 0..u32::from(width) {
            let colours = (look.picture)(x, y).into_iter().zip(masks);
            let colours = colours.fold(0, |pixel, (colour, mask)| pixel | narrow(colour, mask));
            let pixel = colours | look.alpha.map_or(0, |alpha| u32::from(alpha) << 24);
            row.extend_from_slice(&pixel.to_le_bytes()[..bytes]);
        }
        row.resize(row.len().next_multiple_of(usize::from(format.scanline_pad) / 8), 0);
        row
    };
    (depth, (0..u32::from(height)).map(row).collect())
}

/// A colour of eight bits in the bits of a mask: cut off where it has fewer, spread where it has more.
pub fn narrow(colour: u8, mask: u32) -> u32 {
    let most = mask >> mask.trailing_zeros();
    let value = if most < 255 {
        u32::from(colour) >> (8 - most.count_ones())
    } else {
        (u32::from(colour) * most + 127) / 255
    };
    value << mask.trailing_zeros()
}
