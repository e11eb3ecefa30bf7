//! The manifest of an item index is refused, or read back as it was written, and no key leads out of its files.
#![no_main]

use labelgate::bom::shards::{MAX_MANIFEST_BYTES, MAX_SLOT_BYTES, Manifest, Shards};
use labelgate::digest::{Algorithm, Hasher};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let mut hasher = Hasher::new(Algorithm::Sha256);
    hasher.update(input);
    let opened = Shards::open(input, &hasher.finish());
    let read = Manifest::from_json(input);
    assert_eq!(opened.is_ok(), read.is_ok() && input.len() <= MAX_MANIFEST_BYTES);
    let Ok(manifest) = read else { return };

    let written = manifest.to_json();
    assert_eq!(Manifest::from_json(&written).as_ref(), Ok(&manifest));
    assert!(manifest.slot_bytes() <= MAX_SLOT_BYTES && manifest.shards().is_power_of_two());

    for file in [0, u32::MAX] {
        let name = manifest.file_name(file);
        let is_plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
        assert!(name.chars().all(is_plain) && name.contains(&file.to_string()), "{name}");
        assert!(!name.starts_with('.'), "{name}");
    }
    let Ok(mut shards) = opened else { return };
    for key in [[0; 32], [0x5A; 32], [0xFF; 32], manifest.root] {
        let read = shards.locate(&key);
        assert!(read.shard < manifest.shards() && read.file < manifest.file_count());
        assert_eq!((read.length, shards.wanted(&key)), (manifest.slot_bytes(), Some(read)));
        assert!(shards.take(read.shard, input).is_err() && !shards.is_proven(&key, input));
    }
});
