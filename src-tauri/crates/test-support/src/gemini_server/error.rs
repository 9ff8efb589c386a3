//! The API's refusals, with the bodies it sends.

use super::reply::Failure;
use serde_json::{Value, json};

/// A refusal: HTTP status and JSON body.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Refusal {
    pub status: u16,
    pub body: Value,
}

impl Refusal {
    pub fn new(status: u16, name: &str, message: impl Into<String>, details: Vec<Value>) -> Self {
        let mut error = json!({"code": status, "message": message.into(), "status": name});
        if !details.is_empty() {
            error["details"] = details.into();
        }
        Self { status, body: json!({ "error": error }) }
    }

    pub fn invalid(message: impl Into<String>) -> Self {
        Self::new(400, "INVALID_ARGUMENT", message, vec![])
    }

    /// A field the API does not know or cannot read. `path` is empty for the request itself.
    pub fn field(path: &str, problem: &str) -> Self {
        let at = if path.is_empty() { String::new() } else { format!(" at '{path}'") };
        let description = format!("Invalid JSON payload received. {problem}{at}");
        let mut violation = json!({ "description": description });
        if !path.is_empty() {
            violation["field"] = path.into();
        }
        let detail =
            json!({"@type": "type.googleapis.com/google.rpc.BadRequest", "fieldViolations": [violation]});
        Self::new(400, "INVALID_ARGUMENT", description, vec![detail])
    }

    pub fn no_key() -> Self {
        let message = "Method doesn't allow unregistered callers (callers without established identity). Please use API \
                       Key or other form of API consumer identity to call this API.";
        Self::new(403, "PERMISSION_DENIED", message, vec![])
    }

    pub fn bad_key() -> Self {
        let message = "API key not valid. Please pass a valid API key.";
        let info = json!({"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID",
            "domain": "googleapis.com", "metadata": {"service": "generativelanguage.googleapis.com"}});
        let localized = json!({"@type": "type.googleapis.com/google.rpc.LocalizedMessage", "locale": "en-US",
            "message": message});
        Self::new(400, "INVALID_ARGUMENT", message, vec![info, localized])
    }

    pub fn no_model(id: &str, method: &str) -> Self {
        let message = format!(
            "models/{id} is not found for API version v1beta, or is not supported for {method}. Call ListModels to \
             see the list of available models and their supported methods."
        );
        let debug = json!({"@type": "type.googleapis.com/google.rpc.DebugInfo",
            "detail": format!("[ORIGINAL ERROR] generic::not_found: {message}")});
        Self::new(404, "NOT_FOUND", message, vec![debug])
    }

    pub fn from_failure(failure: &Failure, model: &str) -> Self {
        match failure {
            Failure::RateLimited { retry_delay } => quota(
                "GenerateRequestsPerMinutePerProjectPerModel-FreeTier",
                10,
                model,
                retry_delay.as_deref(),
            ),
            Failure::DailyQuota => {
                quota("GenerateRequestsPerDayPerProjectPerModel-FreeTier", 250, model, Some("34.4s"))
            }
            Failure::NoQuota => {
                quota("GenerateRequestsPerMinutePerProjectPerModel-FreeTier", 0, model, Some("34.4s"))
            }
            Failure::Overloaded => {
                Self::new(503, "UNAVAILABLE", "The model is overloaded. Please try again later.", vec![])
            }
            Failure::Location => {
                let message = "User location is not supported for the API use.";
                Self::new(400, "FAILED_PRECONDITION", message, vec![])
            }
            Failure::Signature => Self::bad_signature(),
            Failure::Status { status, name, message } => Self::new(*status, name, message.as_str(), vec![]),
        }
    }

    pub fn no_file(id: &str) -> Self {
        Self::new(404, "NOT_FOUND", format!("File {id} was not found or has expired."), vec![])
    }

    pub fn no_access_to_file(id: &str) -> Self {
        let message = format!("You do not have permission to access the File {id} or it may not exist.");
        Self::new(403, "PERMISSION_DENIED", message, vec![])
    }

    pub fn file_not_active(id: &str) -> Self {
        let message = format!("The File {id} is not in an ACTIVE state and usage is not allowed.");
        Self::new(400, "FAILED_PRECONDITION", message, vec![])
    }

    pub fn bad_signature() -> Self {
        Self::invalid("Corrupted thought signature.")
    }
}

fn quota(id: &str, limit: u32, model: &str, retry_delay: Option<&str>) -> Refusal {
    let metric = "generativelanguage.googleapis.com/generate_content_free_tier_requests";
    let mut message = format!(
        "You exceeded your current quota, please check your plan and billing details.\n* Quota exceeded for metric: \
         {metric}, limit: {limit}, model: {model}"
    );
    let mut details = vec![
        json!({"@type": "type.googleapis.com/google.rpc.Help", "links": [{"description":
            "Learn more about Gemini API quotas", "url": "https://ai.google.dev/gemini-api/docs/rate-limits"}]}),
        json!({"@type": "type.googleapis.com/google.rpc.QuotaFailure", "violations": [{"quotaMetric": metric,
            "quotaId": id, "quotaDimensions": {"location": "global", "model": model},
            "quotaValue": limit.to_string()}]}),
    ];
    if let Some(delay) = retry_delay {
        message = format!("{message}\nPlease retry in {delay}.");
        details.push(json!({"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": delay}));
    }
    Refusal::new(429, "RESOURCE_EXHAUSTED", message, details)
}
