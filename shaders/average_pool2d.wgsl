// The mean of each channel over the cells of each window that lie inside the input.
//use main
//use pool

fn run(i: u32) {
    let at = place(i, OUT_HEIGHT, OUT_WIDTH);
    let rows = rows_under(at.y);
    let columns = columns_under(at.z);
    var sum = 0.0;
    for (var row = rows.x; row < rows.y; row++) {
        for (var column = columns.x; column < columns.y; column++) {
            sum += x[((at.x * IN_HEIGHT + row) * IN_WIDTH + column) * CHANNELS + at.w];
        }
    }
    y[i] = sum / f32((rows.y - rows.x) * (columns.y - columns.x));
}
