//! Elements of an array that a caller reads by itself, faster than event by event.

use super::{Expect, Level, Stream, Token, as_u64};

/// How many levels and member names an element has inside, so that the limits hold for it too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) bytes: usize,
    pub(crate) has_line_ends: bool,
    pub(crate) levels: usize,
    pub(crate) names: usize,
    pub(crate) longest_string: usize,
}

impl Stream {
    /// How many bytes of `piece` are the comma and the white space before the next element of the innermost
    /// array; none when no element can come next or the piece ends before it.
    #[inline]
    pub(crate) fn before_element(&self, piece: &[u8]) -> Option<usize> {
        if !matches!(self.token, Token::None) || !matches!(self.open.last(), Some(Level::Array)) {
            return None;
        }
        let mut comma_to_come = match self.expect {
            Expect::CommaOrEnd => true,
            Expect::Value | Expect::FirstElementOrEnd => false,
            _ => return None,
        };
        for (at, byte) in piece.iter().enumerate() {
            match byte {
                b' ' | b'\t' | b'\r' | b'\n' => {}
                b',' if comma_to_come => comma_to_come = false,
                _ => return (!comma_to_come).then_some(at),
            }
        }
        None
    }

    /// Whether an element of this extent, after so many bytes, stays within the limits.
    pub(crate) fn has_room_for(&self, before: usize, extent: Extent) -> bool {
        let room = self.limits.max_bytes.saturating_sub(self.taken);
        as_u64(before).saturating_add(as_u64(extent.bytes)) <= room
            && self.open.len() + extent.levels <= self.limits.max_depth
            && self.names.len() + extent.names <= self.limits.max_open_names
            && extent.longest_string <= self.limits.max_string_bytes
    }

    /// Goes on behind an element that [`Stream::before_element`] found and the caller has read, strictly and
    /// within the limits.
    pub(crate) fn leap(&mut self, piece: &mut &[u8], before: usize, extent: Extent) {
        let (taken, rest) = piece.split_at_checked(before + extent.bytes).unwrap_or((piece, &[]));
        let may_have_line_ends = if extent.has_line_ends { taken.len() } else { before };
        for (at, byte) in taken.iter().take(may_have_line_ends).enumerate() {
            if *byte == b'\n' {
                self.line += 1;
                self.line_start = self.taken + as_u64(at) + 1;
            }
        }
        self.token_start = self.taken + as_u64(before);
        self.taken += as_u64(taken.len());
        self.expect = Expect::CommaOrEnd;
        *piece = rest;
    }
}
