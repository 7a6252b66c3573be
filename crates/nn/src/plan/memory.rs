//! Which buffers share memory, and how much all of them take. Decided once, for every executor: buffers that are never
//! alive together may lie in the same slot.

use std::ops::Range;

use super::{BufferId, Keep, Plan, Role, Slot};

/// Bytes that a plan's slots take, by what is kept in them. In 64 bits, so that what no machine could hold is still told.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Memory {
    pub parameters: u64,
    pub parameter_gradients: u64,
    pub optimizer_state: u64,
    /// Everything else: inputs, activations and their gradients for `max_batch` examples, moments, metrics.
    pub activations: u64,
}

impl Memory {
    /// All of it, in bytes.
    pub fn total(&self) -> u64 {
        let Memory { parameters, parameter_gradients, optimizer_state, activations } = *self;
        [parameters, parameter_gradients, optimizer_state, activations].into_iter().fold(0, u64::saturating_add)
    }
}

impl Plan {
    /// The memory that an executor needs for the plan's buffers.
    pub fn memory(&self) -> Memory {
        let mut memory = Memory::default();
        for (index, slot) in self.slots.iter().enumerate() {
            // Only activations and their gradients share slots, and among themselves.
            let role = self.buffers.iter().find(|b| b.slot == index).map(|b| b.role);
            let kind = match role {
                Some(Role::Parameter) => &mut memory.parameters,
                Some(Role::ParameterGradient) => &mut memory.parameter_gradients,
                Some(Role::OptimizerState) => &mut memory.optimizer_state,
                _ => &mut memory.activations,
            };
            let examples = if slot.batched { self.max_batch as u64 } else { 1 };
            let bytes = (slot.len as u64).saturating_mul(examples).saturating_mul(size_of::<f32>() as u64);
            *kind = kind.saturating_add(bytes);
        }
        memory
    }
}

/// Gives every buffer its slot. `views[i]` names the buffer whose numbers buffer i shows.
pub(super) fn assign_slots(plan: &mut Plan, views: &[Option<BufferId>], keep: Keep) {
    let roots: Vec<usize> = (0..plan.buffers.len()).map(|i| root(views, i)).collect();
    let lives = lives(plan, &roots, keep);
    let mut free: Vec<usize> = Vec::new();
    let mut slots: Vec<Slot> = Vec::new();
    let mut slot_of: Vec<Option<usize>> = vec![None; plan.buffers.len()];
    let wanted = |plan: &Plan, i: usize| Slot { len: plan.buffers[i].len(), batched: plan.buffers[i].batched };

    for i in (0..plan.buffers.len()).filter(|i| roots[*i] == *i && lives[*i].is_none()) {
        slot_of[i] = Some(slots.len());
        slots.push(wanted(plan, i));
    }
    for step in 0..plan.steps.len() {
        let op = &plan.steps[step].op;
        let ends = |i: usize| lives[i].as_ref().is_some_and(|life| life.end == step + 1);
        for written in op.writes() {
            let i = roots[written.index()];
            if slot_of[i].is_some() {
                continue;
            }
            let reusable = op.in_place().filter(|(_, out)| *out == written).map(|(x, _)| roots[x.index()]);
            slot_of[i] = match reusable.filter(|x| ends(*x) && wanted(plan, *x) == wanted(plan, i)) {
                Some(x) => slot_of[x],
                None => Some(take(&mut slots, &mut free, wanted(plan, i))),
            };
        }
        let mut done: Vec<usize> = (op.reads().into_iter().chain(op.writes()))
            .map(|b| roots[b.index()])
            .filter(|i| ends(*i))
            .filter_map(|i| slot_of[i])
            .collect();
        // What was written in place lives on in the slot of what ended here.
        done.retain(|slot| {
            op.writes().iter().all(|b| slot_of[roots[b.index()]] != Some(*slot) || ends(roots[b.index()]))
        });
        done.sort_unstable();
        done.dedup();
        free.extend(done);
    }
    for (buffer, root) in plan.buffers.iter_mut().zip(&roots) {
        // A batched buffer that no step touches (the input of a network of one layer) still needs a place.
        buffer.slot = *slot_of[*root].get_or_insert_with(|| {
            slots.push(Slot { len: buffer.shape.iter().product(), batched: buffer.batched });
            slots.len() - 1
        });
    }
    plan.slots = slots;
}

fn root(views: &[Option<BufferId>], mut i: usize) -> usize {
    while let Some(of) = views[i] {
        i = of.index();
    }
    i
}

/// The steps from the first to the last that touches each root, or `None` where its numbers must outlive the run.
fn lives(plan: &Plan, roots: &[usize], keep: Keep) -> Vec<Option<Range<usize>>> {
    let mut lives: Vec<Option<Range<usize>>> = vec![None; plan.buffers.len()];
    for (index, step) in plan.steps.iter().enumerate() {
        for buffer in step.op.reads().into_iter().chain(step.op.writes()) {
            let life = &mut lives[roots[buffer.index()]];
            *life = Some(life.as_ref().map_or(index, |l| l.start)..index + 1);
        }
    }
    let written = |id: &BufferId| plan.steps.iter().any(|s| s.op.writes().contains(id));
    let kept: Vec<BufferId> = [Some(plan.output), plan.example_loss, plan.input_gradient]
        .into_iter()
        .flatten()
        .chain(plan.layer_gradients.iter().copied())
        // What no step writes is written from outside, at any time before backward.
        .chain(plan.origin.filter(|origin| !written(origin)))
        .collect();
    for (i, buffer) in plan.buffers.iter().enumerate() {
        let passing = matches!(buffer.role, Role::Activation | Role::Gradient) && keep == Keep::Needed;
        if !passing || kept.contains(&BufferId(i as u32)) {
            lives[roots[i]] = None;
        }
    }
    lives
}

/// The free slot that fits best, grown if none is large enough, or a new one.
fn take(slots: &mut Vec<Slot>, free: &mut Vec<usize>, wanted: Slot) -> usize {
    let fitting = |(_, slot): &(usize, &usize)| slots[**slot].batched == wanted.batched;
    let best = (free.iter().enumerate().filter(fitting))
        .min_by_key(|(_, slot)| {
            let len = slots[**slot].len;
            // The smallest that is large enough; else the largest.
            if len >= wanted.len { (0, len) } else { (1, usize::MAX - len) }
        })
        .map(|(at, _)| at);
    match best {
        Some(at) => {
            let slot = free.swap_remove(at);
            slots[slot].len = slots[slot].len.max(wanted.len);
            slot
        }
        None => {
            slots.push(wanted);
            slots.len() - 1
        }
    }
}
