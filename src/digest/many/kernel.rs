//! SHA-256's compression (FIPS 180-4, section 6.2.2) of one block of each of four messages at once.

use super::four::Four;

/// FIPS 180-4, section 4.2.2.
#[rustfmt::skip]
const CONSTANTS: [u32; ROUNDS] = [
    0x428A_2F98, 0x7137_4491, 0xB5C0_FBCF, 0xE9B5_DBA5, 0x3956_C25B, 0x59F1_11F1, 0x923F_82A4, 0xAB1C_5ED5,
    0xD807_AA98, 0x1283_5B01, 0x2431_85BE, 0x550C_7DC3, 0x72BE_5D74, 0x80DE_B1FE, 0x9BDC_06A7, 0xC19B_F174,
    0xE49B_69C1, 0xEFBE_4786, 0x0FC1_9DC6, 0x240C_A1CC, 0x2DE9_2C6F, 0x4A74_84AA, 0x5CB0_A9DC, 0x76F9_88DA,
    0x983E_5152, 0xA831_C66D, 0xB003_27C8, 0xBF59_7FC7, 0xC6E0_0BF3, 0xD5A7_9147, 0x06CA_6351, 0x1429_2967,
    0x27B7_0A85, 0x2E1B_2138, 0x4D2C_6DFC, 0x5338_0D13, 0x650A_7354, 0x766A_0ABB, 0x81C2_C92E, 0x9272_2C85,
    0xA2BF_E8A1, 0xA81A_664B, 0xC24B_8B70, 0xC76C_51A3, 0xD192_E819, 0xD699_0624, 0xF40E_3585, 0x106A_A070,
    0x19A4_C116, 0x1E37_6C08, 0x2748_774C, 0x34B0_BCB5, 0x391C_0CB3, 0x4ED8_AA4A, 0x5B9C_CA4F, 0x682E_6FF3,
    0x748F_82EE, 0x78A5_636F, 0x84C8_7814, 0x8CC7_0208, 0x90BE_FFFA, 0xA450_6CEB, 0xBEF9_A3F7, 0xC671_78F2,
];

pub(super) const ROUNDS: usize = 64;
/// The words of a block are those of the first rounds; the schedule makes the others.
const BLOCK_WORDS: usize = 16;

/// The variables `a` to `h` of the standard, each of four messages.
pub(super) type States = [[u32; 4]; 8];

/// Room for the schedule of a block of each message. Handed over, because clearing it for every block
/// would cost a tenth.
pub(super) type Schedule = [Four; ROUNDS];

/// Takes one block of each message into the states.
///
/// Small loops on purpose. They keep the order "a round, then the word that it frees", which engines of
/// today run a fifth faster than the order that LLVM chooses for unrolled rounds; and it is a quarter of
/// the code. One loop within another, because that is what Node 20 is quickest with. docs/performance.md.
#[allow(clippy::indexing_slicing)] // every index is below its constant bound
#[inline(always)]
pub(super) fn compress(states: &mut States, blocks: [&[u8; 64]; 4], words: &mut Schedule) {
    let [one, two, three, four] = blocks.map(|block| block.as_chunks::<16>().0);
    let rows = one.iter().zip(two).zip(three.iter().zip(four));
    for (words, ((one, two), (three, four))) in words.as_chunks_mut().0.iter_mut().zip(rows) {
        *words = Four::transposed([one, two, three, four]);
    }
    // Written out, because a loop over them would keep the states in memory where loops are not unrolled.
    let [a, b, c, d, e, f, g, h] = states;
    let load = Four::load;
    let mut state = [load(a), load(b), load(c), load(d), load(e), load(f), load(g), load(h)];
    for t in (0..ROUNDS - BLOCK_WORDS).step_by(4) {
        for t in t..t + 4 {
            state = round(state, words[t], CONSTANTS[t]);
            words[t + 16] = schedule(words[t], words[t + 1], words[t + 9], words[t + 14]);
        }
    }
    for t in ROUNDS - BLOCK_WORDS..ROUNDS {
        state = round(state, words[t], CONSTANTS[t]);
    }
    let [after_a, after_b, after_c, after_d, after_e, after_f, after_g, after_h] = state;
    (load(a) + after_a).store(a);
    (load(b) + after_b).store(b);
    (load(c) + after_c).store(c);
    (load(d) + after_d).store(d);
    (load(e) + after_e).store(e);
    (load(f) + after_f).store(f);
    (load(g) + after_g).store(g);
    (load(h) + after_h).store(h);
}

#[inline(always)]
fn round([a, b, c, d, e, f, g, h]: [Four; 8], word: Four, constant: u32) -> [Four; 8] {
    let choice = ((f ^ g) & e) ^ g;
    let majority = ((a ^ b) & (b ^ c)) ^ b;
    let sum_a = a.rotate_right::<2>() ^ a.rotate_right::<13>() ^ a.rotate_right::<22>();
    let sum_e = e.rotate_right::<6>() ^ e.rotate_right::<11>() ^ e.rotate_right::<25>();
    let first = h + word + Four::splat(constant) + choice + sum_e;
    [first + (sum_a + majority), a, b, c, d + first, e, f, g]
}

/// Word `t + 16` from words `t`, `t + 1`, `t + 9` and `t + 14`.
#[inline(always)]
fn schedule(word: Four, early: Four, middle: Four, late: Four) -> Four {
    let early = early.rotate_right::<7>() ^ early.rotate_right::<18>() ^ early.shift_right::<3>();
    let late = late.rotate_right::<17>() ^ late.rotate_right::<19>() ^ late.shift_right::<10>();
    word + early + middle + late
}
