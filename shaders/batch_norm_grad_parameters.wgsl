// Over the rows of the examples here, with x̂ = (x − mean) / √(variance + ε): dbeta = Σ dy, dgamma = Σ dy·x̂.
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
