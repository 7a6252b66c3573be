// y = activation(x)
//use numbers
//use main
//use activation

fn run(i: u32) {
    y[i] = activate(x[i]);
}
