//! A request in the engine's words.

use conversation::{
    FileToSend, GenerateRequest, NoticeCode, PreparedMedia, ProviderError, RequestPart, Role as Speaker,
};
use engine::{ChatMessage, Role};

/// What a small model needs to be told, and that it must not make up pictures it was not given.
const SYSTEM_ENGLISH: &str = "You are Castor's local mind, a helpful assistant that runs on the person's own computer. \
    Answer clearly and briefly. You only read text: when asked about a picture or a sound that you have no notes of, say that you cannot see or hear it.";
const SYSTEM_CHINESE: &str = "你是 Castor 的本地助手，运行在用户自己的电脑上。请用中文清楚、简短地回答。\
    你只能阅读文字：如果问题涉及没有识别笔记的图片或声音，请说明你看不到或听不到。";

/// Added when the request holds notes of pictures: it must use them and must not claim to see.
const NOTES_ENGLISH: &str = " You are given notes of the person's pictures and videos: what recognisers on this computer made \
    out, above all the text in them and what is said. Answer questions about a picture or video from its notes, exactly as they say. \
    You have not seen it: do not describe what the notes do not say, and say so plainly when they do not hold the answer.";
const NOTES_CHINESE: &str = "你会得到用户图片和视频的识别笔记，即本机识别程序认出的内容，主要是其中的文字和说的话。请严格依据笔记回答有关图片或视频的问题。\
    你没有看到它们：不要描述笔记里没有的内容；如果笔记中没有答案，请直接说明。";

/// Between the text parts of one message, such as a file and the question about it.
const PART_SEPARATOR: &str = "\n\n";

/// The conversation as chat messages, instructions first.
pub fn messages(request: &GenerateRequest) -> Result<Vec<ChatMessage>, ProviderError> {
    let mut turns = Vec::with_capacity(request.turns.len());
    for turn in &request.turns {
        let mut texts = Vec::with_capacity(turn.parts.len());
        for part in &turn.parts {
            match part {
                RequestPart::Text(text) | RequestPart::Notes(text) => texts.push(text.as_str()),
                RequestPart::Media(PreparedMedia { mime, .. })
                | RequestPart::File(FileToSend { mime, .. }) => {
                    let detail = format!("{mime} was sent to a model that only reads text");
                    return Err(ProviderError::new(NoticeCode::RequestRejected, detail));
                }
            }
        }
        let role = match turn.role {
            Speaker::User => Role::User,
            Speaker::Model => Role::Assistant,
        };
        turns.push(ChatMessage { role, content: texts.join(PART_SEPARATOR) });
    }
    if !turns.iter().any(|turn| turn.role == Role::User) {
        return Err(ProviderError::new(NoticeCode::RequestRejected, "the request holds no question"));
    }
    let words = question_words(request);
    let instructions = request.system.clone().unwrap_or_else(|| default_system(&words, has_notes(request)));
    let system = ChatMessage { role: Role::System, content: instructions };
    Ok(std::iter::once(system).chain(turns).collect())
}

/// Whether there are notes of pictures among what the model is given.
pub fn has_notes(request: &GenerateRequest) -> bool {
    request.turns.iter().flat_map(|turn| &turn.parts).any(|part| matches!(part, RequestPart::Notes(_)))
}

/// The words of the newest question. Notes do not tell which language a person speaks.
fn question_words(request: &GenerateRequest) -> String {
    let question = request.turns.iter().rfind(|turn| turn.role == Speaker::User);
    let texts = question.into_iter().flat_map(|turn| &turn.parts).filter_map(|part| match part {
        RequestPart::Text(text) => Some(text.as_str()),
        _ => None,
    });
    texts.collect()
}

/// Instructions in the question's language.
fn default_system(question: &str, has_notes: bool) -> String {
    let is_han = |character: char| matches!(character, '\u{4E00}'..='\u{9FFF}' | '\u{3400}'..='\u{4DBF}');
    let (system, notes) = if question.chars().any(is_han) {
        (SYSTEM_CHINESE, NOTES_CHINESE)
    } else {
        (SYSTEM_ENGLISH, NOTES_ENGLISH)
    };
    if has_notes { format!("{system}{notes}") } else { system.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use conversation::{AttachmentId, FileView, RequestTurn};

    fn request(turns: Vec<(Speaker, Vec<RequestPart>)>) -> GenerateRequest {
        GenerateRequest {
            model: "any".into(),
            system: None,
            turns: turns.into_iter().map(|(role, parts)| RequestTurn { role, parts, raw: None }).collect(),
            ..GenerateRequest::default()
        }
    }

    fn text(text: &str) -> RequestPart {
        RequestPart::Text(text.into())
    }

    #[test]
    fn turns_keep_their_order_and_parts_are_joined() {
        let messages = messages(&request(vec![
            (Speaker::User, vec![text("a file"), text("Sum it up")]),
            (Speaker::Model, vec![text("It says")]),
        ]))
        .unwrap();
        let roles: Vec<_> = messages.iter().map(|message| message.role).collect();
        assert_eq!(roles, [Role::System, Role::User, Role::Assistant]);
        assert_eq!(messages[1].content, "a file\n\nSum it up");
    }

    #[test]
    fn instructions_follow_the_questions_language_or_the_request() {
        let system = |question: &str| {
            messages(&request(vec![(Speaker::User, vec![text(question)])])).unwrap()[0].clone()
        };
        assert_eq!(system("Hello").content, SYSTEM_ENGLISH);
        assert_eq!(system("你好").content, SYSTEM_CHINESE);
        let mut own = request(vec![(Speaker::User, vec![text("你好")])]);
        own.system = Some("Be a pirate.".into());
        assert_eq!(messages(&own).unwrap()[0].content, "Be a pirate.");
    }

    #[test]
    fn notes_bring_their_own_instructions_and_do_not_choose_the_language() {
        let notes = RequestPart::Notes("【图片 1 的识别笔记】".into());
        let messages =
            messages(&request(vec![(Speaker::User, vec![notes, text("What is the total?")])])).unwrap();
        assert_eq!(messages[0].content, format!("{SYSTEM_ENGLISH}{NOTES_ENGLISH}"));
        assert_eq!(messages[1].content, "【图片 1 的识别笔记】\n\nWhat is the total?");
    }

    #[test]
    fn pictures_and_empty_conversations_are_refused() {
        let media = PreparedMedia {
            attachment: AttachmentId::new(),
            mime: "image/png".into(),
            width: 1,
            height: 1,
            data: bytes::Bytes::new(),
            scaled: false,
            metadata_removed: false,
            view: FileView::default(),
        };
        for turns in [vec![], vec![(Speaker::User, vec![text("See?"), RequestPart::Media(media)])]] {
            let error = messages(&request(turns)).unwrap_err();
            assert_eq!(error.notice.code, NoticeCode::RequestRejected);
        }
    }
}
