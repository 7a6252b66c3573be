//use largest

// Probabilities are kept this far from 0 and 1, as in Keras.
const CLIP = 1e-7;

fn largest_prediction(start: u32) -> f32 {
    var largest = prediction[start];
    for (var c = 1u; c < OUTPUTS; c++) {
        largest = larger(largest, prediction[start + c]);
    }
    return largest;
}

// Relative to the largest: at least 1, and it cannot overflow.
fn sum_of_exponentials(start: u32, largest: f32) -> f32 {
    var sum = 0.0;
    for (var c = 0u; c < OUTPUTS; c++) {
        sum += exp(prediction[start + c] - largest);
    }
    return of_finite(sum, largest);
}

fn sum_of_predictions(start: u32) -> f32 {
    var sum = 0.0;
    for (var c = 0u; c < OUTPUTS; c++) {
        sum += prediction[start + c];
    }
    return sum;
}
