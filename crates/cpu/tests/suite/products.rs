//! Convolution and dense layers, forward and backward, against loops that are obviously right.

use crate::support::{assert_close, gamma, numbers, on_every_isa, plan, wide};
use atelier_nn::plan::ConvGeometry;
use atelier_nn::{Activation, Op, StepData};
use proptest::prelude::*;

/// A sum of products and the sum of their magnitudes.
#[derive(Clone, Default)]
struct Sums {
    value: Vec<f64>,
    magnitude: Vec<f64>,
}

impl Sums {
    fn new(len: usize) -> Self {
        Sums { value: vec![0.0; len], magnitude: vec![0.0; len] }
    }

    fn add(&mut self, i: usize, a: f64, b: f64) {
        self.value[i] += a * b;
        self.magnitude[i] += (a * b).abs();
    }
}

/// Calls `visit` with the indices into x, kernel and y of every product that a convolution sums.
fn each_product(g: &ConvGeometry, images: usize, mut visit: impl FnMut(usize, usize, usize)) {
    for n in 0..images {
        for oy in 0..g.out_height {
            for ox in 0..g.out_width {
                for ky in 0..g.kernel[0] {
                    for kx in 0..g.kernel[1] {
                        let iy = (oy * g.strides[0] + ky * g.dilation[0]) as isize - g.pad_top as isize;
                        let ix = (ox * g.strides[1] + kx * g.dilation[1]) as isize - g.pad_left as isize;
                        if iy < 0 || ix < 0 || iy >= g.in_height as isize || ix >= g.in_width as isize {
                            continue;
                        }
                        for c in 0..g.in_channels {
                            for f in 0..g.filters {
                                let x =
                                    ((n * g.in_height + iy as usize) * g.in_width + ix as usize) * g.in_channels + c;
                                let k = ((ky * g.kernel[1] + kx) * g.in_channels + c) * g.filters + f;
                                let y = ((n * g.out_height + oy) * g.out_width + ox) * g.filters + f;
                                visit(x, k, y);
                            }
                        }
                    }
                }
            }
        }
    }
}

/// All three directions of one geometry on every instruction set.
fn check(g: ConvGeometry, images: usize, max_batch: usize) {
    let input_len = g.in_height * g.in_width * g.in_channels;
    let output_len = g.out_height * g.out_width * g.filters;
    let kernel_len = g.depth() * g.filters;
    let (x, dy) = (numbers(images * input_len, 1), numbers(images * output_len, 2));
    let (kernel, bias) = (numbers(kernel_len, 3), numbers(g.filters, 4));
    let (wide_x, wide_dy, wide_kernel) = (wide(&x), wide(&dy), wide(&kernel));
    let data = StepData::forward(images);

    let mut forward = Sums::new(images * output_len);
    for i in 0..forward.value.len() {
        forward.add(i, f64::from(bias[i % g.filters]), 1.0);
    }
    let mut grad_input = Sums::new(images * input_len);
    let mut grad_kernel = Sums::new(kernel_len);
    each_product(&g, images, |x, k, y| {
        forward.add(y, wide_x[x], wide_kernel[k]);
        grad_input.add(x, wide_dy[y], wide_kernel[k]);
        grad_kernel.add(k, wide_x[x], wide_dy[y]);
    });

    for activation in [Activation::Linear, Activation::Relu] {
        let expected: Vec<f64> = match activation {
            Activation::Relu => forward.value.iter().map(|v| v.max(0.0)).collect(),
            _ => forward.value.clone(),
        };
        let mut ids = Vec::new();
        let plan = plan(max_batch, |b| {
            ids = vec![b.batched(input_len), b.single(kernel_len), b.single(g.filters), b.batched(output_len)];
            Op::Conv2d { geometry: g, activation, x: ids[0], kernel: ids[1], bias: Some(ids[2]), y: ids[3] }
        });
        on_every_isa(&plan, &data, &[(ids[0], &x), (ids[1], &kernel), (ids[2], &bias)], |isa, executor| {
            // A product, and a bias, less than depth additions; a ReLU moves no two numbers further apart.
            let bound = gamma(g.depth() + 1);
            assert_close(&format!("{isa} y"), &executor.get(ids[3]), &expected, |i| bound * forward.magnitude[i]);
        });
    }

    let mut ids = Vec::new();
    let plan_input = plan(max_batch, |b| {
        ids = vec![b.batched(output_len), b.single(kernel_len), b.batched(input_len)];
        Op::Conv2dGradInput { geometry: g, dy: ids[0], kernel: ids[1], dx: ids[2] }
    });
    on_every_isa(&plan_input, &data, &[(ids[0], &dy), (ids[1], &kernel)], |isa, executor| {
        let bound = gamma(g.kernel[0] * g.kernel[1] * g.filters);
        assert_close(&format!("{isa} dx"), &executor.get(ids[2]), &grad_input.value, |i| {
            bound * grad_input.magnitude[i]
        });
    });

    let plan_kernel = plan(max_batch, |b| {
        ids = vec![b.batched(input_len), b.batched(output_len), b.single(kernel_len)];
        Op::Conv2dGradKernel { geometry: g, x: ids[0], dy: ids[1], dkernel: ids[2] }
    });
    on_every_isa(&plan_kernel, &data, &[(ids[0], &x), (ids[1], &dy)], |isa, executor| {
        // Blocks of at most 256 rows, and their sums.
        let rows = images * g.out_height * g.out_width;
        let bound = gamma(rows.min(256 + rows.div_ceil(48)));
        let magnitude = &grad_kernel.magnitude;
        assert_close(&format!("{isa} dkernel"), &executor.get(ids[2]), &grad_kernel.value, |i| bound * magnitude[i]);
    });
}

/// A window's axis: (input, kernel, stride, dilation, padding before, output), with the output at least 1.
fn axis() -> impl Strategy<Value = (usize, usize, usize, usize, usize, usize)> {
    (1usize..12, 1usize..5, 1usize..4, 1usize..4, 0usize..4, 0usize..4).prop_filter_map(
        "the window fits",
        |(input, kernel, stride, dilation, before, after)| {
            let window = (kernel - 1) * dilation + 1;
            let positions = (input + before + after).checked_sub(window)? / stride + 1;
            Some((input, kernel, stride, dilation, before, positions))
        },
    )
}

fn channels() -> impl Strategy<Value = usize> {
    prop_oneof![Just(1), Just(3), Just(16), 1usize..70]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn convolution(
        (in_height, kernel_height, stride_y, dilation_y, pad_top, out_height) in axis(),
        (in_width, kernel_width, stride_x, dilation_x, pad_left, out_width) in axis(),
        in_channels in channels(),
        filters in channels(),
        images in 1usize..4,
        spare in 0usize..2,
    ) {
        let geometry = ConvGeometry {
            in_height,
            in_width,
            in_channels,
            out_height,
            out_width,
            filters,
            kernel: [kernel_height, kernel_width],
            strides: [stride_y, stride_x],
            dilation: [dilation_y, dilation_x],
            pad_top,
            pad_left,
        };
        check(geometry, images, images + spare);
    }

    #[test]
    fn dense(inputs in 1usize..200, units in 1usize..70, images in 1usize..40) {
        let (x, kernel, bias) = (numbers(images * inputs, 1), numbers(inputs * units, 2), numbers(units, 3));
        let dy = numbers(images * units, 4);
        let (wide_x, wide_kernel, wide_dy) = (wide(&x), wide(&kernel), wide(&dy));
        let mut forward = Sums::new(images * units);
        let mut grad_input = Sums::new(images * inputs);
        let mut grad_kernel = Sums::new(inputs * units);
        for n in 0..images {
            for u in 0..units {
                forward.add(n * units + u, f64::from(bias[u]), 1.0);
                for i in 0..inputs {
                    forward.add(n * units + u, wide_x[n * inputs + i], wide_kernel[i * units + u]);
                    grad_input.add(n * inputs + i, wide_dy[n * units + u], wide_kernel[i * units + u]);
                    grad_kernel.add(i * units + u, wide_x[n * inputs + i], wide_dy[n * units + u]);
                }
            }
        }
        let data = StepData::forward(images);
        let mut ids = Vec::new();
        let plan_forward = plan(images, |b| {
            ids = vec![b.batched(inputs), b.single(inputs * units), b.single(units), b.batched(units)];
            let [x, kernel, bias, y] = [ids[0], ids[1], ids[2], ids[3]];
            Op::Dense { inputs, units, activation: Activation::Linear, x, kernel, bias: Some(bias), y }
        });
        on_every_isa(&plan_forward, &data, &[(ids[0], &x), (ids[1], &kernel), (ids[2], &bias)], |isa, executor| {
            let tolerance = |i: usize| gamma(inputs + 1) * forward.magnitude[i];
            assert_close(&format!("{isa} y"), &executor.get(ids[3]), &forward.value, tolerance);
        });
        let plan_input = plan(images, |b| {
            ids = vec![b.batched(units), b.single(inputs * units), b.batched(inputs)];
            Op::DenseGradInput { inputs, units, dy: ids[0], kernel: ids[1], dx: ids[2] }
        });
        on_every_isa(&plan_input, &data, &[(ids[0], &dy), (ids[1], &kernel)], |isa, executor| {
            let tolerance = |i: usize| gamma(units) * grad_input.magnitude[i];
            assert_close(&format!("{isa} dx"), &executor.get(ids[2]), &grad_input.value, tolerance);
        });
        let plan_kernel = plan(images, |b| {
            ids = vec![b.batched(inputs), b.batched(units), b.single(inputs * units)];
            Op::DenseGradKernel { inputs, units, x: ids[0], dy: ids[1], dkernel: ids[2] }
        });
        on_every_isa(&plan_kernel, &data, &[(ids[0], &x), (ids[1], &dy)], |isa, executor| {
            let tolerance = |i: usize| gamma(images) * grad_kernel.magnitude[i];
            assert_close(&format!("{isa} dkernel"), &executor.get(ids[2]), &grad_kernel.value, tolerance);
        });
    }
}

/// The seed network's own shapes, where whole tiles, many blocks and every table are in play.
#[test]
fn the_seed_networks_convolutions() {
    for (size, in_channels, filters) in [(28, 1, 32), (28, 32, 32), (14, 32, 64), (7, 64, 128)] {
        let geometry = ConvGeometry {
            in_height: size,
            in_width: size,
            in_channels,
            out_height: size,
            out_width: size,
            filters,
            kernel: [3, 3],
            strides: [1, 1],
            dilation: [1, 1],
            pad_top: 1,
            pad_left: 1,
        };
        check(geometry, 3, 4);
    }
}
