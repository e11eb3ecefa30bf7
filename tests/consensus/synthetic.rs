//! Crowds made to order: the same answers as the peers were timed on.

use labelgate::consensus::{
    Consensus, DawidSkene, Glad, Mace, OneCoinDawidSkene, ZeroBasedSkill, majority_vote, wawa,
};

use crate::peers::sane;
use crate::support::synthetic::Synthetic;

#[test]
fn the_generator_makes_what_others_make() {
    let made = Synthetic::new(100_000);
    let annotators: Vec<u32> = made.answers[..12].iter().map(|answer| answer.annotator).collect();
    assert_eq!(annotators, [486, 38, 90, 142, 194, 57, 103, 149, 195, 241, 53, 117]);
    let labels: Vec<u32> = made.answers[..12].iter().map(|answer| answer.label).collect();
    assert_eq!(labels, [3, 3, 2, 0, 3, 1, 3, 1, 1, 1, 2, 3]);
    assert_eq!(made.truth[..5], [3, 1, 3, 0, 0]);
    assert_eq!(made.answers.iter().map(|answer| u64::from(answer.label)).sum::<u64>(), 149_842);
    let sum: u64 =
        (0..).zip(&made.answers).map(|(n, answer)| u64::from(answer.annotator) * (n % 97)).sum();
    assert_eq!(sum, 1_198_540_066);
}

#[test]
fn accuracy_is_that_of_the_peers() {
    let made = Synthetic::new(100_000);
    let answers = made.packed();
    let ten = DawidSkene { iterations: 10, tolerance: -1.0, ..DawidSkene::default() };
    let ten_of_one = OneCoinDawidSkene { iterations: 10, ..OneCoinDawidSkene::default() };
    let once = Mace { restarts: 1, ..Mace::default() };
    // The peers' accuracies, as they print them.
    let cases: [(&str, Consensus, f64); 8] = [
        ("majority vote", majority_vote(&answers), 0.8520),
        ("wawa", wawa(&answers), 0.8959),
        ("zero-based skill", ZeroBasedSkill::default().infer(&answers), 0.8992),
        ("dawid-skene", DawidSkene::default().infer(&answers, &[]).unwrap(), 0.8917),
        ("dawid-skene, 10", ten.infer(&answers, &[]).unwrap(), 0.8921),
        ("one-coin, 10", ten_of_one.infer(&answers, &[]).unwrap(), 0.9069),
        ("glad", Glad::default().infer(&answers).unwrap(), 0.8978),
        ("mace", once.infer(&answers).unwrap(), 0.9061),
    ];
    for (name, result, peer) in cases {
        let ours = made.accuracy(result.labels());
        println!("{name:18} {ours:.4} {peer:.4} {:+.4}", ours - peer);
        // Four digits are known.
        assert!(ours > peer - 0.0002, "{name}: {ours} for {peer}");
        sane(&result);
    }
}
