use crate::rng::Rng;

/// Keeps the streams of shuffles apart from every other use of the same seed.
const STREAM: u64 = 0x7368_7566_666c_6531;

/// The order in which an epoch sees its examples, a function of the seed and the epoch alone: an epoch that was
/// interrupted is taken up again where it stopped, whatever ran before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shuffle {
    order: Vec<u32>,
}

impl Shuffle {
    /// A permutation of `0..n` for `epoch`, each as likely as any other.
    pub fn new(n: u32, seed: u64, epoch: u64) -> Self {
        let mut order: Vec<u32> = (0..n).collect();
        Rng::keyed([seed, STREAM, epoch]).shuffle(&mut order);
        Self { order }
    }

    /// `0..n` as it stands, for validation.
    pub fn in_order(n: u32) -> Self {
        Self { order: (0..n).collect() }
    }

    /// The whole permutation.
    pub fn order(&self) -> &[u32] {
        &self.order
    }

    /// The batches of at most `size` examples; the last one holds the rest (60,000 by 128: 468 full ones and one of 96).
    ///
    /// # Panics
    /// If `size` is zero.
    pub fn batches(&self, size: usize) -> std::slice::Chunks<'_, u32> {
        self.order.chunks(size)
    }

    /// Batch number `index` of [`Self::batches`], or none past the end of the epoch.
    pub fn batch(&self, size: usize, index: usize) -> Option<&[u32]> {
        let start = index.checked_mul(size)?;
        let rest = self.order.get(start..).filter(|rest| !rest.is_empty() && size > 0)?;
        Some(&rest[..size.min(rest.len())])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_shuffle_is_a_permutation(n in 0u32..2000, seed: u64, epoch in 0u64..100) {
            let mut order = Shuffle::new(n, seed, epoch).order;
            order.sort_unstable();
            prop_assert!(order.iter().copied().eq(0..n));
        }

        #[test]
        fn batches_cover_the_order(n in 0u32..500, size in 1usize..200) {
            let shuffle = Shuffle::new(n, 3, 0);
            let joined: Vec<u32> = (0..).map_while(|k| shuffle.batch(size, k)).flatten().copied().collect();
            prop_assert_eq!(&joined, shuffle.order());
            prop_assert_eq!(shuffle.batches(size).count(), (n as usize).div_ceil(size));
        }
    }

    #[test]
    fn an_epoch_of_the_whole_set_has_469_batches() {
        let shuffle = Shuffle::new(60_000, 7, 0);
        let sizes: Vec<usize> = shuffle.batches(128).map(<[u32]>::len).collect();
        assert_eq!(sizes.len(), 469);
        assert!(sizes[..468].iter().all(|&size| size == 128));
        assert_eq!(sizes[468], 96);
    }

    #[test]
    fn seeds_and_epochs_differ() {
        let order = |seed, epoch| Shuffle::new(100, seed, epoch).order;
        assert_ne!(order(7, 0), order(7, 1));
        assert_ne!(order(7, 0), order(8, 0));
        assert_eq!(order(7, 3), order(7, 3));
    }

    /// Each of the six orders of three things comes up about equally often.
    #[test]
    fn shuffles_are_fair() {
        let mut counts = std::collections::BTreeMap::new();
        for epoch in 0..6000 {
            *counts.entry(Shuffle::new(3, 1, epoch).order).or_insert(0u32) += 1;
        }
        assert_eq!(counts.len(), 6);
        let chi2: f64 = counts.values().map(|&c| (f64::from(c) - 1000.0).powi(2) / 1000.0).sum();
        // The 99.9 % quantile of chi-squared with five degrees of freedom.
        assert!(chi2 < 20.5, "{counts:?}");
    }

    /// Fixed for good, as a second implementation in Python computed them: a change here changes every published run.
    #[test]
    fn the_order_never_changes_between_versions() {
        assert_eq!(Shuffle::new(10, 7, 0).order, [8, 5, 9, 6, 7, 4, 1, 0, 2, 3]);
        assert_eq!(Shuffle::new(10, 7, 1).order, [4, 8, 2, 9, 1, 0, 5, 6, 3, 7]);
    }
}
