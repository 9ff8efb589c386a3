//! Notes of pictures on their way into a request: made once, numbered, cut, missing, cancelled.

use super::*;
use conversation::{
    ModelState, OmissionReason, PictureKind, PictureNotes, Pixels, Point, Senses, SensesError, Stage,
    TextLine,
};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// Senses that read the width of a picture, or whatever they are told.
#[derive(Default)]
pub struct ScriptedSenses {
    pub missing: AtomicBool,
    slow: AtomicBool,
    pub lines: Mutex<Option<Vec<String>>>,
    pub read: AtomicUsize,
}

impl Senses for ScriptedSenses {
    fn state(&self) -> ModelState {
        if self.missing.load(Ordering::Relaxed) {
            ModelState::NotFetched { bytes: 1, have: 0 }
        } else {
            ModelState::Ready
        }
    }

    fn version(&self) -> String {
        "notes-test".into()
    }

    fn read(
        &self,
        picture: &Pixels,
        progress: &(dyn Fn(f32) + Sync),
        is_cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<PictureNotes, SensesError> {
        self.read.fetch_add(1, Ordering::Relaxed);
        progress(0.5);
        while self.slow.load(Ordering::Relaxed) {
            if is_cancelled() {
                return Err(SensesError::Cancelled);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let told = self.lines.lock().unwrap().clone();
        let lines = told.unwrap_or_else(|| vec![format!("{} wide", picture.width)]);
        let line = |(row, text): (usize, String)| TextLine {
            text,
            score: 1.0,
            corners: [Point { x: 0.0, y: 0.0 }; 4],
            block: 0,
            row: row as u32,
        };
        Ok(PictureNotes {
            width: picture.width,
            height: picture.height,
            kind: PictureKind::Document,
            colors: vec![],
            things: vec![],
            lines: lines.into_iter().enumerate().map(line).collect(),
            codes: vec![],
            text_turned: 0,
        })
    }
}

fn reads_notes() -> Capabilities {
    Capabilities { note_tokens: Some(300), ..reads_text() }
}

fn room(senses: &Arc<ScriptedSenses>) -> Room {
    Room::with_senses(reads_notes(), vec![text("Yes."), finished()], Arc::clone(senses))
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_go_in_place_of_pictures_and_keep_their_numbers() {
    let senses = Arc::<ScriptedSenses>::default();
    let room = room(&senses);
    let pictures = [room.add_picture("one.png"), room.add_picture("three.png")];
    let told = room.ask(new_question("How wide?", &pictures)).await;
    let stages: Vec<_> = told
        .events
        .iter()
        .filter_map(|event| match event {
            AnswerEvent::Stage { stage: Stage::ReadingPicture { number, total, .. }, .. } => {
                Some((*number, *total))
            }
            _ => None,
        })
        .collect();
    assert!(stages.contains(&(1, 2)) && stages.contains(&(2, 2)), "{stages:?}");
    let answer = told.answer();
    let receipt = answer.receipt.clone().unwrap();
    let delivered: Vec<_> =
        receipt.delivered.iter().map(|media| (media.number, media.notes.is_some())).collect();
    assert_eq!(delivered, [(Some(1), true), (Some(2), true)]);
    assert!(receipt.omitted.is_empty());
    let request = room.last_request();
    assert!(
        request.contains("picture 1, \"one.png\"") && request.contains("picture 2, \"three.png\""),
        "{request}"
    );
    assert!(request.contains("128 wide"), "{request}");

    // Later on the first picture is still picture 1, and nothing is read again.
    room.ask_on(&answer, "And the first?", vec![text("Too."), finished()]).await;
    assert!(room.last_request().contains("picture 1, \"one.png\""));
    assert_eq!(senses.read.load(Ordering::Relaxed), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_page_is_cut_and_the_receipt_says_so() {
    let senses = Arc::<ScriptedSenses>::default();
    *senses.lines.lock().unwrap() = Some((0..200).map(|row| format!("this is line {row}")).collect());
    let room = room(&senses);
    let picture = room.add_picture("long.png");
    let receipt = room.ask(new_question("What?", &[picture])).await.answer().receipt.unwrap();
    let notes = receipt.delivered[0].notes.clone().unwrap();
    assert_eq!(notes.lines + notes.lines_left_out, 200);
    assert!(notes.lines_left_out > 100 && notes.lines > 10, "{notes:?}");
    assert!(notes.words.contains("this is line 0\n") && notes.words.contains("this is line 199\n"));
    assert!(receipt.delivered[0].tokens <= 300);
}

#[tokio::test(flavor = "multi_thread")]
async fn notes_that_say_nothing_are_told_as_such() {
    let senses = Arc::<ScriptedSenses>::default();
    *senses.lines.lock().unwrap() = Some(vec![]);
    let room = room(&senses);
    let picture = room.add_picture("fog.png");
    let receipt = room.ask(new_question("这是什么？", &[picture])).await.answer().receipt.unwrap();
    let notes = receipt.delivered[0].notes.clone().unwrap();
    assert!(!notes.usable);
    assert!(notes.words.contains("无法判断图片 1 的内容"), "{}", notes.words);
}

#[tokio::test(flavor = "multi_thread")]
async fn without_recognisers_the_receipt_says_what_is_missing() {
    let senses = Arc::<ScriptedSenses>::default();
    senses.missing.store(true, Ordering::Relaxed);
    let room = room(&senses);
    let picture = room.add_picture("a.png");
    let receipt = room.ask(new_question("What?", &[picture])).await.answer().receipt.unwrap();
    assert!(receipt.delivered.is_empty());
    assert_eq!(receipt.omitted[0].reason, OmissionReason::RecognisersMissing);
}

#[tokio::test(flavor = "multi_thread")]
async fn reading_can_be_stopped_and_is_shared() {
    let senses = Arc::<ScriptedSenses>::default();
    senses.slow.store(true, Ordering::Relaxed);
    let room = room(&senses);
    let id = room.add_picture("slow.png");
    let picture = room.history().attachment(id).unwrap();
    let notebook = Arc::clone(&room.context.notebook);

    // Two want the same picture; the one that gives up does not take the notes away from the other.
    let give_up = CancellationToken::new();
    let first = tokio::task::spawn_blocking({
        let (notebook, picture, give_up) = (Arc::clone(&notebook), picture.clone(), give_up.clone());
        move || notebook.notes(&picture, &|_| (), &|| give_up.is_cancelled()).is_err()
    });
    while senses.read.load(Ordering::Relaxed) == 0 {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let second = tokio::task::spawn_blocking({
        let (notebook, picture) = (Arc::clone(&notebook), picture.clone());
        move || notebook.notes(&picture, &|_| (), &|| false)
    });
    give_up.cancel();
    assert!(first.await.unwrap());
    senses.slow.store(false, Ordering::Relaxed);
    assert_eq!(second.await.unwrap().unwrap().lines[0].text, "128 wide");
    assert!(notebook.known(&picture).unwrap().is_some());
}
