//! Reading numbers and what is measured by them off the beginning of a text.

/// A number without a sign.
#[derive(Debug, PartialEq, Eq)]
pub struct Number {
    /// Its digits before the point, without commas.
    pub whole: String,
    /// Its digits behind the point.
    pub fraction: Option<String>,
}

impl Number {
    /// The number `text` begins with, and the rest. Commas between groups of three digits belong to it.
    pub fn split(text: &str) -> Option<(Self, &str)> {
        let (first, mut rest) = split_digits(text, 1, usize::MAX)?;
        let mut whole = first.to_owned();
        while let Some((group, after)) = rest.strip_prefix(',').and_then(|rest| split_digits(rest, 3, 3)) {
            if whole.len() > 3 && whole == first || next_is(after, |next| next.is_ascii_digit()) {
                break;
            }
            whole.push_str(group);
            rest = after;
        }
        match rest.strip_prefix('.').and_then(|rest| split_digits(rest, 1, usize::MAX)) {
            Some((fraction, rest)) => Some((Self { whole, fraction: Some(fraction.to_owned()) }, rest)),
            None => Some((Self { whole, fraction: None }, rest)),
        }
    }

    /// Whether it is 2 and nothing else.
    pub fn is_two(&self) -> bool {
        self.whole == "2" && self.fraction.is_none()
    }
}

/// The digits `text` begins with and the rest, if there are `least` to `most` of them.
pub fn split_digits(text: &str, least: usize, most: usize) -> Option<(&str, &str)> {
    let end = text.find(|character: char| !character.is_ascii_digit()).unwrap_or(text.len());
    (least..=most).contains(&end).then(|| text.split_at(end))
}

/// Whether `text` begins with a character of a kind.
pub fn next_is(text: &str, kind: impl Fn(char) -> bool) -> bool {
    text.chars().next().is_some_and(kind)
}

/// The unit at the beginning of `text`, perhaps behind a space, by its name in `units`, and the rest. No letter may follow.
pub fn after_units<'a>(text: &'a str, units: &[(&str, &'static str)]) -> Option<(&'static str, &'a str)> {
    let text = text.strip_prefix(' ').unwrap_or(text);
    units.iter().find_map(|(short, name)| {
        let rest = text.strip_prefix(short)?;
        (!next_is(rest, |next| next.is_ascii_alphanumeric())).then_some((*name, rest))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_ends_where_it_ends() {
        let split = |text| Number::split(text).map(|(number, rest)| (number.whole, number.fraction, rest));
        let whole = |digits: &str, rest| Some((digits.to_owned(), None, rest));
        assert_eq!(split("1,299.50元"), Some(("1299".into(), Some("50".into()), "元")));
        assert_eq!(split("12,34"), whole("12", ",34"));
        assert_eq!(split("1,2345"), whole("1", ",2345"));
        assert_eq!(split("3. Then"), whole("3", ". Then"));
        assert_eq!(split("1234,567"), whole("1234", ",567"));
        assert_eq!(split("none"), None);
    }

    #[test]
    fn a_unit_is_no_beginning_of_a_word() {
        let units = [("km", "kilometres"), ("m", "metres")];
        assert_eq!(after_units(" km away", &units), Some(("kilometres", " away")));
        assert_eq!(after_units("m.", &units), Some(("metres", ".")));
        assert_eq!(after_units(" men", &units), None);
    }
}
