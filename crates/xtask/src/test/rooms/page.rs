//! The page: engine ◀ core ◀ ui, where core knows no framework and ui neither workers nor wasm.

use super::File;
use super::source::{Import, imports};

const ROOMS: [&str; 3] = ["www/src/engine/", "www/src/core/", "www/src/ui/"];

/// Imports against the arrows, and of what a room must never know.
pub fn wrong_imports(files: &[File]) -> Vec<String> {
    let mut wrong = Vec::new();
    for file in files {
        let Some(room) = ROOMS.iter().position(|room| file.path.starts_with(room)) else { continue };
        for import in imports(&file.text) {
            if let Some(why) = objection(&file.path, room, &import) {
                wrong.push(format!("{} imports {}: {why}", file.path, import.from));
            }
        }
    }
    wrong
}

fn objection(file: &str, room: usize, import: &Import) -> Option<&'static str> {
    let Some(target) = resolved(file, &import.from) else {
        let svelte = import.from == "svelte" || import.from.starts_with("svelte/");
        return (svelte && room < 2).then_some("only the components know Svelte");
    };
    let to = ROOMS.iter().position(|room| target.starts_with(room))?;
    if to > room {
        return Some("against the arrows");
    }
    // The components are told of the engine's types and of nothing else there.
    (room == 2 && to == 0 && !import.type_only).then_some("the components know neither workers nor wasm")
}

/// The path of a relative import, without its extension; `None` for a package.
pub fn resolved(file: &str, from: &str) -> Option<String> {
    let from = from.split('?').next().unwrap_or_default();
    if !from.starts_with('.') {
        return None;
    }
    let mut parts: Vec<&str> = file.split('/').collect();
    parts.pop();
    for part in from.split('/') {
        match part {
            "." => {}
            ".." => {
                parts.pop();
            }
            part => parts.push(part),
        }
    }
    let path = parts.join("/");
    Some(path.strip_suffix(".ts").unwrap_or(&path).to_owned())
}

#[cfg(test)]
mod tests {
    use super::super::written;
    use super::*;

    #[test]
    fn planted_imports_are_found() {
        for (path, text, complaints) in [
            ("www/src/engine/run.ts", "import { f } from \"../core/format\";\n", 1),
            ("www/src/engine/run.ts", "import type { F } from \"../ui/labels\";\n", 1),
            ("www/src/core/a/b.ts", "import { f } from \"../../ui/labels\";\n", 1),
            ("www/src/core/cell.ts", "import { writable } from \"svelte/store\";\n", 1),
            ("www/src/ui/App.svelte", "import { client } from \"../engine/client\";\n", 1),
            ("www/src/ui/App.svelte", "const e = await import(\"../engine/generated/simd/engine\");\n", 1),
            (
                "www/src/ui/App.svelte",
                "import type { A } from \"../engine/protocol\";\nimport { onMount } from \"svelte\";\n",
                0,
            ),
            ("www/src/core/cell.ts", "import { ask } from \"../engine/client\";\nimport uPlot from \"uplot\";\n", 0),
            ("www/src/main.ts", "import App from \"./ui/App.svelte\";\n", 0),
        ] {
            assert_eq!(wrong_imports(&written(&[(path, text)])).len(), complaints, "{path}: {text}");
        }
    }
}
