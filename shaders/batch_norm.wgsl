// y = gamma · (x − mean) / √(variance + ε) + beta
//use main

fn run(i: u32) {
    let channel = i % CHANNELS;
    //if GAMMA
    let scale = gamma[channel] / sqrt(variance[channel] + EPSILON);
    //else
    let scale = 1.0 / sqrt(variance[channel] + EPSILON);
    //end
    //if BETA
    y[i] = (x[i] - mean[channel]) * scale + beta[channel];
    //else
    y[i] = (x[i] - mean[channel]) * scale;
    //end
}
