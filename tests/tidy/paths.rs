//! The paths that Rust code names: `use a::{b, c::d};` is `a::b` and `a::c::d`.
//!
//! A reader of tokens, not of Rust: enough for rules about who may name whom.

/// A path of one or more names, and the line that it is in, from 1.
#[derive(Clone, Debug, PartialEq)]
pub struct NamedPath {
    pub line: usize,
    pub names: Vec<String>,
}

/// Every path in `source`, outside of comments, strings and characters. A single name is a path too.
pub fn paths(source: &str) -> Vec<NamedPath> {
    let tokens = tokens(&without_text(source));
    let mut paths = Vec::new();
    let mut at = 0;
    while at < tokens.len() {
        if tokens[at].is_name() || tokens[at].text == "::" {
            at = tree(&tokens, at, &[], &mut paths);
        } else {
            at += 1;
        }
    }
    paths
}

/// Reads one path or one tree of paths; answers where it ends.
fn tree(tokens: &[Token], mut at: usize, before: &[String], paths: &mut Vec<NamedPath>) -> usize {
    let is = |at: usize, text: &str| tokens.get(at).is_some_and(|token| token.text == text);
    let mut names = before.to_vec();
    let line = tokens[at].line;
    // `::std` is `std`.
    if is(at, "::") {
        at += 1;
    }
    while let Some(token) = tokens.get(at).filter(|token| token.is_name()) {
        names.push(token.text.clone());
        at += 1;
        if !is(at, "::") {
            paths.push(NamedPath { line, names });
            return at;
        }
        at += 1;
    }
    if is(at, "{") {
        at += 1;
        while at < tokens.len() && !is(at, "}") {
            at = match tokens[at].text.as_str() {
                // The new name is no path.
                "as" => at + 2,
                _ if tokens[at].is_name() => tree(tokens, at, &names, paths),
                // A comma or `*`.
                _ => at + 1,
            };
        }
        return at + 1;
    }
    // `Vec::<u8>`, `a::*`, or a lone `::`.
    if names.len() > before.len() {
        paths.push(NamedPath { line, names });
    }
    at
}

#[derive(Debug)]
struct Token {
    line: usize,
    text: String,
}

impl Token {
    fn is_name(&self) -> bool {
        self.text.starts_with(|c: char| c.is_alphabetic() || c == '_') && self.text != "as"
    }
}

fn tokens(code: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let is_word = |c: char| c.is_alphanumeric() || c == '_';
            let length = match first {
                _ if is_word(first) => rest.find(|c| !is_word(c)).unwrap_or(rest.len()),
                ':' if rest.starts_with("::") => 2,
                _ => first.len_utf8(),
            };
            let (text, after) = rest.split_at(length);
            if !first.is_whitespace() {
                tokens.push(Token { line: index + 1, text: text.to_owned() });
            }
            rest = after;
        }
    }
    tokens
}

/// The source with comments and the content of strings and characters blanked, line for line.
pub fn without_text(source: &str) -> String {
    let mut out = String::with_capacity(source.len());
    let mut rest = source;
    while let Some(first) = rest.chars().next() {
        let word_before = out.ends_with(|c: char| c.is_alphanumeric() || c == '_');
        let length = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => block_comment(rest),
            '"' => string(rest),
            'r' | 'b' if !word_before => raw_string(rest).unwrap_or(0),
            '\'' => character(rest),
            _ => 0,
        };
        if length == 0 {
            out.push(first);
            rest = &rest[first.len_utf8()..];
        } else {
            let (text, after) = rest.split_at(length);
            out.extend(text.chars().map(|c| if c == '\n' { '\n' } else { ' ' }));
            rest = after;
        }
    }
    out
}

fn block_comment(text: &str) -> usize {
    let (mut depth, mut at) = (0, 0);
    while at < text.len() {
        if text[at..].starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if text[at..].starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

fn string(text: &str) -> usize {
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// `r"…"`, `r#"…"#`, `br#"…"#`; none for a name that starts with one of these letters.
fn raw_string(text: &str) -> Option<usize> {
    let after = text.strip_prefix("br").or_else(|| text.strip_prefix('r'))?;
    let hashes = after.len() - after.trim_start_matches('#').len();
    let content = after[hashes..].strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = content.find(&end)? + end.len();
    Some(text.len() - content.len() + length)
}

/// `'x'` and `'\n'`; 0 for a lifetime.
fn character(text: &str) -> usize {
    let mut characters = text.char_indices().skip(1);
    match characters.next() {
        Some((_, '\\')) => text[3..].find('\'').map_or(0, |at| at + 4),
        Some(_) => characters.next().filter(|(_, c)| *c == '\'').map_or(0, |(at, _)| at + 1),
        None => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn joined(source: &str) -> Vec<String> {
        paths(source).into_iter().map(|path| path.names.join("::")).collect()
    }

    #[test]
    fn a_tree_of_names_is_its_paths() {
        let source = "use std::{fs, io::{self, Write as _}};\nlet x = ::core::mem::take::<u8>(a);";
        let expected = ["use", "std::fs", "std::io::self", "std::io::Write", "let", "x"];
        assert_eq!(joined(source)[..6], expected);
        assert_eq!(paths(source).iter().find(|path| path.names[0] == "core").unwrap().line, 2);
    }

    #[test]
    fn comments_strings_and_characters_name_nothing() {
        let source =
            "// a\n/* b /* c */ d */ \"e\\\" f\" r#\"g \" h\"# br\"i\" 'j' '\\'' '\\u{6b}' x::<'y>";
        assert_eq!(joined(source), ["x", "y"]);
        assert_eq!(joined("b\"k\" rust b"), ["b", "rust", "b"]);
    }
}
