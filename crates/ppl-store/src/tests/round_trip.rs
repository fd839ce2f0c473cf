//! What is written is what is read.

use super::*;

#[test]
fn rows_and_statistics_come_back_by_chain_and_draw() {
    let (_scratch, path) = scratch();
    write(&path, &info(settings()), 3);
    let run = RunFolder::open(&path).unwrap();
    assert_eq!(run.draws.columns, columns());
    assert_eq!(run.draws.chains.iter().map(|chain| (chain.id, chain.walker)).collect::<Vec<_>>(), [(1, 0), (2, 0)]);
    for chain in &run.draws.chains {
        for draw in 0..3 {
            assert_eq!(chain.row(draw), row(chain.id, draw));
            assert_eq!(chain.stats[draw], stats(draw));
        }
    }
    assert!(run.warmup.is_empty());
    assert_eq!(run.draws.len(), 6);
    let element = run.draws.find("R[2,1]").unwrap();
    assert_eq!(run.draws.column(element)[1], [2.003, 2.103, 2.203]);
}

#[test]
fn the_bits_of_awkward_doubles_survive() {
    let (_scratch, path) = scratch();
    let one = Settings { chains: 1, ..settings() };
    let rows = [
        [0.1 + 0.2, f64::MIN_POSITIVE / 3.0, -0.0, f64::MAX, 1.0 / 3.0],
        [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 5e-324, 123_456_789_012_345_680.0],
    ];
    let folder = RunFolder::create(&path, &info(one)).unwrap();
    let mut sinks = folder.sinks().unwrap();
    rows.iter().enumerate().for_each(|(i, row)| put(&mut sinks[0], row, i, false, 0));
    drop(sinks);
    let chain = &RunFolder::open(&path).unwrap().draws.chains[0];
    for (draw, row) in rows.iter().enumerate() {
        let bits = |values: &[f64]| values.iter().map(|value| value.to_bits()).collect::<Vec<_>>();
        assert_eq!(bits(&chain.row(draw)), bits(row));
    }
}

#[test]
fn saved_warmup_is_kept_apart_from_the_draws() {
    for base in [settings(), metropolis(), ensemble(4)] {
        let (_scratch, path) = scratch();
        write(&path, &info(Settings { save_warmup: true, ..base }), 3);
        let run = RunFolder::open(&path).unwrap();
        for (draws, warmup) in run.draws.chains.iter().zip(&run.warmup.chains) {
            assert_eq!((draws.len(), warmup.len()), (3, 2));
            assert_eq!(warmup.row(1), row(draws.id + 50, 1 + 10 * draws.walker));
            assert_eq!(draws.row(2), row(draws.id, 2 + 10 * draws.walker));
        }
    }
}

#[test]
fn walkers_of_an_ensemble_are_kept_apart() {
    let (_scratch, path) = scratch();
    write(&path, &info(ensemble(10)), 3);
    let run = RunFolder::open(&path).unwrap();
    assert_eq!((run.draws.chains.len(), run.record.walkers, run.draws.len()), (20, 10, 60));
    let ensembles = run.draws.ensembles(0);
    assert_eq!((ensembles.len(), ensembles[0].len()), (2, 10));
    for (index, walkers) in ensembles.iter().enumerate() {
        for (walker, values) in walkers.iter().enumerate() {
            let expected: Vec<f64> = (0..3).map(|i| row(index as u64 + 1, i + 10 * walker)[0]).collect();
            assert_eq!(*values, expected);
        }
    }
    let chain = &run.draws.chains[13];
    assert_eq!((chain.id, chain.walker), (2, 3));
    assert!(chain.stats[0].energy.is_nan() && chain.stats[0].log_density == -1.5);
}

#[test]
fn the_record_tells_what_ran() {
    let (_scratch, path) = scratch();
    let mut info = info(settings());
    info.data.push(DataFile::new("data.json", b"abc"));
    write(&path, &info, 3);
    let run = RunFolder::open(&path).unwrap();
    let record = &run.record;
    assert_eq!((record.state, record.settings.seed, record.settings.draws), (State::Finished, 7, 3));
    assert_eq!((record.model_name.as_str(), &run.model), ("tiny", &info.model));
    assert_eq!(record.model_sha256, sha256(info.model.as_bytes()));
    assert!(record.data[0].sha256.starts_with("ba7816bf"));
    assert!(record.started.ends_with('Z') && record.finished.is_some());
    assert_eq!(record.settings, Settings { threads: record.settings.threads, ..info.settings });
    assert_eq!(record.chains.len(), 2);
    assert_eq!((record.chains[1].chain, record.chains[1].divergences, record.chains[1].step_size), (2, 1, Some(0.25)));
}

#[test]
fn every_kind_of_column_survives_the_record() {
    let (_scratch, path) = scratch();
    let mut info = info(settings());
    info.columns[1].kind = Kind::Integer;
    info.columns[2].kind = Kind::Label(vec!["low".into(), "very, \"high\"".into()]);
    info.columns[3].doc = Some("how far μ lies".into());
    write(&path, &info, 3);
    assert_eq!(RunFolder::open(&path).unwrap().draws.columns, info.columns);
}
