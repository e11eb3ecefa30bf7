//! Agreement for people: a table with a bar for each coefficient.

use std::io::{self, Write};

use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use labelgate::Label;
use labelgate::agreement::{Coefficient, Parts, Report, ResampledReport, Undefined};

use crate::crowd::{Answered, text_of};
use crate::terminal::printable;

/// Widest bar, in characters.
const BAR: usize = 20;
/// Most parts that are shown; `--json` has all.
const MOST_PARTS: usize = 1000;

pub fn write(report: &Report, answered: &Answered, out: &mut impl Write) -> io::Result<()> {
    let answers = &answered.crowd.answers;
    writeln!(
        out,
        "{} answers of {} annotators to {} tasks; {} labels of kind {}",
        answers.len(),
        answers.annotator_count(),
        answers.task_count(),
        answers.label_count(),
        report.kind.as_str()
    )?;
    for rule in answered.rules() {
        writeln!(out, "{rule}")?;
    }
    if let Some(references) = report.references {
        writeln!(
            out,
            "chance: each label was compared with {references} answers drawn from all, which adds to the standard error"
        )?;
    }
    writeln!(out)?;
    let mut table = headed(["coefficient", "value", "se", "95 % interval", "", ""]);
    for (name, coefficient) in report.agreement.coefficients() {
        let said = coefficient.reason != Some(Undefined::Scale);
        if said {
            table.add_row(row(title(name).to_owned(), &coefficient));
        }
    }
    print(&mut table, 1..4, out)?;
    if let Some(resampled) = &report.resampled {
        writeln!(out)?;
        write_resampled(resampled, out)?;
    }
    match &report.parts {
        None => Ok(()),
        Some(parts) => {
            writeln!(out)?;
            write_parts(parts, answered, out)
        }
    }
}

fn write_resampled(report: &ResampledReport, out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "bootstrap: {} draws of the tasks, seed {}", report.replicates, report.seed)?;
    let mut table = headed(["coefficient", "se", "95 % interval", "", "", ""]);
    for (name, resampled) in report.coefficients {
        let (se, interval) = match resampled {
            Some(found) => (number(Some(found.se)), interval(found.ci95)),
            None => (number(None), String::new()),
        };
        table.add_row(vec![title(name).to_owned(), se, interval]);
    }
    print(&mut table, 1..3, out)
}

fn write_parts(parts: &Parts, answered: &Answered, out: &mut impl Write) -> io::Result<()> {
    let crowd = &answered.crowd;
    let annotator = |number: u32| {
        let name = crowd.annotators.get(number as usize).map_or("", String::as_str);
        printable(name).into_owned()
    };
    let (mut table, count) = match parts {
        Parts::Annotators(Err(reason)) | Parts::Pairs(Err(reason)) => {
            return writeln!(out, "not told for each: {}", sentence(*reason));
        }
        Parts::Annotators(Ok(found)) => {
            let mut table = headed(["annotator", "answers", "compared", "agreement", "kappa", ""]);
            for one in found.iter().take(MOST_PARTS) {
                table.add_row(vec![
                    annotator(one.annotator),
                    one.answers.to_string(),
                    one.compared.to_string(),
                    number(one.percent_agreement.value),
                    number(one.kappa.value),
                    bar(&one.kappa),
                ]);
            }
            (table, found.len())
        }
        Parts::Pairs(Ok(found)) => {
            let mut table = headed(["annotator", "tasks", "agreement", "kappa", "", "annotator"]);
            for pair in found.iter().take(MOST_PARTS) {
                let [first, second] = pair.annotators;
                table.add_row(vec![
                    annotator(first),
                    pair.tasks.to_string(),
                    number(Some(pair.percent_agreement)),
                    number(pair.cohen_kappa.value),
                    bar(&pair.cohen_kappa),
                    annotator(second),
                ]);
            }
            (table, found.len())
        }
        Parts::Classes(kappas) => {
            let mut table = headed(["label", "kappa", "se", "95 % interval", "", ""]);
            for (label, kappa) in crowd.labels.iter().zip(kappas).take(MOST_PARTS) {
                table.add_row(row(short(label), kappa));
            }
            (table, kappas.len())
        }
    };
    print(&mut table, 1..5, out)?;
    match count.checked_sub(MOST_PARTS) {
        None | Some(0) => Ok(()),
        Some(more) => writeln!(out, "and {more} more: see --json"),
    }
}

fn row(name: String, coefficient: &Coefficient) -> Vec<String> {
    let interval = coefficient.ci95.map_or_else(String::new, interval);
    let said = coefficient.reason.map_or_else(String::new, |reason| sentence(reason).to_owned());
    vec![
        name,
        number(coefficient.value),
        coefficient.se.map_or_else(String::new, |se| number(Some(se))),
        interval,
        bar(coefficient),
        said,
    ]
}

fn interval([low, high]: [f64; 2]) -> String {
    format!("{} to {}", number(Some(low)), number(Some(high)))
}

/// From 0 to 1; less than chance has none.
fn bar(coefficient: &Coefficient) -> String {
    let parts = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // 0 to 160
    let eighths = (coefficient.value.unwrap_or(0.0).clamp(0.0, 1.0) * (BAR * 8) as f64) as usize;
    let part = parts.get(eighths % 8).copied().unwrap_or_default();
    "█".repeat(eighths / 8) + part
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_owned(), |value| format!("{value:.3}"))
}

fn short(label: &Label) -> String {
    const SHOWN: usize = 40;
    let text = text_of(label);
    let mut start: String = text.chars().take(SHOWN).collect();
    if text.chars().nth(SHOWN).is_some() {
        start.push('…');
    }
    printable(&start).into_owned()
}

fn headed(names: [&str; 6]) -> Table {
    let mut table = Table::new();
    table.load_style(presets::NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(names);
    table
}

fn print(
    table: &mut Table,
    numbers: std::ops::Range<usize>,
    out: &mut impl Write,
) -> io::Result<()> {
    for column in table.column_iter_mut().skip(numbers.start).take(numbers.len()) {
        column.set_cell_alignment(CellAlignment::Right);
    }
    for line in table.lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

/// The coefficient's name for people.
fn title(name: &str) -> &str {
    match name {
        "krippendorff_alpha" => "Krippendorff's alpha",
        "percent_agreement" => "percent agreement",
        "fleiss_kappa" => "Fleiss' kappa",
        "conger_kappa" => "Conger's kappa",
        "gwet_ac1" => "Gwet's AC1",
        "gwet_ac2" => "Gwet's AC2",
        "mean_pairwise_cohen_kappa" => "Cohen's kappa, mean of pairs",
        "brennan_prediger" => "Brennan-Prediger",
        "scott_pi" => "Scott's pi",
        "icc_1" => "ICC(1,1)",
        "icc_1k" => "ICC(1,k)",
        "icc_2" => "ICC(2,1)",
        "icc_2k" => "ICC(2,k)",
        "icc_3" => "ICC(3,1)",
        "icc_3k" => "ICC(3,k)",
        "kendall_w" => "Kendall's W",
        other => other,
    }
}

fn sentence(reason: Undefined) -> &'static str {
    match reason {
        Undefined::NoAnswers => "there are no answers",
        Undefined::OneAnnotator => "all answers are of one annotator",
        Undefined::NoOverlap => "no task has two answers",
        Undefined::OneLabel => "all answers are the same, and chance would agree fully too",
        Undefined::NoChance => "chance would agree fully",
        Undefined::Incomplete => "not every annotator answered every task",
        Undefined::Scale => "the labels are not on such a scale",
        Undefined::TooFew => "too few tasks in common",
        Undefined::TooMany => "too many different labels or answers",
        _ => reason.as_str(),
    }
}
