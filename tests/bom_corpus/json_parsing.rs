//! JSONTestSuite: what is JSON and what is not.

use crate::decision::Decision;
use crate::manifest::Case;
use crate::support::pieces::parse;

/// JSON texts that the corpus wants accepted and we refuse on purpose.
const REFUSED: &[(&str, &str)] = &[(
    "y_object_duplicated_key.json",
    "stricter: I-JSON (RFC 7493, section 2.3) forbids duplicate member names, for two readers would see two documents",
)];

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
        // Where the corpus takes no side, we refuse.
        "either" => Decision::agrees_if(!is_read, given),
        other => Decision::wrong(format!("`{other}` is no verdict on a JSON text")),
    }
}
