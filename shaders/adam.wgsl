// Kingma and Ba 2015, in the form of section 2 that Keras uses: both bias corrections in the rate, ε added to √v. TAKE_1 and
// TAKE_2 are 1 − β₁ and 1 − β₂.
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
    let g = gradient[i];
    let first = m[i] + (g - m[i]) * TAKE_1;
    let second = v[i] + (g * g - v[i]) * TAKE_2;
    m[i] = first;
    v[i] = second;
    parameter[i] = parameter[i] - step.adam_rate * first / (sqrt(second) + EPSILON);
}
