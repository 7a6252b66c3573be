use crate::rng::Rng;

/// The tangent of half of 12 degrees.
const MOST_TURN: f32 = 0.105;

/// Turned, scaled, stretched, slanted and shifted a little, sampled bilinearly; what comes in from outside is black.
pub(super) fn affine(pixels: &mut [u8], [height, width, channels]: [usize; 3], rng: &mut Rng) {
    // Most pictures lie nearly straight, as most drawings do; the rotation from the tangent of half its angle needs no sine.
    let half = MOST_TURN * rng.range(-1.0, 1.0) * rng.unit();
    let (cosine, sine) = ((1.0 - half * half) / (1.0 + half * half), 2.0 * half / (1.0 + half * half));
    let (scale, stretch) = (rng.range(0.86, 1.12), 1.0 + rng.range(-0.1, 0.1));
    let slant = rng.range(-0.12, 0.12) * rng.unit();
    let shift = 2.0 / 28.0;
    let (right, down) =
        (rng.range(-shift, shift) * rng.unit() * width as f32, rng.range(-shift, shift) * rng.unit() * height as f32);
    let source = pixels.to_vec();
    let (middle_x, middle_y) = (0.5 * (width as f32 - 1.0), 0.5 * (height as f32 - 1.0));
    let (inverse_x, inverse_y) = (stretch / scale, 1.0 / (scale * stretch));
    let at = |x: i32, y: i32, channel: usize| {
        let inside = x >= 0 && y >= 0 && (x as usize) < width && (y as usize) < height;
        if inside { f32::from(source[(y as usize * width + x as usize) * channels + channel]) } else { 0.0 }
    };
    for y in 0..height {
        let v = y as f32 - middle_y - down;
        for x in 0..width {
            let u = x as f32 - middle_x - right;
            let (tu, tv) = (u * cosine + v * sine, v * cosine - u * sine);
            let (sx, sy) = ((tu + slant * tv) * inverse_x + middle_x, tv * inverse_y + middle_y);
            let (left, top) = (sx.floor(), sy.floor());
            let (s, t) = (sx - left, sy - top);
            let (left, top) = (left as i32, top as i32);
            for channel in 0..channels {
                let above = at(left, top, channel) * (1.0 - s) + at(left + 1, top, channel) * s;
                let below = at(left, top + 1, channel) * (1.0 - s) + at(left + 1, top + 1, channel) * s;
                pixels[(y * width + x) * channels + channel] = (above * (1.0 - t) + below * t + 0.5) as u8;
            }
        }
    }
}
