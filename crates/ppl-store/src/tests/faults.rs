//! Faults and divergences come back.

use super::*;

#[test]
fn a_fault_is_kept_with_its_place() {
    let (_scratch, path) = scratch();
    write(&path, &info(settings()), 3);
    let record = RunFolder::open(&path).unwrap().record;
    let [fault] = &record.chains[1].faults[..] else { panic!("{:?}", record.chains[1]) };
    assert_eq!((fault.kind, fault.reason.as_str()), (FaultName::MinusInfinity, "the log density is −∞"));
    assert_eq!((fault.count, fault.sampling, fault.phase, fault.iteration), (5, 2, Phase::Warmup, Some(3)));
    assert_eq!(fault.position, [Some(0.5), None]);
    let [CulpritRecord { statement, value, element, direction: None }] = &fault.statements[..] else {
        panic!("{fault:?}")
    };
    assert_eq!((statement.as_str(), value.as_str(), element.as_deref()), ("y (3:1)", "-inf", Some("y[2] = 4")));
}

#[test]
fn a_divergence_comes_back_with_both_states() {
    let (_scratch, path) = scratch();
    write(&path, &info(settings()), 3);
    let divergences = RunFolder::open(&path).unwrap().divergences;
    assert_eq!(divergences.iter().map(|(chain, _)| *chain).collect::<Vec<_>>(), [1, 2]);
    assert_eq!(divergences[0].1, end(1, Outcome::Finished, 3).divergence_places[0]);
}

#[test]
fn a_run_without_divergences_has_no_file_of_them() {
    let (_scratch, path) = scratch();
    let mut folder = RunFolder::create(&path, &info(settings())).unwrap();
    drop(folder.sinks().unwrap());
    folder.finish(&[], None).unwrap();
    assert!(!path.join("divergences.csv").exists());
    assert!(RunFolder::open(&path).unwrap().divergences.is_empty());
}
