//! Chooses the next token from the network's scores.

use rand::{Rng, SeedableRng, rngs::StdRng};

/// Tokens at the end of the text that the repetition penalty looks at.
const PENALTY_WINDOW: usize = 64;

/// How freely the next token is chosen. The defaults are those Qwen2.5 was published with, but for a milder penalty.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampling {
    /// 0 always takes the likeliest token; 1 leaves the network's own odds.
    pub temperature: f32,
    /// Only the likeliest tokens that together reach this probability are considered.
    pub top_p: f32,
    /// At most this many tokens are considered.
    pub top_k: usize,
    /// How much less likely tokens of the last stretch become; 1 for not at all.
    pub repetition_penalty: f32,
    /// The same seed gives the same answer; `None` draws one.
    pub seed: Option<u64>,
}

impl Default for Sampling {
    fn default() -> Self {
        Self { temperature: 0.7, top_p: 0.8, top_k: 20, repetition_penalty: 1.05, seed: None }
    }
}

impl Sampling {
    /// Always the likeliest token, for answers that must be reproducible.
    pub fn greedy() -> Self {
        Self { temperature: 0.0, repetition_penalty: 1.0, ..Self::default() }
    }
}

/// Draws tokens for one answer.
pub struct Sampler {
    settings: Sampling,
    random: StdRng,
}

impl Sampler {
    /// A sampler at the beginning of its random sequence.
    pub fn new(settings: Sampling) -> Self {
        let random = settings.seed.map_or_else(StdRng::from_os_rng, StdRng::seed_from_u64);
        Self { settings, random }
    }

    /// Chooses among `scores`, one for each token. `text` is everything before, prompt included. `None` when no score is a
    /// number, which a broken model can bring about.
    pub fn choose(&mut self, mut scores: Vec<f32>, text: &[u32]) -> Option<u32> {
        self.penalise(&mut scores, text);
        let mut candidates: Vec<(u32, f32)> =
            (0u32..).zip(scores).filter(|(_, score)| score.is_finite()).collect();
        if self.settings.temperature <= 0.0 {
            return candidates
                .into_iter()
                .reduce(|best, next| if next.1 > best.1 { next } else { best })
                .map(|(id, _)| id);
        }
        let count = self.settings.top_k.clamp(1, candidates.len().max(1));
        if count < candidates.len() {
            candidates.select_nth_unstable_by(count - 1, |a, b| b.1.total_cmp(&a.1));
            candidates.truncate(count);
        }
        candidates.sort_unstable_by(|a, b| b.1.total_cmp(&a.1));

        let best = candidates.first()?.1;
        let weights: Vec<f32> =
            candidates.iter().map(|(_, score)| ((score - best) / self.settings.temperature).exp()).collect();
        let total: f32 = weights.iter().sum();
        let mut reached = 0.0;
        let kept = weights
            .iter()
            .take_while(|weight| {
                let more = reached < self.settings.top_p * total;
                reached += **weight;
                more
            })
            .count()
            .max(1);

        let mut point = self.random.random::<f32>() * weights[..kept].iter().sum::<f32>();
        let chosen = weights[..kept].iter().position(|weight| {
            point -= weight;
            point < 0.0
        });
        candidates.get(chosen.unwrap_or(kept - 1)).map(|(id, _)| *id)
    }

    fn penalise(&self, scores: &mut [f32], text: &[u32]) {
        let penalty = self.settings.repetition_penalty;
        if penalty <= 0.0 || (penalty - 1.0).abs() < f32::EPSILON {
            return;
        }
        let mut recent = text[text.len().saturating_sub(PENALTY_WINDOW)..].to_vec();
        recent.sort_unstable();
        recent.dedup();
        for token in recent {
            if let Some(score) = scores.get_mut(token as usize) {
                *score = if *score > 0.0 { *score / penalty } else { *score * penalty };
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seeded(top_k: usize, top_p: f32) -> Sampler {
        Sampler::new(Sampling { seed: Some(7), top_k, top_p, ..Sampling::default() })
    }

    #[test]
    fn greedy_takes_the_likeliest() {
        assert_eq!(Sampler::new(Sampling::greedy()).choose(vec![0.1, 3.0, -1.0], &[]), Some(1));
    }

    #[test]
    fn the_same_seed_draws_the_same_tokens() {
        let draw = || {
            let mut sampler = seeded(20, 1.0);
            (0..50).map(|_| sampler.choose(vec![1.0; 30], &[])).collect::<Vec<_>>()
        };
        assert_eq!(draw(), draw());
        assert!(draw().iter().any(|token| *token != draw()[0]));
    }

    #[test]
    fn top_k_and_top_p_leave_the_unlikely_out() {
        let mut top_k = seeded(2, 1.0);
        let mut top_p = seeded(20, 0.5);
        for _ in 0..200 {
            assert!(matches!(top_k.choose(vec![1.0, 5.0, 5.0, 1.0], &[]), Some(1 | 2)));
            assert_eq!(top_p.choose(vec![1.0, 5.0, 2.0], &[]), Some(1));
        }
    }

    #[test]
    fn what_was_just_said_becomes_less_likely() {
        let mut sampler = Sampler::new(Sampling { repetition_penalty: 2.0, ..Sampling::greedy() });
        assert_eq!(sampler.choose(vec![3.0, 2.0], &[0]), Some(1));
        assert_eq!(sampler.choose(vec![-1.0, -1.5], &[0]), Some(1));
    }

    #[test]
    fn scores_that_are_no_numbers_are_not_chosen() {
        let mut sampler = seeded(20, 0.8);
        assert_eq!(sampler.choose(vec![f32::NAN, 1.0], &[]), Some(1));
        assert_eq!(sampler.choose(vec![f32::NAN, f32::INFINITY], &[]), None);
    }
}
