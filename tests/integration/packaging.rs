//! What a package for people needs, checked without building one.

use std::path::Path;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn configuration() -> serde_json::Value {
    serde_json::from_slice(&std::fs::read(root().join("tauri.conf.json")).unwrap()).unwrap()
}

#[test]
fn the_package_and_the_binary_have_one_version() {
    assert_eq!(configuration()["version"], env!("CARGO_PKG_VERSION"));
}

#[test]
fn every_icon_is_there() {
    let configuration = configuration();
    let icons = configuration["bundle"]["icon"].as_array().unwrap();
    assert!(!icons.is_empty());
    for icon in icons {
        let icon = icon.as_str().unwrap();
        assert!(root().join(icon).is_file(), "{icon}");
    }
}

#[test]
fn the_page_may_load_nothing_from_outside() {
    let configuration = configuration();
    let policy = configuration["app"]["security"]["csp"].as_str().unwrap();
    for directive in policy.split(';').map(str::trim) {
        for source in directive.split_whitespace().skip(1) {
            let own = source.starts_with('\'') // 'self', 'none', 'unsafe-inline'
                || source.ends_with(".localhost")
                || ["blob:", "data:", "ipc:", "attachment:", "mediastream:"].contains(&source)
                // What the player plays comes from this program by the loopback address, and nothing else may.
                || (source == "http://127.0.0.1:*" && directive.starts_with("media-src"));
            assert!(own, "{source} in {directive}");
        }
        let script = directive.starts_with("script-src") || directive.starts_with("default-src");
        assert!(!script || !directive.contains("unsafe"), "{directive}");
    }
}

/// The default model comes through pip where Hugging Face cannot be reached.
#[test]
fn the_debian_package_asks_for_what_castor_runs() {
    let configuration = configuration();
    let depends = configuration["bundle"]["linux"]["deb"]["recommends"].as_array().unwrap();
    assert!(depends.iter().any(|package| package == "python3-pip"));
}

/// FFmpeg reads videos; without GStreamer's plugins the web view opens no camera.
#[test]
fn the_debian_package_asks_for_what_shows_and_reads_videos() {
    let configuration = configuration();
    let depends = configuration["bundle"]["linux"]["deb"]["depends"].as_array().unwrap();
    for needed in ["ffmpeg", "gstreamer1.0-plugins-good"] {
        assert!(depends.iter().any(|package| package == needed), "{needed}");
    }
}
