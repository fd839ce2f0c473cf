//! The log evidence of a run with tempering.

use ppl_store::{ChainRecord, LadderRecord};

use crate::Fit;

/// Round trips of a chain below which its replicas hardly travel.
const FEWEST_TRIPS: usize = 10;

/// The log marginal likelihood of a model, and how well the ladders of temperatures worked that gave it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Evidence {
    /// Log of the probability, or density, of the data under the model: the mean over the chains.
    pub log_evidence: f64,
    /// Its standard error: the larger of what the chains say of themselves and of what they differ by.
    pub error: f64,
    /// The fewest round trips of a chain's replicas between reference and posterior.
    pub round_trips: usize,
    /// The largest communication barrier of a chain: the sum of the rejection rates of its swaps.
    pub barrier: f64,
}

impl Evidence {
    /// Whether replicas hardly travel, so that neither draws nor evidence can be trusted.
    pub fn is_doubtful(&self) -> bool {
        self.round_trips < FEWEST_TRIPS
    }

    /// A good number of temperatures for such a barrier (Syed, Bouchard-Côté, Deligiannidis and Doucet 2022).
    pub fn temperatures(&self) -> usize {
        (2.0 * self.barrier).ceil() as usize + 1
    }
}

impl Fit {
    /// The log evidence, of runs with tempering and enough draws.
    pub fn evidence(&self) -> Option<Evidence> {
        let ladders: Vec<&LadderRecord> = self.chains.iter().filter_map(ladder).collect();
        let estimates: Vec<(f64, f64)> = ladders.iter().filter_map(|l| Some((l.log_evidence?, l.error?))).collect();
        if estimates.is_empty() {
            return None;
        }
        let n = estimates.len() as f64;
        let mean = estimates.iter().map(|(value, _)| value).sum::<f64>() / n;
        let own = estimates.iter().map(|(_, error)| error * error).sum::<f64>() / (n * n);
        let between = estimates.iter().map(|(value, _)| (value - mean).powi(2)).sum::<f64>() / ((n - 1.0).max(1.0) * n);
        Some(Evidence {
            log_evidence: mean,
            error: own.max(between).sqrt(),
            round_trips: ladders.iter().map(|ladder| ladder.round_trips).min()?,
            barrier: ladders.iter().map(|ladder| ladder.rejections.iter().sum()).fold(0.0, f64::max),
        })
    }
}

fn ladder(chain: &ChainRecord) -> Option<&LadderRecord> {
    chain.ladder.as_ref()
}

#[cfg(test)]
mod tests {
    use ppl_engine::{Metropolis, Nuts, Sampler, Settings, Tempering};

    use crate::{Data, Model};

    #[test]
    fn the_evidence_is_the_probability_of_the_data() {
        let model = Model::parse("coin.model", "p ~ beta(1, 1)\ndata n: count\ndata k: count ~ binomial(n, p)\n");
        let program = model.bind(&Data::new().set("n", "10").set("k", "7")).unwrap();
        for sampler in [Sampler::Nuts(Nuts::default()), Sampler::Metropolis(Metropolis::default())] {
            let tempering = Some(Tempering { temperatures: 5, ..Tempering::default() });
            let settings = Settings { sampler, tempering, ..Settings::default() };
            let evidence = program.sample(&settings).unwrap().evidence().unwrap();
            // Every number of heads is equally probable.
            let wrong = evidence.log_evidence + 11.0_f64.ln();
            assert!(wrong.abs() < 3.5 * evidence.error && evidence.error < 0.02, "{evidence:?}");
            assert!(!evidence.is_doubtful());
        }
        let plain = Settings { chains: 1, warmup: 10, draws: 10, ..Settings::default() };
        assert_eq!(program.sample(&plain).unwrap().evidence(), None);
    }
}
