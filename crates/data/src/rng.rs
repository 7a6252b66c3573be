//! The one source of chance: SplitMix64.
//!
//! A seed must mean the same shuffles and the same garments in every later version of Atelier and on every machine.
//! General crates promise that for some generators but not for the sampling on top of them (ranges, shuffles), so the
//! fifty lines that matter are here: the generator of Steele, Lea and Flood, "Fast Splittable Pseudorandom Number
//! Generators" (OOPSLA 2014), with the finaliser of its reference implementation (Stafford's Mix13), and Lemire's
//! unbiased bounded integers, "Fast Random Integer Generation in an Interval" (2019). Every operation is on integers or
//! exactly rounded, which makes the streams equal to the bit natively and in WebAssembly.

/// The generator's state advances by this odd constant, 2^64 divided by the golden ratio.
const GAMMA: u64 = 0x9e37_79b9_7f4a_7c15;

/// A seeded generator. Not for secrets.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rng(u64);

impl Rng {
    /// The stream of `seed`, as the reference implementation produces it.
    pub fn new(seed: u64) -> Self {
        Self(seed)
    }

    /// A stream of its own for a seed and what it is used for, such as `[seed, SHUFFLE, epoch]`: any item of a series can
    /// be drawn without drawing those before it.
    pub fn keyed(keys: [u64; 3]) -> Self {
        Self(keys.iter().fold(0, |state, key| mix(state.wrapping_add(GAMMA) ^ mix(*key))))
    }

    /// 64 uniform bits.
    pub fn next_u64(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(GAMMA);
        mix(self.0)
    }

    /// 32 uniform bits, the upper ones of [`Self::next_u64`].
    pub fn next_u32(&mut self) -> u32 {
        (self.next_u64() >> 32) as u32
    }

    /// A uniform integer below `bound`, without bias.
    ///
    /// # Panics
    /// If `bound` is zero.
    pub fn below(&mut self, bound: u32) -> u32 {
        assert!(bound > 0, "there is no integer below 0");
        let mut product = u64::from(self.next_u32()) * u64::from(bound);
        if (product as u32) < bound {
            let threshold = bound.wrapping_neg() % bound;
            while (product as u32) < threshold {
                product = u64::from(self.next_u32()) * u64::from(bound);
            }
        }
        (product >> 32) as u32
    }

    /// A uniform number in [0, 1), a multiple of 2^-24.
    pub fn unit(&mut self) -> f32 {
        (self.next_u64() >> 40) as f32 * (1.0 / (1 << 24) as f32)
    }

    /// A uniform number in [`low`, `high`).
    pub fn range(&mut self, low: f32, high: f32) -> f32 {
        low + (high - low) * self.unit()
    }

    /// True with the given probability.
    pub fn chance(&mut self, probability: f32) -> bool {
        self.unit() < probability
    }

    /// A number of mean 0 and variance 1 within ±√12: the sum of four uniform ones, near enough to a normal
    /// distribution for drawing and free of logarithms, whose last bit differs between machines.
    pub fn bell(&mut self) -> f32 {
        let sum = self.unit() + self.unit() + self.unit() + self.unit();
        (sum - 2.0) * 1.732_050_8
    }

    /// Puts the items into an order of chance, each as likely as any other (Fisher and Yates; Durstenfeld's algorithm 235).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i as u32 + 1) as usize);
        }
    }

    /// One of `items`.
    ///
    /// # Panics
    /// If there are none.
    pub fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len() as u32) as usize]
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The first outputs for the seed 1234567 as Rosetta Code lists them (task "Pseudo-random numbers/Splitmix64").
    #[test]
    fn equals_the_reference_stream() {
        let mut rng = Rng::new(1_234_567);
        let expected = [
            6_457_827_717_110_365_317,
            3_203_168_211_198_807_973,
            9_817_491_932_198_370_423,
            4_593_380_528_125_082_431,
            16_408_922_859_458_223_821,
        ];
        for value in expected {
            assert_eq!(rng.next_u64(), value);
        }
    }

    #[test]
    fn bounded_integers_are_uniform() {
        const DRAWS: u32 = 60_000;
        let mut rng = Rng::new(5);
        let mut counts = [0u32; 6];
        for _ in 0..DRAWS {
            counts[rng.below(6) as usize] += 1;
        }
        let expected = f64::from(DRAWS) / 6.0;
        let chi2: f64 = counts.iter().map(|&c| (f64::from(c) - expected).powi(2) / expected).sum();
        // The 99.9 % quantile of chi-squared with five degrees of freedom.
        assert!(chi2 < 20.5, "{counts:?}");
    }

    #[test]
    fn real_numbers_keep_their_bounds_and_moments() {
        const DRAWS: u32 = 100_000;
        let mut rng = Rng::new(9);
        let (mut sum, mut squares) = (0.0f64, 0.0f64);
        for _ in 0..DRAWS {
            assert!((0.0..1.0).contains(&rng.unit()));
            let x = f64::from(rng.bell());
            sum += x;
            squares += x * x;
        }
        let n = f64::from(DRAWS);
        // Four standard errors of the mean (1/√n) and of the variance (below √(2/n)).
        assert!((sum / n).abs() < 4.0 / n.sqrt());
        assert!((squares / n - 1.0).abs() < 4.0 * (2.0 / n).sqrt());
    }

    #[test]
    fn keys_open_different_streams() {
        let first = |keys| Rng::keyed(keys).next_u64();
        let all = [first([0, 0, 0]), first([1, 0, 0]), first([0, 1, 0]), first([0, 0, 1]), first([1, 1, 0])];
        for (i, a) in all.iter().enumerate() {
            assert!(all[i + 1..].iter().all(|b| a != b));
        }
    }
}
