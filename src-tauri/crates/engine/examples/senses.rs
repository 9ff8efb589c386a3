//! Reads the text of pictures, or names what they show, and says how fast it was and what was found, as one JSON object:
//! `cargo run --release -p engine --example senses -- OPTIONS --threads N --rounds R FILES…`, where the options are
//! `--detection F --recognition F --orientation F` for text, or `--things F` for things. `make bench-senses` compares it
//! with what `scripts/bench/senses_peer.py` prints.

use engine::{ImageClassifier, TextReader, TextReaderFiles};
use image::RgbImage;
use serde_json::{Value, json};
use std::{collections::HashMap, error::Error, time::Instant};

/// What is said when the command line cannot be understood.
const USAGE: &str = "usage: senses (--detection F --recognition F --orientation F | --things F) --threads N --rounds R FILES...";

/// Finds what is in a picture: the member of the report it belongs to.
type Sense = Box<dyn Fn(&RgbImage) -> Result<Value, Box<dyn Error>>>;

fn main() -> Result<(), Box<dyn Error>> {
    let (options, files) = arguments()?;
    let option = |name: &str| options.get(name).ok_or_else(|| format!("--{name} is missing. {USAGE}"));
    let threads: usize = option("threads")?.parse()?;
    let rounds: usize = option("rounds")?.parse()?;
    let first = files.first().ok_or(USAGE)?;

    let begun = Instant::now();
    let names_things = options.contains_key("things");
    let sense = if names_things {
        classifier(option("things")?)?
    } else {
        let model_files = TextReaderFiles {
            detection: option("detection")?.into(),
            recognition: option("recognition")?.into(),
            orientation: option("orientation")?.into(),
        };
        text_reader(&model_files, threads)?
    };
    let load_seconds = begun.elapsed().as_secs_f64();
    let look = |file: &String| sense(&image::open(file)?.into_rgb8());

    // The first picture pays for memory that the others find ready; it is looked at once outside of the rounds.
    look(first)?;
    let mut of_rounds = Vec::new();
    let mut of_pictures = Vec::new();
    let mut found = Vec::new();
    for _ in 0..rounds {
        found.clear();
        let begun = Instant::now();
        for file in &files {
            let begun = Instant::now();
            found.push(look(file).map_err(|error| format!("{file}: {error}"))?);
            of_pictures.push(begun.elapsed().as_secs_f64());
        }
        of_rounds.push(json!({ "seconds": begun.elapsed().as_secs_f64() }));
    }
    let (list, member) = if names_things { ("things", "probabilities") } else { ("pages", "lines") };
    let found: Vec<_> =
        files.iter().zip(found).map(|(file, found)| json!({ "file": file, member: found })).collect();
    let mut report = json!({
        "load_s": load_seconds,
        "rounds": of_rounds,
        "peak_rss_bytes": peak_resident_bytes(),
        list: found,
    });
    if names_things {
        of_pictures.sort_by(f64::total_cmp);
        report["classify_s"] = json!(of_pictures.get(of_pictures.len() / 2));
    }
    println!("{report}");
    Ok(())
}

/// The options by their names and the files after them.
fn arguments() -> Result<(HashMap<String, String>, Vec<String>), String> {
    let mut options = HashMap::new();
    let mut files = Vec::new();
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.strip_prefix("--") {
            Some(name) => {
                let value = arguments.next().ok_or_else(|| format!("--{name} needs a value. {USAGE}"))?;
                options.insert(name.to_owned(), value);
            }
            None => files.push(argument),
        }
    }
    Ok((options, files))
}

/// Finds the lines of text.
fn text_reader(files: &TextReaderFiles, threads: usize) -> Result<Sense, Box<dyn Error>> {
    let reader = TextReader::load(files, threads)?;
    Ok(Box::new(move |picture| {
        let text = reader.read(picture.as_raw(), picture.width(), picture.height(), &|_| {}, &|| false)?;
        Ok(text.lines.into_iter().map(|line| line.text).collect())
    }))
}

/// Finds the probability of each class. Its threads are Candle's, set from outside.
fn classifier(file: &str) -> Result<Sense, Box<dyn Error>> {
    let classifier = ImageClassifier::load(file.as_ref())?;
    Ok(Box::new(move |picture| {
        Ok(classifier.classify(picture.as_raw(), picture.width(), picture.height())?.into())
    }))
}

/// The most memory this process ever had; only Linux says.
fn peak_resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(kibibytes.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
