//! Answers as models write them, and the same answers cut anywhere.

use super::*;
use proptest::prelude::*;

fn remarks() -> Remarks {
    Remarks { code: "Some code.".into(), table: "A table.".into(), formula: "A formula.".into() }
}

/// What is said of an answer that comes in these pieces.
fn said<'a>(pieces: impl IntoIterator<Item = &'a str>) -> Vec<Sentence> {
    let mut speakable = Speakable::with_remarks(remarks());
    let mut said: Vec<Sentence> = pieces.into_iter().flat_map(|piece| speakable.push(piece)).collect();
    said.extend(speakable.finish());
    said
}

#[track_caller]
fn is_said(markdown: &str, wanted: &[&str]) {
    let found: Vec<String> = said([markdown]).into_iter().map(|sentence| sentence.text).collect();
    assert_eq!(found, wanted);
}

const RUST: &str = "Great question! 🎉 **Rust** is a *systems* language, e.g. for browsers.\n\n## Why it is fast\n\n\
1. **No garbage collector.** Memory is freed when its owner goes away.\n2. It compiles to machine code\n\
   with [LLVM](https://llvm.org/docs/LangRef.html#abc), see `main.rs`.\n\n```rust\nfn main() {\n    println!(\"Hi. There.\");\n}\n```\n\n\
| Language | Year |\n|---|---:|\n| Rust | 2015 |\n| C | 1972 |\n\nVersion 1.0 came in 2015.[^1] Visit https://www.rust-lang.org/learn?x=1.\n\n\
[^1]: On May 15.\n";

const CHINESE: &str = "好的！下面是**三个**要点：\n\n- 第一，水在100.5摄氏度沸腾；\n- 第二，“多喝水。”医生说。\n- 使用 `cargo build` 编译\n\n\
> 引用的话。\n\n```python\nprint('你好。')\n```\n\n质能方程：\n\n$$\nE = mc^2\n$$\n\n其中 $c$ 是光速……详见[维基百科](https://zh.wikipedia.org/wiki/光速)。😀\n";

const RECIPE: &str = "# Pancakes\n\nYou need:\n\n* 2.5 cups of flour (approx. 300 g)\n* [ ] Milk\n* [x] Eggs\n  * from Dr. Green's farm\n\n---\n\n\
Mix it. \"Is it smooth?\" she asked. Don't over-mix… Then fry!\n<br>\nServe <b>hot</b>.  \nEnjoy your meal\n";

const MATHS: &str = "The area is $A = \\pi r$. It costs $5. And then $6 more, or US$7.50. The root \\(x\\) solves\n\\[\nx^2 = 2\n\\]\nwhich is not rational. \
Also $$\\int_0^1 x\\,dx$$ is one half. We get $\\frac{1}{2}$ of it. Water is $H_2O$.";

const ANSWERS: &[&str] = &[RUST, CHINESE, RECIPE, MATHS];

#[test]
fn an_answer_in_english() {
    is_said(
        RUST,
        &[
            "Great question!",
            "Rust is a systems language, e.g. for browsers.",
            "Why it is fast",
            "No garbage collector.",
            "Memory is freed when its owner goes away.",
            "It compiles to machine code with LLVM, see main.rs.",
            "Some code.",
            "A table.",
            "Version 1.0 came in 2015.",
            "Visit rust-lang.org.",
            "On May 15.",
        ],
    );
}

#[test]
fn an_answer_in_chinese() {
    is_said(
        CHINESE,
        &[
            "好的！",
            "下面是三个要点：",
            "第一，水在100.5摄氏度沸腾；",
            "第二，“多喝水。”",
            "医生说。",
            "使用 cargo build 编译",
            "引用的话。",
            "Some code.",
            "质能方程：",
            "A formula.",
            "其中 c 是光速……",
            "详见维基百科。",
        ],
    );
    let languages: Vec<SpokenLanguage> = said([CHINESE]).iter().map(|sentence| sentence.language).collect();
    assert_eq!(languages[..3], [SpokenLanguage::Chinese; 3]);
    assert_eq!(languages[7], SpokenLanguage::English);
}

#[test]
fn lists_tasks_quotes_and_breaks() {
    is_said(
        RECIPE,
        &[
            "Pancakes",
            "You need:",
            "2.5 cups of flour (approx. 300 g)",
            "Milk",
            "Eggs",
            "from Dr. Green's farm",
            "Mix it.",
            "\"Is it smooth?\" she asked.",
            "Don't over-mix…",
            "Then fry!",
            "Serve hot.",
            "Enjoy your meal",
        ],
    );
}

#[test]
fn formulas_and_money() {
    is_said(
        MATHS,
        &[
            "The area is A = pi r.",
            "It costs $5.",
            "And then $6 more, or US$7.50.",
            "The root x solves",
            "A formula.",
            "which is not rational.",
            "Also",
            "A formula.",
            "is one half.",
            "We get of it.",
            "Water is H2O.",
        ],
    );
}

#[test]
fn marks_are_left_out_and_words_kept() {
    is_said(
        "***Very* important:** use ~~old~~ `new_name()`. Not `x = y[i];` here.",
        &["Very important: use old new name.", "Not here."],
    );
    is_said(
        "2 * 3 = 6 and snake_case stays. **“引用”**的话。",
        &["2 * 3 = 6 and snake_case stays.", "“引用”的话。"],
    );
    is_said("*One sentence. Another one.* Done.", &["One sentence.", "Another one.", "Done."]);
    is_said(
        "See ![A cat. Asleep](cat.png) and [the *docs*][ref].\n\n[ref]: https://docs.rs\n",
        &["See A cat.", "Asleep and the docs."],
    );
    is_said(
        "Mail <https://www.example.org/a?b=c>, or http://a.cn:80/x。好",
        &["Mail example.org, or a.cn。", "好"],
    );
    is_said("Vec is `Vec<T>`; .NET &amp; C++ are fine.", &["Vec is; .NET & C++ are fine."]);
    is_said(
        "<!-- hidden. Really -->Shown.<p>Next</p> Press <kbd>Enter</kbd>",
        &["Shown.", "Next", "Press Enter"],
    );
    is_said(
        "See (www.example.org/contact.html). Is A < B. Is it?",
        &["See (example.org).", "Is A < B.", "Is it?"],
    );
    is_said("👍\n\n---\n\n✅ Done", &["Done"]);
}

#[test]
fn blocks_that_are_not_closed() {
    is_said("Look:\n\n```sh\nrm -rf. Really", &["Look:", "Some code."]);
    is_said(
        "Look:\n\n    let a = 1;\n\n    let b = 2;\n\nThat is it.",
        &["Look:", "Some code.", "That is it."],
    );
    is_said(
        "An open `code and [link here. And more.\n\nNext.",
        &["An open `code and [link here.", "And more.", "Next."],
    );
    is_said("Name | Age\n--- | ---\nAnn | 30\nThat was it.", &["A table.", "That was it."]);
    is_said(
        "|x| is the absolute value. It is positive.\nAlways.",
        &["|x| is the absolute value.", "It is positive.", "Always."],
    );
    is_said("$$\na = b\n\nWords.", &["A formula.", "Words."]);
    is_said("Title\n=====\nText - with\n- an item", &["Title", "Text - with", "an item"]);
    is_said(
        "It was in\n1984. Then it ended.\n\n-5 degrees. #tag",
        &["It was in 1984.", "Then it ended.", "-5 degrees.", "#tag"],
    );
}

#[test]
fn without_remarks_nothing_is_said_of_code() {
    let mut speakable = Speakable::new();
    assert_eq!(speakable.push("```\ncode\n```\n| a | b |\n|---|---|\n| 1 | 2 |\n\n$$x$$\n"), []);
    assert_eq!(speakable.finish(), []);
    assert_eq!(
        speakable.push("Again. Then"),
        [Sentence { text: "Again.".into(), language: SpokenLanguage::English }]
    );
}

#[test]
fn the_first_sentence_does_not_wait_for_its_paragraph() {
    let first_after = |answer: &str| {
        let mut speakable = Speakable::new();
        let first = answer.char_indices().find(|(at, letter)| {
            let said = speakable.push(&answer[*at..at + letter.len_utf8()]);
            !said.is_empty()
        });
        answer[..first.unwrap().0].chars().count()
    };
    // The next letter tells that the sentence is over.
    assert_eq!(first_after("Paris is the capital. It is big."), "Paris is the capital. ".len());
    assert_eq!(
        first_after("**Paris** is the [capital](https://x.fr). *It* is"),
        "**Paris** is the [capital](https://x.fr). *".len()
    );
    assert_eq!(first_after("巴黎是首都。它很大。"), 6);
    // A sentence without end is begun before it ends.
    let long = "a clause that goes on, ".repeat(30);
    assert!(first_after(&long) <= 201);
}

#[test]
fn long_sentences_are_cut_at_clauses() {
    let long = format!("{}and that is all.", "a clause of a few words, ".repeat(20));
    for answer in [long.clone(), format!("**{long}**"), format!("[{long}](https://x.org)")] {
        let found = said([answer.as_str()]);
        assert!(found.len() >= 3, "{found:?}");
        let (last, others) = found.split_last().unwrap();
        assert!(
            others.iter().all(|part| part.text.ends_with(',') && part.text.chars().count() <= 200),
            "{found:?}"
        );
        assert!(last.text.ends_with("that is all."));
    }
    let found = said([format!("{}就这样。", "这是一个很长的分句，".repeat(20)).as_str()]);
    assert!(found.len() >= 3 && found.iter().all(|part| part.text.chars().count() <= 80), "{found:?}");
}

/// Pieces of Markdown in any order make text that is hard to tell.
fn scraps() -> impl Strategy<Value = String> {
    let scraps = [
        "word ",
        "Word",
        ". ",
        "! ",
        "? ",
        "。",
        "？",
        "……",
        "，",
        ", ",
        "\n",
        "\n\n",
        "- ",
        "1. ",
        "2) ",
        "# ",
        "> ",
        "`",
        "``",
        "```\n",
        "*",
        "**",
        "_",
        "~~",
        "[",
        "](",
        ")",
        "]",
        "[^1]",
        "$",
        "$$",
        "\\[",
        "\\]",
        "\\(",
        "\\)",
        "|",
        "|---|---|\n",
        "<b>",
        "<br>",
        "</",
        "<!--",
        "-->",
        "https://a.org/b.",
        "U.S. ",
        "e.g. ",
        "3.5",
        "中文",
        "😀",
        "    ",
        "---",
        "===",
        "\\",
        "…",
        "\"",
        "”",
        "  \n",
        "[a]: b",
    ];
    prop::collection::vec(prop::sample::select(scraps.to_vec()), 0..40).prop_map(|scraps| scraps.concat())
}

/// `text` cut at these places.
fn cut<'a>(text: &'a str, places: &[prop::sample::Index]) -> Vec<&'a str> {
    let ends: Vec<usize> = text.char_indices().map(|(at, _)| at).chain([text.len()]).collect();
    let mut places: Vec<usize> = places.iter().map(|place| ends[place.index(ends.len())]).collect();
    places.extend([0, text.len()]);
    places.sort_unstable();
    places.windows(2).map(|pair| &text[pair[0]..pair[1]]).collect()
}

proptest! {
    #[test]
    fn cut_anywhere_the_same_is_said(text in scraps(), places in prop::collection::vec(any::<prop::sample::Index>(), 0..12)) {
        prop_assert_eq!(said(cut(&text, &places)), said([text.as_str()]));
    }

    #[test]
    fn answers_cut_anywhere_are_the_same(
        which in prop::sample::select(ANSWERS.to_vec()),
        places in prop::collection::vec(any::<prop::sample::Index>(), 0..40),
    ) {
        prop_assert_eq!(said(cut(which, &places)), said([which]));
    }

    #[test]
    fn no_word_is_lost(words in prop::collection::vec("[a-zA-Z]{1,9}[.,!?;:]?|[一-龥]{1,6}[，。！？；]?|[0-9]{1,4}([.,][0-9]{1,3})?", 0..120)) {
        let text = words.join(" ");
        let letters = |text: &str| text.chars().filter(|letter| letter.is_alphanumeric()).collect::<String>();
        let spoken: String = said([text.as_str()]).iter().map(|sentence| sentence.text.clone() + " ").collect();
        prop_assert_eq!(letters(&spoken), letters(&text));
        // Numbers are in one piece.
        for number in words.iter().filter(|word| word.starts_with(|mark: char| mark.is_ascii_digit())) {
            prop_assert!(spoken.contains(number.as_str()), "{} in {}", number, spoken);
        }
    }

    #[test]
    fn anything_at_all_is_taken(text in any::<String>()) {
        for sentence in said([text.as_str()]) {
            prop_assert!(!sentence.text.trim().is_empty());
        }
    }
}

#[test]
fn single_characters_are_the_same_as_the_whole() {
    for answer in ANSWERS {
        assert_eq!(said(answer.split_inclusive(|_: char| true)), said([*answer]));
    }
}
