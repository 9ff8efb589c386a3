//! The month's money: what was spent, and what may be.

use crate::settings::Settings;
use ask::MonthlyCap;
use conversation::Timestamp;
use gemini::Gemini;
use history::{History, HistoryError, ModelTotal, Total};
use serde::{Deserialize, Serialize};
use specta::Type;

/// What was spent in the calendar month, on this computer's clock.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Spending {
    /// When the month began.
    pub since: Timestamp,
    /// All of it.
    pub total: Total,
    /// The same for each model, the dearest first.
    pub by_model: Vec<ModelTotal>,
    /// The day of the price list, as `2026-11-23`.
    pub prices_as_of: String,
}

/// What was spent this month.
pub fn this_month(history: &History, gemini: &Gemini) -> Result<Spending, HistoryError> {
    let since = month_began();
    Ok(Spending {
        since,
        total: history.spent_since(since)?,
        by_model: history.spent_by_model(since)?,
        prices_as_of: gemini.price_list().as_of.to_string(),
    })
}

/// The cap the person set.
pub fn cap(settings: &Settings) -> Option<MonthlyCap> {
    let cents = settings.monthly_cap_cents?;
    Some(MonthlyCap { micro_usd: u64::from(cents) * 10_000, since: month_began() })
}

/// Midnight of the first day of this month, in the system's time zone.
fn month_began() -> Timestamp {
    let now = jiff::ZonedDateTime::now();
    let began = now.first_of_month().and_then(|day| day.start_of_day()).unwrap_or(now);
    Timestamp(began.timestamp().as_millisecond())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_month_began_within_the_last_31_days() {
        let age_ms = Timestamp::now().0 - month_began().0;
        assert!((0..=31 * 24 * 3_600_000 + 3_600_000).contains(&age_ms), "{age_ms}");
    }
}
