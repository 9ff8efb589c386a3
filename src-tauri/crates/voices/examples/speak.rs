//! Speaks a text with the neural voice into a WAV file and says how long each step took:
//! `cargo run -p voices --example speak -- FOLDER VOICE THREADS TEXT OUTPUT.wav`.

use std::{error::Error, ops::ControlFlow, path::PathBuf, time::Instant};
use voices::{NEURAL_RATE, NeuralFiles, NeuralVoice, SpokenLanguage};

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [folder, voice, threads, text, output] = arguments.as_slice() else {
        return Err("speak FOLDER VOICE THREADS TEXT OUTPUT.wav".into());
    };
    let folder = PathBuf::from(folder);
    let files = NeuralFiles {
        model: folder.join("kokoro-82m-v1.0-int8.onnx"),
        styles: vec![(voice.clone(), folder.join(format!("kokoro-{voice}.bin")))],
    };
    let start = Instant::now();
    let mut speaker = NeuralVoice::load(&files)?.with_threads(threads.parse()?);
    println!("network loaded in {:.2} s", start.elapsed().as_secs_f32());
    let start = Instant::now();
    speaker.warm_up(voice, SpokenLanguage::of(text));
    println!("dictionaries loaded in {:.2} s", start.elapsed().as_secs_f32());
    let specification = hound::WavSpec {
        channels: 1,
        sample_rate: NEURAL_RATE,
        bits_per_sample: 32,
        sample_format: hound::SampleFormat::Float,
    };
    // The first time takes the memory it needs.
    for _ in 0..2 {
        let start = Instant::now();
        let mut sound = Vec::new();
        speaker.speak_pieces(text, voice, 1.0, &mut |piece| {
            let (seconds, spoken) = (start.elapsed().as_secs_f32(), piece.len() as f32 / NEURAL_RATE as f32);
            println!("after {seconds:.2} s a piece of {spoken:.2} s");
            sound.extend(piece);
            ControlFlow::Continue(())
        })?;
        let mut file = hound::WavWriter::create(output, specification)?;
        for sample in sound {
            file.write_sample(sample)?;
        }
        file.finalize()?;
    }
    Ok(())
}
