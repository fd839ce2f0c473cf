//! The draws of a run, in memory.

use std::path::Path;

use ppl_engine::{ChainEnd, MemorySink, Settings};
use ppl_store::{Chain, ChainRecord, Column, Draws, Row, RunFolder, StoreError};

use crate::{Convergence, DivergencePlace};

/// The draws of a run and how its chains ended.
#[derive(Clone, Debug)]
pub struct Fit {
    /// The draws of all columns, chain by chain; each walker of an ensemble counts as a chain.
    pub draws: Draws,
    /// How each chain ended.
    pub chains: Vec<ChainRecord>,
    /// Every how manieth iteration is a draw.
    pub thin: usize,
    /// What ended the run before all draws were made, such as `ess=400`.
    pub stopped_by: Option<String>,
}

impl Fit {
    /// Reads a run folder, finished or not.
    ///
    /// # Errors
    /// The folder is no run folder, or its files cannot be read.
    pub fn open(path: &Path) -> Result<Fit, StoreError> {
        let run = RunFolder::open(path)?;
        let (record, draws) = (run.record, run.draws);
        Ok(Fit { draws, chains: record.chains, thin: record.settings.thin, stopped_by: record.stopped_by })
    }

    /// One row for each column: mean, standard deviation, Monte Carlo error, quantiles, effective sizes, R̂; shares where
    /// the values are labels.
    pub fn summary(&self) -> Vec<Row> {
        self.draws.summarize()
    }

    /// Whether the draws can be trusted.
    pub fn convergence(&self, summary: &[Row]) -> Convergence {
        Convergence::new(self, summary)
    }

    /// Where divergent trajectories gather, if there are some and they do.
    pub fn divergence_place(&self) -> Option<DivergencePlace> {
        crate::divergence::place(&self.draws)
    }

    /// The draws of one column, such as `theta[Choate]`, a slice a chain.
    pub fn column(&self, name: &str) -> Option<Vec<&[f64]>> {
        self.draws.find(name).map(|column| self.draws.column(column))
    }

    pub(crate) fn in_memory(columns: Vec<Column>, sinks: &[MemorySink], settings: &Settings, dim: usize) -> Fit {
        let walkers = settings.walkers(dim);
        let ended = || sinks.iter().filter_map(|sink| Some((sink, sink.end.as_ref()?)));
        let chains = ended().flat_map(|(sink, end)| (0..walkers).map(|walker| chain(sink, end, walker, walkers)));
        Fit {
            draws: Draws { columns, chains: chains.collect() },
            chains: ended().map(|(_, end)| ChainRecord::from(end)).collect(),
            thin: settings.thin,
            stopped_by: None,
        }
    }
}

/// The draws of one walker: those of all walkers follow one another within an iteration.
fn chain(sink: &MemorySink, end: &ChainEnd, walker: usize, walkers: usize) -> Chain {
    let draws = || (walker..sink.draws.len()).step_by(walkers);
    let column = |i: usize| draws().map(|draw| sink.draws.row(draw)[i]).collect();
    Chain {
        id: end.chain,
        walker,
        values: (0..sink.draws.width()).map(column).collect(),
        stats: draws().map(|draw| sink.draws.stats()[draw]).collect(),
    }
}

#[cfg(test)]
mod tests {
    use ppl_engine::{Ensemble, Sampler};

    use crate::{Control, Data, Model, RunError, Settings, Stage, Stop};

    fn coin() -> crate::Program {
        let model = Model::parse("coin.model", "p ~ beta(1, 1)\ndata n: count\ndata k: count ~ binomial(n, p)\n");
        model.bind(&Data::new().set("n", "10").set("k", "7")).unwrap()
    }

    #[test]
    fn the_walkers_of_an_ensemble_are_chains_of_their_own() {
        let sampler = Sampler::Ensemble(Ensemble { walkers: Some(6), ..Ensemble::default() });
        let settings = Settings { sampler, chains: 2, warmup: 10, draws: 20, ..Settings::default() };
        let fit = coin().sample(&settings).unwrap();
        let chains: Vec<(u64, usize, usize)> = fit.draws.chains.iter().map(|c| (c.id, c.walker, c.len())).collect();
        assert_eq!((chains.len(), chains[0], chains[11]), (12, (1, 0, 20), (2, 5, 20)));
        assert!(fit.column("p").unwrap().iter().all(|walker| walker.iter().all(|p| (0.0..=1.0).contains(p))));
        assert_eq!(fit.chains.len(), 2);
    }

    #[test]
    fn draws_are_the_same_with_threads_to_spare() {
        let text = "a ~ normal(0, 1)\ndim obs\ndata x[obs]: real\ndata y[obs]: real ~ student_t(4, a * x, 1)\n";
        let row = |k: i32| format!("{},{}\n", f64::from(k).sin(), f64::from(k).cos());
        let data = Data::new().csv("line.csv", (0..50_000).fold("x,y\n".into(), |text: String, k| text + &row(k)));
        let program =
            Model::parse("line.model", text).bind(&data).unwrap_or_else(|report| panic!("{:?}", report.diagnostics));
        assert!(program.graph_text(Stage::Plan).contains("parts"));
        let sample = |threads| {
            let settings = Settings { chains: 1, warmup: 10, draws: 10, threads, ..Settings::default() };
            program.sample(&settings).unwrap().column("a").map(|chains| chains[0].to_vec())
        };
        assert_eq!(sample(1), sample(3));
    }

    #[test]
    fn memory_and_folder_hold_the_same_draws() {
        let (program, folder) = (coin(), tempfile::tempdir().unwrap());
        let settings = Settings { chains: 2, warmup: 50, draws: 30, ..Settings::default() };
        let memory = program.sample(&settings).unwrap();
        let starts = program.starts(None).unwrap();
        let path = folder.path().join("run");
        let (stop, observer) = (Stop::new(), ());
        let control = Control::new(&observer, &stop);
        let stored = program.sample_into(&path, &settings, &starts, &control).unwrap();
        assert_eq!(memory.column("p"), stored.column("p"));
        let again = program.sample_into(&path, &settings, &starts, &control);
        assert!(matches!(again, Err(RunError::Store(_))));
    }
}
