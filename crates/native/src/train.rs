//! A training run in the terminal.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Instant;

use anyhow::{Context, Result, anyhow, ensure};
use atelier_data::Dataset;
use atelier_gpu::{Gpu, GpuError, Wanted};
use atelier_nn::{Adam, Optimizer, Sgd};
use atelier_session::{
    Checkpoint, EpochReport, Event, ExecutorKind, ExecutorReason, ExecutorReport, Host, Recipe, Room, Run, Setup,
    StepReport, Threads, Training, fits,
};
use clap::{Args, ValueEnum};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use pollster::block_on;

use crate::input::{self, Pictures};
use crate::mixed::{self, Epochs};

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
    #[arg(long, value_name = "FILE", conflicts_with_all = SETTINGS, conflicts_with_all = mixed::SETTINGS)]
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
    #[command(flatten)]
    recipe: mixed::Mixing,
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
    /// Also write the result's parameters in half precision: a file to classify with, a sixth of a checkpoint's size
    #[arg(long, value_name = "FILE")]
    half: Option<PathBuf>,
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
    let mut begun = begin(options)?;
    choose(&mut begun.run, options.device)?;
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    bar.set_style(ProgressStyle::with_template("{prefix} {wide_bar} {pos}/{len}  {msg}")?);
    let last = to_the_end(&mut begun, options, &bar);
    bar.finish_and_clear();
    match last? {
        Some((report, file)) => {
            println!("val_loss {:.4}", report.val_loss);
            println!("val_accuracy {:.4}", report.val_accuracy);
            println!("checkpoint {}", file.display());
            keep_result(&begun, options, &file)
        }
        None => {
            println!("all {} epochs were done before; --epochs takes a larger number", begun.training.epochs);
            Ok(())
        }
    }
}

/// A run and what it was begun with.
struct Begun {
    run: Run<Threads, Terminal>,
    training: Training,
    recipe: Recipe,
    data: Arc<Dataset>,
    epochs: Epochs,
}

/// The run that the options describe, at its beginning or where its checkpoint left it.
fn begin(options: &Options) -> Result<Begun> {
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
    let recipe = match &resumed {
        Some(checkpoint) => kept_recipe(checkpoint, &training)?,
        None => options.recipe.recipe(&training, &data)?,
    };
    recipe.mixture.check(&data)?;
    let setup = Setup { network, training: training.clone(), workers: options.workers() };
    let terminal = Terminal::default();
    setup.check_room(terminal.room())?;
    let threads = Threads::new(&setup)?;
    let mut epochs = Epochs::new(Arc::clone(&data), recipe.mixture.clone(), &training);
    let epoch = resumed.as_ref().map_or(0, |checkpoint| checkpoint.progress.epoch);
    let mut run = Run::new(setup, epochs.of(epoch)?, threads, terminal)?;
    run.set_schedule(recipe.schedule);
    if let Some(checkpoint) = &resumed {
        block_on(run.restore(checkpoint))?;
    }
    Ok(Begun { run, training, recipe, data, epochs })
}

/// A checkpoint's own recipe. A rate that was to fall over so many epochs falls over no other number.
fn kept_recipe(checkpoint: &Checkpoint, training: &Training) -> Result<Recipe> {
    let recipe = checkpoint.recipe.clone().unwrap_or_default();
    let planned = checkpoint.training.epochs;
    ensure!(
        recipe.schedule.is_none() || training.epochs == planned,
        "the rate of this run falls over its {planned} epochs; leave --epochs out"
    );
    Ok(recipe)
}

/// Averages the last epochs' weights and writes what is to be kept in half precision, each with its accuracy.
fn keep_result(begun: &Begun, options: &Options, last: &Path) -> Result<()> {
    let tell = |name: &str, file: &Path, checkpoint: &Checkpoint| -> Result<()> {
        let evaluation = block_on(atelier_session::evaluate(checkpoint, &begun.data, |_| {}))?;
        println!("{name} {}: loss {:.4}, accuracy {:.4}", file.display(), evaluation.loss(), evaluation.accuracy());
        Ok(())
    };
    let mut result = load(last)?;
    if begun.recipe.average > 1 {
        let epochs = result.progress.epoch;
        let first = epochs.saturating_sub(begun.recipe.average) + 1;
        let files = (first..=epochs).map(|epoch| load(&checkpoint_file(&options.out, epoch)));
        result = Checkpoint::mean(&files.collect::<Result<Vec<_>>>()?)?;
        let file = options.out.join("averaged.safetensors");
        save(&result.to_bytes()?, &file)?;
        tell("averaged", &file, &result)?;
    }
    if let Some(file) = &options.half {
        save(&result.to_half_bytes()?, file)?;
        tell("half", file, &load(file)?)?;
    }
    Ok(())
}

fn checkpoint_file(folder: &Path, epoch: u32) -> PathBuf {
    folder.join(format!("epoch-{epoch:03}.safetensors"))
}

/// Trains all epochs and keeps a checkpoint of each; the last one's report and file, where there was any to train.
fn to_the_end(begun: &mut Begun, options: &Options, bar: &ProgressBar) -> Result<Option<(EpochReport, PathBuf)>> {
    let Begun { run, training, recipe, epochs: pictures, .. } = begun;
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
                let file = checkpoint_file(&options.out, report.epoch);
                let mut checkpoint = block_on(run.checkpoint())?;
                checkpoint.recipe = (*recipe != Recipe::default()).then(|| recipe.clone());
                save(&checkpoint.to_bytes()?, &file)?;
                bar.suspend(|| println!("{}", epoch_line(&report, epochs)));
                if report.epoch < epochs && !recipe.mixture.is_plain() {
                    run.next_epoch_over(pictures.of(report.epoch)?)?;
                }
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
        ExecutorReason::TooBig { bytes, room } => {
            let room = room.map_or_else(String::new, |room| format!(", and there is room for {} MB", room / 1_000_000));
            format!("on the CPU: the network takes {} MB on the GPU{room}", bytes.div_ceil(1_000_000))
        }
        ExecutorReason::Failed { message } => format!("on the CPU: the GPU cannot be used ({message})"),
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
fn save(bytes: &[u8], file: &Path) -> Result<()> {
    let partial = file.with_extension("partial");
    fs::write(&partial, bytes)
        .and_then(|()| fs::rename(&partial, file))
        .with_context(|| format!("could not write {}", file.display()))
}

pub fn load(file: &Path) -> Result<Checkpoint> {
    let bytes = fs::read(file).with_context(|| format!("could not read {}", file.display()))?;
    Checkpoint::from_bytes(&bytes).with_context(|| file.display().to_string())
}
