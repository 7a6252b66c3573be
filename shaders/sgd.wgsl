// Keras's SGD: without a velocity p −= lr·g; with one v = momentum·v − lr·g, then p += v, or with Nesterov's look ahead
// p += momentum·v − lr·g.
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
    let change = -step.learning_rate * gradient[i];
    //if VELOCITY
    let moving = MOMENTUM * velocity[i] + change;
    velocity[i] = moving;
    //if NESTEROV
    parameter[i] = parameter[i] + (MOMENTUM * moving + change);
    //else
    parameter[i] = parameter[i] + moving;
    //end
    //else
    parameter[i] = parameter[i] + change;
    //end
}
