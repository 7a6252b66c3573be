// [Σ loss, examples whose largest output is their goal's largest: none where an output is NaN], by one workgroup: each invocation adds up every
// WORKGROUP-th example, the first one adds those sums in their order.
//use is_nan

var<workgroup> sums: array<vec2<f32>, WORKGROUP>;

// Of two numbers alike the first counts. OUTPUTS where one is NaN.
fn largest_output(start: u32) -> u32 {
    var best = 0u;
    var unknown = false;
    for (var c = 0u; c < OUTPUTS; c++) {
        best = select(best, c, output[start + c] > output[start + best]);
        unknown |= is_nan(output[start + c]);
    }
    return select(best, OUTPUTS, unknown);
}

fn largest_goal(start: u32) -> u32 {
    var best = 0u;
    for (var c = 1u; c < OUTPUTS; c++) {
        best = select(best, c, goal[start + c] > goal[start + best]);
    }
    return best;
}

@compute @workgroup_size(WORKGROUP)
fn main(@builtin(local_invocation_index) local: u32) {
    var sum = vec2<f32>(0.0);
    for (var example = local; example < step.batch; example += WORKGROUP) {
        let right = largest_output(example * OUTPUTS) == largest_goal(example * OUTPUTS);
        sum += vec2<f32>(loss[example], select(0.0, 1.0, right));
    }
    sums[local] = sum;
    workgroupBarrier();
    if (local == 0u) {
        var total = vec2<f32>(0.0);
        for (var part = 0u; part < WORKGROUP; part++) {
            total += sums[part];
        }
        metrics[0] = total.x;
        metrics[1] = total.y;
    }
}
