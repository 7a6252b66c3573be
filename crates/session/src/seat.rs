//! Where a run computes: on the CPU, or on a GPU that took its place. Everything that holds a device for a run is here;
//! `choice.rs` decides, this carries it out.

use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

use atelier_gpu::{Gpu, GpuError};
use atelier_nn::Plan;

use crate::choice::{Choice, Next};
use crate::cpu::CpuTrainer;
use crate::gpu::GpuTrainer;
use crate::protocol::{AdapterReport, ExecutorKind, ExecutorReport};
use crate::reason::ExecutorReason;
use crate::trainer::{Trainer, Weights};
use crate::{Helpers, Host, SessionError, Setup};

/// Pipelines that are made between two batches of the CPU: compiling holds up the drawing of a page.
const PIPELINES_AT_ONCE: usize = 2;

pub(crate) struct Seat<H, T> {
    setup: Setup,
    host: Rc<T>,
    cpu: CpuTrainer<H, T>,
    /// In the CPU's place.
    gpu: Option<Box<GpuTrainer>>,
    /// What is to take the CPU's place, if it proves to be right.
    coming: Coming,
    choice: Choice,
    /// What was not told yet.
    told: VecDeque<ExecutorReport>,
}

enum Coming {
    Nothing,
    /// What it needs is made when the run begins to train.
    Offered(Gpu),
    Warming(Box<GpuTrainer>),
}

impl Coming {
    fn gpu(&self) -> Option<&Gpu> {
        match self {
            Coming::Nothing => None,
            Coming::Offered(gpu) => Some(gpu),
            Coming::Warming(trainer) => Some(trainer.gpu()),
        }
    }
}

impl<H: Helpers, T: Host> Seat<H, T> {
    pub fn new(setup: &Setup, helpers: H, host: Rc<T>) -> Result<Self, SessionError> {
        let cpu = CpuTrainer::new(setup, helpers, Rc::clone(&host))?;
        let (coming, choice) = (Coming::Nothing, Choice::default());
        Ok(Seat { setup: setup.clone(), host, cpu, gpu: None, coming, choice, told: VecDeque::new() })
    }

    /// What computes now. Nobody else asks which it is.
    pub fn trainer(&mut self) -> &mut dyn Trainer {
        match &mut self.gpu {
            Some(gpu) => &mut **gpu,
            None => &mut self.cpu,
        }
    }

    /// The first weights of the run.
    pub fn begin(&mut self, weights: &Weights) -> Result<(), SessionError> {
        self.cpu.put(weights)
    }

    /// The plan that trains, in whose order weights are kept.
    pub fn plan(&self) -> &Arc<Plan> {
        self.cpu.plan()
    }

    pub fn report(&self) -> ExecutorReport {
        let gpu = self.gpu.as_deref().map(GpuTrainer::gpu);
        let (kind, memory) = match &self.gpu {
            Some(gpu) => (ExecutorKind::WebGpu, gpu.memory()),
            None => (ExecutorKind::Cpu, self.cpu.memory()),
        };
        let adapter = gpu
            .or(self.coming.gpu())
            .map(|gpu| AdapterReport { name: gpu.adapter().name.clone(), software: gpu.adapter().software });
        ExecutorReport { kind, reason: self.choice.reason().clone(), adapter, memory }
    }

    /// What has become of the executor since it was last asked.
    pub fn news(&mut self) -> impl Iterator<Item = ExecutorReport> + use<'_, H, T> {
        self.told.drain(..)
    }

    fn tell(&mut self) {
        let report = self.report();
        self.told.push_back(report);
    }

    /// A GPU that the run may use.
    pub fn offer(&mut self, gpu: Gpu) -> Next {
        let (name, software) = (gpu.adapter().name.clone(), gpu.adapter().software);
        self.coming = if software { Coming::Nothing } else { Coming::Offered(gpu) };
        let next = self.choice.offered(&name, software);
        self.tell_unless_moving(next)
    }

    /// No GPU is to be used, for this reason.
    pub fn without_gpu(&mut self, reason: ExecutorReason) -> Next {
        self.coming = Coming::Nothing;
        let next = self.choice.without_gpu(reason);
        self.tell_unless_moving(next)
    }

    /// The CPU was asked for.
    pub fn cpu_wished(&mut self) -> Next {
        self.coming = Coming::Nothing;
        let next = self.choice.cpu_wished();
        self.tell_unless_moving(next)
    }

    /// What moves is told when it computes at its new place.
    fn tell_unless_moving(&mut self, next: Next) -> Next {
        if next == Next::Stay {
            self.tell();
        }
        next
    }

    /// Makes a GPU ready and takes it now. Where it cannot be had everything stays as it was.
    pub async fn take(&mut self, gpu: Gpu, weights: &Weights) -> Result<(), SessionError> {
        let mut trainer = GpuTrainer::new(gpu, &self.setup).await?;
        trainer.prepare_all(&*self.host).await?;
        if let Some(wrong) = trainer.self_test(&self.setup, &*self.host).await? {
            let (operation, got, expected) = (wrong.operation, wrong.got, wrong.expected);
            return Err(SessionError::WrongGpu { operation, got, expected });
        }
        trainer.set_weights(weights).await?;
        self.gpu = Some(Box::new(trainer));
        self.coming = Coming::Nothing;
        self.choice.gpu_wished();
        self.tell();
        Ok(())
    }

    /// Does what brings an offered GPU nearer: a little before each batch. With `MoveToGpu` it waits for the weights.
    pub async fn warm_up(&mut self, trained_on_cpu: u32, pace: f64) -> Result<Next, SessionError> {
        let next = self.choice.before_batch(trained_on_cpu);
        if next == Next::Stay {
            return Ok(next);
        }
        match self.warm(next, pace).await {
            Ok(next) => Ok(next),
            Err(SessionError::Gpu(error)) => Ok(self.without_gpu((&error).into())),
            Err(error) => Err(error),
        }
    }

    async fn warm(&mut self, next: Next, pace: f64) -> Result<Next, SessionError> {
        if let Coming::Offered(gpu) = &self.coming {
            self.coming = Coming::Warming(Box::new(GpuTrainer::new(gpu.clone(), &self.setup).await?));
        }
        let Coming::Warming(trainer) = &mut self.coming else { return Ok(Next::Stay) };
        if next == Next::Prepare {
            let (ready, of) = trainer.prepare(PIPELINES_AT_ONCE).await?;
            let before = self.choice.reason().clone();
            self.choice.prepared(ready, of);
            if *self.choice.reason() != before {
                self.tell();
            }
            return Ok(Next::Stay);
        }
        let wrong = trainer.self_test(&self.setup, &*self.host).await?;
        if wrong.is_some() {
            self.coming = Coming::Nothing;
        }
        let next = self.choice.tested(wrong.as_ref(), pace);
        Ok(self.tell_unless_moving(next))
    }

    /// Puts the GPU that is ready in the CPU's place.
    pub async fn move_to_gpu(&mut self, weights: &Weights) -> Result<(), SessionError> {
        if let Coming::Warming(mut trainer) = std::mem::replace(&mut self.coming, Coming::Nothing) {
            trainer.set_weights(weights).await?;
            self.gpu = Some(trainer);
            self.tell();
        }
        Ok(())
    }

    /// Puts the CPU back in its place; the GPU is given up.
    pub async fn move_to_cpu(&mut self, weights: &Weights) -> Result<(), SessionError> {
        self.gpu = None;
        self.cpu.set_weights(weights).await?;
        self.tell();
        Ok(())
    }

    /// A batch was trained.
    pub fn trained(&mut self, examples: usize, seconds: f64) -> Next {
        let before = self.choice.reason().clone();
        let next = self.choice.trained(examples, seconds);
        if *self.choice.reason() == before { next } else { self.tell_unless_moving(next) }
    }

    /// Notices a device that was lost while nothing was asked of it.
    pub fn lost(&self) -> Option<GpuError> {
        let gpu = self.gpu.as_deref().map(GpuTrainer::gpu).or(self.coming.gpu());
        gpu.and_then(Gpu::lost).map(GpuError::Lost)
    }
}
