//! What the attackers need of chance.

pub use crate::support::random::Random;

/// A stream of its own for each name, so that no attack changes another.
pub fn named(seed: u64, name: &str) -> Random {
    // FNV-1a.
    Random::new(
        name.bytes().fold(seed, |state, byte| {
            (state ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01B3)
        }),
    )
}

pub fn pick<'a, T>(random: &mut Random, from: &'a [T]) -> &'a T {
    &from[random.below(from.len())]
}
