// dbias = Σ dy over examples and positions.
alias Sum = f32;
//if TOTALS
fn total(channel: u32, sum: Sum, rows: f32) {
    dbias[channel] = sum;
}
//else
fn prepare(channel: u32) -> f32 {
    return 0.0;
}

fn term(column: f32, at: u32) -> Sum {
    return dy[at];
}
//end
//use column_sums
