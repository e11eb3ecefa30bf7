//! SHA-3 (FIPS 202): the sponge over Keccak-f\[1600\].
//!
//! Our own, because the `sha3` crate compiled to wasm reaches half of what a permutation with its lanes
//! in locals does: docs/performance.md. Tests compare the two.

/// Bytes of the state: 25 lanes of 64 bits.
const STATE_BYTES: usize = 200;

/// Iota's constants, one a round. FIPS 202, section 3.2.5.
const ROUND_CONSTANTS: [u64; 24] = [
    0x0000_0000_0000_0001,
    0x0000_0000_0000_8082,
    0x8000_0000_0000_808A,
    0x8000_0000_8000_8000,
    0x0000_0000_0000_808B,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8009,
    0x0000_0000_0000_008A,
    0x0000_0000_0000_0088,
    0x0000_0000_8000_8009,
    0x0000_0000_8000_000A,
    0x0000_0000_8000_808B,
    0x8000_0000_0000_008B,
    0x8000_0000_0000_8089,
    0x8000_0000_0000_8003,
    0x8000_0000_0000_8002,
    0x8000_0000_0000_0080,
    0x0000_0000_0000_800A,
    0x8000_0000_8000_000A,
    0x8000_0000_8000_8081,
    0x8000_0000_0000_8080,
    0x0000_0000_8000_0001,
    0x8000_0000_8000_8008,
];

/// A SHA-3 hasher of one output length.
#[derive(Clone)]
pub(super) struct Sha3 {
    lanes: [u64; 25],
    /// A block under way; only its first `filled` bytes count.
    block: [u8; STATE_BYTES],
    filled: usize,
    /// Bytes of a block: what the state has beyond the capacity, which is twice the output.
    rate: usize,
}

impl Sha3 {
    /// `digest_bytes` is 32, 48 or 64.
    pub(super) fn new(digest_bytes: usize) -> Self {
        let rate = STATE_BYTES - 2 * digest_bytes;
        Self { lanes: [0; 25], block: [0; STATE_BYTES], filled: 0, rate }
    }

    pub(super) fn update(&mut self, mut piece: &[u8]) {
        if self.filled > 0 {
            let (head, rest) = piece.split_at(piece.len().min(self.rate - self.filled));
            self.fill(head);
            piece = rest;
            if self.filled < self.rate {
                return;
            }
            self.filled = 0;
            let (block, _) = self.block.split_at(self.rate);
            absorb(&mut self.lanes, block);
        }
        let mut blocks = piece.chunks_exact(self.rate);
        for block in &mut blocks {
            absorb(&mut self.lanes, block);
        }
        self.fill(blocks.remainder());
    }

    /// The first 64 bytes that the sponge gives; a digest is a prefix of them.
    pub(super) fn finish(mut self) -> [u8; 64] {
        // The two bits of SHA-3, then `10*1`; both ends may meet in one byte.
        self.fill(&[0x06]);
        let (block, _) = self.block.split_at_mut(self.rate);
        for byte in block.iter_mut().skip(self.filled) {
            *byte = 0;
        }
        if let Some(last) = block.last_mut() {
            *last |= 0x80;
        }
        absorb(&mut self.lanes, block);
        let mut output = [0; 64];
        for (bytes, lane) in output.as_chunks_mut().0.iter_mut().zip(self.lanes) {
            *bytes = lane.to_le_bytes();
        }
        output
    }

    fn fill(&mut self, bytes: &[u8]) {
        for (slot, byte) in self.block.iter_mut().skip(self.filled).zip(bytes) {
            *slot = *byte;
        }
        self.filled += bytes.len();
    }
}

fn absorb(lanes: &mut [u64; 25], block: &[u8]) {
    for (lane, bytes) in lanes.iter_mut().zip(block.as_chunks().0) {
        *lane ^= u64::from_le_bytes(*bytes);
    }
    permute(lanes);
}

/// Keccak-f\[1600\], FIPS 202, section 3.3: 24 rounds, every lane in a local.
///
/// Lane `x` + 5 `y` is named by its letter in row `y`: `a` to `e` for `x` 0 to 4.
#[inline(always)]
#[rustfmt::skip]
fn permute(lanes: &mut [u64; 25]) {
    let [
        mut a0, mut b0, mut c0, mut d0, mut e0,
        mut a1, mut b1, mut c1, mut d1, mut e1,
        mut a2, mut b2, mut c2, mut d2, mut e2,
        mut a3, mut b3, mut c3, mut d3, mut e3,
        mut a4, mut b4, mut c4, mut d4, mut e4,
    ] = *lanes;
    for constant in ROUND_CONSTANTS {
        // Theta: the parity of each column goes into its two neighbours.
        let (pa, pb, pc, pd, pe) = (
            a0 ^ a1 ^ a2 ^ a3 ^ a4, b0 ^ b1 ^ b2 ^ b3 ^ b4, c0 ^ c1 ^ c2 ^ c3 ^ c4,
            d0 ^ d1 ^ d2 ^ d3 ^ d4, e0 ^ e1 ^ e2 ^ e3 ^ e4,
        );
        let (ta, tb, tc, td, te) = (
            pe ^ pb.rotate_left(1), pa ^ pc.rotate_left(1), pb ^ pd.rotate_left(1),
            pc ^ pe.rotate_left(1), pd ^ pa.rotate_left(1),
        );
        // Rho and pi, row by row of what comes out; chi mixes each row, iota the first lane.
        let row = [a0 ^ ta, (b1 ^ tb).rotate_left(44), (c2 ^ tc).rotate_left(43), (d3 ^ td).rotate_left(21), (e4 ^ te).rotate_left(14)];
        let [na0, nb0, nc0, nd0, ne0] = chi(row);
        let row = [(d0 ^ td).rotate_left(28), (e1 ^ te).rotate_left(20), (a2 ^ ta).rotate_left(3), (b3 ^ tb).rotate_left(45), (c4 ^ tc).rotate_left(61)];
        let [na1, nb1, nc1, nd1, ne1] = chi(row);
        let row = [(b0 ^ tb).rotate_left(1), (c1 ^ tc).rotate_left(6), (d2 ^ td).rotate_left(25), (e3 ^ te).rotate_left(8), (a4 ^ ta).rotate_left(18)];
        let [na2, nb2, nc2, nd2, ne2] = chi(row);
        let row = [(e0 ^ te).rotate_left(27), (a1 ^ ta).rotate_left(36), (b2 ^ tb).rotate_left(10), (c3 ^ tc).rotate_left(15), (d4 ^ td).rotate_left(56)];
        let [na3, nb3, nc3, nd3, ne3] = chi(row);
        let row = [(c0 ^ tc).rotate_left(62), (d1 ^ td).rotate_left(55), (e2 ^ te).rotate_left(39), (a3 ^ ta).rotate_left(41), (b4 ^ tb).rotate_left(2)];
        let [na4, nb4, nc4, nd4, ne4] = chi(row);
        (a0, b0, c0, d0, e0) = (na0 ^ constant, nb0, nc0, nd0, ne0);
        (a1, b1, c1, d1, e1) = (na1, nb1, nc1, nd1, ne1);
        (a2, b2, c2, d2, e2) = (na2, nb2, nc2, nd2, ne2);
        (a3, b3, c3, d3, e3) = (na3, nb3, nc3, nd3, ne3);
        (a4, b4, c4, d4, e4) = (na4, nb4, nc4, nd4, ne4);
    }
    *lanes = [
        a0, b0, c0, d0, e0,
        a1, b1, c1, d1, e1,
        a2, b2, c2, d2, e2,
        a3, b3, c3, d3, e3,
        a4, b4, c4, d4, e4,
    ];
}

#[inline(always)]
fn chi([a, b, c, d, e]: [u64; 5]) -> [u64; 5] {
    [a ^ (!b & c), b ^ (!c & d), c ^ (!d & e), d ^ (!e & a), e ^ (!a & b)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use sha3::Digest as _;

    fn ours(digest_bytes: usize, pieces: &[&[u8]]) -> Vec<u8> {
        let mut hasher = Sha3::new(digest_bytes);
        for piece in pieces {
            hasher.update(piece);
        }
        hasher.finish()[..digest_bytes].to_vec()
    }

    #[test]
    fn every_length_around_a_block_is_what_the_sha3_crate_says() {
        let message: Vec<u8> = (0..=255).cycle().take(600).collect();
        for length in 0..message.len() {
            let message = &message[..length];
            assert_eq!(ours(32, &[message]), sha3::Sha3_256::digest(message)[..], "{length}");
            assert_eq!(ours(48, &[message]), sha3::Sha3_384::digest(message)[..], "{length}");
            assert_eq!(ours(64, &[message]), sha3::Sha3_512::digest(message)[..], "{length}");
        }
    }

    proptest! {
        #[test]
        fn a_message_does_not_depend_on_how_it_is_cut(
            pieces in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..300), 0..8),
        ) {
            let cut: Vec<&[u8]> = pieces.iter().map(Vec::as_slice).collect();
            prop_assert_eq!(ours(32, &cut), sha3::Sha3_256::digest(pieces.concat()).to_vec());
            prop_assert_eq!(ours(64, &cut), sha3::Sha3_512::digest(pieces.concat()).to_vec());
        }
    }
}
