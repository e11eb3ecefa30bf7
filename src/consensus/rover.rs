//! Consensus of texts, word by word.

use crate::error::{Error, ErrorCode};

/// ROVER: aligns the texts one after another into a row of slots, and takes in each slot the word of most.
///
/// Two words are the same if their bytes are. An insertion, a deletion and another word cost 1 each, and a slot that may
/// be empty is left out for nothing. Ties: a word is preferred to no word, a longer word to a shorter one, and then the
/// smaller.
///
/// Source: Fiscus, "A post-processing system to yield reduced word error rates: recognizer output voting error
/// reduction (ROVER)", ASRU 1997, voting by frequency alone. Which text comes first matters in ROVER: here the first to
/// be aligned is the one with the least distance to all others (the medoid), then the others in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Rover;

/// A text on which annotators agree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VotedText {
    /// Its words.
    pub words: Vec<String>,
    /// For each word the share of the texts that have it there, above 0 and at most 1.
    pub shares: Vec<f64>,
    /// How many slots were tied.
    pub tied: usize,
}

/// Most steps of one alignment, a byte each.
const MAX_STEPS_AT_ONCE: u64 = 1 << 26;

impl Rover {
    /// Most steps of alignment for the texts of one task: words of a text times words in the slots, summed up over the
    /// texts. A second or two; one text of 4,096 words beside another takes 2^24.
    pub const MAX_STEPS: u64 = 1 << 28;

    /// The consensus of the texts of one task, each a list of words (for instance of `str::split_whitespace`). Without
    /// texts there are no words.
    ///
    /// # Errors
    /// [`ErrorCode::Answers`] for over [`Self::MAX_STEPS`] steps (64 MiB).
    pub fn infer(&self, texts: &[&[&str]]) -> Result<VotedText, Error> {
        let mut budget = Self::MAX_STEPS;
        let Some(first) = nearest(texts, &mut budget)? else { return Ok(VotedText::default()) };
        let mut network = Network::new(texts.get(first).copied().unwrap_or_default());
        for (_, text) in texts.iter().enumerate().filter(|(at, _)| *at != first) {
            network.align(text, &mut budget)?;
        }
        Ok(network.vote())
    }
}

/// Levenshtein distance of two texts in words: how many words must be put in, taken out or replaced.
#[must_use]
pub fn word_distance(one: &[&str], other: &[&str]) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).collect();
    for (at, word) in one.iter().enumerate() {
        let mut diagonal = at;
        let mut left = at + 1;
        for (cell, theirs) in row.iter_mut().skip(1).zip(other) {
            let here = (diagonal + usize::from(word != theirs)).min(left + 1).min(*cell + 1);
            diagonal = std::mem::replace(cell, here);
            left = here;
        }
        if let Some(first) = row.first_mut() {
            *first = at + 1;
        }
    }
    row.last().copied().unwrap_or_default()
}

/// The text with the least sum of distances to the others, each by the longer of the two.
fn nearest(texts: &[&[&str]], budget: &mut u64) -> Result<Option<usize>, Error> {
    // All of them before the first is computed, so that too much is refused at once.
    for (at, one) in texts.iter().enumerate() {
        for other in texts.iter().take(at) {
            spend(budget, one.len() + 1, other.len() + 1)?;
        }
    }
    let mut sums = vec![0.0_f64; texts.len()];
    for (at, one) in texts.iter().enumerate() {
        for (other_at, other) in texts.iter().enumerate().take(at) {
            let most = one.len().max(other.len()).max(1);
            let distance = word_distance(one, other) as f64 / most as f64;
            for place in [at, other_at] {
                if let Some(sum) = sums.get_mut(place) {
                    *sum += distance;
                }
            }
        }
    }
    // `min_by` keeps the first of equals.
    let first = sums.iter().enumerate().min_by(|a, b| a.1.total_cmp(b.1));
    Ok(first.map(|(at, _)| at))
}

fn spend(budget: &mut u64, one: usize, other: usize) -> Result<(), Error> {
    let steps = (one as u64).saturating_mul(other as u64);
    match budget.checked_sub(steps) {
        Some(left) => {
            *budget = left;
            Ok(())
        }
        None => Err(Error::new(
            ErrorCode::Answers,
            format!(
                "expected texts of one task that take at most {} steps to align",
                Rover::MAX_STEPS
            ),
        )),
    }
}

/// The words at one place of the text, and how many texts have each. An empty word is no word.
#[derive(Clone, Debug)]
struct Slot<'a>(Vec<(&'a str, u32)>);

impl<'a> Slot<'a> {
    fn has(&self, word: &str) -> bool {
        self.0.iter().any(|(one, _)| *one == word)
    }

    fn add(&mut self, word: &'a str) {
        match self.0.iter_mut().find(|(one, _)| *one == word) {
            Some((_, count)) => *count += 1,
            None => self.0.push((word, 1)),
        }
    }
}

struct Network<'a> {
    slots: Vec<Slot<'a>>,
    texts: u32,
}

/// How a cell of the table was reached.
#[derive(Clone, Copy, PartialEq)]
enum Step {
    Both,
    SlotAlone,
    WordAlone,
}

impl<'a> Network<'a> {
    fn new(text: &[&'a str]) -> Self {
        Self { slots: text.iter().map(|word| Slot(vec![(*word, 1)])).collect(), texts: 1 }
    }

    fn align(&mut self, text: &[&'a str], budget: &mut u64) -> Result<(), Error> {
        let width = self.slots.len() + 1;
        let entries: usize = self.slots.iter().map(|slot| slot.0.len()).sum();
        spend(budget, text.len() + 1, entries + width)?;
        if ((text.len() + 1) as u64).saturating_mul(width as u64) > MAX_STEPS_AT_ONCE {
            *budget = 0;
            spend(budget, 1, 1)?;
        }
        let steps = self.table(text);
        let mut aligned = Vec::with_capacity(width);
        let (mut word, mut slot) = (text.len(), self.slots.len());
        let mut old = std::mem::take(&mut self.slots);
        while word > 0 || slot > 0 {
            let step = steps.get(word * width + slot).copied().unwrap_or(Step::Both);
            let mut joined = match step {
                Step::WordAlone => Slot(vec![("", self.texts)]),
                Step::Both | Step::SlotAlone => {
                    slot = slot.saturating_sub(1);
                    old.pop().unwrap_or(Slot(Vec::new()))
                }
            };
            let said = match step {
                Step::SlotAlone => "",
                Step::Both | Step::WordAlone => {
                    word = word.saturating_sub(1);
                    text.get(word).copied().unwrap_or_default()
                }
            };
            joined.add(said);
            aligned.push(joined);
        }
        aligned.reverse();
        self.slots = aligned;
        self.texts += 1;
        Ok(())
    }

    /// The cheapest way to each cell: rows by words, columns by slots.
    fn table(&self, text: &[&str]) -> Vec<Step> {
        let free: Vec<u32> = self.slots.iter().map(|slot| u32::from(!slot.has(""))).collect();
        let mut steps = vec![Step::SlotAlone; self.slots.len() + 1];
        steps.reserve(text.len() * (self.slots.len() + 1));
        // As in the peer, leaving out a slot at the start always costs 1.
        let mut above: Vec<u32> = (0_u32..).take(self.slots.len() + 1).collect();
        for word in text {
            let mut diagonal = above.first().copied().unwrap_or_default();
            let mut left = diagonal + 1;
            if let Some(first) = above.first_mut() {
                *first = left;
            }
            steps.push(Step::WordAlone);
            for ((cell, slot), free) in above.iter_mut().skip(1).zip(&self.slots).zip(&free) {
                let both = diagonal + u32::from(!slot.has(word));
                let (slot_alone, word_alone) = (left + free, *cell + 1);
                let least = both.min(slot_alone).min(word_alone);
                steps.push(match least {
                    _ if least == both => Step::Both,
                    _ if least == slot_alone => Step::SlotAlone,
                    _ => Step::WordAlone,
                });
                diagonal = std::mem::replace(cell, least);
                left = least;
            }
        }
        steps
    }

    fn vote(self) -> VotedText {
        let mut voted = VotedText::default();
        for slot in self.slots {
            let most = slot.0.iter().map(|(_, count)| *count).max().unwrap_or(0);
            let mut leaders: Vec<&str> =
                slot.0.iter().filter(|(_, count)| *count == most).map(|(word, _)| *word).collect();
            leaders.sort_unstable_by(|a, b| b.len().cmp(&a.len()).then(a.cmp(b)));
            voted.tied += usize::from(leaders.len() > 1);
            if let Some(word) = leaders.first().filter(|word| !word.is_empty()) {
                voted.words.push((*word).to_owned());
                voted.shares.push(f64::from(most) / f64::from(self.texts));
            }
        }
        voted
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn voted(texts: &[&str]) -> String {
        let words: Vec<Vec<&str>> =
            texts.iter().map(|text| text.split_whitespace().collect()).collect();
        let words: Vec<&[&str]> = words.iter().map(Vec::as_slice).collect();
        Rover.infer(&words).unwrap().words.join(" ")
    }

    #[test]
    fn each_word_is_that_of_most() {
        assert_eq!(
            voted(&["the cat sat", "the cat sat down", "a cat sat", "the bat sat"]),
            "the cat sat"
        );
        assert_eq!(voted(&["i saw it", "i it", "saw it", "i saw it all"]), "i saw it");
    }

    #[test]
    fn ties_prefer_a_word_then_a_longer_one_then_the_smaller() {
        assert_eq!(voted(&["a b", "a"]), "a b");
        assert_eq!(voted(&["x", "longer"]), "longer");
        assert_eq!(voted(&["dog", "cat"]), "cat");
    }

    #[test]
    fn nothing_and_one_text() {
        assert_eq!(Rover.infer(&[]).unwrap(), VotedText::default());
        assert_eq!(voted(&["", ""]), "");
        assert_eq!(voted(&["just this"]), "just this");
        assert_eq!(voted(&["", "b", "b"]), "b");
    }

    #[test]
    fn texts_that_take_too_long_are_refused() {
        let long = vec!["a"; 20_000];
        let texts = [long.as_slice(), &long, &long];
        assert_eq!(Rover.infer(&texts).unwrap_err().code(), ErrorCode::Answers);
        let many: Vec<&[&str]> = vec![&["a"]; 100_000];
        assert!(Rover.infer(&many).is_err());
    }

    #[test]
    fn word_distance_is_that_of_levenshtein() {
        let distance = |one: &str, other: &str| {
            let words = |text: &str| text.chars().map(String::from).collect::<Vec<_>>();
            let (one, other) = (words(one), words(other));
            let of = |words: &[String]| {
                words.iter().map(|word| word.as_str().to_owned()).collect::<Vec<_>>()
            };
            let (one, other) = (of(&one), of(&other));
            let one: Vec<&str> = one.iter().map(String::as_str).collect();
            let other: Vec<&str> = other.iter().map(String::as_str).collect();
            word_distance(&one, &other)
        };
        assert_eq!(distance("kitten", "sitting"), 3);
        assert_eq!(distance("", "abc"), 3);
        assert_eq!(distance("abc", ""), 3);
        assert_eq!(distance("abc", "abc"), 0);
    }
}
