//! The `castor` program: a window, or a command line when a command is given.
#![cfg_attr(all(not(debug_assertions), target_os = "windows"), windows_subsystem = "windows")]

use castor_lib::cli::{self, Arguments};
use castor_lib::state::{Castor, Folders};
use castor_lib::window;
use std::process::ExitCode;
use std::time::Instant;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let started = Instant::now();
    let arguments = Arguments::read();
    let filter = EnvFilter::try_from_env("CASTOR_LOG").unwrap_or_else(|_| EnvFilter::new("off"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();

    #[cfg(target_os = "linux")]
    if matches!(arguments, Arguments::Window(_)) && window::hand_over() {
        return ExitCode::SUCCESS;
    }
    let castor = match Folders::of_this_system().and_then(Castor::open) {
        Ok(castor) => castor,
        Err(error) => return cli::refuse_to_start(&error),
    };
    let first = match arguments {
        Arguments::Command(command) => return cli::run(castor, command),
        Arguments::Window(first) => first,
    };
    prepare_web_view();
    match window::run(castor, first, started) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("castor: {error}");
            ExitCode::FAILURE
        }
    }
}

/// WebKitGTK's DMA-BUF renderer leaves the window blank, without an error, with NVIDIA's driver and some Wayland
/// compositors. It is turned off unless the person has set the variable either way.
#[cfg(target_os = "linux")]
fn prepare_web_view() {
    const RENDERER: &str = "WEBKIT_DISABLE_DMABUF_RENDERER";
    if std::env::var_os(RENDERER).is_none() {
        #[expect(unsafe_code, reason = "the environment is changed before any other thread runs")]
        // SAFETY: called from main before the web view, the runtime or any thread is started.
        unsafe {
            std::env::set_var(RENDERER, "1");
        }
    }
}

#[cfg(not(target_os = "linux"))]
fn prepare_web_view() {}
