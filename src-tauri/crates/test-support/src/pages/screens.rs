//! What a screen shows: Castor's own window in the dark, a terminal.

use super::{
    Face, Faces, PageError, Sheet,
    sheet::{At, Style},
};
use image::Rgb;

// The dark theme of `ui/src/tokens.css`.
const PAGE: Rgb<u8> = Rgb([0x19, 0x18, 0x17]);
const SIDE: Rgb<u8> = Rgb([0x14, 0x13, 0x12]);
const CARD: Rgb<u8> = Rgb([0x23, 0x21, 0x20]);
const LINE: Rgb<u8> = Rgb([0x33, 0x30, 0x2d]);
const BUBBLE: Rgb<u8> = Rgb([0x2a, 0x28, 0x26]);
const INK: Rgb<u8> = Rgb([0xec, 0xe8, 0xe1]);
const DIM: Rgb<u8> = Rgb([0xa5, 0x9f, 0x94]);

/// What a chat shows.
struct Chat<'a> {
    conversations: &'a [&'a str],
    question: &'a [&'a str],
    receipt: &'a str,
    answer: &'a [&'a str],
    placeholder: &'a str,
}

fn chat<'a>(faces: &'a Faces, chat: &Chat<'_>) -> Result<Sheet<'a>, PageError> {
    let mut sheet = Sheet::new(faces, 1180, 700, PAGE);
    let text = Style { face: Face::Screen, han: Face::HanSans, size: 16.0, ink: INK };
    let dim = Style { size: 13.0, ink: DIM, ..text };
    sheet.fill(0, 0, 260, 700, SIDE);
    sheet.fill(260, 0, 1, 700, LINE);
    sheet.line(
        At::Left(24.0),
        44.0,
        "Castor",
        Style { face: Face::ScreenBold, han: Face::HanSansBold, size: 18.0, ..text },
    )?;
    sheet.lines(At::Left(24.0), 100.0, 40.0, chat.conversations, Style { size: 14.0, ..text })?;

    let height = 28 * chat.question.len() as u32 + 24;
    sheet.fill(640, 50, 490, height, BUBBLE);
    let y = sheet.lines(At::Left(660.0), 82.0, 28.0, chat.question, text)?;
    sheet.line(At::Left(660.0), y + 12.0, chat.receipt, dim)?;
    sheet.lines(At::Left(310.0), y + 70.0, 30.0, chat.answer, text)?;

    sheet.fill(310, 610, 820, 60, CARD);
    sheet.line(At::Left(330.0), 646.0, chat.placeholder, Style { size: 15.0, ..dim })?;
    Ok(sheet)
}

pub(super) fn chat_dark_en(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    chat(
        faces,
        &Chat {
            conversations: &["Train to Edinburgh", "Lease questions", "Bread recipe", "Birthday speech"],
            question: &["How much did we spend on food in", "August, and what was the largest item?"],
            receipt: "read notes, not the picture",
            answer: &[
                "You spent 412.60 on food in August.",
                "The largest item was the dinner on 23 August, 96.40.",
                "Groceries came to 248.15, lunches at work to 68.05.",
                "Compared with July that is 7% less.",
                "The third receipt is cut off at its lower edge, so its",
                "last two lines are missing from this sum.",
            ],
            placeholder: "Ask, or drop a picture here",
        },
    )
}

pub(super) fn chat_dark_zh(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    chat(
        faces,
        &Chat {
            conversations: &["去西安的火车", "租房合同问题", "红烧肉的做法", "生日祝词"],
            question: &["这张发票上的总金额是多少？", "可以报销吗？"],
            receipt: "读的是笔记，不是图片",
            answer: &[
                "发票总金额是三千八百六十元，其中税额为218.49元。",
                "开票日期是2025年8月19日，购买方名称与公司一致。",
                "根据你之前给我的规定，住宿费每天不超过五百元，",
                "这张发票有七天的住宿，没有超出标准，可以报销。",
                "请记得在本月底之前把原件交给财务部。",
            ],
            placeholder: "输入问题，或者把图片拖到这里",
        },
    )
}

pub(super) fn terminal_en(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 800, 400, Rgb([12, 16, 24]));
    let text = Style { face: Face::ScreenMono, han: Face::HanSans, size: 16.0, ink: Rgb([196, 206, 214]) };
    let y = sheet.lines(
        At::Left(24.0),
        44.0,
        26.0,
        &["$ cargo build --release", "   Compiling harbor v0.4.2 (/home/mia/harbor)"],
        text,
    )?;
    let y = sheet.lines(
        At::Left(24.0),
        y,
        26.0,
        &["error[E0308]: mismatched types"],
        Style { ink: Rgb([255, 110, 103]), ..text },
    )?;
    sheet.lines(
        At::Left(24.0),
        y,
        26.0,
        &[
            "  --> src/tide.rs:118:24",
            "    expected `u32`, found `Option<u32>`",
            "help: consider using `unwrap_or_default()`",
            "warning: unused variable: `depth_m`",
            "error: could not compile `harbor` due to 1 error",
            "$ git status --short",
            " M src/tide.rs",
            "?? notes/2025-10-04.txt",
        ],
        text,
    )?;
    Ok(sheet)
}
