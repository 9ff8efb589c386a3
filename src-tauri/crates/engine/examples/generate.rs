//! Asks a model file a question and says how fast it was:
//! `cargo run --release -p engine --example generate -- MODEL.gguf "question"`.

use engine::{
    ChatMessage, EngineError, GenerateOptions, GenerationEvent, LanguageModel, LoadOptions, Role, Sampling,
};
use std::{io::Write, path::Path, time::Instant};

fn main() -> Result<(), EngineError> {
    let mut arguments = std::env::args().skip(1);
    let (Some(file), Some(question)) = (arguments.next(), arguments.next()) else {
        eprintln!("usage: generate MODEL.gguf \"question\"");
        std::process::exit(2);
    };
    let begun = Instant::now();
    let options = LoadOptions { context_tokens: 4096 };
    let mut model = LanguageModel::load(Path::new(&file), &options, &mut |_| {}, &|| false)?;
    eprintln!("loaded in {:.1} s", begun.elapsed().as_secs_f32());

    let prompt = model.prompt(&[
        ChatMessage { role: Role::System, content: "You are a helpful assistant.".into() },
        ChatMessage { role: Role::User, content: question },
    ])?;
    let begun = Instant::now();
    let mut first = None;
    let options = GenerateOptions { sampling: Sampling::greedy(), max_tokens: 256 };
    let outcome = model.generate(&prompt, &options, &|| false, &mut |event| {
        if let GenerationEvent::Text(text) = event {
            first.get_or_insert_with(Instant::now);
            print!("{text}");
            // A closed pipe is no reason to fail: the numbers below still count.
            let _ = std::io::stdout().flush();
        }
    })?;
    println!();
    let first = first.unwrap_or_else(Instant::now);
    eprintln!(
        "prompt: {} tokens, {:.1} a second; answer: {} tokens, {:.1} a second",
        outcome.prompt_tokens,
        outcome.prompt_tokens as f32 / (first - begun).as_secs_f32(),
        outcome.answer_tokens,
        outcome.answer_tokens.saturating_sub(1) as f32 / first.elapsed().as_secs_f32(),
    );
    Ok(())
}
