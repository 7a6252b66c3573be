use crate::Report;

/// What became of the cases of one operation.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    pub cases: u32,
    /// The largest error, in units of its bound.
    pub worst: f64,
    /// The reports of those that failed, each with the operation, the seed and the index of its worst number.
    pub failures: Vec<String>,
}

impl Tally {
    pub fn add(&mut self, report: &Report) {
        self.cases += 1;
        self.worst = self.worst.max(report.worst_ratio());
        if !report.passed() {
            self.failures.push(report.to_string());
        }
    }
}
