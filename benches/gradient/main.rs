//! Microseconds per value and gradient of every workload: the plan on each instruction set, and plain Rust by hand.
//!
//! ```text
//! cargo bench -p ppl-benches --bench gradient [-- NAME…]   the named workloads, or all but `large`
//!     --interpreter     time the interpreter too
//!     --json FILE       write the figures
//!     --write FOLDER    write models, data and positions instead, for other programs
//!     --serve           of one workload: answers, then one sample for each line that is read, as JSON
//! ```

#![allow(clippy::print_stdout)] // a benchmark is there to print its figures

mod options;
mod serve;
mod write;

use ppl_benches::way::{check, ways};
use ppl_benches::workloads::Workload;
use serde_json::{Map, Value, json};

use options::{Mode, Options};

/// Samples of each way.
const SAMPLES: usize = 41;

fn main() {
    let result = Options::read(std::env::args().skip(1)).and_then(|options| match options.mode {
        Mode::Table => tables(options),
        Mode::Write(folder) => options.workloads.iter().try_for_each(|w| write::write(&folder, w)),
        Mode::Serve => options.workloads.into_iter().try_for_each(serve::serve),
    });
    if let Err(message) = result {
        println!("error: {message}");
        std::process::exit(1);
    }
}

fn tables(options: Options) -> Result<(), String> {
    let mut figures = Vec::new();
    for workload in options.workloads {
        figures.push(table(workload, options.interpreter)?);
    }
    match options.json {
        Some(file) => write::text(&file, &format!("{:#}\n", json!({ "workloads": figures }))),
        None => Ok(()),
    }
}

/// Times all ways in turn, prints them, and returns the figures.
fn table(workload: Workload, interpreter: bool) -> Result<Value, String> {
    let (name, size, coordinates) = (workload.name, workload.size.clone(), workload.position.len());
    println!("{name}, {size}, {coordinates} coordinates");
    let mut ways = ways(workload, interpreter);
    check(&mut ways).map_err(|off| format!("{name}: {off}"))?;
    for _ in 0..SAMPLES {
        ways.iter_mut().for_each(|way| _ = way.sample());
    }
    let hand = ways.last_mut().expect("a way by hand").min_median();
    let mut figures = Map::new();
    for way in &mut ways {
        let (min, median) = way.min_median();
        println!("  {:12} {min:12.3} {median:12.3} µs  {:10.4} × hand", way.name, min / hand.0);
        figures.insert(way.name.into(), json!({ "min": min, "median": median }));
    }
    Ok(json!({ "name": name, "size": size, "coordinates": coordinates, "microseconds": figures }))
}
