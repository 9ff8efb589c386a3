//! Pictures of real screens: each test has an X server without hardware (Xvfb), or a bus with a portal, of its own.
//!
//! Needs the packages xvfb, openbox, imagemagick and dbus; scripts/system-packages.sh installs them.

#![cfg(target_os = "linux")]

#[cfg(test)]
mod bus;
#[cfg(test)]
mod display;
#[cfg(test)]
mod painter;
#[cfg(test)]
mod pixels;
#[cfg(test)]
mod portal;
#[cfg(test)]
mod session;
#[cfg(test)]
mod views;
#[cfg(test)]
mod windows;
