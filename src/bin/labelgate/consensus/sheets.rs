//! The result as tables.

use labelgate::agreement::Crowd;
use labelgate::consensus::{AnnotatorEstimate, Outcome};

use crate::crowd::text_of;
use crate::sheet::{Column, Sheet};

/// One row a task, or one an item for methods that say nothing of tasks.
pub fn tasks(crowd: &Crowd, outcome: &Outcome) -> Sheet {
    if !outcome.items.is_empty() {
        let items = outcome.items.iter().map(|(item, _)| Some(item.clone())).collect();
        let strengths = outcome.items.iter().map(|(_, strength)| Some(*strength)).collect();
        return Sheet::new(vec![
            ("item", Column::Text(items)),
            ("strength", Column::Number(strengths)),
        ]);
    }
    let tasks = &outcome.tasks;
    let names = crowd.tasks.iter().cloned().map(Some).collect();
    let labels = tasks.iter().map(|task| task.label.as_deref().map(text_of)).collect();
    Sheet::new(vec![
        ("task", Column::Text(names)),
        ("label", Column::Text(labels)),
        ("probability", Column::Number(tasks.iter().map(|task| task.probability).collect())),
        ("margin", Column::Number(tasks.iter().map(|task| task.margin).collect())),
        ("tied", Column::Number(tasks.iter().map(|task| Some(f64::from(task.tied))).collect())),
    ])
}

/// One row an annotator.
pub fn annotators(crowd: &Crowd, outcome: &Outcome) -> Sheet {
    let numbers = |of: fn(&AnnotatorEstimate) -> Option<f64>| {
        Column::Number(outcome.annotators.iter().map(of).collect())
    };
    Sheet::new(vec![
        ("annotator", Column::Text(crowd.annotators.iter().cloned().map(Some).collect())),
        ("answers", numbers(|one| Some(f64::from(one.answers)))),
        ("skill", numbers(|one| one.skill)),
        ("accuracy", numbers(|one| one.accuracy)),
        ("spamming", numbers(|one| one.spamming)),
        ("spammer_score", numbers(|one| one.spammer_score)),
    ])
}
