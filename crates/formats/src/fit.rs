//! Which tensor of a file becomes which parameter of a network.

use std::collections::HashMap;

use atelier_nn::Network;
use atelier_nn::plan::Parameter;

use crate::{Misfit, Misfits, Naming, Tensor};

/// Where each parameter's numbers are, in the parameters' order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fitted {
    pub(crate) places: Vec<Place>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Place {
    pub tensor: usize,
    axes: Axes,
}

/// What is done to a tensor's axes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Axes {
    AsTheyAre,
    /// Filters, channels, height, width become height, width, channels, filters.
    Convolution,
    /// The same of a depthwise kernel, whose filters are channels times multiplier, and whose channels are one.
    Depthwise {
        multiplier: usize,
    },
    /// Outputs, inputs become inputs, outputs.
    Dense,
}

/// The parameters of one layer, with their places in the list.
struct Layer<'a> {
    name: &'a str,
    /// Its class, as Keras writes it in names, and its number among those of its class: `conv2d_3`.
    class: String,
    parameters: Vec<(usize, &'a Parameter)>,
}

pub fn fit(naming: Naming, tensors: &[Tensor], network: &Network, parameters: &[Parameter]) -> Result<Fitted, Misfits> {
    let layers = layers(network, parameters);
    let mut fitting = Fitting { tensors, places: vec![None; parameters.len()], misfits: Vec::new() };
    match naming {
        Naming::Names => fitting.by_names(&layers, |parameter| parameter.to_owned(), false),
        Naming::Torch => fitting.by_names(&layers, torch_name, true),
        Naming::Order => fitting.by_order(&layers),
        Naming::Classes => fitting.by_classes(&layers),
    }
    let Fitting { places, misfits, .. } = fitting;
    match places.into_iter().collect() {
        Some(places) if misfits.is_empty() => Ok(Fitted { places }),
        _ => Err(Misfits { misfits }),
    }
}

/// Those that have parameters, in the network's order.
fn layers<'a>(network: &'a Network, parameters: &'a [Parameter]) -> Vec<Layer<'a>> {
    let mut seen: HashMap<&str, usize> = HashMap::new();
    let mut layers = Vec::new();
    for (index, node) in network.layers.iter().enumerate() {
        let class = node.layer.default_name();
        let number = seen.entry(class).and_modify(|number| *number += 1).or_insert(0);
        let own = parameters.iter().enumerate().filter(|(_, parameter)| parameter.layer == index);
        let own: Vec<_> = own.collect();
        if !own.is_empty() {
            let class = if *number == 0 { class.to_owned() } else { format!("{class}_{number}") };
            layers.push(Layer { name: &node.name, class, parameters: own });
        }
    }
    layers
}

/// What PyTorch calls a parameter; of a layer that has both, `weight` is the kernel or gamma.
fn torch_name(parameter: &str) -> String {
    let name = match parameter {
        "kernel" | "gamma" => "weight",
        "beta" => "bias",
        "moving_mean" => "running_mean",
        "moving_variance" => "running_var",
        other => other,
    };
    name.to_owned()
}

struct Fitting<'a> {
    tensors: &'a [Tensor],
    places: Vec<Option<Place>>,
    misfits: Vec<Misfit>,
}

impl Fitting<'_> {
    fn by_names(&mut self, layers: &[Layer], called: impl Fn(&str) -> String, torch: bool) {
        let tensors = self.tensors;
        let by_name: HashMap<(&str, &str), usize> =
            tensors.iter().enumerate().map(|(at, t)| ((t.layer.as_str(), t.name.as_str()), at)).collect();
        for layer in layers {
            for (index, parameter) in &layer.parameters {
                let name = called(last(parameter));
                match by_name.get(&(layer.name, name.as_str())) {
                    Some(tensor) => self.place(layer, *index, parameter, *tensor, torch),
                    None => self.misfits.push(missing(layer, parameter)),
                }
            }
        }
    }

    fn by_order(&mut self, layers: &[Layer]) {
        // The tensors of a layer stand one after another.
        let mut there: Vec<Vec<usize>> = Vec::new();
        for (at, tensor) in self.tensors.iter().enumerate() {
            match there.last_mut() {
                Some(own) if self.tensors[own[0]].layer == tensor.layer => own.push(at),
                _ => there.push(vec![at]),
            }
        }
        if there.len() != layers.len() {
            self.misfits.push(Misfit::Layers { expected: layers.len(), found: there.len() });
        }
        for (layer, own) in layers.iter().zip(&there) {
            self.layer(layer, own);
        }
        for layer in layers.iter().skip(there.len()) {
            self.misfits.extend(layer.parameters.iter().map(|(_, parameter)| missing(layer, parameter)));
        }
    }

    fn by_classes(&mut self, layers: &[Layer]) {
        let tensors = self.tensors;
        let mut there: HashMap<&str, Vec<usize>> = HashMap::new();
        for (at, tensor) in tensors.iter().enumerate() {
            there.entry(tensor.layer.as_str()).or_default().push(at);
        }
        for layer in layers {
            match there.get(layer.class.as_str()) {
                Some(own) => self.layer(layer, own),
                None => self.misfits.extend(layer.parameters.iter().map(|(_, parameter)| missing(layer, parameter))),
            }
        }
    }

    /// A layer's tensors in their order.
    fn layer(&mut self, layer: &Layer, own: &[usize]) {
        if own.len() != layer.parameters.len() {
            let in_file = self.tensors[own[0]].layer.clone();
            let (expected, found) = (layer.parameters.len(), own.len());
            self.misfits.push(Misfit::Tensors { layer: layer.name.to_owned(), expected, in_file, found });
            return;
        }
        for ((index, parameter), tensor) in layer.parameters.iter().zip(own) {
            self.place(layer, *index, parameter, *tensor, false);
        }
    }

    fn place(&mut self, layer: &Layer, index: usize, parameter: &Parameter, tensor: usize, torch: bool) {
        let found = &self.tensors[tensor];
        match axes(&found.shape, &parameter.shape, torch) {
            Some(axes) => self.places[index] = Some(Place { tensor, axes }),
            None => self.misfits.push(Misfit::Shape {
                layer: layer.name.to_owned(),
                name: last(parameter).to_owned(),
                expected: parameter.shape.clone(),
                tensor: format!("{}/{}", found.layer, found.name),
                found: found.shape.clone(),
            }),
        }
    }
}

fn missing(layer: &Layer, parameter: &Parameter) -> Misfit {
    let (layer, name) = (layer.name.to_owned(), last(parameter).to_owned());
    Misfit::Missing { layer, name, expected: parameter.shape.clone() }
}

/// What a parameter is to its layer.
fn last(parameter: &Parameter) -> &str {
    parameter.name.rsplit('/').next().unwrap_or(&parameter.name)
}

/// How a tensor of a shape becomes one of another; none where it does not.
fn axes(found: &[usize], expected: &[usize], torch: bool) -> Option<Axes> {
    if !torch || expected.len() == 1 {
        return (found == expected).then_some(Axes::AsTheyAre);
    }
    match (found, expected) {
        ([o, i], [inputs, outputs]) if (o, i) == (outputs, inputs) => Some(Axes::Dense),
        ([f, 1, h, w], [height, width, channels, multiplier])
            if [h, w] == [height, width] && *f == channels * multiplier && *channels != 1 =>
        {
            Some(Axes::Depthwise { multiplier: *multiplier })
        }
        ([f, c, h, w], [height, width, channels, filters]) if [h, w, c, f] == [height, width, channels, filters] => {
            Some(Axes::Convolution)
        }
        _ => None,
    }
}

impl Place {
    /// The numbers in the network's order, given those of a tensor of this shape.
    pub fn arrange(&self, values: Vec<f32>, shape: &[usize]) -> Vec<f32> {
        match (self.axes, shape) {
            (Axes::Dense, [outputs, inputs]) => gathered(&values, [*inputs, *outputs, 1, 1], [1, *inputs, 0, 0]),
            (Axes::Convolution, [filters, channels, h, w]) => {
                gathered(&values, [*h, *w, *channels, *filters], [*w, 1, h * w, channels * h * w])
            }
            (Axes::Depthwise { multiplier }, [filters, _, h, w]) => {
                let area = h * w;
                gathered(&values, [*h, *w, filters / multiplier, multiplier], [*w, 1, multiplier * area, area])
            }
            _ => values,
        }
    }
}

/// A tensor of these sizes, whose numbers lie so far apart along each axis.
fn gathered(values: &[f32], sizes: [usize; 4], apart: [usize; 4]) -> Vec<f32> {
    let mut out = Vec::with_capacity(values.len());
    for a in 0..sizes[0] {
        for b in 0..sizes[1] {
            for c in 0..sizes[2] {
                for d in 0..sizes[3] {
                    out.push(values[a * apart[0] + b * apart[1] + c * apart[2] + d * apart[3]]);
                }
            }
        }
    }
    out
}
