// The mean of each channel over the positions of each image.
//use index

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let i = invocation(group, groups, local);
    if (i >= step.batch * CHANNELS) {
        return;
    }
    let start = i / CHANNELS * (POSITIONS * CHANNELS) + i % CHANNELS;
    var sum = 0.0;
    for (var position = 0u; position < POSITIONS; position++) {
        sum += x[start + position * CHANNELS];
    }
    y[i] = sum / f32(POSITIONS);
}
