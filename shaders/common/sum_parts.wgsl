// total = the sum of the parts, in their order: one for every EACH of the batch's pixels.
//use index

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let i = invocation(group, groups, local);
    if (i >= LEN) {
        return;
    }
    let pixels = step.batch * PIXELS;
    var sum = 0.0;
    for (var part = 0u; part * EACH < pixels; part++) {
        sum += parts[part * LEN + i];
    }
    total[i] = sum;
}
