//! `SHA256SUMS`: what `sha256sum` writes, in each of its forms.

use std::borrow::Cow;
use std::io::BufRead;
use std::path::Path;

use labelgate::digest::{Algorithm, Digest};

use super::super::found::Origin;
use super::super::inputs::List;
use super::{at_line, path_name};
use crate::failure::Failure;
use crate::lines::{Line, Lines};

/// Longest line: a name of 64 KiB, all of it escaped, and its hash.
const MAX_LINE_BYTES: usize = 132 * 1024;

pub fn read(
    path: &Path,
    reader: impl BufRead,
    algorithm: Algorithm,
    list: &mut List<'_>,
) -> Result<(), Failure> {
    let mut lines = Lines::new(reader, MAX_LINE_BYTES);
    loop {
        let next = lines.next().map_err(|error| Failure::unreadable(path, &error))?;
        let Some((number, line)) = next else { return Ok(()) };
        let Line::Whole(line) = line else {
            return Err(at_line(path, number, "expected fewer bytes"));
        };
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        if line.is_empty() {
            continue;
        }
        let parsed = std::str::from_utf8(line).map_err(|_| "expected UTF-8");
        let (name, digest) = parsed
            .and_then(|line| parse(line, algorithm))
            .map_err(|expected| at_line(path, number, expected))?;
        let name = path_name(&name).map_err(|expected| at_line(path, number, expected))?;
        list.push(name, &Origin::Listed(vec![digest]))?;
    }
}

/// A line of any form: `HASH  NAME`, `HASH *NAME`, `SHA256 (NAME) = HASH`; with a backslash before it,
/// `\\`, `\n` and `\r` in the name stand for themselves escaped.
fn parse(line: &str, algorithm: Algorithm) -> Result<(Cow<'_, str>, Digest), &'static str> {
    const EXPECTED: &str = "expected a hash, two spaces and a name";
    let (is_escaped, line) = match line.strip_prefix('\\') {
        Some(line) => (true, line),
        None => (false, line),
    };
    let tagged = |algorithm: Algorithm| {
        let tag = algorithm.key().to_ascii_uppercase();
        let rest = line.strip_prefix(tag.as_str())?.strip_prefix(" (")?;
        let (name, hash) = rest.rsplit_once(") = ")?;
        Some((algorithm, hash, name))
    };
    let plain = || {
        let (hash, rest) = line.split_once(' ')?;
        let name = rest.strip_prefix(' ').or_else(|| rest.strip_prefix('*'))?;
        Some((algorithm, hash, name))
    };
    let known = [Algorithm::Sha256, Algorithm::Sha384, Algorithm::Sha512];
    let found = known.into_iter().find_map(tagged).or_else(plain);
    let (algorithm, hash, name) = found.ok_or(EXPECTED)?;
    let digest = Digest::from_hex(algorithm, hash)
        .map_err(|_| "expected as many hexadecimal digits as the algorithm has")?;
    let name = if is_escaped { Cow::Owned(unescape(name)?) } else { Cow::Borrowed(name) };
    Ok((name, digest))
}

fn unescape(name: &str) -> Result<String, &'static str> {
    let mut plain = String::with_capacity(name.len());
    let mut characters = name.chars();
    while let Some(character) = characters.next() {
        plain.push(match character {
            '\\' => match characters.next() {
                Some('\\') => '\\',
                Some('n') => '\n',
                Some('r') => '\r',
                _ => return Err("expected `\\\\`, `\\n` or `\\r` after a backslash"),
            },
            other => other,
        });
    }
    Ok(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn name(line: &str) -> Result<String, &'static str> {
        parse(line, Algorithm::Sha256).map(|(name, _)| name.into_owned())
    }

    #[test]
    fn every_form_of_gnu_is_read() {
        let hash = "0a".repeat(32);
        let sha512 = "0A".repeat(64);
        for (line, expected) in [
            (format!("{hash}  a b.png"), "a b.png"),
            (format!("{hash} *a.png"), "a.png"),
            (format!("{hash}   spaced"), " spaced"),
            (format!("\\{hash}  a\\nb\\\\c"), "a\nb\\c"),
            (format!("{hash}  a\\nb"), "a\\nb"),
            (format!("SHA256 (a (1) = x.png) = {hash}"), "a (1) = x.png"),
            (format!("SHA512 (a.png) = {sha512}"), "a.png"),
            (format!("\\SHA256 (a\\rb) = {hash}"), "a\rb"),
        ] {
            assert_eq!(name(&line).as_deref(), Ok(expected), "{line}");
        }
    }

    #[test]
    fn what_is_no_line_is_refused() {
        let hash = "0a".repeat(32);
        for line in [
            hash.clone(),
            format!("{hash} a"),
            format!("{}  a", hash.get(2..).unwrap()),
            format!("{hash}\ta"),
            format!("MD5 (a) = {}", hash.get(..32).unwrap()),
            format!("SHA256 (a) = {}", hash.get(..32).unwrap()),
            format!("\\{hash}  a\\x"),
            format!("{}  a", "g".repeat(64)),
        ] {
            assert!(name(&line).is_err(), "{line}");
        }
    }
}
