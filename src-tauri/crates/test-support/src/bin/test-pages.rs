//! The generated pages as files, to look at or to measure a recogniser with: `test-pages OUT`; with
//! `--score FOUND`, how well a recogniser read them.

use clap::Parser;
use serde::{Deserialize, Serialize};
use std::{collections::HashMap, error::Error, fs, path::PathBuf};
use test_support::pages::{self, Comparison, PageLanguage, TextErrors};

/// Writes every page as PNG and their texts as truth.json, or scores what was read in them.
#[derive(Parser)]
struct Arguments {
    /// The folder of the pages.
    folder: PathBuf,
    /// Scores this file instead of writing pages: a JSON object from a page's name to the lines found in it.
    /// Prints JSON: the character error rates of each page and of all together.
    #[arg(long)]
    score: Option<PathBuf>,
}

/// One page in truth.json.
#[derive(Serialize, Deserialize)]
struct Truth {
    name: String,
    file: String,
    language: PageLanguage,
    text: Vec<String>,
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments = Arguments::parse();
    let truth = arguments.folder.join("truth.json");
    let Some(found) = arguments.score else {
        fs::create_dir_all(&arguments.folder)?;
        let mut truths = Vec::new();
        for page in pages::all()? {
            let file = format!("{}.png", page.name);
            fs::write(arguments.folder.join(&file), page.png()?)?;
            truths.push(Truth { name: page.name.into(), file, language: page.language, text: page.text });
        }
        fs::write(&truth, serde_json::to_vec_pretty(&truths)?)?;
        println!("{} pages in {}", truths.len(), arguments.folder.display());
        return Ok(());
    };
    let truths: Vec<Truth> = serde_json::from_slice(&fs::read(truth)?)?;
    let found: HashMap<String, Vec<String>> = serde_json::from_slice(&fs::read(found)?)?;
    let scores: Vec<(&str, Comparison)> = truths
        .iter()
        .map(|page| {
            // A page that is not in the file was not read: all of its text is missing.
            let lines = found.get(&page.name).map_or(&[][..], Vec::as_slice);
            (page.name.as_str(), pages::compare(&page.text, lines))
        })
        .collect();
    let rates = |of: &dyn Fn(&Comparison) -> TextErrors| {
        scores.iter().map(|(_, comparison)| of(comparison)).sum::<TextErrors>().rate()
    };
    let of_pages: Vec<_> = scores
        .iter()
        .map(|(name, comparison)| {
            serde_json::json!({
                "name": name,
                "in_order": comparison.in_order.rate(),
                "without_spaces": comparison.without_spaces.rate(),
                "any_order": comparison.any_order.rate(),
            })
        })
        .collect();
    let report = serde_json::json!({
        "in_order": rates(&|comparison| comparison.in_order),
        "without_spaces": rates(&|comparison| comparison.without_spaces),
        "any_order": rates(&|comparison| comparison.any_order),
        "pages": of_pages,
    });
    println!("{report}");
    Ok(())
}
