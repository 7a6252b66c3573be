// The activation of one number, or of four.
fn activate(x: Numbers) -> Numbers {
    //if LINEAR
    return x;
    //end
    //if RELU
    return or_nan(max(x, Numbers(0.0)), x);
    //end
    //if SIGMOID
    // Beyond 88 the exponential would overflow, and the sigmoid is less than the smallest normal number.
    // The exponential of NaN need not be NaN.
    return or_nan(1.0 / (1.0 + exp(min(-x, Numbers(88.0)))), x);
    //end
    //if TANH
    // Beyond 10 it is 1 to all its digits, and some implementations overflow.
    return or_nan(tanh(clamp(x, Numbers(-10.0), Numbers(10.0))), x);
    //end
    //if CLIPPED_RELU
    return or_nan(clamp(x, Numbers(0.0), Numbers(MAX_VALUE)), x);
    //end
    //if LEAKY_RELU
    return or_nan(select(x * SLOPE, x, x > Numbers(0.0)), x);
    //end
}
