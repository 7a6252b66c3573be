//! Coverage of a square canvas by filled outlines and strokes, without aliasing.

use super::path::Point;

/// Width and height of the canvas: twice the picture's, so that the texture is sampled four times a pixel.
pub(super) const CANVAS: usize = 2 * crate::official::SIDE;

/// How much of each pixel is covered, with the rows and columns outside of which nothing is.
pub(super) struct Mask {
    side: usize,
    coverage: Vec<f32>,
    rows: (usize, usize),
    columns: (usize, usize),
}

impl Mask {
    /// Of a canvas of `side` pixels a side.
    pub fn new(side: usize) -> Self {
        Self { side, coverage: vec![0.0; side * side], rows: (0, 0), columns: (0, 0) }
    }

    /// Rows that may be covered.
    pub fn rows(&self) -> std::ops::Range<usize> {
        self.rows.0..self.rows.1
    }

    /// First column that may be covered, and the coverage of a row from there on.
    pub fn row(&self, y: usize) -> (usize, &[f32]) {
        let start = y * self.side;
        (self.columns.0, &self.coverage[start + self.columns.0..start + self.columns.1])
    }

    /// Empties the mask and bounds it by the points, `margin` around them.
    fn start(&mut self, points: &[Point], margin: f32) {
        for y in self.rows() {
            self.coverage[y * self.side + self.columns.0..y * self.side + self.columns.1].fill(0.0);
        }
        let bounds = |coordinate: fn(&Point) -> f32| {
            let low = points.iter().map(coordinate).fold(f32::MAX, f32::min) - margin;
            let high = points.iter().map(coordinate).fold(f32::MIN, f32::max) + margin;
            let clip = |value: f32| value.clamp(0.0, self.side as f32) as usize;
            (clip(low.floor()), clip(high.ceil()))
        };
        self.rows = bounds(|p| p.y);
        self.columns = bounds(|p| p.x);
    }

    /// Covers the inside of a polygon exactly: each edge adds the signed area to its right, and a running sum over a row
    /// gives the coverage (the accumulation buffer of Raph Levien's font-rs).
    pub fn fill(&mut self, points: &[Point]) {
        self.start(points, 0.0);
        for (i, &a) in points.iter().enumerate() {
            self.edge(a, points[(i + 1) % points.len()]);
        }
        for y in self.rows() {
            let mut sum = 0.0;
            for value in &mut self.coverage[y * self.side + self.columns.0..y * self.side + self.columns.1] {
                sum += *value;
                *value = sum.abs().min(1.0);
            }
        }
    }

    fn edge(&mut self, a: Point, b: Point) {
        let (sign, top, bottom) = if a.y < b.y { (1.0, a, b) } else { (-1.0, b, a) };
        if bottom.y <= top.y {
            return;
        }
        let slope = (bottom.x - top.x) / (bottom.y - top.y);
        let (left, right) = (self.columns.0 as f32, self.columns.1 as f32);
        let first = top.y.max(0.0) as usize;
        for y in first..self.rows.1 {
            let (y0, y1) = ((y as f32).max(top.y), (y as f32 + 1.0).min(bottom.y));
            if y1 <= y0 {
                break;
            }
            let ends = [y0, y1].map(|y| (top.x + (y - top.y) * slope).clamp(left, right));
            let (x0, x1) = (ends[0].min(ends[1]), ends[0].max(ends[1]));
            self.span(y, x0, x1, sign * (y1 - y0));
        }
    }

    /// Adds an edge that crosses row `y` from `x0` to `x1` over the height `dy`.
    fn span(&mut self, y: usize, x0: f32, x1: f32, dy: f32) {
        let row = &mut self.coverage[y * self.side..(y + 1) * self.side];
        let end = self.columns.1;
        let mut add = |x: usize, value: f32| {
            if x < end {
                row[x] += value;
            }
        };
        let first = x0 as usize;
        let last = x1 as usize;
        if first == last {
            let uncovered = (x0 + x1) * 0.5 - first as f32;
            add(first, dy * (1.0 - uncovered));
            add(first + 1, dy * uncovered);
            return;
        }
        // Covered share of each pixel that the slanting edge passes, as the difference to its left neighbour's.
        let per_column = dy / (x1 - x0);
        let mut before = 0.0;
        for x in first..=last {
            let (enter, leave) = (x0.max(x as f32), x1.min(x as f32 + 1.0));
            let crossed = (leave - enter) * per_column;
            let passed = (enter - x0) * per_column;
            let covered = passed + crossed * (x as f32 + 1.0 - (enter + leave) * 0.5);
            add(x, covered - before);
            before = covered;
        }
        add(last + 1, dy - before);
    }

    /// Covers a line of the given width, with round ends and corners.
    pub fn stroke(&mut self, points: &[Point], closed: bool, width: f32) {
        let reach = width * 0.5 + 0.5;
        self.start(points, reach);
        let lone = points.len() == 1;
        let pieces = if closed || lone { points.len() } else { points.len() - 1 };
        for i in 0..pieces {
            self.capsule(points[i], points[(i + 1) % points.len()], reach);
        }
    }

    /// Covers what lies within `reach` of a straight piece, fading over the last pixel.
    fn capsule(&mut self, a: Point, b: Point, reach: f32) {
        let along = b - a;
        let inverse = 1.0 / (along.x * along.x + along.y * along.y).max(1e-9);
        let clip = |value: f32, (low, high): (usize, usize)| value.clamp(low as f32, high as f32) as usize;
        let rows = clip(a.y.min(b.y) - reach, self.rows)..clip((a.y.max(b.y) + reach).ceil(), self.rows);
        let columns = clip(a.x.min(b.x) - reach, self.columns)..clip((a.x.max(b.x) + reach).ceil(), self.columns);
        for y in rows {
            let dy = y as f32 + 0.5 - a.y;
            for x in columns.clone() {
                let dx = x as f32 + 0.5 - a.x;
                let t = ((dx * along.x + dy * along.y) * inverse).clamp(0.0, 1.0);
                let (ex, ey) = (dx - along.x * t, dy - along.y * t);
                let square = ex * ex + ey * ey;
                if square < reach * reach {
                    let value = &mut self.coverage[y * self.side + x];
                    *value = value.max((reach - square.sqrt()).min(1.0));
                }
            }
        }
    }
}
