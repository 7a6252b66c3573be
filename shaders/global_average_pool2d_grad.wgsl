// Every position gets its share of its channel's gradient: dx = dy / positions.
//use index

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let i = invocation(group, groups, local);
    if (i >= step.batch * (POSITIONS * CHANNELS)) {
        return;
    }
    dx[i] = dy[i / (POSITIONS * CHANNELS) * CHANNELS + i % CHANNELS] / f32(POSITIONS);
}
