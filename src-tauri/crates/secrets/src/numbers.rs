//! Numbers of cards, people and bank accounts, told from other numbers by their check digits and by how they stand.

use crate::finding::{Finding, Kind};
use card_validate::{Type, Validate};
use iban::Iban;
use regex::Regex;
use std::sync::LazyLock;

/// Ways in which cards are written in groups.
const CARD_GROUPS: [&[usize]; 5] = [&[4, 4, 4, 4], &[4, 6, 5], &[4, 6, 4], &[4, 4, 4, 4, 3], &[6, 13]];
/// Words before a number that say it is no card's.
const OTHER_NUMBERS: [&str; 20] = [
    "order",
    "tracking",
    "invoice",
    "ticket",
    "serial",
    "imei",
    "isbn",
    "sku",
    "receipt",
    "transaction",
    "订单",
    "訂單",
    "单号",
    "單號",
    "运单",
    "快递",
    "流水",
    "编号",
    "編號",
    "序列",
];
/// Numbers the authorities have published as never given out.
const SSN_IN_ADVERTISEMENTS: [&str; 2] = ["078-05-1120", "219-09-9999"];

/// Digits in groups, single spaces or dashes between them.
static DIGITS: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"[0-9]+(?:[ -][0-9]+)*[Xx]?").ok());
/// How an account number begins, up to all that can belong to it.
static ACCOUNT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"[A-Z]{2}[0-9]{2}(?:[A-Z0-9]{11,30}|(?: [A-Z0-9]{4}){2,7}(?: [A-Z0-9]{1,3})?)").ok()
});

/// Finds all three.
pub(crate) fn find(text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for run in DIGITS.iter().flat_map(|digits| digits.find_iter(text)) {
        if stands_alone(text, run.start(), run.end()) {
            in_run(text, run.start(), run.as_str(), &mut found);
        }
    }
    for account in ACCOUNT.iter().flat_map(|account| account.find_iter(text)) {
        if let Some(end) = account_end(text, account.start(), account.as_str()) {
            found.push(Finding { kind: Kind::BankAccount, start: account.start(), end });
        }
    }
    found
}

/// Whether nothing before or after makes the characters between part of something longer: a hash, an identifier, a
/// decimal number, an address.
fn stands_alone(text: &str, start: usize, end: usize) -> bool {
    let (before, after) = (&text.as_bytes()[..start], &text.as_bytes()[end..]);
    let joins = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'/' | b'+' | b'%');
    let left = match before {
        [.., byte] if joins(*byte) => false,
        [.., digit, b'.' | b','] => !digit.is_ascii_digit(),
        _ => true,
    };
    let right = match after {
        [byte, ..] if joins(*byte) => false,
        [b'.' | b',', digit, ..] => !digit.is_ascii_digit(),
        _ => true,
    };
    left && right
}

/// Looks for cards and persons in digits that stand together, which may be several numbers.
fn in_run(text: &str, start: usize, run: &str, found: &mut Vec<Finding>) {
    let mut groups = Vec::new();
    let mut place = start;
    for group in run.split([' ', '-']) {
        groups.push((place, group));
        place += group.len() + 1;
    }
    let mut first = 0;
    while first < groups.len() {
        let (start, group) = groups[first];
        let rest = &groups[first..];
        let taken = if is_resident(group) {
            Some((1, Kind::IdentityNumber))
        } else if is_card(group) && !is_called_otherwise(text, start) {
            Some((1, Kind::CardNumber))
        } else if let Some(count) = grouped_card(text, rest) {
            Some((count, Kind::CardNumber))
        } else {
            social_security(text, rest).map(|count| (count, Kind::IdentityNumber))
        };
        match taken {
            Some((count, kind)) => {
                let (last, group) = groups[first + count - 1];
                found.push(Finding { kind, start, end: last + group.len() });
                first += count;
            }
            None => first += 1,
        }
    }
}

/// A number of a Chinese resident identity card.
fn is_resident(digits: &str) -> bool {
    digits.len() == 18 && id_card::validate(digits)
}

fn is_card(digits: &str) -> bool {
    // The cheapest first.
    if !Validate::is_luhn_valid(digits) {
        return false;
    }
    let Ok(found) = Validate::evaluate_type(digits) else { return false };
    let fits = |issuer: Type| Validate::is_length_valid(digits, &issuer);
    let is_issued = match found {
        // The crate gives it all of 22 to 27.
        Type::MasterCard if digits.starts_with('2') => fits(found) && ("2221".."2721").contains(&digits),
        // It has a part of UnionPay's range, and the crate gives it that part whole.
        Type::Discover if digits.starts_with("62") => fits(found) || fits(Type::UnionPay),
        _ => fits(found),
    };
    is_issued
        // Of the issuers still in business only those of 3 have fewer than sixteen digits.
        && (digits.len() >= 16 || digits.starts_with('3'))
        // A round number.
        && !digits.ends_with("00000")
}

/// How many groups make a card, if these begin one.
fn grouped_card(text: &str, groups: &[(usize, &str)]) -> Option<usize> {
    // The longest first: nineteen digits may begin with sixteen that pass as well.
    let mut layouts = CARD_GROUPS;
    layouts.sort_by_key(|layout| std::cmp::Reverse(layout.len()));
    layouts.iter().find_map(|layout| {
        let groups = groups.get(..layout.len())?;
        let fits = groups.iter().zip(*layout).all(|((_, group), length)| group.len() == *length);
        // One sign between all groups.
        let sign = |(start, group): &(usize, &str)| text.as_bytes().get(start + group.len());
        let alike = groups[..layout.len() - 1].windows(2).all(|pair| sign(&pair[0]) == sign(&pair[1]));
        let digits: String = groups.iter().map(|(_, group)| *group).collect();
        (fits && alike && is_card(&digits) && !is_called_otherwise(text, groups[0].0)).then_some(layout.len())
    })
}

/// A number of the US social security: written with dashes, in a range that is given out.
fn social_security(text: &str, groups: &[(usize, &str)]) -> Option<usize> {
    let [(start, area), (_, group), (last, serial), rest @ ..] = groups else { return None };
    let end = last + serial.len();
    let shape = area.len() == 3 && group.len() == 2 && serial.len() == 4;
    if !shape || !serial.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let joined = |place: usize| text.as_bytes().get(place) == Some(&b'-');
    let alone = !(rest.is_empty() && joined(end)) && (rest.is_empty() || !joined(end));
    let dashes = joined(start + 3) && joined(start + 6) && (*start == 0 || !joined(start - 1));
    let given_out = !matches!(*area, "000" | "666")
        && !area.starts_with('9')
        && *group != "00"
        && *serial != "0000"
        && !SSN_IN_ADVERTISEMENTS.contains(&&text[*start..end]);
    (alone && dashes && given_out).then_some(3)
}

/// Whether the words just before say that the number is another one, such as an order's.
fn is_called_otherwise(text: &str, start: usize) -> bool {
    const REACH: usize = 32;
    let before = &text[text.floor_char_boundary(start.saturating_sub(REACH))..start];
    let before = before.rsplit('\n').next().unwrap_or_default().to_lowercase();
    OTHER_NUMBERS.iter().any(|word| before.contains(word))
}

/// Where the account that begins here ends: the longest part that is a valid IBAN of its country.
fn account_end(text: &str, start: usize, candidate: &str) -> Option<usize> {
    let mut ends = vec![candidate.len()];
    ends.extend(candidate.rmatch_indices(' ').map(|(place, _)| place));
    ends.into_iter().find_map(|length| {
        let end = start + length;
        (stands_alone(text, start, end) && candidate[..length].parse::<Iban>().is_ok()).then_some(end)
    })
}
