//! What an English sentence writes with digits and signs and misaki does not read itself, in words or in numbers it reads:
//! times, ISO dates, measures, ranges, temperatures.

use super::scan::{Number, after_units, next_is, split_digits};

const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// The decades of a century; of the first, the century itself is said.
const DECADES: [&str; 10] = [
    "hundreds",
    "tens",
    "twenties",
    "thirties",
    "forties",
    "fifties",
    "sixties",
    "seventies",
    "eighties",
    "nineties",
];

/// Measures that are written short; the longer before those they begin with. `~` stands where the plural has an s.
const UNITS: [(&str, &str); 27] = [
    ("km/h", "kilometer~ per hour"),
    ("mph", "mile~ per hour"),
    ("m/s", "meter~ per second"),
    ("km²", "square kilometer~"),
    ("m²", "square meter~"),
    ("m³", "cubic meter~"),
    ("°C", "degree~ Celsius"),
    ("℃", "degree~ Celsius"),
    ("°F", "degree~ Fahrenheit"),
    ("°", "degree~"),
    ("km", "kilometer~"),
    ("cm", "centimeter~"),
    ("mm", "millimeter~"),
    ("kg", "kilogram~"),
    ("mg", "milligram~"),
    ("ml", "milliliter~"),
    ("mL", "milliliter~"),
    ("lb", "pound~"),
    ("min", "minute~"),
    ("ms", "millisecond~"),
    ("GB", "gigabyte~"),
    ("MB", "megabyte~"),
    ("KB", "kilobyte~"),
    ("TB", "terabyte~"),
    ("GHz", "gigahertz"),
    ("kW", "kilowatt~"),
    ("m", "meter~"),
];

/// `text` with what misaki would misread in words.
pub fn write_out(text: &str) -> String {
    let mut spoken = String::with_capacity(text.len());
    let mut rest = text;
    let mut after_number = false;
    while let Some(character) = rest.chars().next() {
        let before = text[..text.len() - rest.len()].chars().next_back();
        let tail = &rest[character.len_utf8()..];
        let begins_word =
            !before.is_some_and(|before| before.is_alphanumeric() || matches!(before, '_' | '.'));
        let read = (character.is_ascii_digit() && begins_word)
            .then(|| date(rest).or_else(|| time(rest)).or_else(|| measure(rest)).or_else(|| decade(rest)))
            .flatten();
        if let Some((words, left)) = read {
            spoken.push_str(&words);
            rest = left;
            after_number = true;
            continue;
        }
        let is_range = after_number
            && matches!(character, '-' | '–' | '—' | '~')
            && next_is(tail, |next| next.is_ascii_digit());
        match character {
            _ if is_range => spoken.push_str(" to "),
            '×' => spoken.push_str(" times "),
            '÷' => spoken.push_str(" divided by "),
            '≈' => spoken.push_str(" about "),
            '=' => spoken.push_str(" equals "),
            '→' => spoken.push_str(", "),
            '’' => spoken.push('\''),
            _ => spoken.push(character),
        }
        after_number = character.is_ascii_digit();
        rest = tail;
    }
    spoken
}

/// `2026-11-29`.
fn date(text: &str) -> Option<(String, &str)> {
    let (year, rest) = split_digits(text, 4, 4)?;
    let (month, rest) = split_digits(rest.strip_prefix('-')?, 2, 2)?;
    let (day, rest) = split_digits(rest.strip_prefix('-')?, 2, 2)?;
    let month = MONTHS.get(month.parse::<usize>().ok()?.checked_sub(1)?)?;
    let day: u8 = day.parse().ok().filter(|day| (1..=31).contains(day))?;
    Some((format!("{month} {day}, {year}"), rest))
}

/// `9:30`, `21:05`, `7:00 pm`.
fn time(text: &str) -> Option<(String, &str)> {
    let (hour, rest) = split_digits(text, 1, 2)?;
    let (minute, rest) = split_digits(rest.strip_prefix(':')?, 2, 2)?;
    if next_is(rest, |next| next == ':' || next.is_alphanumeric() && !matches!(next, 'a' | 'A' | 'p' | 'P')) {
        return None;
    }
    let hour: u8 = hour.parse().ok().filter(|hour| *hour <= 24)?;
    let minute_number: u8 = minute.parse().ok().filter(|minute| *minute < 60)?;
    let lower = rest.trim_start().to_lowercase();
    let half = [("a.m.", "AM"), ("p.m.", "PM"), ("am", "AM"), ("pm", "PM")].into_iter().find(|(short, _)| {
        lower.strip_prefix(short).is_some_and(|after| !next_is(after, char::is_alphanumeric))
    });
    let words = match (minute_number, half) {
        (0, Some(_)) => hour.to_string(),
        (0, None) if (1..=12).contains(&hour) => format!("{hour} o'clock"),
        (0, None) => format!("{hour} hundred"),
        (1..=9, _) => format!("{hour} oh {minute_number}"),
        _ => format!("{hour} {minute}"),
    };
    match half {
        Some((short, letters)) => {
            let spaces = rest.len() - rest.trim_start().len();
            Some((format!("{words} {letters}"), &rest[spaces + short.len()..]))
        }
        None => Some((words, rest)),
    }
}

/// A number with a unit.
fn measure(text: &str) -> Option<(String, &str)> {
    let (number, rest) = Number::split(text)?;
    let digits = &text[..text.len() - rest.len()];
    let (unit, rest) = after_units(rest, &UNITS)?;
    let is_one = number.whole == "1" && number.fraction.is_none();
    Some((format!("{digits} {}", unit.replace('~', if is_one { "" } else { "s" })), rest))
}

/// `1980s`, `90s`.
fn decade(text: &str) -> Option<(String, &str)> {
    let (digits, rest) = split_digits(text, 2, 4).filter(|(digits, _)| digits.len() != 3)?;
    let rest = rest.strip_prefix('s').filter(|rest| !next_is(rest, char::is_alphanumeric))?;
    let (century, decade) = digits.split_at(digits.len() - 2);
    let tens = decade.strip_suffix('0')?.parse::<usize>().ok()?;
    if digits == "2000" {
        return Some(("two thousands".into(), rest));
    }
    Some((format!("{century} {}", DECADES.get(tens)?).trim_start().to_owned(), rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn signs_become_words() {
        for (text, expected) in [
            ("Due 2026-11-29.", "Due November 29, 2026."),
            ("At 9:30, 9:05 and 7:00 p.m.", "At 9 30, 9 oh 5 and 7 PM"),
            ("From 8:00 to 17:00", "From 8 o'clock to 17 hundred"),
            ("1 km or 2.5km at 90 km/h", "1 kilometer or 2.5 kilometers at 90 kilometers per hour"),
            ("8GB, 21°C, 1,500 m²", "8 gigabytes, 21 degrees Celsius, 1,500 square meters"),
            ("3-5 days", "3 to 5 days"),
            (
                "the 1980s, the 90s, 1900s and 2000s",
                "the 19 eighties, the nineties, 19 hundreds and two thousands",
            ),
            ("2 × 3 = 6", "2  times  3  equals  6"),
            ("The H200 has 141 GB", "The H200 has 141 gigabytes"),
            ("version 3.11.2, room 5m4", "version 3.11.2, room 5m4"),
            ("5 men", "5 men"),
        ] {
            assert_eq!(write_out(text), expected, "{text}");
        }
    }
}
