//! `ppl sample`: draws from the posterior, in a run folder.

use std::sync::atomic::Ordering;
use std::time::Instant;

use ppl::Fit;

use crate::args::SampleArgs;
use crate::failure::{Exit, Failure};
use crate::printer::Printer;
use crate::progress::Watch;
use crate::settings::settings;
use crate::{inputs, interrupt, no_start, verdict};

/// Samples, shows how far it is, and ends with a verdict.
pub fn run(args: &SampleArgs, printer: &Printer) -> Result<Exit, Failure> {
    let settings = settings(args)?;
    let plan = (inputs::machine(Some(args.machine))?, inputs::condense(&args.condense)?);
    let program = inputs::program(&args.model, &args.data, plan, printer)?;
    let starts = program.starts(args.init.as_deref()).map_err(|report| {
        printer.report(&report);
        Failure::Reported
    })?;
    let stop = interrupt::stop_flag(*printer);
    let watch = Watch::new(&settings, args.quiet, *printer);
    let began = Instant::now();
    let fit = program.sample_into(&args.output, &settings, &starts, &watch, &stop);
    for warning in watch.finish() {
        printer.note(&format!("warning: {warning}"));
    }
    let fit = fit.map_err(no_start::failure)?;
    let convergence = fit.convergence(&fit.summary());
    if !args.quiet {
        let run =
            Ended { fit: &fit, seconds: began.elapsed().as_secs_f64(), stopped: stop.load(Ordering::Relaxed), args };
        run.tell(printer, &convergence);
    }
    Ok(if convergence.passed() { Exit::Fine } else { Exit::Unconverged })
}

struct Ended<'a> {
    fit: &'a Fit,
    seconds: f64,
    stopped: bool,
    args: &'a SampleArgs,
}

impl Ended<'_> {
    fn tell(&self, printer: &Printer, convergence: &ppl::Convergence) {
        let folder = self.args.output.display();
        printer.note(&verdict::headline(convergence, self.seconds, self.stopped, &folder.to_string()));
        for line in verdict::lines(convergence, self.fit) {
            printer.note(&line);
        }
    }
}
