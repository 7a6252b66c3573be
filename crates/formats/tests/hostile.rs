//! Files from strangers: whatever is changed in one, it is read or refused, and nothing is allocated by what it says of itself.
//!
//! `ATELIER_INPUTS` names how many changed files of each kind are tried.

#[path = "made/mod.rs"]
mod made;

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;

use atelier_data::rng::Rng;
use made::{Made, all_of, keras_3, legacy, network, parameters, safetensors, tensors};

/// More than all of a file of a few kilobytes, its lists and its numbers take; a thousandth of what its headers can be made to say.
const MOST: usize = 16 << 20;

thread_local! {
    static LARGEST: Cell<usize> = const { Cell::new(0) };
}

/// The system's, with the largest request of this thread remembered.
struct Watched;

// SAFETY: every call goes to the system's allocator as it is.
unsafe impl GlobalAlloc for Watched {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        let _ = LARGEST.try_with(|largest| largest.set(largest.get().max(layout.size())));
        // SAFETY: as it was called.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: as it was called.
        unsafe { System.dealloc(at, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Watched = Watched;

fn inputs() -> u64 {
    std::env::var("ATELIER_INPUTS").ok().and_then(|count| count.parse().ok()).unwrap_or(20_000)
}

/// A few bytes changed, a piece cut out, a piece put elsewhere, or the end gone.
fn changed(bytes: &[u8], rng: &mut Rng) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    let at = |rng: &mut Rng, len: usize| rng.below(len as u32) as usize;
    for _ in 0..1 + rng.below(4) {
        let len = bytes.len();
        if len < 2 {
            break;
        }
        match rng.below(8) {
            0 => bytes.truncate(at(rng, len)),
            1 => {
                let from = at(rng, len);
                let until = (from + 1 + at(rng, 64)).min(len);
                bytes.drain(from..until);
            }
            2 => {
                let (from, to) = (at(rng, len), at(rng, len));
                let piece: Vec<u8> = bytes[from..(from + 16).min(len)].to_vec();
                let room = piece.len().min(len - to);
                bytes[to..to + room].copy_from_slice(&piece[..room]);
            }
            // Sizes and offsets: their ends are where overflows are.
            3 => {
                let to = at(rng, len);
                let value = *rng.pick(&[0, 1, u64::MAX, u64::MAX - 7, 1 << 31, 1 << 32, 1 << 62, len as u64]);
                for (byte, value) in bytes[to..].iter_mut().zip(value.to_le_bytes()) {
                    *byte = value;
                }
            }
            _ => {
                let to = at(rng, len);
                bytes[to] = rng.below(256) as u8;
            }
        }
    }
    bytes
}

fn tried(kind: u64, make: fn(&[Made]) -> Vec<u8>) {
    let network = network();
    let parameters = parameters(&network);
    let sound = make(&tensors(&parameters));
    let mut refused = 0;
    for input in 0..inputs() {
        let bytes = changed(&sound, &mut Rng::keyed([kind, input, 0]));
        LARGEST.set(0);
        refused += u64::from(all_of(bytes, &network, &parameters).is_err());
        assert!(LARGEST.get() <= MOST, "input {input}: {} bytes at once", LARGEST.get());
    }
    println!("{refused} of {} were refused", inputs());
    assert!(refused > inputs() / 20, "hardly anything was changed");
}

#[test]
fn changed_safetensors() {
    tried(1, safetensors);
}

#[test]
fn changed_files_of_keras_2() {
    tried(2, legacy);
}

#[test]
fn changed_files_of_keras_3() {
    tried(3, keras_3);
}
