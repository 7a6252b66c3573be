// A product of patches and weights: for each pixel of a grid and each column,
// Σ over taps and channels of source[pixel under the tap][channel] · weights[tap][channel][column].
//
// An invocation computes ROWS pixels × COLUMNS columns in registers. Neighbouring invocations have neighbouring columns, so
// that they read the same numbers of the source and neighbouring weights. No workgroup memory and no barrier. The file that
// uses this defines the grid, where the source lies under a tap (beyond its size: outside), and what becomes of a sum.
//
// Conditions are joined by & and never by &&: SwiftShader's compiler takes fifty times as long for the branches.
//use main

fn run(i: u32) {
    let across = i % ACROSS;
    let first = i / ACROSS * ROWS;
    let rows = step.batch * PIXELS;
    //each r ROWS
    // A pixel past the last one repeats it; its sums are not kept.
    let pixel_$r = min(first + $ru, rows - 1u);
    let image_$r = pixel_$r / PIXELS * (SOURCE_HEIGHT * SOURCE_WIDTH);
    let y_$r = pixel_$r % PIXELS / GRID_WIDTH;
    let x_$r = pixel_$r % GRID_WIDTH;
    //end
    //each j COLUMNS
    let column_$j = min(across + $ju * ACROSS, WIDTH - 1u);
    //each r ROWS
    var sum_$r_$j = 0.0;
    //end
    //end
    for (var ky = 0u; ky < KERNEL_HEIGHT; ky++) {
        //each r ROWS
        let row_$r = source_row(y_$r, ky);
        //end
        for (var kx = 0u; kx < KERNEL_WIDTH; kx++) {
            //each r ROWS
            let source_x_$r = source_column(x_$r, kx);
            let inside_$r = (row_$r < SOURCE_HEIGHT) & (source_x_$r < SOURCE_WIDTH);
            let at_$r = select(0u, (image_$r + row_$r * SOURCE_WIDTH + source_x_$r) * DEPTH, inside_$r);
            //end
            let weight = (ky * KERNEL_WIDTH + kx) * (DEPTH * WIDTH);
            //if VECTORS
            for (var channel = 0u; channel < DEPTH; channel += 4u) {
                //each r ROWS
                let a_$r = select(vec4<f32>(0.0), source[(at_$r + channel) / 4u], inside_$r);
                //end
                //each k 4
                let weight_$k = weight + (channel + $ku) * WIDTH;
                //each j COLUMNS
                let b_$k_$j = weights[weight_$k + column_$j];
                //each r ROWS
                sum_$r_$j += a_$r[$k] * b_$k_$j;
                //end
                //end
                //end
            }
            //else
            for (var channel = 0u; channel < DEPTH; channel++) {
                //each r ROWS
                let a_$r = select(0.0, source[at_$r + channel], inside_$r);
                //end
                //each j COLUMNS
                let b_$j = weights[weight + channel * WIDTH + column_$j];
                //each r ROWS
                sum_$r_$j += a_$r * b_$j;
                //end
                //end
            }
            //end
        }
    }
    //each r ROWS
    if (first + $ru < rows) {
        //each j COLUMNS
        if (across + $ju * ACROSS < WIDTH) {
            finish(pixel_$r * WIDTH, column_$j, sum_$r_$j);
        }
        //end
    }
    //end
}
