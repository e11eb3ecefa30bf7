//! Capital split over a fixed number of bets, and over the observation at which each begins.
//!
//! A bet made once and for all loses its capital to a long honest past, or to one long pause, and
//! nothing brings it back: who cheats later would never be seen. So the capital of 1 is spread over
//! start times. At observation k, counted from 1, the share 1/(k(k+1)) is put into the bets, split
//! evenly; what is not yet bet after k observations, 1/(k+1), is cash. The wealth is
//!
//! Σ over s ≤ k of 1/(s(s+1)) · W(s..k) + 1/(k+1),
//!
//! with W(s..k) the mean over the bets of the product of their factors from observation s to k. The
//! shares sum to 1 and do not depend on what is observed, and each W(s..k) is 1 before s and never
//! grows in expectation under the null: so neither does the whole, and Ville's bound holds for life.
//! A start at s costs the evidence from there ln(s(s+1)), however much was lost before.
//!
//! Sources: a mixture over change points, as in Shin, Ramdas and Rinaldo, arXiv 2203.03532
//! (e-detectors; Shiryaev-Roberts is the same sum with weights of 1, which bounds the run length in
//! place of the chance to be ever wrong); Volkhonskiy, Burnaev, Nouretdinov, Gammerman and Vovk, arXiv
//! 1706.03415 (martingales that begin anew at each possible change). The weights 1/(s(s+1)) are the
//! harmonic prior of the restarted martingale in the library nonconform (Hennhöfer).
//!
//! Only `+`, `*`, `/`: the same bits in every runtime.

use crate::state::{Loader, Saver, State};

/// Capital of `N` bets, all starts together; nothing is bet before the first observation.
///
/// The cash is not kept: it follows from the number of observations, which the owner counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Mixture<const N: usize> {
    parts: [f64; N],
}

impl<const N: usize> State for Mixture<N> {
    fn save_to(&self, out: &mut Saver) {
        self.parts.save_to(out);
    }

    fn restore_from(input: &mut Loader<'_>) -> Option<Self> {
        Some(Self { parts: input.take()? })
    }
}

/// A part never grows beyond this; capping only takes capital away, so the bound stands.
const MOST: f64 = 1e300;

/// A part below this is lost. It keeps slow subnormal numbers out; taking capital away is allowed.
const LEAST: f64 = 1e-290;

impl<const N: usize> Mixture<N> {
    pub(crate) fn new() -> Self {
        Self { parts: [0.0; N] }
    }

    /// Takes the observation after `taken` others: bets its share, then multiplies each part by its
    /// factor. Factors are not negative and not NaN.
    ///
    /// A count that is full cannot tell what was bet before, so from there on nothing more is.
    pub(crate) fn observe(&mut self, taken: u32, factors: impl IntoIterator<Item = f64>) {
        if let Some(k) = taken.checked_add(1) {
            let k = f64::from(k);
            let share = 1.0 / (k * (k + 1.0));
            self.bet(share);
        }
        self.multiply(factors);
    }

    #[allow(clippy::cast_precision_loss)] // N is a handful
    fn bet(&mut self, share: f64) {
        for part in &mut self.parts {
            *part += share / N as f64;
        }
    }

    /// Multiplies each part by its factor and bets nothing more.
    pub(crate) fn multiply(&mut self, factors: impl IntoIterator<Item = f64>) {
        for (part, factor) in self.parts.iter_mut().zip(factors) {
            let grown = (*part * factor).min(MOST);
            *part = if grown < LEAST { 0.0 } else { grown };
        }
    }

    /// All capital together after `taken` observations, bets and cash: the wealth.
    pub(crate) fn wealth(&self, taken: u32) -> f64 {
        self.parts.iter().sum::<f64>() + 1.0 / (f64::from(taken) + 1.0)
    }

    /// Whether `taken` observations can have led to these parts, as far as this type can tell.
    pub(crate) fn is_sound(&self, taken: u32) -> bool {
        let most = if taken == 0 { 0.0 } else { MOST };
        self.parts.iter().all(|part| (0.0..=most).contains(part))
    }
}

/// The mixture of one start, which bets everything at once: published values are of this one.
#[cfg(test)]
impl<const N: usize> Mixture<N> {
    /// The wealth after these factors, of one start before the first of them.
    pub(crate) fn of_one_start(factors: impl IntoIterator<Item = [f64; N]>) -> f64 {
        let mut one = Self::new();
        one.bet(1.0);
        for each in factors {
            one.multiply(each);
        }
        one.parts.iter().sum()
    }

    /// The wealth by the formula above: every start by itself, weighed and added up, and the cash.
    pub(crate) fn by_the_formula(factors: &[[f64; N]]) -> f64 {
        let (mut bet, mut s) = (0.0, 1.0);
        for start in 0..factors.len() {
            let one = Self::of_one_start(factors[start..].iter().copied());
            bet += one / (s * (s + 1.0));
            s += 1.0;
        }
        bet + 1.0 / s
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_observed_is_exactly_one_and_all_cash() {
        assert_eq!(Mixture::<7>::new().wealth(0).to_bits(), 1.0_f64.to_bits());
    }

    #[test]
    fn bets_that_change_nothing_keep_the_wealth_at_one() {
        // What is moved into the bets is what the cash loses: the shares sum to 1.
        let mut mixture = Mixture::<3>::new();
        for taken in 0..100_000 {
            mixture.observe(taken, [1.0; 3]);
            assert!((mixture.wealth(taken + 1) - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn the_wealth_is_the_weighted_sum_over_starts_and_the_cash() {
        let mut mixture = Mixture::<3>::new();
        let mut factors = vec![];
        for taken in 0..300_u32 {
            let up = if taken % 7 < 3 { 1.5 } else { 0.7 };
            factors.push([up, 1.0, 2.0 - up]);
            mixture.observe(taken, factors[factors.len() - 1]);
            let direct = Mixture::by_the_formula(&factors);
            assert!((mixture.wealth(taken + 1) / direct - 1.0).abs() < 1e-12, "{taken}");
        }
    }

    #[test]
    fn capital_lost_altogether_is_bet_anew() {
        let mut mixture = Mixture::<2>::new();
        mixture.observe(0, [0.0; 2]);
        assert!((mixture.wealth(1) - 0.5).abs() < 1e-15);
        mixture.observe(1, [3.0; 2]);
        assert!((mixture.wealth(2) - (3.0 / 6.0 + 1.0 / 3.0)).abs() < 1e-15);
    }

    #[test]
    fn a_full_count_bets_nothing_more() {
        let mut mixture = Mixture::<2>::new();
        mixture.observe(u32::MAX - 1, [1.0; 2]);
        let before = mixture;
        assert!(before.wealth(u32::MAX) > 0.0);
        mixture.observe(u32::MAX, [1.0; 2]);
        assert_eq!(mixture, before);
    }

    #[test]
    fn capital_without_an_observation_is_not_sound() {
        let mut mixture = Mixture::<2>::new();
        assert!(mixture.is_sound(0));
        mixture.observe(0, [1e200; 2]);
        mixture.multiply([1e200; 2]);
        assert!(mixture.is_sound(1) && !mixture.is_sound(0));
        for wrong in [f64::NAN, f64::INFINITY, -1.0, 2e300] {
            assert!(!Mixture { parts: [0.1, wrong] }.is_sound(1), "{wrong}");
        }
    }
}
