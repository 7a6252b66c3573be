// Through the batch's own moments, with x̂ = (x − mean) / √(variance + ε) and the sums dbeta = Σ dy and dgamma = Σ dy·x̂ over
// the M rows of the whole batch: dx = gamma / √(variance + ε) · (dy − dbeta/M − x̂·dgamma/M).
//use main

fn run(i: u32) {
    let channel = i % CHANNELS;
    let rows = f32(step.batch_total * POSITIONS);
    let inverse = 1.0 / sqrt(variance[channel] + EPSILON);
    let through_mean = dy[i] - dbeta[channel] / rows;
    let through_variance = inverse * dgamma[channel] / rows * (x[i] - mean[channel]);
    //if GAMMA
    dx[i] = gamma[channel] * inverse * (through_mean - through_variance);
    //else
    dx[i] = inverse * (through_mean - through_variance);
    //end
}
