//! What an answer holds that no script describes: of everything the question allows, something that can be seen.

use super::reply::{CodeRun, DrawnPicture, Grounded, GroundedPage, GroundedPassage, ReadLink, Streamed};
use super::request::Question;
use super::{answer, schema};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use image::{ImageFormat, Rgb, RgbImage};
use std::io::Cursor;

/// An address with this in it cannot be read.
const UNREADABLE: &str = "unreadable";

/// The answer with everything it holds. What a script says in words stays as it is.
pub(super) fn completed(question: &Question, streamed: &Streamed) -> Streamed {
    if streamed.text.is_some() {
        return streamed.clone();
    }
    let mut answer = Streamed { text: Some(answer::compose(question)), ..streamed.clone() };
    let manner = &question.manner;
    let chinese = answer::is_chinese(&question.text);
    if manner.thoughts && answer.thoughts.is_empty() {
        let thought = if chinese {
            "**读题**\n\n先看收到了什么。"
        } else {
            "**Reading the question**\n\nFirst, what arrived."
        };
        answer.thoughts.push(thought.into());
    }
    if manner.has("codeExecution") && answer.code.is_empty() {
        answer.code.push(CodeRun {
            code: "print(sum(range(1, 11)))\n".into(),
            outcome: "OUTCOME_OK".into(),
            output: "55\n".into(),
        });
    }
    if manner.has("urlContext") && answer.links.is_empty() {
        answer.links = addresses(&question.text).map(link).collect();
    }
    if manner.draws && answer.pictures.is_empty() {
        answer.pictures.extend(picture());
    }
    if let Some(schema) = &manner.schema {
        answer.text = Some(format!("{:#}", schema::example(schema)));
    } else if manner.has("googleSearch") && answer.grounding.is_none() {
        let fact = if chinese {
            "北河二是双子座第二亮的恒星 🌟。"
        } else {
            "Castor is the second-brightest star in Gemini 🌟."
        };
        answer.text = answer.text.map(|text| format!("{text}\n{fact}\n"));
        answer.grounding = Some(grounding(fact));
    }
    answer
}

fn grounding(fact: &str) -> Grounded {
    let page = |uri: &str, title: &str| GroundedPage { uri: uri.into(), title: title.into() };
    Grounded {
        queries: vec!["Castor star".into()],
        pages: vec![
            page("https://example.com/castor", "example.com"),
            page("https://example.org/gemini", "example.org"),
        ],
        passages: vec![GroundedPassage { text: fact.into(), pages: vec![0, 1] }],
        suggestions: Some(
            "<style>.chip { color: #1f1f1f }</style><div class=\"container\"><a class=\"chip\" \
             href=\"https://www.google.com/search?q=Castor+star\">Castor star</a></div>"
                .into(),
        ),
    }
}

fn addresses(text: &str) -> impl Iterator<Item = &str> {
    let words = text.split_whitespace().map(|word| word.trim_end_matches(['.', ',', '?', '!', ')']));
    words.filter(|word| word.starts_with("https://") || word.starts_with("http://"))
}

fn link(uri: &str) -> ReadLink {
    let status =
        if uri.contains(UNREADABLE) { "URL_RETRIEVAL_STATUS_ERROR" } else { "URL_RETRIEVAL_STATUS_SUCCESS" };
    ReadLink { uri: uri.into(), status: status.into() }
}

/// Two stars on a night sky.
fn picture() -> Option<DrawnPicture> {
    let sky = RgbImage::from_fn(96, 64, |x, y| {
        let star = [(32, 20), (60, 36)].iter().any(|(a, b)| x.abs_diff(*a) + y.abs_diff(*b) < 4);
        if star { Rgb([255, 244, 214]) } else { Rgb([12, 18, 48]) }
    });
    let mut png = Cursor::new(Vec::new());
    sky.write_to(&mut png, ImageFormat::Png).ok()?;
    Some(DrawnPicture { mime: "image/png".into(), data: STANDARD.encode(png.into_inner()) })
}
