// Each window's gradient goes to its first cell, in row order, that is not below the maximum (the first of all where that is
// NaN); where windows overlap, a cell sums. A cell looks at the windows over it and takes from those that it won, so that no two invocations write one number. APART:
// windows side by side cover the input; then each writes its own cells.
//use main
//use pool
//use is_nan

fn reaches(cell: f32, maximum: f32) -> bool {
    return (cell >= maximum) | is_nan(maximum);
}

//if !APART
// Whether no cell of the window before this one reaches the maximum.
fn first_in(window_y: u32, window_x: u32, cell: vec4<u32>, largest: f32) -> bool {
    let rows = rows_under(window_y);
    let columns = columns_under(window_x);
    for (var row = rows.x; row <= cell.y; row++) {
        for (var column = columns.x; column < columns.y; column++) {
            if ((row == cell.y) & (column == cell.z)) {
                return true;
            }
            if (reaches(x[((cell.x * IN_HEIGHT + row) * IN_WIDTH + column) * CHANNELS + cell.w], largest)) {
                return false;
            }
        }
    }
    return true;
}
//end

fn run(i: u32) {
    //if APART
    let at = place(i, OUT_HEIGHT, OUT_WIDTH);
    let rows = rows_under(at.y);
    let columns = columns_under(at.z);
    // What has not found its cell yet.
    var left = dy[i];
    for (var row = rows.x; row < rows.y; row++) {
        for (var column = columns.x; column < columns.y; column++) {
            let cell = ((at.x * IN_HEIGHT + row) * IN_WIDTH + column) * CHANNELS + at.w;
            let won = reaches(x[cell], y[i]);
            dx[cell] = select(0.0, left, won);
            left = select(left, 0.0, won);
        }
    }
    //else
    let at = place(i, IN_HEIGHT, IN_WIDTH);
    let across = windows_over_column(at.z);
    let down = windows_over_row(at.y);
    var sum = 0.0;
    for (var window_y = down.x; window_y < down.y; window_y++) {
        for (var window_x = across.x; window_x < across.y; window_x++) {
            let window = ((at.x * OUT_HEIGHT + window_y) * OUT_WIDTH + window_x) * CHANNELS + at.w;
            if (reaches(x[i], y[window]) && first_in(window_y, window_x, at, y[window])) {
                sum += dy[window];
            }
        }
    }
    dx[i] = sum;
    //end
}
