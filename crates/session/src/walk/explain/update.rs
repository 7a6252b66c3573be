//! What becomes of a weight: SGD's and Adam's arithmetic line by line, and the moving averages.

use atelier_nn::{BufferId, Op};

use super::{Made, Operands};

pub fn explain(operands: &Operands, result: BufferId, index: usize) -> Made {
    let made = Made::default();
    let number = |buffer| operands.number(buffer, index);
    let rate = f64::from(operands.data.learning_rate);
    match *operands.op {
        Op::MovingAverage { momentum, value, average } => {
            let (before, value, momentum) = (number(average), number(value), f64::from(momentum));
            let made = made.line("momentum", momentum).line("value", value).line("before", before);
            made.line("after", momentum * before + (1.0 - momentum) * value)
        }
        Op::Sgd { parameter, gradient, velocity: None, .. } => {
            let (before, gradient) = (number(parameter), number(gradient));
            let step = rate * gradient;
            let made = made.line("gradient", gradient).line("learning_rate", rate).line("step", step);
            made.line("before", before).line("after", before - step)
        }
        Op::Sgd { momentum, nesterov, parameter, gradient, velocity: Some(velocity) } => {
            let (before, gradient, momentum) = (number(parameter), number(gradient), f64::from(momentum));
            let old = number(velocity);
            let new = momentum * old - rate * gradient;
            let change = if nesterov { momentum * new - rate * gradient } else { new };
            let made = made.line("gradient", gradient).line("momentum", momentum).line("velocity_before", old);
            let made = made.line("velocity", new).line("learning_rate", rate);
            if result == velocity {
                return made;
            }
            made.line("step", -change).line("before", before).line("after", before + change)
        }
        Op::Adam { beta_1, beta_2, epsilon, parameter, gradient, m, v } => {
            let [beta_1, beta_2, epsilon] = [beta_1, beta_2, epsilon].map(f64::from);
            let (before, gradient) = (number(parameter), number(gradient));
            let (old_m, old_v) = (number(m), number(v));
            let t = f64::from(operands.data.iteration);
            let m = beta_1 * old_m + (1.0 - beta_1) * gradient;
            let v = beta_2 * old_v + (1.0 - beta_2) * gradient * gradient;
            let [left_1, left_2] = [beta_1, beta_2].map(|beta| 1.0 - beta.powf(t));
            // Keras's form (section 2 of the paper): both corrections in the rate, ε added to √v.
            let step = rate * left_2.sqrt() / left_1 * m / (v.sqrt() + epsilon);
            let made = made.line("gradient", gradient).line("beta_1", beta_1).line("beta_2", beta_2);
            let made = made.line("m_before", old_m).line("m", m).line("v_before", old_v).line("v", v);
            let made = made.line("m_hat", m / left_1).line("v_hat", v / left_2);
            let made = made.line("learning_rate", rate).line("epsilon", epsilon).line("step", step);
            made.line("before", before).line("after", before - step)
        }
        _ => made,
    }
}
