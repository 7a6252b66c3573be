// Each block of HEIGHT × WIDTH numbers, rows for columns.
//use index

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let i = invocation(group, groups, local);
    if (i >= BLOCKS * HEIGHT * WIDTH) {
        return;
    }
    let block = i / (HEIGHT * WIDTH);
    let row = i / HEIGHT % WIDTH;
    let column = i % HEIGHT;
    transposed[i] = matrix[(block * HEIGHT + column) * WIDTH + row];
}
