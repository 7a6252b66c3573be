//! Sums down the columns of a matrix of many rows, such as every channel's over a batch and its positions.
//!
//! Added up one by one, 100,000 f32 lose up to 100,000 roundings. Here 64 rows are summed in a register, 64 such sums in
//! `partial`, and those in the result: no more than 128 roundings and one for each 4,096 rows.

use crate::simd::Simd;

/// Rows summed in a register, and register sums that are summed in `partial`.
const BLOCK: usize = 64;

/// What is summed: `N` terms for each element.
pub trait Terms<const N: usize> {
    /// The terms of the `lanes` elements from `at`, which stand in the columns from `channel`.
    fn at<S: Simd>(&self, simd: S, at: usize, channel: usize, lanes: usize) -> [S::V; N];
}

/// Room for the partial sums of `N` terms over `channels`, in f32.
pub const fn partial_len(channels: usize, terms: usize) -> usize {
    channels * terms
}

/// Overwrites `sums` with the sum of each term down each column.
#[inline(always)]
pub fn sum<S: Simd, T: Terms<N>, const N: usize>(
    simd: S,
    terms: &T,
    rows: usize,
    channels: usize,
    mut sums: [&mut [f32]; N],
    partial: &mut [f32],
) {
    let partial = &mut partial[..partial_len(channels, N)];
    partial.fill(0.0);
    for sums in &mut sums {
        sums.fill(0.0);
    }
    for (block, first) in (0..rows).step_by(BLOCK).enumerate() {
        let last = rows.min(first + BLOCK);
        for channel in (0..channels).step_by(S::LANES) {
            let lanes = S::LANES.min(channels - channel);
            let mut registers = [simd.zero(); N];
            for row in first..last {
                let values = terms.at(simd, row * channels + channel, channel, lanes);
                for (register, value) in registers.iter_mut().zip(values) {
                    *register = simd.add(*register, value);
                }
            }
            for (n, register) in registers.into_iter().enumerate() {
                add(simd, register, &mut partial[n * channels + channel..], lanes);
            }
        }
        if (block + 1).is_multiple_of(BLOCK) || last == rows {
            for (sums, partial) in sums.iter_mut().zip(partial.chunks_exact_mut(channels)) {
                for channel in (0..channels).step_by(S::LANES) {
                    let lanes = S::LANES.min(channels - channel);
                    let value = simd.load_lanes(&partial[channel..], lanes);
                    add(simd, value, &mut sums[channel..], lanes);
                }
                partial.fill(0.0);
            }
        }
    }
}

#[inline(always)]
fn add<S: Simd>(simd: S, value: S::V, to: &mut [f32], lanes: usize) {
    let sum = simd.add(simd.load_lanes(to, lanes), value);
    simd.store_lanes(sum, to, lanes);
}
