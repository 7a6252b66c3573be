// y = gamma · (x − mean) / √(variance + ε) + beta
//use index

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let i = invocation(group, groups, local);
    if (i >= step.batch * LEN) {
        return;
    }
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
