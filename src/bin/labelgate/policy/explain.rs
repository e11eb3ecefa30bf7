//! What the members of a policy mean, from the schema that is generated from the types.

use comfy_table::{ColumnConstraint, ContentArrangement, Table, Width, presets};
use labelgate::Policy;
use labelgate::json::{Kind, Reader, Writer};
use serde_json::Value;

/// One member of the policy.
struct Member {
    /// `too_fast.floor_ms`.
    path: String,
    meaning: String,
    unit: String,
    default: String,
    source: String,
}

pub fn table() -> String {
    const WIDTH: u16 = 110;
    const NARROW: u16 = 22;
    let mut table = Table::new();
    table
        .load_style(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Dynamic)
        .set_header(["member", "default", "unit", "meaning, and where the default comes from"]);
    if !table.is_tty() {
        table.set_width(WIDTH);
    }
    let narrow = ColumnConstraint::UpperBoundary(Width::Fixed(NARROW));
    table.set_constraints([ColumnConstraint::ContentWidth, narrow, narrow]);
    for Member { path, meaning, unit, default, source } in members() {
        // An empty line after each member, in place of a ruled one.
        let text = format!("{meaning}. Source: {source}.\n ");
        table.add_row([path, format!("{default}\n "), format!("{unit}\n "), text]);
    }
    let mut text = String::new();
    for line in table.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

pub fn json_lines() -> String {
    let mut text = String::new();
    for member in members() {
        let mut writer = Writer::new();
        writer.open_object();
        writer.string_member("member", &member.path);
        writer.string_member("meaning", &member.meaning);
        writer.string_member("unit", &member.unit);
        writer.string_member("default", &member.default);
        writer.string_member("source", &member.source);
        writer.close_object();
        text.push_str(&String::from_utf8_lossy(&writer.into_bytes()));
        text.push('\n');
    }
    text
}

/// Every member that holds a value, in the order of the policy.
fn members() -> Vec<Member> {
    let schemas = labelgate::schema::all();
    let schema = schemas.iter().find(|(name, _)| *name == "policy").map(|(_, schema)| schema);
    let root = schema.unwrap_or(&Value::Null);
    let mut members = Vec::new();
    for (name, inner) in names_in_order() {
        let member = root.pointer(&format!("/properties/{name}")).unwrap_or(&Value::Null);
        let section = member
            .get("$ref")
            .and_then(Value::as_str)
            .and_then(|reference| root.pointer(reference.strip_prefix('#')?));
        if inner.is_empty() {
            members.push(Member::of(name.clone(), member));
        }
        for inner_name in inner {
            let member = section
                .and_then(|section| section.pointer(&format!("/properties/{inner_name}")))
                .unwrap_or(&Value::Null);
            members.push(Member::of(format!("{name}.{inner_name}"), member));
        }
    }
    members
}

/// The members of the default policy, each with those inside it. A schema does not keep their order.
fn names_in_order() -> Vec<(String, Vec<String>)> {
    const DEPTH: usize = 8;
    let policy = Policy::default().to_json();
    let mut names = Vec::new();
    let read = Reader::new(&policy, DEPTH).and_then(|mut reader| {
        reader.object(&mut |reader, name| {
            let mut inner = Vec::new();
            if reader.kind()? == Kind::Object {
                reader.object(&mut |reader, inner_name| {
                    inner.push(inner_name.to_owned());
                    reader.skip()
                })?;
            } else {
                reader.skip()?;
            }
            names.push((name.to_owned(), inner));
            Ok(())
        })
    });
    // INVARIANT: the default policy is JSON; a test looks for every member.
    if read.is_err() {
        names.clear();
    }
    names
}

impl Member {
    /// Takes apart `Meaning. Unit: ms. Default: 1000. Source: somebody.`
    fn of(path: String, schema: &Value) -> Self {
        let description = schema.get("description").and_then(Value::as_str).unwrap_or_default();
        let description = description.replace('\n', " ");
        let (rest, source) = cut(&description, "Source: ");
        let (rest, default) = cut(rest, "Default: ");
        let (meaning, unit) = cut(rest, "Unit: ");
        let plain = |text: &str| text.trim().trim_end_matches('.').to_owned();
        Self {
            path,
            meaning: plain(meaning),
            unit: plain(unit),
            default: plain(default),
            source: plain(source),
        }
    }
}

fn cut<'a>(text: &'a str, mark: &str) -> (&'a str, &'a str) {
    text.split_once(mark).unwrap_or((text, ""))
}
