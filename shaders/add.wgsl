// y = a + b with PAIR, y = a with COPY, else y = y + a.
//use numbers
//use main

fn run(i: u32) {
    //if PAIR
    y[i] = a[i] + b[i];
    //else
    //if COPY
    y[i] = a[i];
    //else
    y[i] = y[i] + a[i];
    //end
    //end
}
