// Sums over rows for each channel, in two passes: first each invocation adds a piece of the rows up, then the pieces are
// added in their order. The file that uses this defines `Sum`, and `term` or `total`.
//use main

fn run(i: u32) {
    let channel = i % CHANNELS;
    let rows = step.batch * POSITIONS;
    //if TOTALS
    var sum = Sum(0.0);
    for (var piece = 0u; piece * EACH < rows; piece++) {
        sum += pieces[piece * CHANNELS + channel];
    }
    total(channel, sum, f32(rows));
    //else
    let first = i / CHANNELS * EACH;
    let last = min(first + EACH, rows);
    let column = prepare(channel);
    var sum = Sum(0.0);
    for (var row = first; row < last; row++) {
        sum += term(column, row * CHANNELS + channel);
    }
    pieces[i] = sum;
    //end
}
