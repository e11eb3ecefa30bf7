//! Consensus of rankings: Borda's count, then exchanges of neighbours.
#![allow(clippy::indexing_slicing)] // INVARIANT: places are below the number of items; the matrix has a row for each

use std::collections::BTreeMap;

use crate::error::{Error, ErrorCode};

/// A ranking on which annotators agree.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VotedRanking {
    /// The items, best first, in tiers; those of one tier are tied, and ascend.
    pub tiers: Vec<Vec<String>>,
    /// For each item, in the order of the tiers, its mean Borda score: the share of the items compared with it that it
    /// beats, ties as half, 0 to 1.
    pub scores: Vec<f64>,
    /// The share of all preferences between two items that the ranking keeps, 0 to 1; 1 without any. Where the ranking
    /// ties two items, a preference is kept as half.
    pub agreement: f64,
}

/// Most items that the rankings of one task may have: the preferences of all pairs are counted, 16 MiB.
pub const MAX_RANKED_ITEMS: usize = 1024;

/// The consensus of the rankings of one task, each a list of tiers, best first; an item that a ranking leaves out is not
/// compared by it.
///
/// Items are ordered by Borda score, then neighbours change places while more annotators prefer it so: this is a local
/// optimum of Kemeny's rule (the order with the fewest contradicted preferences), in which an item that most prefer to
/// its next always stands before it. The true optimum takes time exponential in the items. Neighbours of equal score
/// between whom nobody or equally many decide are tied.
///
/// Source: Borda 1781; Kemeny 1959; Dwork, Kumar, Naor and Sivakumar, "Rank aggregation methods for the web", WWW 2001,
/// section 4.1 (local Kemenization).
///
/// # Errors
/// [`ErrorCode::Answers`] for over [`MAX_RANKED_ITEMS`] items, and for a ranking that has an item twice.
pub fn rank_vote(rankings: &[&[Vec<String>]]) -> Result<VotedRanking, Error> {
    let (names, placed) = number(rankings)?;
    let preferences = Preferences::new(names.len(), &placed);
    let scores = preferences.borda();
    let mut order: Vec<usize> = (0..names.len()).collect();
    // Names ascend, so of equal scores the smaller name comes first.
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]).then(a.cmp(b)));
    preferences.exchange(&mut order);
    let mut tiers: Vec<Vec<usize>> = Vec::new();
    for item in order {
        match tiers.last_mut() {
            Some(tier) if tier.iter().all(|other| preferences.ties(&scores, *other, item)) => {
                tier.push(item)
            }
            _ => tiers.push(vec![item]),
        }
    }
    for tier in &mut tiers {
        tier.sort_unstable();
    }
    Ok(VotedRanking {
        agreement: preferences.kept(&tiers),
        scores: tiers.iter().flatten().map(|item| scores[*item]).collect(),
        tiers: tiers
            .iter()
            .map(|tier| tier.iter().map(|item| names[*item].to_owned()).collect())
            .collect(),
    })
}

/// Rankings by number: of each item that it has, the item and its tier.
type Placed = Vec<Vec<(usize, usize)>>;

/// Numbers the items in ascending order of their names.
fn number<'a>(rankings: &[&'a [Vec<String>]]) -> Result<(Vec<&'a str>, Placed), Error> {
    let mut numbers: BTreeMap<&str, usize> = BTreeMap::new();
    for item in rankings.iter().copied().flatten().flatten() {
        numbers.insert(item, 0);
        if numbers.len() > MAX_RANKED_ITEMS {
            return Err(error(format!(
                "expected at most {MAX_RANKED_ITEMS} items in the rankings of one task"
            )));
        }
    }
    for (number, slot) in numbers.values_mut().enumerate() {
        *slot = number;
    }
    let mut placed = Vec::with_capacity(rankings.len());
    let mut seen_in = vec![usize::MAX; numbers.len()];
    for (at, ranking) in rankings.iter().enumerate() {
        let mut items = Vec::new();
        for (tier, names) in ranking.iter().enumerate() {
            for name in names {
                let item = numbers[name.as_str()];
                if std::mem::replace(&mut seen_in[item], at) == at {
                    return Err(error("expected each item once in a ranking".into()));
                }
                items.push((item, tier));
            }
        }
        placed.push(items);
    }
    Ok((numbers.into_keys().collect(), placed))
}

/// How often each item is preferred to each other; a tie is half each way.
struct Preferences {
    count: usize,
    halves: Vec<u32>,
}

impl Preferences {
    fn new(count: usize, placed: &Placed) -> Self {
        let mut preferences = Self { count, halves: vec![0; count * count] };
        for items in placed {
            for (at, (one, tier)) in items.iter().enumerate() {
                for (other, other_tier) in &items[at + 1..] {
                    // Items come in the order of their tiers.
                    let tied = u32::from(tier == other_tier);
                    preferences.halves[one * count + other] += 2 - tied;
                    preferences.halves[other * count + one] += tied;
                }
            }
        }
        preferences
    }

    fn of(&self, one: usize, other: usize) -> u32 {
        self.halves[one * self.count + other]
    }

    fn borda(&self) -> Vec<f64> {
        (0..self.count)
            .map(|item| {
                let (mut sum, mut compared) = (0.0, 0.0);
                for other in 0..self.count {
                    let (wins, losses) =
                        (f64::from(self.of(item, other)), f64::from(self.of(other, item)));
                    sum += wins;
                    compared += wins + losses;
                }
                if compared > 0.0 { sum / compared } else { 0.5 }
            })
            .collect()
    }

    /// Moves each item, from the second on, forward past those to which more prefer it. Each passes each other at most
    /// once, so this ends.
    fn exchange(&self, order: &mut [usize]) {
        for end in 1..order.len() {
            let mut at = end;
            while at > 0 && self.of(order[at], order[at - 1]) > self.of(order[at - 1], order[at]) {
                order.swap(at, at - 1);
                at -= 1;
            }
        }
    }

    fn ties(&self, scores: &[f64], one: usize, other: usize) -> bool {
        self.of(one, other) == self.of(other, one) && (scores[one] - scores[other]).abs() <= TIE
    }

    fn kept(&self, tiers: &[Vec<usize>]) -> f64 {
        let mut place = vec![0; self.count];
        for (at, tier) in tiers.iter().enumerate() {
            for item in tier {
                place[*item] = at;
            }
        }
        let (mut kept, mut all) = (0.0, 0.0);
        for one in 0..self.count {
            for other in 0..one {
                let (forth, back) =
                    (f64::from(self.of(one, other)), f64::from(self.of(other, one)));
                all += forth + back;
                kept += match place[one].cmp(&place[other]) {
                    std::cmp::Ordering::Less => forth,
                    std::cmp::Ordering::Equal => (forth + back) / 2.0,
                    std::cmp::Ordering::Greater => back,
                };
            }
        }
        if all > 0.0 { kept / all } else { 1.0 }
    }
}

fn error(message: String) -> Error {
    Error::new(ErrorCode::Answers, message)
}

/// Scores that differ by at most this are the same.
const TIE: f64 = 1e-12;

#[cfg(test)]
mod tests {
    use super::*;

    fn ranking(text: &str) -> Vec<Vec<String>> {
        text.split('>').map(|tier| tier.split('=').map(str::to_owned).collect()).collect()
    }

    fn voted(rankings: &[&str]) -> String {
        let rankings: Vec<_> = rankings.iter().map(|text| ranking(text)).collect();
        let rankings: Vec<&[Vec<String>]> = rankings.iter().map(Vec::as_slice).collect();
        let voted = rank_vote(&rankings).unwrap();
        voted.tiers.iter().map(|tier| tier.join("=")).collect::<Vec<_>>().join(">")
    }

    #[test]
    fn the_order_of_most_wins_even_against_borda() {
        // Borda's count prefers b: 6 points to 5. Three of five put a before b.
        assert_eq!(voted(&["a>b>c", "a>b>c", "a>b>c", "b>c>a", "b>c>a"]), "a>b>c");
        assert_eq!(voted(&["a>b>c", "c>b>a", "b>a>c"]), "b>a>c");
    }

    #[test]
    fn ties_stay_ties_and_items_left_out_are_not_compared() {
        assert_eq!(voted(&["a>b", "b>a"]), "a=b");
        assert_eq!(voted(&["a=b>c"]), "a=b>c");
        assert_eq!(voted(&["a>c", "a>b", "b>c"]), "a>b>c");
    }

    #[test]
    fn nothing_too_many_and_an_item_twice() {
        let empty = rank_vote(&[]).unwrap();
        assert!(empty.tiers.is_empty() && (empty.agreement - 1.0).abs() < 1e-12);
        assert!(rank_vote(&[&ranking("a>b>a")]).is_err());
        let many: Vec<Vec<String>> =
            (0..=MAX_RANKED_ITEMS).map(|item| vec![item.to_string()]).collect();
        assert_eq!(rank_vote(&[&many]).unwrap_err().code(), ErrorCode::Answers);
    }
}
