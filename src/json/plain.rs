//! Finds ends, eight bytes at a time: of a run of plain characters in a string, and of a line.

/// How many bytes from the start are neither `"`, `\` nor a control character: eight at a time.
#[inline(always)]
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

/// The lines of `input` that are not blank, without their ends. For one JSON text a line.
pub fn lines(input: &[u8]) -> impl Iterator<Item = &[u8]> {
    let mut rest = input;
    std::iter::from_fn(move || {
        while !rest.is_empty() {
            let (line, after) = rest.split_at_checked(line_length(rest)).unwrap_or((rest, &[]));
            rest = after.get(1..).unwrap_or_default();
            if !line.trim_ascii().is_empty() {
                return Some(line);
            }
        }
        None
    })
}

/// How many bytes from the start are before the first line feed.
fn line_length(bytes: &[u8]) -> usize {
    const ONES: u64 = 0x0101_0101_0101_0101;
    let mut length = 0;
    for eight in bytes.as_chunks::<8>().0 {
        let feeds = u64::from_le_bytes(*eight) ^ (ONES * 0x0A);
        let marks = feeds.wrapping_sub(ONES) & !feeds & (ONES * 0x80);
        if marks != 0 {
            return length + (marks.trailing_zeros() / 8) as usize;
        }
        length += 8;
    }
    length + bytes.get(length..).unwrap_or_default().iter().take_while(|&&b| b != b'\n').count()
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

    #[test]
    fn lines_are_those_of_the_standard_library_without_the_blank_ones() {
        for text in ["", "\n", "a", "a\n", "\n\na\r\n \t\nlonger than eight bytes\n\nlast line"] {
            let expected: Vec<&[u8]> = text
                .split('\n')
                .map(str::as_bytes)
                .filter(|line| !line.trim_ascii().is_empty())
                .collect();
            assert_eq!(lines(text.as_bytes()).collect::<Vec<_>>(), expected, "{text:?}");
        }
        for length in 0..40 {
            let text = format!("{}\n{}", "x".repeat(length), "y".repeat(40 - length));
            assert_eq!(line_length(text.as_bytes()), length);
        }
    }
}
