/// Operands of one register tile: `c[i, j] = start[j] + Σ_k a[i, k] · b[k, j]`, or `c[i, j] += Σ_k a[i, k] · b[k, j]`.
pub struct TileArguments {
    /// Length of the sum.
    pub depth: usize,
    pub a: *const f32,
    /// From a row of `a` to the next.
    pub a_row: usize,
    /// From one `k` of `a` to the next.
    pub a_step: usize,
    /// A packed panel: `depth` rows of `NR` numbers.
    pub b: *const f32,
    /// `NR` numbers to begin from, where the tile does not accumulate.
    pub start: *const f32,
    pub c: *mut f32,
    /// From a row of `c` to the next.
    pub c_row: usize,
}
