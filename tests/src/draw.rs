use atelier_nn::random::{pcg4d, unit};

/// Word of the generator's third coordinate that keeps these numbers apart from those that training draws.
const TAG: u32 = 0x4341_5345;

/// Random choices from a printed seed: the n-th number of (seed, stream) is the same on every machine.
pub struct Draw {
    seed: u32,
    stream: u32,
    drawn: u32,
}

impl Draw {
    /// Each stem has its own stream, so that case 3 of a convolution and case 3 of a pooling are unrelated.
    pub fn new(stem: &str, seed: u32) -> Self {
        // FNV-1a, which spreads short names over 32 bits.
        let stream = stem.bytes().fold(0x811c_9dc5_u32, |h, b| (h ^ u32::from(b)).wrapping_mul(0x0100_0193));
        Draw { seed, stream, drawn: 0 }
    }

    fn word(&mut self) -> u32 {
        self.drawn += 1;
        pcg4d([self.drawn, self.stream, TAG, self.seed])[0]
    }

    /// Uniform in [0, 1).
    pub fn unit(&mut self) -> f32 {
        unit(self.word())
    }

    /// Uniform in `low..=high`.
    pub fn between(&mut self, low: usize, high: usize) -> usize {
        let choices = (high - low + 1) as u64;
        low + ((u64::from(self.word()) * choices) >> 32) as usize
    }

    pub fn one_of<T: Clone>(&mut self, choices: &[T]) -> T {
        choices[self.between(0, choices.len() - 1)].clone()
    }

    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// `len` numbers, uniform in [−1, 1).
    pub fn values(&mut self, len: usize) -> Vec<f32> {
        (0..len).map(|_| 2.0 * self.unit() - 1.0).collect()
    }

    /// `len` numbers, uniform in [low, high).
    pub fn values_in(&mut self, low: f32, high: f32, len: usize) -> Vec<f32> {
        (0..len).map(|_| low + (high - low) * self.unit()).collect()
    }

    /// Weights of dot products of `depth` terms, whose results are about as large as the other factor.
    pub fn weights(&mut self, depth: usize, len: usize) -> Vec<f32> {
        let reach = (3.0 / depth as f32).sqrt().min(1.0);
        self.values_in(-reach, reach, len)
    }
}
