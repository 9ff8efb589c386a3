//! When a request that failed in passing is sent again.

use crate::RetryPolicy;
use crate::failure::{Failure, Remedy};
use backon::{BackoffBuilder, ExponentialBackoff, ExponentialBuilder};
use std::time::Duration;
use tokio::time::sleep;

/// The attempts one request has left.
#[derive(Debug)]
pub(crate) struct Retries {
    policy: RetryPolicy,
    delays: ExponentialBackoff,
}

impl Retries {
    pub(crate) fn new(policy: RetryPolicy) -> Self {
        let delays = ExponentialBuilder::new()
            .with_min_delay(policy.first_delay)
            .with_max_delay(policy.longest_delay)
            .with_max_times(policy.attempts.saturating_sub(1) as usize)
            .with_jitter()
            .build();
        Self { policy, delays }
    }

    /// How long to wait before the next attempt. `None` when the failure does not pass by itself, when the server asks for
    /// more patience than anybody has, or when the attempts are used up.
    pub(crate) fn after(&mut self, failure: &Failure) -> Option<Duration> {
        let Remedy::Retry(requested) = failure.remedy else { return None };
        if requested.is_some_and(|delay| delay > self.policy.longest_requested_delay) {
            return None;
        }
        let own = self.delays.next()?;
        let delay = own.min(self.policy.longest_delay).max(requested.unwrap_or_default());
        tracing::info!(code = ?failure.error.notice.code, ?delay, "trying again");
        Some(delay)
    }
}

/// Sends a request until it succeeds, fails for good, or its attempts are used up.
pub(crate) async fn retrying<T, Attempt: Future<Output = Result<T, Failure>>>(
    policy: RetryPolicy,
    mut attempt: impl FnMut() -> Attempt,
) -> Result<T, Failure> {
    let mut retries = Retries::new(policy);
    loop {
        match attempt().await {
            Ok(value) => return Ok(value),
            Err(failure) => match retries.after(&failure) {
                Some(delay) => sleep(delay).await,
                None => return Err(failure),
            },
        }
    }
}
