// Each window's gradient in equal shares to its cells inside the input; a cell takes from the windows over it.
//use main
//use pool

fn run(i: u32) {
    let at = place(i, IN_HEIGHT, IN_WIDTH);
    let across = windows_over_column(at.z);
    let down = windows_over_row(at.y);
    var sum = 0.0;
    for (var window_y = down.x; window_y < down.y; window_y++) {
        let rows = rows_under(window_y);
        for (var window_x = across.x; window_x < across.y; window_x++) {
            let columns = columns_under(window_x);
            let window = ((at.x * OUT_HEIGHT + window_y) * OUT_WIDTH + window_x) * CHANNELS + at.w;
            sum += dy[window] / f32((rows.y - rows.x) * (columns.y - columns.x));
        }
    }
    dx[i] = sum;
}
