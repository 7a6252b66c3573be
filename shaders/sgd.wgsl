// Keras's SGD: without a velocity p −= lr·g; with one v = momentum·v − lr·g, then p += v, or with Nesterov's look ahead
// p += momentum·v − lr·g.
//use numbers
//use main

fn run(i: u32) {
    let change = -step.learning_rate * gradient[i];
    //if VELOCITY
    let moving = MOMENTUM * velocity[i] + change;
    velocity[i] = moving;
    //if NESTEROV
    parameter[i] = parameter[i] + (MOMENTUM * moving + change);
    //else
    parameter[i] = parameter[i] + moving;
    //end
    //else
    parameter[i] = parameter[i] + change;
    //end
}
