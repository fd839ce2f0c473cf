//! A profile for programs.

use super::{Profile, Times};
use crate::json::{fields, lines, number, object, text};

impl Profile {
    /// All figures with all digits; lines of the plan in its order.
    pub fn json(&self) -> String {
        let laps = self.laps.laps.iter().map(|(name, time)| (*name, number(*time)));
        let laps = laps.chain([("total", number(self.laps.total()))]);
        let evaluation =
            [("gradient", times(self.gradient)), ("value", times(self.value)), ("evaluations", self.evals.to_string())];
        let bytes = [
            ("data", Some(self.bytes.data)),
            ("constants", self.bytes.plan.map(|plan| plan.constants)),
            ("work", self.bytes.plan.map(|plan| plan.work)),
            ("peak_resident", self.bytes.peak_resident),
        ];
        let bytes = bytes.map(|(name, size)| (name, size.map_or("null".to_string(), |size| size.to_string())));
        let plan = self.plan.iter().map(|(line, time)| {
            object([("line", text(line)), ("nanoseconds", number(*time)), ("share", number(self.share(*time)))])
        });
        let profile = [
            ("model", text(&self.model)),
            ("coordinates", self.coordinates.to_string()),
            ("machine", text(self.machine())),
            ("milliseconds", fields(laps, 2)),
            ("microseconds", fields(evaluation, 2)),
            ("bytes", fields(bytes, 2)),
            ("reductions", lines(self.reductions.iter().map(|note| text(note)), 2)),
            ("plan", lines(plan, 2)),
        ];
        fields(profile, 0) + "\n"
    }
}

fn times(times: Times) -> String {
    object([("min", number(times.min)), ("median", number(times.median))])
}
