//! Finds the end of a run of plain characters in a string, eight bytes at a time.

/// How many bytes from the start are neither `"`, `\` nor a control character: eight at a time.
#[inline]
pub(super) fn plain_length(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    const HIGHS: u64 = 0x8080_8080_8080_8080;
    let (eights, tail) = bytes.as_chunks::<8>();
    let mut length = 0;
    for eight in eights {
        let word = u64::from_le_bytes(*eight);
        let quotes = word ^ (ONES * 0x22);
        let backslashes = word ^ (ONES * 0x5C);
        let control = word.wrapping_sub(ONES * 0x20) & !word;
        let zeros =
            quotes.wrapping_sub(ONES) & !quotes | backslashes.wrapping_sub(ONES) & !backslashes;
        let special = (control | zeros) & HIGHS;
        if special != 0 {
            // INVARIANT: the lowest marked byte is exact; borrows can only mark higher ones wrongly.
            return length + (special.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
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
