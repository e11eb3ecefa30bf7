//! tape-sha256 behind plain exports: `hashing/tape.mjs` writes the messages and reads the digests.

use std::cell::RefCell;

#[derive(Default)]
struct Rooms {
    bytes: Vec<u8>,
    ends: Vec<u32>,
    digests: Vec<[u8; 32]>,
}

thread_local! {
    static ROOMS: RefCell<Rooms> = RefCell::default();
}

/// Makes room for messages of `length` bytes in all, and says where.
#[unsafe(no_mangle)]
pub extern "C" fn room_for_bytes(length: usize) -> *const u8 {
    ROOMS.with_borrow_mut(|rooms| {
        rooms.bytes.resize(length.max(rooms.bytes.len()), 0);
        rooms.bytes.as_ptr()
    })
}

/// Makes room for `count` ends and digests, and says where the ends are.
#[unsafe(no_mangle)]
pub extern "C" fn room_for_ends(count: usize) -> *const u32 {
    ROOMS.with_borrow_mut(|rooms| {
        rooms.ends.resize(count.max(rooms.ends.len()), 0);
        rooms.digests.resize(count.max(rooms.digests.len()), [0; 32]);
        rooms.ends.as_ptr()
    })
}

/// Hashes the first `count` messages, and says where the digests are.
#[unsafe(no_mangle)]
pub extern "C" fn hash(count: usize) -> *const [u8; 32] {
    ROOMS.with_borrow_mut(|Rooms { bytes, ends, digests }| {
        let mut start = 0;
        let mut messages = Vec::with_capacity(count);
        for &end in &ends[..count] {
            messages.push(&bytes[start..end as usize]);
            start = end as usize;
        }
        tape_sha256::hash_many(&messages, &mut digests[..count]);
        digests.as_ptr()
    })
}
