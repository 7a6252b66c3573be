//! Lines and curves of a drawing, on a page 100 wide and 100 high with y downwards.
//!
//! Only sums, products, quotients and roots, which round alike on every machine: a seed is the same picture to the byte.

/// Right and down.
pub type Point = [f32; 2];

/// The axis of what is symmetric.
const AXIS: f32 = 50.0;

/// What a path does next.
#[derive(Debug, Clone, Copy)]
pub enum Segment {
    /// Straight to a point.
    Line(Point),
    /// A Bézier curve: two handles and its end.
    Cubic(Point, Point, Point),
}

impl Segment {
    pub fn end(&self) -> Point {
        match *self {
            Segment::Line(end) | Segment::Cubic(_, _, end) => end,
        }
    }
}

/// One line without lifting the pen.
#[derive(Debug, Clone)]
pub struct Path {
    pub start: Point,
    pub segments: Vec<Segment>,
    pub closed: bool,
}

impl Path {
    /// A path that begins here.
    pub fn at(x: f32, y: f32) -> Path {
        Path { start: [x, y], segments: Vec::new(), closed: false }
    }

    /// Straight on to a point.
    pub fn line(mut self, x: f32, y: f32) -> Path {
        self.segments.push(Segment::Line([x, y]));
        self
    }

    /// A curve that bends towards (`cx`, `cy`) on its way.
    pub fn bend(mut self, cx: f32, cy: f32, x: f32, y: f32) -> Path {
        let from = self.end();
        // A quadratic curve, written as the cubic one that it is.
        let handle = |p: Point| [p[0] + (cx - p[0]) * (2.0 / 3.0), p[1] + (cy - p[1]) * (2.0 / 3.0)];
        self.segments.push(Segment::Cubic(handle(from), handle([x, y]), [x, y]));
        self
    }

    /// Back to the beginning.
    pub fn close(mut self) -> Path {
        self.closed = true;
        self
    }

    /// Through these points.
    pub fn through(points: &[Point]) -> Path {
        let mut path = Path::at(points[0][0], points[0][1]);
        path.segments.extend(points[1..].iter().map(|point| Segment::Line(*point)));
        path
    }

    /// A closed outline through these points.
    pub fn polygon(points: &[Point]) -> Path {
        Path::through(points).close()
    }

    pub fn rectangle(left: f32, top: f32, right: f32, bottom: f32) -> Path {
        Path::polygon(&[[left, top], [right, top], [right, bottom], [left, bottom]])
    }

    /// A rectangle whose corners are rounded by `radius`.
    pub fn rounded(left: f32, top: f32, right: f32, bottom: f32, radius: f32) -> Path {
        Path::at(left + radius, top)
            .line(right - radius, top)
            .bend(right, top, right, top + radius)
            .line(right, bottom - radius)
            .bend(right, bottom, right - radius, bottom)
            .line(left + radius, bottom)
            .bend(left, bottom, left, bottom - radius)
            .line(left, top + radius)
            .bend(left, top, left + radius, top)
            .close()
    }

    pub fn ellipse(x: f32, y: f32, rx: f32, ry: f32) -> Path {
        // The handles with which four curves come closest to a circle.
        const K: f32 = 0.552_284_8;
        let point = |u: f32, v: f32| [x + u * rx, y + v * ry];
        let quarter = |a, b, c| Segment::Cubic(a, b, c);
        Path {
            start: point(1.0, 0.0),
            segments: vec![
                quarter(point(1.0, K), point(K, 1.0), point(0.0, 1.0)),
                quarter(point(-K, 1.0), point(-1.0, K), point(-1.0, 0.0)),
                quarter(point(-1.0, -K), point(-K, -1.0), point(0.0, -1.0)),
                quarter(point(K, -1.0), point(1.0, -K), point(1.0, 0.0)),
            ],
            closed: true,
        }
    }

    pub fn end(&self) -> Point {
        self.segments.last().map_or(self.start, Segment::end)
    }

    /// Every point moved.
    pub fn map(&self, to: impl Fn(Point) -> Point) -> Path {
        let moved = |segment: &Segment| match *segment {
            Segment::Line(end) => Segment::Line(to(end)),
            Segment::Cubic(a, b, end) => Segment::Cubic(to(a), to(b), to(end)),
        };
        Path { start: to(self.start), segments: self.segments.iter().map(moved).collect(), closed: self.closed }
    }

    /// The same on the other side of the axis.
    pub fn reflected(&self) -> Path {
        self.map(|[x, y]| [2.0 * AXIS - x, y])
    }

    /// The same from its end to its beginning.
    fn reversed(&self) -> Path {
        let mut path = Path { start: self.end(), segments: Vec::new(), closed: self.closed };
        for (place, segment) in self.segments.iter().enumerate().rev() {
            let before = if place == 0 { self.start } else { self.segments[place - 1].end() };
            path.segments.push(match *segment {
                Segment::Line(_) => Segment::Line(before),
                Segment::Cubic(a, b, _) => Segment::Cubic(b, a, before),
            });
        }
        path
    }

    /// The right half, from the axis to the axis, and its reflection as one outline.
    pub fn symmetric(self) -> Path {
        let left = self.reflected().reversed();
        let mut path = self;
        path.segments.extend(left.segments);
        path.close()
    }

    /// Points on the way, at most about `step` apart, corners among them. A closed path's last point is its first.
    pub fn points(&self, step: f32) -> Vec<Point> {
        let mut points = vec![self.start];
        let closing = (self.closed && distance(self.end(), self.start) > 1e-3).then_some(Segment::Line(self.start));
        for segment in self.segments.iter().copied().chain(closing) {
            let from = points[points.len() - 1];
            let length = match segment {
                Segment::Line(end) => distance(from, end),
                Segment::Cubic(a, b, end) => distance(from, a) + distance(a, b) + distance(b, end),
            };
            let parts = (length / step).ceil().max(1.0);
            for part in 1..=parts as usize {
                let t = part as f32 / parts;
                points.push(match segment {
                    Segment::Line(end) => between(from, end, t),
                    Segment::Cubic(a, b, end) => cubic(from, a, b, end, t),
                });
            }
        }
        points
    }

    /// The points between one corner and the next: what a person draws in one stroke.
    pub fn strokes(&self, step: f32) -> Vec<Vec<Point>> {
        let points = self.points(step);
        let last = points.len() - 1;
        let mut corners: Vec<usize> = (1..last).filter(|&i| turns(points[i - 1], points[i], points[i + 1])).collect();
        if !self.closed || corners.is_empty() {
            corners.insert(0, 0);
            corners.push(last);
            return corners.windows(2).map(|pair| points[pair[0]..=pair[1]].to_vec()).collect();
        }
        // A closed one is cut at its corners alone, wherever it was begun.
        let begins_at_corner = turns(points[last - 1], points[0], points[1]);
        let mut strokes: Vec<Vec<Point>> = corners.windows(2).map(|pair| points[pair[0]..=pair[1]].to_vec()).collect();
        let mut tail = points[corners[corners.len() - 1]..].to_vec();
        let head = points[..=corners[0]].to_vec();
        if begins_at_corner {
            strokes.extend([tail, head]);
        } else {
            tail.extend(&head[1..]);
            strokes.push(tail);
        }
        strokes
    }

    /// The outline of this line drawn `width` thick.
    pub fn band(&self, width: f32) -> Path {
        let points = self.points(3.0);
        let beside = |i: usize, side: f32| {
            let (before, after) = (points[i.saturating_sub(1)], points[(i + 1).min(points.len() - 1)]);
            let length = distance(before, after).max(1e-3);
            let normal = [(before[1] - after[1]) / length, (after[0] - before[0]) / length];
            [points[i][0] + side * normal[0], points[i][1] + side * normal[1]]
        };
        let there = (0..points.len()).map(|i| beside(i, width / 2.0));
        let back = (0..points.len()).rev().map(|i| beside(i, -width / 2.0));
        Path::polygon(&there.chain(back).collect::<Vec<_>>())
    }
}

pub fn distance(a: Point, b: Point) -> f32 {
    ((a[0] - b[0]) * (a[0] - b[0]) + (a[1] - b[1]) * (a[1] - b[1])).sqrt()
}

/// The point a share `t` of the way from `a` to `b`.
pub fn between(a: Point, b: Point, t: f32) -> Point {
    [a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t]
}

fn cubic(a: Point, b: Point, c: Point, d: Point, t: f32) -> Point {
    let (ab, bc, cd) = (between(a, b, t), between(b, c, t), between(c, d, t));
    between(between(ab, bc, t), between(bc, cd, t), t)
}

/// Whether the way turns by more than some 40° at `b`.
fn turns(a: Point, b: Point, c: Point) -> bool {
    let (before, after) = ([b[0] - a[0], b[1] - a[1]], [c[0] - b[0], c[1] - b[1]]);
    let lengths = distance(a, b) * distance(b, c);
    before[0] * after[0] + before[1] * after[1] < 0.77 * lengths
}
