// From one end of memory to another: what the device moves at most.
//use main

fn run(i: u32) {
    result[i] = given[i];
}
