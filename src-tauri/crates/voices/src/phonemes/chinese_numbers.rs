//! Writes out the numbers of a Chinese sentence in characters, as they are read: dates, times, shares, temperatures, sums of
//! money, measures, ranges. Numbers that belong to a Latin name (`H200`, `GPT-4`) stay as they are.

use super::scan::{Number, after_units, next_is, split_digits};
use chinese_number::{ChineseCase, ChineseVariant, from_u64_to_chinese_ten_thousand};

const DIGITS: [char; 10] = ['零', '一', '二', '三', '四', '五', '六', '七', '八', '九'];

/// Signs of money, before or after a number.
const CURRENCIES: [(char, &str); 5] =
    [('¥', "元"), ('￥', "元"), ('$', "美元"), ('€', "欧元"), ('£', "英镑")];

/// Measures that are written short; the longer before those they begin with.
const UNITS: [(&str, &str); 25] = [
    ("km/h", "公里每小时"),
    ("km²", "平方公里"),
    ("m²", "平方米"),
    ("m³", "立方米"),
    ("m/s", "米每秒"),
    ("°C", "摄氏度"),
    ("℃", "摄氏度"),
    ("°F", "华氏度"),
    ("°", "度"),
    ("km", "公里"),
    ("cm", "厘米"),
    ("mm", "毫米"),
    ("kg", "公斤"),
    ("mg", "毫克"),
    ("ml", "毫升"),
    ("mL", "毫升"),
    ("min", "分钟"),
    ("ms", "毫秒"),
    ("kW", "千瓦"),
    ("m", "米"),
    ("g", "克"),
    ("L", "升"),
    ("h", "小时"),
    ("s", "秒"),
    ("W", "瓦"),
];

/// What two of are 两, not 二: measure words and the units that count as such.
const COUNTED: &str = "个只条张块瓶杯份本辆台匹头位天年周次种人件家步遍倍句段篇页行列组层栋间套双对把支枝颗粒滴片朵棵座名户\
                       所道项门场届声回趟斤吨米公小分秒千万亿点";
/// Words that begin with one of them and still take 二.
const NOT_COUNTED: [&str; 4] = ["分之", "月", "号", "日"];

/// `text` with its numbers in characters.
pub fn write_out(text: &str) -> String {
    let mut spoken = String::with_capacity(text.len() * 2);
    let mut rest = text;
    // Whether a number was just written out, so that a dash is a range.
    let mut after_number = false;
    while let Some(character) = rest.chars().next() {
        let tail = &rest[character.len_utf8()..];
        let before = text[..text.len() - rest.len()].chars().next_back();
        let in_name = belongs_to_name(&text[..text.len() - rest.len()]);
        let money = CURRENCIES.iter().find(|(sign, _)| *sign == character).map(|(_, name)| *name);
        let read = if character.is_ascii_digit() && !in_name {
            number_at(rest, before)
        } else if let Some(name) = money.filter(|_| next_is(tail, |next| next.is_ascii_digit())) {
            number_at(tail, before).map(|(words, left)| sum(&words, left, name))
        } else if is_dash(character) && next_is(tail, |next| next.is_ascii_digit() || is_sign(next)) {
            if after_number {
                Some(("到".to_owned(), tail))
            } else if character == '-' && !before.is_some_and(|before| before.is_ascii_alphanumeric()) {
                number_at(tail, before).map(|(words, left)| (negative(&words), left))
            } else {
                None
            }
        } else {
            None
        };
        if let Some((words, left)) = read {
            after_number = words != "到";
            spoken.push_str(&words);
            rest = left;
            continue;
        }
        let word = between_numbers(character, tail, after_number);
        after_number = after_number && character == ' ';
        match word {
            Some(word) => spoken.push_str(word),
            None => spoken.push(character),
        }
        rest = tail;
    }
    spoken
}

fn is_sign(character: char) -> bool {
    CURRENCIES.iter().any(|(sign, _)| *sign == character)
}

fn is_dash(character: char) -> bool {
    matches!(character, '-' | '–' | '—' | '~' | '～' | '−')
}

/// Whether what comes after `before` is part of a Latin name, directly or behind its hyphen.
fn belongs_to_name(before: &str) -> bool {
    let mut backwards = before.chars().rev().skip_while(|character| matches!(character, '-' | '.' | '_'));
    backwards.next().is_some_and(|character| character.is_ascii_alphabetic())
        || before.ends_with(|character: char| character.is_ascii_digit())
}

/// Signs of arithmetic between numbers, as words.
fn between_numbers(character: char, tail: &str, after_number: bool) -> Option<&'static str> {
    let number_follows = next_is(tail.trim_start(), |next| next.is_ascii_digit());
    match character {
        '×' | '*' if after_number && number_follows => Some("乘以"),
        '÷' if after_number && number_follows => Some("除以"),
        '+' if after_number && number_follows => Some("加"),
        '=' | '＝' if after_number => Some("等于"),
        '≈' => Some("约等于"),
        '&' => Some("和"),
        _ => None,
    }
}

fn negative(words: &str) -> String {
    if words.ends_with("摄氏度") { format!("零下{words}") } else { format!("负{words}") }
}

/// What is read at a digit, and what is left.
fn number_at(text: &str, before: Option<char>) -> Option<(String, &str)> {
    date(text)
        .or_else(|| time(text))
        .or_else(|| version(text))
        .or_else(|| fraction(text))
        .or_else(|| quantity(text, before))
}

/// `2026-11-29`, also with slashes or full stops.
fn date(text: &str) -> Option<(String, &str)> {
    let (year, rest) = split_digits(text, 4, 4)?;
    let separator = rest.chars().next().filter(|separator| matches!(separator, '-' | '/' | '.'))?;
    let (month, rest) = split_digits(&rest[1..], 1, 2)?;
    let (day, rest) = split_digits(rest.strip_prefix(separator)?, 1, 2)?;
    let (month, day) = (month.parse().ok()?, day.parse().ok()?);
    if !(1..=12).contains(&month) || !(1..=31).contains(&day) || next_is(rest, |next| next.is_ascii_digit()) {
        return None;
    }
    Some((format!("{}年{}月{}日", one_by_one(year), whole(month), whole(day)), rest))
}

/// `9:30` or `21:05:10`; `3:2` is a ratio.
fn time(text: &str) -> Option<(String, &str)> {
    let (hour, rest) = split_digits(text, 1, 2)?;
    let after_colon = rest.strip_prefix([':', '：'])?;
    let (minute, rest) = split_digits(after_colon, 1, 2)?;
    let (hour_number, minute_number): (u64, u64) = (hour.parse().ok()?, minute.parse().ok()?);
    if minute.len() < 2 || hour_number > 24 || minute_number > 59 {
        return Some((format!("{}比{}", whole(hour_number), whole(minute_number)), rest));
    }
    let hours = if hour_number == 2 { "两".to_owned() } else { whole(hour_number) };
    let second = rest.strip_prefix([':', '：']).and_then(|rest| split_digits(rest, 2, 2));
    let minutes = match minute_number {
        0 if second.is_none() => String::new(),
        0 => "零分".into(),
        1..=9 => format!("零{}分", whole(minute_number)),
        _ => format!("{}分", whole(minute_number)),
    };
    match second {
        Some((second, rest)) => Some((format!("{hours}点{minutes}{}秒", whole(second.parse().ok()?)), rest)),
        None => Some((format!("{hours}点{minutes}"), rest)),
    }
}

/// `3.11.2` or an address: digit by digit.
fn version(text: &str) -> Option<(String, &str)> {
    let end =
        text.find(|character: char| !character.is_ascii_digit() && character != '.').unwrap_or(text.len());
    let digits = text[..end].trim_end_matches('.');
    if digits.matches('.').count() < 2 || digits.contains("..") {
        return None;
    }
    let parts: Vec<_> = digits.split('.').map(one_by_one).collect();
    Some((parts.join("点"), &text[digits.len()..]))
}

/// `3/4`.
fn fraction(text: &str) -> Option<(String, &str)> {
    let (numerator, rest) = split_digits(text, 1, 4)?;
    let (denominator, rest) = split_digits(rest.strip_prefix('/')?, 1, 4)?;
    if next_is(rest, |next| next.is_ascii_digit() || next == '/') {
        return None;
    }
    Some((format!("{}分之{}", whole(denominator.parse().ok()?), whole(numerator.parse().ok()?)), rest))
}

/// Any other number with what is measured by it.
fn quantity(text: &str, before: Option<char>) -> Option<(String, &str)> {
    let (number, rest) = Number::split(text)?;
    if let Some(rest) = rest.strip_prefix(['%', '％']) {
        return Some((format!("百分之{}", read(&number)), rest));
    }
    if let Some(rest) = rest.strip_prefix('‰') {
        return Some((format!("千分之{}", read(&number)), rest));
    }
    if rest.starts_with('年') && number.whole.len() == 4 && number.fraction.is_none() {
        return Some((one_by_one(&number.whole), rest));
    }
    let (scale, after_scale) = split_scale(rest);
    if let Some((unit, rest)) = after_units(after_scale, &UNITS) {
        let two = number.is_two() && !unit.contains('度');
        let words = if two { "两".into() } else { read(&number) };
        return Some((format!("{words}{scale}{unit}"), rest));
    }
    let counted = rest.trim_start();
    let is_counted = counted.starts_with(|next| COUNTED.contains(next))
        && !NOT_COUNTED.iter().any(|word| counted.starts_with(word));
    if number.is_two() && is_counted && before != Some('第') {
        return Some(("两".into(), rest));
    }
    Some((read(&number), rest))
}

/// A sum's words with the name of the money, behind 万 or 亿 where one follows.
fn sum<'a>(words: &str, rest: &'a str, name: &str) -> (String, &'a str) {
    let (scale, rest) = split_scale(rest);
    let words = if words == "二" { "两" } else { words };
    (format!("{words}{scale}{name}"), rest)
}

/// The characters that multiply the number before them, and what follows.
fn split_scale(text: &str) -> (&str, &str) {
    text.split_at(text.find(|character| !"十百千万亿".contains(character)).unwrap_or(text.len()))
}

fn read(number: &Number) -> String {
    let digits = &number.whole;
    let is_name = digits.len() > 1 && digits.starts_with('0');
    let is_telephone = digits.len() == 11 && digits.starts_with('1');
    let mut words = match digits.parse() {
        Ok(value) if !is_name && !is_telephone && digits.len() <= 16 => whole(value),
        // A telephone number says 幺 for one, which is not taken for seven.
        _ if is_telephone => one_by_one(digits).replace('一', "幺"),
        _ => one_by_one(digits),
    };
    if let Some(fraction) = &number.fraction {
        words.push('点');
        words.push_str(&one_by_one(fraction));
    }
    words
}

fn whole(value: u64) -> String {
    from_u64_to_chinese_ten_thousand(ChineseVariant::Simple, ChineseCase::Lower, value)
}

fn one_by_one(digits: &str) -> String {
    digits.chars().filter_map(|digit| Some(DIGITS[digit.to_digit(10)? as usize])).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_what_they_say() {
        for (text, expected) in [
            ("今天是2026-11-29。", "今天是二零二六年十一月二十九日。"),
            ("2024年5月3日", "二零二四年五月三日"),
            ("10年后", "十年后"),
            ("9:30开会，21:05结束", "九点三十分开会，二十一点零五分结束"),
            ("14:00:08", "十四点零分八秒"),
            ("比分是3:2", "比分是三比二"),
            ("增长了12.5%", "增长了百分之十二点五"),
            ("3/4的人", "四分之三的人"),
            ("-5℃到10℃", "零下五摄氏度到十摄氏度"),
            ("¥1,299.50", "一千二百九十九点五零元"),
            ("$2亿", "两亿美元"),
            ("2个人走了2公里，第2次", "两个人走了两公里，第二次"),
            ("2月2号", "二月二号"),
            ("高1.75m，重60kg", "高一点七五米，重六十公斤"),
            ("3-5天", "三到五天"),
            ("10%~20%", "百分之十到百分之二十"),
            ("100-200元", "一百到二百元"),
            ("电话13800138000", "电话幺三八零零幺三八零零零"),
            ("区号010", "区号零一零"),
            ("版本3.11.2", "版本三点一一点二"),
            ("10010个", "一万零一十个"),
            ("123456789", "一亿二千三百四十五万六千七百八十九"),
            ("1+2=3", "一加二等于三"),
            ("12345678901234567890", "一二三四五六七八九零一二三四五六七八九零"),
            ("用H200和GPT-4，还有mp3", "用H200和GPT-4，还有mp3"),
            ("没有数字", "没有数字"),
        ] {
            assert_eq!(write_out(text), expected, "{text}");
        }
    }
}
