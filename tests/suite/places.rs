//! Every operation is found by its stem in the places that ARCHITECTURE.md names, and its operands are its fields. That each has cases and a reference, the
//! compiler sees to: both are chosen by exhaustive matches.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use atelier_nn::{BufferId, Op};
use atelier_tests::{Case, Stem};

fn folder(path: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..").join(path)
}

/// Names of the files in a folder with this extension, without it.
fn files(path: &str, extension: &str) -> BTreeSet<String> {
    let entries = fs::read_dir(folder(path)).expect("the folder is there");
    let paths = entries.map(|entry| entry.expect("it can be listed").path());
    let with_extension = paths.filter(|path| path.extension().is_some_and(|found| found == extension));
    with_extension.filter_map(|path| Some(path.file_stem()?.to_str()?.to_owned())).collect()
}

fn stems() -> BTreeSet<String> {
    Stem::ALL.iter().map(|stem| stem.name().to_owned()).collect()
}

#[test]
fn a_case_is_of_the_operation_that_its_stem_names() {
    for stem in Stem::ALL {
        assert_eq!(Case::draw(*stem, 0).op().stem(), stem.name());
    }
}

#[test]
fn every_stem_has_its_shader_and_every_shader_its_stem() {
    assert_eq!(files("shaders", "wgsl"), stems());
}

#[test]
fn every_stem_has_its_kernel() {
    // A dense layer is the convolution of a picture of one pixel.
    let kernel = |stem: &String| match stem.strip_prefix("dense") {
        Some(direction) => format!("conv2d{direction}"),
        None => stem.clone(),
    };
    let kernels = files("crates/cpu/src/kernels", "rs");
    let missing: Vec<String> = stems().iter().map(kernel).filter(|kernel| !kernels.contains(kernel)).collect();
    assert!(missing.is_empty(), "no kernel in {missing:?}");
}

#[test]
fn every_stem_has_the_reference_of_its_family() {
    let references = files("tests/src/reference", "rs");
    // Moments stand with the normalisation that they are for.
    let family = |stem: &String| if stem == "batch_moments" { "batch_norm".to_owned() } else { stem.clone() };
    let found = |stem: &String| references.iter().any(|file| family(stem).starts_with(file.as_str()));
    let missing: Vec<String> = stems().into_iter().filter(|stem| !found(stem)).collect();
    assert!(missing.is_empty(), "no reference for {missing:?}");
}

/// Every buffer in an operation's fields, as its `Debug` form shows them.
fn in_fields(text: &str) -> Vec<BufferId> {
    let ids = text.split("BufferId(").skip(1);
    ids.filter_map(|rest| rest.split(')').next()?.parse().ok().map(BufferId)).collect()
}

#[test]
fn every_stem_lists_its_fields_as_operands_once_and_by_their_names() {
    for case in Stem::ALL.iter().flat_map(|stem| (0..20).map(|seed| Case::draw(*stem, seed))) {
        let text = format!("{:?}", case.op());
        let operands = case.op().operands();
        let listed: Vec<BufferId> = operands.iter().map(|operand| operand.buffer).collect();
        assert_eq!(listed, in_fields(&text), "{text}");
        for operand in operands {
            let field = format!("{}: BufferId({})", operand.name, operand.buffer.0);
            let option = format!("{}: Some(BufferId({}))", operand.name, operand.buffer.0);
            // The terms of a sum have no names of their own.
            let term = operand.name == "x" && matches!(case.op(), Op::Add { .. });
            assert!(term || text.contains(&field) || text.contains(&option), "{field} in {text}");
        }
    }
}
