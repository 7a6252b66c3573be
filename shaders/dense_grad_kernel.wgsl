// dkernel = xᵀ · dy.
fn source_row(y: u32, ky: u32) -> u32 {
    return 0u;
}

fn source_column(x: u32, kx: u32) -> u32 {
    return 0u;
}
//use product_grad_kernel
