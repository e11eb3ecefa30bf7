//! Numbers that look random and are the same in every run and on every machine.

/// xoshiro256++ (Blackman and Vigna, <https://prng.di.unimi.it/xoshiro256plusplus.c>, public domain),
/// seeded through splitmix64 as its authors advise. Own code: 30 lines, and no version of a
/// dependency can change what a seed means. Not for secrets.
#[derive(Clone)]
pub struct Random {
    state: [u64; 4],
}

impl Random {
    /// A generator for `seed`; near seeds give unrelated numbers.
    pub fn new(seed: u64) -> Self {
        let mut seed = seed;
        Self { state: std::array::from_fn(|_| splitmix64(&mut seed)) }
    }

    /// 64 random bits.
    pub fn next(&mut self) -> u64 {
        let [a, b, c, d] = &mut self.state;
        let result = a.wrapping_add(*d).rotate_left(23).wrapping_add(*a);
        let shifted = *b << 17;
        *c ^= *a;
        *d ^= *b;
        *b ^= *c;
        *a ^= *d;
        *c ^= shifted;
        *d = d.rotate_left(45);
        result
    }

    /// A number from 0 (in) to 1 (out), in steps of 2^-53.
    pub fn share(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// True with this probability.
    pub fn chance(&mut self, probability: f64) -> bool {
        self.share() < probability
    }

    /// A number from 0 to `end` - 1. The bias of the remainder is below `end` / 2^64.
    pub fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// The waiting time to the next arrival of a Poisson process with this mean distance.
    pub fn exponential(&mut self, mean: f64) -> f64 {
        // 1 - share is never 0.
        -mean * libm::log(1.0 - self.share())
    }
}

fn splitmix64(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}
