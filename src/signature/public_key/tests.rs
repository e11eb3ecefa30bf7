use super::super::{Check, Outcome, PrivateKey, Threshold};
use super::*;

const ED25519: &str =
    r#"{"kty":"OKP","crv":"Ed25519","x":"11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}"#;
const P256: &str = r#"{"kty":"EC","crv":"P-256","x":"6BKxpty8cI-exDzCkh-goU6dXq3MbcY0cd1LaAxiNrU","y":"mCbcvUzm44j3Lt2b5BPyQloQ91tf2D2V-gzeUxWaUdg"}"#;

fn read(jwk: &str) -> Result<PublicKey, Error> {
    PublicKey::from_jwk(jwk.as_bytes())
}

fn with(jwk: &str, member: &str) -> String {
    jwk.replacen('{', &format!("{{{member},"), 1)
}

#[test]
fn what_a_key_says_of_itself_is_respected() {
    for good in [
        r#""use":"sig""#,
        r#""key_ops":["verify"]"#,
        r#""alg":"EdDSA""#,
        r#""alg":"Ed25519""#,
        r#""ext":true"#,
        r#""kid":"é""#,
    ] {
        assert!(read(&with(ED25519, good)).is_ok(), "{good}");
    }
    for bad in [
        r#""use":"enc""#,
        r#""key_ops":["sign"]"#,
        r#""key_ops":[]"#,
        r#""alg":"ES256""#,
        r#""alg":"HS256""#,
        r#""alg":"none""#,
        r#""d":"AA""#,
        r#""k":"AA""#,
        r#""kty":"OKP""#,
        r#""kid":1"#,
    ] {
        assert_eq!(read(&with(ED25519, bad)).unwrap_err().code(), ErrorCode::Key, "{bad}");
    }
}

#[test]
fn coordinates_are_strict() {
    for (jwk, from, to) in [
        (ED25519, "URo\"", "URo=\""),
        (ED25519, "URo\"", "URp\""), // bits that are not zero at the end
        (ED25519, "11qY", "11q"),
        (ED25519, "Ed25519", "X25519"),
        (ED25519, "OKP", "EC"),
        (P256, "mCbc", "mCbd"), // not on the curve
        (P256, "P-256", "P-384"),
        (P256, "P-256", "secp256k1"),
        (P256, "\"y\"", "\"z\""),
    ] {
        assert!(read(&jwk.replace(from, to)).is_err(), "{from} to {to}");
    }
    // Of small order: the neutral element, and a point of order 8; and an encoding that is not reduced.
    let mut neutral = [0; 32];
    neutral[0] = 1;
    let mut not_reduced = [0xFF; 32];
    not_reduced[0] = 0xF0;
    not_reduced[31] = 0x7F;
    for bytes in [neutral, [0; 32], not_reduced] {
        assert!(PublicKey::from_ed25519(&bytes).is_err(), "{bytes:x?}");
    }
}

#[test]
fn rsa_keys_have_an_algorithm_and_a_sane_size() {
    let n = base64::encode_url(&[0xC1; 256]);
    let rsa = |n: &str, e: &str, more: &str| {
        read(&format!(r#"{{"kty":"RSA","n":"{n}","e":"{e}"{more}}}"#))
    };
    let key = rsa(&n, "AQAB", r#","alg":"PS256""#).unwrap();
    assert_eq!(key.algorithm(), Algorithm::Ps256);
    assert_eq!(PublicKey::from_jwk(&key.to_jwk()).unwrap(), key);
    assert!(rsa(&n, "AQAB", "").is_err());
    assert!(rsa(&n, "AQAB", r#","alg":"ES256""#).is_err());
    assert!(rsa(&n, "AQ", r#","alg":"PS256""#).is_err());
    assert!(rsa(&n, "AAEAAQ", r#","alg":"PS256""#).is_err());
    let short = base64::encode_url(&[0xC1; 128]);
    assert!(rsa(&short, "AQAB", r#","alg":"PS256""#).is_err());
    let mut check = Check::new(&key, &[1; 256], b"message");
    assert_eq!(check.run(), Outcome::Unsupported);
    assert_eq!(check.message(), Some(&b"message"[..]));
    assert_eq!(Check::new(&key, &[1; 255], b"message").run(), Outcome::Bad);
}

#[test]
fn thumbprints_are_those_of_the_rfcs_whatever_else_the_key_says() {
    // RFC 7638, section 3.1.
    let rsa = r#"{"kty":"RSA","n":"0vx7agoebGcQSuuPiLJXZptN9nndrQmbXEps2aiAFbWhM78LhWx4cbbfAAtVT86zwu1RK7aPFFxuhDR1L6tSoc_BJECPebWKRXjBZCiFV4n3oknjhMstn64tZ_2W-5JsGY4Hc5n9yBXArwl93lqt7_RN5w6Cf0h4QyQ5v-65YGjQR0_FDW2QvzqY368QQMicAtaSqzs8KJZgnYb9c7d0zgdAZHzu6qMQvRL5hajrn1n91CbOpbISD08qNLyrdkt-bFTWhAI4vMQFh6WeZu0fM4lFd2NcRwr3XPksINHaQ-G_xBniIqbw0Ls1jF44-csFCur-kEgU8awapJzKnqDKgw","e":"AQAB","alg":"RS256","kid":"2011-04-29"}"#;
    assert_eq!(read(rsa).unwrap().thumbprint(), "NzbLsXh8uDCcd-6MNwXF4W_7noWXFZAfHkxZsRGC9Xs");
    assert_eq!(
        read(&with(ED25519, r#""kid":"a""#)).unwrap().thumbprint(),
        read(ED25519).unwrap().thumbprint()
    );
}

#[test]
fn private_keys_round_trip_and_belong_to_their_public_half() {
    for (algorithm, bytes) in
        [(Algorithm::Ed25519, 32), (Algorithm::Es256, 32), (Algorithm::Es384, 48)]
    {
        let key = PrivateKey::generate(algorithm, &vec![7; bytes]).unwrap().with_key_id("k");
        let again = PrivateKey::from_jwk(&key.to_jwk()).unwrap();
        assert_eq!(again.to_jwk(), key.to_jwk());
        assert_eq!(PublicKey::from_jwk(&key.public().to_jwk()).unwrap(), *key.public());
        assert!(PublicKey::from_jwk(&key.to_jwk()).is_err());
        assert!(PrivateKey::from_jwk(&key.public().to_jwk()).is_err());
        assert!(!format!("{key:?}").contains("\"d\""));
        let signature = key.sign(b"message");
        assert_eq!(key.sign(b"message"), signature, "deterministic");
        assert_eq!(Check::new(key.public(), &signature, b"message").run(), Outcome::Good);
        assert_eq!(Check::new(key.public(), &signature, b"massage").run(), Outcome::Bad);
        let other = PrivateKey::generate(algorithm, &vec![8; bytes]).unwrap().with_key_id("k");
        let text = |key: &PrivateKey| String::from_utf8(key.to_jwk()).unwrap();
        let d = |text: &str| {
            text.split("\"d\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
        };
        let mixed = text(&key).replace(&d(&text(&key)), &d(&text(&other)));
        assert!(PrivateKey::from_jwk(mixed.as_bytes()).is_err());
        assert!(PrivateKey::generate(algorithm, &vec![7; bytes - 1]).is_err());
    }
    assert!(PrivateKey::generate(Algorithm::Es256, &[0; 32]).is_err());
    assert!(PrivateKey::generate(Algorithm::Es256, &[0xFF; 32]).is_err());
    assert!(PrivateKey::generate(Algorithm::Rs256, &[1; 32]).is_err());
}

#[test]
fn a_threshold_is_of_different_keys() {
    let (one, two) = (read(ED25519).unwrap(), read(P256).unwrap());
    assert!(Threshold::new(vec![one.clone(), two.clone()], 2).is_ok());
    for (keys, needed) in [
        (vec![], 0),
        (vec![one.clone()], 0),
        (vec![one.clone()], 2),
        (vec![one.clone(), one.clone().with_key_id("again")], 1),
    ] {
        assert!(Threshold::new(keys, needed).is_err());
    }
}
