//! An allocator that knows how much memory the process has at most.
//!
//! A test binary that wants it says `#[global_allocator] static A: Peak = Peak;`, and runs one test at a time.
#![allow(unsafe_code)] // an allocator is unsafe by its trait; it adds two counters to the system's

use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

pub struct Peak;

static NOW: AtomicUsize = AtomicUsize::new(0);
static PEAK: AtomicUsize = AtomicUsize::new(0);

/// Forgets the peak so far; the bytes in use now.
pub fn restart() -> usize {
    PEAK.store(now(), Ordering::Relaxed);
    now()
}

/// The bytes in use now.
pub fn now() -> usize {
    NOW.load(Ordering::Relaxed)
}

/// The most bytes in use since [`restart`].
pub fn highest() -> usize {
    PEAK.load(Ordering::Relaxed)
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Peak {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let now = NOW.fetch_add(layout.size(), Ordering::Relaxed) + layout.size();
        PEAK.fetch_max(now, Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        NOW.fetch_sub(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }
    // `realloc` is the default one: a new block, a copy, and the old block freed. So growing counts
    // with both blocks, as it does at worst.
}
