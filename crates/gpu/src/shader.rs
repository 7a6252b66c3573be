//! From the files in `shaders/` to WGSL.
//!
//! A file holds the algorithm; what depends on shapes comes as constants, the declarations of its buffers are generated from
//! the same list as the bind group's layout, and the number of its invocations from what the dispatch is sized by, so that
//! the two sides cannot differ. Lines that begin with `//` and
//! no space are instructions to this module:
//!
//! - `//use NAME` puts `shaders/common/NAME.wgsl` there;
//! - `//if FLAG`, `//if !FLAG`, `//else`, `//end` keep lines or drop them;
//! - `//each r COUNT` … `//end` repeats lines with `$r` as 0, 1, …, and sums as `$($r+1)` (registers must be named, not
//!   indexed: compilers of shaders seldom unroll loops over arrays of registers).

use std::collections::HashMap;
use std::fmt::Write;
use std::iter::Peekable;

use crate::dispatch::{Access, Constant, Dispatch, Invocations};

macro_rules! files {
    ($($name:literal),* $(,)?) => {
        &[$(($name, include_str!(concat!("../../../shaders/", $name, ".wgsl"))),)*]
    };
}

const FILES: &[(&str, &str)] = files![
    "activate",
    "activate_grad",
    "adam",
    "add",
    "average_pool2d",
    "average_pool2d_grad",
    "batch_moments",
    "batch_norm",
    "batch_norm_grad_fixed",
    "batch_norm_grad_input",
    "batch_norm_grad_parameters",
    "bias_grad",
    "concatenate",
    "concatenate_grad",
    "conv2d",
    "conv2d_grad_input",
    "conv2d_grad_kernel",
    "dense",
    "dense_grad_input",
    "dense_grad_kernel",
    "depthwise_conv2d",
    "depthwise_conv2d_grad_input",
    "depthwise_conv2d_grad_kernel",
    "dropout",
    "global_average_pool2d",
    "global_average_pool2d_grad",
    "loss",
    "loss_grad",
    "max_pool2d",
    "max_pool2d_grad",
    "metrics",
    "moving_average",
    "sgd",
    "softmax",
    "softmax_grad",
    "zero_pad2d",
    "zero_pad2d_grad",
    "common/activation",
    "common/column_sums",
    "common/crossentropy",
    "common/is_nan",
    "common/largest",
    "common/main",
    "common/number",
    "common/numbers",
    "common/one_pixel",
    "common/or_nan",
    "common/peak_copy",
    "common/peak_fma",
    "common/pool",
    "common/product",
    "common/product_rows",
    "common/product_grad_kernel",
    "common/product_grad_kernel_rows",
    "common/random",
    "common/sum_parts",
    "common/transpose",
];

fn file(name: &str) -> &'static str {
    FILES.iter().find(|(known, _)| *known == name).map_or("", |(_, text)| text)
}

/// What a step is told, in the order of the uniform buffer; [`crate::executor`] writes it.
pub(crate) const STEP: &str = "struct Step {
    // Examples in the buffers.
    batch: u32,
    // Where they begin in the whole batch, and its size.
    first_example: u32,
    batch_total: u32,
    iteration: u32,
    seed: u32,
    learning_rate: f32,
    // The learning rate with both of Adam's bias corrections.
    adam_rate: f32,
    unused: u32,
}
@group(0) @binding(0) var<uniform> step: Step;
";

/// The whole WGSL of a dispatch.
pub(crate) fn source(dispatch: &Dispatch) -> String {
    let mut text = String::from(STEP);
    for (index, binding) in dispatch.bindings.iter().enumerate() {
        let access = match binding.access {
            Access::Read => "read",
            Access::Write => "read_write",
        };
        let element = binding.element.wgsl();
        let _ = writeln!(
            text,
            "@group(0) @binding({}) var<storage, {access}> {}: array<{element}>;",
            index + 1,
            binding.name
        );
    }
    let _ = writeln!(text, "const WORKGROUP = {}u;", dispatch.workgroup);
    let _ = writeln!(text, "fn invocations() -> u32 {{ return {}; }}", invocations(dispatch.invocations));
    for (name, value) in &dispatch.constants {
        let _ = match value {
            Constant::U32(value) => writeln!(text, "const {name} = {value}u;"),
            Constant::F32(value) => writeln!(text, "const {name} = {value:?}f;"),
        };
    }
    let mut names = HashMap::new();
    expand(file(dispatch.file), dispatch, &mut names, &mut text);
    text
}

/// How many invocations a dispatch needs, as the shader computes it from the batch.
fn invocations(invocations: Invocations) -> String {
    match invocations {
        Invocations::Fixed(count) => format!("{count}u"),
        Invocations::PerExample(count) => format!("step.batch * {count}u"),
        Invocations::PerRows { per_example, each, invocations } => {
            format!("(step.batch * {per_example}u + {}u) / {each}u * {invocations}u", each - 1)
        }
    }
}

fn expand(file: &'static str, dispatch: &Dispatch, names: &mut HashMap<String, u32>, text: &mut String) {
    block(&mut file.lines().peekable(), dispatch, names, text, true);
}

/// Takes lines up to the `//else` or `//end` of this block, writing them where it is `kept`.
fn block(
    lines: &mut Peekable<std::str::Lines<'static>>,
    dispatch: &Dispatch,
    names: &mut HashMap<String, u32>,
    text: &mut String,
    kept: bool,
) {
    while let Some(line) = lines.peek().copied() {
        let comment = |rest: &&str| rest.is_empty() || rest.starts_with(' ');
        let Some(instruction) = line.trim_start().strip_prefix("//").filter(|rest| !comment(rest)) else {
            lines.next();
            if kept {
                text.push_str(&named(line, dispatch, names));
                text.push('\n');
            }
            continue;
        };
        let mut words = instruction.split_whitespace();
        match (words.next(), words.next(), words.next()) {
            (Some("use"), Some(name), _) => {
                lines.next();
                if kept {
                    expand(file(&format!("common/{name}")), dispatch, names, text);
                }
            }
            (Some("if"), Some(flag), _) => {
                lines.next();
                let holds = match flag.strip_prefix('!') {
                    Some(flag) => !dispatch.has(flag),
                    None => dispatch.has(flag),
                };
                block(lines, dispatch, names, text, kept && holds);
                if lines.next().is_some_and(|line| line.trim() == "//else") {
                    block(lines, dispatch, names, text, kept && !holds);
                    lines.next();
                }
            }
            (Some("each"), Some(name), Some(count)) => {
                lines.next();
                let count = if kept { count.parse().unwrap_or_else(|_| dispatch.constant(count)) } else { 0 };
                for value in 0..count {
                    names.insert(format!("${name}"), value);
                    block(&mut lines.clone(), dispatch, names, text, true);
                }
                names.remove(&format!("${name}"));
                block(lines, dispatch, names, text, false);
                lines.next();
            }
            // `//else` and `//end` belong to the caller.
            _ => return,
        }
    }
}

fn named(line: &str, dispatch: &Dispatch, names: &HashMap<String, u32>) -> String {
    let mut line = line.to_owned();
    // The longest first: `$row` is not `$r`.
    let mut known: Vec<_> = names.iter().collect();
    known.sort_by_key(|(name, _)| std::cmp::Reverse(name.len()));
    for (name, value) in known {
        line = line.replace(name.as_str(), &value.to_string());
    }
    while let Some((before, rest)) = line.split_once("$(")
        && let Some((sum, after)) = rest.split_once(')')
    {
        let term = |term: &str| term.parse().unwrap_or_else(|_| dispatch.constant(term));
        let sum: u32 = sum.split('+').map(|text| term(text.trim())).sum();
        line = format!("{before}{sum}{after}");
    }
    line
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Expands a text as if it were a file of `shaders/`.
    fn expanded(text: &'static str, dispatch: &Dispatch) -> String {
        let mut out = String::new();
        expand(text, dispatch, &mut HashMap::new(), &mut out);
        out
    }

    fn dispatch() -> Dispatch {
        Dispatch::new("activate", Invocations::Fixed(1)).flag("ON", true).int("TWO", 2).int("NONE", 0)
    }

    #[test]
    fn switches_keep_and_drop_lines() {
        let text =
            "a\n//if ON\nb\n//else\nc\n//end\n  //if !ON\nd\n//if ON\ne\n//end\n//else\nf\n//end\n// kept\n//\ng";
        assert_eq!(expanded(text, &dispatch()), "a\nb\nf\n// kept\n//\ng\n");
    }

    #[test]
    fn repeated_lines_are_numbered() {
        assert_eq!(
            expanded("//each r 2\n//each row 2\na_$($r+$row+1)_$row;\n//end\n//end", &dispatch()).lines().nth(3),
            Some("a_3_1;")
        );
        let text = "//each r TWO\n//each j 2\nx_$r_$j = $ru;\n//end\n//if OFF\nno\n//end\n//end\n//each r NONE\nno\n//end\nend";
        let expected = "x_0_0 = 0u;\nx_0_1 = 0u;\nx_1_0 = 1u;\nx_1_1 = 1u;\nend\n";
        assert_eq!(expanded(text, &dispatch()), expected);
    }

    #[test]
    fn every_instruction_of_every_file_is_known() {
        for (name, text) in FILES {
            let mut open = 0;
            for line in text.lines() {
                let Some(rest) = line.trim_start().strip_prefix("//") else { continue };
                if rest.is_empty() || rest.starts_with(' ') {
                    continue;
                }
                let mut words = rest.split_whitespace();
                match words.next() {
                    Some("use") => {
                        assert!(!file(&format!("common/{}", words.next().unwrap_or(""))).is_empty(), "{name}: {line}")
                    }
                    Some("if" | "each") => open += 1,
                    Some("end") => open -= 1,
                    Some("else") => {}
                    _ => panic!("{name}: {line}"),
                }
            }
            assert_eq!(open, 0, "{name}: an //end is missing or too many");
        }
    }
}
