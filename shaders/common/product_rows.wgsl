// `product` where the window moves by one pixel and has no gaps along a row: an invocation computes ROWS pixels of one row of
// the grid × COLUMNS columns, and loads the SPAN numbers of a row and a channel that lie under all its pixels once for all
// taps of that row. The source under pixel x begins at x − LEFT.
//use main

fn run(i: u32) {
    let across = i % ACROSS;
    let segment = i / ACROSS;
    let line = segment / SEGMENTS;
    let image = line / (PIXELS / GRID_WIDTH) * SOURCE_HEIGHT;
    let y = line % (PIXELS / GRID_WIDTH);
    let x = segment % SEGMENTS * ROWS;
    //each j COLUMNS
    let column_$j = min(across + $ju * ACROSS, WIDTH - 1u);
    //each r ROWS
    var sum_$r_$j = 0.0;
    //end
    //end
    //each s SPAN
    // What lies before the source wraps around to far beyond it.
    let inside_$s = x + $su - LEFT < SOURCE_WIDTH;
    let at_$s = select(0u, x + $su - LEFT, inside_$s) * DEPTH;
    //end
    for (var ky = 0u; ky < KERNEL_HEIGHT; ky++) {
        let row = source_row(y, ky);
        if (row < SOURCE_HEIGHT) {
            let start = (image + row) * (SOURCE_WIDTH * DEPTH);
            let weight = ky * (KERNEL_WIDTH * DEPTH * WIDTH);
            //if VECTORS
            for (var channel = 0u; channel < DEPTH; channel += 4u) {
                //each s SPAN
                let a_$s = select(vec4<f32>(0.0), source[(start + at_$s + channel) / 4u], inside_$s);
                //end
                //each k 4
                //each t KERNEL_WIDTH
                //each j COLUMNS
                let b_$k_$t_$j = weights[weight + (tap($tu) * DEPTH + channel + $ku) * WIDTH + column_$j];
                //each r ROWS
                sum_$r_$j += a_$($r+$t)[$k] * b_$k_$t_$j;
                //end
                //end
                //end
                //end
            }
            //else
            for (var channel = 0u; channel < DEPTH; channel++) {
                //each s SPAN
                let a_$s = select(0.0, source[start + at_$s + channel], inside_$s);
                //end
                //each t KERNEL_WIDTH
                //each j COLUMNS
                let b_$t_$j = weights[weight + (tap($tu) * DEPTH + channel) * WIDTH + column_$j];
                //each r ROWS
                sum_$r_$j += a_$($r+$t) * b_$t_$j;
                //end
                //end
                //end
            }
            //end
        }
    }
    //each r ROWS
    if (x + $ru < GRID_WIDTH) {
        //each j COLUMNS
        if (across + $ju * ACROSS < WIDTH) {
            finish((line * GRID_WIDTH + x + $ru) * WIDTH, column_$j, sum_$r_$j);
        }
        //end
    }
    //end
}
