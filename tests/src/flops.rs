use atelier_nn::plan::{LossKind, PoolGeometry};
use atelier_nn::{BufferId, Op, Plan};

/// Floating-point operations of `op` over `batch` examples, a multiply-add counting two and an elementary function one.
/// Padded cells of a convolution count as if they were multiplied, as is usual.
pub fn flops(plan: &Plan, op: &Op, batch: usize) -> usize {
    let len = |id: &BufferId| plan.len_of(*id, batch);
    let windows = |g: &PoolGeometry| batch * g.out_height * g.out_width * g.channels * g.window[0] * g.window[1];
    match op {
        Op::Conv2d { .. }
        | Op::Conv2dGradInput { .. }
        | Op::Conv2dGradKernel { .. }
        | Op::Dense { .. }
        | Op::DenseGradInput { .. }
        | Op::DenseGradKernel { .. }
        | Op::DepthwiseConv2d { .. }
        | Op::DepthwiseConv2dGradInput { .. }
        | Op::DepthwiseConv2dGradKernel { .. } => 2 * batch * op.macs() as usize,
        Op::BiasGrad { dy, .. } => len(dy),
        Op::MaxPool2d { geometry, .. }
        | Op::MaxPool2dGrad { geometry, .. }
        | Op::AveragePool2d { geometry, .. }
        | Op::AveragePool2dGrad { geometry, .. } => windows(geometry),
        Op::GlobalAveragePool2d { x, .. } => len(x),
        Op::GlobalAveragePool2dGrad { dy, .. } => len(dy),
        Op::Activate { y, .. } | Op::ActivateGrad { y, .. } | Op::Dropout { y, .. } => len(y),
        Op::Softmax { y, .. } | Op::SoftmaxGrad { y, .. } => 4 * len(y),
        Op::BatchMoments { x, .. } => 4 * len(x),
        Op::BatchNorm { x, .. } => 2 * len(x),
        Op::BatchNormGradParameters { x, .. } => 4 * len(x),
        Op::BatchNormGradInput { x, .. } => 5 * len(x),
        Op::BatchNormGradFixed { dy, .. } => len(dy),
        Op::MovingAverage { average, .. } => 3 * len(average),
        Op::Add { xs, y } => (xs.len() - 1) * len(y),
        Op::Concatenate { .. } | Op::ConcatenateGrad { .. } | Op::ZeroPad2d { .. } | Op::ZeroPad2dGrad { .. } => 0,
        Op::Loss { kind, prediction, .. } | Op::LossGrad { kind, prediction, .. } => {
            len(prediction)
                * match kind {
                    LossKind::SoftmaxCrossentropy | LossKind::CategoricalCrossentropy => 4,
                    LossKind::MeanSquaredError => 3,
                }
        }
        Op::Metrics { loss, .. } => len(loss),
        Op::Sgd { parameter, velocity, .. } => len(parameter) * if velocity.is_some() { 4 } else { 2 },
        Op::Adam { parameter, .. } => 12 * len(parameter),
    }
}
