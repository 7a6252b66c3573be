// dx = dy · activation′, from the activation's output. IN_PLACE: dx holds dy at first.
//if VECTORS
alias Numbers = vec4<f32>;
//else
alias Numbers = f32;
//end
//use index

fn through(y: Numbers, dy: Numbers) -> Numbers {
    //if LINEAR
    return dy;
    //end
    //if RELU
    return select(Numbers(0.0), dy, y > Numbers(0.0));
    //end
    //if SIGMOID
    return dy * (y * (1.0 - y));
    //end
    //if TANH
    // (1 − y)(1 + y) keeps its digits near ±1, where 1 − y² would lose them.
    return dy * ((1.0 - y) * (1.0 + y));
    //end
    //if LEAKY_RELU
    return select(dy * SLOPE, dy, y > Numbers(0.0));
    //end
}

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
    //if IN_PLACE
    let given = dx[i];
    //else
    let given = dy[i];
    //end
    dx[i] = through(y[i], given);
}
