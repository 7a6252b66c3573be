// One input's channels in their place in y: OFFSET .. OFFSET + CHANNELS of TOTAL.
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
    y[i / CHANNELS * TOTAL + OFFSET + i % CHANNELS] = x[i];
}
