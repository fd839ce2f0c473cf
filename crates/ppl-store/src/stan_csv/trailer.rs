//! The comment blocks between warm-up and draws, and at the end.

use super::push_number;
use ppl_engine::{Adapted, InverseMetric};
use std::time::Duration;

/// The line that ends warm-up.
pub(crate) const ADAPTED: &str = "# Adaptation terminated";

/// What warm-up learned; of the metric its diagonal, unless all of it is asked for and there.
pub(crate) fn adaptation(adapted: &Adapted, dense: bool) -> String {
    let step = numbers(&[adapted.step_size]);
    let metric = match &adapted.inverse_metric {
        InverseMetric::None => "# No free parameters for unit metric\n".to_owned(),
        InverseMetric::Dense(matrix, dim) if dense => {
            let rows = matrix.chunks_exact((*dim).max(1)).map(|row| format!("# {}\n", numbers(row)));
            format!("# Elements of inverse mass matrix:\n{}", rows.collect::<String>())
        }
        other => format!("# Diagonal elements of inverse mass matrix:\n# {}\n", numbers(&other.diagonal())),
    };
    format!("{ADAPTED}\n# Step size = {step}\n{metric}")
}

fn numbers(values: &[f64]) -> String {
    let text = |value: &f64| {
        let mut text = Vec::new();
        push_number(&mut text, *value);
        String::from_utf8(text).expect("numbers are ASCII")
    };
    values.iter().map(text).collect::<Vec<_>>().join(", ")
}

/// How long warm-up and sampling took.
pub(crate) fn elapsed(warmup: Duration, sampling: Duration) -> String {
    let (warmup, sampling) = (warmup.as_secs_f64(), sampling.as_secs_f64());
    let total = warmup + sampling;
    format!(
        "# \n#  Elapsed Time: {warmup:.3} seconds (Warm-up)\n#                {sampling:.3} seconds (Sampling)\n\
         #                {total:.3} seconds (Total)\n# \n"
    )
}
