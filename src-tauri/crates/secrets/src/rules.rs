//! The rule sets, and running them as gitleaks does: a rule is tried where one of its keywords stands, its match must
//! be random enough, and must not be on a list of what is known to be none.
//!
//! Rules that are for files of certain names are left out: a text has no name.

use crate::finding::{Finding, Kind};
use crate::{pattern, plain, service};
use aho_corasick::{AhoCorasick, MatchKind};
use regex::bytes::{Captures, Regex};
use serde::Deserialize;
use std::sync::{LazyLock, OnceLock};

/// From <https://github.com/gitleaks/gitleaks>, config/gitleaks.toml at commit b58d3f102cf3a2c84cb7f923d05c25c9b1aed84b.
const GITLEAKS: &str = include_str!("../rules/gitleaks.toml");
const CASTOR: &str = include_str!("../rules/castor.toml");

/// The rule for anything called a key or token. It alone is not let loose on prose: too much looks like it.
const GENERIC: &str = "generic-api-key";

static RULES: LazyLock<RuleSet> = LazyLock::new(RuleSet::load);

#[derive(Deserialize)]
struct File {
    #[serde(default)]
    allowlist: RawAllowlist,
    rules: Vec<RawRule>,
}

#[derive(Deserialize)]
struct RawRule {
    id: String,
    regex: Option<String>,
    path: Option<String>,
    #[serde(default)]
    entropy: f64,
    #[serde(rename = "secretGroup")]
    secret_group: Option<usize>,
    #[serde(default)]
    keywords: Vec<String>,
    #[serde(default)]
    allowlists: Vec<RawAllowlist>,
}

#[derive(Deserialize, Default)]
struct RawAllowlist {
    #[serde(default)]
    condition: String,
    #[serde(default, rename = "regexTarget")]
    target: Target,
    #[serde(default)]
    regexes: Vec<String>,
    #[serde(default)]
    stopwords: Vec<String>,
}

#[derive(Deserialize, Default, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum Target {
    #[default]
    Secret,
    Match,
    Line,
}

struct RuleSet {
    rules: Vec<Rule>,
    keywords: Option<AhoCorasick>,
    /// For each keyword the rules it leads to.
    led_to: Vec<Vec<usize>>,
    allowlist: Allowlist,
}

struct Rule {
    id: String,
    kind: Kind,
    pattern: String,
    entropy: f64,
    secret_group: Option<usize>,
    allowlists: Vec<RawAllowlist>,
    /// Compiled when first needed: few of the rules are, for most texts.
    compiled: OnceLock<Option<Compiled>>,
}

struct Compiled {
    regex: Regex,
    allowlists: Vec<Allowlist>,
}

struct Allowlist {
    target: Target,
    regexes: Vec<Regex>,
    stopwords: Option<AhoCorasick>,
}

/// A match of a rule.
struct Hit<'t> {
    text: &'t [u8],
    whole: (usize, usize),
    secret: (usize, usize),
}

/// Applies all rules.
pub(crate) fn find(text: &str) -> Vec<Finding> {
    let plain = plain::plain(text);
    let mut found = Vec::new();
    for rule in RULES.called_for(&plain) {
        let Some(compiled) = rule.compiled() else { continue };
        for captures in compiled.regex.captures_iter(&plain) {
            let Some(hit) = Hit::new(&plain, &captures, rule.secret_group) else { continue };
            if rule.accepts(&hit, compiled) && !RULES.allowlist.allows(&hit) {
                found.push(Finding { kind: rule.kind_of(&hit), start: hit.secret.0, end: hit.secret.1 });
            }
        }
    }
    found
}

impl RuleSet {
    /// Reads both files. They are part of the program; a test keeps that they can be read and compiled.
    fn load() -> Self {
        let mut rules = Vec::new();
        let mut keywords: Vec<String> = Vec::new();
        let mut led_to: Vec<Vec<usize>> = Vec::new();
        let mut allowlist = Allowlist { target: Target::Secret, regexes: Vec::new(), stopwords: None };
        for file in [GITLEAKS, CASTOR] {
            let Ok(file) = toml::from_str::<File>(file) else { continue };
            if allowlist.regexes.is_empty() {
                allowlist = Allowlist::compile(&file.allowlist);
            }
            for raw in file.rules.into_iter().filter(|raw| raw.path.is_none()) {
                let Some(regex) = raw.regex else { continue };
                for keyword in raw.keywords {
                    let place = keywords.iter().position(|known| *known == keyword).unwrap_or_else(|| {
                        keywords.push(keyword);
                        led_to.push(Vec::new());
                        keywords.len() - 1
                    });
                    led_to[place].push(rules.len());
                }
                rules.push(Rule {
                    kind: kind(&raw.id),
                    pattern: if raw.id == GENERIC { regex } else { pattern::in_prose(&regex) },
                    id: raw.id,
                    entropy: raw.entropy,
                    secret_group: raw.secret_group,
                    // What also asks for a file's name cannot hold for a text without one.
                    allowlists: raw
                        .allowlists
                        .into_iter()
                        .filter(|allowlist| allowlist.condition != "AND")
                        .collect(),
                    compiled: OnceLock::new(),
                });
            }
        }
        Self { rules, keywords: words(&keywords), led_to, allowlist }
    }

    /// The rules of which a keyword stands in the text.
    fn called_for(&self, plain: &[u8]) -> impl Iterator<Item = &Rule> {
        let mut called = vec![false; self.rules.len()];
        let mut seen = vec![false; self.led_to.len()];
        for keyword in self.keywords.iter().flat_map(|keywords| keywords.find_overlapping_iter(plain)) {
            let keyword = keyword.pattern().as_usize();
            if !std::mem::replace(&mut seen[keyword], true) {
                for rule in &self.led_to[keyword] {
                    called[*rule] = true;
                }
            }
        }
        self.rules.iter().zip(called).filter_map(|(rule, called)| called.then_some(rule))
    }
}

impl Rule {
    fn compiled(&self) -> Option<&Compiled> {
        self.compiled
            .get_or_init(|| {
                let regex = pattern::compile(&self.pattern).ok()?;
                let allowlists = self.allowlists.iter().map(Allowlist::compile).collect();
                Some(Compiled { regex, allowlists })
            })
            .as_ref()
    }

    fn accepts(&self, hit: &Hit<'_>, compiled: &Compiled) -> bool {
        (self.entropy == 0.0 || entropy(hit.secret()) > self.entropy)
            && (self.kind != Kind::PrivateKey || has_key_material(hit.secret()))
            && !compiled.allowlists.iter().any(|allowlist| allowlist.allows(hit))
    }

    fn kind_of(&self, hit: &Hit<'_>) -> Kind {
        let name = hit.text[hit.whole.0..hit.secret.0].to_ascii_lowercase();
        if self.id == GENERIC && name.windows(5).any(|part| part == b"passw") {
            return Kind::Password;
        }
        self.kind.clone()
    }
}

impl Allowlist {
    fn compile(raw: &RawAllowlist) -> Self {
        Self {
            target: raw.target,
            regexes: raw.regexes.iter().filter_map(|regex| pattern::compile(regex).ok()).collect(),
            stopwords: if raw.stopwords.is_empty() { None } else { words(&raw.stopwords) },
        }
    }

    fn allows(&self, hit: &Hit<'_>) -> bool {
        let target = match self.target {
            Target::Secret => hit.secret(),
            Target::Match => &hit.text[hit.whole.0..hit.whole.1],
            Target::Line => hit.line(),
        };
        self.regexes.iter().any(|regex| regex.is_match(target))
            || self.stopwords.as_ref().is_some_and(|stopwords| stopwords.is_match(hit.secret()))
    }
}

impl<'t> Hit<'t> {
    /// The secret is the group the rule names, or the first that holds something, or the whole match.
    fn new(text: &'t [u8], captures: &Captures<'t>, group: Option<usize>) -> Option<Self> {
        let whole = captures.get(0)?;
        let secret = match group {
            Some(group) => captures.get(group),
            None => captures.iter().skip(1).flatten().find(|group| !group.is_empty()),
        };
        let secret = secret.unwrap_or(whole);
        Some(Self { text, whole: (whole.start(), whole.end()), secret: (secret.start(), secret.end()) })
    }

    fn secret(&self) -> &'t [u8] {
        &self.text[self.secret.0..self.secret.1]
    }

    /// The lines the match touches, but no more than is needed to judge it.
    fn line(&self) -> &'t [u8] {
        const MOST: usize = 1000;
        let before = &self.text[self.whole.0.saturating_sub(MOST)..self.whole.0];
        let after = &self.text[self.whole.1..self.text.len().min(self.whole.1 + MOST)];
        let start = before.iter().rev().take_while(|byte| **byte != b'\n').count();
        let end = after.iter().take_while(|byte| **byte != b'\n').count();
        &self.text[self.whole.0 - start..self.whole.1 + end]
    }
}

/// What a rule finds, by its name.
fn kind(id: &str) -> Kind {
    match id {
        "private-key" | "age-secret-key" => Kind::PrivateKey,
        "curl-auth-user" | "url-password" => Kind::Password,
        _ => Kind::ApiKey { service: service::of_rule(id) },
    }
}

fn words(words: &[String]) -> Option<AhoCorasick> {
    AhoCorasick::builder().ascii_case_insensitive(true).match_kind(MatchKind::Standard).build(words).ok()
}

/// Whether there is more than a key's first and last line, of which programs and manuals speak: part of a line of
/// Base64 as well.
fn has_key_material(bytes: &[u8]) -> bool {
    const PART: usize = 32;
    let is_base64 = |byte: &u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    bytes.split(|byte| !is_base64(byte)).any(|run| run.len() >= PART)
}

/// Shannon's entropy in bits for each byte.
fn entropy(bytes: &[u8]) -> f64 {
    let mut counts = [0u32; 256];
    for byte in bytes {
        counts[usize::from(*byte)] += 1;
    }
    let length = bytes.len() as f64;
    counts.iter().filter(|count| **count > 0).fold(0.0, |sum, count| {
        let share = f64::from(*count) / length;
        sum - share * share.log2()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rule_of_both_files_can_be_read_and_compiled() {
        for file in [GITLEAKS, CASTOR] {
            let file: File = toml::from_str(file).unwrap();
            for regex in file.allowlist.regexes {
                pattern::compile(&regex).unwrap();
            }
            for rule in file.rules {
                assert!(rule.path.is_some() || !rule.keywords.is_empty(), "{} is never tried", rule.id);
                if let Some(regex) = rule.regex {
                    pattern::compile(&regex).unwrap_or_else(|error| panic!("{}: {error}", rule.id));
                    pattern::compile(&pattern::in_prose(&regex)).unwrap();
                }
                for allowlist in rule.allowlists {
                    assert!(matches!(allowlist.condition.as_str(), "" | "OR" | "AND"));
                    for regex in allowlist.regexes {
                        pattern::compile(&regex).unwrap_or_else(|error| panic!("{}: {error}", rule.id));
                    }
                }
            }
        }
        assert!(RULES.rules.len() > 200);
        assert!(!RULES.allowlist.regexes.is_empty());
        assert!(RULES.allowlist.stopwords.is_some());
    }

    #[test]
    fn entropy_is_bits_for_each_byte() {
        assert!(entropy(b"aaaa").abs() < 1e-9);
        assert!((entropy(b"abcd") - 2.0).abs() < 1e-9);
    }
}
