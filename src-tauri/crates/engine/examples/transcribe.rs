//! Writes down what is said in WAV files of 16 kHz and one channel, and says how long it took.
//!
//! ```text
//! cargo run -p engine --example transcribe -- --weights model.bin --tokenizer tokenizer.json
//!     [--precision full|eight-bit] [--language en] [--rounds 5] [--simplified yes] [--show yes] FILE…
//! ```
//!
//! Prints one line of JSON: how long loading took, the seconds each round took for each file and the peak memory of the
//! process. How many threads compute is set from outside by `CANDLE_NUM_THREADS` and `RAYON_NUM_THREADS`.

use engine::{SpeechPrecision, SpeechRecognizer, SpeechRecognizerFiles, TranscribeEvent, TranscribeOptions};
use serde_json::json;
use std::{collections::HashMap, error::Error, time::Instant};

const USAGE: &str = "usage: transcribe --weights FILE --tokenizer FILE [--precision full|eight-bit] \
    [--language CODE] [--rounds N] [--simplified yes] [--show yes] WAV…";

fn main() -> Result<(), Box<dyn Error>> {
    let (options, files) = arguments()?;
    let required = |name: &str| options.get(name).ok_or_else(|| format!("--{name} is missing. {USAGE}"));
    let precision = match options.get("precision").map(String::as_str) {
        Some("full") => SpeechPrecision::Full,
        None | Some("eight-bit") => SpeechPrecision::EightBit,
        Some(other) => return Err(format!("`{other}` is no precision. {USAGE}").into()),
    };
    let rounds: usize = options.get("rounds").map_or(Ok(1), |rounds| rounds.parse())?;
    let transcribe = TranscribeOptions {
        language: options.get("language").cloned(),
        simplified: options.contains_key("simplified"),
        ..TranscribeOptions::default()
    };

    let begun = Instant::now();
    let model = SpeechRecognizerFiles {
        weights: required("weights")?.into(),
        tokenizer: required("tokenizer")?.into(),
    };
    let recognizer = SpeechRecognizer::load(&model, precision, &mut |_| {}, &|| false)?;
    let load_seconds = begun.elapsed().as_secs_f64();

    let mut results = Vec::new();
    for file in &files {
        let samples = samples(file).map_err(|error| format!("{file}: {error}"))?;
        let mut seconds = Vec::new();
        let mut transcript = None;
        for _ in 0..rounds {
            let begun = Instant::now();
            transcript = Some(recognizer.transcribe(
                &mut samples.as_slice(),
                &transcribe,
                &mut |event| {
                    if options.contains_key("show") {
                        show(&event);
                    }
                },
                &|| false,
            )?);
            seconds.push(begun.elapsed().as_secs_f64());
        }
        let transcript = transcript.unwrap_or_default();
        results.push(json!({
            "file": file,
            "language": transcript.language.as_ref().map(|language| &language.code),
            "text": transcript.text(),
            "sound_s": transcript.seconds,
            "seconds": seconds,
        }));
    }
    let report = json!({
        "load_s": load_seconds,
        "peak_rss_bytes": peak_resident_bytes(),
        "files": results,
    });
    println!("{report}");
    Ok(())
}

fn show(event: &TranscribeEvent) {
    match event {
        TranscribeEvent::Language(language) => eprintln!("{language:?}"),
        TranscribeEvent::Segment(segment) => eprintln!(
            "[{:.2} {:.2}] {} (log {:.2}, silence {:.2}, temperature {})",
            segment.start,
            segment.end,
            segment.text,
            segment.avg_log_prob,
            segment.no_speech_prob,
            segment.temperature
        ),
        TranscribeEvent::Progress { seconds } => eprintln!("{seconds:.2} s"),
    }
}

fn samples(file: &str) -> Result<Vec<f32>, Box<dyn Error>> {
    let mut reader = hound::WavReader::open(file)?;
    let form = reader.spec();
    if (form.channels, form.sample_rate) != (1, 16_000) {
        return Err(format!("{} channels at {} Hz", form.channels, form.sample_rate).into());
    }
    Ok(match form.sample_format {
        hound::SampleFormat::Float => reader.samples::<f32>().collect::<Result<_, _>>()?,
        hound::SampleFormat::Int => {
            let scale = 1.0 / (1_u64 << (form.bits_per_sample - 1)) as f32;
            reader
                .samples::<i32>()
                .map(|sample| Ok(sample? as f32 * scale))
                .collect::<Result<_, hound::Error>>()?
        }
    })
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

/// The most memory this process ever had; only Linux says.
fn peak_resident_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(kibibytes.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()? * 1024)
}
