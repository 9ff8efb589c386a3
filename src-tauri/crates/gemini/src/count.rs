//! What a question would cost, by the API's own count. Costs nothing.

use crate::client::{Client, bare};
use crate::failure::Failure;
use crate::request::{self, Terms};
use crate::wire::CountTokensResponse;
use conversation::{GenerateRequest, NoticeCode, RequestPart};
use reqwest::header::CONTENT_TYPE;

/// Tokens of the prompt. `None` while a file of it is not at the API: it cannot be counted, and is not sent for this.
pub(crate) async fn tokens(
    client: &Client,
    request: &GenerateRequest,
    terms: &Terms,
) -> Result<Option<u32>, Failure> {
    request::may_leave(request)?;
    let mut parts = request.turns.iter().flat_map(|turn| &turn.parts);
    if parts.any(|part| matches!(part, RequestPart::File(file) if file.uri.is_none())) {
        return Ok(None);
    }
    let body = request::count_body(request, terms)?;
    let url = client.url(&["models", &format!("{}:countTokens", bare(&request.model))]);
    // The question goes out as a whole, so this takes as long as asking it.
    let call = client.post(url).timeout(client.config.timeouts.idle);
    let response = client.send(call.header(CONTENT_TYPE, "application/json").body(body)).await?;
    let body = response.bytes().await.map_err(Failure::from_transport)?;
    let counted: CountTokensResponse = serde_json::from_slice(&body)
        .map_err(|error| Failure::new(NoticeCode::UnexpectedReply, error.to_string()))?;
    Ok(counted.total_tokens)
}
