//! A training run in the terminal.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context, Result, anyhow, ensure};
use atelier_gpu::{Gpu, GpuError, Wanted};
use atelier_nn::{Adam, Optimizer, Sgd};
use atelier_session::{
    Checkpoint, EpochReport, Event, ExecutorKind, ExecutorReason, ExecutorReport, Host, Room, Run, Setup, StepReport,
    Threads, Training, fits,
};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use pollster::block_on;

use crate::input::{self, Pictures};

/// What a checkpoint has settled.
const SETTINGS: [&str; 7] = ["network", "batch", "seed", "optimizer", "learning_rate", "momentum", "nesterov"];

#[derive(Args)]
pub struct Options {
    #[command(flatten)]
    pictures: Pictures,
    /// The network's description as JSON; the default is the network that Atelier opens with, for the data's pictures and
    /// classes
    #[arg(long, value_name = "FILE")]
    network: Option<PathBuf>,
    /// Go on from a checkpoint, whose network and settings are kept; --epochs may raise its number of epochs
    #[arg(long, value_name = "FILE", conflicts_with_all = SETTINGS)]
    resume: Option<PathBuf>,
    /// Times that every training picture is seen [default: 10]
    #[arg(long, value_name = "N")]
    epochs: Option<u32>,
    /// Pictures per update
    #[arg(long, value_name = "N", default_value_t = Training::default().batch_size)]
    batch: usize,
    /// Of the first weights, the shuffling and dropout's masks
    #[arg(long, value_name = "N", default_value_t = Training::default().seed)]
    seed: u32,
    #[arg(long, value_enum, default_value_t = OptimizerName::Adam)]
    optimizer: OptimizerName,
    /// The default is Keras's for the optimiser: 0.001 for Adam, 0.01 for SGD
    #[arg(long, value_name = "RATE")]
    learning_rate: Option<f32>,
    /// Of SGD [default: 0]
    #[arg(long, value_name = "SHARE")]
    momentum: Option<f32>,
    /// Of SGD: look ahead along the momentum
    #[arg(long)]
    nesterov: bool,
    /// Threads that share each batch on the CPU; the default is one a core. With --device cpu or gpu, the same settings
    /// give the same losses to the bit
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=256))]
    workers: Option<u16>,
    /// What computes: `auto` trains on the CPU until a real GPU has shown that it computes the same, and faster
    #[arg(long, value_enum, default_value_t = Device::Auto)]
    device: Device,
    /// Folder for the checkpoints, epoch-001.safetensors and so on
    #[arg(long, value_name = "DIR", default_value = "checkpoints")]
    out: PathBuf,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Device {
    Auto,
    Cpu,
    Gpu,
}

#[derive(Clone, Copy, ValueEnum)]
enum OptimizerName {
    Adam,
    Sgd,
}

impl Options {
    fn training(&self) -> Result<Training> {
        let optimizer = match self.optimizer {
            OptimizerName::Adam => {
                for (option, given) in [("--momentum", self.momentum.is_some()), ("--nesterov", self.nesterov)] {
                    ensure!(
                        !given,
                        "{option} is of SGD, and the optimiser is Adam. Leave it out, or add --optimizer sgd"
                    );
                }
                Optimizer::Adam(Adam::default())
            }
            OptimizerName::Sgd => {
                Optimizer::Sgd(Sgd { momentum: self.momentum.unwrap_or_default(), nesterov: self.nesterov })
            }
        };
        let defaults = Training::default();
        Ok(Training {
            learning_rate: self.learning_rate.unwrap_or_else(|| optimizer.default_learning_rate()),
            optimizer,
            batch_size: self.batch,
            epochs: self.epochs.unwrap_or(defaults.epochs),
            seed: self.seed,
            ..defaults
        })
    }

    fn workers(&self) -> usize {
        let cores = || std::thread::available_parallelism().map_or(1, usize::from);
        self.workers.map_or_else(cores, usize::from)
    }
}

/// The clock of this machine. Nobody waits for the thread.
pub struct Terminal(Instant);

impl Host for Terminal {
    fn now(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }

    async fn breathe(&self) {}

    /// What the system says is available; where it says nothing, no limit is known.
    fn room(&self) -> Room {
        let available = fs::read_to_string("/proc/meminfo").ok().and_then(|text| available_bytes(&text));
        available.map_or(Room::UNKNOWN, |bytes| Room { worker: bytes, together: bytes })
    }
}

/// From Linux's `/proc/meminfo`.
fn available_bytes(meminfo: &str) -> Option<u64> {
    let line = meminfo.lines().find_map(|line| line.strip_prefix("MemAvailable:"))?;
    line.split_whitespace().next()?.parse::<u64>().ok().map(|kibibytes| kibibytes * 1024)
}

impl Default for Terminal {
    fn default() -> Self {
        Self(Instant::now())
    }
}

pub fn run(options: &Options) -> Result<()> {
    let (mut run, training) = begin(options)?;
    choose(&mut run, options.device)?;
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len}  {msg}")?);
    let last = to_the_end(&mut run, &training, options, &bar);
    bar.finish_and_clear();
    match last? {
        Some((report, file)) => {
            println!("val_loss {:.4}", report.val_loss);
            println!("val_accuracy {:.4}", report.val_accuracy);
            println!("checkpoint {}", file.display());
        }
        None => println!("all {} epochs were done before; --epochs takes a larger number", training.epochs),
    }
    Ok(())
}

/// The run that the options describe, at its beginning or where its checkpoint left it.
fn begin(options: &Options) -> Result<(Run<Threads, Terminal>, Training)> {
    let resumed = options.resume.as_deref().map(load).transpose()?;
    let (chosen, training) = match &resumed {
        Some(checkpoint) => {
            let kept = checkpoint.training.clone();
            let epochs = options.epochs.unwrap_or(kept.epochs);
            (Some(checkpoint.network.clone()), Training { epochs, ..kept })
        }
        None => (options.network.as_deref().map(input::network).transpose()?, options.training()?),
    };
    // Before anything that takes time: a network or a setting that can't be used.
    training.check()?;
    if let Some(network) = &chosen {
        network.check()?;
    }
    fs::create_dir_all(&options.out).with_context(|| format!("could not make {}", options.out.display()))?;
    let data = options.pictures.load()?;
    let network = match chosen {
        Some(network) => network,
        None => input::opening_network(&data)?,
    };
    let given = options.network.as_ref().or(options.resume.as_ref());
    let from = || given.map_or_else(|| "the opening network".to_owned(), |file| file.display().to_string());
    fits(&network, &data).with_context(from)?;
    let setup = Setup { network, training: training.clone(), workers: options.workers() };
    let terminal = Terminal::default();
    setup.check_room(terminal.room())?;
    let threads = Threads::new(&setup)?;
    let mut run = Run::new(setup, data, threads, terminal)?;
    if let Some(checkpoint) = &resumed {
        block_on(run.restore(checkpoint))?;
    }
    Ok((run, training))
}

/// Trains all epochs and keeps a checkpoint of each; the last one's report and file, where there was any to train.
fn to_the_end(
    run: &mut Run<Threads, Terminal>,
    training: &Training,
    options: &Options,
    bar: &ProgressBar,
) -> Result<Option<(EpochReport, PathBuf)>> {
    let epochs = training.epochs;
    let mut last = None;
    // The newest file whose weights have trained on.
    let mut good: Option<PathBuf> = None;
    loop {
        match block_on(run.advance())? {
            Event::Step { report } => {
                if !report.loss.is_finite() {
                    let seen = format!("the loss of update {} is {}", report.iteration, report.loss);
                    return Err(diverged(&seen, training.learning_rate, good.as_deref()));
                }
                if good.is_none() {
                    good.clone_from(&options.resume);
                }
                show_step(bar, &report, epochs);
            }
            Event::Executor { report } => bar.suspend(|| println!("{}", executor_line(&report))),
            Event::Rewind { iteration } => bar.suspend(|| println!("going on from update {iteration}")),
            Event::Validating { share } => bar.set_message(format!("validating, {:.0} %", share * 100.0)),
            Event::Epoch { report } => {
                if !report.val_loss.is_finite() {
                    let seen = format!("after update {} the test loss is {}", report.iteration, report.val_loss);
                    return Err(diverged(&seen, training.learning_rate, good.as_deref()));
                }
                let file = options.out.join(format!("epoch-{:03}.safetensors", report.epoch));
                save(&block_on(run.checkpoint())?, &file)?;
                bar.suspend(|| println!("{}", epoch_line(&report, epochs)));
                good = Some(file.clone());
                last = Some((report, file));
            }
            Event::Finished => return Ok(last),
        }
    }
}

fn choose(run: &mut Run<Threads, Terminal>, device: Device) -> Result<()> {
    let request = || block_on(Gpu::request(&Wanted::default()));
    match device {
        // A driver that is broken or taken is not even looked for.
        Device::Cpu => {}
        Device::Gpu => block_on(run.use_gpu(request()?))?,
        Device::Auto => match request() {
            Ok(gpu) => block_on(run.offer_gpu(gpu))?,
            Err(GpuError::NoAdapter) => block_on(run.without_gpu(ExecutorReason::NoAdapter))?,
            Err(error) => block_on(run.without_gpu(ExecutorReason::Failed { message: error.to_string() }))?,
        },
    }
    Ok(())
}

/// Why a run whose numbers left the range of f32 was stopped, and what to do.
fn diverged(seen: &str, rate: f32, kept: Option<&Path>) -> anyhow::Error {
    let weights = match kept {
        Some(file) => format!("{} has the last good ones", file.display()),
        None => "there are no good ones yet".to_owned(),
    };
    anyhow!(
        "{seen}, so the weights are spoilt and training on would not mend them; {weights}. \
         Begin anew with a --learning-rate below {rate}"
    )
}

/// Who computes and why, in one line.
fn executor_line(report: &ExecutorReport) -> String {
    let gpu = report.adapter.as_ref().map_or("the GPU", |adapter| adapter.name.as_str());
    match &report.reason {
        ExecutorReason::Starting => "on the CPU".to_owned(),
        ExecutorReason::Warming { ready, of } => {
            format!("on the CPU while {gpu} is made ready ({ready} of {of} shaders)")
        }
        ExecutorReason::Trial => format!("trying {gpu}"),
        ExecutorReason::Faster { gpu: fast, cpu } => format!("on {gpu}: {fast:.0} images/s, the CPU {cpu:.0}"),
        ExecutorReason::Slower { gpu: slow, cpu } => format!("on the CPU: {cpu:.0} images/s, the GPU {slow:.0}"),
        ExecutorReason::Forced if report.kind == ExecutorKind::WebGpu => format!("on {gpu}, as asked for"),
        ExecutorReason::Forced => "on the CPU, as asked for".to_owned(),
        ExecutorReason::NoWebgpu | ExecutorReason::NoAdapter => "on the CPU: there is no GPU".to_owned(),
        ExecutorReason::Software { adapter } => {
            format!("on the CPU: {adapter} is the processor too, and slower (--device gpu takes it)")
        }
        ExecutorReason::Wrong { operation, got, expected } => {
            format!("on the CPU: the GPU computes {operation} wrongly ({got}, not {expected})")
        }
        ExecutorReason::Lost { message } => format!("on the CPU: the GPU was lost ({message})"),
        ExecutorReason::TooBig { message } | ExecutorReason::Failed { message } => format!("on the CPU: {message}"),
    }
}

fn show_step(bar: &ProgressBar, report: &StepReport, epochs: u32) {
    bar.set_length(report.batches.into());
    bar.set_position(report.batch.into());
    bar.set_prefix(format!("epoch {}/{epochs}", report.epoch));
    let left = indicatif::HumanDuration(std::time::Duration::from_secs_f32(report.seconds_left.clamp(0.0, 1e9)));
    let rate = report.images_per_second;
    let message =
        format!("loss {:.4}  accuracy {:.4}  {rate:.0} images/s  {left:#} left", report.loss, report.accuracy);
    bar.set_message(message);
}

fn epoch_line(report: &EpochReport, epochs: u32) -> String {
    let EpochReport { epoch, loss, accuracy, val_loss, val_accuracy, seconds, .. } = report;
    format!(
        "epoch {epoch}/{epochs}  loss {loss:.4}  accuracy {accuracy:.4}  \
         val_loss {val_loss:.4}  val_accuracy {val_accuracy:.4}  {seconds:.1} s"
    )
}

/// Writes beside the file and renames: a run that is stopped leaves no half checkpoint under a whole one's name.
fn save(checkpoint: &Checkpoint, file: &Path) -> Result<()> {
    let partial = file.with_extension("partial");
    fs::write(&partial, checkpoint.to_bytes()?)
        .and_then(|()| fs::rename(&partial, file))
        .with_context(|| format!("could not write {}", file.display()))
}

pub fn load(file: &Path) -> Result<Checkpoint> {
    let bytes = fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
    Checkpoint::from_bytes(&bytes).with_context(|| file.display().to_string())
}
