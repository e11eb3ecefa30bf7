//! Capital split over a fixed number of bets.

use crate::state::{Loader, Saver, State};

/// Capital of `N` bets; each starts with an equal share of 1.
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
    #[allow(clippy::cast_precision_loss)] // N is a handful
    pub(crate) fn new() -> Self {
        Self { parts: [1.0 / N as f64; N] }
    }

    /// Multiplies each part by its factor. Factors are not negative and not NaN.
    pub(crate) fn multiply(&mut self, factors: impl IntoIterator<Item = f64>) {
        for (part, factor) in self.parts.iter_mut().zip(factors) {
            let grown = (*part * factor).min(MOST);
            *part = if grown < LEAST { 0.0 } else { grown };
        }
    }

    /// All capital together: the wealth.
    pub(crate) fn wealth(&self) -> f64 {
        self.parts.iter().sum()
    }

    /// Whether every part is a number that this type can have made.
    pub(crate) fn is_sound(&self) -> bool {
        self.parts.iter().all(|part| (0.0..=MOST).contains(part))
    }
}
