//! The native twin of the page: the same session, plans and kernels, in a terminal.
//!
//! Started by `cargo xtask summary | train | evaluate | classify | recognise`, which finds the data. It must never know the browser, nor do
//! arithmetic of its own: what it prints comes from the session.

mod bench;
mod classify;
mod evaluate;
mod input;
mod mixed;
mod recognise;
mod train;
mod types;

use std::io::{ErrorKind, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::{Context, Result};
use atelier_nn::Network;
use clap::{Parser, Subcommand};

/// Trains, evaluates and describes networks.
#[derive(Parser)]
#[command(bin_name = "cargo xtask", version, propagate_version = false)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Print the table of a network's layers, shapes and parameters
    Summary {
        /// A published model by its name (vgg16, resnet50, mobilenet_v2…) or a network's description as JSON; the default is
        /// the Fashion-MNIST network that Atelier opens with
        network: Option<PathBuf>,
    },
    /// Train a network; prints a line per epoch and writes a checkpoint after each
    Train(train::Options),
    /// Print a checkpoint's loss, accuracy and confusion matrix on the test pictures
    Evaluate(evaluate::Options),
    /// Print what a network makes of pictures and drawings: a line of JSON each
    Classify(classify::Options),
    /// Print what a published network makes of photographs: a line of JSON each
    Recognise(recognise::Options),
    /// Measure native speed; `cargo xtask bench` adds the browser's and prints the table
    #[command(hide = true)]
    Bench(bench::Options),
    /// Write the TypeScript declarations of what crosses to the page, and what can be chosen on it
    #[command(hide = true)]
    Types { folder: PathBuf },
}

fn main() -> ExitCode {
    match run(Cli::parse().command) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(command: Command) -> Result<()> {
    match command {
        Command::Summary { network } => {
            let network = network.as_deref().map_or_else(|| Ok(Network::seed()), input::named_or_described)?;
            // Of five hundred layers people look at the first: whoever reads may stop.
            match writeln!(std::io::stdout(), "{}", network.summary()?) {
                Err(error) if error.kind() != ErrorKind::BrokenPipe => return Err(error.into()),
                _ => {}
            }
        }
        Command::Train(options) => train::run(&options)?,
        Command::Evaluate(options) => evaluate::run(&options)?,
        Command::Classify(options) => classify::run(&options)?,
        Command::Recognise(options) => recognise::run(&options)?,
        Command::Bench(options) => bench::run(&options)?,
        Command::Types { folder } => types::write(&folder).with_context(|| folder.display().to_string())?,
    }
    Ok(())
}
