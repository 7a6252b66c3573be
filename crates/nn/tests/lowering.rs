//! What a lowering asks for, and what the plan makes of it.

use atelier_nn::plan::{Exchange, ExchangeKind, Role};
use atelier_nn::{
    Activation, ActivationLayer, BatchNormalization, Conv2D, Dense, Gradients, Layer, Loss, Lowering, Mode, Network,
    Op, Optimizer, Origin, Padding, Plan, Pooling2D, Problem, ZeroPadding2D,
};

fn pool() -> Layer {
    Layer::MaxPooling2D(Pooling2D::default())
}

/// Convolution, normalisation, pool and classifier.
fn network() -> Network {
    let mut network = Network::new("small", &[8, 8, 1]);
    network.push(Conv2D { filters: 3, padding: Padding::Same, activation: Activation::Relu, ..Conv2D::default() });
    network.push(Layer::BatchNormalization(BatchNormalization::default()));
    network.push(pool());
    network.push(Layer::Flatten);
    network.push(Dense { units: 4, activation: Activation::Softmax, ..Dense::default() });
    network
}

fn lower(network: &Network, lowering: &Lowering) -> Plan {
    network.lower(lowering).unwrap_or_else(|e| panic!("{e}"))
}

fn training() -> Lowering {
    Lowering::training(4, Loss::CategoricalCrossentropy, Optimizer::default())
}

fn at(name: &str, before_activation: bool) -> Origin {
    Origin::Layer { name: name.into(), before_activation }
}

fn of_layers(names: &[&str]) -> Gradients {
    Gradients { layers: names.iter().map(|name| (*name).to_owned()).collect(), ..Gradients::default() }
}

fn input() -> Gradients {
    Gradients { input: true, ..Gradients::default() }
}

fn stems(plan: &Plan, steps: std::ops::Range<usize>) -> Vec<&'static str> {
    plan.steps[steps].iter().map(|step| step.op.stem()).collect()
}

#[test]
fn contradictions_are_told_by_what_they_are() {
    let bare = Lowering::inference(1);
    let network = network();
    let unknown = |layer: &str| Problem::UnknownLayer { layer: layer.into() };
    let cases = [
        (Lowering { gradients: input(), ..bare.clone() }, "small", Problem::NoLoss),
        (Lowering { update: Some(Optimizer::default()), ..bare.clone() }, "small", Problem::UpdateWithoutGradients),
        (
            Lowering { gradients: of_layers(&["cnv"]), loss: Some(Loss::default()), ..bare.clone() },
            "small",
            unknown("cnv"),
        ),
        (Lowering { origin: at("dnse", false), gradients: input(), ..bare.clone() }, "small", unknown("dnse")),
        (Lowering { origin: at("dense", false), ..bare.clone() }, "dense", Problem::NoGradients),
        (
            Lowering { origin: at("max_pooling2d", true), gradients: input(), ..bare.clone() },
            "max_pooling2d",
            Problem::NoActivation,
        ),
        (
            Lowering { origin: at("conv2d", false), gradients: of_layers(&["flatten"]), ..bare.clone() },
            "flatten",
            Problem::NotUpstream,
        ),
        // The loss is computed from the logits, so that nothing passes the probabilities.
        (
            Lowering { gradients: of_layers(&["dense"]), loss: Some(Loss::default()), ..bare },
            "dense",
            Problem::NotUpstream,
        ),
    ];
    for (lowering, layer, problem) in cases {
        let error = network.lower(&lowering).expect_err("the lowering contradicts itself");
        assert_eq!((error.layer.as_str(), *error.problem), (layer, problem));
    }
}

#[test]
fn backward_begins_before_a_softmax_where_that_is_asked() {
    let network = network();
    let plan = |before| {
        lower(&network, &Lowering { origin: at("dense", before), gradients: input(), ..Lowering::inference(1) })
    };
    let (before, behind) = (plan(true), plan(false));
    let name = |plan: &Plan| plan.buffer(plan.origin.expect("gradients were asked for")).name.clone();
    assert_eq!(name(&before), "dense/linear/gradient");
    assert_eq!(name(&behind), "dense/gradient");
    assert_eq!(stems(&before, before.backward.clone())[0], "dense_grad_input");
    assert_eq!(stems(&behind, behind.backward.clone())[0], "softmax_grad");
    for plan in [before, behind] {
        assert!(plan.update.is_empty() && plan.loss.is_empty());
        let origin = plan.origin.expect("gradients were asked for");
        assert!(plan.steps.iter().all(|s| !s.op.writes().contains(&origin)), "it is written from outside");
        let alone = plan.buffers.iter().filter(|b| b.slot == plan.buffer(origin).slot).count();
        assert_eq!(alone, 1, "nothing may be written over it");
    }
}

/// A rectifier is fused into its convolution; backward before it needs the two apart. In an Activation layer it stands apart
/// anyway, and what it is applied to is its input.
#[test]
fn backward_begins_before_any_activation() {
    let lowering = |name| Lowering { origin: at(name, true), gradients: input(), ..Lowering::inference(1) };
    let plan = lower(&network(), &lowering("conv2d"));
    assert_eq!(stems(&plan, 0..2), ["conv2d", "activate"]);
    assert_eq!(stems(&plan, plan.backward.clone()), ["conv2d_grad_input"]);

    let mut network = Network::new("apart", &[3]);
    network.push(Dense { units: 2, ..Dense::default() });
    network.push(Layer::Activation(ActivationLayer { activation: Activation::Softmax }));
    let plan = lower(&network, &lowering("activation"));
    assert_eq!(plan.buffer(plan.origin.expect("gradients were asked for")).name, "dense/gradient");
    // A linear layer's activation changes nothing, so before it is behind it.
    let plan = lower(&network, &lowering("dense"));
    assert_eq!(plan.buffer(plan.origin.expect("gradients were asked for")).name, "dense/gradient");
    assert_eq!(stems(&plan, 0..2), ["dense", "softmax"]);
}

#[test]
fn only_the_gradients_that_are_asked_for_are_computed() {
    let asked = |gradients| {
        let lowering = Lowering { gradients, ..Lowering::evaluation(2, Loss::CategoricalCrossentropy) };
        let plan = lower(&network(), &lowering);
        stems(&plan, plan.backward.clone())
    };
    assert_eq!(asked(Gradients::default()), [""; 0]);
    assert_eq!(asked(of_layers(&["max_pooling2d"])), ["loss_grad", "dense_grad_input"]);
    assert_eq!(
        asked(of_layers(&["conv2d"])),
        ["loss_grad", "dense_grad_input", "max_pool2d_grad", "batch_norm_grad_fixed"]
    );
    assert_eq!(
        asked(Gradients { parameters: true, ..Gradients::default() }),
        [
            "loss_grad",
            "bias_grad",
            "dense_grad_kernel",
            "dense_grad_input",
            "max_pool2d_grad",
            "batch_norm_grad_parameters",
            "batch_norm_grad_fixed",
            "activate_grad",
            "bias_grad",
            "conv2d_grad_kernel"
        ]
    );
}

/// The gradients are in the order in which the layers were named, and each is its layer's output's in shape.
#[test]
fn gradients_come_by_layer() {
    let names = ["flatten", "conv2d", "batch_normalization"];
    let gradients = Gradients { input: true, ..of_layers(&names) };
    let plan = lower(&network(), &Lowering { gradients, ..training_without_update() });
    let found: Vec<&str> = plan.layer_gradients.iter().map(|id| plan.buffer(*id).name.as_str()).collect();
    assert_eq!(found, ["flatten/gradient", "conv2d/gradient", "batch_normalization/gradient"]);
    assert_eq!(plan.buffer(plan.layer_gradients[1]).shape, [8, 8, 3]);
    assert_eq!(plan.input_gradient.map(|id| plan.buffer(id).name.as_str()), Some("input/gradient"));
}

fn training_without_update() -> Lowering {
    Lowering { update: None, ..training() }
}

#[test]
fn a_frozen_layer_has_no_gradient_and_no_update() {
    let mut network = network();
    network.layers[1].trainable = false;
    network.layers[2].trainable = false;
    let plan = lower(&network, &training());
    // Nothing before the classifier learns, so that backward ends there; the moments are the moving ones.
    assert_eq!(stems(&plan, plan.backward.clone()), ["loss_grad", "bias_grad", "dense_grad_kernel"]);
    assert_eq!(stems(&plan, plan.update.clone()), ["adam", "adam"]);
    assert!(plan.exchanges().is_empty());
    let trainable: Vec<&str> = plan.parameters.iter().filter(|p| p.trainable).map(|p| p.name.as_str()).collect();
    assert_eq!(trainable, ["dense/kernel", "dense/bias"]);
    assert_eq!(plan.optimizer_state.len(), 4);

    network.layers[1].trainable = true;
    let plan = lower(&network, &training());
    let backward = stems(&plan, plan.backward.clone());
    assert!(
        backward.contains(&"batch_norm_grad_fixed") && !backward.contains(&"batch_norm_grad_parameters"),
        "{backward:?}"
    );
    assert_eq!(stems(&plan, plan.update.clone()), ["adam"; 4]);
}

#[test]
fn a_frozen_layer_is_described_as_one() {
    let mut network = network();
    let json = serde_json::to_string(&network).expect("networks are plain data");
    assert!(!json.contains("trainable"), "the default is left out: {json}");
    network.layers[2].trainable = false;
    let json = serde_json::to_string(&network).expect("networks are plain data");
    assert_eq!(json.matches("\"trainable\":false").count(), 1, "{json}");
    assert_eq!(serde_json::from_str::<Network>(&json).expect("what was written can be read"), network);
    let layers = network.check().expect("freezing makes no network unsound");
    assert_eq!((layers[2].trainable_params, layers[2].non_trainable_params), (0, 12));
}

#[test]
fn shards_exchange_moments_and_sums_where_the_batch_is_looked_at_whole() {
    let plan = lower(&network(), &training());
    let step = |stem| plan.steps.iter().position(|s| s.op.stem() == stem).expect("the network is normalised");
    let id =
        |name: &str| plan.buffers.iter().zip(0..).find(|(b, _)| b.name == name).map(|(_, i)| atelier_nn::BufferId(i));
    let pair =
        |names: [&str; 2]| names.map(|name| id(&format!("batch_normalization/{name}")).expect("it has the buffer"));
    let moments = pair(["mean", "variance"]);
    let sums = pair(["gamma/gradient", "beta/gradient"]);
    let expected = [
        Exchange { step: step("batch_moments"), kind: ExchangeKind::Moments, buffers: moments },
        Exchange { step: step("batch_norm_grad_parameters"), kind: ExchangeKind::Sum, buffers: sums },
    ];
    assert_eq!(plan.exchanges(), expected);
    let reduced: Vec<&str> = plan.reduced().map(|id| plan.buffer(id).name.as_str()).collect();
    let kernels = ["dense/bias/gradient", "dense/kernel/gradient", "conv2d/bias/gradient", "conv2d/kernel/gradient"];
    assert_eq!(reduced, kernels);
    // In inference the moments are fixed: nothing is exchanged, and gamma's and beta's gradients are still the shard's own.
    let fixed = lower(&network(), &Lowering { mode: Mode::Inference, ..training() });
    assert!(fixed.exchanges().is_empty());
    assert_eq!(fixed.reduced().count(), 6);
}

/// Sums are kept apart from all else even where the layer learns neither gamma nor beta, since they are written from outside
/// between two steps.
#[test]
fn what_is_exchanged_has_memory_of_its_own() {
    let mut network = network();
    network.layers[2].layer =
        Layer::BatchNormalization(BatchNormalization { center: false, scale: false, ..BatchNormalization::default() });
    let plan = lower(&network, &training());
    let exchanges = plan.exchanges();
    assert_eq!(exchanges.len(), 2);
    for buffer in exchanges.iter().flat_map(|e| e.buffers) {
        let slot = plan.buffer(buffer).slot;
        assert_eq!(plan.buffers.iter().filter(|b| b.slot == slot).count(), 1, "{}", plan.buffer(buffer).name);
        assert_eq!(plan.buffer(buffer).role, Role::BatchStatistic);
    }
    assert_eq!(plan.reduced().count(), 4);
}

/// Where nothing before the normalisation learns, its sums are gradients like any other.
#[test]
fn sums_that_no_gradient_goes_through_are_reduced_with_the_others() {
    let mut network = Network::new("first", &[4, 4, 2]);
    network.push(Layer::BatchNormalization(BatchNormalization { scale: false, ..BatchNormalization::default() }));
    network.push(Layer::Flatten);
    network.push(Dense { units: 3, activation: Activation::Softmax, ..Dense::default() });
    let plan = lower(&network, &training());
    assert_eq!(plan.exchanges().iter().map(|e| e.kind).collect::<Vec<_>>(), [ExchangeKind::Moments]);
    let reduced: Vec<&str> = plan.reduced().map(|id| plan.buffer(id).name.as_str()).collect();
    assert_eq!(reduced, ["dense/bias/gradient", "dense/kernel/gradient", "batch_normalization/beta/gradient"]);
    assert!(!plan.steps.iter().any(|s| matches!(s.op, Op::BatchNormGradInput { .. })));
}

/// Counted by hand, and far beyond what 32 bits hold.
#[test]
fn memory_is_counted_by_kind_in_64_bits() {
    let mut network = Network::new("padded", &[28, 28, 1]);
    network.push(Layer::ZeroPadding2D(ZeroPadding2D { padding: [[4096, 4096], [4096, 4096]] }));
    network.push(Conv2D { filters: 2, kernel_size: [1, 1], ..Conv2D::default() });
    network.push(Layer::GlobalAveragePooling2D);
    let batch = 1 << 20;
    let memory = lower(&network, &Lowering::trace(batch)).memory();
    let (inside, padded) = (28 * 28, 8220 * 8220);
    assert_eq!(memory.activations, 4 * (1 << 20) * (inside + padded + 2 * padded + 2));
    assert_eq!((memory.parameters, memory.parameter_gradients, memory.optimizer_state), (4 * 4, 0, 0));
    assert_eq!(memory.total(), memory.activations + memory.parameters);

    let trained = lower(&Network::seed(), &training()).memory();
    let parameters = 4 * 287_402;
    assert_eq!((trained.parameters, trained.parameter_gradients), (parameters, parameters));
    assert_eq!(trained.optimizer_state, 2 * parameters);
}
