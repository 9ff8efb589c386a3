//! From Castor's request to the API's JSON.

mod options;
mod view;

use self::options::{generation_config, tools};
use self::view::{media_resolution, video_metadata};
use crate::client::bare;
use crate::failure::Failure;
use crate::wire::{
    Blob, Content, CountTokensRequest, FileData, GenerateContentRequest, ModelRequest, Part, Role,
    SafetySetting,
};
use bytes::Bytes;
use conversation::{
    self as castor, AnswerTools, FileToSend, GenerateRequest, Mind, NoticeCode, RequestPart, RequestTurn,
};
use serde::Serialize;
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

/// What holds for a request beside what is asked.
#[derive(Debug, Clone, Default)]
pub(crate) struct Terms {
    /// What the model can do: options beyond it are left out.
    pub tools: AnswerTools,
    /// What is withheld.
    pub safety: Vec<SafetySetting>,
}

/// The request's body. `continuation_token` asks for the rest of an answer that the API split.
pub(crate) fn body(
    request: &GenerateRequest,
    terms: &Terms,
    signatures: Signatures,
    continuation_token: Option<String>,
) -> Result<Bytes, Failure> {
    let content = outgoing(request, terms, signatures)?;
    bytes(&GenerateContentRequest { continuation_token, ..content })
}

/// The body that asks what the request would cost.
pub(crate) fn count_body(request: &GenerateRequest, terms: &Terms) -> Result<Bytes, Failure> {
    let content = outgoing(request, terms, Signatures::Keep)?;
    let model = format!("models/{}", bare(&request.model));
    bytes(&CountTokensRequest { generate_content_request: ModelRequest { model, request: content } })
}

/// Whether anything of a conversation may leave this computer. Nothing of it, not a file and not a count, is sent before
/// this was asked.
pub(crate) fn may_leave(request: &GenerateRequest) -> Result<(), Failure> {
    if request.local_only {
        return Err(Failure::new(NoticeCode::LocalOnly, "the conversation is to stay on this computer"));
    }
    Ok(())
}

/// The one way from a conversation to what is sent.
fn outgoing(
    request: &GenerateRequest,
    terms: &Terms,
    signatures: Signatures,
) -> Result<GenerateContentRequest, Failure> {
    may_leave(request)?;
    let size = size(request);
    if size > LARGEST_REQUEST {
        let detail = format!("{size} bytes as sent; at most {LARGEST_REQUEST} fit into one request");
        return Err(Failure::new(NoticeCode::RequestTooLarge, detail));
    }
    let content = wire(request, terms, signatures)?;
    if content.contents.is_empty() {
        return Err(Failure::new(NoticeCode::RequestRejected, "there is nothing to send"));
    }
    Ok(content)
}

fn bytes(body: &impl Serialize) -> Result<Bytes, Failure> {
    let body = serde_json::to_vec(body)
        .map_err(|error| Failure::new(NoticeCode::Internal, format!("the request is no JSON: {error}")))?;
    Ok(body.into())
}

fn wire(
    request: &GenerateRequest,
    terms: &Terms,
    signatures: Signatures,
) -> Result<GenerateContentRequest, Failure> {
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
    Ok(GenerateContentRequest {
        system_instruction: system.map(|system| Content { role: None, parts: vec![text(system)] }),
        contents,
        generation_config: generation_config(request, &terms.tools)?,
        tools: tools(&request.options, &terms.tools),
        safety_settings: terms.safety.clone(),
        continuation_token: None,
    })
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
    let media = parts.iter().filter_map(medium);
    let words = parts.iter().filter_map(worded);
    if words_between_media(parts) {
        // Frames of a video, each after its time.
        return parts.iter().filter_map(|part| medium(part).or_else(|| worded(part))).collect();
    }
    media.chain(words).collect()
}

/// Whether words stand between pictures: then each belongs to its neighbour.
fn words_between_media(parts: &[RequestPart]) -> bool {
    let is_medium = |part: &RequestPart| matches!(part, RequestPart::Media(_) | RequestPart::File(_));
    let from_first = parts.iter().skip_while(|part| !is_medium(part));
    let mut after_words = from_first.skip_while(|part| is_medium(part));
    after_words.any(is_medium)
}

fn medium(part: &RequestPart) -> Option<Part> {
    match part {
        RequestPart::Media(media) => Some(Part::InlineData {
            inline_data: Blob { mime_type: media.mime.clone(), data: media.data.clone() },
            video_metadata: video_metadata(&media.mime, media.view),
            media_resolution: media_resolution(&media.mime, media.view),
        }),
        RequestPart::File(FileToSend { mime, uri: Some(uri), view, .. }) => Some(Part::FileData {
            file_data: FileData { file_uri: uri.clone(), mime_type: mime.clone() },
            video_metadata: video_metadata(mime, *view),
            media_resolution: media_resolution(mime, *view),
        }),
        // A file that was not sent ahead is nothing the API could look at.
        RequestPart::File(_) | RequestPart::Text(_) | RequestPart::Notes(_) => None,
    }
}

fn worded(part: &RequestPart) -> Option<Part> {
    match part {
        RequestPart::Text(words) | RequestPart::Notes(words) if !words.is_empty() => Some(text(words)),
        _ => None,
    }
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
    use conversation::{AnswerOptions, AttachmentId, Detail, FileView, PreparedMedia, RawParts};

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
        sent_with(request, &Terms::default(), signatures)
    }

    fn sent_with(request: &GenerateRequest, terms: &Terms, signatures: Signatures) -> String {
        String::from_utf8(body(request, terms, signatures, None).unwrap().to_vec()).unwrap()
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
        let nothing = body(
            &GenerateRequest { turns: vec![user("")], ..request },
            &Terms::default(),
            Signatures::Keep,
            None,
        );
        assert_eq!(nothing.unwrap_err().error.notice.code, NoticeCode::RequestRejected);
    }

    #[test]
    fn what_does_not_fit_is_refused_before_it_is_encoded() {
        static LARGE: [u8; 8_000_000] = [0; 8_000_000];
        let two = request(vec![turn(castor::Role::User, vec![picture(&LARGE), picture(&LARGE)])]);
        let failure = body(&two, &Terms::default(), Signatures::Keep, None).unwrap_err();
        assert_eq!(failure.error.notice.code, NoticeCode::RequestTooLarge);
        let one = request(vec![turn(castor::Role::User, vec![picture(&LARGE)])]);
        assert!(body(&one, &Terms::default(), Signatures::Keep, None).is_ok());
    }

    /// A model that can do everything but draw.
    fn able() -> Terms {
        Terms { tools: crate::models::tools("gemini-3.8-flash", true), safety: Vec::new() }
    }

    fn with_options(options: AnswerOptions) -> GenerateRequest {
        GenerateRequest { options, ..request(vec![user("Why is the sky blue?")]) }
    }

    fn with_terms(request: &GenerateRequest, terms: &Terms) -> Value {
        serde_json::from_str(&sent_with(request, terms, Signatures::Keep)).unwrap()
    }

    fn everything() -> AnswerOptions {
        AnswerOptions {
            thinking: Some(castor::ThinkingLevel::Low),
            search: true,
            read_links: true,
            run_code: true,
            schema: Some(
                r#"{"type":"object","properties":{"b":{"type":"string"},"a":{"type":"integer"}}}"#.into(),
            ),
        }
    }

    #[test]
    fn thoughts_are_asked_for_whenever_there_are_any() {
        insta::assert_json_snapshot!(with_terms(&with_options(AnswerOptions::default()), &able()));
    }

    #[test]
    fn a_level_of_thinking() {
        let options =
            AnswerOptions { thinking: Some(castor::ThinkingLevel::High), ..AnswerOptions::default() };
        insta::assert_json_snapshot!(with_terms(&with_options(options), &able()));
        let minimal =
            AnswerOptions { thinking: Some(castor::ThinkingLevel::Minimal), ..AnswerOptions::default() };
        let sent = with_terms(&with_options(minimal), &able());
        assert_eq!(sent["generationConfig"]["thinkingConfig"], serde_json::json!({"includeThoughts": true}));
    }

    #[test]
    fn every_tool() {
        let options =
            AnswerOptions { search: true, read_links: true, run_code: true, ..AnswerOptions::default() };
        insta::assert_json_snapshot!(with_terms(&with_options(options), &able()));
    }

    #[test]
    fn an_answer_by_a_schema_keeps_the_order_of_its_properties() {
        let request = with_options(AnswerOptions { thinking: None, search: false, ..everything() });
        insta::assert_json_snapshot!(with_terms(&request, &able()));
        let schema = request.options.schema.clone().unwrap();
        assert!(sent_with(&request, &able(), Signatures::Keep).contains(&schema));
    }

    #[test]
    fn a_schema_that_is_none_is_refused() {
        for schema in ["", "{", "[]", "true", "{} {}"] {
            let options = AnswerOptions { schema: Some(schema.into()), ..AnswerOptions::default() };
            let failure = body(&with_options(options.clone()), &able(), Signatures::Keep, None).unwrap_err();
            assert_eq!(failure.error.notice.code, NoticeCode::RequestRejected, "{schema:?}");
            assert!(failure.error.notice.detail.unwrap().contains("schema"));
            // A model that cannot follow one is not bothered with it.
            body(&with_options(options), &Terms::default(), Signatures::Keep, None).unwrap();
        }
    }

    #[test]
    fn a_model_that_draws_answers_with_pictures() {
        let tools = crate::models::tools("gemini-3.1-flash-image", true);
        let terms = Terms { tools, safety: Vec::new() };
        insta::assert_json_snapshot!(with_terms(&with_options(everything()), &terms));
    }

    #[test]
    fn what_a_model_cannot_do_is_left_out() {
        let plain = with_terms(&with_options(AnswerOptions::default()), &Terms::default());
        assert_eq!(with_terms(&with_options(everything()), &Terms::default()), plain);
    }

    #[test]
    fn thresholds_of_safety() {
        use crate::wire::{HarmCategory, HarmThreshold};
        let safety = [
            (HarmCategory::Harassment, HarmThreshold::BlockOnlyHigh),
            (HarmCategory::HateSpeech, HarmThreshold::BlockMediumAndAbove),
            (HarmCategory::SexuallyExplicit, HarmThreshold::BlockLowAndAbove),
            (HarmCategory::DangerousContent, HarmThreshold::Off),
        ];
        let safety = safety.map(|(category, threshold)| SafetySetting { category, threshold }).into();
        let terms = Terms { safety, ..Terms::default() };
        insta::assert_json_snapshot!(with_terms(&with_options(AnswerOptions::default()), &terms));
    }

    /// A file inside the request and one that was sent ahead, both looked at in the same way.
    fn looked_at(mime: &str, view: FileView) -> Vec<RequestPart> {
        let RequestPart::Media(media) = picture(b"data") else { unreachable!() };
        let file = FileToSend {
            attachment: AttachmentId::new(),
            hash: castor::Sha256Hash("hash".into()),
            name: "name".into(),
            mime: mime.into(),
            path: "path".into(),
            content: None,
            uri: Some("https://generativelanguage.googleapis.com/v1beta/files/abc".into()),
            view,
        };
        let media = PreparedMedia { mime: mime.into(), view, ..media };
        vec![RequestPart::Media(media), RequestPart::File(file)]
    }

    #[test]
    fn how_files_are_looked_at() {
        let finest = FileView {
            detail: Some(Detail::UltraHigh),
            start_ms: Some(10_000),
            end_ms: Some(40_500),
            frames_per_1000_s: Some(500),
        };
        let coarse = FileView { detail: Some(Detail::Low), ..FileView::default() };
        let parts = [
            looked_at("image/png", finest),
            looked_at("video/mp4", finest),
            looked_at("application/pdf", finest),
            looked_at("audio/wav", finest),
            looked_at("video/mp4", FileView::default()),
            looked_at("image/png", coarse),
        ];
        let request = request(vec![turn(castor::Role::User, parts.concat())]);
        insta::assert_json_snapshot!(as_json(&request));
    }

    #[test]
    fn what_a_question_would_cost_is_asked_with_everything_in_it() {
        let mut request = with_options(everything());
        request.system = Some("Answer briefly.".into());
        let body = count_body(&request, &able()).unwrap();
        insta::assert_json_snapshot!(serde_json::from_slice::<Value>(&body).unwrap());
    }

    #[test]
    fn what_is_to_stay_here_becomes_no_bytes() {
        let request = GenerateRequest { local_only: true, ..with_options(AnswerOptions::default()) };
        let sent = body(&request, &able(), Signatures::Keep, Some("token".into()));
        assert_eq!(sent.unwrap_err().error.notice.code, NoticeCode::LocalOnly);
        let counted = count_body(&request, &able());
        assert_eq!(counted.unwrap_err().error.notice.code, NoticeCode::LocalOnly);
    }
}
