//! What reaches the model, and what the receipt says of it.

use crate::{Room, finished, new_question, opens_pdf, reads_text, sees, text};
use ask::{AnswerEvent, AskAction, AskRequest};
use conversation::{
    AnswerTools, AttachmentId, Capabilities, FileBudget, FinishReason, GenerateEvent, MediaKind,
    MessageStatus, NoticeCode, Omission, OmissionReason, RequestPart, Stage, Usage,
};
use media::sound::{SoundFormat, SoundWriter};
use test_support::Step;

fn answered() -> Vec<Step> {
    vec![text("ok"), finished()]
}

fn omission(attachment: AttachmentId, reason: OmissionReason) -> Omission {
    Omission { attachment: Some(attachment), reason, count: 1 }
}

#[tokio::test]
async fn a_picture_goes_out_sized_for_the_model() {
    let room = Room::new(sees(), answered());
    let picture = room.add_picture("photo.png");
    let answer = room.ask(new_question("What is this?", &[picture])).await.answer();
    assert_eq!(room.last_request(), "User: <image/png 64x48>\nUser: What is this?");
    let receipt = answer.receipt.unwrap();
    assert_eq!(receipt.omitted, []);
    let [delivered] = &receipt.delivered[..] else { panic!("{receipt:?}") };
    assert_eq!((delivered.attachment, delivered.width, delivered.height), (picture, 64, 48));
    assert_eq!((delivered.tokens, delivered.current, delivered.scaled), (100, true, true));
    assert!(delivered.bytes > 0);
    assert!(receipt.estimated);
    assert!(receipt.prompt_tokens.unwrap() > 100);

    // Asked again, the picture goes along as a part of an earlier message.
    let second = room.ask_on(&room.history().message(answer.id).unwrap(), "And now?", answered()).await;
    let receipt = second.receipt.unwrap();
    assert_eq!((receipt.delivered.len(), receipt.delivered[0].current), (1, false));
    assert_eq!(receipt.earlier_messages, 2);
}

#[tokio::test]
async fn a_model_that_only_reads_is_told_of_the_picture_it_does_not_get() {
    for (question, note) in [
        (
            "What is this?",
            r#"[Picture "a b.png" was attached but is not included: you cannot see pictures.]"#,
        ),
        ("这是什么？", "[图片“a b.png”已附上，但未包含在内：你无法查看图片。]"),
    ] {
        let room = Room::new(reads_text(), answered());
        let picture = room.add_picture("a b.png");
        let answer = room.ask(new_question(question, &[picture])).await.answer();
        assert_eq!(room.last_request(), format!("User: {note}\nUser: {question}"));
        let receipt = answer.receipt.unwrap();
        assert_eq!(receipt.delivered, []);
        assert_eq!(receipt.omitted, [omission(picture, OmissionReason::ModelCannotSee)]);
    }
}

#[tokio::test]
async fn of_too_many_pictures_the_newest_go() {
    let room = Room::new(sees(), answered());
    let pictures = ["1.png", "22.png", "333.png"].map(|name| room.add_picture(name));
    let answer = room.ask(new_question("Compare.", &pictures)).await.answer();
    let receipt = answer.receipt.unwrap();
    let delivered: Vec<_> = receipt.delivered.iter().map(|media| media.attachment).collect();
    assert_eq!(delivered, pictures[1..]);
    assert_eq!(receipt.omitted, [omission(pictures[0], OmissionReason::TooMany)]);
    assert!(room.last_request().contains("too many pictures"));
}

#[tokio::test]
async fn files_that_cannot_be_read_are_said_to_be() {
    let room = Room::new(sees(), answered());
    let broken = room.add("broken.png", MediaKind::Image, b"\x89PNG\r\n\x1a\nbroken");
    let gone = room.add_picture("gone.png");
    std::fs::remove_file(room.history().blob_path(gone).unwrap()).unwrap();
    let binary = room.add("binary.txt", MediaKind::Text, &[0; 64]);
    let answer = room.ask(new_question("Well?", &[broken, gone, binary])).await.answer();
    assert_eq!(answer.status, MessageStatus::Complete);
    let omitted = answer.receipt.unwrap().omitted;
    assert_eq!(omitted, [broken, gone, binary].map(|id| omission(id, OmissionReason::Unreadable)));
}

#[tokio::test]
async fn a_document_goes_as_it_is() {
    let room = Room::new(opens_pdf(), answered());
    let pdf = room.add("a.pdf", MediaKind::Document, &[7; 900]);
    let answer = room.ask(new_question("Sum it up.", &[pdf])).await.answer();
    let receipt = answer.receipt.clone().unwrap();
    assert_eq!(receipt.omitted, []);
    let delivered = &receipt.delivered[0];
    assert_eq!((delivered.attachment, delivered.bytes, delivered.tokens), (pdf, 900, 10));
    let sent = room.provider.requests().pop().unwrap();
    let RequestPart::Media(media) = &sent.turns[0].parts[0] else { panic!("{sent:?}") };
    assert_eq!((media.mime.as_str(), media.data.len()), ("application/pdf", 900));

    // The next question's own document has the room; the earlier one is left out, and the model is told.
    let next = room.add("b.pdf", MediaKind::Document, &[8; 200]);
    room.provider.push_script(answered());
    let action =
        AskAction::New { parent: Some(answer.id), text: "And this?".into(), attachments: vec![next.into()] };
    let request = new_question("And this?", &[next]);
    let request = AskRequest { conversation: Some(answer.conversation), action, ..request };
    let receipt = room.ask(request).await.answer().receipt.unwrap();
    assert_eq!(receipt.omitted, [omission(pdf, OmissionReason::TooLarge)]);
    assert!(room.last_request().contains("too large for one request"));
}

#[tokio::test]
async fn a_file_too_large_for_a_request_is_sent_ahead() {
    let files = FileBudget { max_sent_ahead: 5000, ..opens_pdf().files.unwrap() };
    let room = Room::new(Capabilities { files: Some(files), ..opens_pdf() }, answered());
    let (small, large, huge) = (
        room.add("small.pdf", MediaKind::Document, &[7; 900]),
        room.add("large.pdf", MediaKind::Document, &[8; 4000]),
        room.add("huge.pdf", MediaKind::Document, &[9; 5001]),
    );
    let answer = room.ask(new_question("Compare.", &[small, large, huge])).await.answer();
    let receipt = answer.receipt.unwrap();
    assert_eq!(receipt.omitted, [omission(huge, OmissionReason::TooLarge)]);
    let delivered: Vec<_> = receipt.delivered.iter().map(|file| (file.attachment, file.bytes)).collect();
    assert_eq!(delivered, [(small, 900), (large, 4000)]);
    let sent = room.provider.requests().pop().unwrap();
    let RequestPart::File(file) = &sent.turns[0].parts[1] else { panic!("{sent:?}") };
    assert_eq!((file.attachment, file.uri.as_ref()), (large, None));
    assert_eq!(std::fs::read(&file.path).unwrap(), [8; 4000]);
}

#[tokio::test]
async fn files_a_model_does_not_take_are_said_to_be() {
    let room = Room::new(opens_pdf(), answered());
    let sound = room.add("a.wav", MediaKind::Audio, &[7; 90]);
    let large = room.add("large.pdf", MediaKind::Document, &[7; 1001]);
    let receipt = room.ask(new_question("Well?", &[sound, large])).await.answer().receipt.unwrap();
    let expected = [(sound, OmissionReason::ModelCannotOpen), (large, OmissionReason::TooLarge)];
    assert_eq!(receipt.omitted, expected.map(|(id, reason)| omission(id, reason)));
    assert!(room.last_request().contains("cannot open files of this kind"));
}

/// A second of a tone, as a WAV file.
pub(crate) fn recording() -> Vec<u8> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("tone.wav");
    let mut writer = SoundWriter::create(&path, SoundFormat::Wav, 16_000, 1).unwrap();
    let tone: Vec<f32> = (0..16_000).map(|sample| 0.3 * (sample as f32 * 0.15).sin()).collect();
    writer.write(&tone).unwrap();
    writer.finish().unwrap();
    std::fs::read(path).unwrap()
}

fn hears_flac(max_bytes: u32, max_sent_ahead: u64) -> Capabilities {
    let accepts = vec!["audio/flac".to_owned()];
    Capabilities { files: Some(FileBudget { accepts, max_bytes, max_sent_ahead }), ..reads_text() }
}

#[tokio::test]
async fn sound_in_another_format_is_converted_once() {
    let room = Room::new(hears_flac(1 << 20, 0), answered());
    let sound = room.add("a.wav", MediaKind::Audio, &recording());
    let told = room.ask(new_question("Well?", &[sound])).await;
    let converting = |event: &AnswerEvent| {
        matches!(event, AnswerEvent::Stage { stage: Stage::ConvertingSound { .. }, .. })
    };
    assert!(told.events.iter().any(converting));
    let answer = told.answer();
    let receipt = answer.receipt.clone().unwrap();
    assert_eq!(receipt.omitted, []);
    // A second of sound.
    assert_eq!((receipt.delivered[0].mime.as_str(), receipt.delivered[0].tokens), ("audio/flac", 32));
    let sent = |room: &Room| {
        let RequestPart::Media(media) = room.provider.requests().pop().unwrap().turns[0].parts[0].clone()
        else {
            panic!("no sound was sent")
        };
        (media.mime, media.data)
    };
    let (mime, first) = sent(&room);
    assert_eq!(mime, "audio/flac");
    assert!(first.starts_with(b"fLaC"));

    room.ask_on(&answer, "And now?", answered()).await;
    assert_eq!(sent(&room).1, first, "the sound goes along with the next question, as it was converted");
}

#[tokio::test]
async fn long_sound_is_converted_and_sent_ahead() {
    let room = Room::new(hears_flac(100, 1 << 20), answered());
    let sound = room.add("a.wav", MediaKind::Audio, &recording());
    room.ask(new_question("Well?", &[sound])).await.answer();
    let sent = room.provider.requests().pop().unwrap();
    let RequestPart::File(file) = &sent.turns[0].parts[0] else { panic!("{sent:?}") };
    assert_eq!(file.mime, "audio/flac");
    assert!(std::fs::read(&file.path).unwrap().starts_with(b"fLaC"));
}

#[tokio::test]
async fn sound_that_cannot_be_converted_is_said_to_be_unreadable() {
    let room = Room::new(hears_flac(1 << 20, 0), answered());
    let sound = room.add("a.wav", MediaKind::Audio, b"RIFF, but no more");
    let receipt = room.ask(new_question("Well?", &[sound])).await.answer().receipt.unwrap();
    assert_eq!(receipt.omitted, [omission(sound, OmissionReason::Unreadable)]);
}

#[tokio::test]
async fn a_text_file_goes_under_its_name() {
    let room = Room::new(reads_text(), answered());
    let notes = room.add("notes.md", MediaKind::Text, "\u{feff}一 two".as_bytes());
    let empty = room.add("empty.txt", MediaKind::Text, b"");
    let answer = room.ask(new_question("Summarise.", &[notes, empty])).await.answer();
    assert_eq!(
        room.last_request(),
        "User: File \"notes.md\":\n\n一 two\nUser: File \"empty.txt\":\n\n\nUser: Summarise."
    );
    let receipt = answer.receipt.unwrap();
    assert_eq!(receipt.omitted, []);
    assert_eq!((receipt.delivered[0].attachment, receipt.delivered[0].bytes), (notes, 7));
}

#[tokio::test]
async fn a_text_file_too_long_is_cut_and_says_so() {
    let room = Room::new(reads_text(), answered());
    let long = room.add("long.txt", MediaKind::Text, "漢字 and words. ".repeat(4000).as_bytes());
    let answer = room.ask(new_question("Summarise.", &[long])).await.answer();
    let request = room.last_request();
    assert!(
        request.contains("[The rest of this file is not included"),
        "{}",
        &request[request.len() - 200..]
    );
    let receipt = answer.receipt.unwrap();
    assert_eq!(receipt.omitted, [omission(long, OmissionReason::ContextFull)]);
    // A context of 8000 less 1000 for the answer: nearly all of it is used, and no more.
    let tokens = receipt.prompt_tokens.unwrap();
    assert!((6800..=7000).contains(&tokens), "{tokens}");
}

#[tokio::test]
async fn the_oldest_messages_go_first() {
    let capabilities = Capabilities {
        images: None,
        note_tokens: None,
        files: None,
        context_tokens: 400,
        output_tokens: 100,
        tools: AnswerTools::default(),
    };
    let room = Room::new(capabilities, answered());
    let words = |start: &str| format!("{start} {}", "word ".repeat(60));
    let mut answer = room.ask(new_question(&words("1"), &[])).await.answer();
    for number in 2..=5 {
        answer = room.ask_on(&answer, &words(&number.to_string()), answered()).await;
    }
    // 300 tokens of room, some 96 for each exchange.
    let request = room.provider.requests().pop().unwrap();
    assert_eq!(request.turns.len(), 5, "two exchanges and the question");
    assert!(room.last_request().starts_with("User: 3 "));
    let receipt = answer.receipt.unwrap();
    assert_eq!(receipt.earlier_messages, 4);
    assert_eq!(
        receipt.omitted,
        [Omission { attachment: None, reason: OmissionReason::ContextFull, count: 4 }]
    );
}

#[tokio::test]
async fn a_question_longer_than_the_context_is_not_sent() {
    let capabilities = Capabilities {
        images: None,
        note_tokens: None,
        files: None,
        context_tokens: 400,
        output_tokens: 100,
        tools: AnswerTools::default(),
    };
    let room = Room::new(capabilities, answered());
    let answer = room.ask(new_question(&"word ".repeat(400), &[])).await.answer();
    assert_eq!(answer.status, MessageStatus::Failed);
    assert_eq!(answer.notice.unwrap().code, NoticeCode::ContextFull);
    assert_eq!(room.provider.requests(), []);
}

#[tokio::test]
async fn the_providers_count_replaces_the_estimate() {
    let usage = Usage { prompt_tokens: 321, answer_tokens: 1, ..Usage::default() };
    let script = vec![text("ok"), Step::Event(GenerateEvent::Usage(usage)), finished()];
    let room = Room::new(reads_text(), script);
    let answer = room.ask(new_question("why?", &[])).await.answer();
    let receipt = answer.receipt.unwrap();
    assert_eq!((receipt.prompt_tokens, receipt.estimated), (Some(321), false));
    assert_eq!(answer.usage, Some(usage));
}

#[tokio::test]
async fn parts_of_the_same_mind_are_replayed_and_useless_messages_are_not() {
    let raw = r#"{"text":"one","thoughtSignature":"x"}"#;
    let script = vec![text("one"), Step::Event(GenerateEvent::Raw(raw.into())), finished()];
    let room = Room::new(reads_text(), script);
    let first = room.ask(new_question("first", &[])).await.answer();
    let blocked = FinishReason::PromptBlocked { reason: "PROHIBITED_CONTENT".into(), ratings: Vec::new() };
    room.ask_on(&first, "blocked", vec![Step::Event(GenerateEvent::Finished(blocked))]).await;
    room.ask_on(&first, "unanswered", vec![finished()]).await;
    room.ask_on(&first, "last", answered()).await;
    assert_eq!(room.last_request(), "User: first\nModel (raw): one\nUser: unanswered\nUser: last");
    let request = room.provider.requests().pop().unwrap();
    assert_eq!(request.turns.len(), 3, "questions in a row are one turn");
    assert_eq!(request.turns[1].raw.as_ref().unwrap().parts, [raw]);
}

#[tokio::test]
async fn a_picture_alone_names_its_conversation() {
    let room = Room::new(sees(), answered());
    let picture = room.add_picture("照片 #1.png");
    let request: AskRequest = new_question("", &[picture]);
    let answer = room.ask(request).await.answer();
    assert_eq!(room.history().conversation(answer.conversation).unwrap().title, "照片 #1.png");
}
