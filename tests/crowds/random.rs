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

/// `count` of them, each at most once, in random order.
pub fn sample<T: Clone>(random: &mut Random, from: &[T], count: usize) -> Vec<T> {
    let mut rest = from.to_vec();
    for at in 0..count.min(rest.len()) {
        let other = at + random.below(rest.len() - at);
        rest.swap(at, other);
    }
    rest.truncate(count);
    rest
}
