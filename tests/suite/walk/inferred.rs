//! A picture in inference beside the same in training, against the f64 reference of a plan for inference; and what is told of many
//! numbers at once.

use atelier_nn::{BufferId, Executor, Loss, Lowering, StepData};
use atelier_session::walk::When;
use atelier_tests::{Bounded, Interpreter, Real};
use pollster::block_on;

use crate::networks::everything;
use crate::{adam, begun, plan, training};

#[test]
fn inference_is_what_the_reference_computes_with_the_moving_averages() {
    let mut begun = begun(everything(true), training(Loss::CategoricalCrossentropy, adam()), 4);
    let checkpoint = begun.checkpoint();
    let (indices, shown) = ([5, 9, 2], 1);
    let mut walk = begun.walk(&indices, shown);
    let trained = plan(&checkpoint, indices.len());
    let plan = checkpoint.network.lower(&Lowering::trace(1)).expect("it is a network");
    let mut reference: Interpreter<Bounded> = Interpreter::new(plan.clone());
    let values = |buffer: BufferId, when| block_on(walk.values(buffer, when, shown)).expect("it is there");
    let exact = |values: Vec<f32>| values.into_iter().map(|v| Bounded::exact(f64::from(v))).collect::<Vec<_>>();
    for (own, walked) in plan.parameters.iter().zip(&trained.parameters) {
        reference.set(own.buffer, &exact(values(walked.buffer, When::Before)));
    }
    reference.set(plan.input, &exact(values(trained.input, When::Before)));
    reference.run(plan.forward.clone(), &StepData::forward(1)).expect("the reference refuses no step");
    let in_training: Vec<Vec<f32>> = trained.layer_outputs.iter().map(|output| values(*output, When::After)).collect();
    let mut otherwise = 0;
    for (layer, output) in plan.layer_outputs.iter().enumerate() {
        let expected = reference.numbers(*output, 1).to_vec();
        let index = expected.len() / 2;
        let told = block_on(walk.inference(layer, index)).expect("there is such a layer");
        let kind = &checkpoint.network.layers[layer].name;
        assert_eq!(told.y.len(), expected.len(), "{kind}");
        for (value, bounded) in told.y.iter().zip(&expected) {
            let off = (f64::from(*value) - bounded.value()).abs();
            assert!(off <= bounded.rounded_error(), "{kind}: {value} for {bounded:?}");
        }
        otherwise += usize::from(told.y != in_training[layer]);
        if kind.starts_with("dropout") {
            assert!(told.explanation.is_none() && told.x == told.y, "nothing is dropped");
        }
        if kind.starts_with("batch_normalization") {
            let e = told.explanation.expect("it computes");
            let line = |name: &str| e.lines.iter().find(|line| line.name == name).expect("it is told").value;
            let own = line("gamma") * line("normalised") + line("beta");
            assert!((own - f64::from(told.y[index])).abs() <= 1e-5 * (1.0 + own.abs()), "{own} for {}", told.y[index]);
        }
    }
    // From the first normalisation on.
    assert!(otherwise > 3, "{otherwise} layers differ");
    assert!(block_on(walk.inference(99, 0)).is_err() && block_on(walk.inference(0, 1 << 30)).is_err());
}

#[test]
fn a_survey_counts_what_is_there() {
    let mut begun = begun(everything(true), training(Loss::CategoricalCrossentropy, adam()), 1);
    let walk = begun.walk(&[3, 1], 1);
    let outline = walk.outline().outline.clone();
    let groups = [vec![outline.input], outline.layer_outputs.clone(), Vec::new()];
    for group in groups {
        let each =
            group.iter().flat_map(|buffer| block_on(walk.values(*buffer, When::Before, 1)).expect("it is there"));
        let all: Vec<f64> = each.map(f64::from).collect();
        let survey = block_on(walk.survey(&group)).expect("it is there");
        let n = all.len().max(1) as f64;
        assert_eq!(survey.count, all.len());
        assert_eq!(survey.zeros, all.iter().filter(|x| **x == 0.0).count() as f64 / n);
        assert!((survey.mean_size - all.iter().map(|x| x.abs()).sum::<f64>() / n).abs() < 1e-12);
        assert!((survey.norm - all.iter().map(|x| x * x).sum::<f64>().sqrt()).abs() < 1e-12 * (1.0 + survey.norm));
    }
    assert!(block_on(walk.survey(&[BufferId(9999)])).is_err());
}
