// The loss of every example, against its goal (one-hot, or values to reach).
//use main
//use crossentropy

fn run(i: u32) {
    let start = i * OUTPUTS;
    var sum = 0.0;
    //if SOFTMAX_CROSSENTROPY
    let largest = largest_prediction(start);
    let log_sum = log(sum_of_exponentials(start, largest));
    for (var c = 0u; c < OUTPUTS; c++) {
        sum += goal[start + c] * (largest - prediction[start + c] + log_sum);
    }
    //end
    //if CATEGORICAL_CROSSENTROPY
    let all = sum_of_predictions(start);
    for (var c = 0u; c < OUTPUTS; c++) {
        let p = prediction[start + c] / all;
        // The logarithm of NaN need not be NaN.
        sum -= goal[start + c] * or_nan(log(clamp(p, CLIP, 1.0 - CLIP)), p);
    }
    //end
    //if MEAN_SQUARED_ERROR
    for (var c = 0u; c < OUTPUTS; c++) {
        let off = goal[start + c] - prediction[start + c];
        sum += off * off;
    }
    sum /= f32(OUTPUTS);
    //end
    loss[i] = sum;
}
