// Each block of HEIGHT × WIDTH numbers, rows for columns.
//use main

fn run(i: u32) {
    let block = i / (HEIGHT * WIDTH);
    let row = i / HEIGHT % WIDTH;
    let column = i % HEIGHT;
    transposed[i] = matrix[(block * HEIGHT + column) * WIDTH + row];
}
