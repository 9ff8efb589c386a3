//! What an echo canceller leaves of Castor's own voice, told from a person.

use crate::echo::BLOCK;

/// How much of the energies is kept from one block to the next: half of it for some 20 ms.
const KEEP: f32 = 0.87;
/// What is left counts as a rest of the echo where the canceller took away so much: 20 dB. A person who is that much softer
/// than the echo is not heard.
const REST: f32 = 0.01;

/// Compares what was heard with what is left of it.
#[derive(Debug, Default)]
pub(crate) struct Residue {
    heard: f32,
    left: f32,
}

impl Residue {
    /// Whether what is `left` of the block that was `heard` counts as a rest of the echo.
    pub(crate) fn is_rest(&mut self, heard: &[f32; BLOCK], left: &[f32; BLOCK]) -> bool {
        self.heard = self.heard * KEEP + energy(heard) * (1.0 - KEEP);
        self.left = self.left * KEEP + energy(left) * (1.0 - KEEP);
        self.left < self.heard * REST
    }
}

fn energy(block: &[f32; BLOCK]) -> f32 {
    block.iter().map(|sample| sample * sample).sum()
}
