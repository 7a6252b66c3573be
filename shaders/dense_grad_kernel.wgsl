// dkernel = xᵀ · dy.
//use one_pixel
//use product_grad_kernel
