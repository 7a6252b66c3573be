//! Real explanations in a file that the page's tests read: what the page makes of names and numbers is tried on these.
//!
//! Where the walk tells something else than the file, the file is to be written anew (`WRITE` in the environment), and the page's
//! tests say whether the page still understands it.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use atelier_nn::{Loss, Network};
use atelier_session::Training;
use atelier_session::walk::Explanation;
use serde_json::{Value, json};

use crate::explained::holds_to_the_reference;
use crate::networks::{everything, plain, smooth};
use crate::{adam, begun, sgd, training};

const WRITE: &str = "ATELIER_WRITE_EXPLANATIONS";
/// Of each result of each operation in a walk.
const EACH: usize = 2;
/// Numbers in an explanation: longer ones show nothing that shorter ones do not, where there are any.
const LONG: usize = 80;

fn file() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../www/tests/step/explanations.json")
}

fn size(e: &Explanation) -> usize {
    e.columns.iter().map(|column| column.values.len()).sum()
}

/// One walk, and some explanations of each of its results.
fn walked(network: Network, training: Training, indices: &[u32], shown: usize) -> Value {
    let mut begun = begun(network, training, 1);
    let (checkpoint, walk) = (begun.checkpoint(), begun.walk(indices, shown));
    let mut told: BTreeMap<(&str, String), Vec<(Explanation, f64)>> = BTreeMap::new();
    let outline = walk.outline();
    holds_to_the_reference(&walk, &checkpoint, |e, bound| {
        let operands = &outline.outline.steps[e.step].operands;
        let result = operands.iter().find(|operand| operand.buffer == e.buffer).expect("the step writes it");
        let some = told.entry((e.stem, result.name.to_owned())).or_default();
        let new = some.iter().all(|(there, _)| (there.step, there.index) != (e.step, e.index));
        if new && (some.len() < EACH && size(&e) <= LONG || some.is_empty()) {
            some.push((e, bound));
        } else if new && some.len() == 1 && size(&some[0].0) > size(&e) {
            some[0] = (e, bound);
        }
    });
    let all = told.into_values().flatten();
    let told: Vec<Value> = all.map(|(e, bound)| json!({ "explanation": e, "bound": bound })).collect();
    json!({ "network": checkpoint.network, "loss": checkpoint.training.loss, "walk": outline, "told": told })
}

fn walks() -> Value {
    let crossentropy = |optimizer| training(Loss::CategoricalCrossentropy, optimizer);
    json!([
        walked(everything(true), crossentropy(adam()), &[7, 3], 1),
        walked(everything(false), crossentropy(sgd(0.9, true)), &[8], 0),
        walked(plain(), training(Loss::MeanSquaredError, sgd(0.0, false)), &[1, 2], 0),
        walked(plain(), crossentropy(sgd(0.9, false)), &[5], 0),
        walked(smooth(), training(Loss::MeanSquaredError, adam()), &[4, 6], 0),
    ])
}

/// The same names in the same places. Numbers are only to be near: an update lies between the seed and the walk, and another
/// instruction set rounds otherwise; how far they may be off is told with each, and held elsewhere.
fn differs(a: &Value, b: &Value) -> Option<String> {
    match (a, b) {
        (Value::Object(a), Value::Object(b)) if a.keys().eq(b.keys()) => {
            a.iter().zip(b).find_map(|((key, a), (_, b))| Some(format!("{key}.{}", differs(a, b)?)))
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            a.iter().zip(b).enumerate().find_map(|(at, (a, b))| Some(format!("{at}.{}", differs(a, b)?)))
        }
        (Value::Number(x), Value::Number(y)) if x.is_f64() && y.is_f64() => {
            let (x, y) = (x.as_f64()?, y.as_f64()?);
            ((x - y).abs() > 1e-3 + 1e-2 * x.abs().max(y.abs())).then(|| format!(" {x} and {y}"))
        }
        _ => (a != b).then(|| format!(" {a} and {b}")),
    }
}

#[test]
fn the_pages_tests_read_what_a_walk_tells() {
    let walks = walks();
    if std::env::var_os(WRITE).is_some() {
        std::fs::write(file(), format!("{walks}\n")).expect("the file can be written");
    }
    let advice = format!("to write it anew: {WRITE}=1 cargo test -p atelier-tests --test walk told");
    let text = std::fs::read_to_string(file()).unwrap_or_else(|e| panic!("{}: {e}; {advice}", file().display()));
    let there: Value = serde_json::from_str(&text).unwrap_or_else(|e| panic!("{e}; {advice}"));
    if let Some(what) = differs(&walks, &there) {
        panic!("the walk tells something else than {}: {what}; {advice}", file().display());
    }
    let stems = walks.as_array().into_iter().flatten().flat_map(|walk| walk["told"].as_array().into_iter().flatten());
    let stems: BTreeSet<&str> = stems.filter_map(|told| told["explanation"]["stem"].as_str()).collect();
    assert_eq!(stems.len(), 37, "every operation is there: {stems:?}");
}
