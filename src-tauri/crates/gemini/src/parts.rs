//! What one of the model's parts says, in Castor's events.

use crate::wire::{CodeExecutionResult, ExecutableCode, InlineData, Outcome, PartView};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use conversation::{CodeOutcome, GenerateEvent};
use serde_json::value::RawValue;

/// What a part says, then the part itself. A part Castor cannot look into is still one to keep.
pub(crate) fn events(part: Box<RawValue>) -> impl Iterator<Item = GenerateEvent> {
    let said = serde_json::from_str(part.get()).ok().and_then(said);
    said.into_iter().chain([GenerateEvent::Raw(String::from(Box::<str>::from(part)))])
}

/// `None` for a part that says nothing to a person: a signature alone, a thought that is not in words.
fn said(part: PartView<'_>) -> Option<GenerateEvent> {
    let text = part.text.filter(|text| !text.is_empty());
    if part.thought == Some(true) {
        return text.map(GenerateEvent::Thought);
    }
    text.map(GenerateEvent::Text)
        .or_else(|| part.executable_code.map(code))
        .or_else(|| part.code_execution_result.map(code_result))
        .or_else(|| part.inline_data.and_then(picture))
}

fn code(ExecutableCode { language, code }: ExecutableCode) -> GenerateEvent {
    let language = if language == "LANGUAGE_UNSPECIFIED" { String::new() } else { language.to_lowercase() };
    GenerateEvent::Code { language, code }
}

/// An end without a name, or with one that does not exist yet, is not a good one.
fn code_result(CodeExecutionResult { outcome, output }: CodeExecutionResult) -> GenerateEvent {
    let outcome = match outcome {
        Some(Outcome::Ok) => CodeOutcome::Ok,
        Some(Outcome::DeadlineExceeded) => CodeOutcome::TimedOut,
        Some(Outcome::Failed | Outcome::Unknown(_)) | None => CodeOutcome::Failed,
    };
    GenerateEvent::CodeResult { outcome, output }
}

/// Only pictures are shown; whether it is one is for the reader of the bytes to say.
fn picture(InlineData { mime_type, data }: InlineData<'_>) -> Option<GenerateEvent> {
    if !mime_type.starts_with("image/") {
        return None;
    }
    let data = STANDARD.decode(data.as_bytes()).ok().filter(|data| !data.is_empty())?;
    Some(GenerateEvent::Picture { mime: mime_type, data: data.into() })
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The event beside the raw part, which is always there and untouched.
    fn event(part: &str) -> Option<GenerateEvent> {
        let mut events: Vec<_> = events(RawValue::from_string(part.into()).unwrap()).collect();
        assert_eq!(events.pop(), Some(GenerateEvent::Raw(part.into())));
        assert!(events.len() <= 1, "{events:?}");
        events.pop()
    }

    fn result(outcome: &str) -> CodeOutcome {
        let part = format!(r#"{{"codeExecutionResult":{{"outcome":"{outcome}","output":"1\n"}}}}"#);
        match event(&part) {
            Some(GenerateEvent::CodeResult { outcome, output }) if output == "1\n" => outcome,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn words_and_thoughts() {
        assert_eq!(event(r#"{"text":"Yes"}"#), Some(GenerateEvent::Text("Yes".into())));
        assert_eq!(event(r#"{"text":"hm","thought":true}"#), Some(GenerateEvent::Thought("hm".into())));
        for part in [r#"{"text":"","thoughtSignature":"AA"}"#, r#"{"text":"","thought":true}"#, "7", "{}"] {
            assert_eq!(event(part), None, "{part}");
        }
    }

    #[test]
    fn code_and_every_end_of_it() {
        let code = event(r#"{"executableCode":{"language":"PYTHON","code":"print(1)","id":"x"}}"#);
        assert_eq!(code, Some(GenerateEvent::Code { language: "python".into(), code: "print(1)".into() }));
        assert_eq!(result("OUTCOME_OK"), CodeOutcome::Ok);
        assert_eq!(result("OUTCOME_FAILED"), CodeOutcome::Failed);
        assert_eq!(result("OUTCOME_DEADLINE_EXCEEDED"), CodeOutcome::TimedOut);
        assert_eq!(result("OUTCOME_BORED"), CodeOutcome::Failed);
        let silent = event(r#"{"codeExecutionResult":{"outcome":"OUTCOME_OK"}}"#);
        assert_eq!(
            silent,
            Some(GenerateEvent::CodeResult { outcome: CodeOutcome::Ok, output: String::new() })
        );
    }

    #[test]
    fn pictures_are_told_and_what_is_none_is_only_kept() {
        let picture = event(r#"{"inlineData":{"mimeType":"image/png","data":"b25l"}}"#);
        let data = bytes::Bytes::from_static(b"one");
        assert_eq!(picture, Some(GenerateEvent::Picture { mime: "image/png".into(), data }));
        for part in [
            r#"{"inlineData":{"mimeType":"image/png","data":"not base64"}}"#,
            r#"{"inlineData":{"mimeType":"image/png"}}"#,
            r#"{"inlineData":{"mimeType":"audio/wav","data":"b25l"}}"#,
            r#"{"inlineData":{"mimeType":"image/png","data":"b25l"},"thought":true}"#,
            r#"{"functionCall":{"name":"f","args":{}}}"#,
        ] {
            assert_eq!(event(part), None, "{part}");
        }
    }
}
