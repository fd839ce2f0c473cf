//! A profile for people.

use super::{Profile, Times};
use crate::table::Table;

/// Lines of the plan that are shown.
const SHOWN: usize = 25;

impl Profile {
    /// Aligned columns, the costliest lines of the plan first.
    pub fn table(&self) -> String {
        let parts = [self.title(), self.compiling(), self.evaluating(), self.memory(), self.plan_lines()];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n")
    }

    /// What is measured, and how its data were reduced.
    fn title(&self) -> String {
        let plural = if self.coordinates == 1 { "" } else { "s" };
        let title = format!("{}: {} coordinate{plural}, {}", self.model, self.coordinates, self.machine());
        [title].iter().chain(&self.reductions).map(|line| format!("{line}\n")).collect()
    }

    fn compiling(&self) -> String {
        let mut table = Table::new(&["", "ms"], 1..2);
        for (name, time) in self.laps.laps.iter().chain([&("in all", self.laps.total())]) {
            table.push(vec![name.to_string(), short(*time)]);
        }
        table.aligned()
    }

    fn evaluating(&self) -> String {
        let mut table = Table::new(&["", "µs", "median"], 1..3);
        let mut push = |name: &str, times: Times| table.push(vec![name.into(), short(times.min), short(times.median)]);
        push("value and gradient", self.gradient);
        push("value", self.value);
        table.aligned()
    }

    fn memory(&self) -> String {
        let mut table = Table::new(&["", "kB"], 1..2);
        let plan = self.bytes.plan;
        let sizes = [
            ("data files", Some(self.bytes.data)),
            ("constants of the plan", plan.map(|plan| plan.constants)),
            ("work of each chain", plan.map(|plan| plan.work)),
            ("most resident so far", self.bytes.peak_resident),
        ];
        for (name, size) in sizes {
            if let Some(size) = size {
                table.push(vec![name.into(), short(size as f64 / 1024.0)]);
            }
        }
        table.aligned()
    }

    fn plan_lines(&self) -> String {
        let mut lines: Vec<&(String, f64)> = self.plan.iter().collect();
        lines.sort_by(|a, b| b.1.total_cmp(&a.1));
        let share = |time: f64| format!("{:.1} %", 100.0 * self.share(time));
        let mut table = Table::new(&["ns", "share", ""], 0..2);
        for (line, time) in lines.iter().take(SHOWN) {
            table.push(vec![short(*time), share(*time), line.clone()]);
        }
        if lines.len() > SHOWN {
            let rest: f64 = lines[SHOWN..].iter().map(|(_, time)| time).sum();
            table.push(vec![short(rest), share(rest), format!("{} more lines", lines.len() - SHOWN)]);
        }
        if table.is_empty() { String::new() } else { table.aligned() }
    }
}

/// Three digits or more.
fn short(value: f64) -> String {
    let decimals = match value.abs() {
        v if v >= 99.95 => 0,
        v if v >= 9.995 => 1,
        v if v >= 0.9995 => 2,
        _ => 3,
    };
    format!("{value:.decimals$}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_digits_are_kept() {
        for (value, text) in
            [(1234.5, "1234"), (99.96, "100"), (12.345, "12.3"), (1.0, "1.00"), (0.9999, "1.00"), (0.0421, "0.042")]
        {
            assert_eq!(short(value), text);
        }
    }
}
