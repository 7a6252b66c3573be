/// What becomes of a picture's pixels before they enter a network, as `keras.applications` calls its modes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Preparation {
    /// Blue first, less the mean of the pictures trained on.
    Caffe,
    /// From −1 to 1.
    Tf,
    /// From 0 to 1, less the mean, by the standard deviation of the pictures trained on.
    Torch,
}

/// Of ImageNet's blue, green and red, from 0 to 255.
const MEANS_BGR: [f32; 3] = [103.939, 116.779, 123.68];
/// Of ImageNet's red, green and blue, from 0 to 1.
const MEANS: [f32; 3] = [0.485, 0.456, 0.406];
const DEVIATIONS: [f32; 3] = [0.229, 0.224, 0.225];

impl Preparation {
    /// One pixel, red, green and blue.
    pub fn pixel(self, rgb: [u8; 3]) -> [f32; 3] {
        let [r, g, b] = rgb.map(f32::from);
        match self {
            Preparation::Caffe => [b - MEANS_BGR[0], g - MEANS_BGR[1], r - MEANS_BGR[2]],
            Preparation::Tf => [r, g, b].map(|value| value / 127.5 - 1.0),
            Preparation::Torch => {
                let mut channel = 0;
                [r, g, b].map(|value| {
                    let prepared = (value / 255.0 - MEANS[channel]) / DEVIATIONS[channel];
                    channel += 1;
                    prepared
                })
            }
        }
    }

    /// A picture's pixels, three bytes each.
    pub fn apply(self, rgb: &[u8]) -> Vec<f32> {
        rgb.chunks_exact(3).flat_map(|p| self.pixel([p[0], p[1], p[2]])).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_become_what_each_family_was_trained_on() {
        let close =
            |got: [f32; 3], right: [f32; 3]| got.iter().zip(right).all(|(got, right)| (got - right).abs() < 1e-5);
        assert!(close(Preparation::Caffe.pixel([255, 0, 10]), [10.0 - 103.939, -116.779, 255.0 - 123.68]));
        assert!(close(Preparation::Tf.pixel([0, 255, 51]), [-1.0, 1.0, -0.6]));
        assert!(close(Preparation::Torch.pixel([255, 0, 51]), [0.515 / 0.229, -0.456 / 0.224, -0.206 / 0.225]));
        assert_eq!(Preparation::Tf.apply(&[0, 255, 0, 255, 0, 255]), [-1.0, 1.0, -1.0, 1.0, -1.0, 1.0]);
    }
}
