//! The `attachment:` scheme: pictures of the history for the web view's `<img>`, straight from the disk, never through
//! JSON. `attachment://localhost/<id>/thumbnail`, `…/display`, and of a video `…/moment/<milliseconds>`.

use crate::intake::{self, PictureSize};
use crate::state::Castor;
use crate::videos;
use conversation::AttachmentId;
use std::time::Duration;
use tauri::http::{Request, Response, StatusCode, header};

/// The scheme's name.
pub const SCHEME: &str = "attachment";

/// What is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Picture(PictureSize),
    Moment(Duration),
}

/// Answers one request. Blocks on the disk.
pub fn respond(castor: &Castor, request: &Request<Vec<u8>>) -> Response<Vec<u8>> {
    let Some((id, wanted)) = parse(request.uri().path()) else { return refuse(StatusCode::BAD_REQUEST) };
    let made = match wanted {
        Wanted::Picture(size) => intake::picture(&castor.history, id, size),
        Wanted::Moment(at) => videos::moment(&castor.history, id, at),
    };
    match made {
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

fn parse(path: &str) -> Option<(AttachmentId, Wanted)> {
    let (id, rest) = path.trim_start_matches('/').split_once('/')?;
    let wanted = match rest {
        "thumbnail" => Wanted::Picture(PictureSize::Thumbnail),
        "display" => Wanted::Picture(PictureSize::Display),
        other => Wanted::Moment(Duration::from_millis(other.strip_prefix("moment/")?.parse().ok()?)),
    };
    Some((id.parse().ok()?, wanted))
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
        assert_eq!(parse(&format!("/{id}/thumbnail")), Some((id, Wanted::Picture(PictureSize::Thumbnail))));
        let moment = Wanted::Moment(Duration::from_millis(1500));
        assert_eq!(parse(&format!("/{id}/moment/1500")), Some((id, moment)));
        for path in [
            "",
            "/",
            "/x/display",
            &format!("/{id}"),
            &format!("/{id}/../../etc"),
            &format!("/{id}/original"),
            &format!("/{id}/moment/-1"),
            &format!("/{id}/moment/1/2"),
        ] {
            assert_eq!(parse(path), None, "{path}");
        }
    }
}
