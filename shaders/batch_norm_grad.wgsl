// Through the batch's own moments. With x̂ = (x − mean) / √(variance + ε) over M rows: dbeta = Σ dy, dgamma = Σ dy·x̂, and,
// with INPUT, dx = gamma / √(variance + ε) · (dy − dbeta/M − x̂·dgamma/M).
//if INPUT
//use main

fn run(i: u32) {
    let channel = i % CHANNELS;
    let rows = f32(step.batch * POSITIONS);
    let inverse = 1.0 / sqrt(variance[channel] + EPSILON);
    let through_mean = dy[i] - dbeta[channel] / rows;
    let through_variance = inverse * dgamma[channel] / rows * (x[i] - mean[channel]);
    //if GAMMA
    dx[i] = gamma[channel] * inverse * (through_mean - through_variance);
    //else
    dx[i] = inverse * (through_mean - through_variance);
    //end
}
//else
alias Sum = vec2<f32>;
//if TOTALS
fn total(channel: u32, sum: Sum, rows: f32) {
    dbeta[channel] = sum.x;
    dgamma[channel] = sum.y * (1.0 / sqrt(variance[channel] + EPSILON));
}
//else
fn prepare(channel: u32) -> f32 {
    return mean[channel];
}

fn term(mean: f32, at: u32) -> Sum {
    return vec2<f32>(dy[at], dy[at] * (x[at] - mean));
}
//end
//use column_sums
//end
