// Gradient of the mean loss of the whole batch.
//use main
//use crossentropy

//if CATEGORICAL_CROSSENTROPY
// Along the scaled probability; a clipped one does not move the loss.
fn towards(at: u32, all: f32) -> f32 {
    let p = prediction[at] / all;
    return or_nan(select(0.0, -goal[at] / p, (p >= CLIP) & (p <= 1.0 - CLIP)), p);
}
//end

fn run(i: u32) {
    let start = i * OUTPUTS;
    let examples = f32(step.batch_total);
    //if SOFTMAX_CROSSENTROPY
    // Not by the logarithm of the sum, which loses as many digits as the predictions are far from zero.
    let largest = largest_prediction(start);
    let sum = sum_of_exponentials(start, largest);
    var weight = 0.0;
    for (var c = 0u; c < OUTPUTS; c++) {
        weight += goal[start + c];
    }
    for (var c = 0u; c < OUTPUTS; c++) {
        dprediction[start + c] = (exp(prediction[start + c] - largest) / sum * weight - goal[start + c]) / examples;
    }
    //end
    //if CATEGORICAL_CROSSENTROPY
    let all = sum_of_predictions(start);
    var through_sum = 0.0;
    for (var c = 0u; c < OUTPUTS; c++) {
        through_sum += towards(start + c, all) * prediction[start + c] / all;
    }
    for (var c = 0u; c < OUTPUTS; c++) {
        dprediction[start + c] = (towards(start + c, all) - through_sum) / all / examples;
    }
    //end
    //if MEAN_SQUARED_ERROR
    for (var c = 0u; c < OUTPUTS; c++) {
        dprediction[start + c] = 2.0 * (prediction[start + c] - goal[start + c]) / f32(OUTPUTS) / examples;
    }
    //end
}
