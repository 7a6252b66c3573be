// pcg4d of Jarzynski and Olano, "Hash Functions for GPU Rendering", JCGT 9(3), 2020; the same bits as on the CPU.
fn pcg4d(seed: vec4<u32>) -> vec4<u32> {
    var v = mix4(seed * 1664525u + 1013904223u);
    v = v ^ (v >> vec4<u32>(16u));
    return mix4(v);
}

fn mix4(seed: vec4<u32>) -> vec4<u32> {
    var v = seed;
    v.x += v.y * v.w;
    v.y += v.z * v.x;
    v.z += v.x * v.y;
    v.w += v.y * v.z;
    return v;
}

// In [0, 1), with 24 random bits, exact.
fn unit(word: u32) -> f32 {
    return f32(word >> 8u) * (1.0 / 16777216.0);
}
