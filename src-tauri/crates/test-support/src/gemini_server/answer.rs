//! What the server says by itself: a report, in Markdown, of what it received. In Chinese to a Chinese question.

use super::request::{InlineFile, NamedFile, Picture, Question};
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

fn is_chinese(text: &str) -> bool {
    text.chars().any(|character| ('\u{4E00}'..='\u{9FFF}').contains(&character))
}

fn english(question: &Question) -> String {
    let mut text = format!("You asked: **{}**\n\n", in_one_line(&question.text));
    for (index, Picture { mime, width, height, bytes }) in question.pictures.iter().enumerate() {
        let _ = writeln!(text, "- Picture {}: {width} × {height} pixels, `{mime}`, {bytes} bytes", index + 1);
    }
    for (index, InlineFile { mime, bytes }) in question.inline_files.iter().enumerate() {
        let _ = writeln!(text, "- File {}: `{mime}`, {bytes} bytes", index + 1);
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
    text
}

fn chinese(question: &Question) -> String {
    let mut text = format!("您的问题是：**{}**\n\n", in_one_line(&question.text));
    for (index, Picture { mime, width, height, bytes }) in question.pictures.iter().enumerate() {
        let _ = writeln!(text, "- 图片 {}：{width} × {height} 像素，`{mime}`，{bytes} 字节", index + 1);
    }
    for (index, InlineFile { mime, bytes }) in question.inline_files.iter().enumerate() {
        let _ = writeln!(text, "- 文件 {}：`{mime}`，{bytes} 字节", index + 1);
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
    text
}

/// Ends with the number of bytes.
fn described(NamedFile { name, mime, bytes, asked }: &NamedFile) -> String {
    let mut words = vec![format!("`{name}`"), format!("`{mime}`")];
    words.extend(asked.iter().cloned());
    words.push(bytes.to_string());
    words.join(", ")
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
