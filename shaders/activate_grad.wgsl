// dx = dy · activation′, from the activation's output. IN_PLACE: dx holds dy at first.
//use numbers
//use main

fn through(y: Numbers, dy: Numbers) -> Numbers {
    //if LINEAR
    return dy;
    //end
    //if RELU
    return or_nan(select(Numbers(0.0), dy, y > Numbers(0.0)), y);
    //end
    //if SIGMOID
    return dy * (y * (1.0 - y));
    //end
    //if TANH
    // (1 − y)(1 + y) keeps its digits near ±1, where 1 − y² would lose them.
    return dy * ((1.0 - y) * (1.0 + y));
    //end
    //if CLIPPED_RELU
    return or_nan(select(Numbers(0.0), dy, (y > Numbers(0.0)) & (y < Numbers(MAX_VALUE))), y);
    //end
    //if LEAKY_RELU
    return or_nan(select(dy * SLOPE, dy, y > Numbers(0.0)), y);
    //end
}

fn run(i: u32) {
    //if IN_PLACE
    let given = dx[i];
    //else
    let given = dy[i];
    //end
    dx[i] = through(y[i], given);
}
