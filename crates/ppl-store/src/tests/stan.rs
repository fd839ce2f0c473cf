//! The text of the Stan CSV files.

use ppl_engine::{Metric, Nuts};

use super::*;

fn without_times(csv: &str) -> String {
    let timeless = |line: &&str| !line.contains("seconds") && !line.contains("start_datetime");
    csv.lines().filter(timeless).map(|line| line.trim_end().to_owned() + "\n").collect()
}

fn file(settings: Settings) -> String {
    let (_scratch, path) = scratch();
    write(&path, &info(settings), 3);
    without_times(&std::fs::read_to_string(path.join("csv/chain-2.csv")).unwrap())
}

#[test]
fn the_file_of_nuts_is_what_stan_readers_expect() {
    let hash = sha256(info(settings()).model.as_bytes());
    let expected = format!(
        "# stan_version_major = 2
# stan_version_minor = 36
# stan_version_patch = 0
# model = tiny
# ppl_version = 0.1.0
# model_sha256 = {hash}
# method = sample
#   sample
#     num_samples = 3
#     num_warmup = 2
#     save_warmup = true
#     thin = 1
#     adapt
#       engaged = true
#       gamma = 0.05
#       delta = 0.85
#       kappa = 0.75
#       t0 = 10
#       init_buffer = 75
#       term_buffer = 50
#       window = 25
#     algorithm = hmc
#       hmc
#         engine = nuts
#           nuts
#             max_depth = 10
#             integrator = walnuts
#         metric = diag_e
#         stepsize = 1
#         stepsize_jitter = 0
#     num_chains = 1
# id = 2
# init = 2
# random
#   seed = 7
# num_threads = 1
lp__,accept_stat__,stepsize__,treedepth__,n_leapfrog__,divergent__,energy__,tau,R.1.1,R.2.1,R.1.2,R.2.2
-1.5,0.875,0.25,3,7,0,4,52,52.001,52.003,52.002,52.004
-2.5,0.875,0.25,3,7,1,4,52.1,52.101,52.103,52.102,52.104
# Adaptation terminated
# Step size = 0.25
# Diagonal elements of inverse mass matrix:
# 1, 2, 0.5, 4, 1e-7
-1.5,0.875,0.25,3,7,0,4,2,2.001,2.003,2.002,2.004
-2.5,0.875,0.25,3,7,1,4,2.1,2.101,2.103,2.102,2.104
-3.5,0.875,0.25,3,7,0,4,2.2,2.201,2.203,2.202,2.204
#
#
"
    );
    assert_eq!(file(Settings { save_warmup: true, ..settings() }), expected);
}

#[test]
fn the_file_of_an_ensemble_names_its_sampler_and_has_no_adaptation() {
    let csv = file(Settings { save_warmup: true, ..ensemble(10) });
    for line in ["num_samples = 30", "save_warmup = false", "algorithm = ensemble", "metric = unit_e", "walkers = 10"] {
        assert!(csv.contains(&format!(" {line}\n")), "{line}");
    }
    assert!(csv.contains("\nlp__,accept_stat__,tau,R.1.1,R.2.1,R.1.2,R.2.2\n-1.5,0.875,2,2.001,2.003,2.002,2.004\n"));
    assert!(!csv.contains("Adaptation"));
}

#[test]
fn of_a_metric_that_was_found_out_the_diagonal_is_written() {
    let (_scratch, path) = scratch();
    let folder = RunFolder::create(&path, &info(settings())).unwrap();
    let mut sink = folder.sink(1).unwrap();
    let (variances, directions) = (vec![4.0, 1.0], vec![0.6, 0.8]);
    let inverse_metric = InverseMetric::LowRank { variances, directions, eigenvalues: vec![3.0] };
    sink.warmup_done(&Adapted { step_size: 0.5, inverse_metric, integrator: None }).unwrap();
    let csv = std::fs::read_to_string(path.join("csv/chain-1.csv")).unwrap();
    assert!(csv.contains("metric = diag_e"));
    assert!(csv.ends_with("# Diagonal elements of inverse mass matrix:\n# 6.88, 2.2800000000000002\n"), "{csv}");
}

#[test]
fn a_dense_metric_is_written_row_by_row() {
    let (_scratch, path) = scratch();
    let sampler = Sampler::Nuts(Nuts { metric: Metric::Dense, ..Nuts::default() });
    let folder = RunFolder::create(&path, &info(Settings { sampler, ..settings() })).unwrap();
    let mut sink = folder.sink(1).unwrap();
    let inverse_metric = InverseMetric::Dense(vec![1.0, 0.5, 0.5, 2.0], 2);
    sink.warmup_done(&Adapted { step_size: 0.5, inverse_metric, integrator: None }).unwrap();
    let csv = std::fs::read_to_string(path.join("csv/chain-1.csv")).unwrap();
    assert!(csv.ends_with("# Step size = 0.5\n# Elements of inverse mass matrix:\n# 1, 0.5\n# 0.5, 2\n"), "{csv}");
}
