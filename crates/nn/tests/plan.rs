//! What every plan must hold to, over random networks.

use std::collections::HashMap;

use atelier_nn::plan::Role;
use atelier_nn::{
    Activation, ActivationLayer, Adam, BatchNormalization, BufferId, Conv2D, Dense, Dropout, Gradients, Keep, Layer,
    Loss, Lowering, Mode, Network, Op, Optimizer, Origin, Padding, Plan, Pooling2D, Sgd, ZeroPadding2D,
};
use proptest::prelude::*;

/// A network from a string of choices: each adds a layer (or a branch) where that is possible.
fn network(choices: &[u8]) -> Network {
    let mut network = Network::new("random", &[9, 8, 2]);
    for &choice in choices {
        let before = network.clone();
        let last = before.layers[before.layers.len() - 1].name.clone();
        let conv = |filters, activation| Conv2D { filters, padding: Padding::Same, activation, ..Conv2D::default() };
        match choice % 10 {
            0 => drop(network.push(conv(3, Activation::Relu))),
            1 => drop(network.push(Conv2D { strides: [2, 1], ..conv(4, Activation::Linear) })),
            2 => drop(network.push(Layer::MaxPooling2D(Pooling2D::default()))),
            3 => drop(network.push(Layer::BatchNormalization(BatchNormalization::default()))),
            4 => drop(network.push(Layer::Dropout(Dropout { rate: 0.25 }))),
            5 => drop(network.push(Layer::Activation(ActivationLayer { activation: Activation::Tanh }))),
            6 => drop(network.push(Layer::ZeroPadding2D(ZeroPadding2D { padding: [[1, 0], [0, 1]] }))),
            7 => {
                let channels = before.analyze().layers.last().map_or(1, |l| l.output_shape[2]);
                let branch = network.push(conv(channels, Activation::Sigmoid));
                network.join(Layer::Add, &[&last, &branch]);
            }
            8 => {
                let a = network.join(conv(2, Activation::Relu), &[&last]);
                let b = network.join(
                    Layer::AveragePooling2D(Pooling2D {
                        strides: Some([1, 1]),
                        padding: Padding::Same,
                        ..Pooling2D::default()
                    }),
                    &[&last],
                );
                network.join(Layer::Concatenate, &[&a, &b, &last]);
            }
            _ => drop(network.push(Conv2D { use_bias: false, ..Conv2D::default() })),
        }
        if network.analyze().problem.is_some() {
            network = before;
        }
    }
    network.push(Layer::Flatten);
    network.push(Dense { units: 4, activation: Activation::Softmax, ..Dense::default() });
    network
}

fn optimizer(adam: bool) -> Optimizer {
    if adam { Optimizer::Adam(Adam::default()) } else { Optimizer::Sgd(Sgd { momentum: 0.9, nesterov: true }) }
}

/// A lowering that contradicts neither itself nor the network, from a string of choices.
fn lowering(network: &Network, words: &[u8; 8]) -> Lowering {
    let [mode, loss, origin, before, parameters, asked, update, keep] = *words;
    let yes = |word: u8| word.is_multiple_of(2);
    let layers = network.check().expect("the network is sound");
    let from = usize::from(origin) % layers.len();
    let origin = if yes(before / 2) {
        Origin::Loss
    } else {
        let activates = matches!(network.layers[from].layer, Layer::Conv2D(_) | Layer::Dense(_) | Layer::Activation(_));
        Origin::Layer { name: layers[from].name.clone(), before_activation: activates && yes(before) }
    };
    // Behind the last layer stands the loss, which begins before a softmax: the layer itself has no gradient.
    let from = if origin == Origin::Loss { layers.len() - 1 } else { from };
    let upstream = layers[from].receptive_fields.iter().map(|field| layers[field.layer].name.clone());
    let gradients = Gradients {
        parameters: yes(parameters) || yes(update),
        // An input that is the origin itself is asked for by its layer.
        input: yes(parameters / 2) || !(yes(parameters) || yes(update)),
        layers: upstream.enumerate().filter(|(i, _)| asked >> (i % 8) & 1 == 1).map(|(_, name)| name).collect(),
    };
    let scored = origin == Origin::Loss || yes(loss);
    Lowering {
        mode: if yes(mode) { Mode::Training } else { Mode::Inference },
        loss: scored.then_some(Loss::CategoricalCrossentropy),
        origin,
        gradients,
        update: yes(update).then(|| optimizer(yes(update / 2))),
        keep: if yes(keep) { Keep::Everything } else { Keep::Needed },
        ..Lowering::inference(3)
    }
}

/// Some layers frozen.
fn freeze(mut network: Network, frozen: u32) -> Network {
    for (i, node) in network.layers.iter_mut().enumerate() {
        node.trainable = frozen >> (i % 32) & 1 == 0;
    }
    network
}

/// The buffer whose numbers a slot holds, views counted as what they show: every read finds what it expects.
fn check_memory(plan: &Plan) -> Result<(), TestCaseError> {
    let mut holds: HashMap<usize, BufferId> = HashMap::new();
    // Views are never written: they have the slot of what they show, and its numbers.
    let written: Vec<BufferId> = plan.steps.iter().flat_map(|s| s.op.writes()).collect();
    for (i, buffer) in plan.buffers.iter().enumerate() {
        let slot = plan.slots[buffer.slot];
        prop_assert_eq!(slot.batched, buffer.batched);
        prop_assert!(slot.len >= buffer.len(), "{} is larger than its slot", buffer.name);
        if matches!(buffer.role, Role::Input | Role::Target | Role::Parameter | Role::OptimizerState) {
            holds.insert(buffer.slot, BufferId(i as u32));
        }
    }
    // Where no step writes it, it is written from outside.
    if let Some(origin) = plan.origin.filter(|origin| !written.contains(origin)) {
        holds.insert(plan.buffer(origin).slot, origin);
    }
    for step in &plan.steps {
        for read in step.op.reads() {
            let held = holds.get(&plan.buffer(read).slot).copied();
            prop_assert!(held.is_some(), "{} reads {} before it is written", step.op.stem(), plan.buffer(read).name);
            let view = !written.contains(&read) && plan.buffer(read).role != Role::Input;
            if !view || plan.buffer(read).role == Role::Parameter {
                prop_assert_eq!(
                    held,
                    Some(read),
                    "{} finds another buffer than {}",
                    step.op.stem(),
                    &plan.buffer(read).name
                );
            }
        }
        let writes = step.op.writes();
        for (i, write) in writes.iter().enumerate() {
            let slot = plan.buffer(*write).slot;
            for other in &writes[..i] {
                prop_assert_ne!(plan.buffer(*other).slot, slot);
            }
            for read in step.op.reads() {
                let shared = plan.buffer(read).slot == slot && read != *write;
                prop_assert!(
                    !shared || step.op.in_place() == Some((read, *write)),
                    "{} reads what it writes",
                    step.op.stem()
                );
            }
            holds.insert(slot, *write);
        }
    }
    // What was asked for is there after the run. A gradient may be another's numbers, or its own under another shape.
    let asked = plan.input_gradient.into_iter().chain(plan.layer_gradients.iter().copied());
    for gradient in asked.chain([plan.output]) {
        let held = holds.get(&plan.buffer(gradient).slot).copied();
        let shown = |held: BufferId| held == gradient || !written.contains(&gradient);
        prop_assert!(held.is_some_and(shown), "{} is overwritten", plan.buffer(gradient).name);
    }
    Ok(())
}

proptest! {
    #[test]
    fn no_step_finds_its_numbers_overwritten(choices in prop::collection::vec(any::<u8>(), 0..10), adam: bool, keep: bool, input: bool) {
        let network = network(&choices);
        let training = Lowering {
            keep: if keep { Keep::Everything } else { Keep::Needed },
            gradients: Gradients { parameters: true, input, ..Gradients::default() },
            ..Lowering::training(3, Loss::CategoricalCrossentropy, optimizer(adam))
        };
        for lowering in [training, Lowering::inference(3), Lowering::trace(1), Lowering::evaluation(2, Loss::MeanSquaredError)] {
            check_memory(&network.lower(&lowering).expect("the network is sound"))?;
        }
    }

    /// Whatever the words are, together they make a plan that every executor accepts, and that does what each of them says.
    #[test]
    fn the_words_of_a_lowering_do_not_depend_on_each_other(
        choices in prop::collection::vec(any::<u8>(), 0..10),
        words in any::<[u8; 8]>(),
        frozen in any::<u32>(),
    ) {
        let network = freeze(network(&choices), frozen);
        let lowering = lowering(&network, &words);
        let plan = network.lower(&lowering).map_err(|e| TestCaseError::fail(format!("{e}: {lowering:?}")))?;
        prop_assert!(plan.check().is_ok(), "{:?}", plan.check());
        check_memory(&plan)?;
        prop_assert_eq!(plan.target.is_some(), lowering.loss.is_some());
        prop_assert_eq!(plan.origin.is_some(), lowering.gradients.any());
        prop_assert_eq!(plan.input_gradient.is_some(), lowering.gradients.input);
        prop_assert_eq!(plan.layer_gradients.len(), lowering.gradients.layers.len());
        prop_assert_eq!(plan.update.is_empty() || lowering.update.is_some(), true);
        let drops = |plan: &Plan| plan.steps[plan.forward.clone()].iter().any(|s| matches!(s.op, Op::Dropout { .. }));
        prop_assert!(lowering.mode == Mode::Training || !drops(&plan));
        for parameter in &plan.parameters {
            let node = &network.layers[parameter.layer];
            prop_assert!(parameter.trainable <= node.trainable);
            prop_assert!(parameter.gradient.is_none() || parameter.trainable && lowering.gradients.parameters);
            // A frozen layer's parameters are written by no step, moving averages included.
            let written = plan.steps.iter().any(|s| s.op.writes().contains(&parameter.buffer));
            prop_assert!(!written || node.trainable && lowering.update.is_some(), "{} is written", parameter.name);
        }
        let mut names: Vec<&str> = plan.buffers.iter().map(|b| b.name.as_str()).collect();
        names.sort_unstable();
        prop_assert!(names.windows(2).all(|pair| pair[0] != pair[1]), "{names:?}");
    }

    #[test]
    fn every_trainable_parameter_is_updated_once(choices in prop::collection::vec(any::<u8>(), 0..10), adam: bool) {
        let plan = network(&choices)
            .lower(&Lowering::training(3, Loss::CategoricalCrossentropy, optimizer(adam)))
            .expect("the network is sound");
        for parameter in &plan.parameters {
            let updates = plan.steps[plan.update.clone()].iter().filter(|s| s.op.writes().contains(&parameter.buffer)).count();
            prop_assert_eq!(updates, 1, "{}", parameter.name);
            prop_assert_eq!(parameter.gradient.is_some(), parameter.trainable);
        }
        let before = plan.steps[..plan.backward.end].iter();
        prop_assert!(before.flat_map(|s| s.op.writes()).all(|b| plan.buffer(b).role != Role::Parameter));
    }

    #[test]
    fn a_plan_without_an_optimizer_writes_no_gradient_and_no_weight(choices in prop::collection::vec(any::<u8>(), 0..10)) {
        let network = network(&choices);
        for lowering in [Lowering::trace(1), Lowering::evaluation(4, Loss::CategoricalCrossentropy)] {
            let plan = network.lower(&lowering).expect("the network is sound");
            prop_assert!(plan.backward.is_empty() && plan.update.is_empty());
            for write in plan.steps.iter().flat_map(|s| s.op.writes()) {
                prop_assert!(matches!(plan.buffer(write).role, Role::Activation | Role::Metric));
            }
        }
    }

    #[test]
    fn kept_buffers_have_a_slot_of_their_own(choices in prop::collection::vec(any::<u8>(), 0..10)) {
        let lowering = Lowering { keep: Keep::Everything, ..Lowering::training(2, Loss::CategoricalCrossentropy, optimizer(true)) };
        let plan = network(&choices).lower(&lowering).expect("the network is sound");
        let mut writers: HashMap<usize, BufferId> = HashMap::new();
        for write in plan.steps.iter().flat_map(|s| s.op.writes()) {
            let first = *writers.entry(plan.buffer(write).slot).or_insert(write);
            prop_assert_eq!(first, write);
        }
    }

    #[test]
    fn names_are_unique(choices in prop::collection::vec(any::<u8>(), 0..10)) {
        let gradients = Gradients { parameters: true, input: true, ..Gradients::default() };
        let lowering = Lowering { gradients, ..Lowering::training(2, Loss::CategoricalCrossentropy, optimizer(true)) };
        let plan = network(&choices).lower(&lowering).expect("the network is sound");
        let mut names: Vec<&str> = plan.buffers.iter().map(|b| b.name.as_str()).collect();
        names.sort_unstable();
        let all = names.len();
        names.dedup();
        prop_assert_eq!(names.len(), all);
    }

    /// Whatever an editor sends: an answer, never a panic.
    #[test]
    fn no_network_breaks_the_analysis(
        sizes in prop::collection::vec(prop_oneof![0_usize..5, Just(usize::MAX), Just(1 << 40), Just(4096)], 8),
        kinds in prop::collection::vec(0_u8..6, 1..8),
    ) {
        let mut network = Network::new("wild", &[sizes[0], sizes[1], sizes[2]]);
        for kind in kinds {
            let pair = [sizes[3], sizes[4]];
            match kind {
                0 => network.push(Conv2D { filters: sizes[5], kernel_size: pair, strides: [sizes[6], sizes[7]], ..Conv2D::default() }),
                1 => network.push(Conv2D { filters: sizes[5], dilation_rate: pair, padding: Padding::Same, ..Conv2D::default() }),
                2 => network.push(Layer::MaxPooling2D(Pooling2D { pool_size: pair, strides: None, padding: Padding::Same })),
                3 => network.push(Layer::ZeroPadding2D(ZeroPadding2D { padding: [pair, [sizes[6], sizes[7]]] })),
                4 => network.push(Layer::Flatten),
                _ => network.push(Dense { units: sizes[5], ..Dense::default() }),
            };
        }
        let analysis = network.analyze();
        prop_assert!(analysis.problem.is_some() || analysis.layers.len() == network.layers.len());
    }
}

#[test]
fn the_forward_memory_is_reused() {
    let plan =
        |lowering: Lowering| Network::seed().lower(&lowering).expect("the seed network is sound").memory().total();
    assert!(plan(Lowering::inference(1)) * 2 < plan(Lowering::trace(1)) + 4 * 287_402);
}

#[test]
fn a_network_is_the_same_after_a_round_trip() {
    let network = network(&[0, 7, 8, 3, 4, 5, 6, 2, 1]);
    let json = serde_json::to_string(&network).expect("networks are plain data");
    assert_eq!(serde_json::from_str::<Network>(&json).expect("what was written can be read"), network);
}

#[test]
fn defaults_are_keras_own() {
    let json = r#"{"name": "n", "layers": [
        {"name": "i", "layer": {"class_name": "InputLayer", "shape": [8, 8, 1]}},
        {"name": "c", "inbound": ["i"], "layer": {"class_name": "Conv2D", "filters": 4}}]}"#;
    let network: Network = serde_json::from_str(json).expect("what is left out has defaults");
    assert_eq!(network.layers[1].layer, Layer::Conv2D(Conv2D { filters: 4, ..Conv2D::default() }));
    assert!(serde_json::from_str::<Network>(&json.replace("filters", "filter")).is_err(), "a slip is told");
}
