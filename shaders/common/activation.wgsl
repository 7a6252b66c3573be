// The activation of one number, or of four.
fn activate(x: Numbers) -> Numbers {
    //if LINEAR
    return x;
    //end
    //if RELU
    return max(x, Numbers(0.0));
    //end
    //if SIGMOID
    // Beyond 88 the exponential would overflow, and the sigmoid is less than the smallest normal number.
    return 1.0 / (1.0 + exp(min(-x, Numbers(88.0))));
    //end
    //if TANH
    // Beyond 10 it is 1 to all its digits, and some implementations overflow.
    return tanh(clamp(x, Numbers(-10.0), Numbers(10.0)));
    //end
    //if LEAKY_RELU
    return select(x * SLOPE, x, x > Numbers(0.0));
    //end
}
