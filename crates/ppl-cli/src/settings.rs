//! From what was typed to settings that can run.

use std::str::FromStr;

use ppl::{Ensemble, Integrator, Metric, Metropolis, Nuts, Sampler, Scan, Settings, Tempering};

use crate::args::{IntegratorArg, MetricArg, SampleArgs, SamplerArg, ScanArg, SwitchArg};
use crate::failure::Failure;

/// Draws a chain at most where they are made until they suffice.
pub const MOST_DRAWS: usize = 100_000;

/// The settings of a run. What depends on the model, such as enough walkers, is checked by the engine.
pub fn settings(args: &SampleArgs) -> Result<Settings, Failure> {
    at_least_one("--chains", args.chains)?;
    at_least_one("--draws", args.draws.unwrap_or(1))?;
    at_least_one("--thin", args.thin)?;
    at_least_one("--threads", args.threads.unwrap_or(1))?;
    refuse_strangers(args)?;
    let defaults = Settings::default();
    Ok(Settings {
        sampler: sampler(args)?,
        tempering: tempering(args)?,
        chains: args.chains,
        warmup: args.warmup,
        draws: args.draws.unwrap_or(if args.until.is_empty() { defaults.draws } else { MOST_DRAWS }),
        thin: args.thin,
        seed: args.seed,
        threads: args.threads.unwrap_or(defaults.threads),
        first_chain: args.chain_id,
        save_warmup: args.save_warmup,
    })
}

fn sampler(args: &SampleArgs) -> Result<Sampler, Failure> {
    if let Some(accept) = args.target_accept.filter(|p| !(*p > 0.0 && *p < 1.0)) {
        return Err(wrong("--target-accept", accept, "choose a number between 0 and 1, such as 0.95"));
    }
    Ok(match args.sampler {
        SamplerArg::Nuts => Sampler::Nuts(nuts(args)?),
        SamplerArg::Ensemble => Sampler::Ensemble(ensemble(args)),
        SamplerArg::Metropolis => Sampler::Metropolis(metropolis(args)?),
    })
}

fn ensemble(args: &SampleArgs) -> Ensemble {
    let defaults = Ensemble::default();
    let moves = if args.moves.is_empty() { defaults.moves } else { args.moves.clone() };
    Ensemble { walkers: args.walkers, moves }
}

fn metropolis(args: &SampleArgs) -> Result<Metropolis, Failure> {
    let defaults = Metropolis::default();
    if let Some(scale) = args.delayed_rejection.filter(|scale| !(*scale > 0.0 && *scale < 1.0)) {
        return Err(wrong("--delayed-rejection", scale, "choose a number between 0 and 1, such as 0.2"));
    }
    Ok(Metropolis {
        target_accept: args.target_accept,
        updates: if args.updates.is_empty() { defaults.updates } else { args.updates.clone() },
        scan: if args.scan == Some(ScanArg::Systematic) { Scan::Systematic } else { Scan::Random },
        delayed_rejection: args.delayed_rejection,
    })
}

/// Reads `NAME=WEIGHT`; the weight is 1 where none is given.
pub fn weighted<T: FromStr<Err = String>>(text: &str) -> Result<(T, f64), String> {
    let (name, weight) = text.split_once('=').unwrap_or((text, "1"));
    let weight = weight.parse().map_err(|_| format!("the weight `{weight}` is not a number"))?;
    Ok((name.parse()?, weight))
}

fn tempering(args: &SampleArgs) -> Result<Option<Tempering>, Failure> {
    let tempering = |temperatures| match temperatures {
        0 | 1 => Err(wrong("--temperatures", temperatures, "choose 2 or more, such as 10")),
        _ => Ok(Tempering { temperatures, pool: args.pool != Some(SwitchArg::Off) }),
    };
    args.temperatures.map(tempering).transpose()
}

fn nuts(args: &SampleArgs) -> Result<Nuts, Failure> {
    let defaults = Nuts::default();
    if let Some(depth) = args.max_depth.filter(|depth| !(1..=20).contains(depth)) {
        return Err(wrong("--max-depth", depth, "choose a number from 1 to 20"));
    }
    Ok(Nuts {
        target_accept: args.target_accept,
        max_depth: args.max_depth.unwrap_or(defaults.max_depth),
        metric: match args.metric {
            Some(MetricArg::Dense) => Metric::Dense,
            Some(MetricArg::Diag) => Metric::Diagonal,
            Some(MetricArg::LowRank) => Metric::LowRank,
            Some(MetricArg::Auto) | None => Metric::Auto,
        },
        integrator: match args.integrator {
            Some(IntegratorArg::Auto) => Integrator::Auto,
            Some(IntegratorArg::Walnuts) => Integrator::Walnuts,
            Some(IntegratorArg::Leapfrog) | None => Integrator::Leapfrog,
        },
        pool: args.pool != Some(SwitchArg::Off),
        ..defaults
    })
}

/// Refuses options of another sampler, which would otherwise change nothing in silence.
fn refuse_strangers(args: &SampleArgs) -> Result<(), Failure> {
    let [nuts, ensemble, metropolis] =
        [SamplerArg::Nuts, SamplerArg::Ensemble, SamplerArg::Metropolis].map(|sampler| args.sampler == sampler);
    let strangers = [
        ("--metric", "nuts", args.metric.is_some() && !nuts),
        ("--integrator", "nuts", args.integrator.is_some() && !nuts),
        ("--pool", "nuts", args.pool.is_some() && !nuts && args.temperatures.is_none()),
        ("--temperatures", "nuts or metropolis", args.temperatures.is_some() && ensemble),
        ("--max-depth", "nuts", args.max_depth.is_some() && !nuts),
        ("--walkers", "ensemble", args.walkers.is_some() && !ensemble),
        ("--moves", "ensemble", !args.moves.is_empty() && !ensemble),
        ("--updates", "metropolis", !args.updates.is_empty() && !metropolis),
        ("--scan", "metropolis", args.scan.is_some() && !metropolis),
        ("--delayed-rejection", "metropolis", args.delayed_rejection.is_some() && !metropolis),
        ("--target-accept", "nuts or metropolis", args.target_accept.is_some() && ensemble),
    ];
    match strangers.iter().find(|(_, _, given)| *given) {
        Some((option, of, _)) => Err(Failure::Usage(format!("`{option}` is an option of --sampler {of}"))),
        None => Ok(()),
    }
}

pub fn at_least_one(option: &str, value: usize) -> Result<(), Failure> {
    match value {
        0 => Err(wrong(option, value, "choose 1 or more")),
        _ => Ok(()),
    }
}

fn wrong(option: &str, value: impl std::fmt::Display, remedy: &str) -> Failure {
    Failure::Usage(format!("`{option}` is {value}: {remedy}"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::args::{Arguments, Command};
    use clap::Parser;
    use ppl::{Move, UpdateKind};

    fn settings_of(words: &[&str]) -> Result<Settings, Failure> {
        let line = ["ppl", "sample", "m.model"].iter().chain(words);
        match Arguments::try_parse_from(line).unwrap().command {
            Command::Sample(args) => settings(&args),
            _ => unreachable!("the line says sample"),
        }
    }

    #[test]
    fn what_is_not_said_is_the_engines_default() {
        assert_eq!(settings_of(&[]).unwrap(), Settings::default());
    }

    #[test]
    fn moves_are_read_with_their_weights() {
        let settings = settings_of(&["--sampler", "ensemble", "--moves", "stretch=0.5,walk:5=2,slice"]).unwrap();
        let moves = vec![(Move::STRETCH, 0.5), (Move::Walk { walkers: Some(5) }, 2.0), (Move::Slice, 1.0)];
        assert_eq!(settings.sampler, Sampler::Ensemble(Ensemble { moves, ..Ensemble::default() }));
        assert_eq!(weighted::<Move>("kde=x"), Err("the weight `x` is not a number".to_string()));
    }

    #[test]
    fn updates_are_read_with_their_order() {
        let words = ["--updates", "joint=3,componentwise", "--scan", "systematic", "--delayed-rejection"];
        let settings = settings_of(&[&["--sampler", "metropolis"], words.as_slice()].concat()).unwrap();
        let Sampler::Metropolis(metropolis) = settings.sampler else { panic!("the line says metropolis") };
        assert_eq!(metropolis.updates, [(UpdateKind::Joint, 3.0), (UpdateKind::Componentwise, 1.0)]);
        assert_eq!((metropolis.scan, metropolis.delayed_rejection), (Scan::Systematic, Some(0.2)));
    }

    #[test]
    fn a_wrong_number_is_named_with_its_option() {
        for (words, start) in [
            (vec!["--chains", "0"], "`--chains` is 0"),
            (vec!["--draws", "0"], "`--draws` is 0"),
            (vec!["--target-accept", "1"], "`--target-accept` is 1"),
            (vec!["--temperatures", "1"], "`--temperatures` is 1: choose 2 or more"),
            (
                vec!["--temperatures", "5", "--sampler", "ensemble"],
                "`--temperatures` is an option of --sampler nuts or",
            ),
            (vec!["--max-depth", "21"], "`--max-depth` is 21"),
            (vec!["--walkers", "9"], "`--walkers` is an option of --sampler ensemble"),
            (vec!["--scan", "random"], "`--scan` is an option of --sampler metropolis"),
            (vec!["--sampler", "metropolis", "--delayed-rejection=1"], "`--delayed-rejection` is 1"),
            (vec!["--moves", "de"], "`--moves` is an option of --sampler ensemble"),
        ] {
            let Err(Failure::Usage(message)) = settings_of(&words) else { panic!("{words:?} was taken") };
            assert!(message.starts_with(start), "{message}");
        }
    }
}
