//! Work on all cores, with the results in the order of the work.

use std::collections::BTreeMap;
use std::sync::mpsc;

use crate::failure::Failure;

/// Most groups under way or done and waiting for one before them.
const MAX_GROUPS: usize = 64;
/// Most pieces of work in a group: handing one over costs as much as hashing a small file.
const MAX_IN_GROUP: usize = 64;
/// A group is full at this cost, so that large files are spread.
const MAX_COST: u64 = 4 << 20;

/// Takes work from `next` (with its cost, in bytes) until there is none, does it on all cores, and
/// hands what came of it to `take` in the same order. At most 4,096 pieces are in memory.
///
/// Ends at the first failure of `next` or `take`.
pub fn in_order<T: Send, R: Send>(
    mut next: impl FnMut() -> Result<Option<(T, u64)>, Failure>,
    work: impl Fn(T) -> R + Sync,
    mut take: impl FnMut(R) -> Result<(), Failure>,
) -> Result<(), Failure> {
    let work = &work;
    rayon::in_place_scope(|scope| {
        let (sender, results) = mpsc::channel::<(u64, Vec<R>)>();
        let (mut started, mut taken, mut is_ended) = (0_u64, 0_u64, false);
        let mut waiting: BTreeMap<u64, Vec<R>> = BTreeMap::new();
        loop {
            let under_way = usize::try_from(started - taken).unwrap_or(usize::MAX);
            if !is_ended && under_way < MAX_GROUPS {
                let group = group(&mut next)?;
                is_ended = group.is_empty();
                if !is_ended {
                    let (sender, number) = (sender.clone(), started);
                    // Nobody listens any more after a failure.
                    scope.spawn(move |_| {
                        let _ = sender.send((number, group.into_iter().map(work).collect()));
                    });
                    started += 1;
                }
                continue;
            }
            if taken == started {
                return Ok(());
            }
            // There is a sender here, so this waits until a group is done.
            let Ok((number, group)) = results.recv() else { return Ok(()) };
            waiting.insert(number, group);
            while let Some(group) = waiting.remove(&taken) {
                taken += 1;
                for result in group {
                    take(result)?;
                }
            }
        }
    })
}

fn group<T>(
    next: &mut impl FnMut() -> Result<Option<(T, u64)>, Failure>,
) -> Result<Vec<T>, Failure> {
    let (mut group, mut cost) = (Vec::new(), 0_u64);
    while group.len() < MAX_IN_GROUP && cost < MAX_COST {
        let Some((piece, piece_cost)) = next()? else { break };
        group.push(piece);
        cost = cost.saturating_add(piece_cost);
    }
    Ok(group)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn results_keep_the_order_of_the_work() {
        let mut numbers = 0..20_000_u64;
        let mut seen = Vec::new();
        let next = || Ok(numbers.next().map(|n| (n, n % 7 * 1_000_000)));
        in_order(
            next,
            |n| n * 2,
            |doubled| {
                seen.push(doubled);
                Ok(())
            },
        )
        .unwrap();
        assert!(seen.len() == 20_000 && seen.iter().zip(0..).all(|(seen, n)| *seen == n * 2));
    }

    #[test]
    fn the_first_failure_ends_the_work() {
        let mut numbers = 0..;
        let result = in_order(
            || Ok(numbers.next().map(|n: u64| (n, 1))),
            |n| n,
            |n| if n < 1_000 { Ok(()) } else { Err(Failure::new("full")) },
        );
        assert!(matches!(result, Err(Failure::Unusable(said)) if said == "full"));
    }
}
