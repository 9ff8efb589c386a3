//! Videos for a model that takes none: single frames or notes of them, and what is said, each with its time.

use super::*;
use crate::voice::segment;
use conversation::{
    FileView, Frames, MessageStatus, Omission, OmissionReason, Pixels, Receipt, SPEECH_RATE, SensesError,
    SpeechSource, Stage, Transcript, VideoFacts, VideoFrame, WatchError, Watching,
};
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::time::Duration;

/// Watches videos of which every frame is 100 pixels wide and one more for each second that has passed.
pub struct ScriptedWatching {
    missing: AtomicBool,
    slow: AtomicBool,
    facts: Mutex<VideoFacts>,
    wanted: Mutex<Vec<Frames>>,
    sounds: AtomicUsize,
}

impl Default for ScriptedWatching {
    /// With a video of 40 seconds.
    fn default() -> Self {
        let facts = VideoFacts { duration_ms: 40_000, width: 640, height: 360, has_sound: true };
        Self {
            missing: AtomicBool::default(),
            slow: AtomicBool::default(),
            facts: facts.into(),
            wanted: Mutex::default(),
            sounds: AtomicUsize::default(),
        }
    }
}

impl ScriptedWatching {
    fn open(&self, video: &Path) -> Result<VideoFacts, WatchError> {
        if self.missing.load(Ordering::Relaxed) {
            return Err(WatchError::ToolsMissing);
        }
        let bytes = std::fs::read(video).map_err(|error| WatchError::Failed(error.to_string()))?;
        if bytes.starts_with(b"broken") {
            return Err(WatchError::Damaged("there is no index".into()));
        }
        Ok(*self.facts.lock().unwrap())
    }

    /// What was asked of it.
    fn wanted(&self) -> Vec<Frames> {
        self.wanted.lock().unwrap().clone()
    }
}

impl Watching for ScriptedWatching {
    fn can_watch(&self) -> bool {
        !self.missing.load(Ordering::Relaxed)
    }

    fn facts(&self, video: &Path) -> Result<VideoFacts, WatchError> {
        self.open(video)
    }

    fn frames(
        &self,
        video: &Path,
        wanted: &Frames,
        progress: &(dyn Fn(f32) + Sync),
        is_cancelled: &(dyn Fn() -> bool + Sync),
    ) -> Result<Vec<VideoFrame>, WatchError> {
        let facts = self.open(video)?;
        self.wanted.lock().unwrap().push(*wanted);
        progress(0.5);
        while self.slow.load(Ordering::Relaxed) {
            if is_cancelled() {
                return Err(WatchError::Cancelled);
            }
            std::thread::sleep(Duration::from_millis(5));
        }
        let length = wanted.stretch.length_ms(facts.duration_ms).unwrap();
        let frames = (0..wanted.most).map(|number| {
            let at_ms = wanted.stretch.start_ms + length / wanted.most * number;
            let (width, height) = (100 + at_ms / 1000, 72);
            let rgb = vec![200; width as usize * height as usize * 3];
            VideoFrame { at_ms, pixels: Pixels { width, height, rgb } }
        });
        Ok(frames.collect())
    }

    fn sound(&self, video: &Path) -> Result<Option<Box<dyn SpeechSource + Send>>, WatchError> {
        let facts = self.open(video)?;
        self.sounds.fetch_add(1, Ordering::Relaxed);
        let seconds = facts.duration_ms / 1000;
        Ok(facts.has_sound.then(|| Box::new(Silence { seconds, block: vec![] }) as _))
    }
}

/// So many seconds of sound.
struct Silence {
    seconds: u32,
    block: Vec<f32>,
}

impl SpeechSource for Silence {
    fn next_block(&mut self) -> Result<Option<&[f32]>, SensesError> {
        let Some(left) = self.seconds.checked_sub(1) else { return Ok(None) };
        self.seconds = left;
        self.block.resize(SPEECH_RATE as usize, 0.0);
        Ok(Some(&self.block))
    }

    fn duration(&self) -> Option<Duration> {
        None
    }
}

/// A room and everyone who is at work in it.
struct Cinema {
    room: Room,
    senses: Arc<ScriptedSenses>,
    hearing: Arc<ScriptedHearing>,
    watching: Arc<ScriptedWatching>,
}

fn answered() -> Vec<Step> {
    vec![text("Yes."), finished()]
}

fn reads_notes() -> Capabilities {
    Capabilities { note_tokens: Some(400), ..reads_text() }
}

/// Sees at most 16 pictures, each of 100 tokens.
fn sees_many() -> Capabilities {
    let images = ImageBudget { max_count: 16, ..sees().images.unwrap() };
    Capabilities { images: Some(images), ..reads_text() }
}

impl Cinema {
    fn new(capabilities: Capabilities) -> Self {
        let (senses, hearing, watching) = <(Arc<_>, Arc<_>, Arc<_>)>::default();
        let room = Room::with_all(
            capabilities,
            answered(),
            Arc::clone(&senses),
            Arc::clone(&hearing),
            Arc::clone(&watching),
        );
        Self { room, senses, hearing, watching }
    }

    fn add(&self, name: &str) -> AttachmentId {
        self.room.add(name, MediaKind::Video, name.as_bytes())
    }

    fn has_no_sound(&self) {
        self.watching.facts.lock().unwrap().has_sound = false;
    }

    /// Asks about a stretch of a video.
    async fn ask_about(&self, video: AttachmentId, words: &str, view: FileView) -> Message {
        let mut request = new_question(words, &[]);
        let attachments = vec![AskFile { id: video, view }];
        request.action = AskAction::New { parent: None, text: words.into(), attachments };
        self.room.ask(request).await.answer()
    }

    async fn ask(&self, videos: &[AttachmentId]) -> Receipt {
        self.room.ask(new_question("What happens?", videos)).await.answer().receipt.unwrap()
    }
}

fn omission(attachment: AttachmentId, reason: OmissionReason) -> Omission {
    Omission { attachment: Some(attachment), reason, count: 1 }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_reads_gets_what_is_seen_and_said_and_when() {
    let cinema = Cinema::new(reads_notes());
    *cinema.hearing.said.lock().unwrap() =
        Some(vec![segment(7000, 9000, "Good morning."), segment(39_000, 40_000, "Goodbye.")]);
    let video = cinema.add("talk.mp4");
    let told = cinema.room.ask(new_question("When do they part?", &[video])).await;
    let fractions: Vec<f32> = told
        .events
        .iter()
        .filter_map(|event| match event {
            AnswerEvent::Stage { stage: Stage::Watching { number: 1, total: 1, fraction }, .. } => {
                Some(*fraction)
            }
            _ => None,
        })
        .collect();
    assert!(
        fractions.len() >= 7 && fractions.is_sorted() && fractions.last() == Some(&0.75),
        "{fractions:?}"
    );

    insta::assert_snapshot!(cinema.room.last_request(), @r#"
    User: [Notes of video 1, "talk.mp4", made by recognisers; nobody showed you the video]
    It is 0:40 long, 640 by 360 pixels.
    When you name a moment of it, give its time as m:ss.
    What can be seen at what time:
    [0:00] text: "100 wide"
    [0:08] text: "108 wide"
    [0:16] text: "116 wide"
    [0:24] text: "124 wide"
    [0:32] text: "132 wide"

    What is said at what time:
    [0:07] Good morning.
    [0:39] Goodbye.
    [End of the notes of video 1]
    User: When do they part?
    "#);
    let request = cinema.room.provider.requests().pop().unwrap();
    assert!(matches!(request.turns[0].parts[0], RequestPart::Notes(_)));

    let receipt = told.answer().receipt.unwrap();
    assert_eq!(receipt.omitted, []);
    let [delivered] = &receipt.delivered[..] else { panic!("{receipt:?}") };
    assert_eq!((delivered.mime.as_str(), delivered.number, delivered.width), ("text/plain", Some(1), 0));
    assert_eq!(delivered.moments, [0, 8000, 16_000, 24_000, 32_000]);
    let notes = delivered.notes.clone().unwrap();
    assert_eq!((notes.usable, notes.lines, notes.lines_left_out), (true, 7, 0));
    assert!(cinema.room.last_request().contains(&notes.words));
    assert_eq!(delivered.bytes as usize, notes.words.len());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_is_watched_once_for_each_stretch() {
    let cinema = Cinema::new(reads_notes());
    let video = cinema.add("talk.mp4");
    let answer = cinema.ask_about(video, "Well?", FileView::default()).await;
    cinema.room.ask_on(&answer, "Sure?", answered()).await;
    assert!(cinema.room.last_request().contains("[0:32] text: \"132 wide\""));
    assert_eq!((cinema.watching.wanted().len(), cinema.hearing.heard.load(Ordering::Relaxed)), (1, 1));
    assert_eq!(cinema.senses.read.load(Ordering::Relaxed), 5);

    let said =
        vec![segment(0, 12_000, "One."), segment(12_000, 13_000, "Two."), segment(20_000, 21_000, "Three.")];
    let heard = Transcript { text: "One. Two. Three.".into(), segments: said, ..Transcript::default() };
    cinema.room.history().keep_transcript(video, &heard).unwrap();
    let view = FileView { start_ms: Some(12_000), end_ms: Some(20_000), ..FileView::default() };
    cinema.room.provider.push_script(answered());
    let receipt = cinema.ask_about(video, "And there?", view).await.receipt.unwrap();
    assert_eq!(cinema.watching.wanted()[1..], [Frames { most: 5, longest_edge: 1280, stretch: view.into() }]);
    assert_eq!(receipt.delivered[0].view, view);
    assert_eq!(receipt.delivered[0].moments, [12_000, 13_600, 15_200, 16_800, 18_400]);
    let request = cinema.room.last_request();
    assert!(request.contains("Only 0:12 to 0:20 of it is given here."), "{request}");
    assert!(request.contains("What is said at what time:\n[0:12] Two.\n[End"), "{request}");

    let finer = FileView { frames_per_1000_s: Some(2000), ..view };
    cinema.room.provider.push_script(answered());
    cinema.ask_about(video, "And finer?", finer).await;
    assert_eq!(cinema.watching.wanted().last().unwrap().most, 10);
    assert_eq!(cinema.hearing.heard.load(Ordering::Relaxed), 1);

    // The first is still known.
    cinema.room.provider.push_script(answered());
    cinema.ask_about(video, "Well?", FileView::default()).await;
    assert_eq!(cinema.watching.wanted().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_person_corrected_is_what_is_said() {
    let cinema = Cinema::new(reads_notes());
    let video = cinema.add("talk.mp4");
    let segments = vec![segment(0, 1000, "God morning.")];
    let text = "Good morning.".to_owned();
    let corrected = Transcript { text, segments, edited: true, ..Transcript::default() };
    cinema.room.history().keep_transcript(video, &corrected).unwrap();
    cinema.ask(&[video]).await;
    assert!(cinema.room.last_request().contains("What is said at what time:\nGood morning.\n"));
    assert_eq!(cinema.watching.sounds.load(Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn watching_can_be_stopped() {
    let cinema = Cinema::new(reads_notes());
    cinema.watching.slow.store(true, Ordering::Relaxed);
    let video = cinema.add("talk.mp4");
    let cancel = CancellationToken::new();
    let stop = cancel.clone();
    let stop_when_watching = move |event: &AnswerEvent| {
        if matches!(event, AnswerEvent::Stage { stage: Stage::Watching { .. }, .. }) {
            stop.cancel();
        }
    };
    let request = new_question("Well?", &[video]);
    let answer = cinema.room.ask_until(request, cancel, stop_when_watching).await.answer();
    assert_eq!(answer.status, MessageStatus::Stopped);
    assert_eq!(cinema.room.provider.requests().len(), 0, "nothing was sent");

    // The next question watches it anew.
    cinema.watching.slow.store(false, Ordering::Relaxed);
    assert_eq!(cinema.ask(&[video]).await.delivered[0].moments.len(), 5);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_that_cannot_be_watched_is_said_to_be() {
    let cinema = Cinema::new(reads_notes());
    let (broken, gone) = (cinema.add("broken.mp4"), cinema.add("gone.mp4"));
    std::fs::remove_file(cinema.room.history().blob_path(gone).unwrap()).unwrap();
    let receipt = cinema.ask(&[broken, gone]).await;
    assert_eq!(receipt.delivered, []);
    assert_eq!(receipt.omitted, [broken, gone].map(|id| omission(id, OmissionReason::Unreadable)));
    let request = cinema.room.last_request();
    assert!(
        request
            .contains("[Video \"broken.mp4\" was attached but is not included: the file could not be read.]")
    );

    for (capabilities, question, sentence) in [
        (reads_notes(), "Well?", "but is not included: you cannot watch videos.]"),
        (sees_many(), "怎么样？", "但未包含在内：你无法观看视频。]"),
    ] {
        let cinema = Cinema::new(capabilities);
        cinema.watching.missing.store(true, Ordering::Relaxed);
        let video = cinema.add("talk.mp4");
        let receipt = cinema.ask_about(video, question, FileView::default()).await.receipt.unwrap();
        assert_eq!(receipt.delivered, []);
        assert_eq!(receipt.omitted, [omission(video, OmissionReason::VideoToolsMissing)]);
        assert!(cinema.room.last_request().contains(sentence), "{}", cinema.room.last_request());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_without_sound_is_only_looked_at() {
    let cinema = Cinema::new(reads_notes());
    cinema.has_no_sound();
    let receipt = cinema.ask(&[cinema.add("mute.mp4")]).await;
    assert_eq!((receipt.omitted.len(), receipt.delivered[0].moments.len()), (0, 5));
    assert!(cinema.room.last_request().contains("\"132 wide\"\n\nIt has no sound.\n[End"));
    assert_eq!(cinema.hearing.heard.load(Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_video_in_which_nothing_is_recognised_and_said_is_told_as_such() {
    let cinema = Cinema::new(reads_notes());
    *cinema.senses.lines.lock().unwrap() = Some(vec![]);
    *cinema.hearing.said.lock().unwrap() = Some(vec![]);
    let receipt = cinema.ask(&[cinema.add("fog.mp4")]).await;
    let notes = receipt.delivered[0].notes.clone().unwrap();
    assert!(!notes.usable);
    assert!(notes.words.contains("cannot tell what video 1 shows"), "{}", notes.words);
    assert!(notes.words.contains("[0:00–0:32] nothing recognised"), "{}", notes.words);
    assert!(notes.words.contains("No speech was heard in it."), "{}", notes.words);

    // What is said elsewhere in it does not help.
    *cinema.hearing.said.lock().unwrap() = Some(vec![segment(30_000, 31_000, "Hello.")]);
    let view = FileView { end_ms: Some(9000), ..FileView::default() };
    cinema.room.provider.push_script(answered());
    let receipt = cinema.ask_about(cinema.add("haze.mp4"), "Well?", view).await.receipt.unwrap();
    let notes = receipt.delivered[0].notes.clone().unwrap();
    assert!(!notes.usable && notes.words.contains("No speech was heard in it."), "{}", notes.words);
}

#[tokio::test(flavor = "multi_thread")]
async fn one_sense_is_better_than_none() {
    let cinema = Cinema::new(reads_notes());
    cinema.hearing.missing.store(true, Ordering::Relaxed);
    let video = cinema.add("talk.mp4");
    let receipt = cinema.ask(&[video]).await;
    assert_eq!(receipt.omitted, [omission(video, OmissionReason::SpeechRecogniserMissing)]);
    assert_eq!(receipt.delivered[0].moments.len(), 5);
    let request = cinema.room.last_request();
    assert!(request.contains("What is said in it is not included: you cannot hear.\n"), "{request}");

    cinema.hearing.missing.store(false, Ordering::Relaxed);
    cinema.senses.missing.store(true, Ordering::Relaxed);
    let other = cinema.add("other.mp4");
    cinema.room.provider.push_script(answered());
    let receipt = cinema.ask(&[other]).await;
    assert_eq!(receipt.omitted, [omission(other, OmissionReason::RecognisersMissing)]);
    assert_eq!(receipt.delivered[0].moments, [0_u32; 0]);
    let request = cinema.room.last_request();
    assert!(
        request.contains("What can be seen in it is not included: you cannot see pictures.\n"),
        "{request}"
    );
    assert!(request.contains("[0:00] It lasts 40 seconds.\n"), "{request}");

    cinema.hearing.missing.store(true, Ordering::Relaxed);
    let third = cinema.add("third.mp4");
    cinema.room.provider.push_script(answered());
    let receipt = cinema.ask(&[third]).await;
    assert_eq!(receipt.delivered, []);
    assert_eq!(receipt.omitted, [omission(third, OmissionReason::RecognisersMissing)]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_question_in_chinese_gets_chinese_notes() {
    let cinema = Cinema::new(reads_notes());
    *cinema.hearing.said.lock().unwrap() = Some(vec![segment(65_000, 66_000, "再见。")]);
    cinema.watching.facts.lock().unwrap().duration_ms = 70_000;
    let video = cinema.add("谈话.mp4");
    cinema.ask_about(video, "他们什么时候告别？", FileView::default()).await;
    insta::assert_snapshot!(cinema.room.last_request(), @"
    User: 【视频 1“谈话.mp4”的识别笔记，由识别程序生成；你没有看到视频】
    时长 1:10，640 × 360 像素。
    提到其中的某个时刻时，请以“分:秒”的形式写出时间。
    各时刻可以看到：
    [0:00] 文字：“100 wide”
    [0:14] 文字：“114 wide”
    [0:28] 文字：“128 wide”
    [0:42] 文字：“142 wide”
    [0:56] 文字：“156 wide”

    各时刻说的话：
    [1:05] 再见。
    【视频 1 的识别笔记结束】
    User: 他们什么时候告别？
    ");
}

#[tokio::test(flavor = "multi_thread")]
async fn much_talk_is_cut_and_what_is_seen_stays_within_its_budget() {
    let cinema = Cinema::new(reads_notes());
    *cinema.senses.lines.lock().unwrap() = Some(vec!["a line of a slide with many words".into(); 30]);
    let said = (0..4000).map(|second| segment(second * 1000, second * 1000 + 900, "And then some more."));
    *cinema.hearing.said.lock().unwrap() = Some(said.collect());
    cinema.watching.facts.lock().unwrap().duration_ms = 4_000_000;
    let video = cinema.add("lecture.mp4");
    let receipt = cinema.ask(&[video]).await;
    assert_eq!(receipt.omitted, [omission(video, OmissionReason::ContextFull)]);
    let delivered = &receipt.delivered[0];
    let notes = delivered.notes.clone().unwrap();
    let (seen, talk) = notes.words.split_once("\nWhat is said at what time:\n").unwrap();
    assert!(seen.len() / 4 < 400 + 80, "{seen}");
    assert!(talk.starts_with("[0:00] And then some more.\n"));
    assert!(talk.contains("more.\n[The rest of this file is not included"), "no line is cut in its middle");
    assert!(notes.lines > 500 && notes.lines + notes.lines_left_out == 4001, "{}", notes.lines);
    let tokens = receipt.prompt_tokens.unwrap();
    assert!((6500..=7000).contains(&tokens), "{tokens} of a context of 8000 less 1000 for the answer");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_sees_pictures_gets_frames() {
    let cinema = Cinema::new(sees_many());
    cinema.watching.facts.lock().unwrap().duration_ms = 3000;
    let video = cinema.add("talk.mp4");
    let told = cinema.room.ask(new_question("What happens?", &[video])).await;
    insta::assert_snapshot!(cinema.room.last_request(), @r#"
    User: [Video 1, "talk.mp4", as single frames, each below its time]
    It is 0:03 long, 640 by 360 pixels.
    When you name a moment of it, give its time as m:ss.

    User: [0:00]
    User: <image/jpeg 64x46>
    User: [0:01]
    User: <image/jpeg 64x46>
    User: [0:02]
    User: <image/jpeg 64x45>
    User: 
    What is said at what time:
    [0:00] It lasts 3 seconds.
    [End of video 1]
    User: What happens?
    "#);
    let answer = told.answer();
    let receipt = answer.receipt.clone().unwrap();
    assert_eq!(receipt.omitted, []);
    let [delivered] = &receipt.delivered[..] else { panic!("{receipt:?}") };
    assert_eq!((delivered.mime.as_str(), delivered.width, delivered.height), ("image/jpeg", 64, 46));
    assert_eq!(
        (&delivered.moments[..], delivered.number, delivered.scaled),
        (&[0, 1000, 2000][..], Some(1), true)
    );
    assert!(delivered.tokens > 300 && delivered.tokens < 400, "{}", delivered.tokens);
    let request = cinema.room.provider.requests().pop().unwrap();
    let sent = request.turns[0].parts.iter().map(|part| match part {
        RequestPart::Media(media) => {
            assert_eq!(media.attachment, video);
            media.data.len()
        }
        RequestPart::Text(text) => text.len(),
        other => panic!("{other:?}"),
    });
    let marks = 3 * "[0:00]".len() + "What happens?".len();
    assert_eq!(delivered.bytes as usize, sent.sum::<usize>() - marks);
    let notes = delivered.notes.clone().unwrap();
    assert_eq!(notes.words, "What is said at what time:\n[0:00] It lasts 3 seconds.");

    cinema.room.ask_on(&answer, "Sure?", answered()).await;
    assert!(cinema.room.last_request().contains("User: [0:02]\nUser: <image/jpeg 64x45>"));
    assert_eq!(cinema.watching.wanted().len(), 1, "they are still at hand");
    assert_eq!(cinema.senses.read.load(Ordering::Relaxed), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn frames_share_the_room_with_pictures_and_with_what_is_said() {
    let cinema = Cinema::new(sees_many());
    let (video, picture) = (cinema.add("talk.mp4"), cinema.room.add_picture("a.png"));
    let receipt = cinema.ask(&[video, picture]).await;
    assert_eq!(receipt.omitted, []);
    let moments = &receipt.delivered[0].moments;
    assert_eq!((moments.len(), moments[0], receipt.delivered.len()), (15, 0, 2));
    assert_eq!(cinema.watching.wanted()[0].most, 16);
    assert!(moments.is_sorted() && moments[14] == 37_500, "they are spread over all of it: {moments:?}");

    // No picture is left for a video: what is said still goes.
    let one_picture = ImageBudget { max_count: 1, ..sees_many().images.unwrap() };
    let cinema = Cinema::new(Capabilities { images: Some(one_picture), ..reads_text() });
    let (video, picture) = (cinema.add("talk.mp4"), cinema.room.add_picture("a.png"));
    let receipt = cinema.ask(&[video, picture]).await;
    assert_eq!(receipt.omitted, [omission(video, OmissionReason::TooMany)]);
    let notes = receipt.delivered[0].notes.clone().unwrap();
    assert!(notes.words.contains("[0:00] It lasts 40 seconds."), "{}", notes.words);
    assert!(notes.words.contains("there are too many pictures for one request"), "{}", notes.words);

    // Half a small context holds some frames.
    let small = Capabilities { context_tokens: 1000, output_tokens: 100, ..sees_many() };
    let cinema = Cinema::new(small);
    let receipt = cinema.ask(&[cinema.add("talk.mp4")]).await;
    let sent = receipt.delivered[0].moments.len();
    assert!((2..=5).contains(&sent), "{sent}");
    assert!(receipt.prompt_tokens.unwrap() <= 900);
}

#[tokio::test(flavor = "multi_thread")]
async fn videos_are_numbered_apart_from_pictures() {
    let cinema = Cinema::new(reads_notes());
    let (one, picture, two) =
        (cinema.add("one.mp4"), cinema.room.add_picture("a.png"), cinema.add("two.mp4"));
    let told = cinema.room.ask(new_question("Compare.", &[one, picture, two])).await;
    let places = [(1, 2), (2, 2)].map(|place| {
        told.events.iter().any(|event| match event {
            AnswerEvent::Stage { stage: Stage::Watching { number, total, .. }, .. } => {
                (*number, *total) == place
            }
            _ => false,
        })
    });
    assert_eq!(places, [true, true]);
    let receipt = told.answer().receipt.unwrap();
    let numbers: Vec<_> = receipt.delivered.iter().map(|media| (media.attachment, media.number)).collect();
    assert_eq!(numbers, [(one, Some(1)), (picture, Some(1)), (two, Some(2))]);
    let request = cinema.room.last_request();
    assert!(
        request.contains("video 1, \"one.mp4\"") && request.contains("video 2, \"two.mp4\""),
        "{request}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn two_long_videos_share_the_room() {
    let said = (0..2000).map(|second| segment(second * 1000, second * 1000 + 900, "And then some more."));
    for capabilities in [reads_notes(), sees_many()] {
        let cinema = Cinema::new(capabilities);
        *cinema.hearing.said.lock().unwrap() = Some(said.clone().collect());
        let videos = [cinema.add("one.mp4"), cinema.add("two.mp4")];
        let receipt = cinema.ask(&videos).await;
        assert_eq!(receipt.omitted, videos.map(|id| omission(id, OmissionReason::ContextFull)));
        for delivered in &receipt.delivered {
            assert!((3000..=3600).contains(&delivered.tokens), "{}", delivered.tokens);
            assert!(delivered.moments.len() >= 5, "{:?}", delivered.moments);
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn who_wants_the_same_notes_waits_for_them() {
    let cinema = Cinema::new(reads_notes());
    cinema.watching.slow.store(true, Ordering::Relaxed);
    let video = cinema.room.history().attachment(cinema.add("talk.mp4")).unwrap();
    let ask = || {
        let (notebook, video) = (Arc::clone(&cinema.room.context.notebook), video.clone());
        let watch = move || notebook.video_notes(&video, FileView::default(), 400, &|_| (), &|| false);
        tokio::task::spawn_blocking(watch)
    };
    let (first, second) = (ask(), ask());
    while cinema.watching.wanted().is_empty() {
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    cinema.watching.slow.store(false, Ordering::Relaxed);
    let (first, second) = (first.await.unwrap().unwrap(), second.await.unwrap().unwrap());
    assert_eq!(first, second);
    assert_eq!((first.facts.duration_ms, first.moments.len()), (40_000, 5));
    assert_eq!(cinema.watching.wanted().len(), 1);

    // What cannot be read any more is made again.
    cinema.room.history().write_derived(&video.hash, "notes-test-of-video", b"[{").unwrap();
    assert_eq!(ask().await.unwrap().unwrap(), first);
    assert_eq!(cinema.watching.wanted().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_model_that_takes_videos_gets_the_file() {
    let files = FileBudget { accepts: vec!["video/mp4".into()], max_bytes: 1000, max_sent_ahead: 0 };
    let cinema = Cinema::new(Capabilities { files: Some(files), ..sees_many() });
    let video = cinema.add("talk.mp4");
    let receipt = cinema.ask(&[video]).await;
    assert_eq!(cinema.room.last_request(), "User: <video/mp4 0x0>\nUser: What happens?");
    let delivered = &receipt.delivered[0];
    assert_eq!((delivered.mime.as_str(), delivered.number, delivered.moments.len()), ("video/mp4", None, 0));
    assert_eq!(cinema.watching.wanted(), []);

    // One that takes neither videos nor pictures nor notes is told of it.
    let cinema = Cinema::new(reads_text());
    let video = cinema.add("talk.mp4");
    assert_eq!(cinema.ask(&[video]).await.omitted, [omission(video, OmissionReason::ModelCannotOpen)]);
}
