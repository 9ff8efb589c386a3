//! Notes of pictures with the real recognisers: generated pages whose text is known, and real photos. `make test-models`
//! and `make test-media` fetch what this reads; the environment variable `CASTOR_TEST_MODELS` names another folder.

use conversation::{ModelState, PictureKind, PictureNotes, Pixels, Senses, SensesError};
use local::{LocalConfig, LocalMind};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use test_support::pages::{self, Comparison, Page, TextErrors};

const THOROUGH: &str = "picture-reading";
const LIGHT: &str = "picture-reading-light";

fn target() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../target")
}

fn models() -> PathBuf {
    std::env::var_os("CASTOR_TEST_MODELS").map_or_else(|| target().join("test-models"), PathBuf::from)
}

fn senses(set: &str) -> LocalMind {
    let mind = LocalMind::new(LocalConfig::new(models()).expect("the built-in catalogue is sound"));
    mind.use_recognisers(set);
    assert_eq!(mind.state(), ModelState::Ready, "run `make test-models` first");
    assert!(mind.version().ends_with(set), "{}", mind.version());
    mind
}

fn read(senses: &LocalMind, pixels: &Pixels) -> PictureNotes {
    senses.read(pixels, &|_| {}, &|| false).expect("the picture is read")
}

fn pixels(page: Page) -> Pixels {
    let (width, height) = page.image.dimensions();
    Pixels { width, height, rgb: page.image.into_raw() }
}

fn photo(name: &str) -> Pixels {
    let path = target().join("test-media").join(name);
    assert!(path.is_file(), "{} is missing: run `make test-media` first", path.display());
    let rgb = image::open(&path).expect("a picture").into_rgb8();
    Pixels { width: rgb.width(), height: rgb.height(), rgb: rgb.into_raw() }
}

fn lines(notes: &PictureNotes) -> Vec<String> {
    notes.text().lines().map(str::to_owned).collect()
}

/// The rate over all pages, by one of the measures.
fn rate(scores: &[(&str, Comparison)], of: fn(&Comparison) -> TextErrors) -> f64 {
    scores.iter().map(|(_, comparison)| of(comparison)).sum::<TextErrors>().rate()
}

fn scores(senses: &LocalMind, pages: Vec<Page>) -> Vec<(&'static str, Comparison)> {
    let score = |page: Page| {
        let (name, text) = (page.name, page.text.clone());
        let comparison = pages::compare(&text, &lines(&read(senses, &pixels(page))));
        (name, comparison)
    };
    pages.into_iter().map(score).collect()
}

fn print(scores: &[(&str, Comparison)]) {
    for (name, comparison) in scores {
        println!("{name:28} {:.4} {:.4}", comparison.in_order.rate(), comparison.any_order.rate());
    }
}

/// Measured: 0.25 % of the characters wrong in reading order, 2.6 % on the worst page.
#[test]
fn pages_are_read_nearly_without_error() {
    let scores = scores(&senses(THOROUGH), pages::all().unwrap());
    print(&scores);
    assert!(rate(&scores, |comparison| comparison.in_order) < 0.006);
    assert!(rate(&scores, |comparison| comparison.any_order) < 0.004);
    for (name, comparison) in scores {
        assert!(comparison.in_order.rate() < 0.04, "{name}: {comparison:?}");
    }
}

/// Measured on all pages: 0.34 % wrong in reading order.
#[test]
fn the_light_set_reads_pages_too() {
    let names = [
        "letter-en",
        "small-print-zh",
        "table-en",
        "chat-dark-zh",
        "letter-en-turned-90",
        "receipt-zh-turned-180",
        "note-mixed-turned-270",
        "receipt-en-photographed",
    ];
    let pages = names.map(|name| pages::named(name).unwrap()).into();
    let scores = scores(&senses(LIGHT), pages);
    print(&scores);
    assert!(rate(&scores, |comparison| comparison.in_order) < 0.008);
}

#[test]
fn how_a_page_is_turned_and_what_sort_it_is_are_told() {
    let senses = senses(LIGHT);
    let expected = [
        ("letter-en", 0, PictureKind::Document),
        ("letter-en-turned-90", 270, PictureKind::Document),
        ("receipt-zh-turned-180", 180, PictureKind::Document),
        ("note-mixed-turned-270", 90, PictureKind::Document),
        ("chat-dark-zh", 0, PictureKind::Screenshot),
    ];
    for (name, turned, kind) in expected {
        let notes = read(&senses, &pixels(pages::named(name).unwrap()));
        assert_eq!((notes.text_turned, notes.kind), (turned, kind), "{name}");
    }
}

#[test]
fn a_receipt_keeps_its_rows() {
    let page = pages::named("receipt-en").unwrap();
    let rows: Vec<String> = page.text.iter().filter(|line| line.contains('\t')).cloned().collect();
    assert!(rows.len() > 4, "{:?}", page.text);
    let found = lines(&read(&senses(THOROUGH), &pixels(page)));
    for row in rows {
        assert!(found.contains(&row), "{row:?} is missing in {found:#?}");
    }
}

/// The corners lie around the words: what is outside of them is ground.
#[test]
fn boxes_lie_over_the_text() {
    let page = pages::named("letter-en").unwrap();
    let picture = pixels(page);
    let notes = read(&senses(LIGHT), &picture);
    let ground = picture.rgb[..3].to_owned();
    let inside = |x: f32, y: f32| {
        notes.lines.iter().any(|line| {
            let (xs, ys) = (line.corners.map(|point| point.x), line.corners.map(|point| point.y));
            let between = |values: [f32; 4], at: f32| {
                let least = values.into_iter().fold(f32::INFINITY, f32::min);
                let most = values.into_iter().fold(f32::NEG_INFINITY, f32::max);
                (least - 2.0..=most + 2.0).contains(&at)
            };
            between(xs, x) && between(ys, y)
        })
    };
    let ink = (0..picture.rgb.len() / 3).filter(|at| picture.rgb[at * 3..at * 3 + 3] != ground);
    let (covered, all) = ink.fold((0, 0), |(covered, all), at| {
        let (x, y) = (at % picture.width as usize, at / picture.width as usize);
        (covered + usize::from(inside(x as f32, y as f32)), all + 1)
    });
    assert!(all > 1000 && covered * 100 > all * 95, "{covered} of {all} dark pixels lie in a box");
}

#[test]
fn photos_show_what_they_show_and_nothing_is_made_up() {
    let senses = senses(THOROUGH);
    let expected: [(&str, &[&str]); 6] = [
        ("chelsea.png", &["cat"]),
        ("coffee.png", &["espresso"]),
        ("china.jpg", &["building"]),
        ("rocket.jpg", &["rocket or missile"]),
        // ImageNet has no class for a person's portrait or a single flower: nothing is claimed.
        ("astronaut.png", &[]),
        ("flower.jpg", &[]),
    ];
    for (name, things) in expected {
        let notes = read(&senses, &photo(name));
        let found: Vec<&str> = notes.things.iter().map(|thing| thing.en.as_str()).collect();
        assert_eq!(found, things, "{name}");
        assert_eq!(notes.kind, PictureKind::Photo, "{name}");
        assert_eq!(notes.text(), "", "{name} holds no text that can be read");
        assert!(notes.codes.is_empty() && !notes.colors.is_empty(), "{name}");
        assert_eq!(notes.are_usable(), !things.is_empty(), "{name}");
    }
}

#[test]
fn a_photographed_page_is_read() {
    let notes = read(&senses(THOROUGH), &photo("page.png"));
    assert_eq!(notes.kind, PictureKind::Document);
    let text = [
        "Region-based segmentation",
        "Let us first determine markers of the coins and the",
        "background. These markers are pixels that we can label",
        "unambiguously as either object or background. Here,",
        "the markers are found at the two extreme parts of the",
        "histogram of grey values:",
        ">>> markers = np.zeros_like(coins)",
    ]
    .map(str::to_owned);
    let rate = pages::character_error_rate(&text, &lines(&notes));
    assert!(rate < 0.02, "{rate}: {}", notes.text());
}

#[test]
fn empty_and_odd_pictures_hold_nothing() {
    let senses = senses(LIGHT);
    let flat = |width: u32, height: u32, value: u8| Pixels {
        width,
        height,
        rgb: vec![value; (width * height * 3) as usize],
    };
    for picture in [
        flat(1, 1, 0),
        flat(1, 4000, 255),
        flat(4000, 1, 0),
        flat(3, 3, 128),
        flat(161, 1, 200),
        flat(900, 700, 255),
    ] {
        let notes = read(&senses, &picture);
        assert!(!notes.are_usable(), "{picture:?}: {notes:?}");
        assert_eq!((notes.width, notes.height), (picture.width, picture.height));
    }
    // Noise of a fixed seed.
    let mut state = 1_u32;
    let mut next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 24) as u8
    };
    let noise = Pixels { width: 640, height: 480, rgb: (0..640 * 480 * 3).map(|_| next()).collect() };
    let notes = read(&senses, &noise);
    assert_eq!((notes.text(), notes.codes.len()), (String::new(), 0));
    // Bytes that do not fit the size.
    let broken = Pixels { width: 640, height: 480, rgb: vec![0; 10] };
    let refused = senses.read(&broken, &|_| {}, &|| false);
    assert!(matches!(refused, Err(SensesError::Failed(_))), "{refused:?}");
}

#[test]
fn progress_rises_to_the_end_and_reading_stops_when_told() {
    let senses = senses(LIGHT);
    let picture = pixels(pages::named("letter-en").unwrap());
    let told = Mutex::new(Vec::new());
    senses.read(&picture, &|part| told.lock().unwrap().push(part), &|| false).unwrap();
    let told = told.into_inner().unwrap();
    assert!(told.len() > 4 && told.is_sorted(), "{told:?}");
    assert!((told.last().unwrap() - 1.0).abs() < f32::EPSILON, "{told:?}");

    let parts = Mutex::new(0.0_f32);
    let stopped =
        senses.read(&picture, &|part| *parts.lock().unwrap() = part, &|| *parts.lock().unwrap() > 0.0);
    assert_eq!(stopped, Err(SensesError::Cancelled));
    assert!(parts.into_inner().unwrap() < 1.0);
}

#[test]
fn recognisers_that_are_missing_or_damaged_are_told() {
    let empty = tempfile::tempdir().unwrap();
    let mind = LocalMind::new(LocalConfig::new(empty.path().to_owned()).unwrap());
    let picture = Pixels { width: 64, height: 64, rgb: vec![255; 64 * 64 * 3] };
    assert!(matches!(mind.state(), ModelState::NotFetched { bytes, have: 0 } if bytes > 40_000_000));
    assert_eq!(mind.read(&picture, &|_| {}, &|| false), Err(SensesError::Missing));

    for file in std::fs::read_dir(models()).unwrap().map(|entry| entry.unwrap().path()) {
        let name = file.file_name().unwrap().to_str().unwrap();
        if name.contains("tiny-rec") {
            let length = file.metadata().unwrap().len() as usize;
            std::fs::write(empty.path().join(name), vec![7; length]).unwrap();
        } else if !["small", ".gguf", "whisper"].iter().any(|other| name.contains(other)) {
            std::fs::copy(&file, empty.path().join(name)).unwrap();
        }
    }
    let refused = mind.read(&picture, &|_| {}, &|| false);
    assert!(matches!(refused, Err(SensesError::Failed(_))), "{refused:?}");
}
