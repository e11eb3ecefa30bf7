//! What is remembered of all annotators together: how far they agree, and what chance would give.

use crate::error::{Error, ErrorCode};
use crate::label::{Label, LabelSchema};
use crate::policy::DisagreesPolicy;
use crate::state::{self, Kind};

/// How far the annotators of a pool agree, and how far answers to different items are alike.
///
/// From both the floor of `disagrees` is learnt, so that a hard task asks for less agreement than an
/// easy one. Kept with the items: one in a [`Memory`](crate::Memory), one for each share of the items
/// at the edge. Bounded: 16 labels of at most 64 KiB together as saved, and four numbers. Can be saved,
/// restored and sent.
///
/// Answers of held annotators are not counted. The others teach it whoever they are: a ring whose answers agree
/// with one another and differ from item to item lifts the floor by the share of the comparisons that it makes,
/// until it is held or seen by other means. The bound on honest annotators is for pools that are mostly honest.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pool {
    /// Of answers with the other answers of their item.
    agreement: Mean,
    /// Of answers with answers to other items.
    chance: Mean,
    /// The last answers, one an item, the oldest first.
    recent: Vec<Recent>,
    /// Where in `recent` the next comparisons begin.
    turn: u8,
}

/// A sum and how many values are in it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Mean {
    sum: f64,
    count: u32,
}

#[derive(Clone, Debug, PartialEq)]
struct Recent {
    /// A mark of the item's id.
    item: u64,
    label: Label,
}

state::fields!(Pool { agreement, chance, recent, turn });
state::fields!(Mean { sum, count });
state::fields!(Recent { item, label });

const KIND: Kind = Kind { magic: *b"LGPL", noun: "pool" };

/// Items whose last label is remembered. Chosen; the mean over many answers counts, not one round.
const RECENT: usize = 16;
/// Comparisons with other items for each answer. Chosen: as many as an item has answers in most
/// crowds, so that both means are known about equally well.
const COMPARISONS: usize = 4;
/// Most bytes of them together, as saved. Chosen: sixteen outlines of 250 corners each.
const MOST_BYTES: usize = 64 * 1024;
/// Values after which a mean forgets half of its weight, so that it follows a pool that changes.
/// Chosen.
const MOST: u32 = 1 << 16;

impl Pool {
    /// A pool of which nothing is known.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// The floor of `disagrees` as things stand: the policy's own, or else
    /// `chance + pool_share × (agreement - chance)`.
    ///
    /// None while fewer than `min_pool` comparisons of either kind are known, and when the pool agrees
    /// no more than chance: then nothing can be told from agreement.
    #[must_use]
    pub fn floor(&self, policy: &DisagreesPolicy) -> Option<f64> {
        if policy.floor.is_some() {
            return policy.floor;
        }
        let enough = |mean: &Mean| mean.count >= policy.min_pool.max(1);
        if !enough(&self.agreement) || !enough(&self.chance) {
            return None;
        }
        let (agreement, chance) = (self.agreement()?, self.chance()?);
        let floor = chance + policy.pool_share * (agreement - chance);
        (agreement > chance && floor > 0.0 && floor < 1.0).then_some(floor)
    }

    /// The mean agreement of an answer with the other answers to its item, 0..1; none before the first.
    #[must_use]
    pub fn agreement(&self) -> Option<f64> {
        self.agreement.value()
    }

    /// The mean similarity of an answer with answers to other items, 0..1; none before the first.
    #[must_use]
    pub fn chance(&self) -> Option<f64> {
        self.chance.value()
    }

    /// Learns from one answer that was scored: takes its agreement with the others of its item, compares it with
    /// answers to other items, and remembers it. Who counts nothing teaches nothing.
    pub(crate) fn learn(
        &mut self,
        item: u64,
        label: &Label,
        weight: f32,
        agreement: Option<f64>,
        schema: Option<&LabelSchema>,
    ) {
        if weight > 0.0 {
            if let Some(agreement) = agreement {
                self.agreement.add(agreement);
            }
            self.meet(item, label, schema);
        }
    }

    fn meet(&mut self, item: u64, label: &Label, schema: Option<&LabelSchema>) {
        let begin = usize::from(self.turn);
        for step in 0..COMPARISONS.min(self.recent.len()) {
            let place = (begin + step) % self.recent.len();
            let other = self.recent.get(place).filter(|recent| recent.item != item);
            if let Some(other) = other {
                self.chance.add(label.similarity(&other.label, schema));
            }
        }
        self.turn = u8::try_from((begin + COMPARISONS) % RECENT).unwrap_or(0);
        if state::length(label) > MOST_BYTES / 4 {
            // One label must not push all others out.
            return;
        }
        self.recent.retain(|recent| recent.item != item);
        self.recent.push(Recent { item, label: label.clone() });
        // The oldest go until the rest fits, whatever their length: chance is not that of short labels alone.
        let bytes = |recent: &Recent| state::length(&recent.label);
        let mut sum: usize = self.recent.iter().map(bytes).sum();
        while self.recent.len() > RECENT || sum > MOST_BYTES {
            let oldest = self.recent.remove(0);
            sum -= bytes(&oldest);
        }
    }

    /// Saves the pool in the binary form of [`state`].
    #[must_use]
    pub fn save(&self) -> Vec<u8> {
        state::save(KIND, self)
    }

    /// Restores a saved pool, bit for bit.
    ///
    /// # Errors
    /// [`ErrorCode::State`] when the bytes are of another kind or version, or damaged.
    pub fn restore(bytes: &[u8]) -> Result<Self, Error> {
        let pool: Self = state::restore(KIND, bytes)?;
        if pool.is_sound() {
            Ok(pool)
        } else {
            Err(Error::new(ErrorCode::State, "expected a saved pool whose parts fit together"))
        }
    }

    pub(crate) fn is_sound(&self) -> bool {
        let is_place = usize::from(self.turn) < RECENT;
        self.agreement.is_sound()
            && self.chance.is_sound()
            && is_place
            && self.recent.len() <= RECENT
    }
}

impl Mean {
    fn add(&mut self, value: f64) {
        if self.count >= MOST {
            self.count /= 2;
            self.sum /= 2.0;
        }
        self.count += 1;
        self.sum += value;
    }

    fn value(self) -> Option<f64> {
        (self.count > 0).then(|| self.sum / f64::from(self.count))
    }

    fn is_sound(self) -> bool {
        self.count <= MOST && (0.0..=f64::from(self.count) * (1.0 + 1e-9)).contains(&self.sum)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::json::Reader;

    fn class(name: &str) -> Label {
        Label::Class(name.into())
    }

    fn policy(min_pool: u32) -> DisagreesPolicy {
        DisagreesPolicy { min_pool, pool_share: 0.5, ..DisagreesPolicy::default() }
    }

    #[test]
    fn the_floor_lies_between_chance_and_agreement() {
        let mut pool = Pool::new();
        for n in 0..100 {
            pool.learn(n, &class(if n % 2 == 0 { "a" } else { "b" }), 1.0, Some(0.8), None);
        }
        // Four comparisons in a row meet two of each class.
        assert!((pool.chance().unwrap() - 0.5).abs() < 0.02, "{:?}", pool.chance());
        let floor = pool.floor(&policy(50)).unwrap();
        assert!((floor - 0.65).abs() < 0.01, "{floor}");
    }

    #[test]
    fn no_floor_is_learnt_from_few_comparisons_or_from_agreement_by_chance() {
        let mut pool = Pool::new();
        assert_eq!(pool.floor(&policy(0)), None);
        for n in 0..9 {
            pool.learn(n, &class(if n % 2 == 0 { "a" } else { "b" }), 1.0, Some(0.9), None);
        }
        assert_eq!(pool.floor(&policy(10)), None);
        assert!(pool.floor(&policy(9)).is_some());
        for n in 0..100 {
            pool.learn(n, &class("a"), 1.0, Some(0.1), None);
        }
        assert_eq!(pool.floor(&policy(9)), None);
    }

    #[test]
    fn a_fixed_floor_needs_no_pool() {
        let fixed = DisagreesPolicy { floor: Some(0.4), ..DisagreesPolicy::default() };
        assert_eq!(Pool::new().floor(&fixed), Some(0.4));
    }

    #[test]
    fn answers_to_the_same_item_are_not_chance() {
        let mut pool = Pool::new();
        for _ in 0..50 {
            pool.learn(7, &class("a"), 1.0, None, None);
        }
        assert_eq!((pool.chance(), pool.recent.len()), (None, 1));
    }

    #[test]
    fn long_labels_teach_as_short_ones_do() {
        let outline = |n: u32, corners: u32| {
            let corner = |at: u32| format!("[{},{}]", at % 100, (at * (n + 7)) % 1_000);
            let corners: Vec<String> = (0..corners).map(corner).collect();
            let json = format!(r#"{{"polygons":[{{"points":[{}]}}]}}"#, corners.join(","));
            Label::read(&mut Reader::new(json.as_bytes(), 8).unwrap()).unwrap()
        };
        let mut pool = Pool::new();
        for n in 0..100 {
            pool.learn(u64::from(n), &outline(n, 200), 1.0, Some(0.8), None);
        }
        assert!(pool.floor(&policy(50)).is_some(), "{pool:?}");
        assert!(pool.save().len() < 70 * 1024);
    }

    #[test]
    fn a_ring_lifts_the_floor_by_no_more_than_its_share_of_the_comparisons() {
        let mut honest = Pool::new();
        let mut poisoned = Pool::new();
        let labels = ["a", "b", "c"].map(class);
        for (n, label) in (0..4_000).zip(labels.iter().cycle()) {
            honest.learn(n, label, 1.0, Some(0.6), None);
            if n % 5 == 0 {
                // Equal for each item, and another for each: chance never meets it.
                poisoned.learn(n, &class(&format!("ring {n}")), 1.0, Some(1.0), None);
            } else {
                poisoned.learn(n, label, 1.0, Some(0.6), None);
            }
        }
        let [before, after] = [&honest, &poisoned].map(|pool| pool.floor(&policy(50)).unwrap());
        let moved = after - before;
        assert!(moved < 0.2 * (1.0 - 0.6) / 2.0 + 0.01, "{before} {after}");
    }

    #[test]
    fn a_pool_is_bounded_and_saved_to_the_bit() {
        let mut pool = Pool::new();
        for n in 0..200_000 {
            let label = class(&"x".repeat((n % 300) as usize + 1));
            pool.learn(n, &label, 1.0, Some(1.0), None);
        }
        assert!(pool.agreement.count <= MOST && pool.chance.count <= MOST);
        let saved = pool.save();
        assert!(saved.len() <= 66 * 1024, "{}", saved.len());
        assert_eq!(Pool::restore(&saved).unwrap(), pool);
        pool.turn = 16;
        assert!(Pool::restore(&pool.save()).is_err());
        assert!(Pool::restore(&saved[..saved.len() - 1]).is_err());
    }
}
