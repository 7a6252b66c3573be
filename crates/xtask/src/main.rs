//! `cargo xtask`: everything that is done to Atelier, from setting up a machine to measuring the result.
//!
//! Orchestrates other programs (Cargo, wasm-bindgen, npm, Chromium) and serves what they made. It must never know how a
//! network computes: what needs arithmetic runs in a release build of its own.

mod advice;
mod bench;
mod dataset;
mod native;
mod page;
mod serve;
mod sh;
mod site;
mod stages;
mod test;
mod toolchain;
mod wasm;
mod workspace;

use std::ffi::OsString;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Result;
use clap::{Args, Parser, Subcommand};

use crate::workspace::Workspace;

/// Builds, serves, tests and measures Atelier.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", version, propagate_version = false)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Install what builds and tests need, or say what to install
    Setup,
    /// Build the wasm engine and the page into www/dist
    Build,
    /// Build, get the data, and serve the page on this machine
    Serve(Serve),
    /// Write the folder that any static host can serve
    Site(Site),
    /// Run every check there is; the last line counts
    Test(test::Options),
    /// Measure speed natively and in Chromium; prints a table and writes it as JSON
    Bench(bench::Options),
    /// Print the table of a network's layers, shapes and parameters
    #[command(disable_help_flag = true)]
    Summary(Arguments),
    /// Train a network natively; prints a line per epoch and writes a checkpoint after each
    #[command(disable_help_flag = true)]
    Train(Arguments),
    /// Print a checkpoint's loss, accuracy and confusion matrix
    #[command(disable_help_flag = true)]
    Evaluate(Arguments),
    /// Print what a network makes of pictures and drawings: a line of JSON each
    #[command(disable_help_flag = true)]
    Classify(Arguments),
    /// Print what a published network makes of photographs: a line of JSON each
    #[command(disable_help_flag = true)]
    Recognise(Arguments),
    /// Print how a checkpoint does on the project's own drawings, by class and style, or write them as SVG files
    #[command(disable_help_flag = true)]
    Drawings(Arguments),
    /// Download the four Fashion-MNIST files once and check them
    Data {
        /// Folder to fill; the default is the user's cache
        #[arg(long, value_name = "DIR")]
        dir: Option<PathBuf>,
    },
}

/// What the native twin understands; `--help` lists it.
#[derive(Args)]
struct Arguments {
    #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
    arguments: Vec<OsString>,
}

#[derive(Args)]
struct Serve {
    /// Folder with the four Fashion-MNIST files; the default is ATELIER_DATA, then the cache, then a download
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    /// Serve no data: the page then draws its garments itself
    #[arg(long, conflicts_with = "data")]
    no_data: bool,
    /// Port to listen on (0: any); the default is the first free one from 8000 on
    #[arg(long, value_name = "N")]
    port: Option<u16>,
    /// Path under which the page lies
    #[arg(long, value_name = "PATH", default_value = "/")]
    base: String,
    /// Open the page in the default browser
    #[arg(long)]
    open: bool,
    /// Build nothing, and serve this folder, as `cargo xtask site` writes it
    #[arg(long, value_name = "DIR")]
    site: Option<PathBuf>,
}

#[derive(Args)]
struct Site {
    /// Folder to write
    #[arg(long, value_name = "DIR", default_value = "site")]
    out: PathBuf,
    /// Copy the four Fashion-MNIST files of this folder into the site
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
}

fn main() -> ExitCode {
    let cli = Cli::parse();
    match run(cli.command) {
        Ok(code) => code,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<ExitCode> {
    let workspace = Workspace::find()?;
    match command {
        Command::Setup => {
            let wasm = toolchain::WasmToolchain::find()?;
            println!("wasm32    {}", wasm.version());
            page::packages(&workspace, &workspace.www(), "npm www")?;
            page::packages(&workspace, &workspace.browser_tests(), "npm tests/browser")?;
            println!("Chromium  {}", toolchain::chromium()?.display());
            for (engine, found) in
                [("Firefox", toolchain::firefox()), ("WebKit", toolchain::webkit().map(|webkit| webkit.mini_browser))]
            {
                match found {
                    Ok(program) => println!("{engine:<9} {}", program.display()),
                    Err(error) => println!("{engine:<9} none, and its tests will be skipped: {error:#}"),
                }
            }
            toolchain::vulkan()?;
            toolchain::numpy()?;
        }
        Command::Build => page::build(&workspace)?,
        Command::Serve(options) => serve_page(&workspace, options)?,
        Command::Site(options) => {
            page::build(&workspace)?;
            site::write(&workspace, &options.out, options.data.as_deref())?;
            println!("{} is ready for any static host", options.out.display());
        }
        Command::Test(options) => return test::run(&workspace, &options),
        Command::Bench(options) => bench::run(&workspace, &options)?,
        Command::Summary(a) => return native::run(&workspace, "summary", &a.arguments),
        Command::Train(a) => return native::run(&workspace, "train", &a.arguments),
        Command::Evaluate(a) => return native::run(&workspace, "evaluate", &a.arguments),
        Command::Classify(a) => return native::run(&workspace, "classify", &a.arguments),
        Command::Recognise(a) => return native::run(&workspace, "recognise", &a.arguments),
        Command::Drawings(a) => return native::drawings(&workspace, &a.arguments),
        Command::Data { dir } => println!("{}", dataset::fill(dir)?.display()),
    }
    Ok(ExitCode::SUCCESS)
}

fn serve_page(workspace: &Workspace, options: Serve) -> Result<()> {
    if options.site.is_none() {
        page::build(workspace)?;
    }
    let data = if options.no_data { None } else { dataset::find(options.data)? };
    match &data {
        Some(folder) => println!("Data: {}", folder.display()),
        None => println!("Data: none; the page trains on garments that it draws itself"),
    }
    let site = serve::Site::new(options.site.unwrap_or_else(|| workspace.dist()), &options.base, data)?;
    let listener = serve::listen(options.port)?;
    let url = format!("http://{}{}", listener.local_addr()?, site.base());
    println!("Atelier is at {url}  (Ctrl+C stops it)");
    // Whoever started this with a pipe waits for the line above.
    std::io::stdout().flush()?;
    if options.open
        && let Err(error) = open::that_detached(&url)
    {
        eprintln!("could not open a browser: {error}");
    }
    site.run(listener)
}
