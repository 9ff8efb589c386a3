//! Running text: letters, a story, a notice, columns, small print and faint print.

use super::{
    Face, Faces, PageError, Sheet,
    sheet::{At, Style},
};
use image::Rgb;

const PAPER: Rgb<u8> = Rgb([252, 251, 248]);
const INK: Rgb<u8> = Rgb([28, 28, 30]);

const fn style(face: Face, han: Face, size: f32) -> Style {
    Style { face, han, size, ink: INK }
}

pub(super) fn letter_en(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 760, 860, PAPER);
    let text = style(Face::Serif, Face::HanSerif, 22.0);
    sheet.lines(
        At::Right(700.0),
        70.0,
        30.0,
        &["48 Harbour Street", "Bristol BS1 5TY", "14 March 2025"],
        text,
    )?;
    let y = sheet.lines(
        At::Left(60.0),
        200.0,
        34.0,
        &[
            "Dear Ms Whitfield,",
            "",
            "Thank you for your order of 3 March. We are sorry to say",
            "that the oak bookcase (item 2718-B) will not leave our",
            "workshop before Friday, 28 March, because the glass for",
            "its doors arrived broken.",
            "",
            "You may wait, choose the pine bookcase at £249.50, or",
            "have the deposit of £80.00 paid back within five days.",
            "Please tell us by telephone, 0117 496 0123, or write to",
            "orders@harbour-joinery.example before 21 March.",
            "",
            "We regret the trouble this causes you.",
            "",
            "Yours sincerely,",
        ],
        text,
    )?;
    sheet.line(At::Left(60.0), y + 40.0, "Jonathan Ashdown", style(Face::SerifBold, Face::HanSerif, 22.0))?;
    Ok(sheet)
}

pub(super) fn letter_zh(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 780, 720, PAPER);
    let text = style(Face::HanSans, Face::HanSans, 26.0);
    let y = sheet.lines(
        At::Left(60.0),
        80.0,
        46.0,
        &[
            "王老师：",
            "",
            "您好！下周三（4月16日）下午两点半，我们班要去",
            "市图书馆参观，集合地点在学校东门。请每位同学",
            "带好学生证和一瓶水，不要带贵重物品。",
            "",
            "往返车费每人12元，中午在图书馆食堂吃饭，费用",
            "约25元。如果孩子身体不舒服，请提前给我打电话，",
            "号码是010-6275-1234。",
            "",
            "祝您工作顺利！",
        ],
        text,
    )?;
    sheet.lines(At::Right(720.0), y + 20.0, 44.0, &["三年级二班班主任李晓梅", "2025年4月9日"], text)?;
    Ok(sheet)
}

pub(super) fn note_mixed(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 760, 520, PAPER);
    sheet.line(
        At::Left(50.0),
        70.0,
        "项目周会纪要 Weekly Sync",
        style(Face::SansBold, Face::HanSansBold, 32.0),
    )?;
    sheet.lines(
        At::Left(50.0),
        130.0,
        42.0,
        &[
            "时间：2025年5月20日 14:00-15:30，会议室 B204",
            "1. Android 版本 3.2 已提交审核，预计周五上线。",
            "2. 服务器 CPU 占用率下降到 35%，内存仍然偏高。",
            "3. 请 David 在周四前更新 API 文档和 README。",
            "4. 新的 logo 报价 $1,200，张伟负责与设计师联系。",
            "5. Bug #4471：登录后偶尔出现 Error 502，优先修复。",
            "下次会议：5月27日，地点改为 Zoom。",
        ],
        style(Face::Sans, Face::HanSans, 25.0),
    )?;
    Ok(sheet)
}

pub(super) fn story_zh_serif(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 720, 560, Rgb([247, 241, 227]));
    let ink = Rgb([52, 40, 30]);
    let title = Style { ink, ..style(Face::HanSerif, Face::HanSerif, 34.0) };
    sheet.line(At::Middle(360.0), 70.0, "第七章 雨夜", title)?;
    sheet.lines(
        At::Left(60.0),
        140.0,
        42.0,
        &[
            "那天晚上雨下得很大，街上的灯一盏一盏地灭了。",
            "老陈把船系在柳树下，提着一只旧灯笼，慢慢走上",
            "石阶。门没有锁，屋里却一个人也没有，桌上放着",
            "半碗冷了的粥，还有一封没有写完的信。",
            "“他走了多久？”小玉在门口轻声问。",
            "老陈摇摇头，把信折好，放进怀里。远处传来一声",
            "汽笛，像是从很深的水底升起来的。",
            "天亮以前，他们必须赶到对岸。",
        ],
        Style { size: 27.0, ..title },
    )?;
    Ok(sheet)
}

pub(super) fn notice_zh_kai(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 700, 500, Rgb([255, 252, 232]));
    let text = style(Face::HanKai, Face::HanKai, 30.0);
    sheet.line(At::Middle(350.0), 80.0, "停水通知", Style { size: 48.0, ink: Rgb([168, 24, 20]), ..text })?;
    let y = sheet.lines(
        At::Left(60.0),
        150.0,
        50.0,
        &[
            "各位居民：因管道维修，本小区将于",
            "6月18日早上8点至下午5点停水，请",
            "提前储水，关好水龙头。不便之处，",
            "敬请谅解。咨询电话：88235670",
        ],
        text,
    )?;
    sheet.lines(At::Right(640.0), y + 20.0, 48.0, &["幸福花园物业管理处"], text)?;
    Ok(sheet)
}

pub(super) fn columns_en(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 860, 560, PAPER);
    sheet.line(At::Left(50.0), 70.0, "The Valley Gazette", style(Face::SerifBold, Face::HanSerif, 40.0))?;
    sheet.fill(50, 90, 760, 2, INK);
    let text = style(Face::Serif, Face::HanSerif, 20.0);
    sheet.lines(
        At::Left(50.0),
        130.0,
        30.0,
        &[
            "The old railway bridge will open",
            "to walkers on Sunday after two",
            "years of work. The council spent",
            "$1.4 million on new timber, lamps",
            "and a handrail along both sides.",
            "Mayor Ellen Brandt will cut the",
            "ribbon at 11 o'clock, and the town",
            "band plays until noon. Dogs must",
            "be kept on a lead. Parking is free",
            "behind the mill. In case of storm",
            "the opening moves to 6 October.",
            "Cyclists are asked to dismount.",
        ],
        text,
    )?;
    sheet.lines(
        At::Left(460.0),
        130.0,
        30.0,
        &[
            "Apple growers expect a late but",
            "heavy harvest this year. Cold",
            "nights in April delayed the bloom",
            "by nine days, says Tom Okafor of",
            "Hill Farm, yet a wet summer gave",
            "large fruit. Prices should stay",
            "near 85 cents a pound. The press",
            "at Miller's Yard takes apples from",
            "Monday; bring at least 60 pounds.",
            "Juice keeps for a year unopened.",
            "Volunteers for the picking days",
            "may call 555-0142 after 5 p.m.",
        ],
        text,
    )?;
    Ok(sheet)
}

pub(super) fn columns_zh(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 820, 480, PAPER);
    sheet.line(At::Middle(410.0), 70.0, "社区生活报", style(Face::HanSansBold, Face::HanSansBold, 42.0))?;
    sheet.fill(50, 92, 720, 2, INK);
    let text = style(Face::HanSerif, Face::HanSerif, 22.0);
    sheet.lines(
        At::Left(50.0),
        136.0,
        38.0,
        &[
            "新的社区食堂上周开始营业，",
            "每天供应早餐和午餐。六十五",
            "岁以上的老人可以享受八折优",
            "惠，行动不便的居民还能打电",
            "话订餐，送餐费只要两元。食",
            "堂周一休息，节假日照常开门，",
            "菜单每个星期五更换一次。",
        ],
        text,
    )?;
    sheet.lines(
        At::Left(440.0),
        136.0,
        38.0,
        &[
            "图书角本月增加了三百多本新",
            "书，其中有不少儿童读物。借",
            "书时间是每天上午九点到晚上",
            "七点，每人最多借五本，期限",
            "为三十天。志愿者报名请联系",
            "服务中心的赵阿姨，培训在本",
            "月二十二日下午举行。",
        ],
        text,
    )?;
    Ok(sheet)
}

pub(super) fn small_print_en(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 620, 330, Rgb([255; 3]));
    sheet.line(At::Left(30.0), 40.0, "Terms of the guarantee", style(Face::SansBold, Face::HanSans, 15.0))?;
    let y = sheet.lines(
        At::Left(30.0),
        68.0,
        18.0,
        &[
            "This kettle is guaranteed for 24 months from the date of purchase against faults in",
            "material and workmanship. Keep the receipt; without it no claim can be accepted.",
            "The guarantee does not cover lime scale, damage by falls, or use above 2000 m.",
            "Repairs by persons other than our service partners end the guarantee at once.",
        ],
        style(Face::Sans, Face::HanSans, 13.0),
    )?;
    let y = sheet.lines(
        At::Left(30.0),
        y + 12.0,
        17.0,
        &[
            "Rated voltage 220-240 V, 50/60 Hz, 2200 W. Capacity 1.7 l. Do not immerse in water.",
            "Manufactured for Northgate Home Ltd, Unit 9, Kelso Park, Leeds LS11 8QZ.",
        ],
        style(Face::Screen, Face::HanSans, 12.0),
    )?;
    sheet.lines(
        At::Left(30.0),
        y + 12.0,
        16.0,
        &[
            "Batch 24-0917-C. Recycle the packaging. Customer service: 0800 555 0199, weekdays from 9 to 5.",
            "Printed on paper from managed forests. Form 1183, revision 6.",
        ],
        style(Face::Sans, Face::HanSans, 11.0),
    )?;
    Ok(sheet)
}

pub(super) fn small_print_zh(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 560, 300, Rgb([255; 3]));
    let text = style(Face::HanSans, Face::HanSans, 14.0);
    sheet.line(At::Left(30.0), 40.0, "使用说明", style(Face::HanSansBold, Face::HanSansBold, 16.0))?;
    let y = sheet.lines(
        At::Left(30.0),
        70.0,
        22.0,
        &[
            "本品应存放在阴凉干燥处，避免阳光直射。开封后请在三个月内用完。",
            "使用前请摇匀，取适量涂于清洁皮肤，每日早晚各一次。如有红肿、",
            "瘙痒等不适，请立即停止使用并咨询医生。请勿让儿童接触。",
        ],
        text,
    )?;
    sheet.lines(
        At::Left(30.0),
        y + 12.0,
        20.0,
        &[
            "净含量：50克　保质期：三年　生产日期及批号见瓶底",
            "生产企业：江南日用化工有限公司　地址：杭州市滨江区长河路351号",
            "执行标准：QB/T 1857　客服热线：400-820-1166（工作日9:00-17:30）",
        ],
        Style { size: 13.0, ..text },
    )?;
    Ok(sheet)
}

pub(super) fn faint_en(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 640, 300, Rgb([0x99; 3]));
    let text = Style { ink: Rgb([0x77; 3]), ..style(Face::Sans, Face::HanSans, 24.0) };
    sheet.lines(
        At::Left(40.0),
        60.0,
        40.0,
        &[
            "Copy for the archive, do not circulate",
            "Case 58/1093, opened 7 January 1998",
            "Two boxes of letters, one map, 36 slides",
            "Shelf 12, room 4, basement of the annex",
            "Return to the reading room by 6 p.m.",
        ],
        text,
    )?;
    Ok(sheet)
}

pub(super) fn faint_zh(faces: &Faces) -> Result<Sheet<'_>, PageError> {
    let mut sheet = Sheet::new(faces, 620, 280, Rgb([236, 232, 220]));
    let text = Style { ink: Rgb([206, 200, 186]), ..style(Face::HanSans, Face::HanSans, 28.0) };
    sheet.lines(
        At::Left(40.0),
        66.0,
        52.0,
        &[
            "水印样张，仅供内部参考使用",
            "档案编号：京字第20476号",
            "未经许可不得复印或者外传",
            "保管期限：三十年",
        ],
        text,
    )?;
    Ok(sheet)
}
