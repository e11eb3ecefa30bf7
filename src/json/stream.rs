//! A strict parser that is fed in pieces of any size.
//!
//! It never holds the document: memory is the open levels, the member names of the open objects (16
//! bytes each), and one string, number or name at a time. Strings that the caller does not want are
//! checked and passed over without being stored, however long they are.
//!
//! The same bytes give the same events and the same error, however they are cut.

mod leap;
mod lexeme;
mod names;

use crate::error::Error;

use super::{Position, error_at, number};
pub(crate) use leap::Extent;
use lexeme::{NumberState, TextState, Word};
use names::{Names, Twice};

/// What one document may cost.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamLimits {
    /// Longest document, in bytes.
    pub max_bytes: u64,
    /// Deepest nesting of arrays and objects; the outermost is level 1.
    pub max_depth: usize,
    /// Most member names in all objects that are open at one time; 16 bytes of memory each.
    pub max_open_names: usize,
    /// Longest member name, and longest string that is kept, in bytes of UTF-8 after unescaping.
    pub max_string_bytes: usize,
}

/// One step through a JSON text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// `]`
    ArrayEnd,
    /// `[`
    ArrayStart,
    /// `true` or `false`
    Boolean(bool),
    /// The name of the member whose value comes next.
    Name(&'a str),
    /// `null`
    Null,
    /// A number, as written.
    Number(&'a str),
    /// `}`
    ObjectEnd,
    /// `{`
    ObjectStart,
    /// A string that nobody wanted: checked, not kept.
    SkippedString,
    /// A string.
    String(&'a str),
}

/// The parser. See the [module](self).
///
/// ```
/// use labelgate::json::stream::{Event, Stream, StreamLimits};
///
/// let limits = StreamLimits { max_bytes: 1000, max_depth: 8, max_open_names: 100, max_string_bytes: 100 };
/// let mut stream = Stream::new(limits);
/// let mut piece: &[u8] = b"[\"lab";
/// assert_eq!(stream.next(&mut piece, true)?, Some(Event::ArrayStart));
/// assert_eq!(stream.next(&mut piece, true)?, None);
/// piece = b"el\"]";
/// assert_eq!(stream.next(&mut piece, true)?, Some(Event::String("label")));
/// assert_eq!(stream.next(&mut piece, true)?, Some(Event::ArrayEnd));
/// assert_eq!(stream.finish()?, None);
/// # Ok::<(), labelgate::Error>(())
/// ```
pub struct Stream {
    limits: StreamLimits,
    expect: Expect,
    token: Token,
    open: Vec<Level>,
    /// Fingerprints of the names of all open objects, innermost last.
    names: Names,
    /// The string, name or number being read.
    text: Vec<u8>,
    /// The most bytes of it, when it is a name or a string.
    max_text_bytes: usize,
    /// Strings that nobody wants are kept too, up to this many bytes.
    keep_all: Option<usize>,
    /// Bytes taken so far.
    taken: u64,
    /// Where the value or name of the last event, or the one being read, starts.
    token_start: u64,
    line: u64,
    /// Where the line starts.
    line_start: u64,
}

/// What the grammar allows next.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Expect {
    Colon,
    CommaOrEnd,
    FirstElementOrEnd,
    FirstNameOrEnd,
    Name,
    Nothing,
    Value,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Array,
    Object { first_name: usize },
}

/// The token that a piece may have cut in two.
enum Token {
    None,
    Number(NumberState),
    Text(TextState),
    Word(Word),
}

/// An event without its text, so that nothing is borrowed while the parser works.
#[derive(Clone, Copy)]
enum Found {
    ArrayEnd,
    ArrayStart,
    Boolean(bool),
    Name,
    Null,
    Number,
    ObjectEnd,
    ObjectStart,
    SkippedString,
    String,
}

/// The piece being read and the next byte of it.
struct Cursor<'p> {
    piece: &'p [u8],
    at: usize,
}

impl Cursor<'_> {
    fn byte(&self) -> Option<u8> {
        self.piece.get(self.at).copied()
    }

    fn rest(&self) -> &[u8] {
        self.piece.get(self.at..).unwrap_or_default()
    }
}

impl Stream {
    /// A parser at the start of a document.
    #[must_use]
    pub fn new(limits: StreamLimits) -> Self {
        Self {
            limits,
            expect: Expect::Value,
            token: Token::None,
            open: Vec::new(),
            names: Names::default(),
            text: Vec::new(),
            max_text_bytes: limits.max_string_bytes,
            keep_all: None,
            taken: 0,
            token_start: 0,
            line: 1,
            line_start: 0,
        }
    }

    /// From now on gives strings that the caller does not want as [`Event::String`] too, up to
    /// `max_bytes` each, for whoever needs every value of the document.
    pub fn keep_all(&mut self, max_bytes: usize) {
        self.keep_all = Some(max_bytes);
    }

    /// The next event, taking bytes from the front of `piece`; `None` when the piece is used up.
    ///
    /// `keep_string` says whether the caller wants the next value if it is a string. It counts when
    /// the string starts, so it must be the same in every call until the next event.
    ///
    /// # Errors
    /// Whatever the [module](super) refuses, and what goes beyond the limits. The parser cannot go on
    /// after an error.
    pub fn next(
        &mut self,
        piece: &mut &[u8],
        keep_string: bool,
    ) -> Result<Option<Event<'_>>, Error> {
        let room = self.limits.max_bytes.saturating_sub(self.taken);
        let allowed = usize::try_from(room).unwrap_or(usize::MAX).min(piece.len());
        let mut cursor = Cursor { piece: piece.get(..allowed).unwrap_or_default(), at: 0 };
        let found = self.step(&mut cursor, keep_string)?;
        self.taken += as_u64(cursor.at);
        *piece = piece.get(cursor.at..).unwrap_or_default();
        match found {
            Some(found) => self.event(found).map(Some),
            None if piece.is_empty() => Ok(None),
            None => Err(self.error_at(
                self.taken,
                &format!("expected at most {} bytes", self.limits.max_bytes),
            )),
        }
    }

    /// Ends the document. The event is that of a document which is nothing but a number, whose end
    /// only shows here.
    ///
    /// # Errors
    /// When the document is not complete.
    pub fn finish(&mut self) -> Result<Option<Event<'_>>, Error> {
        if let Token::Number(state) = self.token
            && state.is_complete()
        {
            let found = self.end_number()?;
            self.require_end()?;
            return self.event(found).map(Some);
        }
        self.require_end()?;
        Ok(None)
    }

    /// Where the value or name of the last event starts.
    #[must_use]
    pub fn position(&self) -> Position {
        self.position_of(self.token_start)
    }

    /// An error at the value or name of the last event, for a caller whose own rule is broken.
    #[must_use]
    #[cold]
    #[inline(never)]
    pub fn error(&self, expected: &str) -> Error {
        self.error_at(self.token_start, expected)
    }

    /// How many arrays and objects are open.
    #[must_use]
    pub fn depth(&self) -> usize {
        self.open.len()
    }

    fn event(&self, found: Found) -> Result<Event<'_>, Error> {
        Ok(match found {
            Found::ArrayEnd => Event::ArrayEnd,
            Found::ArrayStart => Event::ArrayStart,
            Found::Boolean(value) => Event::Boolean(value),
            Found::Name => Event::Name(self.kept_text()?),
            Found::Null => Event::Null,
            Found::Number => Event::Number(self.kept_text()?),
            Found::ObjectEnd => Event::ObjectEnd,
            Found::ObjectStart => Event::ObjectStart,
            Found::SkippedString => Event::SkippedString,
            Found::String => Event::String(self.kept_text()?),
        })
    }

    fn kept_text(&self) -> Result<&str, Error> {
        std::str::from_utf8(&self.text).map_err(|_| self.error("expected UTF-8"))
    }

    fn step(&mut self, cursor: &mut Cursor<'_>, keep_string: bool) -> Result<Option<Found>, Error> {
        while let Some(byte) = cursor.byte() {
            let found = match self.token {
                Token::None => self.structure(cursor, byte, keep_string)?,
                Token::Number(state) => self.number(cursor, byte, state)?,
                Token::Text(state) => self.string(cursor, state)?,
                Token::Word(word) => self.word(cursor, byte, word)?,
            };
            if found.is_some() {
                return Ok(found);
            }
        }
        Ok(None)
    }

    /// One byte between tokens.
    fn structure(
        &mut self,
        cursor: &mut Cursor<'_>,
        byte: u8,
        keep_string: bool,
    ) -> Result<Option<Found>, Error> {
        let here = self.taken + as_u64(cursor.at);
        cursor.at += 1;
        if matches!(byte, b' ' | b'\t' | b'\r' | b'\n') {
            if byte == b'\n' {
                self.line += 1;
                self.line_start = here + 1;
            }
            return Ok(None);
        }
        let value = matches!(self.expect, Expect::Value | Expect::FirstElementOrEnd);
        let name = matches!(self.expect, Expect::Name | Expect::FirstNameOrEnd);
        let innermost = self.open.last().copied();
        let after_element = self.expect == Expect::CommaOrEnd;
        match (byte, innermost) {
            (b'"', _) if value || name => {
                self.begin(here);
                let wanted = name || keep_string;
                let unwanted = self.keep_all.filter(|_| !wanted);
                self.max_text_bytes = unwanted.unwrap_or(self.limits.max_string_bytes);
                self.token = Token::Text(TextState::new(name, wanted || unwanted.is_some()));
            }
            (b'{', _) if value => {
                self.begin(here);
                self.open(Level::Object { first_name: self.names.len() })?;
                self.expect = Expect::FirstNameOrEnd;
                return Ok(Some(Found::ObjectStart));
            }
            (b'[', _) if value => {
                self.begin(here);
                self.open(Level::Array)?;
                self.expect = Expect::FirstElementOrEnd;
                return Ok(Some(Found::ArrayStart));
            }
            (b'}', Some(Level::Object { first_name }))
                if after_element || self.expect == Expect::FirstNameOrEnd =>
            {
                self.begin(here);
                self.forget_names(first_name)?;
                self.open.pop();
                self.end_value();
                return Ok(Some(Found::ObjectEnd));
            }
            (b']', Some(Level::Array))
                if after_element || self.expect == Expect::FirstElementOrEnd =>
            {
                self.begin(here);
                self.open.pop();
                self.end_value();
                return Ok(Some(Found::ArrayEnd));
            }
            (b',', Some(Level::Object { .. })) if after_element => self.expect = Expect::Name,
            (b',', Some(Level::Array)) if after_element => self.expect = Expect::Value,
            (b':', _) if self.expect == Expect::Colon => self.expect = Expect::Value,
            (b't' | b'f' | b'n', _) if value => {
                self.begin(here);
                self.token = Token::Word(Word::starting_with(byte));
            }
            (b'-' | b'0'..=b'9', _) if value => {
                self.begin(here);
                self.text.push(byte);
                self.token = Token::Number(NumberState::starting_with(byte));
            }
            (0xEF, None) if here == 0 => {
                return Err(self.error_at(here, "expected no byte order mark"));
            }
            _ => return Err(self.error_at(here, self.expected())),
        }
        Ok(None)
    }

    fn begin(&mut self, here: u64) {
        self.token_start = here;
        self.text.clear();
    }

    fn open(&mut self, level: Level) -> Result<(), Error> {
        if self.open.len() >= self.limits.max_depth {
            let most = self.limits.max_depth;
            return Err(self.error(&format!("expected at most {most} levels")));
        }
        self.open.push(level);
        Ok(())
    }

    fn end_value(&mut self) {
        self.token = Token::None;
        self.expect = if self.open.is_empty() { Expect::Nothing } else { Expect::CommaOrEnd };
    }

    fn word(
        &mut self,
        cursor: &mut Cursor<'_>,
        byte: u8,
        word: Word,
    ) -> Result<Option<Found>, Error> {
        match word.next(byte) {
            Some(lexeme::Spelled::More(word)) => {
                self.token = Token::Word(word);
                cursor.at += 1;
                Ok(None)
            }
            Some(lexeme::Spelled::Done(value)) => {
                cursor.at += 1;
                self.end_value();
                Ok(Some(value.map_or(Found::Null, Found::Boolean)))
            }
            None => Err(self.error("expected a value")),
        }
    }

    fn number(
        &mut self,
        cursor: &mut Cursor<'_>,
        byte: u8,
        state: NumberState,
    ) -> Result<Option<Found>, Error> {
        if let Some(state) = state.next(byte) {
            if self.text.len() >= number::MAX_BYTES {
                return Err(self
                    .error(&format!("expected a number of at most {} bytes", number::MAX_BYTES)));
            }
            self.text.push(byte);
            self.token = Token::Number(state);
            cursor.at += 1;
            return Ok(None);
        }
        if state.is_complete() {
            return self.end_number().map(Some);
        }
        Err(self.error_at(self.taken + as_u64(cursor.at), "expected a digit"))
    }

    fn end_number(&mut self) -> Result<Found, Error> {
        let text = self.kept_text()?;
        number::double(text).map_err(|expected| self.error(expected))?;
        self.end_value();
        Ok(Found::Number)
    }

    /// Goes on with a string until it or the piece ends.
    fn string(
        &mut self,
        cursor: &mut Cursor<'_>,
        mut state: TextState,
    ) -> Result<Option<Found>, Error> {
        while cursor.at < cursor.piece.len() {
            match state.next(cursor.rest()) {
                lexeme::Read::Plain(count) => {
                    if state.is_kept() {
                        let end = cursor.at + count;
                        self.keep(cursor.piece.get(cursor.at..end).unwrap_or_default())?;
                    }
                    cursor.at += count;
                }
                lexeme::Read::Character(character) => {
                    if state.is_kept() {
                        self.keep(character.encode_utf8(&mut [0; 4]).as_bytes())?;
                    }
                    cursor.at += 1;
                }
                lexeme::Read::Part => cursor.at += 1,
                lexeme::Read::End => {
                    cursor.at += 1;
                    return self.end_string(&state).map(Some);
                }
                lexeme::Read::Bad(expected) => {
                    return Err(self.error_at(self.taken + as_u64(cursor.at), expected));
                }
            }
        }
        self.token = Token::Text(state);
        Ok(None)
    }

    fn keep(&mut self, bytes: &[u8]) -> Result<(), Error> {
        if self.text.len() + bytes.len() > self.max_text_bytes {
            let most = self.max_text_bytes;
            return Err(self.error(&format!("expected a string of at most {most} bytes")));
        }
        self.text.extend_from_slice(bytes);
        Ok(())
    }

    fn end_string(&mut self, state: &TextState) -> Result<Found, Error> {
        if state.is_name() {
            self.remember_name()?;
            self.token = Token::None;
            self.expect = Expect::Colon;
            return Ok(Found::Name);
        }
        self.end_value();
        Ok(if state.is_kept() { Found::String } else { Found::SkippedString })
    }

    fn remember_name(&mut self) -> Result<(), Error> {
        let Some(&Level::Object { first_name }) = self.open.last() else { return Ok(()) };
        if self.names.len() >= self.limits.max_open_names {
            let most = self.limits.max_open_names;
            return Err(self.error(&format!("expected at most {most} member names at a time")));
        }
        self.names
            .remember(first_name, &self.text)
            .map_err(|Twice| self.error("expected each member name once"))
    }

    fn forget_names(&mut self, first_name: usize) -> Result<(), Error> {
        self.names
            .forget(first_name)
            .map_err(|Twice| self.error("expected each member name once in the object that ends"))
    }

    fn require_end(&self) -> Result<(), Error> {
        match self.token {
            Token::None if self.expect == Expect::Nothing => Ok(()),
            Token::None => Err(self.error_at(self.taken, self.expected())),
            Token::Number(_) => Err(self.error_at(self.taken, "expected a digit")),
            Token::Text(_) => {
                Err(self.error_at(self.taken, "expected `\"` at the end of a string"))
            }
            Token::Word(_) => Err(self.error("expected a value")),
        }
    }

    fn expected(&self) -> &'static str {
        match (self.expect, self.open.last()) {
            (Expect::Colon, _) => "expected `:` after a member name",
            (Expect::CommaOrEnd, Some(Level::Array)) => "expected `,` or `]`",
            (Expect::CommaOrEnd, _) => "expected `,` or `}`",
            (Expect::FirstElementOrEnd, _) => "expected a value or `]`",
            (Expect::FirstNameOrEnd, _) => "expected a member name in double quotes or `}`",
            (Expect::Name, _) => "expected a member name in double quotes",
            (Expect::Nothing, _) => "expected nothing after the value",
            (Expect::Value, _) => "expected a value",
        }
    }

    /// The position of a byte of the current line.
    fn position_of(&self, byte: u64) -> Position {
        let at_most = |value: u64| usize::try_from(value).unwrap_or(usize::MAX);
        Position {
            byte: at_most(byte),
            line: at_most(self.line),
            column: at_most(byte.saturating_sub(self.line_start).saturating_add(1)),
        }
    }

    #[cold]
    #[inline(never)]
    fn error_at(&self, byte: u64, expected: &str) -> Error {
        error_at(self.position_of(byte), expected)
    }
}

fn as_u64(count: usize) -> u64 {
    u64::try_from(count).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests;
