//! Samples on request, for programs that time something else in between.

use std::io::{self, BufRead};

use ppl_benches::way::{check, ours_and_hand};
use ppl_benches::workloads::Workload;
use serde_json::{Map, Value, json};

/// Prints value and gradient at each position, then one sample of each way for each line of stdin.
pub fn serve(workload: Workload) -> Result<(), String> {
    let mut ways = ours_and_hand(workload);
    check(&mut ways)?;
    let (values, gradients): (Vec<f64>, Vec<Vec<f64>>) = ways[0].answers().into_iter().unzip();
    println!("{}", json!({ "values": values, "gradients": gradients }));
    for line in io::stdin().lock().lines() {
        line.map_err(|error| error.to_string())?;
        let sample = |way: &mut ppl_benches::way::Way| (way.name.to_string(), Value::from(way.sample()));
        println!("{}", Value::Object(ways.iter_mut().map(sample).collect::<Map<_, _>>()));
    }
    Ok(())
}
