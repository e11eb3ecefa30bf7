//! Four 32-bit words side by side: a vector register in wasm, an array elsewhere.

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
pub(super) use simd::Four;

#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
pub(super) use portable::Four;

#[cfg(all(target_arch = "wasm32", target_feature = "simd128"))]
mod simd {
    use core::arch::wasm32::{
        i8x16_shuffle, i32x4_shuffle, i64x2_shuffle, u32x4_add, u32x4_shl, u32x4_shr, u32x4_splat,
        v128, v128_and, v128_load, v128_or, v128_store, v128_xor,
    };

    /// Word `n` belongs to lane `n`.
    #[derive(Clone, Copy)]
    pub(in super::super) struct Four(v128);

    impl Four {
        #[inline(always)]
        pub(in super::super) fn splat(word: u32) -> Self {
            Self(u32x4_splat(word))
        }

        #[inline(always)]
        #[allow(unsafe_code)] // no safe function loads a vector
        pub(in super::super) fn load(words: &[u32; 4]) -> Self {
            // SAFETY: the reference is to sixteen readable bytes, and the load needs no alignment.
            Self(unsafe { v128_load(words.as_ptr().cast()) })
        }

        #[inline(always)]
        #[allow(unsafe_code)] // no safe function stores a vector
        pub(in super::super) fn store(self, words: &mut [u32; 4]) {
            // SAFETY: the reference is to sixteen writable bytes, and the store needs no alignment.
            unsafe { v128_store(words.as_mut_ptr().cast(), self.0) }
        }

        /// Four big-endian words of each of four messages, as the first words of all, the second of all
        /// and so on.
        #[inline(always)]
        pub(in super::super) fn transposed(messages: [&[u8; 16]; 4]) -> [Self; 4] {
            let [a, b, c, d] = messages;
            let (a, b, c, d) = (big_endian(a), big_endian(b), big_endian(c), big_endian(d));
            let (ab_low, ab_high) =
                (i32x4_shuffle::<0, 4, 1, 5>(a, b), i32x4_shuffle::<2, 6, 3, 7>(a, b));
            let (cd_low, cd_high) =
                (i32x4_shuffle::<0, 4, 1, 5>(c, d), i32x4_shuffle::<2, 6, 3, 7>(c, d));
            [
                Self(i64x2_shuffle::<0, 2>(ab_low, cd_low)),
                Self(i64x2_shuffle::<1, 3>(ab_low, cd_low)),
                Self(i64x2_shuffle::<0, 2>(ab_high, cd_high)),
                Self(i64x2_shuffle::<1, 3>(ab_high, cd_high)),
            ]
        }

        #[inline(always)]
        pub(in super::super) fn rotate_right<const BITS: u32>(self) -> Self {
            Self(v128_or(u32x4_shr(self.0, BITS), u32x4_shl(self.0, 32 - BITS)))
        }

        #[inline(always)]
        pub(in super::super) fn shift_right<const BITS: u32>(self) -> Self {
            Self(u32x4_shr(self.0, BITS))
        }
    }

    impl core::ops::Add for Four {
        type Output = Self;

        #[inline(always)]
        fn add(self, other: Self) -> Self {
            Self(u32x4_add(self.0, other.0))
        }
    }

    impl core::ops::BitAnd for Four {
        type Output = Self;

        #[inline(always)]
        fn bitand(self, other: Self) -> Self {
            Self(v128_and(self.0, other.0))
        }
    }

    impl core::ops::BitXor for Four {
        type Output = Self;

        #[inline(always)]
        fn bitxor(self, other: Self) -> Self {
            Self(v128_xor(self.0, other.0))
        }
    }

    /// Sixteen bytes as four words, most significant byte first.
    #[inline(always)]
    #[allow(unsafe_code)] // no safe function loads a vector
    fn big_endian(bytes: &[u8; 16]) -> v128 {
        // SAFETY: the reference is to sixteen readable bytes, and the load needs no alignment.
        let words = unsafe { v128_load(bytes.as_ptr().cast()) };
        i8x16_shuffle::<3, 2, 1, 0, 7, 6, 5, 4, 11, 10, 9, 8, 15, 14, 13, 12>(words, words)
    }
}

/// The same by plain arithmetic, so that what is built on it is tested and fuzzed natively.
#[cfg(not(all(target_arch = "wasm32", target_feature = "simd128")))]
mod portable {
    use core::array;

    #[derive(Clone, Copy)]
    pub(in super::super) struct Four([u32; 4]);

    impl Four {
        pub(in super::super) fn splat(word: u32) -> Self {
            Self([word; 4])
        }

        pub(in super::super) fn load(words: &[u32; 4]) -> Self {
            Self(*words)
        }

        pub(in super::super) fn store(self, words: &mut [u32; 4]) {
            *words = self.0;
        }

        pub(in super::super) fn transposed(messages: [&[u8; 16]; 4]) -> [Self; 4] {
            let [a, b, c, d] = messages.map(big_endian);
            array::from_fn(|n| {
                let word = |words: [u32; 4]| words.get(n).copied().unwrap_or_default();
                Self([word(a), word(b), word(c), word(d)])
            })
        }

        pub(in super::super) fn rotate_right<const BITS: u32>(self) -> Self {
            Self(self.0.map(|word| word.rotate_right(BITS)))
        }

        pub(in super::super) fn shift_right<const BITS: u32>(self) -> Self {
            Self(self.0.map(|word| word >> BITS))
        }

        fn each(self, other: Self, combine: impl Fn(u32, u32) -> u32) -> Self {
            let ([a, b, c, d], [e, f, g, h]) = (self.0, other.0);
            Self([combine(a, e), combine(b, f), combine(c, g), combine(d, h)])
        }
    }

    impl core::ops::Add for Four {
        type Output = Self;

        fn add(self, other: Self) -> Self {
            self.each(other, u32::wrapping_add)
        }
    }

    impl core::ops::BitAnd for Four {
        type Output = Self;

        fn bitand(self, other: Self) -> Self {
            self.each(other, |a, b| a & b)
        }
    }

    impl core::ops::BitXor for Four {
        type Output = Self;

        fn bitxor(self, other: Self) -> Self {
            self.each(other, |a, b| a ^ b)
        }
    }

    fn big_endian(bytes: &[u8; 16]) -> [u32; 4] {
        let mut words = [0; 4];
        for (word, bytes) in words.iter_mut().zip(bytes.as_chunks().0) {
            *word = u32::from_be_bytes(*bytes);
        }
        words
    }
}
