//! The logarithm of a product of many factors, with few logarithms.

/// Multiplies, and takes a logarithm only when the product leaves the range of safe numbers.
#[derive(Clone, Copy, Debug)]
pub(super) struct LogProduct {
    product: f64,
    log: f64,
}

impl LogProduct {
    pub(super) fn new() -> Self {
        Self { product: 1.0, log: 0.0 }
    }

    /// Multiplies by a factor above 0.
    pub(super) fn multiply(&mut self, factor: f64) {
        if (SMALL..=LARGE).contains(&factor) {
            self.product *= factor;
        } else {
            self.log += libm::log(factor.max(f64::MIN_POSITIVE));
        }
        if !(SMALL..=LARGE).contains(&self.product) {
            self.log += libm::log(self.product);
            self.product = 1.0;
        }
    }

    /// Adds a logarithm.
    pub(super) fn add(&mut self, log: f64) {
        self.log += log;
    }

    /// The natural logarithm of the product.
    pub(super) fn log(self) -> f64 {
        self.log + libm::log(self.product)
    }
}

// A product of two numbers within is a number.
const SMALL: f64 = 1e-140;
const LARGE: f64 = 1e140;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equals_the_sum_of_logarithms() {
        let mut product = LogProduct::new();
        let mut sum = 0.0;
        for n in 1..2000_u32 {
            let factor = 1.0 / f64::from(n);
            product.multiply(factor);
            sum += libm::log(factor);
        }
        product.multiply(1e-300);
        sum += libm::log(1e-300);
        assert!((product.log() - sum).abs() < 1e-8);
    }
}
