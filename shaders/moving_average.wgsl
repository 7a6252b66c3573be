// average = momentum · average + (1 − momentum) · value
//if VECTORS
alias Numbers = vec4<f32>;
//else
alias Numbers = f32;
//end
//use index

@compute @workgroup_size(WORKGROUP)
fn main(
    @builtin(workgroup_id) group: vec3<u32>,
    @builtin(num_workgroups) groups: vec3<u32>,
    @builtin(local_invocation_index) local: u32,
) {
    let i = invocation(group, groups, local);
    //if BATCHED
    let count = step.batch * LEN;
    //else
    let count = LEN;
    //end
    if (i >= count) {
        return;
    }
    average[i] = MOMENTUM * average[i] + (1.0 - MOMENTUM) * value[i];
}
