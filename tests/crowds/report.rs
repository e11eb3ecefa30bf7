//! `docs/crowds.md`.

use std::fmt::Write;

use crate::attack::{self, ATTACKERS, Attack};
use crate::outcome::{self, Attacked, Bar, Studied, Tally};
use crate::set::Times;

pub fn markdown(studied: &[Studied], seed: u64) -> String {
    let mut text = String::from(HEAD);
    sets(&mut text, studied);
    honest(&mut text, studied);
    for attack in Attack::ALL {
        attacked(&mut text, studied, attack);
    }
    text.push_str(&REASONS.replace("{seed}", &seed.to_string()));
    text
}

const HEAD: &str = "\
# Real crowds through the command line

Nine published crowds, checked by `labelgate check --no-bom --summary --json --gold gold.csv` with the
default policy: first alone, then with attackers among them. Every number is from the run. To run it
again and write this page anew:

    LABELGATE_UPDATE=1 cargo test --features cli --test crowds

The data are not part of this repository; without them beside the checkout the test says that it is
skipped.

";

const REASONS: &str = "\
## What is not caught, and why

- **No times in the set.** `rte` and `dog` tell no time at all, so a bot's interval cannot be seen: only
  its answers can. `act_cf_amt` and `act_sp_amt` tell how long an answer took and not when it came, so
  `too-fast` sees them and `rate-burst` does not.
- **Intervals of 2 s and more.** The floor time is one second, or a tenth of the item's median once 30
  times are known. A bot slower than that is not too fast. `rate-burst` starts at 1,200 pages an hour,
  one every 3 s: it tells 2 s from that only after many answers, and 5 s never. What is left is what
  the bot answers.
- **Random answers between two classes.** Half of them agree with anybody. The floor of `disagrees`, learnt
  from the pool, lies over that, but where honest people agree little more than chance (`rte`), it takes more
  answers than the attackers give. Gold tells, and it needs gold: see the column of gold answers.
- **One answer that is usually right.** A bot that always gives the commonest class agrees with the
  crowd. Only gold of the other classes tells it apart.
- **Few others on an item.** An answer is compared when two others have answered too, before or after.
  `zooniverse` has little more than one answer an item, and there is no gold for it here.
- **Labels that hardly anybody shares.** In `vu_sound` a label is a text of keywords, compared as one class
  under the default policy. Honest people then agree no more than by chance, so that nothing can be told from
  it: no floor is learnt, or one next to 0, and `disagrees` holds nobody, honest or not. Such a task needs a
  label schema of class sets.
- **Little gold.** In most sets an attacker meets about ten gold answers: see the column. Random answers
  among four classes are not always told from honest ones by so few.
- **Attackers against the honest.** Where attackers are many and answers to an item few, an honest
  annotator may meet mostly attackers. The null of `disagrees`, that most of the others are honest, is
  then not true, and some may be held: see \"others held\". The pool learns from the attackers
  too: with bots that give one label each in half of the answers, as in `zooniverse`, it agrees no more than by
  chance, and no floor is learnt. A fixed floor does not sink.
- **People under a floor.** Where the truth is hard (`euadr`, `act_cf_amt`, `dog`), many annotators are
  right in less than 70 % of their answers. With more gold they would be held, as the default policy
  asks; a policy for such a task asks for less.

## How it was done

- Answers are in order of arrival; where no time is known, in the order of the file, which goes by item.
- `csta_immigration1`: the label is the policy area (`4`, not `4:1`); gold are the test questions whose
  accepted answer is known. `euadr`: gold are the platform's test questions, with the experts' label.
  Other sets with truth: every tenth item is gold. `zooniverse`: an empty label is the class `nothing`.
- Marked annotators: `tainted` in `euadr`, `spam` in `crowdtruth_medical`, on any of their rows.
- Meeting a floor is judged on the whole record: `too-fast`, at most 5 % of pages under the floor time;
  `rate-burst`, at most 200 pages in any ten minutes; `gold-missed`, at least 70 % right on every item
  with known truth, gold or not (`csta_immigration1` has truth for gold alone); `disagrees`, a mean
  agreement with the others of at least the mean of the floors in force. For `too-fast` and `disagrees` the
  record is the one that the check itself saw, so read both tables.
- Attackers answer items as the crowd met them (those of answers drawn at random, each once, so an item
  that many were shown comes as often to them), as many as the median annotator but at least 100 where
  the set has 100 items, from a random moment of the set on; without times, at a random place among the
  answers to each item. Random answers are even over all labels of the set, with page sizes, page times and
  pauses drawn from the annotators who are not marked. A bot draws one label and keeps it; its page
  takes 1 ms less than its interval. The seed is {seed}.
- \"By\" is the check that held an attacker first. The median counts the caught only. \"Others held\" are
  annotators who are not marked, meet the floor of the check, and are held by it in that run.
";

fn sets(text: &mut String, studied: &[Studied]) {
    text.push_str("## The crowds\n\n");
    row(
        text,
        &["set", "annotators", "marked", "answers", "refused as duplicates", "gold items", "times"],
    );
    row(text, &["---", "--:", "--:", "--:", "--:", "--:", "---"]);
    for Studied { set, honest, .. } in studied {
        let times = match set.times {
            Times::None => "none",
            Times::Spent => "time spent",
            Times::Stamps => "start and end",
        };
        let numbers = [
            set.workers().len().to_string(),
            set.marked.len().to_string(),
            set.answers.len().to_string(),
            outcome::refused(&honest.lines).to_string(),
            set.gold.len().to_string(),
        ];
        let cells: Vec<&str> = numbers.iter().map(String::as_str).collect();
        row(text, &[&[set.name], cells.as_slice(), &[times]].concat());
    }
    text.push('\n');
}

fn honest(text: &mut String, studied: &[Studied]) {
    text.push_str("## Annotators who are not marked and meet the floor, ever held\n\n");
    tallies(text, studied, "all", |crowd, bar| match bar {
        Some(bar) => crowd.honest.tally(bar, true),
        None => crowd.honest.tally_all(),
    });
    text.push_str(
        "Each check counts those of whom it saw something: times, gold, or others to compare with. \
         \"All\"\nare those who meet every floor, held by any check.\n\n\
         ## Annotators who are not marked and are below the floor, ever held\n\n",
    );
    tallies(text, studied, "", |crowd, bar| {
        bar.map_or_else(Tally::default, |bar| crowd.honest.tally(bar, false))
    });
    text.push_str("## Annotators whom the source marks, ever held\n\n");
    tallies(text, studied, "any", |crowd, bar| crowd.honest.tally_marked(bar));
}

/// A table of "held of how many", a set a row and a check a column; a last column unless `last` is
/// empty. Sets without anybody are left out.
fn tallies(
    text: &mut String,
    studied: &[Studied],
    last: &str,
    tally: impl Fn(&Studied, Option<Bar>) -> Tally,
) {
    let columns: Vec<Option<Bar>> =
        Bar::ALL.into_iter().map(Some).chain((!last.is_empty()).then_some(None)).collect();
    let names: Vec<String> = columns
        .iter()
        .map(|bar| bar.map_or_else(|| last.to_owned(), |bar| format!("`{}`", bar.code())))
        .collect();
    let names: Vec<&str> = names.iter().map(String::as_str).collect();
    row(text, &[&["set"], names.as_slice()].concat());
    row(text, &[vec!["---"], vec!["--:"; columns.len()]].concat());
    for crowd in studied {
        let cells: Vec<Tally> = columns.iter().map(|bar| tally(crowd, *bar)).collect();
        if cells.iter().all(|tally| tally.annotators == 0) {
            continue;
        }
        let cells: Vec<String> = cells
            .iter()
            .map(|tally| match tally.annotators {
                0 => "–".to_owned(),
                annotators => format!("{} of {annotators}", tally.held),
            })
            .collect();
        let cells: Vec<&str> = cells.iter().map(String::as_str).collect();
        row(text, &[&[crowd.set.name], cells.as_slice()].concat());
    }
    text.push('\n');
}

fn attacked(text: &mut String, studied: &[Studied], attack: Attack) {
    writeln!(text, "## {}, {ATTACKERS} attackers\n", attack.title()).unwrap();
    row(
        text,
        &[
            "set",
            "answers each",
            "caught",
            "by",
            "median answers to catch",
            "gold answers each, right",
            "compared each, agreement",
            "others held",
        ],
    );
    row(text, &["---", "--:", "--:", "---", "--:", "--:", "--:", "---"]);
    for crowd in studied {
        match crowd.attacks.iter().find(|run| run.attack == attack) {
            Some(run) => attack_row(text, crowd, run),
            None => {
                let why = "no times: the same as 0.5 s";
                row(text, &[crowd.set.name, "–", "–", why, "–", "–", "–", "–"]);
            }
        }
    }
    text.push('\n');
}

fn attack_row(text: &mut String, crowd: &Studied, run: &Attacked) {
    let by: Vec<String> =
        run.first_by().iter().map(|(code, count)| format!("`{code}` {count}")).collect();
    let compared = |bar| match run.compared(bar) {
        Some((answers, share)) => format!("{answers:.0}, {:.0} %", share * 100.0),
        None => "–".to_owned(),
    };
    let held: Vec<String> = run
        .held
        .iter()
        .filter(|(_, held)| **held > 0)
        .map(|(bar, held)| format!("`{}` {held}", bar.code()))
        .collect();
    let or_dash =
        |list: Vec<String>| if list.is_empty() { "–".to_owned() } else { list.join(", ") };
    row(
        text,
        &[
            crowd.set.name,
            &attack::answers_each(&crowd.set).to_string(),
            &format!("{} of {ATTACKERS}", run.caught()),
            &or_dash(by),
            &run.median_answers().map_or_else(|| "–".to_owned(), |median| median.to_string()),
            &compared(Bar::GoldMissed),
            &compared(Bar::Disagrees),
            &if held.is_empty() { "none".to_owned() } else { held.join(", ") },
        ],
    );
}

fn row(text: &mut String, cells: &[&str]) {
    writeln!(text, "| {} |", cells.join(" | ")).unwrap();
}
