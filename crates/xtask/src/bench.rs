//! `cargo xtask bench`: speed of the seed network, native and in Chromium, on the CPU and on the GPU, there beside
//! TensorFlow.js; all rows in one run.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail};
use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use crate::serve::{self, Site};
use crate::workspace::Workspace;
use crate::{page, sh, stages, toolchain, wasm};

#[derive(Args)]
pub struct Options {
    /// File for the figures as JSON [default: bench.json in Cargo's target folder]
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
    /// Measure natively only
    #[arg(long)]
    no_browser: bool,
    /// What to measure
    #[arg(long, value_enum, default_value_t = Device::All)]
    device: Device,
    /// Pictures at a time on the GPU; the default is 128, and 16 on a software adapter
    #[arg(long, value_name = "N")]
    batch: Option<usize>,
    /// Let the browser use the machine's own GPU instead of its software adapter
    #[arg(long)]
    real_gpu: bool,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Device {
    All,
    Cpu,
    Gpu,
}

pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    // Everything is built before anything is measured.
    let native = stages::timed("native bench", || build_native(workspace))?;
    let browser = if options.no_browser { None } else { Some(prepare_browser(workspace)?) };
    eprintln!("Measuring: leave the machine alone for a minute");
    let mut report = json!({ "cpu": cpu(), "rows": [] });
    let mut all = Vec::new();
    if options.device != Device::Gpu {
        let native = stages::timed("native", || measure(Command::new(&native).arg("bench")))?;
        let chromium = (browser.as_ref())
            .map(|browser| {
                stages::timed("Chromium", || measure(browser.script("bench.mjs", workspace).arg(&browser.url)))
            })
            .transpose()?;
        report["threads"] = native["threads"].clone();
        report["chromium"] = chromium.as_ref().map_or(Value::Null, |c| c["version"].clone());
        all.extend(rows(&native, chromium.as_ref()));
    }
    if options.device != Device::Cpu {
        let batch = options.batch.map(|batch| batch.to_string());
        let mut command = Command::new(&native);
        command.args(["bench", "--gpu"]);
        if let Some(batch) = &batch {
            command.args(["--batch", batch]);
        }
        match stages::timed("native GPU", || measure(&mut command)) {
            Ok(native) => all.extend(gpu_rows("native", &native)),
            // A machine without a GPU has its other figures.
            Err(error) if options.device == Device::All => eprintln!("  no native GPU row: {error:#}"),
            Err(error) => return Err(error),
        }
        if let Some(browser) = &browser {
            let mut command = browser.script("bench-gpu.mjs", workspace);
            command.arg(&browser.url).arg(batch.as_deref().unwrap_or(if options.real_gpu { "128" } else { "16" }));
            if options.real_gpu {
                command.env("ATELIER_WEBGPU", "real");
            }
            let chromium = stages::timed("Chromium GPU", || measure(&mut command))?;
            all.extend(gpu_rows("Chromium", &chromium["atelier"]));
            all.extend(peer_rows(&chromium));
        }
    }
    println!("{}", table(&all));
    report["rows"] = all.into();
    let out = options.out.clone().unwrap_or_else(|| workspace.target.join("bench.json"));
    fs::write(&out, serde_json::to_string_pretty(&report)?)
        .with_context(|| format!("could not write {}", out.display()))?;
    println!("\nWritten to {}", out.display());
    Ok(())
}

fn build_native(workspace: &Workspace) -> Result<PathBuf> {
    sh::run(workspace.cargo().args(["build", "--quiet", "--release", "--package", "atelier-native"]))?;
    Ok(workspace.target.join("release").join(format!("atelier-native{}", std::env::consts::EXE_SUFFIX)))
}

struct Browser {
    chromium: PathBuf,
    url: String,
}

impl Browser {
    /// A script of `tests/browser`, which drives this browser.
    fn script(&self, name: &str, workspace: &Workspace) -> Command {
        let mut command = Command::new("node");
        command.current_dir(workspace.browser_tests()).arg(name).env("ATELIER_CHROMIUM", &self.chromium);
        command
    }
}

/// Builds the measurements for the web and serves them.
fn prepare_browser(workspace: &Workspace) -> Result<Browser> {
    let chromium = toolchain::chromium()?;
    page::packages(workspace, &workspace.www(), "npm www")?;
    page::packages(workspace, &workspace.browser_tests(), "npm tests/browser")?;
    let folder = workspace.target.join("bench");
    wasm::bench(workspace, &folder)?;
    for file in ["index.html", "worker.mjs"] {
        fs::copy(workspace.browser_tests().join("bench").join(file), folder.join(file)).context(file)?;
    }
    let listener = serve::listen(Some(0))?;
    let url = format!("http://{}/", listener.local_addr()?);
    let site = Site::new(folder, "/", None)?;
    // It ends with the process.
    std::thread::spawn(move || site.run(listener));
    Ok(Browser { chromium, url })
}

/// What a program prints to its standard output, as JSON.
fn measure(command: &mut Command) -> Result<Value> {
    let output = command.stderr(Stdio::inherit()).output().with_context(|| sh::describe(command))?;
    if !output.status.success() {
        bail!("`{}` failed ({})", sh::describe(command), output.status);
    }
    serde_json::from_slice(&output.stdout).with_context(|| format!("`{}` printed no JSON", sh::describe(command)))
}

/// One object a row, native first; the share is of the peak of as many cores as the row used.
fn rows(native: &Value, chromium: Option<&Value>) -> Vec<Value> {
    let mut rows = Vec::new();
    let mut add = |place: &str, report: &Value| {
        let peak = report["peak_gflops"].as_f64().unwrap_or_default();
        for row in report["rows"].as_array().into_iter().flatten() {
            let mut row = row.clone();
            row["place"] = format!("{place} {}", report["isa"].as_str().unwrap_or_default()).into();
            row["threads"] = 1.into();
            row["peak_gflops"] = peak.into();
            row["peak_share"] = (row["gflops"].as_f64().unwrap_or_default() / peak).into();
            rows.push(row);
        }
    };
    add("native", &native["core"]);
    for flavour in ["simd", "relaxed"] {
        if let Some(chromium) = chromium {
            add("Chromium", &chromium[flavour]);
        }
    }
    if let Some(step) = rows.first().cloned() {
        let mut run = native["run"].clone();
        let per_image = |row: &Value, what: &str| row[what].as_f64().unwrap_or_default();
        // The same work an image as the step of one core.
        let flops = per_image(&step, "gflops") / per_image(&step, "images_per_second");
        let gflops = flops * per_image(&run, "images_per_second");
        let threads = native["threads"].as_f64().unwrap_or(1.0);
        run["task"] = "training run".into();
        run["place"] = step["place"].clone();
        run["threads"] = native["threads"].clone();
        run["gflops"] = gflops.into();
        run["peak_gflops"] = (per_image(&step, "peak_gflops") * threads).into();
        run["peak_share"] = (gflops / per_image(&run, "peak_gflops")).into();
        rows.push(run);
    }
    rows
}

/// One object a row of a device's report; the share is of the device's own peak.
fn gpu_rows(place: &str, report: &Value) -> Vec<Value> {
    let peak = report["peak_gflops"].as_f64().unwrap_or_default();
    let rows = report["rows"].as_array().into_iter().flatten().cloned();
    rows.map(|mut row| {
        row["place"] = format!("{place} GPU").into();
        for key in ["adapter", "driver", "peak_gigabytes"] {
            row[key] = report[key].clone();
        }
        row["peak_gflops"] = peak.into();
        row["peak_share"] = (row["gflops"].as_f64().unwrap_or_default() / peak).into();
        row
    })
    .collect()
}

/// TensorFlow.js's rows beside ours: in the same browser, on the same adapter, at the same batch. The work an image is the
/// same, and so is the peak.
fn peer_rows(chromium: &Value) -> Vec<Value> {
    let (ours, peer) = (&chromium["atelier"]["rows"], &chromium["tensorflow"]);
    let rows = ours.as_array().into_iter().flatten().zip(["train_ms", "infer_ms"]);
    rows.map(|(ours, key)| {
        let number = |row: &Value, key: &str| row[key].as_f64().unwrap_or_default();
        let milliseconds = number(&peer["rows"][0], key);
        let times = milliseconds / number(ours, "milliseconds");
        let peak = number(&chromium["atelier"], "peak_gflops");
        json!({
            "place": format!("Chromium TF.js {}", peer["version"].as_str().unwrap_or_default()),
            "task": ours["task"],
            "batch": ours["batch"],
            "milliseconds": milliseconds,
            "images_per_second": number(ours, "images_per_second") / times,
            "gflops": number(ours, "gflops") / times,
            "peak_gflops": peak,
            "peak_share": number(ours, "gflops") / times / peak,
            "atelier_is_faster": times,
        })
    })
    .collect()
}

fn table(rows: &[Value]) -> String {
    let mut table = format!(
        "{:<24} {:>7}  {:<12} {:>5} {:>10} {:>10} {:>9} {:>9} {:>6}",
        "where", "threads", "task", "batch", "ms", "images/s", "GFLOP/s", "peak", "share"
    );
    let mut notes: Vec<String> = Vec::new();
    for row in rows {
        let text = |key: &str| row[key].as_str().unwrap_or_default().to_owned();
        let number = |key: &str| row[key].as_f64().unwrap_or_default();
        if let (Some(adapter), Some(moved)) = (row["adapter"].as_str(), row["peak_gigabytes"].as_f64()) {
            notes.push(format!(
                "{} is {adapter}: {:.1} GFLOP/s of multiply-adds and {moved:.1} GB/s of copies at most",
                text("place"),
                number("peak_gflops")
            ));
        }
        if let Some(times) = row["atelier_is_faster"].as_f64() {
            notes.push(format!("{}: Atelier is {times:.1} times as fast as {}", text("task"), text("place")));
        }
        table.push_str(&format!(
            "\n{:<24} {:>7}  {:<12} {:>5} {:>10.3} {:>10.0} {:>9.1} {:>9.1} {:>5.1}%",
            text("place"),
            row["threads"].as_u64().map(|threads| threads.to_string()).unwrap_or_default(),
            text("task"),
            number("batch"),
            number("milliseconds"),
            number("images_per_second"),
            number("gflops"),
            number("peak_gflops"),
            100.0 * number("peak_share"),
        ));
    }
    notes.dedup();
    for note in notes {
        table.push_str(&format!("\n{note}"));
    }
    table
}

/// The processor's name, where the system tells it.
fn cpu() -> Option<String> {
    let info = fs::read_to_string(Path::new("/proc/cpuinfo")).ok();
    let linux = info.as_deref().and_then(|info| info.lines().find_map(|line| line.strip_prefix("model name")));
    let linux = linux.map(|line| line.trim_start_matches([' ', '\t', ':']).to_owned());
    linux.or_else(|| sh::probe(Command::new("sysctl").args(["-n", "machdep.cpu.brand_string"])))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_peer_has_the_same_work() {
        let ours = json!({ "task": "train step", "batch": 16, "milliseconds": 500.0, "images_per_second": 32.0, "gflops": 4.0 });
        let chromium = json!({
            "atelier": { "peak_gflops": 20.0, "rows": [ours] },
            "tensorflow": { "version": "4.22.0", "rows": [{ "train_ms": 2000.0, "infer_ms": 900.0 }] },
        });
        let rows = peer_rows(&chromium);
        assert_eq!(rows.len(), 1);
        assert_eq!(rows[0]["atelier_is_faster"].as_f64(), Some(4.0));
        assert_eq!(rows[0]["images_per_second"].as_f64(), Some(8.0));
        assert_eq!(rows[0]["peak_share"].as_f64(), Some(0.05));
        assert_eq!(gpu_rows("Chromium", &chromium["atelier"])[0]["peak_share"].as_f64(), Some(0.2));
    }

    #[test]
    fn shares_are_of_the_cores_that_a_row_used() {
        let step = json!({ "task": "train step", "batch": 128, "milliseconds": 100.0, "images_per_second": 1280.0, "gflops": 50.0 });
        let native = json!({
            "core": { "isa": "AVX2", "peak_gflops": 100.0, "rows": [step] },
            "threads": 2,
            "run": { "batch": 128, "milliseconds": 64.0, "images_per_second": 2000.0 },
        });
        let chromium =
            json!({ "simd": { "isa": "SIMD128", "peak_gflops": 25.0, "rows": [step] }, "relaxed": { "rows": [] } });
        let rows = rows(&native, Some(&chromium));
        assert_eq!(rows.len(), 3);
        assert_eq!((rows[0]["place"].as_str(), rows[0]["peak_share"].as_f64()), (Some("native AVX2"), Some(0.5)));
        assert_eq!((rows[1]["place"].as_str(), rows[1]["peak_share"].as_f64()), (Some("Chromium SIMD128"), Some(2.0)));
        // 2000 images/s at 50/1280 GFLOP an image, of two cores.
        assert_eq!(rows[2]["gflops"].as_f64(), Some(50.0 / 1280.0 * 2000.0));
        assert_eq!(rows[2]["peak_share"].as_f64(), Some(50.0 / 1280.0 * 2000.0 / 200.0));
        assert_eq!(table(&rows).lines().count(), 4);
    }
}
