//! What can be said of a network from its description alone.

use serde::Serialize;

use crate::shape::{conv_geometry, depthwise_geometry, output_shape, parameters, pool_geometry};
use crate::{Layer, Network, NetworkError, Problem};

/// The cells of an earlier layer that one output cell depends on: rows `y·stride + offset` and the `size − 1` after
/// it, columns likewise, as far as they lie inside. A stride of 0 means that every cell sees the same, which is all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct ReceptiveField {
    /// Index of the earlier layer.
    pub layer: usize,
    pub stride: [usize; 2],
    pub offset: [i32; 2],
    pub size: [usize; 2],
}

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LayerInfo {
    pub name: String,
    pub class_name: String,
    /// Indices of the layers that feed it.
    pub inbound: Vec<usize>,
    /// Without the batch.
    pub output_shape: Vec<usize>,
    pub trainable_params: usize,
    pub non_trainable_params: usize,
    /// Multiply-accumulates of one example, forward (convolution and dense layers).
    #[cfg_attr(feature = "ts", ts(type = "number"))]
    pub macs: u64,
    /// In every earlier layer that this one depends on, itself not counted.
    pub receptive_fields: Vec<ReceptiveField>,
}

/// Every layer up to the first impossible one, and what is wrong with that.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Analysis {
    pub layers: Vec<LayerInfo>,
    pub problem: Option<NetworkError>,
}

impl Analysis {
    /// In 64 bits, since many layers that are possible each may not be so together.
    pub fn total_params(&self) -> u64 {
        self.layers.iter().map(|l| (l.trainable_params + l.non_trainable_params) as u64).sum()
    }
}

impl Network {
    /// Shapes, counts and receptive fields, as far as the network can be built.
    pub fn analyze(&self) -> Analysis {
        let mut layers: Vec<LayerInfo> = Vec::with_capacity(self.layers.len());
        for index in 0..self.layers.len() {
            match self.analyze_layer(index, &layers) {
                Ok(info) => layers.push(info),
                Err(problem) => return Analysis { layers, problem: Some(self.error(index, problem)) },
            }
        }
        let problem = match (layers.is_empty(), self.unused(&layers)) {
            (true, _) => Some(self.whole(Problem::NoInput)),
            (false, Some(index)) => Some(self.error(index, Problem::Unused)),
            (false, None) => None,
        };
        Analysis { layers, problem }
    }

    /// The analysis of a network that can be built.
    pub fn check(&self) -> Result<Vec<LayerInfo>, NetworkError> {
        let Analysis { layers, problem } = self.analyze();
        problem.map_or(Ok(layers), Err)
    }

    pub(crate) fn error(&self, index: usize, problem: Problem) -> NetworkError {
        let node = &self.layers[index];
        NetworkError {
            index,
            layer: node.name.clone(),
            class_name: node.layer.class_name().into(),
            problem: Box::new(problem),
        }
    }

    /// A problem that is no single layer's.
    pub(crate) fn whole(&self, problem: Problem) -> NetworkError {
        NetworkError { index: 0, layer: self.name.clone(), class_name: "Network".into(), problem: Box::new(problem) }
    }

    fn analyze_layer(&self, index: usize, before: &[LayerInfo]) -> Result<LayerInfo, Problem> {
        let node = &self.layers[index];
        if before.iter().any(|l| l.name == node.name) {
            return Err(Problem::DuplicateName);
        }
        match (index, &node.layer) {
            (0, Layer::Input(_)) => {}
            (0, _) => return Err(Problem::NoInput),
            (_, Layer::Input(_)) => return Err(Problem::SecondInput),
            _ => {}
        }
        let inbound = (node.inbound.iter())
            .map(|name| {
                let found = before.iter().position(|l| l.name == *name);
                found.ok_or_else(|| Problem::UnknownInput { input: name.clone() })
            })
            .collect::<Result<Vec<usize>, Problem>>()?;
        let inputs: Vec<&[usize]> = inbound.iter().map(|i| before[*i].output_shape.as_slice()).collect();
        let output_shape = output_shape(&node.layer, &inputs)?;
        let params = |trainable| {
            let chosen = parameters(node, &inputs).into_iter().filter(|p| p.trainable == trainable);
            chosen.map(|p| p.shape.iter().product::<usize>()).sum()
        };
        Ok(LayerInfo {
            name: node.name.clone(),
            class_name: node.layer.class_name().into(),
            trainable_params: params(true),
            non_trainable_params: params(false),
            macs: macs(&node.layer, &inputs, &output_shape),
            receptive_fields: receptive_fields(&node.layer, &inbound, before)?,
            inbound,
            output_shape,
        })
    }

    /// The first layer whose output goes nowhere, the last layer apart.
    fn unused(&self, layers: &[LayerInfo]) -> Option<usize> {
        (0..layers.len().saturating_sub(1)).find(|i| layers.iter().all(|l| !l.inbound.contains(i)))
    }
}

fn macs(layer: &Layer, inputs: &[&[usize]], output: &[usize]) -> u64 {
    let depth: usize = match (layer, inputs) {
        (Layer::Conv2D(c), [x]) => c.kernel_size[0] * c.kernel_size[1] * x[x.len() - 1],
        (Layer::DepthwiseConv2D(c), _) => c.kernel_size[0] * c.kernel_size[1],
        (Layer::Dense(_), [x]) => x[0],
        _ => 0,
    };
    output.iter().map(|d| *d as u64).product::<u64>() * depth as u64
}

/// One axis of the window that an output cell looks through: cells `o·stride + offset`, `size` of them, `step` apart.
#[derive(Clone, Copy)]
struct Window {
    stride: usize,
    offset: i32,
    size: usize,
}

fn sliding(strides: [usize; 2], pad: [usize; 2], cells: [usize; 2], dilation: [usize; 2]) -> [Window; 2] {
    [0, 1].map(|a| Window { stride: strides[a], offset: -(pad[a] as i32), size: (cells[a] - 1) * dilation[a] + 1 })
}

fn windows(layer: &Layer, input: &[usize]) -> Result<[Window; 2], Problem> {
    let one = Window { stride: 1, offset: 0, size: 1 };
    let whole = |axis: usize| Window { stride: 0, offset: 0, size: if input.len() == 3 { input[axis] } else { 1 } };
    Ok(match layer {
        Layer::Conv2D(c) => {
            let g = conv_geometry(c, input)?;
            sliding(g.strides, [g.pad_top, g.pad_left], g.kernel, g.dilation)
        }
        Layer::DepthwiseConv2D(c) => {
            let g = depthwise_geometry(c, input)?;
            sliding(g.strides, [g.pad_top, g.pad_left], g.kernel, g.dilation)
        }
        Layer::MaxPooling2D(p) | Layer::AveragePooling2D(p) => {
            let g = pool_geometry(p, input)?;
            sliding(g.strides, [g.pad_top, g.pad_left], g.window, [1, 1])
        }
        Layer::ZeroPadding2D(z) => [0, 1].map(|a| Window { offset: -(z.padding[a][0] as i32), ..one }),
        Layer::GlobalAveragePooling2D | Layer::Dense(_) | Layer::Flatten => [whole(0), whole(1)],
        Layer::Input(_)
        | Layer::Activation(_)
        | Layer::ReLU(_)
        | Layer::BatchNormalization(_)
        | Layer::Dropout(_)
        | Layer::Add
        | Layer::Concatenate => [one, one],
    })
}

/// Seen through `outer`, then through `inner`: Araujo et al., "Computing Receptive Fields of Convolutional Neural
/// Networks", Distill 2019.
fn compose(outer: Window, inner: Window) -> Window {
    if inner.stride == 0 {
        return inner;
    }
    Window {
        stride: outer.stride.saturating_mul(inner.stride),
        offset: outer.offset.saturating_mul(inner.stride as i32).saturating_add(inner.offset),
        size: (outer.size - 1).saturating_mul(inner.stride).saturating_add(inner.size),
    }
}

fn receptive_fields(layer: &Layer, inbound: &[usize], before: &[LayerInfo]) -> Result<Vec<ReceptiveField>, Problem> {
    let mut fields: Vec<ReceptiveField> = Vec::new();
    for &index in inbound {
        let near = windows(layer, &before[index].output_shape)?;
        merge(&mut fields, index, near);
        for far in &before[index].receptive_fields {
            let through = [0, 1]
                .map(|a| compose(near[a], Window { stride: far.stride[a], offset: far.offset[a], size: far.size[a] }));
            merge(&mut fields, far.layer, through);
        }
    }
    fields.sort_by_key(|f| f.layer);
    Ok(fields)
}

/// Where paths meet again, the field is the smallest that covers both.
fn merge(fields: &mut Vec<ReceptiveField>, layer: usize, windows: [Window; 2]) {
    let Some(known) = fields.iter_mut().find(|f| f.layer == layer) else {
        fields.push(ReceptiveField {
            layer,
            stride: windows.map(|w| w.stride),
            offset: windows.map(|w| w.offset),
            size: windows.map(|w| w.size),
        });
        return;
    };
    for (axis, window) in windows.into_iter().enumerate() {
        if window.stride == 0 {
            (known.stride[axis], known.offset[axis], known.size[axis]) = (0, window.offset, window.size);
        } else if known.stride[axis] != 0 {
            let end = |offset: i32, size: usize| i64::from(offset) + size as i64;
            let end = end(known.offset[axis], known.size[axis]).max(end(window.offset, window.size));
            known.offset[axis] = known.offset[axis].min(window.offset);
            known.size[axis] = (end - i64::from(known.offset[axis])) as usize;
        }
    }
}
