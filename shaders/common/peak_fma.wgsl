// Multiply-adds in registers: what the device computes at most. Eight chains of four, so that none waits for itself.
//use main

fn run(i: u32) {
    let factor = vec4<f32>(f32(i) * 1e-9 + 0.5);
    //each r 8
    var sum_$r = vec4<f32>(f32(i % WORKGROUP) + $r.0);
    //end
    for (var round = 0u; round < ROUNDS; round++) {
        //each r 8
        sum_$r = fma(sum_$r, factor, factor);
        //end
    }
    result[i] = sum_0 + sum_1 + sum_2 + sum_3 + sum_4 + sum_5 + sum_6 + sum_7;
}
