//! What is allocated: all of it when an executor is made, as much as it said before, and nothing in a step.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;

use atelier_cpu::{Bytes, CpuError, CpuExecutor, Isa};
use atelier_nn::{
    BatchNormalization, BufferId, Conv2D, Dense, Dropout, Executor, Layer, Loss, Lowering, Network, Optimizer, Padding,
    Plan, Pooling2D, StepData, ZeroPadding2D,
};

struct Counting;

// Of this thread alone: the test harness has others, which allocate when they like.
thread_local! {
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
    /// Bytes of tensors, which begin on a cache line, and of everything else.
    static TENSORS: Cell<usize> = const { Cell::new(0) };
    static REST: Cell<usize> = const { Cell::new(0) };
    /// Tensors that are still granted.
    static GRANTED: Cell<usize> = const { Cell::new(usize::MAX) };
}

fn is_tensor(layout: Layout) -> bool {
    layout.align() == 64
}

// SAFETY: hands on to the system's allocator what it does not refuse.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        if is_tensor(layout) {
            if GRANTED.get() == 0 {
                return std::ptr::null_mut();
            }
            GRANTED.set(GRANTED.get() - 1);
            TENSORS.set(TENSORS.get().wrapping_add(layout.size()));
        } else {
            REST.set(REST.get().wrapping_add(layout.size()));
        }
        // SAFETY: promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
        let count = if is_tensor(layout) { &TENSORS } else { &REST };
        // What another thread allocated may be given back here.
        count.set(count.get().wrapping_sub(layout.size()));
        // SAFETY: promised by the caller.
        unsafe { System.dealloc(pointer, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Every kind of layer once.
fn network() -> Network {
    let conv = Conv2D { filters: 5, padding: Padding::Same, ..Conv2D::default() };
    let mut network = Network::new("every layer", &[12, 12, 2]);
    network.push(Layer::ZeroPadding2D(ZeroPadding2D { padding: [[1, 0], [0, 1]] }));
    let first = network.push(conv.clone());
    let second = network.push(conv);
    let sum = network.join(Layer::Add, &[&first, &second]);
    network.join(Layer::Concatenate, &[&sum, &first]);
    network.push(Layer::BatchNormalization(BatchNormalization::default()));
    network.push(Layer::MaxPooling2D(Pooling2D::default()));
    network.push(Layer::AveragePooling2D(Pooling2D::default()));
    network.push(Layer::Dropout(Dropout { rate: 0.25 }));
    network.push(Layer::GlobalAveragePooling2D);
    network.push(Dense { units: 3, activation: atelier_nn::Activation::Softmax, ..Dense::default() });
    network
}

fn lower(lowering: &Lowering) -> Arc<Plan> {
    Arc::new(network().lower(lowering).expect("the network is sound"))
}

fn training(batch: usize) -> Arc<Plan> {
    lower(&Lowering::training(batch, Loss::CategoricalCrossentropy, Optimizer::default()))
}

/// Plans that a run has over the same parameters: of many examples and of one, with the intermediates kept and without.
fn plans() -> [Arc<Plan>; 4] {
    let evaluation = Lowering::evaluation(16, Loss::CategoricalCrossentropy);
    [training(8), lower(&evaluation), lower(&Lowering::trace(1)), lower(&Lowering::inference(1))]
}

/// An executor of each plan over the parameters of the first.
fn executors(plans: &[Arc<Plan>], isa: Isa) -> Result<Vec<CpuExecutor>, CpuError> {
    let mut executors = vec![CpuExecutor::with_isa(Arc::clone(&plans[0]), isa)?];
    for plan in &plans[1..] {
        executors.push(CpuExecutor::sharing(Arc::clone(plan), &executors[0])?);
    }
    Ok(executors)
}

#[test]
fn a_step_allocates_nothing() {
    let plans = [training(8), lower(&Lowering::trace(8)), lower(&Lowering::inference(1))];
    for isa in Isa::available() {
        let mut executors = executors(&plans, isa).expect("the plans are sound");
        let before = ALLOCATIONS.get();
        for batch in [8, 3, 8] {
            for (executor, plan) in executors.iter_mut().zip(&plans) {
                let data = StepData::forward(batch.min(plan.max_batch));
                executor.run(0..plan.steps.len(), &data).expect("the data is sound");
            }
        }
        assert_eq!(ALLOCATIONS.get(), before, "{isa}");
    }
    assert!(ALLOCATIONS.get() > 0, "the counter counts");
}

#[test]
fn as_much_as_was_said_before() {
    let plans = plans();
    for isa in Isa::available() {
        for count in 1..=plans.len() {
            let needed =
                CpuExecutor::needs(plans[..count].iter().map(|plan| &**plan), isa).expect("the plans are sound");
            let (tensors, rest) = (TENSORS.get(), REST.get());
            let executors = executors(&plans[..count], isa).expect("the plans are sound");
            let (tensors, rest) = (TENSORS.get().wrapping_sub(tensors), REST.get().wrapping_sub(rest));

            let total = needed.total() as usize;
            let tables = total.checked_sub(tensors).expect("no more tensors than was said");
            assert!(tables <= rest, "{isa}, {count} plans: {tables} of {rest} bytes");
            // Bookkeeping: what a step, a slot or a parameter is, a name, and the list of a tensor's packed copies.
            let things = plans[..count].iter().map(|plan| plan.steps.len() + 2 * plan.slots.len()).sum::<usize>();
            let bookkeeping = 320 * things + 4096;
            assert!(rest - tables <= bookkeeping, "{isa}, {count} plans: {} bytes uncounted", rest - tables);

            // Of what they share each tells all.
            let each: Vec<Bytes> = executors.iter().map(CpuExecutor::bytes).collect();
            let parameters: usize = plans[0].parameters.iter().map(|p| p.shape.iter().product::<usize>()).sum();
            for bytes in &each {
                let shared = [bytes.parameters, bytes.packed_kernels];
                assert_eq!(shared, [needed.parameters, needed.packed_kernels], "{isa}");
                assert!(bytes.parameters >= 4 * parameters as u64);
            }
            let own = |bytes: &Bytes| bytes.total() - bytes.parameters - bytes.packed_kernels;
            assert_eq!(each.iter().map(own).sum::<u64>(), own(&needed), "{isa}, {count} plans");
        }
    }
}

/// The allocator refuses the first tensor, then the second, and so on: each refusal is told, and gives everything back.
#[test]
fn what_does_not_fit_is_refused_and_leaves_nothing() {
    let plans = plans();
    let isa = Isa::best();
    let granted = |tensors: usize, make: &dyn Fn() -> Result<CpuExecutor, CpuError>| {
        let before = [TENSORS.get(), REST.get()];
        GRANTED.set(tensors);
        let made = make().err();
        GRANTED.set(usize::MAX);
        (made, [TENSORS.get(), REST.get()] == before)
    };

    let needed = CpuExecutor::needs([&*plans[0]], isa).expect("the plan is sound");
    let refusal = CpuError::OutOfMemory { bytes: needed.total() };
    let mut refusals = 0;
    while let (Some(error), clean) = granted(refusals, &|| CpuExecutor::with_isa(Arc::clone(&plans[0]), isa)) {
        assert_eq!((&error, clean), (&refusal, true), "after {refusals} tensors");
        refusals += 1;
    }
    assert!(refusals > plans[0].parameters.len(), "{refusals}");

    // One that shares, and brings parameters and packed kernels of its own.
    let mut wider = network();
    wider.push(Dense { units: 7, ..Dense::default() });
    let wider = Arc::new(wider.lower(&Lowering::inference(4)).expect("the network is sound"));
    let first = CpuExecutor::with_isa(Arc::clone(&plans[3]), isa).expect("the plan is sound");
    let (bytes, version) = (first.bytes(), first.version());
    let mut refusals = 0;
    while let (Some(error), clean) = granted(refusals, &|| CpuExecutor::sharing(Arc::clone(&wider), &first)) {
        assert!(matches!(error, CpuError::OutOfMemory { .. }) && clean, "{error}, after {refusals} tensors");
        assert_eq!((first.bytes(), first.version()), (bytes, version));
        refusals += 1;
    }
    assert!(refusals > 2, "{refusals}");
    assert_ne!(first.bytes(), bytes, "the last one was made");
}

/// Two convolutions of 4,096 filters: gigabytes, told without taking them.
#[test]
fn what_is_too_big_is_told_before() {
    let conv = Conv2D { filters: 4096, padding: Padding::Same, ..Conv2D::default() };
    let mut network = Network::new("wide", &[28, 28, 1]);
    network.push(conv.clone());
    network.push(conv);
    let plan = network.lower(&Lowering::inference(128)).expect("the network is sound");
    let before = TENSORS.get();
    let needed = CpuExecutor::needs([&plan], Isa::best()).expect("the plan is sound");
    assert_eq!(TENSORS.get(), before);
    let kernel = 4 * 9 * 4096 * 4096;
    let output = 4 * 128 * 28 * 28 * 4096;
    assert!(needed.parameters >= kernel && needed.packed_kernels >= kernel && needed.activations >= 2 * output);
    // Beside them: the first layer's kernel, its packed copy, biases, the input, and 24 rows of patches at most.
    assert!(needed.total() < 2 * kernel + 2 * output + (8 << 20), "{needed:?}");
}

/// One example through dense layers: no kernel is copied.
#[test]
fn a_single_row_needs_no_packed_kernel() {
    let mut network = Network::new("dense", &[300]);
    network.push(Dense { units: 200, ..Dense::default() });
    network.push(Dense { units: 10, ..Dense::default() });
    let plan = |batch| network.lower(&Lowering::inference(batch)).expect("the network is sound");
    let bytes = |batch| CpuExecutor::needs([&plan(batch)], Isa::best()).expect("the plan is sound");
    assert_eq!(bytes(1).packed_kernels, 0);
    assert!(bytes(2).packed_kernels >= 4 * 300 * 200);
    assert!(bytes(1).workspace < 2 << 10, "{:?}", bytes(1));
    // It runs on from what a plan of many examples packed.
    let many = CpuExecutor::new(Arc::new(plan(2))).expect("the plan is sound");
    let one = CpuExecutor::sharing(Arc::new(plan(1)), &many).expect("the plan is sound");
    assert_eq!(one.bytes().packed_kernels, bytes(2).packed_kernels);
    assert_eq!(one.get(BufferId(0)).len(), 300);
}
