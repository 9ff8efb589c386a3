//! The `attachment:` scheme: pictures of the history for the web view's `<img>`, straight from the disk, never through
//! JSON. `attachment://localhost/<id>/thumbnail` and `…/display`.

use crate::intake::{self, PictureSize};
use conversation::AttachmentId;
use history::History;
use tauri::http::{Request, Response, StatusCode, header};

/// The scheme's name.
pub const SCHEME: &str = "attachment";

/// Answers one request. Blocks on the disk.
pub fn respond(history: &History, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    let Some((id, size)) = parse(request.uri().path()) else { return refuse(StatusCode::BAD_REQUEST) };
    match intake::picture(history, id, size) {
        Ok(bytes) => Response::builder()
            .header(header::CONTENT_TYPE, picture_type(&bytes))
            .header(header::CACHE_CONTROL, "private, max-age=31536000, immutable")
            .header(header::X_CONTENT_TYPE_OPTIONS, "nosniff")
            .body(bytes)
            .unwrap_or_else(|_| refuse(StatusCode::INTERNAL_SERVER_ERROR)),
        Err(error) => {
            tracing::warn!(%error, "a picture could not be shown");
            refuse(StatusCode::NOT_FOUND)
        }
    }
}

/// Derived pictures are JPEG or PNG.
fn picture_type(bytes: &[u8]) -> &'static str {
    if bytes.starts_with(b"\x89PNG") { "image/png" } else { "image/jpeg" }
}

fn parse(path: &str) -> Option<(AttachmentId, PictureSize)> {
    let (id, size) = path.trim_start_matches('/').split_once('/')?;
    let size = match size {
        "thumbnail" => PictureSize::Thumbnail,
        "display" => PictureSize::Display,
        _ => return None,
    };
    Some((id.parse().ok()?, size))
}

fn refuse(status: StatusCode) -> Response<Vec<u8>> {
    let mut response = Response::new(Vec::new());
    *response.status_mut() = status;
    response
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_identifier_and_a_known_size_are_understood() {
        let id = AttachmentId::new();
        assert_eq!(parse(&format!("/{id}/thumbnail")), Some((id, PictureSize::Thumbnail)));
        for path in [
            "",
            "/",
            "/x/display",
            &format!("/{id}"),
            &format!("/{id}/../../etc"),
            &format!("/{id}/original"),
        ] {
            assert_eq!(parse(path), None, "{path}");
        }
    }
}
