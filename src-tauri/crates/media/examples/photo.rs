//! Drives the crate from a script, for measuring: `all FILE` does what Castor does with a photo from its arrival until it can
//! be sent, `send FILE` only the part for the model. Prints JSON.

use conversation::{AttachmentId, ImageBudget};
use serde_json::json;
use std::time::Instant;

/// Edge of the picture in the composer, in pixels.
const THUMBNAIL_EDGE: u32 = 512;
/// Edge of the picture opened large, in pixels.
const DISPLAY_EDGE: u32 = 2560;
/// Edge of what a Gemini model gets, in pixels, and most bytes of it: a tenth of what fits into a request.
const MODEL_EDGE: u32 = 3072;
const MODEL_BYTES: u32 = 1_350_000;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let (all, file) = match words.as_slice() {
        ["all", file] => (true, file),
        ["send", file] => (false, file),
        _ => return Err("all FILE, or send FILE".into()),
    };
    let began = Instant::now();
    let original = std::fs::read(file)?;
    if all {
        // On arrival: decoded once for both, at the size of the larger. Its pixels are let go before it is asked about.
        let picture = media::decode_within(&original, DISPLAY_EDGE)?;
        picture.thumbnail(THUMBNAIL_EDGE)?;
        picture.display(DISPLAY_EDGE)?;
    }
    let arrived = began.elapsed().as_secs_f64();
    let budget = ImageBudget {
        longest_edge: MODEL_EDGE,
        max_bytes: MODEL_BYTES,
        tokens: 1120,
        accepts: vec!["image/jpeg".to_owned(), "image/png".to_owned()],
        max_count: 10,
    };
    let sent = media::prepare(&original, &budget, AttachmentId::new())?;
    println!(
        "{}",
        json!({
            "arrived": arrived,
            "seconds": began.elapsed().as_secs_f64(),
            "width": sent.width,
            "height": sent.height,
            "bytes": sent.data.len(),
        })
    );
    Ok(())
}
