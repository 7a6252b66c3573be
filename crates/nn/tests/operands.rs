//! The operands of whole plans, and the outline against the plan.

use atelier_nn::plan::{Access, Phase, Role};
use atelier_nn::{Keep, Loss, Lowering, Network, Optimizer, Plan, Preset};

fn plans() -> Vec<Plan> {
    let networks = Preset::ALL.map(|preset| Network::preset(preset, &[16, 16, 3], 4));
    let lower = |network: &Network| {
        let training = Lowering::training(2, Loss::default(), Optimizer::default());
        network.lower(&Lowering { keep: Keep::Everything, ..training }).expect("presets can be trained")
    };
    networks.iter().map(lower).collect()
}

#[test]
fn a_step_writes_something_and_only_updates_write_what_they_read() {
    for plan in plans() {
        for (at, step) in plan.steps.iter().enumerate() {
            assert!(!step.op.writes().is_empty(), "{:?}", step.op);
            let updates = step.op.operands().iter().any(|operand| operand.access == Access::Update);
            assert_eq!(updates, plan.update.contains(&at), "{:?}", step.op);
        }
    }
}

#[test]
fn the_outline_is_the_plan_without_its_numbers() {
    for plan in plans() {
        let outline = plan.outline();
        assert_eq!(outline.steps.len(), plan.steps.len());
        assert_eq!(outline.buffers.len(), plan.buffers.len());
        for (at, (step, of)) in outline.steps.iter().zip(&plan.steps).enumerate() {
            let phase = match step.phase {
                Phase::Forward => &plan.forward,
                Phase::Loss => &plan.loss,
                Phase::Backward => &plan.backward,
                Phase::Update => &plan.update,
            };
            assert!(phase.contains(&at), "step {at}");
            assert_eq!((step.layer, step.stem), (of.layer, of.op.stem()));
            assert_eq!(step.operands, of.op.operands());
        }
        assert_eq!(outline.buffers[outline.input.index()].role, Role::Input);
        assert_eq!(outline.buffers[outline.output.index()].shape, [4]);
    }
}

/// As the page reads it.
#[test]
fn an_outline_is_written_in_plain_words() {
    let network = Network::preset(Preset::Small, &[4, 4, 1], 2);
    let plan = network.lower(&Lowering::inference(1)).expect("it can be built");
    let outline = serde_json::to_value(plan.outline()).expect("it has a JSON form");
    let step = &outline["steps"][0];
    assert_eq!((&step["phase"], &step["stem"]), (&"forward".into(), &"conv2d".into()));
    let operands = step["operands"].as_array().expect("a list");
    let names: Vec<&str> = operands.iter().filter_map(|operand| operand["name"].as_str()).collect();
    assert_eq!(names, ["x", "kernel", "bias", "y"]);
    assert_eq!(operands[0]["access"], "read");
    assert_eq!(operands[3]["access"], "write");
    let kernel = &outline["buffers"][operands[1]["buffer"].as_u64().expect("an index") as usize];
    assert_eq!(kernel["name"], "conv2d/kernel");
    assert_eq!(kernel["role"], "parameter");
    assert_eq!(kernel["shape"], serde_json::json!([3, 3, 1, 8]));
}
