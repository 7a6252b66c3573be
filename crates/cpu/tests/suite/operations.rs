//! The operations that are no products, against loops that are obviously right.

use crate::support::{EPSILON, assert_close, gamma, numbers, on_every_isa, plan, wide};
use atelier_nn::plan::{Concatenated, LossKind, PoolGeometry};
use atelier_nn::random::dropout_unit;
use atelier_nn::{Activation, BufferId, Op, StepData};
use proptest::prelude::*;

#[test]
fn activations_and_their_derivatives() {
    // Every magnitude from 2^-30 to 2^7 on both sides, and zero.
    let x: Vec<f32> =
        (-30..=7).flat_map(|e| numbers(20, e as u32).into_iter().map(move |m| m * 2f32.powi(e))).chain([0.0]).collect();
    let dy = numbers(x.len(), 5);
    type Function = fn(f64) -> f64;
    let functions: [(Activation, Function, Function); 5] = [
        (Activation::Linear, |x| x, |_| 1.0),
        (Activation::Relu, |x| x.max(0.0), |y| if y > 0.0 { 1.0 } else { 0.0 }),
        (Activation::Sigmoid, |x| 1.0 / (1.0 + (-x).exp()), |y| y * (1.0 - y)),
        (Activation::Tanh, f64::tanh, |y| 1.0 - y * y),
        (
            Activation::LeakyRelu { negative_slope: 0.25 },
            |x| if x > 0.0 { x } else { 0.25 * x },
            |y| if y > 0.0 { 1.0 } else { 0.25 },
        ),
    ];
    for (activation, value, slope) in functions {
        let mut ids = Vec::new();
        let forward = plan(1, |b| {
            ids = vec![b.batched(x.len()), b.batched(x.len())];
            Op::Activate { activation, x: ids[0], y: ids[1] }
        });
        let expected: Vec<f64> = x.iter().map(|x| value(f64::from(*x))).collect();
        on_every_isa(&forward, &StepData::forward(1), &[(ids[0], &x)], |isa, executor| {
            // Four units in the last place: Cephes's polynomials are good to two, and the operations around them round.
            // Below e^-87 the exponential stays at the smallest normal number.
            let tolerance = |i: usize| 8.0 * EPSILON * expected[i].abs() + f64::from(f32::MIN_POSITIVE);
            assert_close(&format!("{isa} {activation:?}"), &executor.get(ids[1]), &expected, tolerance);
        });

        let y: Vec<f32> = expected.iter().map(|y| *y as f32).collect();
        let expected: Vec<f64> = y.iter().zip(&dy).map(|(y, dy)| f64::from(*dy) * slope(f64::from(*y))).collect();
        for in_place in [false, true] {
            let mut ids = Vec::new();
            let mut backward = plan(1, |b| {
                ids = vec![b.batched(x.len()), b.batched(x.len()), b.batched(x.len())];
                Op::ActivateGrad { activation, y: ids[0], dy: ids[1], dx: ids[2] }
            });
            if in_place {
                backward.buffers[2].slot = 1;
            }
            on_every_isa(&backward, &StepData::forward(1), &[(ids[0], &y), (ids[1], &dy)], |isa, executor| {
                // At most four roundings, none of them over a cancellation, or one to a subnormal number.
                let tolerance = |i: usize| gamma(4) * expected[i].abs() + f64::from(f32::MIN_POSITIVE);
                assert_close(&format!("{isa} {activation:?}′"), &executor.get(ids[2]), &expected, tolerance);
            });
        }
    }
}

fn pool_axis() -> impl Strategy<Value = (usize, usize, usize, usize, usize)> {
    (1usize..9, 1usize..5, 1usize..4, 0usize..3, 0usize..3).prop_filter_map(
        "every window has a cell",
        |(input, window, stride, before, after)| {
            let positions = (input + before + after).checked_sub(window)? / stride + 1;
            let last = (positions - 1) * stride;
            (before < window && last < input + before).then_some((input, window, stride, before, positions))
        },
    )
}

proptest! {
    #[test]
    fn pooling(
        (in_height, window_height, stride_y, pad_top, out_height) in pool_axis(),
        (in_width, window_width, stride_x, pad_left, out_width) in pool_axis(),
        channels in 1usize..40,
        images in 1usize..3,
    ) {
        let g = PoolGeometry {
            in_height,
            in_width,
            channels,
            out_height,
            out_width,
            window: [window_height, window_width],
            strides: [stride_y, stride_x],
            pad_top,
            pad_left,
        };
        let (input_len, output_len) = (in_height * in_width * channels, out_height * out_width * channels);
        // Few different numbers, so that windows have ties.
        let x: Vec<f32> = numbers(images * input_len, 1).iter().map(|x| (x * 3.0).round()).collect();
        let dy = numbers(images * output_len, 2);
        let mut largest = vec![f64::NEG_INFINITY; images * output_len];
        let mut mean = vec![0.0; images * output_len];
        let mut to_largest = vec![0.0; images * input_len];
        let mut to_all = vec![0.0; images * input_len];
        let mut through = vec![0.0; images * input_len];
        for n in 0..images {
            for o in 0..output_len {
                let (oy, ox, c) = (o / channels / out_width, o / channels % out_width, o % channels);
                let y = n * output_len + o;
                let inside = |position: usize, stride: usize, tap: usize, pad: usize, size: usize| {
                    (position * stride + tap).checked_sub(pad).filter(|i| *i < size)
                };
                let cells: Vec<usize> = (0..window_height)
                    .filter_map(|t| inside(oy, stride_y, t, pad_top, in_height))
                    .flat_map(|iy| {
                        (0..window_width)
                            .filter_map(|t| inside(ox, stride_x, t, pad_left, in_width))
                            .map(move |ix| n * input_len + (iy * in_width + ix) * channels + c)
                            .collect::<Vec<_>>()
                    })
                    .collect();
                let mut first = cells[0];
                for cell in &cells {
                    if x[*cell] > x[first] {
                        first = *cell;
                    }
                    mean[y] += f64::from(x[*cell]) / cells.len() as f64;
                    to_all[*cell] += f64::from(dy[y]) / cells.len() as f64;
                    through[*cell] += f64::from(dy[y]).abs();
                }
                largest[y] = f64::from(x[first]);
                to_largest[first] += f64::from(dy[y]);
            }
        }
        let cells = window_height * window_width;
        let wide_y: Vec<f32> = largest.iter().map(|y| *y as f32).collect();
        let data = StepData::forward(images);
        let mut ids = Vec::new();
        let mut build = |op: fn(PoolGeometry, &[BufferId]) -> Op, lens: &[usize]| {
            plan(images, |b| {
                ids = lens.iter().map(|len| b.batched(*len)).collect();
                op(g, &ids)
            })
        };
        let [i0, i1, i2, i3] = [0, 1, 2, 3].map(BufferId);

        let p = build(|geometry, b| Op::MaxPool2d { geometry, x: b[0], y: b[1] }, &[input_len, output_len]);
        on_every_isa(&p, &data, &[(i0, &x)], |isa, e| assert_close(&format!("{isa} max"), &e.get(i1), &largest, |_| 0.0));
        let p = build(|geometry, b| Op::AveragePool2d { geometry, x: b[0], y: b[1] }, &[input_len, output_len]);
        on_every_isa(&p, &data, &[(i0, &x)], |isa, e| {
            // Numbers of at most 3.
            assert_close(&format!("{isa} mean"), &e.get(i1), &mean, |_| 3.0 * gamma(cells + 2));
        });
        let p = build(
            |geometry, b| Op::MaxPool2dGrad { geometry, x: b[0], y: b[1], dy: b[2], dx: b[3] },
            &[input_len, output_len, output_len, input_len],
        );
        on_every_isa(&p, &data, &[(i0, &x), (i1, &wide_y), (i2, &dy)], |isa, e| {
            assert_close(&format!("{isa} max dx"), &e.get(i3), &to_largest, |i| gamma(cells) * through[i]);
        });
        let p = build(|geometry, b| Op::AveragePool2dGrad { geometry, dy: b[0], dx: b[1] }, &[output_len, input_len]);
        on_every_isa(&p, &data, &[(i0, &dy)], |isa, e| {
            assert_close(&format!("{isa} mean dx"), &e.get(i1), &to_all, |i| gamma(cells + 2) * through[i]);
        });
    }

    #[test]
    fn batch_normalization(positions in 1usize..200, channels in 1usize..40, images in 1usize..4) {
        let (rows, len) = (images * positions, positions * channels);
        // Far from zero, where a variance from the sum of squares would be lost.
        let x: Vec<f32> = numbers(images * len, 1).iter().map(|x| 100.0 + x).collect();
        let dy = numbers(images * len, 2);
        let (gamma_values, beta) = (numbers(channels, 3), numbers(channels, 4));
        let epsilon = 1e-3;
        let column = |v: &[f32], c: usize| wide(v).into_iter().skip(c).step_by(channels).collect::<Vec<_>>();
        let mut mean = vec![0.0; channels];
        let mut variance = vec![0.0; channels];
        for c in 0..channels {
            let x = column(&x, c);
            mean[c] = x.iter().sum::<f64>() / rows as f64;
            variance[c] = x.iter().map(|x| (x - mean[c]).powi(2)).sum::<f64>() / rows as f64;
        }
        let data = StepData::forward(images);
        let mut ids = Vec::new();
        let p = plan(images, |b| {
            ids = vec![b.batched(len), b.single(channels), b.single(channels)];
            Op::BatchMoments { positions, channels, x: ids[0], mean: ids[1], variance: ids[2] }
        });
        let sum = gamma(rows.min(130) + 1);
        on_every_isa(&p, &data, &[(ids[0], &x)], |isa, e| {
            assert_close(&format!("{isa} mean"), &e.get(ids[1]), &mean, |_| 101.0 * sum);
            // The mean's error enters squared; deviations of at most 2 carry its rounding of 101 ε.
            let tolerance = |c: usize| (variance[c] + 1e-4) * (sum + gamma(3)) + (101.0 * sum).powi(2) + 4.0 * 101.0 * EPSILON;
            assert_close(&format!("{isa} variance"), &e.get(ids[2]), &variance, tolerance);
        });

        // From here on with the moments rounded to f32, as the operations read them.
        let (mean, variance): (Vec<f32>, Vec<f32>) =
            (mean.iter().map(|m| *m as f32).collect(), variance.iter().map(|v| *v as f32).collect());
        let inverse: Vec<f64> =
            variance.iter().map(|v| 1.0 / (f64::from(*v) + f64::from(epsilon as f32)).sqrt()).collect();
        let hat: Vec<f64> = x
            .iter()
            .enumerate()
            .map(|(i, x)| (f64::from(*x) - f64::from(mean[i % channels])) * inverse[i % channels])
            .collect();
        let y: Vec<f64> = hat
            .iter()
            .enumerate()
            .map(|(i, h)| f64::from(gamma_values[i % channels]) * h + f64::from(beta[i % channels]))
            .collect();
        let p = plan(images, |b| {
            ids = vec![b.batched(len)];
            ids.extend((0..4).map(|_| b.single(channels)));
            ids.push(b.batched(len));
            let [x, mean, variance, gamma, beta, y] = [ids[0], ids[1], ids[2], ids[3], ids[4], ids[5]];
            let epsilon = epsilon as f32;
            Op::BatchNorm { positions, channels, epsilon, x, mean, variance, gamma: Some(gamma), beta: Some(beta), y }
        });
        let inputs: [(BufferId, &[f32]); 5] =
            [(ids[0], &x), (ids[1], &mean), (ids[2], &variance), (ids[3], &gamma_values), (ids[4], &beta)];
        on_every_isa(&p, &data, &inputs, |isa, e| {
            // Difference, sum, root, quotient, product, sum.
            let tolerance = |i: usize| gamma(7) * (hat[i].abs() + 1.0);
            assert_close(&format!("{isa} y"), &e.get(ids[5]), &y, tolerance);
        });

        let mut dgamma = vec![0.0; channels];
        let mut dbeta = vec![0.0; channels];
        let mut size = vec![0.0; channels];
        for (i, (dy, hat)) in dy.iter().zip(&hat).enumerate() {
            dgamma[i % channels] += f64::from(*dy) * hat;
            dbeta[i % channels] += f64::from(*dy);
            size[i % channels] += f64::from(*dy).abs() * (1.0 + hat.abs());
        }
        let dx: Vec<f64> = (0..images * len)
            .map(|i| {
                let c = i % channels;
                let direct = f64::from(dy[i]) - dbeta[c] / rows as f64 - hat[i] * dgamma[c] / rows as f64;
                f64::from(gamma_values[c]) * inverse[c] * direct
            })
            .collect();
        let p = plan(images, |b| {
            ids = vec![b.batched(len), b.single(channels), b.single(channels), b.batched(len)];
            ids.extend([b.single(channels), b.single(channels)]);
            let [x, mean, variance, dy, dgamma, dbeta] = [ids[0], ids[1], ids[2], ids[3], ids[4], ids[5]];
            let epsilon = epsilon as f32;
            Op::BatchNormGradParameters { positions, channels, epsilon, x, mean, variance, dy, dgamma, dbeta }
        });
        let inputs: [(BufferId, &[f32]); 4] = [(ids[0], &x), (ids[1], &mean), (ids[2], &variance), (ids[3], &dy)];
        let sum = gamma(rows.min(130) + 6);
        on_every_isa(&p, &data, &inputs, |isa, e| {
            assert_close(&format!("{isa} dgamma"), &e.get(ids[4]), &dgamma, |c| sum * size[c]);
            assert_close(&format!("{isa} dbeta"), &e.get(ids[5]), &dbeta, |c| sum * size[c]);
        });

        let (narrow_dgamma, narrow_dbeta): (Vec<f32>, Vec<f32>) =
            (dgamma.iter().map(|g| *g as f32).collect(), dbeta.iter().map(|b| *b as f32).collect());
        let p = plan(images, |b| {
            ids = vec![b.batched(len)];
            ids.extend((0..5).map(|_| b.single(channels)));
            ids.extend([b.batched(len), b.batched(len)]);
            let [x, mean, variance, gamma, dgamma, dbeta] = [ids[0], ids[1], ids[2], ids[3], ids[4], ids[5]];
            let (epsilon, gamma, dy, dx) = (epsilon as f32, Some(gamma), ids[6], ids[7]);
            Op::BatchNormGradInput { positions, channels, epsilon, x, mean, variance, gamma, dgamma, dbeta, dy, dx }
        });
        let inputs: [(BufferId, &[f32]); 7] = [
            (ids[0], &x),
            (ids[1], &mean),
            (ids[2], &variance),
            (ids[3], &gamma_values),
            (ids[4], &narrow_dgamma),
            (ids[5], &narrow_dbeta),
            (ids[6], &dy),
        ];
        on_every_isa(&p, &data, &inputs, |isa, e| {
            let tolerance = |i: usize| {
                let c = i % channels;
                let shares = size[c] / rows as f64 * (1.0 + hat[i].abs());
                inverse[c] * gamma(9) * (f64::from(dy[i]).abs() + shares)
            };
            assert_close(&format!("{isa} dx"), &e.get(ids[7]), &dx, tolerance);
        });

        let fixed: Vec<f64> = (dy.iter().enumerate())
            .map(|(i, dy)| f64::from(gamma_values[i % channels]) * inverse[i % channels] * f64::from(*dy))
            .collect();
        let p = plan(images, |b| {
            ids = vec![b.single(channels), b.single(channels), b.batched(len), b.batched(len)];
            let (variance, gamma, dy, dx) = (ids[0], Some(ids[1]), ids[2], ids[3]);
            Op::BatchNormGradFixed { positions, channels, epsilon: epsilon as f32, variance, gamma, dy, dx }
        });
        let inputs: [(BufferId, &[f32]); 3] = [(ids[0], &variance), (ids[1], &gamma_values), (ids[2], &dy)];
        on_every_isa(&p, &data, &inputs, |isa, e| {
            // Sum, root, quotient, product.
            assert_close(&format!("{isa} fixed dx"), &e.get(ids[3]), &fixed, |i| gamma(5) * fixed[i].abs());
        });
    }

    #[test]
    fn sums_over_rows(positions in 1usize..3000, channels in 1usize..20, images in 1usize..4) {
        let len = positions * channels;
        let x = numbers(images * len, 1);
        let (mut all, mut each) = (vec![0.0; channels], vec![0.0; images * channels]);
        for (i, x) in x.iter().enumerate() {
            all[i % channels] += f64::from(*x);
            each[i / len * channels + i % channels] += f64::from(*x) / positions as f64;
        }
        let data = StepData::forward(images);
        let mut ids = Vec::new();
        let p = plan(images, |b| {
            ids = vec![b.batched(len), b.single(channels)];
            Op::BiasGrad { positions, channels, dy: ids[0], dbias: ids[1] }
        });
        let rows = images * positions;
        on_every_isa(&p, &data, &[(ids[0], &x)], |isa, e| {
            let bound = gamma(128 + rows / 4096);
            assert_close(&format!("{isa} dbias"), &e.get(ids[1]), &all, |_| bound * rows as f64);
        });
        let p = plan(images, |b| {
            ids = vec![b.batched(len), b.batched(channels)];
            Op::GlobalAveragePool2d { positions, channels, x: ids[0], y: ids[1] }
        });
        on_every_isa(&p, &data, &[(ids[0], &x)], |isa, e| {
            assert_close(&format!("{isa} mean"), &e.get(ids[1]), &each, |_| gamma(130));
        });
    }

    #[test]
    fn joins(positions in 1usize..20, a in 1usize..40, b in 1usize..40, images in 1usize..3) {
        let (xa, xb) = (numbers(images * positions * a, 1), numbers(images * positions * b, 2));
        let joined: Vec<f32> = xa.chunks(a).zip(xb.chunks(b)).flat_map(|(a, b)| [a, b].concat()).collect();
        let data = StepData::forward(images);
        let mut ids = Vec::new();
        let p = plan(images, |buffers| {
            ids = vec![buffers.batched(positions * a), buffers.batched(positions * b), buffers.batched(positions * (a + b))];
            let xs = vec![Concatenated { x: ids[0], channels: a }, Concatenated { x: ids[1], channels: b }];
            Op::Concatenate { positions, xs, y: ids[2] }
        });
        on_every_isa(&p, &data, &[(ids[0], &xa), (ids[1], &xb)], |_, e| assert_eq!(*e.get(ids[2]), joined));
        let p = plan(images, |buffers| {
            ids = vec![buffers.batched(positions * (a + b)), buffers.batched(positions * b)];
            let [dy, dx] = [ids[0], ids[1]];
            Op::ConcatenateGrad { positions, total: a + b, offset: a, channels: b, dy, dx }
        });
        on_every_isa(&p, &data, &[(ids[0], &joined)], |_, e| assert_eq!(*e.get(ids[1]), xb));
        let ys: Vec<f32> = xa.iter().map(|x| x + x + x).collect();
        let p = plan(images, |buffers| {
            ids = vec![buffers.batched(positions * a), buffers.batched(positions * a)];
            Op::Add { xs: vec![ids[0]; 3], y: ids[1] }
        });
        on_every_isa(&p, &data, &[(ids[0], &xa)], |_, e| assert_eq!(*e.get(ids[1]), ys));
    }
}

/// A shard of the batch draws the mask of its own elements.
#[test]
fn dropout_counts_elements_over_the_whole_batch() {
    let (len, rate, stream) = (37, 0.3, 5);
    let x = numbers(2 * len, 1);
    let data = StepData { first_example: 3, batch_total: 8, iteration: 11, seed: 13, ..StepData::forward(2) };
    let mut ids = Vec::new();
    let p = plan(2, |b| {
        ids = vec![b.batched(len), b.batched(len)];
        Op::Dropout { rate, stream, x: ids[0], y: ids[1] }
    });
    let kept = |i: usize| dropout_unit((3 * len + i) as u32, 11, stream, 13) >= rate;
    assert!((0..2 * len).any(kept) && !(0..2 * len).all(kept));
    on_every_isa(&p, &data, &[(ids[0], &x)], |_, e| {
        for (i, (x, y)) in x.iter().zip(&*e.get(ids[1])).enumerate() {
            assert_eq!(*y, if kept(i) { x * (1.0 / (1.0 - rate)) } else { 0.0 });
        }
    });
}

#[test]
fn losses_and_their_gradients() {
    let (outputs, images, batch_total) = (10, 4, 16);
    let logits = numbers(images * outputs, 1);
    let positive: Vec<f32> = logits.iter().map(|x| x.abs() + 0.01).collect();
    let target: Vec<f32> = (0..images * outputs).map(|i| f32::from(u8::from(i % outputs == i / outputs))).collect();
    let data = StepData { batch_total, ..StepData::forward(images) };
    let value = |kind, y: &[f64], t: &[f64]| -> f64 {
        let sum_exp: f64 = y.iter().map(|z| z.exp()).sum();
        let sum: f64 = y.iter().sum();
        let terms = y.iter().zip(t).map(|(y, t)| match kind {
            LossKind::SoftmaxCrossentropy => t * (sum_exp.ln() - y),
            LossKind::CategoricalCrossentropy => -t * (y / sum).ln(),
            LossKind::MeanSquaredError => (t - y).powi(2) / outputs as f64,
        });
        terms.sum()
    };
    for kind in [LossKind::SoftmaxCrossentropy, LossKind::CategoricalCrossentropy, LossKind::MeanSquaredError] {
        let prediction = if kind == LossKind::CategoricalCrossentropy { &positive } else { &logits };
        let (wide_y, wide_t) = (wide(prediction), wide(&target));
        let mut losses = Vec::new();
        let mut gradients = Vec::new();
        for (y, t) in wide_y.chunks(outputs).zip(wide_t.chunks(outputs)) {
            losses.push(value(kind, y, t));
            for j in 0..outputs {
                // The central difference of a function computed in f64 is off by h² and by 1e-16/h.
                let h = 1e-5;
                let moved = |by: f64| {
                    let mut y = y.to_vec();
                    y[j] += by;
                    value(kind, &y, t)
                };
                gradients.push((moved(h) - moved(-h)) / (2.0 * h) / batch_total as f64);
            }
        }
        let mut ids = Vec::new();
        let p = plan(images, |b| {
            ids = vec![b.batched(outputs), b.batched(outputs), b.batched(1)];
            Op::Loss { kind, outputs, prediction: ids[0], target: ids[1], loss: ids[2] }
        });
        on_every_isa(&p, &data, &[(ids[0], prediction), (ids[1], &target)], |isa, e| {
            assert_close(&format!("{isa} {kind:?}"), &e.get(ids[2]), &losses, |i| 2.0 * EPSILON * losses[i].abs());
        });
        let p = plan(images, |b| {
            ids = vec![b.batched(outputs), b.batched(outputs), b.batched(outputs)];
            Op::LossGrad { kind, outputs, prediction: ids[0], target: ids[1], dprediction: ids[2] }
        });
        on_every_isa(&p, &data, &[(ids[0], prediction), (ids[1], &target)], |isa, e| {
            let scale = gradients.iter().fold(0.0f64, |m, g| m.max(g.abs()));
            let tolerance = |i: usize| 2.0 * EPSILON * gradients[i].abs() + 1e-8 * scale;
            assert_close(&format!("{isa} {kind:?}′"), &e.get(ids[2]), &gradients, tolerance);
        });
    }
}

#[test]
fn metrics_count_the_right_answers() {
    let mut ids = Vec::new();
    let p = plan(4, |b| {
        ids = vec![b.batched(3), b.batched(3), b.batched(1), b.single(2)];
        Op::Metrics { outputs: 3, output: ids[0], target: ids[1], loss: ids[2], metrics: ids[3] }
    });
    let output = [0.1, 0.7, 0.2, 0.5, 0.5, 0.0, 0.0, 0.0, 1.0, 0.3, 0.3, 0.4];
    let target = [0.0, 1.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 1.0];
    on_every_isa(
        &p,
        &StepData::forward(4),
        &[(ids[0], &output), (ids[1], &target), (ids[2], &[1., 2., 3., 4.])],
        |_, e| {
            assert_eq!(*e.get(ids[3]), [10.0, 3.0]);
        },
    );
}

#[test]
fn softmax_and_its_gradient() {
    let (positions, channels, images) = (3, 11, 2);
    // Far beyond what e^x can hold.
    let x: Vec<f32> = numbers(images * positions * channels, 1).iter().map(|x| 200.0 + 5.0 * x).collect();
    let dy = numbers(x.len(), 2);
    let mut expected = Vec::new();
    for x in wide(&x).chunks(channels) {
        let sum: f64 = x.iter().map(|x| (x - 200.0).exp()).sum();
        expected.extend(x.iter().map(|x| (x - 200.0).exp() / sum));
    }
    let data = StepData::forward(images);
    let mut ids = Vec::new();
    let p = plan(images, |b| {
        ids = vec![b.batched(positions * channels), b.batched(positions * channels)];
        Op::Softmax { positions, channels, x: ids[0], y: ids[1] }
    });
    on_every_isa(&p, &data, &[(ids[0], &x)], |isa, e| {
        // The difference from the largest is exact here; the library's exponential is good to one unit in the last place.
        assert_close(&format!("{isa}"), &e.get(ids[1]), &expected, |i| 8.0 * EPSILON * expected[i]);
    });
    let y: Vec<f32> = expected.iter().map(|y| *y as f32).collect();
    let mut gradient = Vec::new();
    for (y, dy) in wide(&y).chunks(channels).zip(wide(&dy).chunks(channels)) {
        let dot: f64 = y.iter().zip(dy).map(|(y, dy)| y * dy).sum();
        gradient.extend(y.iter().zip(dy).map(|(y, dy)| y * (dy - dot)));
    }
    let p = plan(images, |b| {
        ids = vec![b.batched(y.len() / images), b.batched(y.len() / images), b.batched(y.len() / images)];
        Op::SoftmaxGrad { positions, channels, y: ids[0], dy: ids[1], dx: ids[2] }
    });
    on_every_isa(&p, &data, &[(ids[0], &y), (ids[1], &dy)], |isa, e| {
        assert_close(&format!("{isa} dx"), &e.get(ids[2]), &gradient, |i| 2.0 * EPSILON * gradient[i].abs());
    });
}

#[test]
fn optimizers_take_their_published_steps() {
    let len = 37;
    let (parameter, gradient) = (numbers(len, 1), numbers(len, 2));
    let velocity = numbers(len, 3);
    let data = StepData { learning_rate: 0.1, iteration: 3, ..StepData::forward(1) };
    let (rate, wide_p, wide_g, wide_v) = (f64::from(0.1f32), wide(&parameter), wide(&gradient), wide(&velocity));
    for (momentum, nesterov) in [(0.0, false), (0.9f32, false), (0.9, true)] {
        let mut ids = Vec::new();
        let p = plan(1, |b| {
            ids = vec![b.single(len), b.single(len), b.single(len)];
            let velocity = (momentum > 0.0).then_some(ids[2]);
            Op::Sgd { momentum, nesterov, parameter: ids[0], gradient: ids[1], velocity }
        });
        let moved: Vec<f64> = (0..len)
            .map(|i| {
                let m = f64::from(momentum);
                let v = m * wide_v[i] - rate * wide_g[i];
                wide_p[i] + if nesterov { m * v - rate * wide_g[i] } else { v }
            })
            .collect();
        on_every_isa(&p, &data, &[(ids[0], &parameter), (ids[1], &gradient), (ids[2], &velocity)], |isa, e| {
            // Five roundings of numbers whose magnitudes sum to less than 3.
            assert_close(&format!("{isa} {momentum} {nesterov}"), &e.get(ids[0]), &moved, |_| 3.0 * gamma(5));
        });
    }

    let (beta_1, beta_2, epsilon) = (0.9f32, 0.999f32, 1e-7f32);
    let second: Vec<f32> = velocity.iter().map(|v| v * v).collect();
    let mut ids = Vec::new();
    let p = plan(1, |b| {
        ids = (0..4).map(|_| b.single(len)).collect();
        Op::Adam { beta_1, beta_2, epsilon, parameter: ids[0], gradient: ids[1], m: ids[2], v: ids[3] }
    });
    let [b1, b2] = [beta_1, beta_2].map(f64::from);
    let alpha = rate * (1.0 - b2.powi(3)).sqrt() / (1.0 - b1.powi(3));
    let (mut moved, mut change) = (Vec::new(), Vec::new());
    for i in 0..len {
        let m = b1 * wide_v[i] + (1.0 - b1) * wide_g[i];
        let v = b2 * f64::from(second[i]) + (1.0 - b2) * wide_g[i].powi(2);
        let unit = alpha / (v.sqrt() + f64::from(epsilon));
        // The momentum is a sum of terms with both signs.
        change.push(unit * (b1 * wide_v[i].abs() + (1.0 - b1) * wide_g[i].abs()));
        moved.push(wide_p[i] - unit * m);
    }
    let inputs: [(BufferId, &[f32]); 4] =
        [(ids[0], &parameter), (ids[1], &gradient), (ids[2], &velocity), (ids[3], &second)];
    on_every_isa(&p, &data, &inputs, |isa, e| {
        assert_close(&format!("{isa} Adam"), &e.get(ids[0]), &moved, |i| {
            gamma(12) * change[i] + EPSILON * moved[i].abs()
        });
    });
}
