// Mean of each channel, then, with DEVIATIONS, its population variance: the squares' mean minus the mean's square would
// lose the variance of a channel far from zero.
alias Sum = f32;
//if TOTALS
fn total(channel: u32, sum: Sum, rows: f32) {
    moment[channel] = sum / rows;
}
//else
//if DEVIATIONS
fn prepare(channel: u32) -> f32 {
    return mean[channel];
}

fn term(mean: f32, at: u32) -> Sum {
    let deviation = x[at] - mean;
    return deviation * deviation;
}
//else
fn prepare(channel: u32) -> f32 {
    return 0.0;
}

fn term(column: f32, at: u32) -> Sum {
    return x[at];
}
//end
//end
//use column_sums
