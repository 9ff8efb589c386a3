//! Serves videos and sound to the web view's own player from this computer to itself: WebKitGTK's player knows http and file
//! addresses only, no custom scheme (tauri#3725), and a video may be far too large for a blob. Bound to the loopback address, on a
//! port of the system's choice, and the path begins with a secret that only Castor's page is told.

use crate::error::CastorError;
use crate::state::Castor;
use axum::Router;
use axum::extract::{Path, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use conversation::{AttachmentId, MediaKind};
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use tokio::sync::OnceCell;
use tower_http::services::ServeFile;

/// The server, once the first address was asked for.
#[derive(Debug, Default)]
pub struct MediaServer(OnceCell<Served>);

#[derive(Debug)]
struct Served {
    address: SocketAddr,
    secret: String,
}

struct Site {
    castor: Arc<Castor>,
    secret: String,
}

impl MediaServer {
    /// Where a video or sound is played from.
    pub async fn address_of(&self, castor: &Arc<Castor>, id: AttachmentId) -> Result<String, CastorError> {
        let served = self.0.get_or_try_init(|| start(Arc::clone(castor))).await?;
        Ok(format!("http://{}/{}/{id}", served.address, served.secret))
    }
}

async fn start(castor: Arc<Castor>) -> Result<Served, CastorError> {
    let told = |error: std::io::Error| CastorError::System(error.to_string());
    let listener = tokio::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await.map_err(told)?;
    let address = listener.local_addr().map_err(told)?;
    // Two identifiers of this moment: 148 random bits.
    let secret = format!("{}{}", AttachmentId::new(), AttachmentId::new());
    let site = Arc::new(Site { castor, secret: secret.clone() });
    let router = Router::new().route("/{secret}/{id}", get(serve)).with_state(site);
    tokio::spawn(async move {
        if let Err(error) = axum::serve(listener, router).await {
            tracing::error!(%error, "videos can no longer be played");
        }
    });
    Ok(Served { address, secret })
}

/// Answers one request, ranges included, as a player that jumps needs them.
async fn serve(
    State(site): State<Arc<Site>>,
    Path((secret, id)): Path<(String, AttachmentId)>,
    request: Request,
) -> Response {
    if secret != site.secret {
        return StatusCode::NOT_FOUND.into_response();
    }
    let castor = Arc::clone(&site.castor);
    let found = tokio::task::spawn_blocking(move || {
        let attachment = castor.history.attachment(id)?;
        Ok::<_, history::HistoryError>((castor.history.blob_path(id)?, attachment))
    });
    let Ok(Ok((path, attachment))) = found.await else { return StatusCode::NOT_FOUND.into_response() };
    let Ok(mime) = attachment.mime.parse() else { return StatusCode::NOT_FOUND.into_response() };
    if !matches!(attachment.kind, MediaKind::Video | MediaKind::Audio) {
        return StatusCode::NOT_FOUND.into_response();
    }
    match ServeFile::new_with_mime(path, &mime).try_call(request).await {
        Ok(response) => response.into_response(),
        Err(error) => {
            tracing::warn!(%error, "a file cannot be played");
            StatusCode::NOT_FOUND.into_response()
        }
    }
}
