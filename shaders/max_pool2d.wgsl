// The largest number of each channel under each window; NaN where one of them is.
//use main
//use pool
//use largest

fn run(i: u32) {
    let at = place(i, OUT_HEIGHT, OUT_WIDTH);
    let rows = rows_under(at.y);
    let columns = columns_under(at.z);
    var largest = x[((at.x * IN_HEIGHT + rows.x) * IN_WIDTH + columns.x) * CHANNELS + at.w];
    for (var row = rows.x; row < rows.y; row++) {
        for (var column = columns.x; column < columns.y; column++) {
            largest = larger(largest, x[((at.x * IN_HEIGHT + row) * IN_WIDTH + column) * CHANNELS + at.w]);
        }
    }
    y[i] = largest;
}
