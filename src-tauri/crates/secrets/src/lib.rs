//! Finds what a person may not want to send: keys, passwords, numbers of cards, accounts and people, in a text.
//! Pure: text in, places out. Nothing here keeps, prints or sends what it found.
//!
//! # What decides
//! - Keys and private keys: the rule set of gitleaks (`rules/gitleaks.toml`, taken over unchanged, MIT), and in the same
//!   format what it does not know yet (`rules/castor.toml`).
//! - Numbers: their check digits and their issuers' forms, by crates made for each.
//! - Passwords: a word for password, a sign that says "is", and something that looks like one. See `password.rs`.
//!
//! A warning that is wrong teaches people to ignore warnings. Where it is open whether something is a secret, these
//! rules stay silent: hashes, identifiers, order numbers, code that only speaks of passwords.
//!
//! The time taken grows with the length of the text and no faster: the `regex` crate does not backtrack.

mod finding;
mod numbers;
mod password;
mod pattern;
mod plain;
mod rules;
mod service;

pub use finding::{Finding, Kind};

/// Finds what looks secret in `text`, in order, without overlaps.
///
/// Ordinary text takes some 30 ms a megabyte, the hardest (full of numbers that could be cards) about ten times that,
/// measured without optimisation. The first call reads the rules: 10 ms more. Not for the window's own thread.
pub fn find(text: &str) -> Vec<Finding> {
    let mut found = rules::find(text);
    found.extend(password::find(text));
    found.extend(numbers::find(text));
    finding::merge(text, found)
}
