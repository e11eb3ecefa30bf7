//! `labelgate bom keygen` and `labelgate bom sign`.

use labelgate::bom::Bom;

use crate::run::Folder;

#[test]
fn a_key_pair_is_made_once_and_the_private_key_is_for_its_owner_alone() {
    let folder = Folder::new();
    for (algorithm, name) in [("ed25519", "Ed25519"), ("es256", "ES256"), ("es384", "ES384")] {
        let out = format!("{algorithm}.jwk");
        let run =
            folder.labelgate(&["bom", "keygen", "--algorithm", algorithm, "--out", &out, "--json"]);
        assert_eq!((run.code, run.err.as_str()), (Some(0), ""));
        let told = &run.json()[0];
        assert_eq!(told["algorithm"], name);
        assert_eq!(told["public"], format!("{algorithm}.pub.jwk"));
        let public = folder.read(&format!("{algorithm}.pub.jwk"));
        let key = labelgate::signature::PublicKey::from_jwk(&public).unwrap();
        assert_eq!(told["thumbprint"], key.thumbprint());
        assert!(labelgate::signature::PublicKey::from_jwk(&folder.read(&out)).is_err());
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            let mode = std::fs::metadata(folder.path(&out)).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }
    let before = folder.read("ed25519.jwk");
    let run = folder.labelgate(&["bom", "keygen", "--out", "ed25519.jwk"]);
    assert_eq!(run.failure(), "expected no file `ed25519.jwk`, so that no key is lost");
    std::fs::remove_file(folder.path("ed25519.jwk")).unwrap();
    let run = folder.labelgate(&["bom", "keygen", "--out", "ed25519.jwk"]);
    assert_eq!(run.failure(), "expected no file `ed25519.pub.jwk`, so that no key is lost");
    assert!(!folder.path("ed25519.jwk").exists());
    let other = folder.labelgate(&["bom", "keygen", "--out", "two.jwk"]);
    assert_eq!(other.code, Some(0));
    assert_ne!(before, folder.read("two.jwk"));
}

#[test]
fn signing_changes_not_a_byte_of_the_rest() {
    let folder = Folder::new();
    folder.write("data/a", "a");
    let done = |arguments: &[&str]| {
        let run = folder.labelgate(arguments);
        assert_eq!(run.code, Some(0), "{run:?}");
        run
    };
    done(&["bom", "keygen", "--out", "key.jwk", "--key-id", "2026"]);
    done(&["bom", "keygen", "--out", "two.jwk"]);
    let unsigned = done(&["bom", "build", "data"]).out;
    folder.write("bom.json", &unsigned);
    let run = done(&["bom", "sign", "bom.json", "--key", "key.jwk"]);
    assert!(run.err.starts_with("signed with Ed25519 by the key "), "{run:?}");
    assert!(run.out.starts_with("{\"signature\":{\"algorithm\":\"Ed25519\",\"keyId\":\"2026\","));
    assert!(run.out.ends_with(&unsigned[1..]), "{run:?}");
    assert_eq!(Bom::from_slice(run.out.as_bytes()).unwrap().len(), 1);
    // The same from standard input; the same key and document, the same bytes.
    let piped = folder.labelgate_on(&["bom", "sign", "-", "--key", "key.jwk"], unsigned.as_bytes());
    assert_eq!(piped.out, run.out);
    folder.write("signed.json", &run.out);
    let again = folder.labelgate(&["bom", "sign", "signed.json", "--key", "two.jwk", "-o", "x"]);
    assert!(again.failure().contains("expected a document without a signature"), "{again:?}");
    let public = folder.labelgate(&["bom", "sign", "bom.json", "--key", "key.pub.jwk", "-o", "x"]);
    assert!(public.failure().contains("expected `d` in a private key"), "{public:?}");
    assert!(!folder.path("x").exists());
    // One signer after the other gives what both at once give.
    let one = ["bom", "sign", "bom.json", "--signers", "--key", "key.jwk"];
    done(&[&one[..], &["-o", "one.json"]].concat());
    let added = done(&["bom", "sign", "one.json", "--add", "--key", "two.jwk"]).out;
    assert_eq!(added, done(&[&one[..], &["--key", "two.jwk"]].concat()).out);
    let shown = done(&["bom", "show", "signed.json"]).out;
    assert!(shown.contains("signature   Ed25519 by `2026`; not verified"), "{shown}");
}
