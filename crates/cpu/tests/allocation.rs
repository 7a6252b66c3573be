//! A training step allocates nothing.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::Arc;

use atelier_cpu::{CpuExecutor, Isa};
use atelier_nn::{
    BatchNormalization, Conv2D, Dense, Dropout, Executor, Layer, Loss, Lowering, Network, Optimizer, Padding,
    Pooling2D, StepData, ZeroPadding2D,
};

struct Counting;

thread_local! {
    /// Of this thread alone: the test harness has another, which allocates when it likes.
    static ALLOCATIONS: Cell<usize> = const { Cell::new(0) };
}

// SAFETY: hands everything on to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.set(ALLOCATIONS.get() + 1);
        // SAFETY: promised by the caller.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, pointer: *mut u8, layout: Layout) {
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

#[test]
fn a_step_allocates_nothing() {
    let lowering = Lowering::training(8, Loss::CategoricalCrossentropy, Optimizer::default());
    let plan = Arc::new(network().lower(&lowering).expect("the network is sound"));
    for isa in Isa::available() {
        let mut executor = CpuExecutor::with_isa(Arc::clone(&plan), isa).expect("the plan is sound");
        let before = ALLOCATIONS.get();
        for batch in [8, 3, 8] {
            executor.run(0..plan.steps.len(), &StepData::forward(batch)).expect("the data is sound");
        }
        assert_eq!(ALLOCATIONS.get(), before, "{isa}");
    }
    assert!(ALLOCATIONS.get() > 0, "the counter counts");
}
