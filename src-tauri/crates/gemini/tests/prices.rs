//! What the mind says a question cost: by the built-in prices, and by a person's own.

use conversation::{Provider, Usage};
use gemini::{Config, Gemini, PriceList, SharedKey, prices};
use std::sync::Arc;

#[test]
fn costs_are_told_by_the_list_in_use() {
    let usage = Usage { prompt_tokens: 1_000_000, answer_tokens: 10_000, ..Usage::default() };
    let gemini = Gemini::new(Config::new(SharedKey::default())).unwrap();
    assert_eq!(gemini.price_list().as_of, prices().as_of);
    // 1000000 * 0.30 + 10000 * 2.50
    for model in ["gemini-3.5-flash-lite", "models/gemini-3.5-flash-lite"] {
        assert_eq!(gemini.price(model, &usage), Some(300_000 + 25_000));
    }
    assert_eq!(gemini.price("gemini-9-unheard-of", &usage), None);

    let own = r#"{"as_of": "2026-11-01", "source": "my contract", "currency": "USD", "models": [
        {"ids": ["gemini-3.5-flash-lite"], "source": "my contract", "prices": [{"input": 0.1, "output": 1}]}]}"#;
    let prices = Some(Arc::new(PriceList::from_json(own).unwrap()));
    let gemini = Gemini::new(Config { prices, ..Config::new(SharedKey::default()) }).unwrap();
    assert_eq!(gemini.price_list().as_of.to_string(), "2026-11-01");
    assert_eq!(gemini.price("gemini-3.5-flash-lite", &usage), Some(100_000 + 10_000));
    assert_eq!(gemini.price("gemini-3.8-flash", &usage), None, "nothing is filled in from the other list");
}
