//! ROVER and the medoid on translations: word error rate against the original.

use std::collections::BTreeSet;

use labelgate::consensus::{Medoid, Rover, word_distance};

use crate::numbers_and_sets::by_task;
use crate::support::published;
use crate::{at_most, mean};

#[test]
fn word_error_rates_are_not_above_those_of_the_peers() {
    let Some(crowd) = published::crowd("crowdwsa_j1") else { return };
    let lower: Vec<(String, Vec<(&str, String)>)> = by_task(&crowd)
        .into_iter()
        .map(|(task, answers)| {
            let lower = answers.into_iter().map(|(worker, text)| (worker, text.to_lowercase()));
            (task.to_owned(), lower.collect())
        })
        .collect();
    let workers: BTreeSet<&str> =
        lower.iter().flat_map(|task| task.1.iter().map(|answer| answer.0)).collect();
    let workers: Vec<&str> = workers.into_iter().collect();
    let texts: Vec<Vec<Vec<&str>>> = lower
        .iter()
        .map(|(_, answers)| {
            answers.iter().map(|(_, text)| text.split_whitespace().collect()).collect()
        })
        .collect();
    let annotators: Vec<Vec<u32>> = lower
        .iter()
        .map(|(_, answers)| {
            let number = |worker| u32::try_from(workers.binary_search(worker).unwrap()).unwrap();
            answers.iter().map(|(worker, _)| number(worker)).collect()
        })
        .collect();
    let annotators: Vec<&[u32]> = annotators.iter().map(Vec::as_slice).collect();
    let truth: Vec<String> =
        lower.iter().map(|(task, _)| crowd.truth[task].to_lowercase()).collect();
    let error = |at: usize, words: &[&str]| {
        let truth: Vec<&str> = truth[at].split_whitespace().collect();
        word_distance(words, &truth) as f64 / truth.len().max(1) as f64
    };
    let peer = |name: &str| crowd.reference[name].as_f64().unwrap();

    let rover: Vec<f64> = texts
        .iter()
        .enumerate()
        .map(|(at, texts)| {
            let texts: Vec<&[&str]> = texts.iter().map(Vec::as_slice).collect();
            let voted = Rover.infer(&texts).unwrap();
            let words: Vec<&str> = voted.words.iter().map(String::as_str).collect();
            error(at, &words)
        })
        .collect();
    at_most(&crowd.name, "ROVER, WER", mean(&rover), peer("ROVER_wer"));

    let medoid = |iterations: usize| {
        let medoid = Medoid { iterations, ..Medoid::default() };
        let chosen = medoid
            .infer(workers.len(), &annotators, |task, one, other| {
                let (one, other) = (&texts[task][one], &texts[task][other]);
                word_distance(one, other) as f64 / one.len().max(other.len()).max(1) as f64
            })
            .unwrap();
        let chosen = chosen.tasks.iter().enumerate();
        let errors: Vec<f64> =
            chosen.map(|(at, chosen)| error(at, &texts[at][chosen.unwrap().place])).collect();
        mean(&errors)
    };
    at_most(&crowd.name, "medoid, WER", medoid(0), peer("medoid_token_levenshtein_wer"));
    let reliable = medoid(20);
    at_most(
        &crowd.name,
        "reliable medoid beside RASA, WER",
        reliable,
        peer("TextRASA_tfidf_char_2_4_wer"),
    );
    at_most(
        &crowd.name,
        "reliable medoid beside HRRASA, WER",
        reliable,
        peer("TextHRRASA_tfidf_char_2_4_wer"),
    );
}
