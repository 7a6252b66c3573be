// y = eˣ / Σ eˣ along the channels, shifted by the largest so that nothing overflows.
//use index

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let i = invocation(group, groups, local);
    if (i >= step.batch * POSITIONS) {
        return;
    }
    let start = i * CHANNELS;
    var largest = x[start];
    for (var c = 1u; c < CHANNELS; c++) {
        largest = max(largest, x[start + c]);
    }
    var sum = 0.0;
    for (var c = 0u; c < CHANNELS; c++) {
        sum += exp(x[start + c] - largest);
    }
    for (var c = 0u; c < CHANNELS; c++) {
        y[start + c] = exp(x[start + c] - largest) / sum;
    }
}
