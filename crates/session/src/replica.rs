use std::sync::Arc;

use atelier_cpu::CpuExecutor;
use atelier_nn::plan::Exchange;
use atelier_nn::{BufferId, Executor, Lowering, Network, Plan, StepData};

use crate::host::Breathless;
use crate::trainer::{Scores, Weights, write_each};
use crate::{Host, Job, SessionError, Setup, Task};

/// One worker's copy of the network: its plans, over one set of weights.
pub struct Replica {
    train: Compiled,
    evaluate: Compiled,
    exchanges: Vec<Exchange>,
    shard: Option<Shard>,
}

/// A shard under way.
struct Shard {
    data: StepData,
    next_step: usize,
    next_exchange: usize,
}

impl Replica {
    /// A helper's.
    pub fn new(setup: &Setup) -> Result<Self, SessionError> {
        Self::with_training(setup, &setup.helper_plan(setup.largest_shard()))
    }

    pub(crate) fn leader(setup: &Setup) -> Result<Self, SessionError> {
        Self::with_training(setup, &setup.training_plan(setup.largest_shard()))
    }

    fn with_training(setup: &Setup, training: &Lowering) -> Result<Self, SessionError> {
        let train = Compiled::new(&setup.network, training)?;
        let evaluate = Compiled::sharing(&setup.network, &setup.evaluation_plan(setup.evaluation_batch()?), &train)?;
        let exchanges = train.plan.exchanges();
        Ok(Replica { train, evaluate, exchanges, shard: None })
    }

    /// Does a whole job without a break.
    pub async fn perform(&mut self, job: &Job) -> Result<Vec<f32>, SessionError> {
        if let Some(parameters) = &job.parameters {
            self.set_parameters(parameters)?;
        }
        match job.task {
            Task::Train(data) => self.train(data, &job.inputs, &job.targets, &Breathless).await,
            Task::GoOn => self.go_on(&job.inputs, &Breathless).await,
            Task::Evaluate { examples } => {
                let Scores { mut losses, outputs } =
                    self.evaluate(examples, &job.inputs, &job.targets, &Breathless).await?;
                losses.extend(outputs);
                Ok(losses)
            }
        }
    }

    /// Begins a shard and takes it as far as it goes alone.
    pub(crate) async fn train(
        &mut self,
        data: StepData,
        inputs: &[f32],
        targets: &[f32],
        host: &impl Host,
    ) -> Result<Vec<f32>, SessionError> {
        self.train.write_examples(inputs, targets)?;
        self.shard = Some(Shard { data, next_step: 0, next_exchange: 0 });
        self.advance(host).await
    }

    /// Goes on with the numbers that all shards put together.
    pub(crate) async fn go_on(&mut self, numbers: &[f32], host: &impl Host) -> Result<Vec<f32>, SessionError> {
        let reached = self.shard.as_ref().and_then(|shard| self.exchanges.get(shard.next_exchange.checked_sub(1)?));
        let Some(exchange) = reached else { return Err(SessionError::NoShard) };
        self.train.write(exchange.buffers, numbers)?;
        self.advance(host).await
    }

    async fn advance(&mut self, host: &impl Host) -> Result<Vec<f32>, SessionError> {
        let Some(shard) = &mut self.shard else { return Err(SessionError::NoShard) };
        let plan = Arc::clone(&self.train.plan);
        // A shard that is the whole batch has nobody to exchange with.
        let alone = shard.data.batch == shard.data.batch_total;
        let exchange = self.exchanges.get(shard.next_exchange).filter(|_| !alone);
        let end = exchange.map_or(plan.backward.end, |exchange| exchange.step + 1);
        for step in shard.next_step..end {
            self.train.executor.run(step..step + 1, &shard.data)?;
            host.breathe().await;
        }
        match exchange {
            Some(exchange) => {
                (shard.next_step, shard.next_exchange) = (end, shard.next_exchange + 1);
                self.train.read(exchange.buffers, 1).await
            }
            None => {
                self.shard = None;
                self.train.read(plan.metrics.into_iter().chain(plan.reduced()), 1).await
            }
        }
    }

    /// Losses and outputs of any number of examples.
    pub(crate) async fn evaluate(
        &mut self,
        examples: usize,
        inputs: &[f32],
        targets: &[f32],
        host: &impl Host,
    ) -> Result<Scores, SessionError> {
        let plan = Arc::clone(&self.evaluate.plan);
        let mut scores = Scores::default();
        let some = |values: &[f32], each: usize, first: usize, count: usize| {
            values[first * each..(first + count) * each].to_vec()
        };
        let (input, target) = (inputs.len() / examples.max(1), targets.len() / examples.max(1));
        for first in (0..examples).step_by(plan.max_batch) {
            let count = plan.max_batch.min(examples - first);
            self.evaluate.write_examples(&some(inputs, input, first, count), &some(targets, target, first, count))?;
            for step in 0..plan.loss.end {
                self.evaluate.executor.run(step..step + 1, &StepData::forward(count))?;
                host.breathe().await;
            }
            let wanted = plan.example_loss.into_iter().chain([plan.output]);
            scores.append(&self.evaluate.read(wanted, count).await?, count);
        }
        Ok(scores)
    }

    /// Puts the reduced gradients and moments in place and updates the parameters.
    pub(crate) fn update(&mut self, reduced: &[f32], data: &StepData) -> Result<(), SessionError> {
        let plan = Arc::clone(&self.train.plan);
        self.train.write(plan.reduced(), reduced)?;
        // An update looks at no example; the whole batch may be more than one worker's memory holds.
        Ok(self.train.executor.run(plan.update.clone(), &StepData { batch: 1, ..*data })?)
    }

    /// All parameters, in the plan's order.
    pub(crate) async fn parameters(&self) -> Result<Vec<f32>, SessionError> {
        self.train.read(self.train.plan.parameters.iter().map(|p| p.buffer), 1).await
    }

    pub(crate) fn set_parameters(&mut self, parameters: &[f32]) -> Result<(), SessionError> {
        let plan = Arc::clone(&self.train.plan);
        self.train.write(plan.parameters.iter().map(|p| p.buffer), parameters)
    }

    /// Grows whenever a parameter changes.
    pub(crate) fn version(&self) -> u64 {
        self.train.executor.version()
    }

    pub(crate) async fn weights(&self) -> Result<Weights, SessionError> {
        let state = self.train.read(self.train.plan.optimizer_state.iter().copied(), 1).await?;
        Ok(Weights { parameters: self.parameters().await?, state })
    }

    pub(crate) fn set_weights(&mut self, weights: &Weights) -> Result<(), SessionError> {
        let plan = Arc::clone(&self.train.plan);
        self.set_parameters(&weights.parameters)?;
        self.train.write(plan.optimizer_state.iter().copied(), &weights.state)
    }

    /// The plan that trains.
    pub(crate) fn plan(&self) -> &Arc<Plan> {
        &self.train.plan
    }

    pub(crate) fn exchanges(&self) -> &[Exchange] {
        &self.exchanges
    }

    /// Another plan over the same weights.
    pub(crate) fn sharing(&self, network: &Network, lowering: &Lowering) -> Result<Compiled, SessionError> {
        Compiled::sharing(network, lowering, &self.train)
    }

    pub(crate) fn plans(&self) -> impl Iterator<Item = &Plan> {
        [&*self.train.plan, &*self.evaluate.plan].into_iter()
    }
}

/// A plan and what runs it.
pub(crate) struct Compiled {
    pub plan: Arc<Plan>,
    pub executor: CpuExecutor,
}

impl Compiled {
    pub fn new(network: &Network, lowering: &Lowering) -> Result<Self, SessionError> {
        let plan = Arc::new(network.lower(lowering)?);
        let executor = CpuExecutor::new(Arc::clone(&plan))?;
        Ok(Compiled { plan, executor })
    }

    fn sharing(network: &Network, lowering: &Lowering, of: &Compiled) -> Result<Self, SessionError> {
        let plan = Arc::new(network.lower(lowering)?);
        let executor = CpuExecutor::sharing(Arc::clone(&plan), &of.executor)?;
        Ok(Compiled { plan, executor })
    }

    fn write_examples(&mut self, inputs: &[f32], targets: &[f32]) -> Result<(), SessionError> {
        self.executor.write(self.plan.input, inputs)?;
        if let Some(target) = self.plan.target {
            self.executor.write(target, targets)?;
        }
        Ok(())
    }

    /// Buffers one after another.
    pub async fn read(
        &self,
        buffers: impl IntoIterator<Item = BufferId>,
        batch: usize,
    ) -> Result<Vec<f32>, SessionError> {
        let mut all = Vec::new();
        for buffer in buffers {
            all.extend(self.executor.read(buffer, self.plan.len_of(buffer, batch)).await?);
        }
        Ok(all)
    }

    /// Unbatched buffers from where [`Self::read`] left them.
    fn write(&mut self, buffers: impl IntoIterator<Item = BufferId>, values: &[f32]) -> Result<(), SessionError> {
        let Compiled { plan, executor } = self;
        write_each(plan, buffers, values, |buffer, these| Ok(executor.write(buffer, these)?))
    }
}
