//! Szegedy, Vanhoucke, Ioffe, Shlens and Wojna, "Rethinking the Inception Architecture for Computer Vision", 2015
//! (arXiv 1512.00567), as Keras Applications has it. Its layers have the names that Keras gives in the order of making.

use atelier_nn::{BatchNormalization, Conv2D, Layer, Network, Padding, Pooling2D};

use crate::graph::{Graph, classifier, max_pool, relu};

/// A convolution of a branch: filters, kernel, stride. In strides nothing is padded.
type Unit = (usize, [usize; 2], usize);

const fn same(filters: usize, height: usize, width: usize) -> Unit {
    (filters, [height, width], 1)
}

const fn halving(filters: usize) -> Unit {
    (filters, [3, 3], 2)
}

/// Without a top where no classes are named.
pub fn inception_v3(side: [usize; 2], top: Option<usize>) -> Network {
    let mut net = Inception { graph: Graph::new("inception_v3", side) };
    let input = net.graph.last();
    let x = net.convolution(&input, (32, [3, 3], 2), Padding::Valid);
    let x = net.convolution(&x, same(32, 3, 3), Padding::Valid);
    let x = net.convolution(&x, same(64, 3, 3), Padding::Same);
    let x = net.graph.unnamed(max_pool(3, 2), &[&x]);
    let x = net.convolution(&x, same(80, 1, 1), Padding::Valid);
    let x = net.convolution(&x, same(192, 3, 3), Padding::Valid);
    let mut x = net.graph.unnamed(max_pool(3, 2), &[&x]);
    for (mixed, pooled) in [32, 64, 64].into_iter().enumerate() {
        let branches: [&[Unit]; 3] =
            [&[same(64, 1, 1)], &[same(48, 1, 1), same(64, 5, 5)], &[same(64, 1, 1), same(96, 3, 3), same(96, 3, 3)]];
        x = net.mixed(&x, mixed, &branches, Some(pooled));
    }
    x = net.mixed(&x, 3, &[&[halving(384)], &[same(64, 1, 1), same(96, 3, 3), halving(96)]], None);
    for (mixed, n) in [128, 160, 160, 192].into_iter().enumerate() {
        let long = [same(n, 1, 1), same(n, 7, 1), same(n, 1, 7), same(n, 7, 1), same(192, 1, 7)];
        let branches: [&[Unit]; 3] = [&[same(192, 1, 1)], &[same(n, 1, 1), same(n, 1, 7), same(192, 7, 1)], &long];
        x = net.mixed(&x, mixed + 4, &branches, Some(192));
    }
    let long = [same(192, 1, 1), same(192, 1, 7), same(192, 7, 1), halving(192)];
    x = net.mixed(&x, 8, &[&[same(192, 1, 1), halving(320)], &long], None);
    for mixed in 0..2 {
        x = net.widest(&x, mixed);
    }
    if let Some(classes) = top {
        net.graph.push("avg_pool", Layer::GlobalAveragePooling2D);
        net.graph.push("predictions", classifier(classes));
    }
    net.graph.finish()
}

struct Inception {
    graph: Graph,
}

impl Inception {
    /// A convolution, normalised and rectified.
    fn convolution(&mut self, from: &str, (filters, kernel_size, stride): Unit, padding: Padding) -> String {
        let strides = [stride; 2];
        let conv = Conv2D { filters, kernel_size, strides, padding, use_bias: false, ..Conv2D::default() };
        let conv = self.graph.unnamed(conv, &[from]);
        let norm = BatchNormalization { scale: false, ..BatchNormalization::default() };
        let norm = self.graph.unnamed(Layer::BatchNormalization(norm), &[&conv]);
        self.graph.unnamed(relu(), &[&norm])
    }

    fn branch(&mut self, from: &str, units: &[Unit]) -> String {
        units.iter().fold(from.to_owned(), |x, unit| {
            self.convolution(&x, *unit, if unit.2 > 1 { Padding::Valid } else { Padding::Same })
        })
    }

    /// Pooled, then a 1x1 convolution.
    fn pooled(&mut self, from: &str, filters: usize) -> String {
        let pool = Pooling2D { pool_size: [3, 3], strides: Some([1, 1]), padding: Padding::Same };
        let pool = self.graph.unnamed(Layer::AveragePooling2D(pool), &[from]);
        self.convolution(&pool, same(filters, 1, 1), Padding::Same)
    }

    /// Branches side by side, and one that pools: means and a convolution of so many filters, or maxima in strides.
    fn mixed(&mut self, from: &str, number: usize, branches: &[&[Unit]], pooled: Option<usize>) -> String {
        let mut ends: Vec<String> = branches.iter().map(|units| self.branch(from, units)).collect();
        ends.push(match pooled {
            Some(filters) => self.pooled(from, filters),
            None => self.graph.unnamed(max_pool(3, 2), &[from]),
        });
        let ends: Vec<&str> = ends.iter().map(String::as_str).collect();
        self.graph.join(format!("mixed{number}"), Layer::Concatenate, &ends)
    }

    /// The last two, whose branches part once more.
    fn widest(&mut self, from: &str, number: usize) -> String {
        let one = self.branch(from, &[same(320, 1, 1)]);
        let stem = self.branch(from, &[same(384, 1, 1)]);
        let parts = [same(384, 1, 3), same(384, 3, 1)].map(|unit| self.branch(&stem, &[unit]));
        let two =
            self.graph.join(format!("mixed9_{number}"), Layer::Concatenate, &parts.each_ref().map(String::as_str));
        let stem = self.branch(from, &[same(448, 1, 1), same(384, 3, 3)]);
        let parts = [same(384, 1, 3), same(384, 3, 1)].map(|unit| self.branch(&stem, &[unit]));
        let three = self.graph.unnamed(Layer::Concatenate, &parts.each_ref().map(String::as_str));
        let pooled = self.pooled(from, 192);
        self.graph.join(format!("mixed{}", number + 9), Layer::Concatenate, &[&one, &two, &three, &pooled])
    }
}
