//! Text in rows: receipts, tables, an invoice, a business card.

use super::{
    Face, Faces, PageError, Sheet,
    sheet::{At, Style},
};
use image::Rgb;

const WHITE: Rgb<u8> = Rgb([255; 3]);
const INK: Rgb<u8> = Rgb([34, 34, 34]);

const fn style(face: Face, han: Face, size: f32) -> Style {
    Style { face, han, size, ink: INK }
}

/// Rows of a name and a price, the price ending at `right`; gives the baseline after them.
fn priced(
    sheet: &mut Sheet<'_>,
    (left, right): (f32, f32),
    mut y: f32,
    step: f32,
    rows: &[(&str, &str)],
    style: Style,
) -> Result<f32, PageError> {
    for (name, price) in rows {
        sheet.row(&[(At::Left(left), name), (At::Right(right), price)], y, style)?;
        y += step;
    }
    Ok(y)
}

/// A table of equal rows with a line below each, the first bold; columns begin at `columns`.
fn ruled(
    sheet: &mut Sheet<'_>,
    columns: &[At],
    top: f32,
    step: f32,
    rows: &[&[&str]],
    (head, body): (Style, Style),
) -> Result<(), PageError> {
    let mut y = top;
    let width = sheet.image.width() - 80;
    for (index, row) in rows.iter().enumerate() {
        let cells: Vec<(At, &str)> = columns.iter().copied().zip(row.iter().copied()).collect();
        sheet.row(&cells, y, if index == 0 { head } else { body })?;
        sheet.fill(40, (y + step * 0.36) as u32, width, 1, Rgb([170; 3]));
        y += step;
    }
    Ok(())
}

pub(super) fn receipt_en(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 460, 760, Rgb([250, 250, 247]));
    let text = style(Face::Mono, Face::HanSans, 20.0);
    let sides = (30.0, 430.0);
    sheet.line(At::Middle(230.0), 60.0, "CORNER GROCERY", Style { size: 30.0, ..text })?;
    sheet.lines(At::Middle(230.0), 96.0, 28.0, &["17 Mill Lane, Oxford", "VAT no. 204 7716 39"], text)?;
    sheet.line(At::Left(30.0), 180.0, "12/09/2025 18:42", text)?;
    let y = priced(
        &mut sheet,
        sides,
        228.0,
        32.0,
        &[
            ("Wholemeal bread", "2.35"),
            ("Butter 250 g", "3.10"),
            ("Apples 1.2 kg", "2.88"),
            ("Green tea", "4.75"),
            ("Eggs, box of 10", "3.40"),
            ("Olive oil 500 ml", "7.99"),
            ("Dish soap", "1.65"),
        ],
        text,
    )?;
    sheet.fill(30, y as u32 - 12, 400, 2, INK);
    let bold = Style { size: 24.0, ..text };
    let y = priced(&mut sheet, sides, y + 26.0, 36.0, &[("TOTAL", "26.12")], bold)?;
    let y = priced(&mut sheet, sides, y, 32.0, &[("Cash", "30.00"), ("Change", "3.88")], text)?;
    sheet.lines(
        At::Middle(230.0),
        y + 30.0,
        30.0,
        &["Served by Priya", "Thank you, come again!", "Receipt 0048-2217"],
        text,
    )?;
    Ok(sheet)
}

pub(super) fn receipt_zh(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 460, 760, Rgb([251, 250, 246]));
    let text = style(Face::HanSans, Face::HanSans, 22.0);
    let sides = (30.0, 430.0);
    sheet.line(At::Middle(230.0), 64.0, "好邻居便利店", style(Face::HanSansBold, Face::HanSansBold, 34.0))?;
    sheet.lines(
        At::Left(30.0),
        114.0,
        34.0,
        &["地址：南京市鼓楼区中山路88号", "时间：2025-09-12 19:05", "单号：20250912004731"],
        text,
    )?;
    sheet.fill(30, 200, 400, 2, INK);
    let y = priced(
        &mut sheet,
        sides,
        240.0,
        38.0,
        &[
            ("纯牛奶 2盒", "13.60"),
            ("鸡蛋 500克", "8.90"),
            ("东北大米", "32.50"),
            ("西红柿", "6.75"),
            ("茉莉花茶", "18.00"),
            ("洗衣液", "25.80"),
        ],
        text,
    )?;
    sheet.fill(30, y as u32 - 22, 400, 2, INK);
    let bold = style(Face::HanSansBold, Face::HanSansBold, 26.0);
    let y = priced(&mut sheet, sides, y + 18.0, 42.0, &[("合计", "¥105.55")], bold)?;
    let y = priced(&mut sheet, sides, y, 38.0, &[("微信支付", "105.55"), ("找零", "0.00")], text)?;
    sheet.lines(At::Middle(230.0), y + 24.0, 36.0, &["谢谢惠顾，欢迎再次光临", "收银员：刘芳"], text)?;
    Ok(sheet)
}

pub(super) fn table_en(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 820, 460, WHITE);
    sheet.line(
        At::Left(40.0),
        60.0,
        "Quarterly results by region",
        style(Face::SansBold, Face::HanSans, 28.0),
    )?;
    ruled(
        &mut sheet,
        &[At::Left(40.0), At::Right(400.0), At::Right(520.0), At::Right(640.0), At::Right(780.0)],
        120.0,
        46.0,
        &[
            &["Region", "Q1", "Q2", "Q3", "Change"],
            &["Northern Europe", "1,204", "1,318", "1,277", "-3.1%"],
            &["Southern Europe", "986", "1,041", "1,150", "+10.5%"],
            &["North America", "2,450", "2,387", "2,602", "+9.0%"],
            &["East Asia", "1,873", "2,015", "2,248", "+11.6%"],
            &["Australia", "412", "398", "431", "+8.3%"],
            &["Total", "6,925", "7,159", "7,708", "+7.7%"],
        ],
        (style(Face::SansBold, Face::HanSans, 21.0), style(Face::Sans, Face::HanSans, 21.0)),
    )?;
    Ok(sheet)
}

pub(super) fn timetable_zh(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 820, 440, WHITE);
    let head = style(Face::HanSansBold, Face::HanSansBold, 23.0);
    sheet.line(At::Middle(410.0), 64.0, "列车时刻表", Style { size: 34.0, ..head })?;
    ruled(
        &mut sheet,
        &[At::Left(50.0), At::Left(190.0), At::Left(360.0), At::Left(520.0), At::Right(770.0)],
        130.0,
        48.0,
        &[
            &["车次", "始发站", "终点站", "发车", "二等座"],
            &["G1024", "北京南", "上海虹桥", "07:15", "553元"],
            &["G6802", "天津西", "石家庄", "08:40", "87元"],
            &["D2288", "广州南", "厦门北", "10:26", "206元"],
            &["K1073", "成都东", "昆明站", "13:58", "141元"],
            &["C7019", "杭州东", "宁波站", "16:33", "71元"],
        ],
        (head, style(Face::HanSans, Face::HanSans, 23.0)),
    )?;
    Ok(sheet)
}

pub(super) fn invoice_mixed(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 820, 620, WHITE);
    let text = style(Face::Sans, Face::HanSans, 21.0);
    let bold = style(Face::SansBold, Face::HanSansBold, 21.0);
    sheet.fill(0, 0, 820, 96, Rgb([28, 62, 110]));
    sheet.line(At::Left(40.0), 62.0, "发票 INVOICE", Style { size: 36.0, ink: WHITE, ..bold })?;
    sheet.lines(
        At::Left(40.0),
        142.0,
        34.0,
        &["客户 Bill to: 上海明远科技 Mingyuan Ltd", "编号 No. INV-2025-0731", "日期 Date: 2025-07-31"],
        text,
    )?;
    ruled(
        &mut sheet,
        &[At::Left(40.0), At::Right(520.0), At::Right(640.0), At::Right(780.0)],
        280.0,
        44.0,
        &[
            &["项目 Item", "数量 Qty", "单价 Price", "金额 Amount"],
            &["网页设计 Web design", "1", "8,500.00", "8,500.00"],
            &["服务器 Cloud hosting", "12", "260.00", "3,120.00"],
            &["技术支持 Support", "20", "150.00", "3,000.00"],
        ],
        (bold, text),
    )?;
    let total = Style { size: 25.0, ..bold };
    sheet.row(&[(At::Left(400.0), "合计 Total"), (At::Right(780.0), "¥14,620.00")], 500.0, total)?;
    sheet.line(At::Left(40.0), 570.0, "请于 30 天内付款 Payment due within 30 days", text)?;
    Ok(sheet)
}

pub(super) fn card_mixed(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 640, 370, Rgb([244, 239, 230]));
    let text = Style { ink: Rgb([70, 62, 54]), ..style(Face::Sans, Face::HanSans, 18.0) };
    sheet.fill(0, 0, 14, 370, Rgb([176, 58, 46]));
    sheet.line(At::Left(50.0), 80.0, "陈思远 Siyuan Chen", style(Face::SerifBold, Face::HanSerif, 36.0))?;
    sheet.line(
        At::Left(50.0),
        122.0,
        "高级建筑师 Senior Architect",
        Style { size: 21.0, ink: Rgb([176, 58, 46]), ..text },
    )?;
    sheet.lines(
        At::Left(50.0),
        210.0,
        34.0,
        &[
            "青山建筑设计事务所 Greenhill Studio",
            "深圳市南山区科苑路 15 号 8 楼",
            "+86 755 2688 4410",
            "siyuan.chen@greenhill.example",
        ],
        text,
    )?;
    Ok(sheet)
}
