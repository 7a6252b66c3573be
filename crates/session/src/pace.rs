/// How fast a run goes: work over the seconds that it took, breaks not counted, the recent past weighing most.
#[derive(Clone, Debug, Default)]
pub(crate) struct Pace {
    images: f64,
    seconds: f64,
    batches: u32,
}

/// Seconds after which a step's weight has fallen to 1/e.
const MEMORY: f64 = 5.0;

impl Pace {
    pub fn record(&mut self, images: usize, seconds: f64) {
        let kept = (-seconds / MEMORY).exp();
        self.images = self.images * kept + images as f64;
        self.seconds = self.seconds * kept + seconds;
        self.batches += 1;
    }

    /// Batches that were recorded.
    pub fn batches(&self) -> u32 {
        self.batches
    }

    pub fn images_per_second(&self) -> f64 {
        if self.seconds > 0.0 { self.images / self.seconds } else { 0.0 }
    }

    pub fn seconds_for(&self, images: usize) -> f64 {
        let pace = self.images_per_second();
        if pace > 0.0 { images as f64 / pace } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_steady_pace_is_told_exactly_and_a_change_is_followed() {
        let mut pace = Pace::default();
        assert_eq!(pace.seconds_for(10), 0.0);
        for _ in 0..10 {
            pace.record(128, 0.5);
        }
        assert!((pace.images_per_second() - 256.0).abs() < 1e-9);
        for _ in 0..100 {
            pace.record(128, 1.0);
        }
        assert!((pace.images_per_second() - 128.0).abs() < 1.0);
        assert!((pace.seconds_for(1280) - 10.0).abs() < 0.1);
    }
}
