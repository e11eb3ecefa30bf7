//! What the help says.

use crate::run::Folder;

const COMMANDS: [&[&str]; 18] = [
    &[],
    &["bom"],
    &["bom", "build"],
    &["bom", "checkpoint"],
    &["bom", "collect"],
    &["bom", "diff"],
    &["bom", "keygen"],
    &["bom", "lookup"],
    &["bom", "prove"],
    &["bom", "show"],
    &["bom", "sign"],
    &["bom", "update"],
    &["bom", "verify"],
    &["check"],
    &["policy"],
    &["policy", "check"],
    &["policy", "explain"],
    &["schema"],
];

#[test]
fn the_help_of_every_command_has_an_example_and_the_exit_codes() {
    let folder = Folder::new();
    for command in COMMANDS {
        let run = folder.labelgate(&[command, ["--help"].as_slice()].concat());
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
        assert!(run.out.contains("Example"), "{command:?}\n{}", run.out);
        assert!(run.out.contains(&format!("  labelgate {}", command.join(" "))), "{command:?}");
        assert!(run.out.contains("Exit codes:"), "{command:?}");
        let longest = run.out.lines().map(|line| line.chars().count()).max();
        assert!(longest <= Some(120), "{command:?}: {longest:?}");
    }
}

#[test]
fn the_help_names_every_option_of_check() {
    let help = Folder::new().labelgate(&["help", "check"]).out;
    for option in [
        "--bom",
        "--key",
        "--unsigned",
        "--no-bom",
        "--policy",
        "--items",
        "--gold",
        "--format",
        "--memory",
        "--json",
        "--summary",
        "--annotator-view",
    ] {
        assert!(help.contains(option), "{option}");
    }
    for column in [
        "task",
        "worker",
        "label",
        "started_at",
        "submitted_at",
        "received_at",
        "elapsed_ms",
        "seconds",
        "session",
        "gold",
        "id",
    ] {
        assert!(help.contains(column), "{column}");
    }
}

#[test]
fn the_version_is_that_of_the_crate() {
    let run = Folder::new().labelgate(&["--version"]);
    assert_eq!(run.out, format!("labelgate {}\n", env!("CARGO_PKG_VERSION")));
    assert_eq!(run.code, Some(0));
}

#[test]
fn a_wrong_word_is_told_our_way() {
    let run = Folder::new().labelgate(&["chekc"]);
    assert!(run.failure().starts_with("unrecognized subcommand 'chekc'"), "{run:?}");
    assert!(run.err.contains("'check'"), "{run:?}");
}
