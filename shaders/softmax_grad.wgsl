// dx = y ⊙ (dy − Σ dy·y) along the channels.
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
    var along = 0.0;
    for (var c = 0u; c < CHANNELS; c++) {
        along += y[start + c] * dy[start + c];
    }
    for (var c = 0u; c < CHANNELS; c++) {
        dx[start + c] = y[start + c] * (dy[start + c] - along);
    }
}
