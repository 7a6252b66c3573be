// `product_grad_kernel` where the window moves by one pixel and has no gaps along a row: an invocation adds up all taps of one
// row of the kernel × ROWS channels × COLUMNS filters. It walks along the rows of its piece with the numbers under the taps in
// registers, so that each is loaded once for all of them.
//use main

fn run(i: u32) {
    let across = i % ACROSS;
    let block = i / ACROSS % DOWN;
    let piece = i / (ACROSS * DOWN);
    let ky = block / (IN_CHANNELS / ROWS);
    let channel = block % (IN_CHANNELS / ROWS) * ROWS;
    let lines = step.batch * OUT_HEIGHT;
    let first = piece * (EACH / OUT_WIDTH);
    let last = min(first + EACH / OUT_WIDTH, lines);
    //each j COLUMNS
    let filter_$j = min(across + $ju * ACROSS, FILTERS - 1u);
    //each t KERNEL_WIDTH
    //each r ROWS
    var sum_$t_$r_$j = 0.0;
    //end
    //end
    //end
    for (var line = first; line < last; line++) {
        let row = source_row(line % OUT_HEIGHT, ky);
        if (row < IN_HEIGHT) {
            let start = (line / OUT_HEIGHT * IN_HEIGHT + row) * (IN_WIDTH * IN_CHANNELS) + channel;
            //each t KERNEL_WIDTH
            // Under all taps but the last of the first output; what lies before the input wraps around to far beyond it.
            let before_$t = source_column(0u, $tu) - 1u;
            let inside_$t = before_$t < IN_WIDTH;
            let at_$t = start + select(0u, before_$t, inside_$t) * IN_CHANNELS;
            //each r ROWS
            var a_$t_$r = select(0.0, x[at_$t + $ru], inside_$t);
            //end
            //end
            for (var column = 0u; column < OUT_WIDTH; column++) {
                //each t LAST_TAP
                //each r ROWS
                a_$t_$r = a_$($t+1)_$r;
                //end
                //end
                let next = source_column(column, LAST_TAP);
                let inside = next < IN_WIDTH;
                let at = start + select(0u, next, inside) * IN_CHANNELS;
                //each r ROWS
                a_$(LAST_TAP)_$r = select(0.0, x[at + $ru], inside);
                //end
                //each j COLUMNS
                let b_$j = dy[(line * OUT_WIDTH + column) * FILTERS + filter_$j];
                //each t KERNEL_WIDTH
                //each r ROWS
                sum_$t_$r_$j += a_$t_$r * b_$j;
                //end
                //end
                //end
            }
        }
    }
    let weights = KERNEL_HEIGHT * KERNEL_WIDTH * IN_CHANNELS;
    //each j COLUMNS
    if (across + $ju * ACROSS < FILTERS) {
        //each t KERNEL_WIDTH
        //each r ROWS
        pieces[(piece * weights + (ky * KERNEL_WIDTH + $tu) * IN_CHANNELS + channel + $ru) * FILTERS + filter_$j] = sum_$t_$r_$j;
        //end
        //end
    }
    //end
}
