// The number of this invocation: workgroups lie in rows, because a dispatch takes no more than 65,535 along one axis.
fn invocation(group: vec3<u32>, groups: vec3<u32>, local: u32) -> u32 {
    return (group.y * groups.x + group.x) * WORKGROUP + local;
}
