//! What the web view may use. Its camera only once the person said so in Castor's own words, remembered in the settings and
//! taken back there; nothing else, the microphone included: Castor records sound in Rust.

use crate::settings::Consent;
use crate::state::Castor;
use tauri::webview::{PermissionKind, PermissionResponse};

/// Answers the web view's request.
pub fn answer(castor: &Castor, kind: PermissionKind) -> PermissionResponse {
    let consent = castor.settings().camera.consent;
    let allowed = kind == PermissionKind::Camera && consent == Consent::Allowed;
    tracing::info!(?kind, allowed, "the web view asks for permission");
    if allowed { PermissionResponse::Allow } else { PermissionResponse::Deny }
}
