//! Signs: few words, large, on a strong ground.

use super::{
    Face, Faces, PageError, Sheet,
    sheet::{At, Style},
};
use image::Rgb;

const WHITE: Rgb<u8> = Rgb([255; 3]);

pub(super) fn sign_en(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 900, 560, Rgb([178, 190, 202]));
    sheet.fill(70, 60, 760, 440, Rgb([0, 92, 58]));
    let words = Style { face: Face::SansBold, han: Face::HanSansBold, size: 110.0, ink: WHITE };
    sheet.line(At::Middle(450.0), 200.0, "EXIT 27", words)?;
    sheet.line(At::Middle(450.0), 330.0, "Airport", words)?;
    sheet.line(At::Middle(450.0), 430.0, "Keep left for 2 miles", Style { size: 60.0, ..words })?;
    Ok(sheet)
}

pub(super) fn sign_zh(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 860, 520, Rgb([202, 196, 184]));
    sheet.fill(60, 60, 740, 400, Rgb([250, 204, 30]));
    let words = Style { face: Face::HanSansBold, han: Face::HanSansBold, size: 120.0, ink: Rgb([20; 3]) };
    sheet.line(At::Middle(430.0), 210.0, "小心地滑", words)?;
    sheet.line(At::Middle(430.0), 320.0, "请走右侧通道", Style { size: 72.0, ..words })?;
    sheet.line(
        At::Middle(430.0),
        410.0,
        "电梯维修至9月30日",
        Style { face: Face::HanSans, size: 54.0, ..words },
    )?;
    Ok(sheet)
}
