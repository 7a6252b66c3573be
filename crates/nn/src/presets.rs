//! Networks to begin with, for pictures of any size and any number of classes.

use serde::{Deserialize, Serialize};

use crate::{
    Activation, ActivationLayer, BatchNormalization, Conv2D, Dense, Dropout, Layer, Network, Padding, Pooling2D,
};

/// A network that Atelier offers to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
#[serde(rename_all = "snake_case")]
pub enum Preset {
    /// What Atelier opens with: five convolutions in three blocks, 287,402 parameters on Fashion-MNIST.
    Seed,
    /// Two convolutions, for slow machines.
    Small,
    /// LeCun et al. 1998, in the form that most courses teach.
    Lenet,
    /// Batch normalisation before each activation, and dropout.
    Normalized,
    /// Two residual blocks in the manner of He et al. 2015.
    Residual,
}

impl Preset {
    pub const ALL: [Preset; 5] = [Preset::Seed, Preset::Small, Preset::Lenet, Preset::Normalized, Preset::Residual];

    /// The name of its network.
    pub fn name(self) -> &'static str {
        match self {
            Preset::Seed => "seed",
            Preset::Small => "small",
            Preset::Lenet => "lenet",
            Preset::Normalized => "normalized",
            Preset::Residual => "residual",
        }
    }
}

impl Network {
    /// The network that Atelier opens with: the Fashion-MNIST CNN of 287,402 parameters.
    pub fn seed() -> Self {
        Network::preset(Preset::Seed, &[28, 28, 1], 10)
    }

    /// A preset for inputs of `input_shape` (`[height, width, channels]`) that ends in a softmax over `classes`. It may
    /// be one that cannot be built where the pictures are too small for its windows: [`Network::check`] says so.
    pub fn preset(preset: Preset, input_shape: &[usize], classes: usize) -> Self {
        let mut network = Network::new(preset.name(), input_shape);
        match preset {
            Preset::Seed => network.seed_layers(),
            Preset::Small => network.small_layers(),
            Preset::Lenet => network.lenet_layers(),
            Preset::Normalized => network.normalized_layers(),
            Preset::Residual => network.residual_layers(),
        }
        network.push(Dense { units: classes, activation: Activation::Softmax, ..Dense::default() });
        network
    }

    /// The presets that can be built for inputs of `input_shape`, in the order in which they are offered.
    pub fn presets(input_shape: &[usize], classes: usize) -> Vec<Self> {
        let all = Preset::ALL.into_iter().map(|preset| Network::preset(preset, input_shape, classes));
        all.filter(|network| network.check().is_ok()).collect()
    }

    fn seed_layers(&mut self) {
        for block in [&[32, 32][..], &[64, 64], &[128]] {
            for filters in block {
                self.push(Conv2D { use_bias: false, ..conv(*filters) });
            }
            self.push(max_pool());
        }
        self.push(Layer::Flatten);
        self.push(dense(128, Activation::Relu));
    }

    fn small_layers(&mut self) {
        for filters in [8, 16] {
            self.push(conv(filters));
            self.push(max_pool());
        }
        self.push(Layer::Flatten);
    }

    fn lenet_layers(&mut self) {
        for (filters, padding) in [(6, Padding::Same), (16, Padding::Valid)] {
            self.push(Conv2D { kernel_size: [5, 5], padding, activation: Activation::Tanh, ..conv(filters) });
            self.push(Layer::AveragePooling2D(Pooling2D::default()));
        }
        self.push(Layer::Flatten);
        self.push(dense(120, Activation::Tanh));
        self.push(dense(84, Activation::Tanh));
    }

    fn normalized_layers(&mut self) {
        for filters in [16, 32] {
            self.push(Conv2D { use_bias: false, activation: Activation::Linear, ..conv(filters) });
            self.push(Layer::BatchNormalization(BatchNormalization::default()));
            self.push(relu());
            self.push(max_pool());
            self.push(Layer::Dropout(Dropout { rate: 0.25 }));
        }
        self.push(Layer::Flatten);
        self.push(dense(64, Activation::Relu));
        self.push(Layer::Dropout(Dropout { rate: 0.5 }));
    }

    fn residual_layers(&mut self) {
        self.push(conv(16));
        let mut shortcut = self.push(max_pool());
        for _ in 0..2 {
            self.push(conv(16));
            let path = self.push(Conv2D { activation: Activation::Linear, ..conv(16) });
            self.join(Layer::Add, &[&path, &shortcut]);
            shortcut = self.push(relu());
        }
        self.push(Layer::GlobalAveragePooling2D);
    }
}

fn conv(filters: usize) -> Conv2D {
    Conv2D { filters, padding: Padding::Same, activation: Activation::Relu, ..Conv2D::default() }
}

fn dense(units: usize, activation: Activation) -> Dense {
    Dense { units, activation, ..Dense::default() }
}

fn max_pool() -> Layer {
    Layer::MaxPooling2D(Pooling2D::default())
}

fn relu() -> Layer {
    Layer::Activation(ActivationLayer { activation: Activation::Relu })
}
