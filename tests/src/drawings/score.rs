//! What a network made of the set, counted.

use std::fmt::{self, Write};

use super::{CLASSES, Drawing, STYLES};

/// Answers to drawings: class by class, style by style.
#[derive(Debug, Clone, Default)]
pub struct Score {
    /// Class, style, and the class that was answered.
    answers: Vec<(usize, usize, usize)>,
}

impl Score {
    pub fn add(&mut self, drawing: &Drawing, answer: usize) {
        self.answers.push((drawing.class, drawing.style, answer));
    }

    /// Share of right answers.
    pub fn accuracy(&self) -> f64 {
        self.share(|_| true)
    }

    /// Share of right answers to drawings of this class.
    pub fn of_class(&self, class: usize) -> f64 {
        self.share(|answer| answer.0 == class)
    }

    /// Share of right answers to drawings in this style.
    pub fn of_style(&self, style: usize) -> f64 {
        self.share(|answer| answer.1 == style)
    }

    fn share(&self, counts: impl Fn(&(usize, usize, usize)) -> bool) -> f64 {
        let (mut right, mut all) = (0, 0);
        for answer in self.answers.iter().filter(|answer| counts(answer)) {
            all += 1;
            right += usize::from(answer.0 == answer.2);
        }
        f64::from(right as u32) / f64::from(all.max(1))
    }

    /// What drawings of a class were taken for, the most frequent first; the right answers are not among them.
    pub fn mistakes(&self, class: usize) -> Vec<(usize, usize)> {
        let mut counts = [0; CLASSES.len()];
        for (_, _, answer) in self.answers.iter().filter(|answer| answer.0 == class && answer.2 != class) {
            counts[*answer] += 1;
        }
        let mut mistakes: Vec<_> = counts.into_iter().enumerate().filter(|(_, count)| *count > 0).collect();
        mistakes.sort_by_key(|(answer, count)| (usize::MAX - count, *answer));
        mistakes
    }
}

/// Two scores of the same drawings side by side, by class, by style and in all, with what each class was taken for by the
/// second.
pub struct Table<'a> {
    /// What each of the two is called.
    pub names: [&'a str; 2],
    pub scores: [&'a Score; 2],
}

impl fmt::Display for Table<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b] = self.scores;
        let row = |f: &mut fmt::Formatter<'_>, name: &str, values: [f64; 2]| {
            write!(f, "{name:<14}{:>10.3}{:>10.3}", values[0], values[1])
        };
        writeln!(f, "{:<14}{:>10}{:>10}  taken for", "class", self.names[0], self.names[1])?;
        for (class, name) in CLASSES.iter().enumerate() {
            row(f, name, [a.of_class(class), b.of_class(class)])?;
            let mut taken = String::new();
            for (answer, count) in b.mistakes(class).into_iter().take(3) {
                let _ = write!(taken, "  {} {count}", CLASSES[answer]);
            }
            writeln!(f, "{taken}")?;
        }
        writeln!(f, "\n{:<14}{:>10}{:>10}", "style", self.names[0], self.names[1])?;
        for (style, name) in STYLES.iter().enumerate() {
            row(f, name, [a.of_style(style), b.of_style(style)])?;
            writeln!(f)?;
        }
        writeln!(f)?;
        row(f, "all", [a.accuracy(), b.accuracy()])
    }
}
