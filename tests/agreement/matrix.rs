//! Alpha of a matrix is alpha of the packed answers.

use labelgate::agreement::{Agreement, Answer, Answers, Level, Scale, Undefined, alpha_of_matrix};

use super::support::random::Random;
use super::textbook;

fn scale(level: Level, values: Vec<f64>, period: f64) -> Scale {
    match level {
        Level::Ordinal => Scale::ordinal(values).unwrap(),
        Level::Interval => Scale::interval(values).unwrap(),
        Level::Ratio => Scale::ratio(values).unwrap(),
        Level::Circular => Scale::circular(values, period).unwrap(),
        _ => Scale::nominal(),
    }
}

const LEVELS: [Level; 5] =
    [Level::Nominal, Level::Ordinal, Level::Interval, Level::Ratio, Level::Circular];

#[test]
fn both_ways_give_the_same() {
    let mut random = Random::new(11);
    for round in 0..60 {
        let (coders, units) = (1 + random.below(22), 1 + random.below(1200));
        let (missing, values) = (random.share(), 1 + random.below(9));
        // Whole numbers, quarters, and free numbers; near 0 and far from it.
        let unit = [1.0, 0.25, 0.0][round % 3];
        let far = [0.0, 1000.0][round % 2];
        let mut rows = vec![vec![None; units]; coders];
        for row in &mut rows {
            for (level, cell) in row.iter_mut().enumerate() {
                if !random.chance(missing) {
                    let place =
                        if random.chance(0.6) { level % values } else { random.below(values) };
                    let value = if unit > 0.0 {
                        place as f64 * unit
                    } else {
                        place as f64 + random.share()
                    };
                    *cell = Some(far + value);
                }
            }
        }
        let cells: Vec<f64> = rows.iter().flatten().map(|cell| cell.unwrap_or(f64::NAN)).collect();
        let table = textbook::matrix(&rows);
        for level in LEVELS {
            // Each label of free numbers is one; that many need not be compared by pairs here.
            if level == Level::Ratio && table.values.len() > 2_000 {
                continue;
            }
            let ours = alpha_of_matrix(&cells, units, level, 30.0).unwrap();
            let scale = scale(level, table.values.clone(), 30.0);
            let packed = Agreement::of(&table.answers, &scale).unwrap().krippendorff_alpha;
            let what = format!("round {round} {level:?} {coders}x{units}: {ours:?} {packed:?}");
            assert_eq!(ours.reason, packed.reason, "{what}");
            if let (Some(ours), Some(packed)) = (ours.value, packed.value) {
                assert!((ours - packed).abs() < 1e-9, "{what}");
            }
        }
    }
}

#[test]
fn bad_matrices_are_errors_or_have_a_reason() {
    let of = |cells: &[f64], units, level| alpha_of_matrix(cells, units, level, 1.0);
    let none = f64::NAN;
    for level in LEVELS {
        assert_eq!(of(&[], 0, level).unwrap().reason, Some(Undefined::NoAnswers));
        assert_eq!(of(&[none; 4], 2, level).unwrap().reason, Some(Undefined::NoAnswers));
        let one = of(&[1.0, 2.0, none, none], 2, level).unwrap();
        assert_eq!(one.reason, Some(Undefined::OneAnnotator));
        let apart = of(&[1.0, none, none, 2.0], 2, level).unwrap();
        assert_eq!(apart.reason, Some(Undefined::NoOverlap));
        assert_eq!(of(&[1.0; 4], 2, level).unwrap().reason, Some(Undefined::OneLabel));
        assert!(of(&[1.0; 3], 2, level).is_err());
        assert!(of(&[1.0; 3], 0, level).is_err());
        assert!(of(&[1.0, f64::INFINITY, 1.0, 1.0], 2, level).is_err());
        assert!(of(&[1.0, 1e200, 1.0, 1.0], 2, level).is_err());
        let zeros = of(&[0.0, -0.0, 0.0, -0.0], 1, level).unwrap();
        assert_eq!(zeros.reason, Some(Undefined::OneLabel));
    }
    assert!(of(&[-1.0, 1.0], 1, Level::Ratio).is_err());
    assert!(alpha_of_matrix(&[1.0, 2.0], 1, Level::Circular, 0.0).is_err());
    let many: Vec<f64> = (0..20_002).map(|n| f64::from(n) * 0.5).collect();
    let ratio = of(&many, 10_001, Level::Ratio).unwrap();
    assert_eq!(ratio.reason, Some(Undefined::TooMany));
}

/// The generator of `../shared/bench/peers/agreement/README.md`.
fn peers_matrix(units: usize, coders: usize) -> Vec<f64> {
    let mix = |z: u64| {
        let z = z.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    };
    let share =
        |s: u64, i: usize| (mix(mix(42 + s) ^ i as u64) >> 11) as f64 / (1_u64 << 53) as f64;
    let mut cells = Vec::with_capacity(units * coders);
    for n in 0..units * coders {
        let level = (share(1, n % units) * 5.0).floor();
        let value = if share(6, n) < 0.7 { level } else { (share(7, n) * 5.0).floor() };
        cells.push(if share(8, n) >= 0.5 { f64::NAN } else { value });
    }
    cells
}

#[test]
fn the_matrices_of_the_peers_benches_have_their_alphas() {
    let cells = peers_matrix(10_000, 20);
    assert_eq!(cells.iter().filter(|cell| cell.is_nan()).count(), 100_061);
    assert_eq!(cells.iter().filter(|cell| !cell.is_nan()).sum::<f64>(), 199_886.0);
    for (units, coders, nominal, ordinal) in
        [(10_000, 20, 0.4902, 0.4934), (100_000, 10, 0.4919, 0.4944)]
    {
        let cells = peers_matrix(units, coders);
        let of = |level| alpha_of_matrix(&cells, units, level, 0.0).unwrap().value.unwrap();
        assert!((of(Level::Nominal) - nominal).abs() < 0.51e-4);
        assert!((of(Level::Ordinal) - ordinal).abs() < 0.51e-4);
        assert!((of(Level::Interval) - ordinal).abs() < 1.6e-4);
    }
}

#[test]
fn a_hundred_thousand_classes_and_a_task_of_a_hundred_thousand_answers_are_fine() {
    const MANY: u32 = 100_000;
    let mut answers = Vec::new();
    for n in 0..MANY {
        // One task that all answered, each with a class of his own; and pairs that agree on a class.
        answers.push(Answer { task: 0, annotator: n, label: n });
        answers.push(Answer { task: 1 + n / 2, annotator: n, label: n / 2 });
    }
    let classes = MANY as usize;
    let answers = Answers::new(classes / 2 + 1, classes, classes, &answers).unwrap();
    let all = Agreement::of(&answers, &Scale::nominal()).unwrap();
    assert!(all.percent_agreement.value.unwrap() > 0.9999);
    assert!(all.krippendorff_alpha.value.unwrap() > 0.49);
    assert_eq!(all.mean_pairwise_cohen_kappa.reason, Some(Undefined::TooMany));
    let values: Vec<f64> = (0..MANY).map(f64::from).collect();
    let all = Agreement::of(&answers, &Scale::interval(values.clone()).unwrap()).unwrap();
    assert!(all.krippendorff_alpha.value.is_some() && all.gwet_ac2.value.is_some());
    let all = Agreement::of(&answers, &Scale::ratio(values).unwrap()).unwrap();
    assert_eq!(all.krippendorff_alpha.reason, Some(Undefined::TooMany));
    assert_eq!(all.gwet_ac2.reason, Some(Undefined::TooMany));
    for (name, one) in all.coefficients() {
        assert!(one.value.is_some() != one.reason.is_some(), "{name}");
        assert!(one.value.is_none_or(f64::is_finite), "{name}");
        assert!(one.se.is_none_or(f64::is_finite), "{name}");
    }
}
