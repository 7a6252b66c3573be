// Runs `run(i)` for every invocation of the dispatch. Workgroups lie in rows, because a dispatch takes no more than 65,535 along
// one axis; the last of them reach beyond the work.
@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let i = (group.y * groups.x + group.x) * WORKGROUP + local;
    if (i < invocations()) {
        run(i);
    }
}
