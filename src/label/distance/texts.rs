//! Distances of free texts: edits, by characters or by words.

use crate::sort::heap_sort;

/// What one comparison may cost, in steps of about four nanoseconds: 64 rows of one column of the table. Chosen:
/// under a millisecond. Two texts of 2,500 characters stay below it.
const MAX_STEPS: usize = 100_000;
/// Characters below this number are numbers of their own.
const NARROW: u32 = 0x800;

/// The fewest characters to insert, delete or replace to turn one text into the other, over the length of the longer
/// one, in characters: 0 to 1, and 0 for two empty texts.
///
/// Characters are Unicode scalar values; texts are compared as they are, without normalisation. Levenshtein's distance
/// by the bit-parallel method of G. Myers (J. ACM 46, 1999) in the blocks of H. Hyyrö (2003). Exact when the parts
/// that differ, without the start and the end that are the same, have up to about 2,500 characters each. For longer
/// ones only alignments near the diagonal of the table are looked at, within about 150 characters or more; the
/// distance is then exact or a little too high.
#[must_use]
pub fn character_edit(a: &str, b: &str) -> f64 {
    let (a, b) = in_order(a, b);
    let mut wide: Vec<char> =
        a.chars().filter(|character| u32::from(*character) >= NARROW).collect();
    heap_sort(&mut wide, &|a, b| a < b);
    wide.dedup();
    let number = |character: char| {
        let code = u32::from(character);
        let place = || wide.binary_search(&character).unwrap_or(wide.len());
        if code < NARROW {
            code
        } else {
            NARROW.saturating_add(u32::try_from(place()).unwrap_or(0))
        }
    };
    let (a, b): (Vec<u32>, Vec<u32>) =
        (a.chars().map(number).collect(), b.chars().map(number).collect());
    normalised(&a, &b, NARROW as usize + wide.len() + 1)
}

/// As [`character_edit`], by words: the parts between white space. This is the word error rate, but over the length
/// of the longer text.
#[must_use]
pub fn token_edit(a: &str, b: &str) -> f64 {
    let (a, b) = in_order(a, b);
    // A hash first, because most words differ in it and it is quick to compare; the word decides.
    let hash_of = |word: &str| {
        let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3);
        word.bytes().fold(0xcbf2_9ce4_8422_2325, step)
    };
    let mut words: Vec<(u64, &str)> =
        a.split_whitespace().map(|word| (hash_of(word), word)).collect();
    heap_sort(&mut words, &|a, b| a < b);
    words.dedup();
    // A word that the first text has not is like no other.
    let number = |word: &str| {
        let place = words.binary_search_by(|known| known.cmp(&(hash_of(word), word)));
        u32::try_from(place.unwrap_or(words.len())).unwrap_or(0)
    };
    let numbers = |text: &str| -> Vec<u32> { text.split_whitespace().map(number).collect() };
    normalised(&numbers(a), &numbers(b), words.len() + 1)
}

/// The two in an order of their own, so that what is not looked at is the same both ways.
fn in_order<'a>(a: &'a str, b: &'a str) -> (&'a str, &'a str) {
    if (a.len(), a) <= (b.len(), b) { (a, b) } else { (b, a) }
}

/// The distance over the greater length. Every number is below `kinds`; the last kind is of what only `b` has.
fn normalised(a: &[u32], b: &[u32], kinds: usize) -> f64 {
    let longer = a.len().max(b.len());
    let start = a.iter().zip(b).take_while(|(a, b)| a == b).count();
    let (a, b) = (a.get(start..).unwrap_or_default(), b.get(start..).unwrap_or_default());
    let end = a.iter().rev().zip(b.iter().rev()).take_while(|(a, b)| a == b).count();
    let without_end = |text: &[u32]| text.len() - end;
    let a = a.get(..without_end(a)).unwrap_or_default();
    let b = b.get(..without_end(b)).unwrap_or_default();
    edits(a, b, kinds) as f64 / longer.max(1) as f64
}

/// The fewest edits between two lists, by a table with a row for each part of `a` and a column for each of `b`, of
/// which 64 rows are held in the bits of a word. What is kept is where the value goes up or down by one.
fn edits(a: &[u32], b: &[u32], kinds: usize) -> usize {
    let blocks = a.len().div_ceil(64);
    if blocks == 0 || b.is_empty() {
        return a.len().max(b.len());
    }
    let slope = b.len() as f64 / a.len() as f64;
    // How many columns on either side of the diagonal the steps allow.
    let across = slope * 64.0;
    let reach = ((MAX_STEPS / blocks) as f64 - across).max(128.0) / 2.0;
    let mut matches = vec![0_u64; kinds];
    // By how much the value changes from column to column, along the lower edge of the last block.
    let mut steps = vec![1_i8; b.len()];
    // The value at the lower edge of the last block, one column before the first that this block looks at.
    let mut corner = 0_usize;
    let mut first = 0;
    for (block, rows) in a.chunks(64).enumerate() {
        let top = block as f64 * across;
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
        let (from, to) = ((top - reach) as usize, (top + across + reach) as usize);
        let from = from.min(b.len() - 1);
        // Along the edge to where this block starts, then straight down.
        for step in steps.get(first..from).unwrap_or_default() {
            corner = corner.saturating_add_signed(isize::from(*step));
        }
        corner += rows.len();
        first = from;
        for (row, part) in rows.iter().enumerate() {
            if let Some(bits) = matches.get_mut(*part as usize) {
                *bits |= 1 << row;
            }
        }
        let columns = b.iter().zip(&mut steps).take(to).skip(from);
        columns_of_block(columns, &matches, 1 << (rows.len() - 1));
        for part in rows {
            if let Some(bits) = matches.get_mut(*part as usize) {
                *bits = 0;
            }
        }
    }
    let rest = steps.get(first..).unwrap_or_default();
    let value =
        rest.iter().fold(corner, |value, step| value.saturating_add_signed(isize::from(*step)));
    value.min(a.len().max(b.len()))
}

/// One block of 64 rows: takes the steps along its upper edge and leaves those along its lower edge.
fn columns_of_block<'a>(
    columns: impl Iterator<Item = (&'a u32, &'a mut i8)>,
    matches: &[u64],
    lowest: u64,
) {
    let (mut up, mut down) = (u64::MAX, 0_u64);
    for (part, step) in columns {
        let same = matches.get(*part as usize).copied().unwrap_or_default();
        let (enters_up, enters_down) = (u64::from(*step > 0), u64::from(*step < 0));
        let vertical = same | down;
        let same = same | enters_down;
        let horizontal = (((same & up).wrapping_add(up)) ^ up) | same;
        let right_up = down | !(horizontal | up);
        let right_down = up & horizontal;
        *step = i8::from(right_up & lowest != 0) - i8::from(right_down & lowest != 0);
        let right_up = (right_up << 1) | enters_up;
        let right_down = (right_down << 1) | enters_down;
        up = right_down | !(vertical | right_up);
        down = right_up & vertical;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole table, cell by cell.
    fn plain(a: &[u32], b: &[u32]) -> usize {
        let mut row: Vec<usize> = (0..=b.len()).collect();
        for (i, x) in a.iter().enumerate() {
            let mut diagonal = row[0];
            row[0] = i + 1;
            for (j, y) in b.iter().enumerate() {
                let value = (row[j] + 1).min(row[j + 1] + 1).min(diagonal + usize::from(x != y));
                diagonal = row[j + 1];
                row[j + 1] = value;
            }
        }
        row[b.len()]
    }

    #[test]
    fn edits_are_those_of_the_whole_table() {
        let mut seed = 7_u32;
        for round in 0..400 {
            let mut next = |below: u32| {
                seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
                (seed >> 8) % below
            };
            let kinds = 1 + next(6);
            let (a, b) = (next(200), next(200));
            let a: Vec<u32> = (0..a).map(|_| next(kinds)).collect();
            let b: Vec<u32> = (0..b).map(|_| next(kinds + 1)).collect();
            assert_eq!(edits(&a, &b, 8), plain(&a, &b), "{round}");
        }
    }

    #[test]
    fn long_texts_are_exact_while_they_keep_to_the_diagonal() {
        let text: Vec<u32> = (0..16_000_u32).map(|n| n.wrapping_mul(2_654_435_761) >> 29).collect();
        let mut edited = text.clone();
        edited.drain(5_000..5_100);
        edited.insert(12_000, 3);
        edited[9] ^= 1;
        edited[15_000] ^= 1;
        let exact = edits(&text, &edited, 16);
        assert!((101..=103).contains(&exact), "{exact}");
        // Everything moved out of reach: no more than to replace all.
        let mut turned = text.clone();
        turned.rotate_left(3_000);
        assert!(edits(&text, &turned, 16) <= text.len());
    }

    #[test]
    fn texts_are_compared_by_characters_or_words() {
        assert!((character_edit("kitten", "sitting") - 3.0 / 7.0).abs() < 1e-15);
        assert!((character_edit("日本語x", "日本x") - 0.25).abs() < 1e-15);
        assert!((character_edit("ab", "日本") - 1.0).abs() < 1e-15);
        assert_eq!((character_edit("", ""), character_edit("", "a")), (0.0, 1.0));
        assert!((token_edit("the cat  sat", "a cat sat down") - 0.5).abs() < 1e-15);
        assert_eq!((token_edit(" ", ""), token_edit("b", "a")), (0.0, 1.0));
    }
}
