//! Input that is meant to fill the memory.
#![cfg(target_os = "linux")]

use std::io::{BufRead, BufReader, Write};

use serde_json::Value;

use crate::run::Folder;

const MIB: usize = 1 << 20;

/// Sends `head`, then 50 MiB of `filler`, then `tail`; the last verdict, and the most memory that was
/// ever resident, in bytes.
fn flood(format: &str, head: &str, filler: u8, tail: &str, verdicts: usize) -> (Value, usize) {
    let folder = Folder::new();
    let mut child = folder.start(&["check", "--no-bom", "--json", "--format", format, "-"]);
    let mut input = child.stdin.take().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    input.write_all(head.as_bytes()).unwrap();
    let piece = vec![filler; MIB];
    for _ in 0..50 {
        input.write_all(&piece).unwrap();
    }
    input.write_all(tail.as_bytes()).unwrap();
    let lines: Vec<String> = output.lines().take(verdicts).map(Result::unwrap).collect();
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).unwrap();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
    let kib: usize = peak.trim().trim_end_matches(" kB").parse().unwrap();
    drop(input);
    assert_eq!(child.wait().unwrap().code(), Some(1));
    (serde_json::from_str(lines.last().unwrap()).unwrap(), kib * 1024)
}

/// The program itself, its buffers, and the bound of one submission; well under one such line.
const MOST_BYTES: usize = 24 * MIB;

#[test]
fn a_line_of_50_mib_is_refused_without_being_held() {
    let (verdict, peak) = flood("labelgate", "{\"id\":\"", b'x', "\"}\n", 1);
    assert_eq!(verdict["reasons"][0]["code"], "too-large");
    assert_eq!(verdict["reasons"][0]["measured"]["value"], 50 * MIB + 9);
    assert!(peak < MOST_BYTES, "{peak} bytes");
}

#[test]
fn a_cell_of_50_mib_is_refused_without_being_held() {
    let (verdict, peak) = flood("csv", "task,worker,label\ni,a,\"", b'\n', "\"\n", 1);
    assert_eq!(verdict["reasons"][0]["code"], "too-large");
    assert_eq!(verdict["reasons"][0]["measured"]["value"], 50 * MIB + 6);
    assert!(peak < MOST_BYTES, "{peak} bytes");
}

#[test]
fn a_row_of_50_million_cells_is_refused_without_being_held() {
    let (verdict, peak) = flood("csv", "task,worker,label\n", b',', "\ni,a,x\nj,a\n", 3);
    assert_eq!(verdict["reasons"][0]["code"], "malformed");
    assert!(peak < MOST_BYTES, "{peak} bytes");
}

#[test]
fn a_header_without_end_is_refused() {
    let folder = Folder::new();
    let input = format!("task,worker,label,{}", "x".repeat(MIB));
    let run = folder.labelgate_on(&["check", "--no-bom", "--format", "csv", "-"], input.as_bytes());
    assert_eq!(run.failure(), "standard input: expected a shorter header");
}
