//! What a build needs beyond Cargo: a Rust that compiles for wasm32, Node with npm, and for the tests a Chromium, a Firefox, a
//! WebKit and a Vulkan driver.
//! Looks for each, installs what it may, and otherwise says in one line what to install.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, Result, bail};

use crate::sh;

const TARGET: &str = "wasm32-unknown-unknown";
/// rustup without a network can hang for minutes before it fails.
const RUSTUP_LIMIT: Duration = Duration::from_secs(20);
/// Debian's Rust for the web, with library sources of the same version, and the linker that its wasm target needs.
const DEBIAN_PACKAGES: [&str; 4] = ["rustc-web", "cargo-web", "rust-web-src", "lld"];
/// The Vulkan loader, and Mesa's drivers, of which one (lavapipe) computes on the processor.
const VULKAN_PACKAGES: [&str; 2] = ["libvulkan1", "mesa-vulkan-drivers"];
/// WebKit's driver, which brings a small browser, and the screen that this needs.
const WEBKIT_PACKAGES: [&str; 2] = ["webkit2gtk-driver", "xvfb"];
/// Where the Vulkan loader looks for the manifests of drivers.
const VULKAN_DRIVERS: [&str; 4] =
    ["/etc/vulkan/icd.d", "/usr/share/vulkan/icd.d", "/usr/local/etc/vulkan/icd.d", "/usr/local/share/vulkan/icd.d"];
/// What Vite asks of Node.
const NODE: (u32, u32) = (20, 19);

/// The Rust that compiles for wasm32.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum WasmToolchain {
    /// The toolchain that builds everything else, with the target added by rustup.
    Rustup,
    /// Debian's packages, which build the standard library from its sources. They are named by full path, because
    /// rustup's programs usually come first on the search path.
    Debian,
}

impl WasmToolchain {
    /// `ATELIER_WASM_TOOLCHAIN=rustup|debian` chooses; without it, what is there, then what can be had.
    pub fn find() -> Result<Self> {
        match env::var("ATELIER_WASM_TOOLCHAIN").as_deref() {
            Ok("rustup") => {
                if !rustup_has_target() && !rustup_adds_target()? {
                    bail!("rustup could not add the target {TARGET}: see its message above");
                }
                Ok(Self::Rustup)
            }
            Ok("debian") => {
                install_debian_packages("for wasm32 (ATELIER_WASM_TOOLCHAIN=debian)", &DEBIAN_PACKAGES)?;
                Ok(Self::Debian)
            }
            Ok(other) => bail!("ATELIER_WASM_TOOLCHAIN is `{other}`; it can be `rustup` or `debian`"),
            Err(_) if rustup_has_target() => Ok(Self::Rustup),
            Err(_) if on_debian() && missing_packages(&DEBIAN_PACKAGES).is_empty() => Ok(Self::Debian),
            Err(_) => {
                if rustup_adds_target().unwrap_or(false) {
                    return Ok(Self::Rustup);
                }
                if !on_debian() {
                    bail!("building for the web needs Rust's wasm32 target: `rustup target add {TARGET}`");
                }
                install_debian_packages("for wasm32, because rustup could not add the target", &DEBIAN_PACKAGES)?;
                Ok(Self::Debian)
            }
        }
    }

    /// `cargo build` for wasm32 with these target features; the caller adds what to build.
    pub fn cargo_build(self, features: &str) -> Command {
        // LLVM's scheduler for WebAssembly moves all loads of the micro-kernel's loop ahead of its arithmetic; the browser
        // then has too few registers. In source order a training step takes 0.63 times as long (relaxed SIMD, Chromium 156).
        let mut rustflags = format!("-C target-feature={features} -C llvm-args=-pre-RA-sched=source");
        let mut command = match self {
            Self::Rustup => Command::new("cargo"),
            Self::Debian => {
                rustflags.push_str(" -C linker=wasm-ld");
                let mut command = Command::new("/usr/bin/cargo");
                // What rustup's proxy set for this process would lead Debian's Cargo to rustup's compiler.
                for name in ["CARGO", "RUSTUP_TOOLCHAIN", "RUSTC_WRAPPER", "RUSTC_WORKSPACE_WRAPPER", "LD_LIBRARY_PATH"]
                {
                    command.env_remove(name);
                }
                command.env("RUSTC", "/usr/bin/rustc").env("RUSTC_BOOTSTRAP", "1");
                command
            }
        };
        command.env("RUSTFLAGS", rustflags).env_remove("CARGO_ENCODED_RUSTFLAGS");
        command.args(["build", "--release", "--target", TARGET]);
        if self == Self::Debian {
            command.args(["-Z", "build-std=std,panic_abort"]);
        }
        command
    }

    /// Name and version, for people and for telling builds apart.
    pub fn version(self) -> String {
        let compiler = match self {
            Self::Rustup => "rustc",
            Self::Debian => "/usr/bin/rustc",
        };
        sh::probe(Command::new(compiler).arg("--version")).unwrap_or_else(|| compiler.to_owned())
    }
}

fn rustup_has_target() -> bool {
    sh::probe(Command::new("rustc").args(["--print", "target-libdir", "--target", TARGET]))
        .is_some_and(|folder| Path::new(&folder).is_dir())
}

fn rustup_adds_target() -> Result<bool> {
    if sh::probe(Command::new("rustup").arg("--version")).is_none() {
        return Ok(false);
    }
    eprintln!("Adding Rust's target {TARGET} (rustup, at most {} s)", RUSTUP_LIMIT.as_secs());
    sh::run_within(Command::new("rustup").args(["target", "add", TARGET]), RUSTUP_LIMIT)
}

/// npm, or npx: scripts on Windows, which are started by their whole name only.
pub fn npm(program: &str) -> Command {
    Command::new(if cfg!(windows) { format!("{program}.cmd") } else { program.to_owned() })
}

/// Refuses a machine without a Node that Vite can use.
pub fn check_node() -> Result<()> {
    let wanted = format!("{}.{}", NODE.0, NODE.1);
    let Some(version) = sh::probe(Command::new("node").arg("--version")) else {
        bail!(
            "the page is built with Node, which isn't installed: get version {wanted} or later from https://nodejs.org"
        );
    };
    if parse_version(&version).is_none_or(|found| found < NODE) {
        bail!("the page is built with Node {wanted} or later, and this is {version}: see https://nodejs.org");
    }
    if sh::probe(npm("npm").arg("--version")).is_none() {
        bail!("npm isn't installed (it comes with Node from https://nodejs.org; Debian has it in the package `npm`)");
    }
    Ok(())
}

/// Major and minor number of `v20.20.2`.
fn parse_version(text: &str) -> Option<(u32, u32)> {
    let mut numbers = text.trim_start_matches('v').split('.').map(|number| number.parse().ok());
    Some((numbers.next()??, numbers.next()??))
}

/// A Chromium or Chrome that is already there: `ATELIER_CHROMIUM`, else the usual places of each system.
pub fn find_chromium() -> Result<Option<PathBuf>> {
    if let Some(path) = env::var_os("ATELIER_CHROMIUM").map(PathBuf::from) {
        if !path.is_file() {
            bail!("ATELIER_CHROMIUM names {}, which is no file", path.display());
        }
        return Ok(Some(path));
    }
    let mut places: Vec<PathBuf> = on_path(&["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"]);
    for application in ["Google Chrome.app/Contents/MacOS/Google Chrome", "Chromium.app/Contents/MacOS/Chromium"] {
        places.push(Path::new("/Applications").join(application));
    }
    for variable in ["ProgramFiles", "ProgramFiles(x86)", "LocalAppData"] {
        if let Some(folder) = env::var_os(variable) {
            places.push(Path::new(&folder).join("Google/Chrome/Application/chrome.exe"));
        }
    }
    Ok(places.into_iter().find(|place| place.is_file()))
}

/// Finds a Chromium, or installs Debian's where this process may.
pub fn chromium() -> Result<PathBuf> {
    if let Some(found) = find_chromium()? {
        return Ok(found);
    }
    if on_debian() {
        install_debian_packages("for the browser tests", &["chromium"])?;
        if let Some(found) = find_chromium()? {
            return Ok(found);
        }
    }
    bail!("no Chromium or Chrome found: install one, or name it in ATELIER_CHROMIUM");
}

/// Where a program of one of these names may be.
fn on_path(names: &[&str]) -> Vec<PathBuf> {
    env::split_paths(&env::var_os("PATH").unwrap_or_default())
        .flat_map(|folder| names.iter().map(move |name| folder.join(name)).collect::<Vec<_>>())
        .collect()
}

/// A Firefox: `ATELIER_FIREFOX`, one that is there, or Debian's, installed where this process may.
pub fn firefox() -> Result<PathBuf> {
    if let Some(path) = env::var_os("ATELIER_FIREFOX").map(PathBuf::from) {
        if !path.is_file() {
            bail!("ATELIER_FIREFOX names {}, which is no file", path.display());
        }
        return Ok(path);
    }
    let find = || {
        let mut places = on_path(&["firefox", "firefox-esr"]);
        places.push("/Applications/Firefox.app/Contents/MacOS/firefox".into());
        places.extend(env::var_os("ProgramFiles").map(|f| Path::new(&f).join("Mozilla Firefox/firefox.exe")));
        places.into_iter().find(|place| place.is_file())
    };
    if let Some(found) = find() {
        return Ok(found);
    }
    if on_debian() {
        install_debian_packages("for the tests in Firefox", &["firefox-esr"])?;
    }
    find().context("no Firefox found: install one, or name it in ATELIER_FIREFOX")
}

/// A WebKit that can be driven without a screen: only Debian is known to have one in its packages.
pub struct WebKit {
    pub driver: PathBuf,
    /// The browser that comes with it.
    pub mini_browser: PathBuf,
}

/// Debian's WebKit, installed where this process may.
pub fn webkit() -> Result<WebKit> {
    if !on_debian() {
        bail!("the tests in WebKit use Debian's package `webkit2gtk-driver`");
    }
    install_debian_packages("for the tests in WebKit", &WEBKIT_PACKAGES)?;
    let driver = on_path(&["WebKitWebDriver"]).into_iter().find(|place| place.is_file());
    // Below a folder for the processor: /usr/lib/x86_64-linux-gnu/webkit2gtk-4.1.
    let mini_browser = fs::read_dir("/usr/lib")?
        .filter_map(|entry| Some(entry.ok()?.path().join("webkit2gtk-4.1/MiniBrowser")))
        .find(|place| place.is_file());
    Ok(WebKit {
        driver: driver.context("webkit2gtk-driver brought no WebKitWebDriver")?,
        mini_browser: mini_browser.context("webkit2gtk-driver brought no MiniBrowser below /usr/lib")?,
    })
}

/// Sees to it that native tests find a GPU: where Debian has no driver of one, Mesa's software adapter is installed if this
/// process may. Which of several drivers is used is for the tests to choose; other systems bring their own.
pub fn vulkan() -> Result<()> {
    if !on_debian() {
        return Ok(());
    }
    let named = ["VK_DRIVER_FILES", "VK_ICD_FILENAMES"].iter().any(|name| env::var_os(name).is_some());
    let has_driver = named || VULKAN_DRIVERS.iter().any(|folder| has_manifest(Path::new(folder)));
    let needed = if has_driver { &VULKAN_PACKAGES[..1] } else { &VULKAN_PACKAGES };
    install_debian_packages("for the tests on a GPU", needed)
}

/// Sees to it that the page's unit tests find NumPy, for the programs that the page writes: where no Python has it, Debian's is
/// installed if this process may.
pub fn numpy() -> Result<()> {
    // The tests look for it in the same order.
    let has_numpy = |python: &str| sh::probe(Command::new(python).args(["-c", "import numpy"])).is_some();
    if !on_debian() || ["python3", "/usr/bin/python3"].into_iter().any(has_numpy) {
        return Ok(());
    }
    install_debian_packages("for the NumPy programs that the page writes", &["python3-numpy"])
}

fn has_manifest(folder: &Path) -> bool {
    let is_manifest = |entry: std::io::Result<fs::DirEntry>| {
        entry.is_ok_and(|entry| entry.path().extension().is_some_and(|extension| extension == "json"))
    };
    fs::read_dir(folder).is_ok_and(|mut entries| entries.any(is_manifest))
}

fn on_debian() -> bool {
    cfg!(target_os = "linux") && Path::new("/usr/bin/apt-get").is_file() && Path::new("/usr/bin/dpkg-query").is_file()
}

fn missing_packages<'a>(packages: &[&'a str]) -> Vec<&'a str> {
    let installed = |package: &str| {
        sh::probe(Command::new("dpkg-query").args(["--show", "--showformat=${db:Status-Abbrev}", package]))
            .is_some_and(|status| status.starts_with("ii"))
    };
    packages.iter().copied().filter(|package| !installed(package)).collect()
}

/// Installs those of the packages that are missing, if this process is root; otherwise the error is the command to type.
fn install_debian_packages(purpose: &str, packages: &[&str]) -> Result<()> {
    let missing = missing_packages(packages);
    if missing.is_empty() {
        return Ok(());
    }
    let list = missing.join(" ");
    if sh::probe(Command::new("id").arg("--user")).as_deref() != Some("0") {
        bail!("packages are missing {purpose}: `sudo apt-get update && sudo apt-get install {list}`");
    }
    eprintln!("Installing {list} {purpose}");
    // Another program may be installing something: waiting for it is better than failing.
    let wait = ["-o", "DPkg::Lock::Timeout=300"];
    sh::run(Command::new("apt-get").args(wait).args(["-qq", "update"]))?;
    sh::run(
        Command::new("apt-get")
            .env("DEBIAN_FRONTEND", "noninteractive")
            .args(wait)
            .args(["-qq", "install", "--yes", "--no-install-recommends"])
            .args(missing),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_node_compare_as_numbers() {
        assert_eq!(parse_version("v20.20.2"), Some((20, 20)));
        assert_eq!(parse_version("v9.11.0"), Some((9, 11)));
        assert!(parse_version("v9.11.0") < Some(NODE));
        assert!(parse_version("v20.9.0") < Some(NODE));
        assert!(parse_version("v100.0.0") > Some(NODE));
        assert_eq!(parse_version("nightly"), None);
    }

    #[test]
    fn a_driver_is_known_by_its_manifest() {
        let folder = tempfile::tempdir().unwrap();
        assert!(!has_manifest(&folder.path().join("missing")));
        fs::write(folder.path().join("README"), "").unwrap();
        assert!(!has_manifest(folder.path()));
        fs::write(folder.path().join("lvp_icd.json"), "{}").unwrap();
        assert!(has_manifest(folder.path()));
    }

    #[test]
    fn debian_builds_the_standard_library_and_never_meets_rustup() {
        let command = WasmToolchain::Debian.cargo_build("+simd128");
        assert_eq!(command.get_program(), "/usr/bin/cargo");
        assert!(sh::describe(&command).contains("-Z build-std=std,panic_abort"));
        let env = |name: &str| command.get_envs().find(|(key, _)| *key == name).map(|(_, value)| value);
        assert_eq!(env("RUSTC"), Some(Some("/usr/bin/rustc".as_ref())));
        assert_eq!(env("RUSTUP_TOOLCHAIN"), Some(None), "removed");
        let flags = "-C target-feature=+simd128 -C llvm-args=-pre-RA-sched=source -C linker=wasm-ld";
        assert_eq!(env("RUSTFLAGS"), Some(Some(flags.as_ref())));
    }
}
