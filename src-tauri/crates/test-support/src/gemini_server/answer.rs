//! What the server says by itself: a report, in Markdown, of what it received. In Chinese to a Chinese question.

use super::request::{InlineFile, Manner, NamedFile, Picture, Question};
use std::fmt::Write;

/// Asked for these words, it shows every kind of Markdown.
const SHOW_MARKDOWN: &str = "show markdown";

/// The answer to a question.
pub(super) fn compose(question: &Question) -> String {
    let mut text = if is_chinese(&question.text) { chinese(question) } else { english(question) };
    if question.text.to_lowercase().contains(SHOW_MARKDOWN) {
        text.push_str(MARKDOWN);
    }
    text
}

pub(super) fn is_chinese(text: &str) -> bool {
    text.chars().any(|character| ('\u{4E00}'..='\u{9FFF}').contains(&character))
}

fn english(question: &Question) -> String {
    let mut text = format!("You asked: **{}**\n\n", in_one_line(&question.text));
    for (index, Picture { mime, width, height, bytes, asked }) in question.pictures.iter().enumerate() {
        let what = [format!("{width} × {height} pixels"), format!("`{mime}`")];
        let _ = writeln!(text, "- Picture {}: {} bytes", index + 1, words(what, asked, *bytes as u64));
    }
    for (index, InlineFile { mime, bytes, asked }) in question.inline_files.iter().enumerate() {
        let _ = writeln!(
            text,
            "- File {}: {} bytes",
            index + 1,
            words([format!("`{mime}`")], asked, *bytes as u64)
        );
    }
    for (index, file) in question.files.iter().enumerate() {
        let _ = writeln!(text, "- Uploaded file {}: {} bytes", index + 1, described(file));
    }
    if question.pictures.is_empty() && question.inline_files.is_empty() && question.files.is_empty() {
        text.push_str("- No picture came with it.\n");
    }
    let _ = writeln!(text, "- Earlier messages: {}", question.earlier);
    if question.earlier_pictures > 0 {
        let _ = writeln!(text, "- Pictures among them: {}", question.earlier_pictures);
    }
    let Manner { tools, thinking, safety, .. } = &question.manner;
    if !tools.is_empty() {
        let _ = writeln!(text, "- Tools: {}", tools.join(", "));
    }
    if let Some(level) = thinking {
        let _ = writeln!(text, "- Thinking: {level}");
    }
    if !safety.is_empty() {
        let _ = writeln!(text, "- Withheld: {}", safety.join(", "));
    }
    text
}

fn chinese(question: &Question) -> String {
    let mut text = format!("您的问题是：**{}**\n\n", in_one_line(&question.text));
    for (index, Picture { mime, width, height, bytes, asked }) in question.pictures.iter().enumerate() {
        let what = [format!("{width} × {height} 像素"), format!("`{mime}`")];
        let _ = writeln!(text, "- 图片 {}：{} 字节", index + 1, words(what, asked, *bytes as u64));
    }
    for (index, InlineFile { mime, bytes, asked }) in question.inline_files.iter().enumerate() {
        let what = [format!("`{mime}`")];
        let _ = writeln!(text, "- 文件 {}：{} 字节", index + 1, words(what, asked, *bytes as u64));
    }
    for (index, file) in question.files.iter().enumerate() {
        let _ = writeln!(text, "- 上传的文件 {}：{} 字节", index + 1, described(file));
    }
    if question.pictures.is_empty() && question.inline_files.is_empty() && question.files.is_empty() {
        text.push_str("- 没有附带图片。\n");
    }
    let _ = writeln!(text, "- 之前的消息：{} 条", question.earlier);
    if question.earlier_pictures > 0 {
        let _ = writeln!(text, "- 其中的图片：{} 张", question.earlier_pictures);
    }
    let Manner { tools, thinking, safety, .. } = &question.manner;
    if !tools.is_empty() {
        let _ = writeln!(text, "- 工具：{}", tools.join("、"));
    }
    if let Some(level) = thinking {
        let _ = writeln!(text, "- 思考：{level}");
    }
    if !safety.is_empty() {
        let _ = writeln!(text, "- 屏蔽：{}", safety.join("、"));
    }
    text
}

fn described(NamedFile { name, mime, bytes, asked }: &NamedFile) -> String {
    words([format!("`{name}`"), format!("`{mime}`")], asked, *bytes)
}

/// What a file is, what was asked of it, and last the number of its bytes.
fn words(what: impl IntoIterator<Item = String>, asked: &[String], bytes: u64) -> String {
    let all = what.into_iter().chain(asked.iter().cloned()).chain([bytes.to_string()]);
    all.collect::<Vec<_>>().join(", ")
}

fn in_one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

const MARKDOWN: &str = r#"
## A table

| Star | Constellation | Magnitude |
|---|---|---:|
| Castor | Gemini | 1.58 |
| Pollux | Gemini | 1.14 |

## Code

```rust
fn main() {
    println!("Hello, <world> & all");
}
```

## Maths

Inline $e^{i\pi} + 1 = 0$, and as a block:

$$\int_0^1 x^2 \, dx = \frac{1}{3}$$

## And the rest

> A quotation with *emphasis*, `code` and a [link](https://example.com/).

1. One
2. Two
   - nested
"#;
