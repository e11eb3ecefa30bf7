//! An allocator that counts what each thread asks for, so that a test can bound a single call.
//!
//! A test binary that wants it says `#[global_allocator] static A: Counting = Counting;`.
#![allow(unsafe_code)] // an allocator is unsafe by its trait; it adds a counter to the system's

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

pub struct Counting;

thread_local! {
    // No destructor and no lazy start: safe to touch while memory is asked for.
    static ASKED_FOR: Cell<usize> = const { Cell::new(0) };
}

fn count(bytes: usize) {
    // A thread that is ending has no counter any more, and nobody reads it.
    let _ = ASKED_FOR.try_with(|sum| sum.set(sum.get() + bytes));
}

// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(layout.size());
        // SAFETY: the caller keeps the contract of `alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`.
        unsafe { System.dealloc(pointer, layout) }
    }

    unsafe fn realloc(&self, pointer: *mut u8, layout: Layout, new_size: usize) -> *mut u8 {
        count(new_size);
        // SAFETY: the caller keeps the contract of `realloc`.
        unsafe { System.realloc(pointer, layout, new_size) }
    }
}

/// Runs `job` and says how many bytes this thread asked for meanwhile, given back or not.
pub fn bytes_asked_for<T>(job: impl FnOnce() -> T) -> (T, usize) {
    let before = ASKED_FOR.get();
    let value = job();
    (value, ASKED_FOR.get() - before)
}
