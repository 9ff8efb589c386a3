//! Real drags over the X server, from the sources in `tests/e2e/sources/`.

use super::app::App;
use super::desktop::Desktop;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::Stdio;
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
    let mut window =
        command.arg(script).args(arguments).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    let mut happens = BufReader::new(window.stdout.take().unwrap()).lines().map_while(Result::ok);
    assert_eq!(happens.next().as_deref(), Some("ready"));

    let target = app.on_screen(to);
    let mut pause = 0.01;
    let taken = loop {
        match pace {
            Pace::Slow => slowly(desktop, app, target).await,
            Pace::Quick => quickly(desktop, target, pause),
        }
        let events: Vec<String> = happens.by_ref().take_while(|event| !event.starts_with("ended")).collect();
        let too_quick = events.iter().any(|event| event == "failed no-target" || event == "failed no-drag");
        if too_quick && pause < 0.5 {
            // The source was let go before the window had answered at all, or pressed before it listened: no drop was
            // ever sent. A person would try again, a little slower.
            pause *= 2.0;
            continue;
        }
        break !events.iter().any(|event| event.starts_with("failed"));
    };
    window.kill().unwrap();
    window.wait().unwrap();
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
    // Bounded: a press that came before the source listened begins no drag, and the source says so when let go.
    for _ in 0..50 {
        if app.evaluate("document.querySelector('[data-testid=drop-target]') !== null").await == true {
            break;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    desktop.xdotool(&["mouseup", "1"]);
}

fn quickly(desktop: &Desktop, target: (i32, i32), pause: f64) {
    // A little way first: a source begins a drag only once the pointer has left the place it was pressed at.
    let way = [(HANDLE.0 + 20, HANDLE.1 + 20), (target.0 - 5, target.1 - 5), target];
    let moves = way.map(|(x, y)| format!("sleep {pause} mousemove {x} {y}")).join(" ");
    let gesture = format!("mousemove {} {} mousedown 1 {moves} sleep {pause} mouseup 1", HANDLE.0, HANDLE.1);
    desktop.xdotool(&gesture.split(' ').collect::<Vec<_>>());
}
