//! SplitMix64: numbers that look drawn by chance and are the same everywhere.
//!
//! Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014.

/// The number after `state`.
pub(crate) fn mix(state: u64) -> u64 {
    let mut z = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn these_are_the_numbers_of_the_reference_from_seed_1234567() {
        let step = 0x9E37_79B9_7F4A_7C15_u64;
        let numbers = [0, 1, 2].map(|n| mix(1_234_567_u64.wrapping_add(step.wrapping_mul(n))));
        assert_eq!(
            numbers,
            [6_457_827_717_110_365_317, 3_203_168_211_198_807_973, 9_817_491_932_198_370_423]
        );
    }
}
