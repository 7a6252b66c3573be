// y = x / (1 − rate) where the element is kept, else 0. Elements are counted over the whole batch, so that a shard drops
// what the whole batch would have dropped there.
//use index
//use random

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
    let element = step.first_example * LEN + i;
    let word = pcg4d(vec4<u32>(element, step.iteration, STREAM, step.seed)).x;
    y[i] = select(0.0, x[i] * SCALE, unit(word) >= RATE);
}
