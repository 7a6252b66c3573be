//! The crates: who may depend on whom, and what none of a room's files may name.

use std::collections::HashMap;
use std::path::Path;

use anyhow::{Context, Result};
use serde_json::Value;

use super::File;
use super::source::{rust_code, rust_paths};

/// A crate's folder, the crates whose arrows lead to it (whatever lies behind those comes along), and what it must never
/// name.
struct Room {
    folder: &'static str,
    uses: &'static [&'static str],
    never: &'static [&'static [&'static str]],
}

const BROWSER: &[&str] = &["wasm_bindgen", "wasm_bindgen_futures", "js_sys", "web_sys"];
const FILES: &[&str] = &["std::fs", "std::net", "std::process", "std::env"];
const CLOCK: &[&str] = &["std::time"];
const THREADS: &[&str] = &["std::thread"];
const GPU: &[&str] = &["wgpu"];

const ROOMS: &[Room] = &[
    Room { folder: "crates/nn", uses: &[], never: &[BROWSER, FILES, CLOCK, THREADS, GPU] },
    Room { folder: "crates/cpu", uses: &["crates/nn"], never: &[BROWSER, FILES, CLOCK, THREADS, GPU] },
    Room { folder: "crates/gpu", uses: &["crates/nn"], never: &[BROWSER, FILES, CLOCK, THREADS] },
    Room { folder: "crates/data", uses: &[], never: &[BROWSER, FILES, CLOCK, THREADS, GPU] },
    // It may know threads, the native form of its helpers.
    Room {
        folder: "crates/session",
        uses: &["crates/cpu", "crates/gpu", "crates/data", "crates/formats"],
        never: &[BROWSER, FILES, CLOCK, GPU],
    },
    Room {
        folder: "crates/web",
        uses: &["crates/session", "crates/zoo", "crates/formats"],
        never: &[FILES, CLOCK, THREADS, GPU],
    },
    Room { folder: "crates/bench", uses: &["crates/cpu", "crates/gpu"], never: &[FILES, GPU] },
    Room { folder: "crates/zoo", uses: &["crates/nn"], never: &[BROWSER, FILES, CLOCK, THREADS, GPU] },
    Room { folder: "crates/formats", uses: &["crates/nn"], never: &[BROWSER, FILES, CLOCK, GPU] },
    Room {
        folder: "crates/native",
        uses: &["crates/session", "crates/zoo", "crates/formats", "crates/bench"],
        never: &[BROWSER, GPU],
    },
    Room { folder: "crates/xtask", uses: &["crates/data"], never: &[BROWSER, GPU] },
    // What crosses rooms.
    Room { folder: "tests", uses: &["crates/nn", "crates/data"], never: &[] },
    Room { folder: "tests/web", uses: &["tests", "crates/cpu", "crates/gpu"], never: &[] },
];

fn room(folder: &str) -> Option<&'static Room> {
    ROOMS.iter().find(|room| room.folder == folder)
}

/// Whether the arrows lead from one room to another.
fn reaches(from: &Room, to: &str) -> bool {
    from.uses.iter().any(|next| *next == to || room(next).is_some_and(|next| reaches(next, to)))
}

/// A crate of the workspace as Cargo sees it.
pub struct Package {
    folder: String,
    /// Folders of the workspace's own crates that it needs to run, and names of others'. What only its tests need is
    /// not among them.
    own: Vec<String>,
    others: Vec<String>,
}

pub fn packages(metadata: &Value, root: &Path) -> Result<Vec<Package>> {
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let text = |value: &Value, key: &str| value[key].as_str().map(str::to_owned);
    let mut folders: HashMap<String, String> = HashMap::new();
    for package in packages {
        let manifest = text(package, "manifest_path").context("a package without a manifest")?;
        let folder = Path::new(&manifest).parent().and_then(|folder| folder.strip_prefix(root).ok());
        let folder = folder.with_context(|| format!("{manifest} lies outside the repository"))?;
        let name = text(package, "name").context("a package without a name")?;
        folders.insert(name, folder.to_string_lossy().replace('\\', "/"));
    }
    let package = |package: &Value| {
        let dependencies = package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
        let needed = dependencies.iter().filter(|dependency| dependency["kind"] != "dev");
        let names: Vec<String> = needed.filter_map(|dependency| text(dependency, "name")).collect();
        let own = names.iter().filter_map(|name| folders.get(name)).cloned().collect();
        let others = names.iter().filter(|name| !folders.contains_key(*name)).cloned().collect();
        let folder = text(package, "name").and_then(|name| folders.get(&name).cloned()).unwrap_or_default();
        Package { folder, own, others }
    };
    Ok(packages.iter().map(package).collect())
}

/// Dependencies against the arrows, and on packages of what a room must never know.
pub fn wrong_dependencies(packages: &[Package]) -> Vec<String> {
    let mut wrong = Vec::new();
    for Package { folder, own, others } in packages {
        let Some(room) = room(folder) else {
            wrong.push(format!("{folder} has no room: say in crates/xtask/src/test/rooms what it may use"));
            continue;
        };
        let against = own.iter().filter(|other| !reaches(room, other));
        wrong.extend(against.map(|other| format!("{folder} depends on {other}, against the arrows")));
        let unknown = others.iter().filter(|other| forbidden(room, &other.replace('-', "_")).is_some());
        wrong.extend(unknown.map(|other| format!("{folder} depends on {other}, which it must never know")));
    }
    wrong
}

/// The word of a room's list that a path begins with.
fn forbidden(room: &Room, path: &str) -> Option<&'static str> {
    let begins = |word: &str| path.strip_prefix(word).is_some_and(|rest| rest.is_empty() || rest.starts_with("::"));
    room.never.iter().copied().flatten().copied().find(|word| begins(word))
}

/// What files name that their rooms must never know. Tests and examples may.
pub fn forbidden_words(files: &[File]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in files {
        let Some((folder, _)) = file.path.split_once("/src/") else { continue };
        let Some(room) = room(folder) else { continue };
        for named in rust_paths(&rust_code(&file.text)) {
            if let Some(word) = forbidden(room, &named.path.join("::")) {
                wrong.push(format!("{} names {word}, which {folder} must never know", file.path));
            }
        }
    }
    wrong.dedup();
    wrong
}

/// Crates that ARCHITECTURE.md has no line for, and lines for crates that are not there.
pub fn rooms_without_a_line(packages: &[Package], architecture: &str) -> Vec<String> {
    let lines = architecture.lines().filter_map(|line| line.strip_prefix("| `")?.split('`').next());
    let described: Vec<&str> = lines.filter(|room| room.starts_with("crates/")).collect();
    let is_crate = |folder: &&Package| folder.folder.starts_with("crates/");
    let missing = packages.iter().filter(is_crate).filter(|package| !described.contains(&package.folder.as_str()));
    let mut wrong: Vec<String> =
        missing.map(|package| format!("{} is a room without a line in the table", package.folder)).collect();
    let gone = described.iter().filter(|room| packages.iter().all(|package| package.folder != **room));
    wrong.extend(gone.map(|room| format!("{room} has a line in the table and is not there")));
    wrong
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::written;
    use super::*;

    fn package(folder: &str, own: &[&str], others: &[&str]) -> Package {
        let strings = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        Package { folder: folder.to_owned(), own: strings(own), others: strings(others) }
    }

    #[test]
    fn arrows_run_one_way() {
        let sound = [
            package("crates/nn", &[], &["serde"]),
            package("crates/session", &["crates/nn", "crates/gpu"], &["safetensors"]),
            package("crates/web", &["crates/nn"], &["wasm-bindgen"]),
            package("crates/gpu", &["crates/nn"], &["wgpu"]),
        ];
        assert_eq!(wrong_dependencies(&sound), Vec::<String>::new());
        for (planted, complaint) in [
            (package("crates/nn", &["crates/cpu"], &[]), "crates/nn depends on crates/cpu, against the arrows"),
            (package("crates/cpu", &["crates/gpu"], &[]), "crates/cpu depends on crates/gpu, against the arrows"),
            (package("crates/data", &["crates/nn"], &[]), "crates/data depends on crates/nn, against the arrows"),
            (
                package("crates/session", &["crates/web"], &[]),
                "crates/session depends on crates/web, against the arrows",
            ),
            (package("crates/cpu", &[], &["js-sys"]), "crates/cpu depends on js-sys, which it must never know"),
            (package("crates/session", &[], &["wgpu"]), "crates/session depends on wgpu, which it must never know"),
        ] {
            assert_eq!(wrong_dependencies(&[planted]), [complaint]);
        }
        assert_eq!(wrong_dependencies(&[package("crates/attic", &[], &[])]).len(), 1);
    }

    #[test]
    fn what_only_tests_need_may_come_from_anywhere() {
        let metadata = json!({ "packages": [
            { "name": "atelier-nn", "manifest_path": "/a/crates/nn/Cargo.toml", "dependencies": [
                { "name": "atelier-cpu", "kind": "dev" }, { "name": "serde", "kind": null }] },
            { "name": "atelier-cpu", "manifest_path": "/a/crates/cpu/Cargo.toml", "dependencies": [
                { "name": "atelier-nn", "kind": null }] },
        ]});
        let packages = packages(&metadata, Path::new("/a")).expect("two packages");
        assert_eq!((&packages[0].own[..], &packages[0].others[..]), (&[][..], &["serde".to_owned()][..]));
        assert_eq!((packages[1].folder.as_str(), &packages[1].own[..]), ("crates/cpu", &["crates/nn".to_owned()][..]));
    }

    #[test]
    fn words_of_other_rooms_are_found() {
        let complaints = |path: &str, text: &str| forbidden_words(&written(&[(path, text)])).len();
        assert_eq!(complaints("crates/nn/src/a.rs", "use std::{collections::HashMap, fs};\n"), 1);
        assert_eq!(complaints("crates/data/src/a.rs", "fn f() { std::time::Instant::now(); }\n"), 1);
        assert_eq!(complaints("crates/session/src/a/b.rs", "use wasm_bindgen::prelude::*;\n"), 1);
        assert_eq!(complaints("crates/cpu/src/a.rs", "fn f() { std::thread::spawn(g); }\n"), 1);
        assert_eq!(complaints("crates/session/src/a.rs", "use std::thread::JoinHandle;\n"), 0);
        assert_eq!(complaints("crates/nn/src/a.rs", "/// Not `std::fs`.\nuse std::fmt;\n"), 0);
        assert_eq!(complaints("crates/data/tests/a.rs", "use std::fs;\n"), 0);
    }

    #[test]
    fn every_room_has_its_line() {
        let packages = [package("crates/nn", &[], &[]), package("crates/cpu", &[], &[]), package("tests", &[], &[])];
        let table = "| `crates/nn` | layers | a file |\n| `crates/attic` | old things | |\n| `shaders` | | |\n";
        assert_eq!(rooms_without_a_line(&packages, table).len(), 2);
    }
}
