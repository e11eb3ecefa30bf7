//! Numbers, strings and words, one byte after the other, so that a piece may end anywhere.

/// How far a number has come. RFC 8259, section 6.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum NumberState {
    Minus,
    Zero,
    Integer,
    Point,
    Fraction,
    ExponentMark,
    ExponentSign,
    Exponent,
}

impl NumberState {
    pub(super) fn starting_with(byte: u8) -> Self {
        match byte {
            b'-' => Self::Minus,
            b'0' => Self::Zero,
            _ => Self::Integer,
        }
    }

    /// The state after `byte`, or `None` when it does not belong to the number.
    pub(super) fn next(self, byte: u8) -> Option<Self> {
        match (self, byte) {
            (Self::Minus, b'0') => Some(Self::Zero),
            (Self::Minus, b'1'..=b'9') | (Self::Integer, b'0'..=b'9') => Some(Self::Integer),
            (Self::Zero | Self::Integer, b'.') => Some(Self::Point),
            (Self::Point | Self::Fraction, b'0'..=b'9') => Some(Self::Fraction),
            (Self::Zero | Self::Integer | Self::Fraction, b'e' | b'E') => Some(Self::ExponentMark),
            (Self::ExponentMark, b'+' | b'-') => Some(Self::ExponentSign),
            (Self::ExponentMark | Self::ExponentSign | Self::Exponent, b'0'..=b'9') => {
                Some(Self::Exponent)
            }
            _ => None,
        }
    }

    /// Whether the number may end here.
    pub(super) fn is_complete(self) -> bool {
        matches!(self, Self::Zero | Self::Integer | Self::Fraction | Self::Exponent)
    }
}

/// How far `true`, `false` or `null` has come.
#[derive(Clone, Copy)]
pub(super) struct Word {
    rest: &'static [u8],
    value: Option<bool>,
}

/// What a further letter makes of a [`Word`].
pub(super) enum Spelled {
    /// The word is complete: a boolean, or null.
    Done(Option<bool>),
    More(Word),
}

impl Word {
    pub(super) fn starting_with(byte: u8) -> Self {
        match byte {
            b't' => Self { rest: b"rue", value: Some(true) },
            b'f' => Self { rest: b"alse", value: Some(false) },
            _ => Self { rest: b"ull", value: None },
        }
    }

    pub(super) fn next(self, byte: u8) -> Option<Spelled> {
        match self.rest.split_first() {
            Some((&letter, [])) if letter == byte => Some(Spelled::Done(self.value)),
            Some((&letter, rest)) if letter == byte => Some(Spelled::More(Self { rest, ..self })),
            _ => None,
        }
    }
}

/// How far a string has come.
#[derive(Clone, Copy)]
pub(super) struct TextState {
    part: Part,
    is_kept: bool,
    is_name: bool,
}

#[derive(Clone, Copy)]
enum Part {
    /// Inside a character of several bytes: how many are to come, and the range of the next.
    Character {
        left: u8,
        low: u8,
        high: u8,
    },
    /// After a backslash.
    Escape,
    /// Inside the four digits of `\u`. `surrogate` is the first half of a pair, or 0.
    Hexadecimal {
        left: u8,
        unit: u16,
        surrogate: u16,
    },
    Plain,
    /// After the first half of a surrogate pair: a backslash must come.
    SecondBackslash {
        surrogate: u16,
    },
    /// After that backslash: a `u` must come.
    SecondU {
        surrogate: u16,
    },
}

/// What the next bytes of a string are.
pub(super) enum Read {
    /// Not allowed; what was expected. Nothing is taken.
    Bad(&'static str),
    /// One byte, which completes an escape for this character.
    Character(char),
    /// One byte: the closing quote.
    End,
    /// One byte of an escape that goes on.
    Part,
    /// This many bytes stand for themselves. At least one.
    Plain(usize),
}

const LONE_SURROGATE: Read = Read::Bad("expected no lone surrogate");

impl TextState {
    /// After the opening quote.
    pub(super) fn new(is_name: bool, is_kept: bool) -> Self {
        Self { part: Part::Plain, is_kept, is_name }
    }

    pub(super) fn is_kept(&self) -> bool {
        self.is_kept
    }

    pub(super) fn is_name(&self) -> bool {
        self.is_name
    }

    /// Reads from the front of `bytes`, which is not empty.
    pub(super) fn next(&mut self, bytes: &[u8]) -> Read {
        let byte = bytes.first().copied().unwrap_or_default();
        match self.part {
            Part::Plain => self.plain(bytes, byte),
            Part::Character { left, low, high } if (low..=high).contains(&byte) => {
                self.part = match left {
                    1 => Part::Plain,
                    _ => Part::Character { left: left - 1, low: 0x80, high: 0xBF },
                };
                Read::Plain(1)
            }
            Part::Character { .. } => Read::Bad("expected UTF-8"),
            Part::Escape => self.escape(byte),
            Part::Hexadecimal { left, unit, surrogate } => {
                self.hexadecimal(byte, left, unit, surrogate)
            }
            Part::SecondBackslash { surrogate } if byte == b'\\' => {
                self.part = Part::SecondU { surrogate };
                Read::Part
            }
            Part::SecondU { surrogate } if byte == b'u' => {
                self.part = Part::Hexadecimal { left: 4, unit: 0, surrogate };
                Read::Part
            }
            Part::SecondBackslash { .. } | Part::SecondU { .. } => LONE_SURROGATE,
        }
    }

    fn plain(&mut self, bytes: &[u8], byte: u8) -> Read {
        let run = plain_run(bytes);
        if run > 0 {
            return Read::Plain(run);
        }
        // RFC 3629, section 4: the ranges leave no overlong form, no surrogate, nothing past U+10FFFF.
        self.part = match byte {
            b'"' => return Read::End,
            b'\\' => {
                self.part = Part::Escape;
                return Read::Part;
            }
            0xC2..=0xDF => Part::Character { left: 1, low: 0x80, high: 0xBF },
            0xE0 => Part::Character { left: 2, low: 0xA0, high: 0xBF },
            0xED => Part::Character { left: 2, low: 0x80, high: 0x9F },
            0xE1..=0xEF => Part::Character { left: 2, low: 0x80, high: 0xBF },
            0xF0 => Part::Character { left: 3, low: 0x90, high: 0xBF },
            0xF1..=0xF3 => Part::Character { left: 3, low: 0x80, high: 0xBF },
            0xF4 => Part::Character { left: 3, low: 0x80, high: 0x8F },
            0..0x20 => return Read::Bad("expected no control character in a string"),
            _ => return Read::Bad("expected UTF-8"),
        };
        Read::Plain(1)
    }

    fn escape(&mut self, byte: u8) -> Read {
        self.part = Part::Plain;
        Read::Character(match byte {
            b'"' => '"',
            b'\\' => '\\',
            b'/' => '/',
            b'b' => '\u{8}',
            b'f' => '\u{c}',
            b'n' => '\n',
            b'r' => '\r',
            b't' => '\t',
            b'u' => {
                self.part = Part::Hexadecimal { left: 4, unit: 0, surrogate: 0 };
                return Read::Part;
            }
            _ => return Read::Bad("expected a JSON escape"),
        })
    }

    fn hexadecimal(&mut self, byte: u8, left: u8, unit: u16, surrogate: u16) -> Read {
        let digit = match byte {
            b'0'..=b'9' => byte - b'0',
            b'a'..=b'f' => byte - b'a' + 10,
            b'A'..=b'F' => byte - b'A' + 10,
            _ => return Read::Bad("expected four hexadecimal digits"),
        };
        let unit = unit << 4 | u16::from(digit);
        if left > 1 {
            self.part = Part::Hexadecimal { left: left - 1, unit, surrogate };
            return Read::Part;
        }
        self.part = Part::Plain;
        match (surrogate, unit) {
            (0, 0xD800..=0xDBFF) => {
                self.part = Part::SecondBackslash { surrogate: unit };
                Read::Part
            }
            (0, _) => char::from_u32(u32::from(unit)).map_or(LONE_SURROGATE, Read::Character),
            (_, 0xDC00..=0xDFFF) => {
                let high = u32::from(surrogate & 0x3FF) << 10;
                let low = u32::from(unit & 0x3FF);
                char::from_u32(0x1_0000 + high + low).map_or(LONE_SURROGATE, Read::Character)
            }
            _ => LONE_SURROGATE,
        }
    }
}

/// How many bytes of plain ASCII come first. Blocks are looked at as a whole, which compiles to a few
/// vector instructions; long embedded files are mostly such blocks.
fn plain_run(bytes: &[u8]) -> usize {
    const BLOCK: usize = 16;
    let is_plain =
        |block: &&[u8; BLOCK]| !block.iter().fold(false, |any, &byte| any | is_special(byte));
    let (blocks, _) = bytes.as_chunks::<BLOCK>();
    let start = blocks.iter().take_while(is_plain).count() * BLOCK;
    let rest = bytes.get(start..).unwrap_or_default();
    start + rest.iter().position(|&byte| is_special(byte)).unwrap_or(rest.len())
}

/// Whether a byte ends a run of plain ASCII.
fn is_special(byte: u8) -> bool {
    !matches!(byte, b' '..=0x7F) || byte == b'"' || byte == b'\\'
}
