//! The command line as a shell sees it: output, exit codes, no display.

use std::process::{Command, Output};
use test_support::ThrowawayProfile;

/// The program, in a home of its own, without a display.
fn castor(profile: &ThrowawayProfile) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_castor"));
    profile.apply(&mut command).env_remove("DISPLAY").env_remove("WAYLAND_DISPLAY").current_dir(profile.home());
    command
}

fn printed(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn complained(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

#[test]
fn help_and_version_need_no_display() {
    let profile = ThrowawayProfile::new().unwrap();
    let output = castor(&profile).arg("--version").output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    assert_eq!(printed(&output), concat!("castor ", env!("CARGO_PKG_VERSION"), "\n"));

    for arguments in [&["--help"][..], &["ask", "--help"]] {
        let output = castor(&profile).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(0));
        let help = printed(&output);
        for exit_code in 0..=8 {
            assert!(help.contains(&format!("  {exit_code}  ")), "{arguments:?} explains exit code {exit_code}");
        }
    }
}

#[test]
fn wrong_usage_is_told() {
    let profile = ThrowawayProfile::new().unwrap();
    for arguments in [&["ask"][..], &["ask", "--mind", "third", "Who are you?"], &["models", "paint"]] {
        let output = castor(&profile).args(arguments).output().unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert_eq!(printed(&output), "");
        assert!(complained(&output).contains("Usage"), "{arguments:?}");
    }
}
