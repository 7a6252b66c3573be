//! What a layer makes of its inputs: the output's shape, the parameters, the geometry of its windows.

use crate::geometry::{ConvGeometry, DepthwiseGeometry, PadGeometry, PoolGeometry};
use crate::ranges::{
    AVERAGE_MOMENTUM, DEPTH_MULTIPLIER, DILATION_RATE, FILTERS, INPUT_SIDE, KERNEL_SIZE, LARGEST_TENSOR, MAX_VALUE,
    NEGATIVE_SLOPE, NORM_EPSILON, POOL_SIZE, POOL_STRIDES, RATE, RELU_MAX_VALUE, STRIDES, UNITS, ZERO_PADDING,
};
use crate::{Activation, Conv2D, DepthwiseConv2D, Initializer, Layer, Node, OutOfRange, Padding, Pooling2D, Problem};

/// A parameter that a layer has.
pub(crate) struct ParameterSpec {
    pub name: &'static str,
    pub shape: Vec<usize>,
    pub initializer: Initializer,
    pub trainable: bool,
}

/// One axis of a sliding window: cells out, and zeros before the first.
fn slide(input: usize, window: usize, stride: usize, padding: Padding) -> Option<(usize, usize)> {
    match padding {
        Padding::Valid => (input >= window).then(|| ((input - window) / stride + 1, 0)),
        Padding::Same => {
            let out = input.div_ceil(stride);
            let total = ((out - 1) * stride + window).saturating_sub(input);
            Some((out, total / 2))
        }
    }
}

/// Both axes of a sliding window.
fn slides(
    input: [usize; 2],
    window: [usize; 2],
    strides: [usize; 2],
    padding: Padding,
) -> Result<[(usize, usize); 2], Problem> {
    let along = |axis: usize| slide(input[axis], window[axis], strides[axis], padding);
    match (along(0), along(1)) {
        (Some(rows), Some(columns)) => Ok([rows, columns]),
        _ => Err(Problem::WindowTooLarge { window, input }),
    }
}

/// Cells that a dilated kernel spans.
fn span(kernel: usize, dilation: usize) -> usize {
    (kernel - 1) * dilation + 1
}

pub(crate) fn conv_geometry(conv: &Conv2D, input: &[usize]) -> Result<ConvGeometry, Problem> {
    let [in_height, in_width, in_channels] = image(input)?;
    let window = [0, 1].map(|a| span(conv.kernel_size[a], conv.dilation_rate[a]));
    let [(out_height, pad_top), (out_width, pad_left)] =
        slides([in_height, in_width], window, conv.strides, conv.padding)?;
    Ok(ConvGeometry {
        in_height,
        in_width,
        in_channels,
        out_height,
        out_width,
        filters: conv.filters,
        kernel: conv.kernel_size,
        strides: conv.strides,
        dilation: conv.dilation_rate,
        pad_top,
        pad_left,
    })
}

pub(crate) fn depthwise_geometry(conv: &DepthwiseConv2D, input: &[usize]) -> Result<DepthwiseGeometry, Problem> {
    let [in_height, in_width, channels] = image(input)?;
    let window = [0, 1].map(|a| span(conv.kernel_size[a], conv.dilation_rate[a]));
    let [(out_height, pad_top), (out_width, pad_left)] =
        slides([in_height, in_width], window, conv.strides, conv.padding)?;
    // Multiplied in 64 bits: a `usize` of WebAssembly has 32.
    within_limit((channels as u64).saturating_mul(conv.depth_multiplier as u64))?;
    Ok(DepthwiseGeometry {
        in_height,
        in_width,
        channels,
        multiplier: conv.depth_multiplier,
        out_height,
        out_width,
        kernel: conv.kernel_size,
        strides: conv.strides,
        dilation: conv.dilation_rate,
        pad_top,
        pad_left,
    })
}

pub(crate) fn pool_geometry(pool: &Pooling2D, input: &[usize]) -> Result<PoolGeometry, Problem> {
    let [in_height, in_width, channels] = image(input)?;
    let strides = pool.strides.unwrap_or(pool.pool_size);
    let [(out_height, pad_top), (out_width, pad_left)] =
        slides([in_height, in_width], pool.pool_size, strides, pool.padding)?;
    Ok(PoolGeometry {
        in_height,
        in_width,
        channels,
        out_height,
        out_width,
        window: pool.pool_size,
        strides,
        pad_top,
        pad_left,
    })
}

pub(crate) fn pad_geometry(padding: [[usize; 2]; 2], input: &[usize]) -> Result<PadGeometry, Problem> {
    let [in_height, in_width, channels] = image(input)?;
    let [[top, bottom], [left, right]] = padding;
    Ok(PadGeometry { in_height, in_width, channels, top, bottom, left, right })
}

fn image(shape: &[usize]) -> Result<[usize; 3], Problem> {
    shape.try_into().map_err(|_| Problem::Rank { expected: "height, width and channels".into(), got: shape.to_vec() })
}

/// The channels of a tensor, and how many such vectors it holds.
pub(crate) fn channels_last(shape: &[usize]) -> (usize, usize) {
    let channels = shape.last().copied().unwrap_or(1);
    (shape.iter().product::<usize>() / channels, channels)
}

/// Shape of the output, without the batch.
pub(crate) fn output_shape(layer: &Layer, inputs: &[&[usize]]) -> Result<Vec<usize>, Problem> {
    check_values(layer)?;
    check_input_count(layer, inputs.len())?;
    let shape = match (layer, inputs) {
        (Layer::Input(input), _) => input.shape.clone(),
        (Layer::Conv2D(conv), [x, ..]) => {
            let g = conv_geometry(conv, x)?;
            vec![g.out_height, g.out_width, g.filters]
        }
        (Layer::DepthwiseConv2D(conv), [x, ..]) => {
            let g = depthwise_geometry(conv, x)?;
            vec![g.out_height, g.out_width, g.filters()]
        }
        (Layer::MaxPooling2D(pool) | Layer::AveragePooling2D(pool), [x, ..]) => {
            let g = pool_geometry(pool, x)?;
            vec![g.out_height, g.out_width, g.channels]
        }
        (Layer::GlobalAveragePooling2D, [x, ..]) => vec![image(x)?[2]],
        (Layer::Dense(dense), [x, ..]) => {
            if x.len() != 1 {
                return Err(Problem::Rank {
                    expected: "one axis (a Flatten or a GlobalAveragePooling2D before it makes one)".into(),
                    got: x.to_vec(),
                });
            }
            vec![dense.units]
        }
        (Layer::Flatten, [x, ..]) => vec![size(x)?],
        (Layer::Activation(_) | Layer::ReLU(_) | Layer::BatchNormalization(_) | Layer::Dropout(_), [x, ..]) => {
            x.to_vec()
        }
        (Layer::Add, [x, ..]) => {
            if inputs.iter().any(|other| other != x) {
                return Err(Problem::ShapesDiffer { shapes: inputs.iter().map(|s| s.to_vec()).collect() });
            }
            x.to_vec()
        }
        (Layer::Concatenate, [x, ..]) => {
            let around = |s: &[usize]| s[..s.len() - 1].to_vec();
            if inputs.iter().any(|other| around(other) != around(x)) {
                return Err(Problem::ShapesDiffer { shapes: inputs.iter().map(|s| s.to_vec()).collect() });
            }
            let (positions, _) = channels_last(x);
            let channels: u64 = inputs.iter().filter_map(|s| s.last()).map(|channels| *channels as u64).sum();
            within_limit(channels.saturating_mul(positions as u64))?;
            let mut shape = around(x);
            shape.push(channels as usize);
            shape
        }
        (Layer::ZeroPadding2D(pad), [x, ..]) => {
            let g = pad_geometry(pad.padding, x)?;
            vec![g.in_height + g.top + g.bottom, g.in_width + g.left + g.right, g.channels]
        }
        (_, []) => return Err(Problem::InputCount { expected: "1".into(), got: 0 }),
    };
    size(&shape)?;
    for parameter in own_parameters(layer, inputs) {
        size(&parameter.shape)?;
    }
    Ok(shape)
}

/// The parameters of a node whose shape has been inferred, in Keras's order; those of a frozen one are not trainable.
pub(crate) fn parameters(node: &Node, inputs: &[&[usize]]) -> Vec<ParameterSpec> {
    let mut all = own_parameters(&node.layer, inputs);
    all.iter_mut().for_each(|parameter| parameter.trainable &= node.trainable);
    all
}

fn own_parameters(layer: &Layer, inputs: &[&[usize]]) -> Vec<ParameterSpec> {
    let channels = inputs.first().and_then(|s| s.last()).copied().unwrap_or(1);
    let spec = |name, shape, initializer, trainable| ParameterSpec { name, shape, initializer, trainable };
    match layer {
        Layer::Conv2D(c) => {
            let [height, width] = c.kernel_size;
            let mut all = vec![spec("kernel", vec![height, width, channels, c.filters], c.kernel_initializer, true)];
            if c.use_bias {
                all.push(spec("bias", vec![c.filters], c.bias_initializer, true));
            }
            all
        }
        Layer::DepthwiseConv2D(c) => {
            let [height, width] = c.kernel_size;
            let shape = vec![height, width, channels, c.depth_multiplier];
            let mut all = vec![spec("kernel", shape, c.depthwise_initializer, true)];
            if c.use_bias {
                all.push(spec("bias", vec![channels * c.depth_multiplier], c.bias_initializer, true));
            }
            all
        }
        Layer::Dense(d) => {
            let mut all = vec![spec("kernel", vec![channels, d.units], d.kernel_initializer, true)];
            if d.use_bias {
                all.push(spec("bias", vec![d.units], d.bias_initializer, true));
            }
            all
        }
        Layer::BatchNormalization(b) => {
            let mut all = Vec::new();
            if b.scale {
                all.push(spec("gamma", vec![channels], Initializer::Ones, true));
            }
            if b.center {
                all.push(spec("beta", vec![channels], Initializer::Zeros, true));
            }
            all.push(spec("moving_mean", vec![channels], Initializer::Zeros, false));
            all.push(spec("moving_variance", vec![channels], Initializer::Ones, false));
            all
        }
        _ => Vec::new(),
    }
}

/// How many numbers a tensor holds. Multiplied in 64 bits: a `usize` of WebAssembly has 32.
fn size(shape: &[usize]) -> Result<usize, Problem> {
    let numbers = shape.iter().fold(1_u64, |n, d| n.saturating_mul(*d as u64));
    within_limit(numbers)?;
    Ok(numbers as usize)
}

fn within_limit(numbers: u64) -> Result<(), Problem> {
    let limit = LARGEST_TENSOR as u64;
    if numbers > limit { Err(Problem::TooLarge { numbers, limit }) } else { Ok(()) }
}

fn check_input_count(layer: &Layer, got: usize) -> Result<(), Problem> {
    let (fits, expected) = match layer {
        Layer::Input(_) => (got == 0, "0"),
        Layer::Add | Layer::Concatenate => (got >= 2, "2 or more"),
        _ => (got == 1, "1"),
    };
    if fits { Ok(()) } else { Err(Problem::InputCount { expected: expected.into(), got }) }
}

fn check_values(layer: &Layer) -> Result<(), Problem> {
    if let Layer::Input(input) = layer
        && ![1, 3].contains(&input.shape.len())
    {
        return Err(Problem::Rank {
            expected: "height, width and channels, or one axis".into(),
            got: input.shape.clone(),
        });
    }
    Ok(check_ranges(layer)?)
}

fn check_ranges(layer: &Layer) -> Result<(), OutOfRange> {
    match layer {
        Layer::Input(input) => input.shape.iter().try_for_each(|side| INPUT_SIDE.check(*side)),
        Layer::Conv2D(c) => {
            FILTERS.check(c.filters)?;
            KERNEL_SIZE.check(c.kernel_size)?;
            STRIDES.check(c.strides)?;
            DILATION_RATE.check(c.dilation_rate)?;
            check_activation(c.activation)
        }
        Layer::DepthwiseConv2D(c) => {
            KERNEL_SIZE.check(c.kernel_size)?;
            STRIDES.check(c.strides)?;
            DILATION_RATE.check(c.dilation_rate)?;
            DEPTH_MULTIPLIER.check(c.depth_multiplier)?;
            check_activation(c.activation)
        }
        Layer::MaxPooling2D(p) | Layer::AveragePooling2D(p) => {
            POOL_SIZE.check(p.pool_size)?;
            p.strides.map_or(Ok(()), |strides| POOL_STRIDES.check(strides))
        }
        Layer::Dense(d) => {
            UNITS.check(d.units)?;
            check_activation(d.activation)
        }
        Layer::Activation(a) => check_activation(a.activation),
        Layer::ReLU(r) => r.max_value.map_or(Ok(()), |max_value| RELU_MAX_VALUE.check(max_value)),
        Layer::Dropout(d) => RATE.check(d.rate),
        Layer::BatchNormalization(b) => {
            AVERAGE_MOMENTUM.check(b.momentum)?;
            NORM_EPSILON.check(b.epsilon)
        }
        Layer::ZeroPadding2D(p) => ZERO_PADDING.check(p.padding),
        Layer::GlobalAveragePooling2D | Layer::Flatten | Layer::Add | Layer::Concatenate => Ok(()),
    }
}

fn check_activation(activation: Activation) -> Result<(), OutOfRange> {
    match activation {
        Activation::LeakyRelu { negative_slope } => NEGATIVE_SLOPE.check(negative_slope),
        Activation::ClippedRelu { max_value } => MAX_VALUE.check(max_value),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn too_large(result: Result<Vec<usize>, Problem>) -> Option<u64> {
        match result {
            Err(Problem::TooLarge { numbers, .. }) => Some(numbers),
            _ => None,
        }
    }

    /// Sizes whose 32 low bits alone would pass.
    #[test]
    fn sizes_beyond_32_bits_are_refused_with_the_figure() {
        let largest = [LARGEST_TENSOR];
        let sixteen = [&largest[..]; 16];
        assert_eq!(too_large(output_shape(&Layer::Concatenate, &sixteen)), Some(1 << 32));
        let map = [1 << 10, 1 << 10, 1 << 8];
        assert_eq!(too_large(output_shape(&Layer::Concatenate, &[&map[..]; 16])), Some(1 << 32));
        let input = |shape: &[usize]| output_shape(&Layer::Input(crate::Input { shape: shape.to_vec() }), &[]);
        assert_eq!(too_large(input(&[1 << 11, 1 << 11, 1 << 10])), Some(1 << 32));
        assert_eq!(too_large(input(&[LARGEST_TENSOR; 3])), Some(u64::MAX));
        let pad = Layer::ZeroPadding2D(crate::ZeroPadding2D { padding: [[4096, 4096], [4096, 4096]] });
        assert_eq!(too_large(output_shape(&pad, &[&[28, 28, 64]])), Some(8220 * 8220 * 64));
        let conv = |filters| {
            Layer::Conv2D(Conv2D { filters, kernel_size: [4096, 4096], padding: Padding::Same, ..Conv2D::default() })
        };
        assert_eq!(too_large(output_shape(&conv(16), &[&[1, 1, 16]])), Some(1 << 32));
    }

    #[test]
    fn the_largest_sizes_are_counted_right() {
        assert_eq!(output_shape(&Layer::Flatten, &[&[1 << 10, 1 << 10, 1 << 8]]), Ok(vec![LARGEST_TENSOR]));
        let half = [LARGEST_TENSOR / 2];
        assert_eq!(output_shape(&Layer::Concatenate, &[&half, &half]), Ok(vec![LARGEST_TENSOR]));
    }
}
