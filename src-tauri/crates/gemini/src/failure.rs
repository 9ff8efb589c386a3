//! What goes wrong between Castor and the API, told as a [`ProviderError`], with what may be done about it.

use crate::wire::{Detail, Status, parse_error};
use conversation::{Notice, NoticeCode, ProviderError};
use std::time::Duration;

/// A failed request.
#[derive(Debug, Clone)]
pub(crate) struct Failure {
    /// What the person is told.
    pub error: ProviderError,
    /// What the client may do by itself.
    pub remedy: Remedy,
}

/// What the client may do by itself, as long as nothing of the answer was shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Remedy {
    /// Nothing.
    None,
    /// Ask again later, after the server's own delay where it named one.
    Retry(Option<Duration>),
    /// Ask again without the signatures of earlier answers.
    DropSignatures,
}

impl Failure {
    pub(crate) fn new(code: NoticeCode, detail: impl Into<String>) -> Self {
        Self { error: ProviderError::new(code, detail), remedy: Remedy::None }
    }

    /// Something that passes by itself.
    pub(crate) fn passing(code: NoticeCode, detail: impl Into<String>) -> Self {
        Self { remedy: Remedy::Retry(None), ..Self::new(code, detail) }
    }

    /// From a response whose status is not 200. `retry_after` is the header of that name.
    pub(crate) fn from_response(
        http_status: u16,
        content_type: &str,
        retry_after: Option<Duration>,
        body: &[u8],
    ) -> Self {
        let status = parse_error(body);
        let mut failure = match &status {
            Some(status) => Self::from_status(http_status, status),
            None => Self::from_foreign(http_status, content_type),
        };
        if let Remedy::Retry(delay @ None) = &mut failure.remedy {
            *delay = retry_after;
        }
        failure.error.status = Some(http_status);
        failure.note_delay();
        failure
    }

    /// From an error inside a stream that began well.
    pub(crate) fn from_stream(status: &Status) -> Self {
        let http_status = status.http_status().unwrap_or(500);
        let mut failure = Self::from_status(http_status, status);
        failure.error.status = status.http_status();
        failure.note_delay();
        failure
    }

    /// From the HTTP client, before any byte of a response.
    pub(crate) fn from_transport(error: reqwest::Error) -> Self {
        let code = if error.is_timeout() && !error.is_connect() {
            NoticeCode::TimedOut
        } else {
            NoticeCode::Offline
        };
        if error.is_builder() {
            // Only a key with characters that no header can carry gets here: everything else was checked before.
            return Self::new(NoticeCode::KeyInvalid, "the key contains characters a key cannot have");
        }
        Self::passing(code, chain(&error.without_url()))
    }

    /// No bytes came for `waited`.
    pub(crate) fn idle(waited: Duration) -> Self {
        Self::new(NoticeCode::TimedOut, format!("nothing came for {} s", waited.as_secs_f32()))
    }

    /// The connection broke while an answer was being read.
    pub(crate) fn broken(error: &dyn std::error::Error) -> Self {
        Self::passing(NoticeCode::CutOff, chain(error))
    }

    /// An error in the API's own words.
    fn from_status(http_status: u16, status: &Status) -> Self {
        let message = status.message.as_deref().unwrap_or_default();
        let details = status.details();
        let reason = |wanted: &str| {
            details.iter().any(|d| matches!(d, Detail::ErrorInfo { reason } if reason == wanted))
        };
        let detail = in_words(status, &details);
        match http_status {
            400 if reason("API_KEY_INVALID") => Self::new(NoticeCode::KeyInvalid, detail),
            400 | 403 if names_file(message) => Self::new(NoticeCode::FileUnavailable, detail),
            400 if status.status.as_deref() == Some("FAILED_PRECONDITION") => {
                Self::new(NoticeCode::RegionOrBilling, detail)
            }
            400 if names_signature(message) => {
                Self { remedy: Remedy::DropSignatures, ..Self::new(NoticeCode::RequestRejected, detail) }
            }
            400 if message.contains("exceeds the maximum number of tokens") => {
                Self::new(NoticeCode::ContextFull, detail)
            }
            400 if message.contains("payload size exceeds") => Self::new(NoticeCode::RequestTooLarge, detail),
            401 => Self::new(NoticeCode::KeyInvalid, detail),
            402 => Self::new(NoticeCode::BalanceEmpty, detail),
            403 => Self::new(NoticeCode::KeyForbidden, detail),
            404 => Self::new(NoticeCode::ModelNotFound, detail),
            413 => Self::new(NoticeCode::RequestTooLarge, detail),
            429 if is_lasting(message, &details) => Self::new(NoticeCode::QuotaExhausted, detail),
            429 => {
                let remedy = Remedy::Retry(status.retry_delay());
                Self { remedy, ..Self::new(NoticeCode::RateLimited, detail) }
            }
            408 | 500.. => {
                let code = passing_code(http_status);
                Self { remedy: Remedy::Retry(status.retry_delay()), ..Self::new(code, detail) }
            }
            _ => Self::new(NoticeCode::RequestRejected, detail),
        }
    }

    /// An error that is not in the API's words: of a gateway, a proxy, a captive portal, a wrong address.
    fn from_foreign(http_status: u16, content_type: &str) -> Self {
        let detail = format!("HTTP {http_status}, {}", or_nothing(content_type));
        match http_status {
            402 => Self::new(NoticeCode::BalanceEmpty, detail),
            413 => Self::new(NoticeCode::RequestTooLarge, detail),
            429 => Self::passing(NoticeCode::RateLimited, detail),
            408 | 500.. => Self::passing(passing_code(http_status), detail),
            _ => Self::new(NoticeCode::UnexpectedReply, detail),
        }
    }

    /// A success of another type than the one asked for.
    pub(crate) fn wrong_type(http_status: u16, content_type: &str) -> Self {
        let detail = format!("HTTP {http_status}, {}", or_nothing(content_type));
        let mut failure = Self::new(NoticeCode::UnexpectedReply, detail);
        failure.error.status = Some(http_status);
        failure
    }

    /// The same failure of a call about a file or an upload: what was not found is that, not a model.
    pub(crate) fn about_file(mut self) -> Self {
        if matches!(self.error.status, Some(404 | 410)) {
            self.error.notice.code = NoticeCode::FileUnavailable;
        }
        self
    }

    /// A wait the server asked for is worth telling also where the client does not retry by itself.
    fn note_delay(&mut self) {
        if let Remedy::Retry(Some(delay)) = self.remedy {
            self.error.notice = with_delay(self.error.notice.clone(), delay);
        }
    }

    /// Takes the key out of whatever the other side said: a gateway may echo it.
    pub(crate) fn without(mut self, key: &str) -> Self {
        if let Some(detail) = &mut self.error.notice.detail {
            *detail = detail.replace(key, "[key]");
        }
        self
    }
}

/// The same notice with the time after which to try again.
pub(crate) fn with_delay(notice: Notice, delay: Duration) -> Notice {
    Notice { retry_after_ms: Some(u32::try_from(delay.as_millis()).unwrap_or(u32::MAX)), ..notice }
}

fn passing_code(http_status: u16) -> NoticeCode {
    if matches!(http_status, 408 | 504) { NoticeCode::TimedOut } else { NoticeCode::Overloaded }
}

/// Quotas that do not come back within minutes: those of a day, and those a model does not have at all.
fn is_lasting(message: &str, details: &[Detail]) -> bool {
    let by_quota = details.iter().any(|detail| {
        let Detail::QuotaFailure { violations } = detail else { return false };
        violations.iter().any(|v| v.quota_id.contains("PerDay") || v.quota_value.as_deref() == Some("0"))
    });
    let zero_limit = message
        .split("limit: 0")
        .skip(1)
        .any(|rest| !rest.starts_with(|next: char| next.is_ascii_digit() || next == '.'));
    by_quota || zero_limit
}

/// "Invalid thought signature", "Corrupted thought signature", "thought_signature is not valid" and their kin.
fn names_signature(message: &str) -> bool {
    let message = message.to_ascii_lowercase();
    ["thought signature", "thought_signature", "thoughtsignature"].iter().any(|name| message.contains(name))
}

/// "The File abc is not in an ACTIVE state and usage is not allowed.", "You do not have permission to access the File abc
/// or it may not exist."
fn names_file(message: &str) -> bool {
    message.contains("not in an ACTIVE state") || message.contains("access the File ")
}

/// Canonical name, message and the details a person or a maintainer can use.
fn in_words(status: &Status, details: &[Detail]) -> String {
    let mut words: Vec<String> = [&status.status, &status.message]
        .into_iter()
        .flatten()
        .map(|part| part.trim().to_owned())
        .filter(|part| !part.is_empty())
        .collect();
    for detail in details {
        match detail {
            Detail::QuotaFailure { violations } => {
                words.extend(violations.iter().map(|v| v.quota_id.clone()));
            }
            Detail::BadRequest { field_violations } => words.extend(
                field_violations.iter().filter(|v| !v.field.is_empty()).map(|v| format!("in {}", v.field)),
            ),
            Detail::ErrorInfo { reason } => words.push(reason.clone()),
            Detail::RetryInfo { .. } | Detail::Unknown => {}
        }
    }
    words.join(" · ")
}

fn or_nothing(content_type: &str) -> &str {
    if content_type.is_empty() { "no content type" } else { content_type }
}

/// An error and everything behind it: the HTTP client's own sentence alone says nearly nothing.
fn chain(error: &dyn std::error::Error) -> String {
    let mut words = error.to_string();
    let mut source = error.source();
    while let Some(error) = source {
        let sentence = error.to_string();
        if !words.contains(&sentence) {
            words = format!("{words}: {sentence}");
        }
        source = error.source();
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_of_zero_is_lasting_and_a_limit_of_ten_is_not() {
        assert!(is_lasting("Quota exceeded, limit: 0, model: gemini-4-argon", &[]));
        assert!(is_lasting("limit: 20\nlimit: 0", &[]));
        assert!(!is_lasting("limit: 10, limit: 05, limit: 0.5", &[]));
    }

    #[test]
    fn what_is_not_the_apis_own_error_is_told_as_such() {
        for status in [301, 302, 400, 401, 403, 404, 407, 451] {
            let failure = Failure::from_response(status, "text/html", None, b"<html>");
            assert_eq!(failure.error.notice.code, NoticeCode::UnexpectedReply, "{status}");
            assert_eq!(failure.remedy, Remedy::None);
        }
        let failure = Failure::from_response(503, "text/html", Some(Duration::from_secs(7)), b"<html>");
        assert_eq!(failure.error.notice.code, NoticeCode::Overloaded);
        assert_eq!(failure.error.notice.retry_after_ms, Some(7000));
    }

    #[test]
    fn a_file_that_cannot_be_used_is_no_matter_of_region_or_key() {
        let told = |status: u16, name: &str, message: &str| {
            let body = serde_json::json!({"error": {"code": status, "status": name, "message": message}});
            Failure::from_response(status, "application/json", None, body.to_string().as_bytes())
                .error
                .notice
                .code
        };
        let gone = "You do not have permission to access the File abc or it may not exist.";
        assert_eq!(told(403, "PERMISSION_DENIED", gone), NoticeCode::FileUnavailable);
        let early = "The File abc is not in an ACTIVE state and usage is not allowed.";
        assert_eq!(told(400, "FAILED_PRECONDITION", early), NoticeCode::FileUnavailable);
        let region = "User location is not supported for the API use.";
        assert_eq!(told(400, "FAILED_PRECONDITION", region), NoticeCode::RegionOrBilling);
        assert_eq!(
            told(403, "PERMISSION_DENIED", "Generative Language API is off"),
            NoticeCode::KeyForbidden
        );
    }
}
