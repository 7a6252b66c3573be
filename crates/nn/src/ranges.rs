//! What each hyper-parameter may be. The checks of shape inference and of the optimisers read these constants, and the
//! catalogue hands them to editors.

use crate::hyperparameter::{Borders, Pair, Real, Whole};

/// No tensor may hold more numbers than this (1 GiB of f32), so that sizes never overflow and a slip of the finger in
/// an editor does not end in a failed allocation.
pub const LARGEST_TENSOR: usize = 1 << 28;

/// The most that a window, a stride or a padding may measure: beyond any picture, far below overflow.
const LARGEST_SIDE: usize = 4096;

pub const INPUT_SIDE: Whole = Whole { name: "shape", least: 1, most: LARGEST_TENSOR };
pub const FILTERS: Whole = Whole { name: "filters", least: 1, most: LARGEST_TENSOR };
pub const DEPTH_MULTIPLIER: Whole = Whole { name: "depth_multiplier", least: 1, most: LARGEST_TENSOR };
pub const UNITS: Whole = Whole { name: "units", least: 1, most: LARGEST_TENSOR };
pub const KERNEL_SIZE: Pair = sides("kernel_size");
pub const STRIDES: Pair = sides("strides");
pub const DILATION_RATE: Pair = sides("dilation_rate");
pub const POOL_SIZE: Pair = sides("pool_size");
pub const POOL_STRIDES: Pair = Pair { optional: true, ..STRIDES };
pub const ZERO_PADDING: Borders = Borders { name: "padding", least: 0, most: LARGEST_SIDE };
pub const RATE: Real = Real::below_one("rate");
pub const AVERAGE_MOMENTUM: Real = Real::share("momentum");
pub const NORM_EPSILON: Real = Real::positive("epsilon");
/// The derivative is taken from the output, whose sign is the input's only while the slope is not negative.
pub const NEGATIVE_SLOPE: Real = Real::not_negative("negative_slope");

pub const MAX_VALUE: Real = Real::positive("max_value");
/// Of the layer, which may go without.
pub const RELU_MAX_VALUE: Real = Real { optional: true, ..MAX_VALUE };

/// Of training with any optimiser.
pub const LEARNING_RATE: Real = Real::positive("learning_rate");
pub const MOMENTUM: Real = Real::below_one("momentum");
pub const BETA_1: Real = Real::below_one("beta_1");
pub const BETA_2: Real = Real::below_one("beta_2");
pub const EPSILON: Real = Real::positive("epsilon");

const fn sides(name: &'static str) -> Pair {
    Pair { name, least: 1, most: LARGEST_SIDE, optional: false }
}
