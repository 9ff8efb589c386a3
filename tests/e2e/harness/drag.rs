//! Real drags over the X server, from the sources in `tests/e2e/sources/`.

use super::app::App;
use super::desktop::Desktop;
use std::path::Path;
use std::time::Duration;

/// Who the files are dragged from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Source {
    /// GNOME's file manager.
    Nautilus,
    /// Xfce's file manager.
    Thunar,
    /// A picture in a web page; the arguments are its address and, if the browser gives its data, a file with them.
    Browser,
}

/// How a person drags.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pace {
    /// In small steps, letting go once the window shows where to drop.
    Slow,
    /// In one move, letting go at once.
    Quick,
}

/// Where the sources' handle is.
const HANDLE: (i32, i32) = (30, 30);

/// Drags from `source` to a point of the page and returns whether the window took it.
pub async fn drag(
    desktop: &Desktop,
    app: &App<'_>,
    source: Source,
    arguments: &[&str],
    pace: Pace,
    to: (f64, f64),
) -> bool {
    app.make_room();
    let script = match source {
        Source::Nautilus => "nautilus.py",
        Source::Thunar => "thunar.py",
        Source::Browser => "browser.py",
    };
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/e2e/sources").join(script);
    // Debian's own Python has GTK; another one on the path may not.
    let mut command = desktop.command("/usr/bin/python3");
    let (mut child, mut happens) = desktop.start_part(command.arg(script).args(arguments));
    assert_eq!(happens.next().as_deref(), Some("ready"));

    let target = app.on_screen(to).await;
    let mut pause = 0.01;
    let taken = loop {
        match pace {
            Pace::Slow => slowly(desktop, app, target).await,
            Pace::Quick => quickly(desktop, target, pause),
        }
        let events: Vec<String> = happens.by_ref().take_while(|event| !event.starts_with("ended")).collect();
        let too_quick = events.iter().any(|event| event.starts_with("failed no-target"));
        if pace == Pace::Quick && too_quick && pause < 0.5 {
            // The source was let go before the window had answered at all: no drop was ever sent. A person's hand is
            // slower than that, so a little slower is tried.
            pause *= 2.0;
            continue;
        }
        break !events.iter().any(|event| event.starts_with("failed"));
    };
    child.kill().unwrap();
    child.wait().unwrap();
    taken
}

async fn slowly(desktop: &Desktop, app: &App<'_>, target: (i32, i32)) {
    const STEPS: i32 = 10;
    desktop.xdotool(&["mousemove", &HANDLE.0.to_string(), &HANDLE.1.to_string(), "mousedown", "1"]);
    for step in 1..=STEPS {
        let x = HANDLE.0 + (target.0 - HANDLE.0) * step / STEPS;
        let y = HANDLE.1 + (target.1 - HANDLE.1) * step / STEPS;
        desktop.xdotool(&["mousemove", &x.to_string(), &y.to_string()]);
        tokio::time::sleep(Duration::from_millis(80)).await;
    }
    app.sees("drop-target").await;
    desktop.xdotool(&["mouseup", "1"]);
}

fn quickly(desktop: &Desktop, target: (i32, i32), pause: f64) {
    let between = (HANDLE.0 + 20, HANDLE.1 + 20);
    let pause = pause.to_string();
    let numbers = [HANDLE.0, HANDLE.1, between.0, between.1, target.0 - 5, target.1 - 5, target.0, target.1];
    let [x0, y0, x1, y1, x2, y2, x3, y3] = &numbers.map(|number| number.to_string());
    desktop.xdotool(&[
        "mousemove", x0, y0, "mousedown", "1", "sleep", &pause, "mousemove", x1, y1, "sleep", &pause, "mousemove", x2,
        y2, "sleep", &pause, "mousemove", x3, y3, "sleep", &pause, "mouseup", "1",
    ]);
}
