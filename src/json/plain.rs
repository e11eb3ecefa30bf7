//! Finds the end of a run of plain characters in a string, eight bytes at a time.

/// How many bytes from the start are neither `"`, `\` nor a control character: eight at a time.
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let mut length = 0;
    for chunk in bytes.chunks_exact(8) {
        let Ok(eight) = <[u8; 8]>::try_from(chunk) else { break };
        let word = u64::from_le_bytes(eight);
        let zero_in = |x: u64| x.wrapping_sub(ONES) & !x & HIGHS;
        let control = word.wrapping_sub(ONES * 0x20) & !word & HIGHS;
        let special = control | zero_in(word ^ (ONES * 0x22)) | zero_in(word ^ (ONES * 0x5C));
        if special != 0 {
            // INVARIANT: the lowest marked byte is exact; borrows can only mark higher ones wrongly.
            return length + (special.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    let tail = bytes.get(length..).unwrap_or_default();
    length + tail.iter().take_while(|&&b| b >= 0x20 && b != b'"' && b != b'\\').count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_length_agrees_with_the_obvious_version() {
        let mut bytes: Vec<u8> = (0..64u8).map(|n| b'a' + n % 26).collect();
        for at in 0..64 {
            for special in [0x00, 0x1f, b'"', b'\\'] {
                let kept = bytes[at];
                bytes[at] = special;
                assert_eq!(plain_length(&bytes), at, "{special:#x} at {at}");
                bytes[at] = kept;
            }
            for plain in [0x20, 0x21, 0x23, 0x5b, 0x5d, 0x7f, 0x80, 0xc3, 0xff] {
                let kept = bytes[at];
                bytes[at] = plain;
                assert_eq!(plain_length(&bytes), 64, "{plain:#x} at {at}");
                bytes[at] = kept;
            }
        }
    }
}
