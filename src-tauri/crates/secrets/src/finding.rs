//! What was found: of which kind, and where. Never the secret itself.

use serde::{Deserialize, Serialize};
use specta::Type;

/// Something in a text that looks secret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Finding {
    /// What it is.
    pub kind: Kind,
    /// Where it begins: a byte of the text in UTF-8, between two characters.
    #[specta(type = u32)]
    pub start: usize,
    /// Where it ends: the first byte that is not part of it.
    #[specta(type = u32)]
    pub end: usize,
}

/// What kind of secret it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize, Type)]
#[serde(tag = "type", rename_all = "camelCase")]
#[non_exhaustive]
pub enum Kind {
    /// A key, token or webhook address that lets anybody use a service in the person's name.
    ApiKey {
        /// The service it is for, by its own spelling, where that is known.
        service: Option<String>,
    },
    /// A private key for signing, decrypting or logging in.
    PrivateKey,
    /// A password or passphrase.
    Password,
    /// The number of a credit or debit card.
    CardNumber,
    /// The number of a person: of a Chinese resident identity card, or of the US social security.
    IdentityNumber,
    /// The number of a bank account (IBAN).
    BankAccount,
}

impl Kind {
    /// How much a kind says; where findings overlap the one that says most names them all.
    fn weight(&self) -> u8 {
        match self {
            Kind::PrivateKey => 5,
            Kind::ApiKey { service: Some(_) } => 4,
            Kind::CardNumber | Kind::IdentityNumber | Kind::BankAccount => 3,
            Kind::Password => 2,
            Kind::ApiKey { service: None } => 1,
        }
    }
}

/// Sorts, widens to whole characters and makes one of those that overlap.
pub(crate) fn merge(text: &str, mut found: Vec<Finding>) -> Vec<Finding> {
    for finding in &mut found {
        finding.start = text.floor_char_boundary(finding.start);
        finding.end = text.ceil_char_boundary(finding.end);
    }
    found.retain(|finding| finding.start < finding.end);
    found.sort_by_key(|finding| (finding.start, finding.end));
    let mut merged: Vec<Finding> = Vec::with_capacity(found.len());
    for finding in found {
        match merged.last_mut() {
            Some(last) if finding.start < last.end => {
                last.end = last.end.max(finding.end);
                if finding.kind.weight() > last.kind.weight() {
                    last.kind = finding.kind;
                }
            }
            _ => merged.push(finding),
        }
    }
    merged
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(kind: Kind, start: usize, end: usize) -> Finding {
        Finding { kind, start, end }
    }

    #[test]
    fn what_overlaps_becomes_one_under_the_kind_that_says_most() {
        let github = Kind::ApiKey { service: Some("GitHub".into()) };
        let found = vec![
            at(Kind::Password, 4, 9),
            at(Kind::CardNumber, 9, 12),
            at(github.clone(), 2, 6),
            at(Kind::ApiKey { service: None }, 3, 8),
        ];
        let merged = merge("0123456789abcdef", found);
        assert_eq!(merged, [at(github, 2, 9), at(Kind::CardNumber, 9, 12)]);
    }

    #[test]
    fn places_lie_between_characters() {
        assert_eq!(merge("密码", vec![at(Kind::Password, 1, 4)]), [at(Kind::Password, 0, 6)]);
        assert_eq!(merge("ab", vec![at(Kind::Password, 1, 1)]), []);
    }
}
