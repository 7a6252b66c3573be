//! What to do about errors of the tools underneath that do not say so themselves.

/// Words in a tool's output, and what they call for.
const ADVICE: [(&str, &str); 8] = [
    (
        "can't find crate for `core`",
        "the Rust toolchain has no wasm32 library: `rustup target add wasm32-unknown-unknown`, or set \
         ATELIER_WASM_TOOLCHAIN=debian on Debian",
    ),
    (
        "can't find crate for `std`",
        "the Rust toolchain has no wasm32 library: `rustup target add wasm32-unknown-unknown`, or set \
         ATELIER_WASM_TOOLCHAIN=debian on Debian",
    ),
    ("linker `wasm-ld` not found", "the wasm linker is missing: `apt-get install lld`"),
    ("library/Cargo.lock` does not exist", "the library sources are missing: `apt-get install rust-web-src`"),
    ("is not supported by the following package", "a package asks for a newer Rust: `rustup update`"),
    ("No space left on device", "the disk is full; `cargo clean` frees what earlier builds left"),
    ("npm error code ENOTFOUND", "npm reaches no registry: look at the network, or at `npm config get registry`"),
    ("npm error code EUSAGE", "package.json and package-lock.json disagree: run `npm install` in that folder"),
];

/// Advice for an error with this output, if it is a known one.
pub fn for_output(output: &str) -> Option<&'static str> {
    ADVICE.iter().find(|(words, _)| output.contains(words)).map(|(_, advice)| *advice)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_errors_get_advice_and_others_none() {
        let missing =
            "error[E0463]: can't find crate for `core`\n  = note: the `wasm32-unknown-unknown` target may not";
        assert!(for_output(missing).unwrap().contains("rustup target add"));
        assert_eq!(for_output("error[E0308]: mismatched types"), None);
    }
}
