//! Hexadecimal text to bytes, eight digits at a time.

const ONES: u64 = 0x0101_0101_0101_0101;

/// Four bytes from eight hexadecimal digits of either case; none when one is no digit.
///
/// Without branches, because the digits of a digest are as good as random. Each step works on all
/// eight bytes of a word at once and carries nothing from one byte into the next.
#[inline]
pub(super) fn four_bytes(digits: [u8; 8]) -> Option<[u8; 4]> {
    let word = u64::from_le_bytes(digits);
    // Lower case; what is below a space must not become a digit by that.
    let lower = word | (ONES * 0x20);
    let is_graphic = word >> 5 | word >> 6;
    // `0`..`9` are 0x30..0x39, `a`..`f` are 0x61..0x66: just one of the bits 0x10 and 0x40.
    let is_letter = lower >> 6 & ONES;
    let is_one_kind = lower >> 6 ^ lower >> 4;
    let value = (lower & (ONES * 0x0F)) + is_letter * 9;
    // A decimal digit gives 0..9 and a letter 10..15, else the high half below is not what it says.
    let is_over_nine = (value + ONES * 6) >> 4;
    let wrong = !is_graphic | !is_one_kind | word >> 7 | value >> 4 | is_over_nine ^ is_letter;
    if wrong & ONES != 0 {
        return None;
    }
    let pairs = (value << 4 | value >> 8) & 0x00FF_00FF_00FF_00FF;
    let quads = (pairs | pairs >> 8) & 0x0000_FFFF_0000_FFFF;
    let [a, b, c, d, ..] = (quads | quads >> 16).to_le_bytes();
    Some([a, b, c, d])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_at_every_place_is_read_as_the_standard_library_reads_it() {
        for place in 0..8 {
            for byte in 0..=255 {
                let mut digits = *b"0a9F7c3E";
                digits[place] = byte;
                let expected = std::str::from_utf8(&digits)
                    .ok()
                    .filter(|text| text.bytes().all(|byte| byte.is_ascii_hexdigit()))
                    .map(|text| u32::from_str_radix(text, 16).unwrap().to_be_bytes());
                assert_eq!(four_bytes(digits), expected, "{byte:#x} at {place}");
            }
        }
    }
}
