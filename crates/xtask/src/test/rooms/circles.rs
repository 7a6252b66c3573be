//! Files that need each other: none of them can be read, tested or moved alone.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::File;
use super::page::resolved;
use super::source::{imports, rust_code, rust_paths};

/// Which files each file needs.
type Graph = BTreeMap<String, BTreeSet<String>>;

/// The circles among the files of each crate. A module's own file and those in its folder are one family: it declares
/// them and they may take from it what all share.
pub fn in_crates(files: &[File]) -> Vec<String> {
    let mut crates: BTreeMap<&str, Vec<&File>> = BTreeMap::new();
    for file in files {
        if let Some((folder, _)) = file.path.split_once("/src/") {
            crates.entry(folder).or_default().push(file);
        }
    }
    crates.values().flat_map(|files| circles(&crate_graph(files))).collect()
}

/// The circles among the page's modules. Types are gone when it runs, so they close none.
pub fn in_page(files: &[File]) -> Vec<String> {
    let name = |path: &str| path.strip_suffix(".ts").unwrap_or(path).to_owned();
    let known: BTreeSet<String> = files.iter().map(|file| name(&file.path)).collect();
    let mut graph = Graph::new();
    for file in files {
        let needs = imports(&file.text).into_iter().filter(|import| !import.type_only);
        let needs = needs
            .filter_map(|import| resolved(&file.path, &import.from))
            .filter_map(|path| [path.clone(), format!("{path}/index")].into_iter().find(|path| known.contains(path)));
        graph.insert(name(&file.path), needs.collect());
    }
    circles(&graph)
}

/// `crates/nn/src/plan/op.rs` as `["plan", "op"]`; `lib.rs`, `main.rs` and `mod.rs` are their folder.
fn module(path: &str) -> Vec<String> {
    let inside = path.split_once("/src/").map_or(path, |(_, inside)| inside);
    let mut parts: Vec<String> = inside.trim_end_matches(".rs").split('/').map(str::to_owned).collect();
    if parts.last().is_some_and(|last| ["lib", "main", "mod"].contains(&last.as_str())) {
        parts.pop();
    }
    parts
}

fn crate_graph(files: &[&File]) -> Graph {
    let modules: HashMap<Vec<String>, &File> = files.iter().map(|file| (module(&file.path), *file)).collect();
    let named: Vec<(Vec<String>, Vec<_>)> =
        files.iter().map(|file| (module(&file.path), rust_paths(&rust_code(&file.text)))).collect();
    // Names that a module hands on from others: (module, name) to the path that it means.
    let mut handed_on: HashMap<(Vec<String>, String), Vec<String>> = HashMap::new();
    for (module, paths) in &named {
        for path in paths.iter().filter(|named| named.handed_on) {
            if let (Some(name), Some(path)) = (path.path.last(), absolute(module, &path.path, &modules)) {
                handed_on.insert((module.clone(), name.clone()), path);
            }
        }
    }
    let mut graph = Graph::new();
    for (from, paths) in &named {
        let needs = paths.iter().filter(|named| !named.handed_on);
        let needs = needs.filter_map(|named| absolute(from, &named.path, &modules));
        let needs = needs.filter_map(|path| home(&path, &modules, &handed_on, 0));
        let strangers = needs.filter(|to| !from.starts_with(to) && !to.starts_with(from));
        let needs = strangers.map(|to| modules[&to].path.clone()).collect();
        graph.insert(modules[from].path.clone(), needs);
    }
    graph
}

/// A path from the crate's root, or `None` where it leads out of the crate.
fn absolute(module: &[String], path: &[String], modules: &HashMap<Vec<String>, &File>) -> Option<Vec<String>> {
    let mut base = module.to_vec();
    let mut path = path;
    match path.first()?.as_str() {
        "crate" => {
            base.clear();
            path = &path[1..];
        }
        "super" => {
            while path.first().is_some_and(|part| part == "super") {
                base.pop();
                path = &path[1..];
            }
        }
        // A module declared in this file.
        first => {
            base.push(first.to_owned());
            let known = modules.contains_key(&base);
            base.pop();
            if !known {
                return None;
            }
        }
    }
    base.extend(path.iter().cloned());
    Some(base)
}

/// The module in which what a path names stands, followed through the modules that hand it on.
fn home(
    path: &[String],
    modules: &HashMap<Vec<String>, &File>,
    handed_on: &HashMap<(Vec<String>, String), Vec<String>>,
    steps: usize,
) -> Option<Vec<String>> {
    let deepest = (0..=path.len()).rev().map(|len| path[..len].to_vec()).find(|prefix| modules.contains_key(prefix))?;
    match path.get(deepest.len()).and_then(|name| handed_on.get(&(deepest.clone(), name.clone()))) {
        // Names that are handed on in a ring would be followed for ever.
        Some(meant) if steps < modules.len() => home(meant, modules, handed_on, steps + 1),
        _ => Some(deepest),
    }
}

/// Each circle once, as its files in their order.
fn circles(graph: &Graph) -> Vec<String> {
    let mut found = BTreeSet::new();
    for start in graph.keys() {
        if let Some(way) = way_back(graph, start) {
            let first = way.iter().enumerate().min_by(|a, b| a.1.cmp(b.1)).map_or(0, |(at, _)| at);
            let around: Vec<&str> = way[first..].iter().chain(&way[..=first]).map(String::as_str).collect();
            found.insert(around.join(" → "));
        }
    }
    found.into_iter().collect()
}

/// The shortest way from a file back to itself.
fn way_back(graph: &Graph, start: &str) -> Option<Vec<String>> {
    let mut from: BTreeMap<&str, &str> = BTreeMap::new();
    let mut front = vec![start];
    while !front.is_empty() {
        let mut next = Vec::new();
        for file in front {
            for need in graph.get(file).into_iter().flatten() {
                if need == start {
                    let mut way = vec![file.to_owned()];
                    let mut at = file;
                    while at != start {
                        at = from[at];
                        way.push(at.to_owned());
                    }
                    way.reverse();
                    return Some(way);
                }
                if !from.contains_key(need.as_str()) {
                    from.insert(need, file);
                    next.push(need.as_str());
                }
            }
        }
        front = next;
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::written;
    use super::*;

    #[test]
    fn a_circle_in_a_crate_is_found_through_names_handed_on() {
        let files = written(&[
            ("crates/nn/src/lib.rs", "mod layer;\npub mod plan;\npub use layer::Layer;\npub use plan::{Op, Plan};\n"),
            ("crates/nn/src/layer.rs", "use crate::Op;\n"),
            ("crates/nn/src/plan/mod.rs", "mod op;\nmod check;\npub use op::Op;\nuse check::Check;\n"),
            ("crates/nn/src/plan/check.rs", "use super::{Op, Plan};\n"),
            ("crates/nn/src/plan/op.rs", "use crate::Layer;\nuse super::Plan;\n"),
        ]);
        assert_eq!(in_crates(&files), ["crates/nn/src/layer.rs → crates/nn/src/plan/op.rs → crates/nn/src/layer.rs"]);
        let mended: Vec<File> = files.into_iter().filter(|file| file.path != "crates/nn/src/layer.rs").collect();
        assert_eq!(in_crates(&mended), Vec::<String>::new());
    }

    #[test]
    fn a_circle_of_three_is_told_once() {
        let files = written(&[
            ("crates/nn/src/c.rs", "fn f() { crate::a::g() }\n"),
            ("crates/nn/src/a.rs", "use super::b::B;\n"),
            ("crates/nn/src/b.rs", "use crate::{c::C};\n"),
        ]);
        assert_eq!(
            in_crates(&files),
            ["crates/nn/src/a.rs → crates/nn/src/b.rs → crates/nn/src/c.rs → crates/nn/src/a.rs"]
        );
    }

    #[test]
    fn types_close_no_circle_in_the_page() {
        let page = |kind: &str| {
            written(&[
                ("www/src/core/a.ts", &format!("import {kind}{{ b }} from \"./b\";\n")),
                ("www/src/core/b.ts", "import { a } from \"./a\";\n"),
            ])
        };
        assert_eq!(in_page(&page("")), ["www/src/core/a → www/src/core/b → www/src/core/a"]);
        assert_eq!(in_page(&page("type ")), Vec::<String>::new());
    }
}
