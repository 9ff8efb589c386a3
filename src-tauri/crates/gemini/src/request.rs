//! From Castor's request to the API's JSON.

use crate::failure::Failure;
use crate::wire::{Blob, Content, FileData, GenerateContentRequest, GenerationConfig, Part, Role};
use bytes::Bytes;
use conversation::{self as castor, FileToSend, GenerateRequest, Mind, NoticeCode, RequestPart, RequestTurn};
use serde_json::Value;
use serde_json::value::{RawValue, to_raw_value};

/// Most bytes of one request's contents as sent. Pages of the API's documentation name limits from 20 MB up; what is
/// larger belongs into an upload.
pub(crate) const LARGEST_REQUEST: usize = 20_000_000;

/// Asks for the rest of an answer that was cut short. Prefilled model turns are rejected, so it takes a turn of its own.
const GO_ON: &str = "Your last answer was cut off. Go on exactly where it stopped, in the same language and format. \
                     Repeat nothing of it and add no remark about the interruption.";

/// Whether signatures of earlier answers go along.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Signatures {
    /// Verbatim, as the API wants it.
    Keep,
    /// Without them, because the API refused them.
    Drop,
}

/// The request's body. `continuation_token` asks for the rest of an answer that the API split.
pub(crate) fn body(
    request: &GenerateRequest,
    signatures: Signatures,
    continuation_token: Option<String>,
) -> Result<Bytes, Failure> {
    let size = size(request);
    if size > LARGEST_REQUEST {
        let detail = format!("{size} bytes as sent; at most {LARGEST_REQUEST} fit into one request");
        return Err(Failure::new(NoticeCode::RequestTooLarge, detail));
    }
    let body = GenerateContentRequest { continuation_token, ..wire(request, signatures) };
    if body.contents.is_empty() {
        return Err(Failure::new(NoticeCode::RequestRejected, "there is nothing to send"));
    }
    let body = serde_json::to_vec(&body)
        .map_err(|error| Failure::new(NoticeCode::Internal, format!("the request is no JSON: {error}")))?;
    Ok(body.into())
}

fn wire(request: &GenerateRequest, signatures: Signatures) -> GenerateContentRequest {
    // A turn without parts (an answer that failed before it began) is left out: the API refuses it.
    let mut contents: Vec<Content> = request
        .turns
        .iter()
        .map(|turn| content(turn, signatures))
        .filter(|content| !content.parts.is_empty())
        .collect();
    if contents.last().is_some_and(|content| content.role == Some(Role::Model)) {
        contents.push(Content { role: Some(Role::User), parts: vec![text(GO_ON)] });
    }
    let system = request.system.as_deref().filter(|system| !system.is_empty());
    GenerateContentRequest {
        system_instruction: system.map(|system| Content { role: None, parts: vec![text(system)] }),
        contents,
        generation_config: request
            .max_output_tokens
            .map(|limit| GenerationConfig { max_output_tokens: Some(limit) }),
        continuation_token: None,
    }
}

fn content(turn: &RequestTurn, signatures: Signatures) -> Content {
    let role = match turn.role {
        castor::Role::User => Role::User,
        castor::Role::Model => Role::Model,
    };
    let raw = turn.raw.as_ref().filter(|raw| raw.mind == Mind::Gemini);
    let parts = match raw.and_then(|raw| verbatim(&raw.parts, signatures)) {
        Some(parts) => parts,
        None => prepared(&turn.parts),
    };
    Content { role: Some(role), parts }
}

/// The model's own parts. `None` when there are none or one is no JSON: then the turn's text stands in for them.
fn verbatim(parts: &[String], signatures: Signatures) -> Option<Vec<Part>> {
    let mut replayed = Vec::with_capacity(parts.len());
    for part in parts {
        match signatures {
            Signatures::Keep => replayed.push(Part::Raw(RawValue::from_string(part.clone()).ok()?)),
            Signatures::Drop => replayed.extend(unsigned(part).ok()?),
        }
    }
    (!replayed.is_empty()).then_some(replayed)
}

/// A part without its signature; `None` when nothing but the signature was in it.
fn unsigned(part: &str) -> serde_json::Result<Option<Part>> {
    let mut value: Value = serde_json::from_str(part)?;
    if let Some(fields) = value.as_object_mut() {
        let signed = fields.remove("thoughtSignature").is_some();
        let says_nothing =
            fields.is_empty() || (fields.len() == 1 && fields.get("text").is_some_and(|text| text == ""));
        if signed && says_nothing {
            return Ok(None);
        }
    }
    to_raw_value(&value).map(|raw| Some(Part::Raw(raw)))
}

/// Media first, then text: the order in which the API answers questions about pictures best.
fn prepared(parts: &[RequestPart]) -> Vec<Part> {
    let media = parts.iter().filter_map(|part| match part {
        RequestPart::Media(media) => Some(Part::InlineData {
            inline_data: Blob { mime_type: media.mime.clone(), data: media.data.clone() },
            video_metadata: None,
            media_resolution: None,
        }),
        RequestPart::File(FileToSend { mime, uri: Some(uri), .. }) => Some(Part::FileData {
            file_data: FileData { file_uri: uri.clone(), mime_type: mime.clone() },
            video_metadata: None,
            media_resolution: None,
        }),
        // A file that was not sent ahead is nothing the API could look at.
        RequestPart::File(_) | RequestPart::Text(_) | RequestPart::Notes(_) => None,
    });
    let words = parts.iter().filter_map(|part| match part {
        RequestPart::Text(words) | RequestPart::Notes(words) if !words.is_empty() => Some(text(words)),
        _ => None,
    });
    media.chain(words).collect()
}

fn text(words: &str) -> Part {
    Part::Text { text: words.to_owned() }
}

/// Bytes on the wire, near enough: base64 makes four of three.
fn size(request: &GenerateRequest) -> usize {
    let turns = request.turns.iter().map(|turn| {
        let raw = turn.raw.iter().flat_map(|raw| &raw.parts).map(String::len).sum::<usize>();
        let parts = turn.parts.iter().map(|part| match part {
            RequestPart::Text(text) | RequestPart::Notes(text) if raw == 0 => text.len(),
            RequestPart::Text(_) | RequestPart::Notes(_) | RequestPart::File(_) => 0,
            RequestPart::Media(media) => media.data.len().div_ceil(3) * 4,
        });
        raw + parts.sum::<usize>()
    });
    turns.sum::<usize>() + request.system.as_deref().map_or(0, str::len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use conversation::{AttachmentId, FileView, PreparedMedia, RawParts};

    fn picture(bytes: &'static [u8]) -> RequestPart {
        RequestPart::Media(PreparedMedia {
            attachment: AttachmentId::new(),
            mime: "image/png".into(),
            width: 2,
            height: 1,
            data: Bytes::from_static(bytes),
            scaled: false,
            metadata_removed: true,
            view: FileView::default(),
        })
    }

    fn turn(role: castor::Role, parts: Vec<RequestPart>) -> RequestTurn {
        RequestTurn { role, parts, raw: None }
    }

    fn user(words: &str) -> RequestTurn {
        turn(castor::Role::User, vec![RequestPart::Text(words.into())])
    }

    fn model(words: &str, raw: &[&str]) -> RequestTurn {
        let parts = raw.iter().map(|part| (*part).to_owned()).collect();
        RequestTurn {
            raw: Some(RawParts { mind: Mind::Gemini, parts }),
            ..turn(castor::Role::Model, vec![RequestPart::Text(words.into())])
        }
    }

    fn request(turns: Vec<RequestTurn>) -> GenerateRequest {
        GenerateRequest {
            model: "gemini-3.8-flash".into(),
            system: None,
            turns,
            ..GenerateRequest::default()
        }
    }

    fn sent(request: &GenerateRequest, signatures: Signatures) -> String {
        String::from_utf8(body(request, signatures, None).unwrap().to_vec()).unwrap()
    }

    fn as_json(request: &GenerateRequest) -> Value {
        serde_json::from_str(&sent(request, Signatures::Keep)).unwrap()
    }

    #[test]
    fn a_question_in_words() {
        let mut request = request(vec![user("Why is the sky blue?")]);
        request.system = Some("Answer briefly.".into());
        request.max_output_tokens = Some(400);
        insta::assert_json_snapshot!(as_json(&request));
    }

    #[test]
    fn a_question_about_pictures_puts_them_first() {
        let parts = vec![RequestPart::Text("Which is older?".into()), picture(b"one"), picture(b"four")];
        insta::assert_json_snapshot!(as_json(&request(vec![turn(castor::Role::User, parts)])));
    }

    #[test]
    fn documents_sound_and_video_go_inline() {
        let file = |mime: &str| {
            let RequestPart::Media(media) = picture(b"data") else { unreachable!() };
            RequestPart::Media(PreparedMedia { mime: mime.into(), width: 0, height: 0, ..media })
        };
        let parts = ["application/pdf", "audio/wav", "video/mp4"].map(file).into_iter();
        let parts = std::iter::once(RequestPart::Text("What is in these?".into())).chain(parts).collect();
        insta::assert_json_snapshot!(as_json(&request(vec![turn(castor::Role::User, parts)])));
    }

    #[test]
    fn a_conversation_replays_the_models_parts() {
        let raw = [r#"{"text":"Blue "}"#, r#"{"text":"light."}"#, r#"{"text":"","thoughtSignature":"c2ln"}"#];
        let turns = vec![user("Why?"), model("Blue light.", &raw), user("And at dusk?")];
        insta::assert_json_snapshot!(as_json(&request(turns)));
    }

    #[test]
    fn an_answer_to_be_continued_gets_a_turn_that_asks_for_it() {
        let turns = vec![user("Count to ten"), model("1, 2, 3", &[r#"{"text":"1, 2, 3"}"#])];
        insta::assert_json_snapshot!(as_json(&request(turns)));
    }

    #[test]
    fn raw_parts_go_back_byte_for_byte() {
        let odd = r#"{ "thoughtSignature" : "a\/b", "text":"caf\u00e9", "n": 1.00 }"#;
        let request = request(vec![user("a"), model("café", &[odd]), user("b")]);
        assert!(sent(&request, Signatures::Keep).contains(odd));
    }

    #[test]
    fn dropping_signatures_keeps_the_words() {
        let raw = [r#"{"text":"yes","thoughtSignature":"c2ln"}"#, r#"{"text":"","thoughtSignature":"c2ln"}"#];
        let body = sent(&request(vec![user("a"), model("yes", &raw), user("b")]), Signatures::Drop);
        assert!(body.contains(r#"{"role":"model","parts":[{"text":"yes"}]}"#), "{body}");
    }

    #[test]
    fn a_turn_that_only_signed_falls_back_to_its_text() {
        let raw = [r#"{"text":"","thoughtSignature":"c2ln"}"#];
        let body = sent(&request(vec![user("a"), model("words", &raw), user("b")]), Signatures::Drop);
        assert!(body.contains(r#"{"role":"model","parts":[{"text":"words"}]}"#), "{body}");
    }

    #[test]
    fn parts_of_another_mind_or_broken_ones_are_replaced_by_the_text() {
        let mut other = model("words", &[r#"{"tokens":[1,2]}"#]);
        other.raw.as_mut().unwrap().mind = Mind::Local;
        let broken = model("words", &["{\"text\":"]);
        for answer in [other, broken, model("words", &[])] {
            let body = sent(&request(vec![user("a"), answer, user("b")]), Signatures::Keep);
            assert!(body.contains(r#"{"role":"model","parts":[{"text":"words"}]}"#), "{body}");
        }
    }

    #[test]
    fn turns_without_content_are_left_out() {
        let request = request(vec![user("a"), turn(castor::Role::Model, vec![]), user("b"), model("", &[])]);
        let contents = as_json(&request)["contents"].clone();
        assert_eq!(contents.as_array().unwrap().len(), 2, "{contents}");
        let nothing = body(&GenerateRequest { turns: vec![user("")], ..request }, Signatures::Keep, None);
        assert_eq!(nothing.unwrap_err().error.notice.code, NoticeCode::RequestRejected);
    }

    #[test]
    fn what_does_not_fit_is_refused_before_it_is_encoded() {
        static LARGE: [u8; 8_000_000] = [0; 8_000_000];
        let two = request(vec![turn(castor::Role::User, vec![picture(&LARGE), picture(&LARGE)])]);
        let failure = body(&two, Signatures::Keep, None).unwrap_err();
        assert_eq!(failure.error.notice.code, NoticeCode::RequestTooLarge);
        let one = request(vec![turn(castor::Role::User, vec![picture(&LARGE)])]);
        assert!(body(&one, Signatures::Keep, None).is_ok());
    }
}
