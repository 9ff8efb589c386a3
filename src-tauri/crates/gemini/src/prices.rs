//! What models cost: a dated list that comes with Castor, or one of a person's own, and the arithmetic over it.
//!
//! Prices change on days that are known ahead, so a model may have several, each up to a day. The list is written in US
//! dollars per million tokens, as providers publish it; here everything is whole millionths of a dollar, so that sums
//! are exact. What is not in the list has no price: nothing is guessed from a similar name.

use conversation::Usage;
use serde::Deserialize;
use std::collections::HashSet;
use std::sync::LazyLock;
use time::format_description::well_known::Iso8601;
use time::{Date, OffsetDateTime};

/// The list Castor comes with.
const BUILT_IN: &str = include_str!("../../../../assets/gemini-prices.json");

/// Prices are per this many tokens.
const MILLION: u128 = 1_000_000;

/// Prices of many models.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PriceList {
    /// The day the prices were last compared with the published ones.
    pub as_of: Date,
    /// Where they were published, for people.
    pub source: String,
    models: Vec<Entry>,
}

/// Prices of one model and of what is billed like it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry {
    ids: Vec<Pattern>,
    /// In the order of their days; one without a last day comes last.
    prices: Vec<ModelPrice>,
}

/// An identifier, or the beginning of identifiers.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Pattern {
    Exact(String),
    Prefix(String),
}

/// What one model costs. All amounts are millionths of a US dollar.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ModelPrice {
    /// For prompts up to the size at which [`above`](Self::above) begins.
    pub base: Tier,
    /// For larger prompts: the size in tokens beyond which the whole request is billed by the other tier.
    pub above: Option<(u32, Tier)>,
    /// Per million tokens of sound in a prompt, where it differs. [`Usage`] does not tell sound from text, so
    /// [`cost`](Self::cost) bills it like text.
    pub audio_input: Option<u64>,
    /// Per thousand searches of the web.
    pub thousand_searches: Option<u64>,
    /// The last day of this price, in UTC; `None` while no change is announced.
    pub until: Option<Date>,
}

/// Prices per million tokens, in millionths of a US dollar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Tier {
    /// Of the prompt.
    pub input: u64,
    /// Of what of the prompt was kept from before; the same as `input` where nothing cheaper is published.
    pub cached: u64,
    /// Of thoughts, and of answers unless `answer` says otherwise.
    pub output: u64,
    /// Of answers: pictures cost more than words, and [`Usage`] does not tell them apart, so answers of a model that
    /// makes pictures are billed as pictures.
    pub answer: u64,
}

/// Why a list of prices cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PriceListError {
    /// It is no JSON, or not of the expected shape.
    #[error("the list of prices cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// It is in another currency.
    #[error("the list of prices is in {0:?}; only USD is understood")]
    Currency(String),
    /// A day is not written like `2026-12-31`.
    #[error("{0:?} is not a day; write it like 2026-12-31")]
    Day(String),
    /// A price is negative, above a million dollars, or finer than a millionth of a dollar.
    #[error("{model}: {dollars} is not a price in US dollars with up to six decimals")]
    Amount {
        /// The first identifier of its model.
        model: String,
        /// What is written.
        dollars: f64,
    },
    /// An identifier is empty or stands there twice.
    #[error("the model {0:?} is listed twice, or has no name")]
    Model(String),
    /// The prices of a model do not follow each other day by day, or there are none.
    #[error("{0}: prices must be in the order of their last days, the one without a last day at the end")]
    Order(String),
}

/// The prices Castor comes with.
pub fn prices() -> &'static PriceList {
    static LIST: LazyLock<PriceList> = LazyLock::new(|| {
        // A test reads the same text. If it were wrong after all, costs would be unknown and nothing else.
        PriceList::from_json(BUILT_IN).unwrap_or_else(|error| {
            tracing::error!(%error, "the built-in prices are not usable");
            PriceList { as_of: Date::MIN, source: String::new(), models: Vec::new() }
        })
    });
    &LIST
}

impl PriceList {
    /// Reads a list as `assets/gemini-prices.json` is written. Unknown fields are refused: a misspelt price would count
    /// as none.
    pub fn from_json(json: &str) -> Result<Self, PriceListError> {
        let written: ListJson = serde_json::from_str(json)?;
        if written.currency != "USD" {
            return Err(PriceListError::Currency(written.currency));
        }
        let mut seen = HashSet::new();
        let models =
            written.models.into_iter().map(|model| model.read(&mut seen)).collect::<Result<_, _>>()?;
        Ok(Self { as_of: day(&written.as_of)?, source: written.source, models })
    }

    /// Today's price of a model, by its identifier without the resource prefix.
    pub fn for_model(&self, id: &str) -> Option<&ModelPrice> {
        self.for_model_on(id, OffsetDateTime::now_utc().date())
    }

    /// The price of a model on a day. Its whole identifier is looked for first, then the longest beginning of it.
    pub fn for_model_on(&self, id: &str, day: Date) -> Option<&ModelPrice> {
        let fitting = self.models.iter().filter_map(|entry| {
            let closest = entry.ids.iter().filter_map(|pattern| pattern.closeness(id)).max()?;
            Some((closest, entry))
        });
        let (_, entry) = fitting.max_by_key(|(closeness, _)| *closeness)?;
        entry.prices.iter().find(|price| price.until.is_none_or(|until| day <= until))
    }
}

impl Pattern {
    fn new(text: &str) -> Self {
        match text.strip_suffix('*') {
            Some(start) => Self::Prefix(start.to_owned()),
            None => Self::Exact(text.to_owned()),
        }
    }

    /// How much of `id` it fixes, if it fits.
    fn closeness(&self, id: &str) -> Option<usize> {
        match self {
            Self::Exact(text) => (text == id).then_some(usize::MAX),
            Self::Prefix(start) => id.starts_with(start.as_str()).then_some(start.len()),
        }
    }
}

impl ModelPrice {
    /// The tier a prompt of this many tokens is billed by.
    pub fn tier(&self, prompt_tokens: u32) -> Tier {
        match self.above {
            Some((size, above)) if prompt_tokens > size => above,
            _ => self.base,
        }
    }

    /// What `usage` costs at list price, in millionths of a US dollar, rounded half up. Free allowances, of searches for
    /// instance, are an account's and not known here: every search counts.
    ///
    /// `None` where it searched and searching has no known price.
    pub fn cost(&self, usage: &Usage) -> Option<u64> {
        let tier = self.tier(usage.prompt_tokens);
        let cached = usage.cached_tokens.min(usage.prompt_tokens);
        let part = |tokens: u32, price: u64| u128::from(tokens) * u128::from(price);
        let searches = match self.thousand_searches {
            Some(price) => part(usage.searches, price) * (MILLION / 1000),
            None if usage.searches > 0 => return None,
            None => 0,
        };
        // At most 2^32 times 10^12 each: far from the limits of 128 bits.
        let millionths = part(usage.prompt_tokens - cached, tier.input)
            + part(cached, tier.cached)
            + part(usage.answer_tokens, tier.answer)
            + part(usage.thought_tokens, tier.output)
            + searches;
        Some(u64::try_from((millionths + MILLION / 2) / MILLION).unwrap_or(u64::MAX))
    }
}

/// The list as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ListJson {
    as_of: String,
    source: String,
    currency: String,
    models: Vec<ModelJson>,
}

/// One model as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ModelJson {
    /// Identifiers; one that ends in `*` stands for all that begin so.
    ids: Vec<String>,
    /// Where its prices are from, for whoever checks them.
    #[serde(rename = "source")]
    _source: String,
    prices: Vec<PriceJson>,
}

/// A price as it is written: dollars per million tokens, searches per thousand.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct PriceJson {
    until: Option<String>,
    input: f64,
    cached: Option<f64>,
    output: f64,
    picture_output: Option<f64>,
    audio_input: Option<f64>,
    thousand_searches: Option<f64>,
    above: Option<AboveJson>,
}

/// The tier of large prompts as it is written.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct AboveJson {
    prompt_tokens: u32,
    input: f64,
    cached: Option<f64>,
    output: f64,
}

impl ModelJson {
    fn read(self, seen: &mut HashSet<String>) -> Result<Entry, PriceListError> {
        let name = self.ids.first().cloned().unwrap_or_default();
        if let Some(id) =
            self.ids.iter().find(|id| matches!(id.as_str(), "" | "*") || !seen.insert((*id).clone()))
        {
            return Err(PriceListError::Model(id.clone()));
        }
        let prices =
            self.prices.iter().map(|price| price.read(&name)).collect::<Result<Vec<ModelPrice>, _>>()?;
        let ordered = prices.windows(2).all(|pair| match (pair[0].until, pair[1].until) {
            (Some(first), Some(second)) => first < second,
            (first, _) => first.is_some(),
        });
        if self.ids.is_empty() || prices.is_empty() || !ordered {
            return Err(PriceListError::Order(name));
        }
        Ok(Entry { ids: self.ids.iter().map(|id| Pattern::new(id)).collect(), prices })
    }
}

impl PriceJson {
    fn read(&self, model: &str) -> Result<ModelPrice, PriceListError> {
        let amount = |dollars| micro_usd(model, dollars);
        let optional = |dollars: Option<f64>| dollars.map(amount).transpose();
        let tier = |input: f64, cached: Option<f64>, output: f64| {
            let answer = self.picture_output.unwrap_or(output);
            Ok::<_, PriceListError>(Tier {
                input: amount(input)?,
                cached: amount(cached.unwrap_or(input))?,
                output: amount(output)?,
                answer: amount(answer)?,
            })
        };
        let above = self.above.as_ref().map(|above| {
            Ok::<_, PriceListError>((above.prompt_tokens, tier(above.input, above.cached, above.output)?))
        });
        Ok(ModelPrice {
            base: tier(self.input, self.cached, self.output)?,
            above: above.transpose()?,
            audio_input: optional(self.audio_input)?,
            thousand_searches: optional(self.thousand_searches)?,
            until: self.until.as_deref().map(day).transpose()?,
        })
    }
}

/// Dollars as millionths, exactly.
fn micro_usd(model: &str, dollars: f64) -> Result<u64, PriceListError> {
    let millionths = dollars * 1e6;
    let whole = millionths.round();
    // Binary fractions miss decimal ones by far less than this.
    if !(0.0..=1e12).contains(&whole) || (millionths - whole).abs() > 1e-3 {
        return Err(PriceListError::Amount { model: model.to_owned(), dollars });
    }
    Ok(whole as u64)
}

fn day(text: &str) -> Result<Date, PriceListError> {
    Date::parse(text, &Iso8601::DATE).map_err(|_| PriceListError::Day(text.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{DEFAULT_MODEL, FALLBACK_MODEL};

    fn list(models: &str) -> Result<PriceList, PriceListError> {
        PriceList::from_json(&format!(
            r#"{{"as_of": "2026-10-15", "source": "a test", "currency": "USD", "models": [{models}]}}"#
        ))
    }

    fn priced(prices: &str) -> Result<PriceList, PriceListError> {
        list(&format!(r#"{{"ids": ["m"], "source": "s", "prices": [{prices}]}}"#))
    }

    fn on(text: &str) -> Date {
        day(text).unwrap()
    }

    fn price(prices: &str) -> ModelPrice {
        priced(prices).unwrap().for_model("m").unwrap().clone()
    }

    #[test]
    fn the_built_in_list_is_readable_and_knows_the_models_castor_offers_first() {
        let read = PriceList::from_json(BUILT_IN).unwrap();
        assert_eq!(&read, prices());
        for model in [DEFAULT_MODEL, FALLBACK_MODEL, "gemini-4-argon"] {
            assert!(read.for_model(model).is_some(), "{model}");
        }
    }

    /// Published: 0.75 in, 0.075 cached, 3.75 out; twice that from 2027 on.
    #[test]
    fn an_answer_is_billed_to_the_millionth() {
        let model = prices().for_model_on("gemini-3.8-flash", on("2026-12-31")).unwrap();
        let usage = Usage {
            prompt_tokens: 10_000,
            cached_tokens: 4_000,
            answer_tokens: 500,
            thought_tokens: 1_500,
            searches: 2,
        };
        // 6000 * 0.75 + 4000 * 0.075 + 2000 * 3.75 = 4500 + 300 + 7500; searches 2 * 14000.
        assert_eq!(model.cost(&usage), Some(12_300 + 28_000));
        let model = prices().for_model_on("gemini-3.8-flash", on("2027-01-01")).unwrap();
        assert_eq!(model.cost(&usage), Some(24_600 + 28_000));
    }

    #[test]
    fn prices_change_on_their_day() {
        let output = |text| prices().for_model_on("gemini-4-argon", on(text)).unwrap().base.output;
        assert_eq!(output("2026-11-30"), 10_000_000);
        assert_eq!(output("2026-12-01"), 20_000_000);
        let ended = priced(r#"{"until": "2026-01-31", "input": 1, "output": 2}"#).unwrap();
        assert!(ended.for_model_on("m", on("2026-01-31")).is_some());
        assert_eq!(ended.for_model_on("m", on("2026-02-01")), None);
    }

    #[test]
    fn a_large_prompt_is_billed_by_its_tier_as_a_whole() {
        let model = prices().for_model("gemini-3.1-pro-preview").unwrap();
        let usage = |prompt_tokens| Usage { prompt_tokens, answer_tokens: 1_000, ..Usage::default() };
        assert_eq!(model.cost(&usage(200_000)), Some(400_000 + 12_000));
        // 200001 * 4 + 1000 * 18
        assert_eq!(model.cost(&usage(200_001)), Some(800_004 + 18_000));
    }

    #[test]
    fn halves_are_rounded_up_once_and_at_the_end() {
        let model = price(r#"{"input": 0.25, "output": 0.25}"#);
        let cost = |prompt_tokens, answer_tokens| {
            model.cost(&Usage { prompt_tokens, answer_tokens, ..Usage::default() }).unwrap()
        };
        assert_eq!(cost(1, 0), 0);
        assert_eq!(cost(1, 1), 1, "0.25 + 0.25 is a half");
        assert_eq!(cost(3, 2), 1, "0.75 + 0.5");
        assert_eq!(cost(0, 0), 0);
    }

    #[test]
    fn pictures_cost_more_than_thoughts_and_a_missing_cache_price_is_the_input_price() {
        let model = price(r#"{"input": 1, "output": 3, "picture_output": 60}"#);
        let usage = Usage {
            prompt_tokens: 10,
            cached_tokens: 10,
            answer_tokens: 100,
            thought_tokens: 10,
            ..Usage::default()
        };
        assert_eq!(model.cost(&usage), Some(10 + 6000 + 30));
    }

    #[test]
    fn a_search_without_a_price_makes_the_cost_unknown() {
        let model = price(r#"{"input": 1, "output": 3}"#);
        let usage = Usage { prompt_tokens: 10, searches: 1, ..Usage::default() };
        assert_eq!(model.cost(&usage), None);
        assert_eq!(model.cost(&Usage { searches: 0, ..usage }), Some(10));
    }

    #[test]
    fn counts_no_provider_should_send_do_no_harm() {
        let model = price(r#"{"input": 1000000, "output": 1000000, "thousand_searches": 1000000}"#);
        let most = Usage {
            prompt_tokens: u32::MAX,
            answer_tokens: u32::MAX,
            thought_tokens: u32::MAX,
            cached_tokens: u32::MAX,
            searches: u32::MAX,
        };
        let tokens = u64::from(u32::MAX) * 1_000_000;
        assert_eq!(model.cost(&most), Some(3 * tokens + tokens * 1000));
        let odd = Usage { prompt_tokens: 5, cached_tokens: 9, ..Usage::default() };
        assert_eq!(model.cost(&odd), Some(5_000_000));
    }

    #[test]
    fn only_listed_models_have_a_price() {
        for id in [
            "",
            "gemini",
            "gemini-3.8",
            "gemini-3.8-flash-ultra",
            "gemini-5-krypton",
            "models/gemini-3.8-flash",
        ] {
            assert_eq!(prices().for_model(id), None, "{id}");
        }
        let aliased = prices().for_model("gemini-flash-latest");
        assert!(aliased.is_some() && aliased == prices().for_model("gemini-3.8-flash"));
    }

    #[test]
    fn the_closest_identifier_wins() {
        let entry = |ids: &str, input: u32| {
            format!(r#"{{"ids": [{ids}], "source": "s", "prices": [{{"input": {input}, "output": 0}}]}}"#)
        };
        let read =
            list(&[entry(r#""a-b""#, 1), entry(r#""a-b*""#, 2), entry(r#""a-b-*", "z""#, 3)].join(","))
                .unwrap();
        for (id, dollars) in [("a-b", 1), ("a-bc", 2), ("a-b-001", 3), ("z", 3)] {
            assert_eq!(read.for_model(id).unwrap().base.input, dollars * 1_000_000, "{id}");
        }
        assert_eq!(read.for_model("a"), None);
    }

    #[test]
    fn what_is_wrong_with_a_list_is_told() {
        let first = r#"{"until": "2026-12-31", "input": 1, "output": 2}"#;
        let last = r#"{"input": 1, "output": 2}"#;
        assert!(priced(&format!("{first}, {last}")).is_ok());
        for disorder in [format!("{last}, {first}"), format!("{first}, {first}"), String::new()] {
            assert!(
                matches!(priced(&disorder), Err(PriceListError::Order(model)) if model == "m"),
                "{disorder}"
            );
        }
        for amount in ["-1", "1e7", "0.0000001"] {
            let wrong = priced(&format!(r#"{{"input": {amount}, "output": 2}}"#));
            assert!(matches!(wrong, Err(PriceListError::Amount { .. })), "{amount}");
        }
        let day = priced(r#"{"until": "31.12.2026", "input": 1, "output": 2}"#);
        assert!(matches!(day, Err(PriceListError::Day(text)) if text == "31.12.2026"));
        let misspelt = priced(r#"{"input": 1, "output": 2, "cache": 3}"#);
        assert!(matches!(misspelt, Err(PriceListError::Json(_))));
        for ids in [r#""a", "a""#, r#""""#, r#""*""#] {
            let twice = list(&format!(r#"{{"ids": [{ids}], "source": "s", "prices": [{last}]}}"#));
            assert!(matches!(twice, Err(PriceListError::Model(_))), "{ids}");
        }
        let euro = BUILT_IN.replace("\"USD\"", "\"EUR\"");
        assert!(matches!(PriceList::from_json(&euro), Err(PriceListError::Currency(_))));
    }
}
