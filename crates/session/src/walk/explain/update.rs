//! What becomes of a weight: SGD's and Adam's arithmetic line by line, and the moving averages.

use atelier_nn::{BufferId, Op};

use super::{Made, Operands};

pub fn explain(operands: &Operands, made: &mut Made, result: BufferId, index: usize) {
    let number = |buffer| operands.number(buffer, index);
    let rate = f64::from(operands.data.learning_rate);
    match *operands.op {
        Op::MovingAverage { momentum, value, average } => {
            let (before, value, momentum) = (number(average), number(value), f64::from(momentum));
            made.line("momentum", momentum).line("value", value).line("before", before);
            made.line("after", momentum * before + (1.0 - momentum) * value);
        }
        Op::Sgd { momentum, nesterov, parameter, gradient, velocity } => {
            let (gradient, momentum) = (number(gradient), f64::from(momentum));
            let mut change = -rate * gradient;
            made.line("gradient", gradient);
            if let Some(velocity) = velocity {
                let old = number(velocity);
                let new = momentum * old - rate * gradient;
                change = if nesterov { momentum * new - rate * gradient } else { new };
                made.line("momentum", momentum).line("velocity_before", old).line("velocity", new);
            }
            made.line("learning_rate", rate);
            if Some(result) != velocity {
                moved(made, number(parameter), -change);
            }
        }
        Op::Adam { beta_1, beta_2, epsilon, parameter, gradient, m, v } => {
            let [beta_1, beta_2, epsilon] = [beta_1, beta_2, epsilon].map(f64::from);
            let (gradient, old_m, old_v) = (number(gradient), number(m), number(v));
            let t = f64::from(operands.data.iteration);
            let m = beta_1 * old_m + (1.0 - beta_1) * gradient;
            let v = beta_2 * old_v + (1.0 - beta_2) * gradient * gradient;
            let [left_1, left_2] = [beta_1, beta_2].map(|beta| 1.0 - beta.powf(t));
            made.line("gradient", gradient).line("beta_1", beta_1).line("beta_2", beta_2);
            made.line("m_before", old_m).line("m", m).line("v_before", old_v).line("v", v);
            made.line("m_hat", m / left_1).line("v_hat", v / left_2);
            made.line("learning_rate", rate).line("epsilon", epsilon);
            // Keras's form (section 2 of the paper): both corrections in the rate, ε added to √v.
            moved(made, number(parameter), rate * left_2.sqrt() / left_1 * m / (v.sqrt() + epsilon));
        }
        _ => {}
    }
}

fn moved(made: &mut Made, before: f64, step: f64) {
    made.line("step", step).line("before", before).line("after", before - step);
}
