// What lies inside the padding.
//use index

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let i = invocation(group, groups, local);
    if (i >= step.batch * (IN_HEIGHT * IN_WIDTH * CHANNELS)) {
        return;
    }
    let pixel = i / CHANNELS;
    let line = pixel / IN_WIDTH;
    let row = line / IN_HEIGHT * PADDED_HEIGHT + line % IN_HEIGHT + TOP;
    let column = pixel % IN_WIDTH + LEFT;
    dx[i] = dy[(row * PADDED_WIDTH + column) * CHANNELS + i % CHANNELS];
}
