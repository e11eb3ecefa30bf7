//! JSONTestSuite: what is JSON and what is not.

use labelgate::Error;
use labelgate::json::stream::{Stream, StreamLimits};

use crate::decision::Decision;
use crate::manifest::Case;

/// JSON texts that the corpus wants accepted and we refuse on purpose.
const REFUSED: &[(&str, &str)] = &[(
    "y_object_duplicated_key.json",
    "stricter: I-JSON (RFC 7493, section 2.3) forbids duplicate member names, for two readers would see two documents",
)];

/// JSON texts on which the corpus takes no side and that we accept; every other one is refused.
const ACCEPTED: &[&str] = &[];

pub fn verdict(case: &Case) -> Decision {
    let read = parse(&case.bytes, case.bytes.len().max(1));
    for piece_bytes in 1..=3 {
        assert_eq!(parse(&case.bytes, piece_bytes), read, "{} in pieces", case.path);
    }
    let is_read = read.is_ok();
    let given = match read {
        Ok(()) => "read".to_owned(),
        Err(error) => format!("refused: {error}"),
    };
    match case.expect {
        "accept" => {
            let known = REFUSED.iter().find(|(name, _)| *name == case.name());
            Decision::agrees_unless(known.map(|(_, reason)| *reason), is_read, given)
        }
        "reject" => Decision::agrees_if(!is_read, given),
        "either" => Decision::agrees_if(is_read == ACCEPTED.contains(&case.name()), given),
        other => Decision::wrong(format!("`{other}` is no verdict on a JSON text")),
    }
}

fn parse(input: &[u8], piece_bytes: usize) -> Result<(), Error> {
    let mut stream = Stream::new(StreamLimits {
        max_bytes: 1 << 20,
        max_depth: 64,
        max_open_names: 1_000,
        max_string_bytes: 10_000,
    });
    for mut piece in input.chunks(piece_bytes) {
        while stream.next(&mut piece, true)?.is_some() {}
    }
    stream.finish().map(|_| ())
}
