//! `labelgate consensus`: answers in, labels out.

use serde_json::Value;

use crate::run::Folder;

const ANSWERS: &str = "task,worker,label\n\
    1,a,cat\n1,b,cat\n1,c,dog\n\
    2,a,dog\n2,b,dog\n2,c,dog\n\
    3,a,cat\n3,b,dog\n\
    4,a,cat\n4,c,cat\n4,c,dog\n";

#[test]
fn the_majority_vote_says_how_sure_it_is_and_what_is_tied() {
    let folder = Folder::new();
    folder.write("answers.csv", ANSWERS);
    let run = folder.labelgate(&["consensus", "--method", "majority-vote", "answers.csv"]);
    assert_eq!(run.code, Some(0));
    assert_eq!(
        run.out,
        "task,label,probability,margin,tied\n\
         1,cat,0.666666667,0.333333333,1\n\
         2,dog,1,1,1\n\
         3,cat,0.5,0,2\n\
         4,cat,0.5,0,2\n"
    );
    assert!(run.err.contains("2 tasks tied"), "{}", run.err);
    assert!(run.err.contains("(1 left out)"), "{}", run.err);
}

#[test]
fn every_class_method_runs_and_says_who_is_good() {
    let folder = Folder::new();
    folder.write("answers.csv", ANSWERS);
    for method in [
        "majority-vote",
        "wawa",
        "zero-based-skill",
        "one-coin-dawid-skene",
        "dawid-skene",
        "fast-dawid-skene",
        "glad",
        "mace",
        "kos",
        "m-msr",
        "medoid",
    ] {
        let run = folder.labelgate(&["consensus", "--method", method, "--json", "answers.csv"]);
        assert_eq!(run.code, Some(0), "{method}: {}", run.err);
        let [result] = &run.json()[..] else { panic!("one object") };
        assert_eq!(result["method"], method);
        assert_eq!(result["tasks"].as_array().unwrap().len(), 4, "{method}");
        assert_eq!(result["tasks"][1]["label"], "dog", "{method}");
        assert_eq!(result["annotators"].as_array().unwrap().len(), 3, "{method}");
    }
}

#[test]
fn a_tie_of_the_vote_counts_as_a_draw_beside_the_truth() {
    let folder = Folder::new();
    folder.write("answers.csv", ANSWERS);
    folder.write("truth.csv", "task,label\n1,cat\n2,dog\n3,dog\n4,bird\n9,cat\n");
    let arguments = ["consensus", "--method", "majority-vote", "--truth", "truth.csv", "--json"];
    let run = folder.labelgate(&[&arguments[..], &["answers.csv"]].concat());
    let result = &run.json()[0];
    assert_eq!(
        (result["accuracy"].as_f64(), result["scored"].as_u64()),
        (Some(2.5 / 4.0), Some(4))
    );
}

#[test]
fn gold_is_believed_and_teaches() {
    let folder = Folder::new();
    folder.write("answers.csv", ANSWERS);
    folder.write("gold.csv", "task,label\n1,dog\n");
    let run = folder.labelgate(&["consensus", "--gold", "gold.csv", "--json", "answers.csv"]);
    let result = &run.json()[0];
    assert_eq!(result["method"], "dawid-skene");
    assert_eq!(result["tasks"][0]["label"], "dog");
    assert_eq!(result["tasks"][0]["probability"].as_f64(), Some(1.0));
    let arguments = ["consensus", "--gold", "gold.csv", "--truth", "gold.csv", "--json"];
    let run = folder.labelgate(&[&arguments[..], &["answers.csv"]].concat());
    // What it was told is not counted for it.
    assert_eq!(run.json()[0]["scored"].as_u64(), None);
}

#[test]
fn a_gold_label_that_nobody_gave_is_named_or_declared() {
    let folder = Folder::new();
    folder.write("answers.csv", ANSWERS);
    folder.write("gold.csv", "task,label\n1,bird\n");
    let run = folder.labelgate(&["consensus", "--gold", "gold.csv", "answers.csv"]);
    assert_eq!(
        run.failure(),
        "`gold.csv`: expected labels that somebody gave or `--labels` names, found `bird` for the task `1`"
    );
    let arguments = ["consensus", "--gold", "gold.csv", "--labels", "bird", "--json"];
    let run = folder.labelgate(&[&arguments[..], &["answers.csv"]].concat());
    assert_eq!(run.json()[0]["tasks"][0]["label"], "bird");
}

#[test]
fn steps_of_a_named_scale_keep_their_names() {
    let folder = Folder::new();
    folder.write("answers.csv", "task,worker,label\n1,a,good\n1,b,good\n1,c,bad\n");
    let arguments = ["--kind", "ordinal", "--labels", "bad,fair,good", "answers.csv"];
    let vote = ["consensus", "--method", "majority-vote"];
    let run = folder.labelgate(&[&vote[..], &arguments].concat());
    assert!(run.out.lines().any(|line| line.starts_with("1,good,")), "{}", run.out);
    let run =
        folder.labelgate(&[&["agreement", "--by", "class", "--json"], &arguments[..]].concat());
    assert_eq!(run.json()[0]["by_class"][1]["label"]["class"], "fair");
}

#[test]
fn ids_that_are_too_long_for_numbers_are_refused() {
    let folder = Folder::new();
    let row = |task: &str| format!("{{\"task\":{task},\"worker\":\"a\",\"label\":\"x\"}}\n");
    folder.write("answers.ndjson", row("9007199254740992") + &row("9007199254740993"));
    let run = folder.labelgate(&["consensus", "--json", "answers.ndjson"]);
    // A number that a double cannot hold is refused: nothing is taken for another task.
    assert!(run.failure().starts_with("`answers.ndjson`, line "), "{}", run.err);
}

#[test]
fn the_result_goes_to_csv_ndjson_and_parquet_and_is_read_again() {
    let folder = Folder::new();
    folder.write("answers.csv", ANSWERS);
    for file in ["labels.csv", "labels.ndjson", "labels.parquet"] {
        let run =
            folder.labelgate(&["consensus", "-o", file, "--annotators", "who.csv", "answers.csv"]);
        assert_eq!((run.code, run.out.as_str()), (Some(0), ""), "{}", run.err);
        // The result is as true as itself.
        let run = folder.labelgate(&["consensus", "--truth", file, "--json", "answers.csv"]);
        assert_eq!(run.json()[0]["accuracy"].as_f64(), Some(1.0), "{file}: {}", run.err);
    }
    let who = String::from_utf8(folder.read("who.csv")).unwrap();
    assert_eq!(who.lines().next(), Some("annotator,answers,skill,accuracy,spamming,spammer_score"));
    let run = folder.labelgate(&["consensus", "-o", "labels.xlsx", "answers.csv"]);
    assert_eq!(
        run.failure(),
        "expected an output file that ends in `.csv`, `.ndjson` or `.parquet`"
    );
}

#[test]
fn each_kind_of_label_has_its_own_consensus() {
    let folder = Folder::new();
    for (kind, answers, expected) in [
        ("interval", &["1", "2", "6"][..], serde_json::json!(3.0)),
        ("set", &["a|b", "a", "c|a"], serde_json::json!(["a"])),
        ("spans", &["0-5", "2-6", "3-9"], serde_json::json!({"spans":[{"start":2,"end":6}]})),
        (
            "boxes",
            &["0 0 10 10", "1 1 10 10", "2 2 10 10"],
            serde_json::json!({"boxes":[{"x":1,"y":1,"width":10,"height":10}]}),
        ),
        ("ranking", &["a>b>c", "a>c>b", "b>a>c"], serde_json::json!({"ranking":["a","b","c"]})),
        ("text", &["a big cat", "a big dog", "a fat cat"], serde_json::json!("a big cat")),
    ] {
        let rows: String = answers
            .iter()
            .enumerate()
            .map(|(worker, label)| format!("t,w{worker},{label}\n"))
            .collect();
        folder.write("answers.csv", format!("task,worker,label\n{rows}"));
        let run = folder.labelgate(&["consensus", "--kind", kind, "--json", "answers.csv"]);
        assert_eq!(run.code, Some(0), "{kind}: {}", run.err);
        let label = &run.json()[0]["tasks"][0]["label"];
        assert!(same(label, &expected), "{kind}: {label}");
    }
}

/// Equal, whether a number is written with a point or without.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(a), Value::Number(b)) => a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(name, a)| b.get(name).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

#[test]
fn preferences_rank_items() {
    let folder = Folder::new();
    let mut csv = "task,worker,label\n".to_owned();
    for (task, label) in ["a>b", "b>c", "a>c", "b>c", "c>b"].iter().enumerate() {
        csv.push_str(&format!("{task},w{task},{label}\n"));
    }
    folder.write("preferences.csv", csv);
    let arguments = ["consensus", "--kind", "ranking", "--method", "bradley-terry"];
    let run = folder.labelgate(&[&arguments[..], &["preferences.csv"]].concat());
    let items: Vec<&str> = run.out.lines().skip(1).map(|line| &line[..1]).collect();
    assert_eq!(items, ["a", "b", "c"]);
}

#[test]
fn a_model_votes_in_crowdlab() {
    let folder = Folder::new();
    folder.write("answers.csv", ANSWERS);
    folder.write("model.csv", "task,cat,dog\n1,0.9,0.1\n2,0.2,0.8\n3,0.1,0.9\n4,0.3,0.7\n");
    let arguments = ["consensus", "--method", "crowdlab", "--probabilities", "model.csv", "--json"];
    let run = folder.labelgate(&[&arguments[..], &["answers.csv"]].concat());
    assert_eq!(run.code, Some(0), "{}", run.err);
    assert_eq!(run.json()[0]["tasks"][2]["label"], "dog");
    folder.write("model.csv", "task,cat,dog\n1,0.9,0.1\n");
    let run = folder.labelgate(&[&arguments[..], &["answers.csv"]].concat());
    assert_eq!(run.failure(), "`model.csv`: expected a row for the task `2`");
}

#[test]
fn a_method_for_another_kind_of_label_is_refused() {
    let folder = Folder::new();
    folder.write("answers.csv", ANSWERS);
    let run = folder.labelgate(&["consensus", "--method", "rover", "answers.csv"]);
    assert_eq!(
        run.failure(),
        "expected labels of another kind than `class` for the method `rover`"
    );
    folder.write("many.csv", "task,worker,label\n1,a,x\n1,b,y\n1,c,z\n");
    let run = folder.labelgate(&["consensus", "--method", "kos", "many.csv"]);
    assert_eq!(run.failure(), "expected two labels, found 3");
}

#[test]
fn tied_medoids_do_not_depend_on_the_order_of_rows() {
    let folder = Folder::new();
    folder.write("one.csv", "task,worker,label\n1,a,y\n1,b,x\n2,a,z\n2,b,z\n");
    folder.write("other.csv", "task,worker,label\n2,b,z\n1,b,x\n1,a,y\n2,a,z\n");
    for file in ["one.csv", "other.csv"] {
        let run = folder.labelgate(&["consensus", "--method", "medoid", "--json", file]);
        let tasks = run.json()[0]["tasks"].clone();
        let of = |task: &str| {
            let found = tasks.as_array().unwrap().iter().find(|one| one["task"] == task);
            let found = found.unwrap();
            (found["label"].as_str().unwrap().to_owned(), found["tied"].as_u64().unwrap())
        };
        assert_eq!((of("1"), of("2")), (("x".into(), 2), ("z".into(), 1)), "{file}");
    }
}

#[test]
fn settings_out_of_range_or_without_effect_are_refused_by_name() {
    let folder = Folder::new();
    folder.write("answers.csv", "task,worker,label\n1,a,x\n1,b,x\n");
    folder.write("gold.csv", "task,label\n1,x\n");
    for (arguments, told) in [
        (&["--smoothing", "1e308"][..], "--smoothing"),
        (&["--smoothing=nan"], "--smoothing"),
        (&["--tolerance", "nan"], "--tolerance"),
        (&["--restarts", "0"], "--restarts"),
        (&["--share", "2"], "--share"),
        (&["--method", "wawa", "--gold", "gold.csv"], "--gold"),
        (&["--distance", "box-iou"], "box-iou"),
        (&["-o", "answers.csv"], "another file"),
        (&["-o", "f.csv", "--annotators", "f.csv"], "another file"),
    ] {
        let run = folder.labelgate(&[&["consensus", "answers.csv"], arguments].concat());
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.err);
        assert!(run.err.contains(told), "{arguments:?}: {}", run.err);
    }
}

#[test]
fn places_on_a_circle_are_one_label_however_they_are_written() {
    let folder = Folder::new();
    folder.write(
        "circle.csv",
        "task,worker,label\n1,a,0\n1,b,360\n2,a,-90\n2,b,270\n3,a,90\n3,b,450\n",
    );
    let arguments = ["agreement", "--kind", "circular", "--period", "360", "--json", "circle.csv"];
    let report = folder.labelgate(&arguments).json()[0].clone();
    assert_eq!(report["labels"], 3);
    assert_eq!(report["coefficients"]["percent_agreement"]["value"], 1);
}

#[test]
fn a_quote_that_is_never_closed_is_told_with_its_line() {
    let folder = Folder::new();
    folder.write("open.csv", "task,worker,label\n1,a,x\n1,b,\"y\n2,a,z\n");
    let run = folder.labelgate(&["consensus", "open.csv"]);
    assert_eq!(run.code, Some(2));
    assert!(run.err.contains("line 3") && run.err.contains("quote"), "{}", run.err);
    folder.write("closed.csv", "task,worker,label\n1,a,x\n1,b,\"y\nz\"");
    assert_eq!(folder.labelgate(&["consensus", "closed.csv"]).code, Some(0));
}
