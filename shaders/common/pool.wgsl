// The cells inside the input under a position of a window, along one axis: from x up to y.
fn span(position: u32, stride: u32, window: u32, pad: u32, size: u32) -> vec2<u32> {
    let start = position * stride;
    let end = min(max(start + window, pad) - pad, size);
    return vec2<u32>(min(max(start, pad) - pad, end), end);
}

fn rows_under(y: u32) -> vec2<u32> {
    return span(y, STRIDE_Y, WINDOW_HEIGHT, PAD_TOP, IN_HEIGHT);
}

fn columns_under(x: u32) -> vec2<u32> {
    return span(x, STRIDE_X, WINDOW_WIDTH, PAD_LEFT, IN_WIDTH);
}

// The positions of a window that cover a cell, along one axis: from x up to y.
fn covering(cell: u32, stride: u32, window: u32, pad: u32, positions: u32) -> vec2<u32> {
    let at = cell + pad;
    let end = min(at / stride + 1u, positions);
    let start = select(0u, (at - window) / stride + 1u, at >= window);
    return vec2<u32>(min(start, end), end);
}

fn windows_over_row(y: u32) -> vec2<u32> {
    return covering(y, STRIDE_Y, WINDOW_HEIGHT, PAD_TOP, OUT_HEIGHT);
}

fn windows_over_column(x: u32) -> vec2<u32> {
    return covering(x, STRIDE_X, WINDOW_WIDTH, PAD_LEFT, OUT_WIDTH);
}

// Image, row, column and channel of a number in maps of this size.
fn place(i: u32, height: u32, width: u32) -> vec4<u32> {
    let pixel = i / CHANNELS;
    let line = pixel / width;
    return vec4<u32>(line / height, line % height, pixel % width, i % CHANNELS);
}
