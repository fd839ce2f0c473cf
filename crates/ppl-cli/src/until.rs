//! When a run may end: `--until ess=400,rhat=1.01,time=10m`.

use std::sync::Arc;
use std::time::Duration;

use ppl::{Stop, Until};

use crate::failure::Failure;

/// What was typed, understood.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Limits {
    /// Draws that suffice.
    pub until: Until,
    /// When time is up, as it was typed and as it is.
    time: Option<(String, Duration)>,
    /// All conditions, as they were typed.
    pub conditions: Vec<String>,
}

impl Limits {
    /// Understands conditions, each `ess=NUMBER`, `rhat=NUMBER` or `time=NUMBER` with s, m or h.
    pub fn read(conditions: &[String]) -> Result<Self, Failure> {
        let none = Limits { conditions: conditions.to_vec(), ..Limits::default() };
        conditions.iter().try_fold(none, |limits, condition| {
            let wrong = || {
                let text = format!("`--until {condition}`: write ess=400, rhat=1.01 or time=10m, joined by commas");
                Failure::Usage(text)
            };
            let (name, value) = condition.split_once('=').ok_or_else(wrong)?;
            limits.with(name.trim(), value.trim()).ok_or_else(wrong)
        })
    }

    fn with(self, name: &str, value: &str) -> Option<Self> {
        let number = || value.parse().ok().filter(|x: &f64| x.is_finite());
        match name {
            "ess" => Some(Limits { until: Until { ess: Some(number().filter(|n| *n > 0.0)?), ..self.until }, ..self }),
            "rhat" => {
                Some(Limits { until: Until { rhat: Some(number().filter(|n| *n > 1.0)?), ..self.until }, ..self })
            }
            "time" => Some(Limits { time: Some((format!("time={value}"), duration(value)?)), ..self }),
            _ => None,
        }
    }

    /// Whether time is one of them.
    pub fn has_time(&self) -> bool {
        self.time.is_some()
    }

    /// Raises the flag when time is up, if it ever is.
    pub fn start_clock(&self, stop: &Arc<Stop>) {
        let Some((reason, time)) = self.time.clone() else { return };
        let stop = stop.clone();
        std::thread::spawn(move || {
            std::thread::sleep(time);
            stop.raise(&reason);
        });
    }
}

/// A number with its unit: seconds, minutes or hours.
fn duration(text: &str) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.find(|c: char| c.is_alphabetic())?)?;
    let seconds = match unit {
        "s" => 1.0,
        "m" | "min" => 60.0,
        "h" => 3600.0,
        _ => return None,
    };
    let number: f64 = number.trim().parse().ok().filter(|x| *x >= 0.0)?;
    Duration::try_from_secs_f64(number * seconds).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<Limits, Failure> {
        Limits::read(&text.split(',').map(str::to_string).collect::<Vec<_>>())
    }

    #[test]
    fn conditions_are_joined() {
        let limits = read("ess=400,rhat=1.01,time=1.5m").unwrap();
        assert_eq!(limits.until, Until { ess: Some(400.0), rhat: Some(1.01) });
        assert_eq!(limits.time, Some(("time=1.5m".to_string(), Duration::from_secs(90))));
    }

    #[test]
    fn what_cannot_be_is_refused() {
        for text in ["ess", "ess=", "ess=-4", "rhat=1", "time=10", "time=ten minutes", "time=1e300h", "draws=4"] {
            assert!(matches!(read(text), Err(Failure::Usage(_))), "{text}");
        }
    }
}
