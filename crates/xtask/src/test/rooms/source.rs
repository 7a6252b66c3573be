//! What a source file names, read without a parser: enough for `use`, paths and imports as rustfmt and prettier write them.

/// Rust without its line comments, and without the unit tests at its end: they may do what their room may not.
pub fn rust_code(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod ").next().unwrap_or_default();
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// A path that Rust code names, and whether a `pub use` hands it on.
#[derive(Debug, PartialEq, Eq)]
pub struct Named {
    pub path: Vec<String>,
    pub handed_on: bool,
}

/// Every path that a `use` brings in, and every one that is written out from `crate`, `super` or `std`.
pub fn rust_paths(code: &str) -> Vec<Named> {
    let mut paths = Vec::new();
    let mut rest = code;
    let mut others = String::new();
    while let Some(at) = find_use(rest) {
        let (before, statement) = rest.split_at(at);
        others.push_str(before);
        let end = statement.find(';').unwrap_or(statement.len());
        let line = before.rsplit('\n').next().unwrap_or_default().trim();
        let handed_on = line.starts_with("pub");
        let tree: String = statement["use ".len()..end].split_whitespace().collect::<Vec<_>>().join(" ");
        let mut found = Vec::new();
        expand(&tree, &[], &mut found);
        paths.extend(found.into_iter().map(|path| Named { path, handed_on }));
        rest = &statement[end..];
    }
    others.push_str(rest);
    let written_out = others.split(|c: char| !(c.is_alphanumeric() || c == '_' || c == ':'));
    for word in written_out.filter(|word| ["crate::", "super::", "std::"].iter().any(|root| word.starts_with(root))) {
        let path = word.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect();
        paths.push(Named { path, handed_on: false });
    }
    paths
}

/// Where the next `use` stands at the beginning of a statement.
fn find_use(text: &str) -> Option<usize> {
    text.match_indices("use ").map(|(at, _)| at).find(|at| {
        let line = text[..*at].rsplit('\n').next().unwrap_or_default().trim();
        line.is_empty() || line == "pub" || (line.starts_with("pub(") && line.ends_with(')'))
    })
}

/// `a::{b, c::{d, e}}` as a::b, a::c::d and a::c::e; `as` and `*` left out.
fn expand(tree: &str, before: &[String], found: &mut Vec<Vec<String>>) {
    let mut path = before.to_vec();
    match tree.split_once('{') {
        Some((prefix, group)) => {
            path.extend(prefix.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty()));
            let group = group.rsplit_once('}').map_or(group, |(inside, _)| inside);
            let mut depth = 0;
            let branches = group.split(|c| {
                depth += i32::from(c == '{') - i32::from(c == '}');
                c == ',' && depth == 0
            });
            for branch in branches.map(str::trim).filter(|branch| !branch.is_empty()) {
                expand(branch, &path, found);
            }
        }
        None => {
            let plain = tree.split(" as ").next().unwrap_or_default();
            let parts = plain.split("::").map(str::trim).filter(|part| !["", "*", "self"].contains(part));
            // A leading `self` names the module itself; at the end of a group it names the group.
            path.extend(parts.map(str::to_owned));
            found.push(path);
        }
    }
}

/// A module that TypeScript or a Svelte component imports.
#[derive(Debug, PartialEq, Eq)]
pub struct Import {
    pub from: String,
    /// Gone when the program runs.
    pub type_only: bool,
}

/// `import … from "x"`, `export … from "x"`, `import "x"` and `import("x")`.
pub fn imports(text: &str) -> Vec<Import> {
    let mut found = Vec::new();
    for marker in [" from \"", "import \"", "import(\"", "new URL(\""] {
        for (at, _) in text.match_indices(marker) {
            let from = text[at + marker.len()..].split('"').next().unwrap_or_default();
            let statement = text[..at].rfind("import ").into_iter().chain(text[..at].rfind("export ")).max();
            let statement = statement.map_or("", |start| &text[start..at]);
            let type_only = marker == " from \"" && statement.split_whitespace().nth(1) == Some("type")
                || text[..at].ends_with("typeof ");
            found.push(Import { from: from.to_owned(), type_only });
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn paths(code: &str) -> Vec<String> {
        rust_paths(&rust_code(code)).into_iter().map(|named| named.path.join("::")).collect()
    }

    #[test]
    fn uses_are_spelt_out() {
        assert_eq!(
            paths("use std::{fs, io::{self, Read}};\npub(crate) use super::op::{Op, Step as S};\nuse crate::x::*;\n"),
            ["std::fs", "std::io", "std::io::Read", "super::op::Op", "super::op::Step", "crate::x"]
        );
        let named = rust_paths("pub use op::Op;\nuse plan::{\n    Plan,\n};\n");
        assert_eq!(named[0], Named { path: vec!["op".into(), "Op".into()], handed_on: true });
        assert_eq!(named[1], Named { path: vec!["plan".into(), "Plan".into()], handed_on: false });
    }

    #[test]
    fn paths_in_code_count_and_those_in_comments_and_tests_do_not() {
        let code = "// std::fs\nfn f() { let x = std::time::Instant::now(); } // use std::net;\n#[cfg(test)]\nmod tests {\n    use std::env;\n}\n";
        assert_eq!(paths(code), ["std::time::Instant::now"]);
        assert_eq!(paths("fn reuse () {}\nlet because = 1;\n"), Vec::<String>::new());
    }

    #[test]
    fn imports_of_all_forms_are_found() {
        let text = r#"import type { A, B } from "./a";
import {
  c,
  type D,
} from "../c";
import "./e.css";
export { f } from "./f";
const g = await import("./g");
let h: typeof import("./h");
new Worker(new URL("./i.ts", import.meta.url));
"#;
        let mut found = imports(text);
        found.sort_by(|a, b| a.from.trim_start_matches('.').cmp(b.from.trim_start_matches('.')));
        let seen: Vec<(&str, bool)> = found.iter().map(|i| (i.from.as_str(), i.type_only)).collect();
        let expected = [
            ("./a", true),
            ("../c", false),
            ("./e.css", false),
            ("./f", false),
            ("./g", false),
            ("./h", true),
            ("./i.ts", false),
        ];
        assert_eq!(seen, expected);
    }
}
