//! Money: what a request may cost at most, so that a month's cap is never passed, and what it came to.

use conversation::{Capabilities, Provider, Usage};

/// An answer that may be no longer than this is not worth asking for.
const LEAST_ANSWER: u32 = 256;

/// Searches an answer may make before Castor is surprised. Nobody limits them, so the worst case takes some for granted.
const SEARCHES: u32 = 3;

/// A request that may be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Allowed {
    /// The longest answer the money is enough for; `None` where the model's own limit is below that.
    pub(crate) max_output_tokens: Option<u32>,
    /// What it can cost, in millionths of a US dollar: at most, where there is a cap, else for the prompt alone. `None`
    /// where the price is not known.
    pub(crate) micro_usd: Option<u64>,
}

/// What is about to be sent.
#[derive(Clone, Copy)]
pub(crate) struct Priced<'a> {
    pub(crate) provider: &'a dyn Provider,
    pub(crate) model: &'a str,
    pub(crate) prompt_tokens: u32,
    pub(crate) searches: bool,
}

impl Priced<'_> {
    /// What it costs with an answer of so many tokens.
    pub(crate) fn with_answer(&self, answer_tokens: u32) -> Option<u64> {
        let searches = if self.searches { SEARCHES } else { 0 };
        let usage = Usage { prompt_tokens: self.prompt_tokens, answer_tokens, searches, ..Usage::default() };
        self.provider.price(self.model, &usage)
    }

    /// Whether it may be sent when so much is left of the cap. A model whose price is not known cannot be held to a cap.
    pub(crate) fn allow(&self, capabilities: &Capabilities, left: Option<u64>) -> Option<Allowed> {
        let Some(prompt) = self.with_answer(0) else {
            return Some(Allowed { max_output_tokens: None, micro_usd: None });
        };
        let Some(left) = left else {
            return Some(Allowed { max_output_tokens: None, micro_usd: Some(prompt) });
        };
        let longest = capabilities.output_tokens;
        let most = self.with_answer(longest)?;
        if most <= left {
            return Some(Allowed { max_output_tokens: None, micro_usd: Some(most) });
        }
        // Prices are linear in the answer, but for rounding.
        let (mut fits, mut too_long) = (0, longest);
        while too_long - fits > 1 {
            let middle = u32::midpoint(fits, too_long);
            if self.with_answer(middle)? <= left {
                fits = middle;
            } else {
                too_long = middle;
            }
        }
        if fits < LEAST_ANSWER || prompt > left {
            return None;
        }
        Some(Allowed { max_output_tokens: Some(fits), micro_usd: self.with_answer(fits) })
    }
}
