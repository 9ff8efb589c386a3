//! What an answer rests on: pages a search found, pages that were read, works that are quoted.

use serde::{Deserialize, Serialize};
use specta::Type;

/// What an answer rests on. Places in the answer are bytes of [`Message::text`](crate::Message::text) in UTF-8.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", default)]
pub struct Sources {
    /// Pages that were found, in the order of their numbers: the first is number 1.
    pub pages: Vec<Page>,
    /// Which passages rest on which pages.
    pub passages: Vec<Passage>,
    /// What was searched for.
    pub queries: Vec<String>,
    /// The search engine's suggestions, HTML of its own that has to be shown with the answer. Untrusted.
    pub suggestions: Option<String>,
    /// Pages that were to be read because their addresses stood in the question.
    pub links: Vec<Link>,
    /// Works that are quoted at length.
    pub citations: Vec<Citation>,
}

/// A page on the web.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Page {
    /// Its address. Untrusted.
    pub uri: String,
    /// Its title, often just its site.
    pub title: String,
}

/// A passage of the answer that rests on pages.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Passage {
    /// Where it begins.
    pub start: u32,
    /// Where it ends: the first byte that is not part of it.
    pub end: u32,
    /// Places of its pages in [`Sources::pages`].
    pub pages: Vec<u32>,
}

/// A page that was to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct Link {
    /// Its address. Untrusted.
    pub uri: String,
    /// Whether it could be read.
    pub read: bool,
}

/// A work that is quoted.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(default)]
pub struct Citation {
    /// Where the quotation begins, where that is known.
    pub start: Option<u32>,
    /// Where it ends.
    pub end: Option<u32>,
    /// Its address. Untrusted.
    pub uri: Option<String>,
    /// Its title.
    pub title: Option<String>,
    /// Its licence.
    pub license: Option<String>,
}

impl Sources {
    /// Whether there is nothing in it.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Adds what a later piece of the same answer rests on. `offset` is where that piece begins, in bytes.
    pub fn extend(&mut self, later: Self, offset: u32) {
        let moved = |place: u32| place.saturating_add(offset);
        let first_page = u32::try_from(self.pages.len()).unwrap_or(u32::MAX);
        self.pages.extend(later.pages);
        self.passages.extend(later.passages.into_iter().map(|passage| Passage {
            start: moved(passage.start),
            end: moved(passage.end),
            pages: passage.pages.into_iter().map(|page| page.saturating_add(first_page)).collect(),
        }));
        self.queries.extend(later.queries);
        self.suggestions = later.suggestions.or(self.suggestions.take());
        self.links.extend(later.links);
        self.citations.extend(later.citations.into_iter().map(|citation| Citation {
            start: citation.start.map(moved),
            end: citation.end.map(moved),
            ..citation
        }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(uri: &str) -> Page {
        Page { uri: uri.into(), title: uri.into() }
    }

    #[test]
    fn what_comes_later_is_numbered_and_placed_after_what_was_there() {
        let mut sources = Sources {
            pages: vec![page("a"), page("b")],
            passages: vec![Passage { start: 0, end: 4, pages: vec![1] }],
            suggestions: Some("old".into()),
            ..Sources::default()
        };
        let later = Sources {
            pages: vec![page("c")],
            passages: vec![Passage { start: 2, end: 5, pages: vec![0] }],
            citations: vec![Citation { start: Some(1), end: Some(3), ..Citation::default() }],
            ..Sources::default()
        };
        sources.extend(later, 10);
        assert_eq!(sources.passages[1], Passage { start: 12, end: 15, pages: vec![2] });
        assert_eq!((sources.citations[0].start, sources.citations[0].end), (Some(11), Some(13)));
        assert_eq!(sources.suggestions.as_deref(), Some("old"));
        assert!(!sources.is_empty() && Sources::default().is_empty());
    }
}
