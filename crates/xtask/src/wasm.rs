//! The engine as WebAssembly, in two flavours, with its JavaScript and TypeScript face.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use wasm_bindgen_cli_support::Bindgen;

use crate::toolchain::{WasmToolchain, npm};
use crate::workspace::Workspace;
use crate::{advice, sh, stages};

const PACKAGE: &str = "atelier-web";
/// Name of the generated modules: `engine.js`, `engine.d.ts`, `engine_bg.wasm`.
const OUT_NAME: &str = "engine";

/// One build of the engine; the page picks one by a feature probe that downloads neither.
struct Flavour {
    name: &'static str,
    features: &'static str,
}

const FLAVOURS: [Flavour; 2] = [
    Flavour { name: "simd", features: "+simd128" },
    // Fused multiply-add, where the browser has it.
    Flavour { name: "relaxed", features: "+simd128,+relaxed-simd" },
];

pub fn build(workspace: &Workspace) -> Result<()> {
    let toolchain = WasmToolchain::find()?;
    for flavour in &FLAVOURS {
        let compiled =
            stages::timed(&format!("wasm {}", flavour.name), || compile(workspace, toolchain, flavour.features))?;
        let folder = workspace.generated().join(flavour.name);
        let wasm = folder.join(format!("{OUT_NAME}_bg.wasm"));
        let inputs = stages::Inputs::default().word(&toolchain.version()).path(&compiled)?;
        let outputs = [folder.join(format!("{OUT_NAME}.js")), folder.join(format!("{OUT_NAME}.d.ts")), wasm.clone()];
        stages::incremental(workspace, &format!("bindings {}", flavour.name), inputs, &outputs, || {
            bind(&compiled, &folder)?;
            optimise(workspace, &wasm)
        })?;
    }
    Ok(())
}

/// Compiles the page's crate; returns the module as the linker left it.
fn compile(workspace: &Workspace, toolchain: WasmToolchain, features: &str) -> Result<PathBuf> {
    // A folder of its own, so that a build for the web never waits for a native one.
    let target = workspace.target.join("web");
    let mut command = toolchain.cargo_build(features);
    command.current_dir(&workspace.root).args(["--quiet", "--locked", sh::cargo_colour()]);
    command.args(["--package", PACKAGE, "--target-dir"]).arg(&target);
    let captured = sh::tee(&mut command)?;
    if !captured.status.success() {
        let advice = advice::for_output(&captured.text).map(|advice| format!(": {advice}")).unwrap_or_default();
        bail!("{PACKAGE} does not compile for wasm32 ({}){advice}", toolchain.version());
    }
    Ok(target.join("wasm32-unknown-unknown/release").join(format!("{}.wasm", PACKAGE.replace('-', "_"))))
}

/// Writes the JavaScript face and the module that it loads.
fn bind(compiled: &Path, folder: &Path) -> Result<()> {
    // What an earlier version generated must not outlive it.
    if folder.exists() {
        fs::remove_dir_all(folder)?;
    }
    let mut bindgen = Bindgen::new();
    bindgen.input_path(compiled).out_name(OUT_NAME).typescript(true);
    bindgen.remove_name_section(true).remove_producers_section(true);
    bindgen.web(true).and_then(|bindgen| bindgen.generate(folder)).map_err(|error| anyhow!("wasm-bindgen: {error:#}"))
}

/// Binaryen comes from npm: it is the version that keeps relaxed SIMD, and installs in seconds. No `--all-features`: its
/// output does not load in Chromium.
fn optimise(workspace: &Workspace, wasm: &Path) -> Result<()> {
    let before = fs::metadata(wasm)?.len();
    let mut command = npm("npx");
    command.current_dir(workspace.www()).args(["--no-install", "wasm-opt", "-O3"]).arg(wasm).arg("--output").arg(wasm);
    sh::run(&mut command).context("wasm-opt is part of the npm package `binaryen`")?;
    let after = fs::metadata(wasm)?.len();
    eprintln!("    {} kB, {} kB before wasm-opt", after / 1000, before / 1000);
    Ok(())
}
