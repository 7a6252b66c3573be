// The gradient of a kernel: for each weight (tap, channel, filter), Σ over the batch's output pixels of
// x[pixel under the tap][channel] · dy[pixel][filter].
//
// An invocation adds up ROWS weights along the channels × COLUMNS filters over a piece of the pixels; `sum_parts` adds the
// pieces. Neighbouring invocations have neighbouring filters. The file that uses this defines where x lies under a tap.
//use main

fn run(i: u32) {
    let across = i % ACROSS;
    let weight = i / ACROSS % DOWN * ROWS;
    let piece = i / (ACROSS * DOWN);
    let pixels = step.batch * PIXELS;
    let first = piece * EACH;
    let last = min(first + EACH, pixels);
    // ROWS divides the channels, so that all rows have one tap.
    let tap = weight / IN_CHANNELS;
    let channel = weight % IN_CHANNELS;
    let ky = tap / KERNEL_WIDTH;
    let kx = tap % KERNEL_WIDTH;
    //each j COLUMNS
    let filter_$j = min(across + $ju * ACROSS, FILTERS - 1u);
    //each r ROWS
    var sum_$r_$j = 0.0;
    //end
    //end
    var image = first / PIXELS;
    var y = first % PIXELS / OUT_WIDTH;
    var x_out = first % OUT_WIDTH;
    for (var pixel = first; pixel < last; pixel++) {
        let row = source_row(y, ky);
        let column = source_column(x_out, kx);
        if ((row < IN_HEIGHT) & (column < IN_WIDTH)) {
            let at = ((image * IN_HEIGHT + row) * IN_WIDTH + column) * IN_CHANNELS + channel;
            //each j COLUMNS
            let b_$j = dy[pixel * FILTERS + filter_$j];
            //end
            //if VECTORS
            let a_0 = x[at / 4u];
            //if EIGHT
            let a_1 = x[at / 4u + 1u];
            //end
            //each j COLUMNS
            //each k 4
            sum_$k_$j += a_0[$k] * b_$j;
            //end
            //end
            //if EIGHT
            //each j COLUMNS
            sum_4_$j += a_1[0] * b_$j;
            sum_5_$j += a_1[1] * b_$j;
            sum_6_$j += a_1[2] * b_$j;
            sum_7_$j += a_1[3] * b_$j;
            //end
            //end
            //else
            //each r ROWS
            let a_$r = x[at + $ru];
            //each j COLUMNS
            sum_$r_$j += a_$r * b_$j;
            //end
            //end
            //end
        }
        x_out++;
        if (x_out == OUT_WIDTH) {
            x_out = 0u;
            y++;
            if (y == OUT_HEIGHT) {
                y = 0u;
                image++;
            }
        }
    }
    //each j COLUMNS
    if (across + $ju * ACROSS < FILTERS) {
        //each r ROWS
        pieces[(piece * (KERNEL_HEIGHT * KERNEL_WIDTH * IN_CHANNELS) + weight + $ru) * FILTERS + filter_$j] = sum_$r_$j;
        //end
    }
    //end
}
