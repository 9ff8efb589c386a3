//! What was spent: one row for each request that costs money, kept also when its conversation is gone.
//!
//! A row is written before its request is sent, at the most it can cost, and put right when the answer has ended. So two
//! questions at once, or a process that was killed, cannot pass the cap together.

use crate::columns::{self, Json, Word};
use crate::{History, HistoryError};
use conversation::{ConversationId, Cost, MessageId, ModelRef, Timestamp, Usage};
use rusqlite::{Row, params};
use serde::{Deserialize, Serialize};
use specta::Type;

/// A request that is about to cost money.
#[derive(Debug, Clone, PartialEq)]
pub struct Spend<'a> {
    /// The answer it is for.
    pub message: MessageId,
    /// In which conversation.
    pub conversation: ConversationId,
    /// Who is paid.
    pub model: &'a ModelRef,
    /// The most it can cost, in millionths of a US dollar; `None` where the price is not known.
    pub micro_usd: Option<u64>,
}

/// Names a request that costs money.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SpendId(i64);

/// What requests came to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub struct Total {
    /// Requests.
    pub requests: u32,
    /// Tokens of their prompts.
    pub prompt_tokens: u64,
    /// Tokens of their answers, thoughts included.
    pub answer_tokens: u64,
    /// Millionths of a US dollar, as far as prices are known.
    pub micro_usd: u64,
    /// Requests whose price is not known.
    pub unpriced: u32,
    /// Whether some of it is an estimate.
    pub estimated: bool,
}

/// What one model came to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Type)]
pub struct ModelTotal {
    /// Whose.
    pub model: ModelRef,
    /// How much.
    pub total: Total,
}

const SUMS: &str = "count(*) AS requests,
     coalesce(sum(json_extract(usage, '$.promptTokens')), 0) AS prompt_tokens,
     coalesce(sum(json_extract(usage, '$.answerTokens') + json_extract(usage, '$.thoughtTokens')), 0) AS answer_tokens,
     coalesce(sum(micro_usd), 0) AS micro_usd, count(*) - count(micro_usd) AS unpriced,
     coalesce(max(estimated), 0) AS estimated";

impl History {
    /// Notes that a request is about to cost money. With a `cap`, `None` when what was spent since `since` and this request
    /// together could pass it: then nothing is noted, and nothing may be sent.
    pub fn spend(
        &self,
        spend: &Spend<'_>,
        cap: Option<(u64, Timestamp)>,
    ) -> Result<Option<SpendId>, HistoryError> {
        self.write(|transaction| {
            if let Some((cap, since)) = cap {
                let so_far: i64 = transaction.query_row(
                    "SELECT coalesce(sum(micro_usd), 0) FROM spending WHERE at >= ?1",
                    [since.0],
                    |row| row.get(0),
                )?;
                if u64::try_from(so_far).unwrap_or(0).saturating_add(spend.micro_usd.unwrap_or(0)) > cap {
                    return Ok(None);
                }
            }
            transaction.execute(
                "INSERT INTO spending (message, conversation, at, model_mind, model_id, micro_usd, estimated)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, 1)",
                params![
                    spend.message.0,
                    spend.conversation.0,
                    Timestamp::now().0,
                    Word(spend.model.mind),
                    spend.model.id,
                    spend.micro_usd.map(|amount| i64::try_from(amount).unwrap_or(i64::MAX)),
                ],
            )?;
            Ok(Some(SpendId(transaction.last_insert_rowid())))
        })
    }

    /// Puts right what a request cost, once that is known.
    pub fn settle(&self, id: SpendId, usage: Usage, cost: Option<Cost>) -> Result<(), HistoryError> {
        self.connection().execute(
            "UPDATE spending SET usage = ?2, micro_usd = ?3, estimated = ?4 WHERE id = ?1",
            params![
                id.0,
                Json(usage),
                cost.map(|cost| i64::try_from(cost.micro_usd).unwrap_or(i64::MAX)),
                cost.is_some_and(|cost| cost.estimated),
            ],
        )?;
        Ok(())
    }

    /// Takes back a request that was never answered and so cost nothing.
    pub fn unspend(&self, id: SpendId) -> Result<(), HistoryError> {
        self.connection().execute("DELETE FROM spending WHERE id = ?1", [id.0])?;
        Ok(())
    }

    /// What was spent since then, deleted conversations included.
    pub fn spent_since(&self, since: Timestamp) -> Result<Total, HistoryError> {
        let sql = format!("SELECT {SUMS} FROM spending WHERE at >= ?1");
        Ok(self.connection().prepare_cached(&sql)?.query_row([since.0], total)?)
    }

    /// The same for each model, the dearest first.
    pub fn spent_by_model(&self, since: Timestamp) -> Result<Vec<ModelTotal>, HistoryError> {
        let connection = self.connection();
        let sql = format!(
            "SELECT model_mind, model_id, {SUMS} FROM spending WHERE at >= ?1
             GROUP BY model_mind, model_id ORDER BY 6 DESC, 3 DESC"
        );
        let mut statement = connection.prepare_cached(&sql)?;
        let rows = statement.query_map([since.0], |row| Ok((columns::model(row)?, total(row)?)))?;
        let mut totals = Vec::new();
        for row in rows {
            if let (Some(model), total) = row? {
                totals.push(ModelTotal { model, total });
            }
        }
        Ok(totals)
    }

    /// What a conversation came to, earlier versions of its answers included.
    pub fn spent_in(&self, conversation: ConversationId) -> Result<Total, HistoryError> {
        let sql = format!("SELECT {SUMS} FROM spending WHERE conversation = ?1");
        Ok(self.connection().prepare_cached(&sql)?.query_row([conversation.0], total)?)
    }
}

fn total(row: &Row<'_>) -> rusqlite::Result<Total> {
    Ok(Total {
        requests: row.get("requests")?,
        prompt_tokens: columns::unsigned(row, "prompt_tokens")?,
        answer_tokens: columns::unsigned(row, "answer_tokens")?,
        micro_usd: columns::unsigned(row, "micro_usd")?,
        unpriced: row.get("unpriced")?,
        estimated: row.get("estimated")?,
    })
}
