//! Which message is in which lane: a lane takes the next one when its own has ended.

use super::super::node::START;
use super::DIGEST_BYTES;
use super::four::Four;
use super::kernel::{ROUNDS, States, compress};

const BLOCK_BYTES: usize = 64;
type Block = [u8; BLOCK_BYTES];
/// Most blocks that the end of a message and its padding take.
const TAIL_BLOCKS: usize = 2;
/// What an idle lane is fed.
const NOTHING: Block = [0; BLOCK_BYTES];
/// Fewer than so many busy lanes, and the messages are finished one by one: a lane among idle ones takes
/// as long as four, which is more than twice what one message alone takes.
const WORTH_IT: usize = 3;

/// One lane: a message on its way.
struct Lane<'a> {
    /// Where its digest goes; none when the lane is idle.
    digest: Option<&'a mut [u8; DIGEST_BYTES]>,
    /// The whole blocks of the message that are still to come.
    body: &'a [Block],
    /// The end of the message with its padding, of which the last `tail_left` blocks are still to come.
    tail: [Block; TAIL_BLOCKS],
    tail_left: usize,
}

/// The SHA-256 of each message, four at a time. As many digests are filled as there are messages.
pub fn hash<'a>(messages: impl Iterator<Item = &'a [u8]>, digests: &'a mut [[u8; DIGEST_BYTES]]) {
    let mut waiting = messages.zip(digests);
    let mut lanes = [Lane::idle(), Lane::idle(), Lane::idle(), Lane::idle()];
    let mut states: States = START.map(|word| [word; 4]);
    let mut schedule = [Four::splat(0); ROUNDS];
    for lane in &mut lanes {
        lane.take(waiting.next());
    }
    while lanes.iter().filter(|lane| lane.digest.is_some()).count() >= WORTH_IT {
        let [a, b, c, d] = &mut lanes;
        // Written out, as in `compress`: a closure is a call in a module built for size.
        while !(a.has_ended() || b.has_ended() || c.has_ended() || d.has_ended()) {
            let blocks = [a.next_block(), b.next_block(), c.next_block(), d.next_block()];
            compress(&mut states, blocks, &mut schedule);
        }
        for (n, lane) in lanes.iter_mut().enumerate().filter(|(_, lane)| lane.has_ended()) {
            lane.finish(state_of(n, &states));
            lane.take(waiting.next());
            for (words, start) in states.iter_mut().zip(START) {
                if let Some(word) = words.get_mut(n) {
                    *word = start;
                }
            }
        }
    }
    for (n, mut lane) in lanes.into_iter().enumerate() {
        let mut state = state_of(n, &states);
        while lane.digest.is_some() && !lane.has_ended() {
            sha2::block_api::compress256(&mut state, &[*lane.next_block()]);
        }
        lane.finish(state);
    }
}

/// The state of lane `n`.
#[inline(always)]
fn state_of(n: usize, states: &States) -> [u32; 8] {
    states.map(|words| words.get(n).copied().unwrap_or_default())
}

impl<'a> Lane<'a> {
    fn idle() -> Self {
        Self { digest: None, body: &[], tail: [NOTHING; TAIL_BLOCKS], tail_left: 0 }
    }

    /// Starts the next message; without one the lane is idle from now on.
    fn take(&mut self, next: Option<(&'a [u8], &'a mut [u8; DIGEST_BYTES])>) {
        let Some((message, digest)) = next else { return };
        let (body, rest) = message.as_chunks();
        self.digest = Some(digest);
        self.body = body;
        // FIPS 180-4, section 5.1.1: the bit 1, zeros, and the length in bits as the last 8 bytes.
        self.tail_left = if rest.len() < BLOCK_BYTES - 8 { 1 } else { 2 };
        self.tail = [NOTHING; TAIL_BLOCKS];
        let tail = self.tail.as_flattened_mut();
        let (_, tail) = tail.split_at_mut((TAIL_BLOCKS - self.tail_left) * BLOCK_BYTES);
        let (start, padding) = tail.split_at_mut(rest.len());
        start.copy_from_slice(rest);
        if let Some(mark) = padding.first_mut() {
            *mark = 0x80;
        }
        let bits = (message.len() as u64) << 3;
        if let Some(length) = tail.last_chunk_mut() {
            *length = bits.to_be_bytes();
        }
    }

    /// Whether all of the message is in the state; an idle lane never ends.
    #[inline(always)]
    fn has_ended(&self) -> bool {
        self.tail_left == 0 && self.digest.is_some()
    }

    #[inline(always)]
    fn next_block(&mut self) -> &Block {
        if let [block, rest @ ..] = self.body {
            self.body = rest;
            return block;
        }
        let at = TAIL_BLOCKS.wrapping_sub(self.tail_left);
        self.tail_left = self.tail_left.saturating_sub(1);
        self.tail.get(at).unwrap_or(&NOTHING)
    }

    /// Writes the digest of a message that has ended, and leaves the lane idle.
    fn finish(&mut self, state: [u32; 8]) {
        if let Some(digest) = self.digest.take() {
            for (bytes, word) in digest.as_chunks_mut().0.iter_mut().zip(state) {
                *bytes = word.to_be_bytes();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::one_by_one;
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// The digests by the lanes, which must be those of the `sha2` crate.
    fn check(messages: &[Vec<u8>]) {
        let each = || messages.iter().map(Vec::as_slice);
        let mut ours = vec![[0; DIGEST_BYTES]; messages.len()];
        let mut expected = ours.clone();
        hash(each(), &mut ours);
        one_by_one(each(), &mut expected);
        let lengths: Vec<usize> = messages.iter().map(Vec::len).collect();
        assert_eq!(ours, expected, "messages of {lengths:?} bytes");
    }

    fn message(n: usize, length: usize) -> Vec<u8> {
        (0..length).map(|at| (at * 131 + (at >> 7) * 17 + n * 29).to_le_bytes()[0]).collect()
    }

    #[test]
    fn every_length_up_to_four_blocks_in_every_number_of_lanes() {
        for length in 0..=256 {
            for count in 0..=9 {
                check(&(0..count).map(|n| message(n, length)).collect::<Vec<_>>());
            }
        }
    }

    #[test]
    fn lanes_that_end_at_different_times_take_the_next_message() {
        for count in 0..60 {
            check(&(0..count).map(|n| message(n, n * 37 % 700)).collect::<Vec<_>>());
            check(&(0..count).map(|n| message(n, (count - n) * 64)).collect::<Vec<_>>());
        }
    }

    #[test]
    fn one_long_message_among_short_ones_at_any_place() {
        for place in 0..12 {
            let length = |n| if n == place { 20_000 } else { 55 + n };
            check(&(0..12).map(|n| message(n, length(n))).collect::<Vec<_>>());
        }
    }

    proptest! {
        #[test]
        fn any_messages_are_what_the_sha2_crate_says(
            messages in vec(prop_oneof![vec(any::<u8>(), 0..200), vec(any::<u8>(), 0..3000)], 0..24),
        ) {
            check(&messages);
        }
    }
}
