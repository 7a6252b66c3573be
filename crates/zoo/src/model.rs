use std::fmt;

use atelier_nn::{Network, NetworkError};
use thiserror::Error;

use crate::inception::inception_v3;
use crate::mobilenet::mobilenet_v2;
use crate::resnet::resnet;
use crate::vgg::vgg;
use crate::{Preparation, torchvision};

/// A published architecture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Model {
    Vgg16,
    Vgg19,
    InceptionV3,
    ResNet18,
    ResNet34,
    ResNet50,
    ResNet101,
    ResNet152,
    MobileNetV2,
}

/// Why there is no such network.
#[derive(Clone, Debug, PartialEq, Error)]
pub enum ZooError {
    #[error("there is no model `{name}`. Known are {}", Model::ALL.map(Model::name).join(", "))]
    UnknownModel { name: String },
    #[error("{model} takes pictures of {least}x{least} pixels or more, and {height}x{width} is smaller")]
    PictureTooSmall { model: Model, least: usize, height: usize, width: usize },
    #[error(transparent)]
    Network(#[from] NetworkError),
}

impl Model {
    pub const ALL: [Model; 9] = [
        Model::Vgg16,
        Model::Vgg19,
        Model::InceptionV3,
        Model::ResNet18,
        Model::ResNet34,
        Model::ResNet50,
        Model::ResNet101,
        Model::ResNet152,
        Model::MobileNetV2,
    ];

    /// As files and commands call it.
    pub fn name(self) -> &'static str {
        match self {
            Model::Vgg16 => "vgg16",
            Model::Vgg19 => "vgg19",
            Model::InceptionV3 => "inception_v3",
            Model::ResNet18 => "resnet18",
            Model::ResNet34 => "resnet34",
            Model::ResNet50 => "resnet50",
            Model::ResNet101 => "resnet101",
            Model::ResNet152 => "resnet152",
            Model::MobileNetV2 => "mobilenet_v2",
        }
    }

    /// As its paper or Keras writes it.
    pub fn title(self) -> &'static str {
        match self {
            Model::Vgg16 => "VGG16",
            Model::Vgg19 => "VGG19",
            Model::InceptionV3 => "InceptionV3",
            Model::ResNet18 => "ResNet-18",
            Model::ResNet34 => "ResNet-34",
            Model::ResNet50 => "ResNet-50",
            Model::ResNet101 => "ResNet-101",
            Model::ResNet152 => "ResNet-152",
            Model::MobileNetV2 => "MobileNetV2",
        }
    }

    /// The model of a name; spelling in capitals, hyphens and underscores makes no difference.
    ///
    /// # Errors
    /// Where there is none, with those that there are.
    pub fn of(name: &str) -> Result<Model, ZooError> {
        let plain = |name: &str| name.to_lowercase().replace(['-', '_'], "");
        let found = Model::ALL.into_iter().find(|model| plain(model.name()) == plain(name));
        found.ok_or_else(|| ZooError::UnknownModel { name: name.to_owned() })
    }

    /// The side of the pictures that it was trained on, in pixels.
    pub fn side(self) -> usize {
        if self == Model::InceptionV3 { 299 } else { 224 }
    }

    /// The smallest side that it can take.
    pub fn least_side(self) -> usize {
        if self == Model::InceptionV3 { 75 } else { 32 }
    }

    /// What becomes of a pixel before it enters.
    pub fn preparation(self) -> Preparation {
        match self {
            Model::Vgg16 | Model::Vgg19 | Model::ResNet50 | Model::ResNet101 | Model::ResNet152 => Preparation::Caffe,
            Model::InceptionV3 | Model::MobileNetV2 => Preparation::Tf,
            Model::ResNet18 | Model::ResNet34 => Preparation::Torch,
        }
    }

    /// The network for RGB pictures of this height and width, with a classifier for so many classes or without its top; its layers in Keras's order.
    ///
    /// # Errors
    /// Where the picture is too small, or so large that a tensor would be.
    pub fn network(self, [height, width]: [usize; 2], top: Option<usize>) -> Result<Network, ZooError> {
        let least = self.least_side();
        if height.min(width) < least {
            return Err(ZooError::PictureTooSmall { model: self, least, height, width });
        }
        let (name, side) = (self.name(), [height, width]);
        let network = match self {
            Model::Vgg16 => vgg(name, [2, 2, 3, 3, 3], side, top),
            Model::Vgg19 => vgg(name, [2, 2, 4, 4, 4], side, top),
            Model::InceptionV3 => inception_v3(side, top),
            Model::ResNet18 => torchvision::resnet(name, [2, 2, 2, 2], side, top),
            Model::ResNet34 => torchvision::resnet(name, [3, 4, 6, 3], side, top),
            Model::ResNet50 => resnet(name, [3, 4, 6, 3], side, top),
            Model::ResNet101 => resnet(name, [3, 4, 23, 3], side, top),
            Model::ResNet152 => resnet(name, [3, 8, 36, 3], side, top),
            Model::MobileNetV2 => mobilenet_v2(side, top),
        };
        Ok(network.in_keras_order()?)
    }

    /// As it was trained: pictures of [`Model::side`], a thousand classes.
    ///
    /// # Errors
    /// None in truth: what was trained can be built.
    pub fn trained(self) -> Result<Network, ZooError> {
        self.network([self.side(); 2], Some(1000))
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.title())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(network: &Network) -> [usize; 2] {
        let layers = network.check().expect("it can be built");
        [layers.iter().map(|l| l.trainable_params).sum(), layers.iter().map(|l| l.non_trainable_params).sum()]
    }

    /// Keras's own counts, and torchvision's, whose moving moments are buffers.
    #[test]
    fn parameters_count_as_published() {
        for (model, total, fixed) in [
            (Model::Vgg16, 138_357_544, 0),
            (Model::Vgg19, 143_667_240, 0),
            (Model::InceptionV3, 23_851_784, 34_432),
            (Model::ResNet18, 11_689_512 + 9_600, 9_600),
            (Model::ResNet34, 21_797_672 + 17_024, 17_024),
            (Model::ResNet50, 25_636_712, 53_120),
            (Model::ResNet101, 44_707_176, 105_344),
            (Model::ResNet152, 60_419_944, 151_424),
            (Model::MobileNetV2, 3_538_984, 34_112),
        ] {
            let network = model.trained().expect("it was trained so");
            assert_eq!(counts(&network), [total - fixed, fixed], "{model}");
        }
    }

    #[test]
    fn without_its_top_a_network_ends_in_maps() {
        for (model, size, channels) in [
            (Model::Vgg16, [7, 7], 512),
            (Model::InceptionV3, [8, 8], 2048),
            (Model::ResNet34, [7, 7], 512),
            (Model::ResNet50, [7, 7], 2048),
            (Model::MobileNetV2, [7, 7], 1280),
        ] {
            let network = model.network([model.side(); 2], None).expect("it can be built");
            let last = network.check().expect("it can be built").pop().map(|layer| layer.output_shape);
            assert_eq!(last, Some(vec![size[0], size[1], channels]), "{model}");
        }
    }

    #[test]
    fn pictures_of_any_size_from_the_least_on() {
        for model in Model::ALL {
            let least = model.least_side();
            assert!(model.network([least, least + 7], Some(3)).is_ok(), "{model}");
            let refused = model.network([400, least - 1], Some(3)).expect_err("too small");
            assert!(refused.to_string().contains(&format!("400x{}", least - 1)), "{refused}");
        }
        // As Keras pads odd sides.
        let network = Model::MobileNetV2.network([97, 97], None).expect("it can be built");
        let layers = network.check().expect("it can be built");
        let shape = |name: &str| layers.iter().find(|l| l.name == name).map(|l| l.output_shape.clone());
        assert_eq!(shape("block_1_pad"), Some(vec![51, 51, 96]));
        assert_eq!(shape("block_1_depthwise"), Some(vec![25, 25, 96]));
    }

    #[test]
    fn models_are_found_by_their_names() {
        for model in Model::ALL {
            assert_eq!(Model::of(model.name()), Ok(model));
            assert_eq!(Model::of(model.title()), Ok(model));
        }
        let refused = Model::of("vgg17").expect_err("there is none").to_string();
        assert!(refused.contains("vgg17") && refused.contains("mobilenet_v2"), "{refused}");
    }
}
