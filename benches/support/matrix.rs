//! Matrices of answers for alpha, by a counter-based generator: those that the peers are timed on.

fn mix(z: u64) -> u64 {
    let z = z.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

pub fn share(stream: u64, place: usize) -> f64 {
    (mix(mix(42 + stream) ^ place as u64) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Coders x units cells, half of them missing, seven of ten the unit's own; `k` values, free numbers when it is 0.
pub fn matrix(units: usize, coders: usize, k: f64) -> Vec<f64> {
    (0..units * coders)
        .map(|n| {
            let value = |share: f64| if k > 0.0 { (share * k).floor() } else { share };
            let own = share(6, n) >= 0.7;
            if share(8, n) >= 0.5 {
                f64::NAN
            } else {
                value(if own { share(7, n) } else { share(1, n % units) })
            }
        })
        .collect()
}
