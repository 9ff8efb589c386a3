//! The API's errors: `google.rpc.Status` with its details, bare, in an array, or inside a stream.

use serde::Deserialize;
use serde_json::Value;
use std::time::Duration;

/// The body of an error response.
#[derive(Debug, Clone, Deserialize)]
pub struct ErrorBody {
    /// What went wrong.
    pub error: Status,
}

/// What went wrong.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Status {
    /// The HTTP status; some gateways put a name here.
    pub code: Option<Value>,
    /// The canonical name, e.g. `RESOURCE_EXHAUSTED`.
    pub status: Option<String>,
    /// For people, in English.
    pub message: Option<String>,
    /// Details of any kind; read them with [`Status::details`].
    #[serde(rename = "details")]
    raw_details: Option<Vec<Value>>,
}

/// A detail that Castor acts on.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(tag = "@type", rename_all_fields = "camelCase")]
pub enum Detail {
    /// A reason in one word, e.g. `API_KEY_INVALID`.
    #[serde(rename = "type.googleapis.com/google.rpc.ErrorInfo")]
    ErrorInfo {
        /// The word.
        #[serde(default)]
        reason: String,
    },
    /// The quotas that were exceeded.
    #[serde(rename = "type.googleapis.com/google.rpc.QuotaFailure")]
    QuotaFailure {
        /// Each of them.
        #[serde(default)]
        violations: Vec<QuotaViolation>,
    },
    /// When to come back.
    #[serde(rename = "type.googleapis.com/google.rpc.RetryInfo")]
    RetryInfo {
        /// Seconds as `34.4s`.
        #[serde(default)]
        retry_delay: String,
    },
    /// Fields the API does not take.
    #[serde(rename = "type.googleapis.com/google.rpc.BadRequest")]
    BadRequest {
        /// Each of them.
        #[serde(default)]
        field_violations: Vec<FieldViolation>,
    },
    /// A kind without meaning to Castor.
    #[serde(other)]
    Unknown,
}

/// A quota that was exceeded.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct QuotaViolation {
    /// Names quota, period and tier, e.g. `GenerateRequestsPerDayPerProjectPerModel-FreeTier`.
    pub quota_id: String,
    /// The limit itself, a number as text.
    pub quota_value: Option<String>,
}

/// A field the API does not take.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct FieldViolation {
    /// Where, e.g. `contents[0].parts[0]`.
    pub field: String,
    /// What is wrong with it.
    pub description: String,
}

impl Status {
    /// The HTTP status in the body, for errors inside a stream that began with 200.
    pub fn http_status(&self) -> Option<u16> {
        self.code.as_ref()?.as_u64().and_then(|code| u16::try_from(code).ok())
    }

    /// The details. One that is not shaped as its type says does not spoil the others.
    pub fn details(&self) -> Vec<Detail> {
        let details = self.raw_details.iter().flatten();
        details.filter_map(|detail| Detail::deserialize(detail).ok()).collect()
    }

    /// How long the API asks to wait.
    pub fn retry_delay(&self) -> Option<Duration> {
        self.details().into_iter().find_map(|detail| match detail {
            Detail::RetryInfo { retry_delay } => {
                let seconds = retry_delay.strip_suffix('s')?.parse().ok()?;
                Duration::try_from_secs_f64(seconds).ok()
            }
            _ => None,
        })
    }
}

/// Reads an error body; without `alt=sse` the API wraps it in an array. `None` when the body is not the API's.
pub fn parse_error(body: &[u8]) -> Option<Status> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Either {
        // First, because a structure can be read from an array too.
        Wrapped(Vec<ErrorBody>),
        Bare(ErrorBody),
    }
    match serde_json::from_slice(body).ok()? {
        Either::Bare(body) => Some(body.error),
        Either::Wrapped(bodies) => bodies.into_iter().next().map(|body| body.error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTA: &str = r#"{"error":{"code":429,"status":"RESOURCE_EXHAUSTED","message":"slow down","details":[
        {"@type":"type.googleapis.com/google.rpc.Help","links":[{"url":"https://ai.google.dev"}]},
        {"@type":"type.googleapis.com/google.rpc.QuotaFailure","violations":[
            {"quotaMetric":"m","quotaId":"PerMinute","quotaValue":"10"}]},
        {"@type":"type.googleapis.com/google.rpc.RetryInfo","retryDelay":"34.4s"},
        {"@type":"type.googleapis.com/google.rpc.ErrorInfo","reason":{"not":"text"}}]}}"#;

    #[test]
    fn reads_details_and_survives_odd_ones() {
        let status = parse_error(QUOTA.as_bytes()).unwrap();
        assert_eq!(status.http_status(), Some(429));
        assert_eq!(status.retry_delay(), Some(Duration::from_millis(34_400)));
        let quota = QuotaViolation { quota_id: "PerMinute".into(), quota_value: Some("10".into()) };
        assert_eq!(
            status.details(),
            [
                Detail::Unknown,
                Detail::QuotaFailure { violations: vec![quota] },
                Detail::RetryInfo { retry_delay: "34.4s".into() },
            ]
        );
    }

    #[test]
    fn reads_an_error_wrapped_in_an_array() {
        let status = parse_error(format!("[{QUOTA}\n]").as_bytes()).unwrap();
        assert_eq!(status.status.as_deref(), Some("RESOURCE_EXHAUSTED"));
    }

    #[test]
    fn other_bodies_are_not_errors_of_the_api() {
        for body in ["", "<html>sign in</html>", "[]", r#"{"message":"no"}"#, "\u{0}\u{1}"] {
            assert!(parse_error(body.as_bytes()).is_none(), "{body:?}");
        }
    }
}
