//! Videos on the command line, made with FFmpeg: what the API does not take as it is goes as frames, each after its time.

use crate::cli::{castor, complained, printed};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::Value;
use std::path::Path;
use std::process::Command;
use test_support::gemini_server::{Reply, Streamed};
use test_support::{GeminiServer, ThrowawayProfile};

/// A Matroska video of two colours, two seconds each.
fn two_colours(path: &Path) {
    let mut ffmpeg = Command::new("ffmpeg");
    ffmpeg.args(["-nostdin", "-loglevel", "error"]);
    ffmpeg.args(["-f", "lavfi", "-i", "color=red:s=320x240:r=10:d=2"]);
    ffmpeg.args(["-f", "lavfi", "-i", "color=blue:s=320x240:r=10:d=2"]);
    ffmpeg.args(["-filter_complex", "concat=n=2:v=1"]).arg(path);
    assert!(ffmpeg.status().unwrap().success());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_matroska_video_reaches_gemini_as_frames_with_their_times() {
    let server = GeminiServer::start().await.unwrap();
    server.script([Reply::Answer(Streamed::saying("Red, then blue."))]);
    let profile = ThrowawayProfile::new().unwrap();
    two_colours(&profile.home().join("colours.mkv"));
    let output = castor(&profile)
        .args(["ask", "--mind", "gemini", "colours.mkv", "Which colours?"])
        .env("CASTOR_GEMINI_BASE_URL", server.base_url())
        .env("GEMINI_API_KEY", "AQ.a-key-for-tests")
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", complained(&output));
    assert!(printed(&output).contains("Red, then blue."));

    let asked = server.requests().into_iter().rev().find(|one| one.path.contains(":streamGenerateContent"));
    let body = asked.unwrap().body;
    let parts = body["contents"][0]["parts"].as_array().unwrap();
    let mut colours = Vec::new();
    for (before, part) in parts.iter().zip(parts.iter().skip(1)) {
        let Some(data) = part["inlineData"]["data"].as_str() else { continue };
        assert!(before["text"].as_str().is_some_and(|text| text.contains("[0:0")), "{before}");
        let frame = image::load_from_memory(&STANDARD.decode(data).unwrap()).unwrap().into_rgb8();
        let [red, _, blue] = frame.get_pixel(160, 120).0;
        colours.push(if red > blue { "red" } else { "blue" });
    }
    colours.dedup();
    assert_eq!(colours, ["red", "blue"]);
    let is_video =
        |part: &Value| part["inlineData"]["mimeType"].as_str().is_some_and(|mime| mime.starts_with("video/"));
    assert!(!parts.iter().any(is_video));
}
