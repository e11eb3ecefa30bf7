//! The example of Dawid and Skene, 1979: 45 patients, 5 anaesthetists, four grades of fitness.

use labelgate::agreement::{Answer, Answers};
use labelgate::consensus::DawidSkene;

/// The first anaesthetist saw every patient three times: three annotators, because an annotator has one answer to a
/// task, with one confusion matrix, because they are one person.
#[test]
fn anaesthetists() {
    let Some(path) = crate::support::shared("data/crowd/textbook.json") else { return };
    let book: serde_json::Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let tables = book["tables"].as_array().unwrap();
    let table =
        tables.iter().find(|table| table["name"] == "dawid_skene_1979_anaesthetists").unwrap();
    let mut answers = Vec::new();
    for (task, patient) in (0..).zip(table["patients_by_observer"].as_array().unwrap()) {
        let grades = patient.as_array().unwrap().iter();
        let grades = grades
            .flat_map(|one| one.as_array().map_or_else(|| vec![one], |many| many.iter().collect()));
        for (annotator, grade) in (0..).zip(grades) {
            let label = grade.as_u64().unwrap() as u32 - 1;
            answers.push(Answer { task, annotator, label });
        }
    }
    let answers = Answers::new(45, 7, 4, &answers).unwrap();
    let settings = DawidSkene { tolerance: 1e-9, ..DawidSkene::default() };
    let result = settings.infer_pooled(&answers, &[], &[0, 0, 0, 3, 4, 5, 6]).unwrap();
    println!("shares of the grades: {:?}, in {} iterations", result.prior, result.iterations);
    let published = table["published"]["class_marginals"].as_array().unwrap();
    for ((ours, theirs), grade) in result.prior.iter().zip(published).zip(1..) {
        // Quoted at two digits, and by crowd-kit at four.
        assert!((ours - theirs.as_f64().unwrap()).abs() <= 0.005, "{ours} for {theirs}");
        let peer = table["peers"]["crowdkit_prior"][grade.to_string()].as_f64().unwrap();
        assert!((ours - peer).abs() <= 0.00005, "{ours} for {peer}");
    }
    let labels = table["peers"]["crowdkit_labels_in_order"].as_array().unwrap();
    for (task, (ours, theirs)) in result.labels().zip(labels).enumerate() {
        assert_eq!((ours.unwrap() + 1).to_string(), theirs.as_str().unwrap(), "patient {task}");
    }
}
