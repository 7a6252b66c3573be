//! Rust as WebAssembly, in two flavours, with its JavaScript and TypeScript face.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, anyhow, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::toolchain::{WasmToolchain, npm};
use crate::workspace::Workspace;
use crate::{advice, sh, stages};

/// A crate that becomes WebAssembly.
struct Module {
    package: &'static str,
    /// Of the generated modules: `engine.js`, `engine.d.ts`, `engine_bg.wasm`.
    name: &'static str,
}

const ENGINE: Module = Module { package: "atelier-web", name: "engine" };
const BENCH: Module = Module { package: "atelier-bench", name: "bench" };
const OPERATIONS: Module = Module { package: "atelier-operations", name: "operations" };

/// One build of a module; the page picks one by a feature probe that downloads neither.
struct Flavour {
    name: &'static str,
    features: &'static str,
}

const FLAVOURS: [Flavour; 2] = [
    Flavour { name: "simd", features: "+simd128" },
    // Fused multiply-add, where the browser has it.
    Flavour { name: "relaxed", features: "+simd128,+relaxed-simd" },
];

/// Of `wasm-opt`. No `--all-features`: its output does not load in Chromium. What has one caller is inlined only while it is
/// small (by default it always is): the kernels must stay functions of their own, because JavaScriptCore only interprets
/// those of more than 100,000 bytes. With 400 the largest has 37,000, with 2000 it had 86,000; the module is as large.
const OPTIMISATIONS: [&str; 2] = ["-O3", "--one-caller-inline-max-function-size=400"];

/// The engine, into `www/src/engine/generated/{simd,relaxed}`.
pub fn engine(workspace: &Workspace) -> Result<()> {
    build(workspace, &ENGINE, &workspace.generated())
}

/// The speed measurements, into `folder/{simd,relaxed}`.
pub fn bench(workspace: &Workspace, folder: &Path) -> Result<()> {
    build(workspace, &BENCH, folder)
}

/// The operation cases, into `folder/{simd,relaxed}`.
pub fn operations(workspace: &Workspace, folder: &Path) -> Result<()> {
    build(workspace, &OPERATIONS, folder)
}

/// Both flavours at once: most of the time goes into linking, which keeps one core busy.
fn build(workspace: &Workspace, module: &Module, folder: &Path) -> Result<()> {
    let toolchain = WasmToolchain::find()?;
    std::thread::scope(|scope| {
        let builds = FLAVOURS.map(|flavour| {
            scope.spawn(move || build_flavour(workspace, toolchain, module, &flavour, &folder.join(flavour.name)))
        });
        builds.into_iter().try_for_each(|build| build.join().map_err(|_| anyhow!("a build panicked: see above"))?)
    })
}

fn build_flavour(
    workspace: &Workspace,
    toolchain: WasmToolchain,
    module: &Module,
    flavour: &Flavour,
    folder: &Path,
) -> Result<()> {
    let stage = format!("{} {}", module.name, flavour.name);
    let wasm_stage = format!("{stage} wasm");
    let compiled = stages::timed(&wasm_stage, || compile(workspace, toolchain, module, flavour, &wasm_stage))?;
    let wasm = folder.join(format!("{}_bg.wasm", module.name));
    let inputs = stages::Inputs::default().word(&toolchain.version()).word(&OPTIMISATIONS.join(" ")).path(&compiled)?;
    let outputs = [folder.join(format!("{}.js", module.name)), wasm.clone()];
    stages::incremental(workspace, &format!("{stage} bindings"), inputs, &outputs, || {
        bind(&compiled, module, folder)?;
        optimise(workspace, &wasm)
    })
}

/// Compiles the crate; returns the module as the linker left it.
fn compile(
    workspace: &Workspace,
    toolchain: WasmToolchain,
    module: &Module,
    flavour: &Flavour,
    stage: &str,
) -> Result<PathBuf> {
    // A folder of its own: Cargo locks it, and neither the other flavour nor a native build is to wait.
    let target = workspace.target.join("web").join(flavour.name);
    let mut command = toolchain.cargo_build(flavour.features);
    command.current_dir(&workspace.root).arg(sh::cargo_colour());
    command.args(["--package", module.package, "--target-dir"]).arg(&target);
    if !target.exists() {
        eprintln!("  {stage:<24} all of it for the first time: some minutes on two cores");
    }
    let mut progress = Progress::new(stage, module.package);
    let captured = sh::tee_if(&mut command, |line| progress.shows(line))?;
    if !captured.status.success() {
        let advice = advice::for_output(&captured.text).map(|advice| format!(": {advice}")).unwrap_or_default();
        bail!("{} does not compile for wasm32 ({}){advice}", module.package, toolchain.version());
    }
    Ok(target.join("wasm32-unknown-unknown/release").join(format!("{}.wasm", module.package.replace('-', "_"))))
}

/// Where Cargo is, in a line now and then: it says every crate that it begins, which are some two hundred.
struct Progress<'a> {
    stage: &'a str,
    /// The crate at the end, whose linking and optimising takes longest: it is always told.
    package: &'a str,
    crates: usize,
    /// When a line was last shown.
    shown: Option<Instant>,
}

/// The time between two lines of a stage.
const PROGRESS: Duration = Duration::from_secs(5);

impl<'a> Progress<'a> {
    fn new(stage: &'a str, package: &'a str) -> Self {
        Self { stage, package, crates: 0, shown: None }
    }

    /// Whether a line of Cargo's is to be shown as it is: what it says of its own progress is not, but now and then in short.
    fn shows(&mut self, line: &str) -> bool {
        if let Some(name) = said(line, "Compiling") {
            self.crates += 1;
            if name.starts_with(self.package) || self.shown.is_none_or(|shown| shown.elapsed() >= PROGRESS) {
                self.shown = Some(Instant::now());
                eprintln!("  {:<24} crate {}: {name}", self.stage, self.crates);
            }
            return false;
        }
        !["Finished", "Fresh", "Updating", "Downloading", "Downloaded", "Locking"]
            .iter()
            .any(|verb| said(line, verb).is_some())
    }
}

/// What follows a verb at the beginning of one of Cargo's lines, with or without colours.
fn said<'a>(line: &'a str, verb: &str) -> Option<&'a str> {
    let (before, after) = line.split_once(verb)?;
    let only_colours = before.chars().all(|c| c == 'm' || !c.is_alphabetic());
    only_colours.then(|| after.strip_prefix("\u{1b}[0m").unwrap_or(after).trim())
}

/// Writes the JavaScript face and the module that it loads.
fn bind(compiled: &Path, module: &Module, folder: &Path) -> Result<()> {
    // What an earlier version generated must not outlive it.
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let mut bindgen = Bindgen::new();
    bindgen.input_path(compiled).out_name(module.name).typescript(true);
    bindgen.remove_name_section(true).remove_producers_section(true);
    bindgen.web(true).and_then(|bindgen| bindgen.generate(folder)).map_err(|error| anyhow!("wasm-bindgen: {error:#}"))
}

/// Binaryen comes from npm: it is the version that keeps relaxed SIMD, and installs in seconds.
fn optimise(workspace: &Workspace, wasm: &Path) -> Result<()> {
    let before = fs::metadata(wasm)?.len();
    let mut command = npm("npx");
    command.current_dir(workspace.www()).args(["--no-install", "wasm-opt"]).args(OPTIMISATIONS);
    command.arg(wasm).arg("--output").arg(wasm);
    sh::run(&mut command).context("wasm-opt is part of the npm package `binaryen`")?;
    let after = fs::metadata(wasm)?.len();
    eprintln!("    {} kB, {} kB before wasm-opt", after / 1000, before / 1000);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cargos_progress_is_told_in_short_and_its_complaints_whole() {
        let coloured = "\u{1b}[1m\u{1b}[32m   Compiling\u{1b}[0m wgpu v30.0.1";
        assert_eq!(said(coloured, "Compiling"), Some("wgpu v30.0.1"));
        assert_eq!(said("   Compiling std v0.0.0 (/library/std)", "Compiling"), Some("std v0.0.0 (/library/std)"));
        assert_eq!(said("error: Compiling failed", "Compiling"), None);
        let mut progress = Progress::new("engine simd wasm", "atelier-web");
        for line in [coloured, "   Compiling serde v1.0.0", "    Finished `release` profile in 2m", "  Downloaded a v1"]
        {
            assert!(!progress.shows(line), "{line}");
        }
        assert_eq!(progress.crates, 2);
        for line in ["error[E0308]: mismatched types", "warning: unused variable: `x`", "  --> src/lib.rs:1:1", ""] {
            assert!(progress.shows(line), "{line}");
        }
    }
}
