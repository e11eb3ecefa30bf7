//! Means and medians of numbers, votes on sets of classes.

use std::collections::BTreeMap;

use labelgate::consensus::{SetVote, number_estimate};

use crate::pairs::{pearson, spearman};
use crate::support::published::{self, Published};
use crate::{mean, same};

/// The last answer of each worker by task.
pub fn by_task(crowd: &Published) -> BTreeMap<&str, Vec<(&str, &str)>> {
    let mut tasks: BTreeMap<&str, Vec<(&str, &str)>> = BTreeMap::new();
    for answer in &crowd.answers {
        let answers = tasks.entry(&answer.task).or_default();
        answers.retain(|(worker, _)| *worker != answer.worker);
        answers.push((&answer.worker, &answer.label));
    }
    tasks
}

/// Mean and median of each task.
fn estimates(crowd: &Published) -> BTreeMap<&str, [f64; 2]> {
    by_task(crowd)
        .into_iter()
        .map(|(task, answers)| {
            let numbers: Vec<f64> =
                answers.iter().map(|(_, label)| label.parse().unwrap()).collect();
            let estimate = number_estimate(&numbers).unwrap().unwrap();
            (task, [estimate.mean, estimate.median])
        })
        .collect()
}

#[test]
fn means_and_medians_are_those_of_the_reference() {
    for name in ["n_emotion", "truth_s6", "s_adult", "s_rel", "web"] {
        let Some(crowd) = published::crowd(name) else { return };
        let estimates = estimates(&crowd);
        for (at, kind) in ["mean", "median"].into_iter().enumerate() {
            let Some(peer) = crowd.reference.pointer(&format!("/numeric/{kind}")) else { continue };
            let (ours, truth): (Vec<f64>, Vec<f64>) = crowd
                .truth
                .iter()
                .filter_map(|(task, truth)| {
                    Some((estimates.get(task.as_str())?[at], truth.parse::<f64>().ok()?))
                })
                .unzip();
            let errors: Vec<f64> =
                ours.iter().zip(&truth).map(|(ours, truth)| ours - truth).collect();
            let absolute: Vec<f64> = errors.iter().map(|error| error.abs()).collect();
            let squares: Vec<f64> = errors.iter().map(|error| error * error).collect();
            let values = [
                ("mae", mean(&absolute)),
                ("rmse", mean(&squares).sqrt()),
                ("pearson", pearson(&ours, &truth)),
            ];
            for (measure, value) in values {
                same(name, &format!("{kind}, {measure}"), value, peer[measure].as_f64().unwrap());
            }
        }
    }
}

#[test]
fn slider_means_follow_the_order_of_the_labels() {
    let Some(crowd) = published::crowd("nli_slider") else { return };
    let estimates = estimates(&crowd);
    for (at, kind) in ["mean", "median"].into_iter().enumerate() {
        let (ours, truth): (Vec<f64>, Vec<f64>) = crowd
            .truth
            .iter()
            .filter_map(|(task, truth)| {
                let order = match truth.as_str() {
                    "entailment" | "entailed" => 1.0,
                    "neutral" => 0.0,
                    "contradiction" => -1.0,
                    _ => return None,
                };
                Some((estimates[task.as_str()][at], order))
            })
            .unzip();
        let peer = crowd.reference["numeric"][kind]["spearman_with_label_order"].as_f64().unwrap();
        same("nli_slider", &format!("{kind}, Spearman"), spearman(&ours, &truth), peer);
    }
}

#[test]
fn votes_on_classes_are_those_of_the_reference() {
    let Some(crowd) = published::crowd("medrel") else { return };
    let folder = crate::support::shared("data/crowd/medrel").unwrap();
    let truth = published::table(&folder, "truth.csv").unwrap();
    let tasks = by_task(&crowd);
    for share in [0.5, 0.3] {
        let vote = SetVote { share };
        for relation in ["TREATS", "CAUSES"] {
            let (mut hits, mut both, mut ours, mut theirs, mut count) = (0, 0, 0, 0, 0);
            for cells in truth.iter().filter(|cells| cells["judged"].contains(relation)) {
                let sets: Vec<Vec<String>> = tasks[cells["task"].as_str()]
                    .iter()
                    .map(|(_, label)| label.split('|').map(str::to_owned).collect())
                    .collect();
                let sets: Vec<&[String]> = sets.iter().map(Vec::as_slice).collect();
                let voted =
                    vote.infer(&sets).unwrap().classes.iter().any(|class| class == relation);
                let right = cells["label"].contains(relation);
                hits += u32::from(voted == right);
                both += u32::from(voted && right);
                ours += u32::from(voted);
                theirs += u32::from(right);
                count += 1;
            }
            let peer =
                &crowd.reference["multilabel"][format!("{relation}_vote_share_over_{share}")];
            let name = format!("{relation} by over {share}");
            let accuracy = f64::from(hits) / f64::from(count);
            same(
                "medrel",
                &format!("{name}, accuracy"),
                accuracy,
                peer["accuracy"].as_f64().unwrap(),
            );
            let f1 = 2.0 * f64::from(both) / f64::from(ours + theirs);
            same("medrel", &format!("{name}, F1"), f1, peer["f1"].as_f64().unwrap());
        }
    }
}
