//! Runs that end otherwise than they should: Ctrl-C, a full disk, a closed pipe.

use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::Duration;

use crate::Case;
use crate::binary::{PPL, Ran, coins, ppl};

/// The tests of this file.
pub const CASES: &[Case] = &[
    ("the_same_seed_gives_the_same_draws_for_any_number_of_threads", same_seed_same_draws),
    ("progress_is_a_line_for_each_tenth_where_there_is_no_terminal", progress_in_tenths),
    ("progress_of_ensembles_counts_iterations_and_no_divergences", progress_of_ensembles),
    #[cfg(unix)]
    ("ctrl_c_in_warm_up_leaves_a_readable_folder", ctrl_c_in_warm_up),
    #[cfg(unix)]
    ("ctrl_c_while_sampling_keeps_the_draws", ctrl_c_while_sampling),
    #[cfg(unix)]
    ("ctrl_c_and_resume_is_a_run_that_never_stopped", ctrl_c_and_resume),
    ("a_run_ended_by_time_has_draws_of_every_chain", ended_by_time),
    ("a_run_goes_on_only_with_the_data_it_began_with", changed_data),
    #[cfg(unix)]
    ("a_full_disk_is_told_with_the_draws_kept", full_disk),
    #[cfg(unix)]
    ("a_run_that_could_not_begin_leaves_no_folder", too_many_files),
    #[cfg(unix)]
    ("a_pipe_that_is_closed_early_is_no_error", closed_pipe),
];

fn same_seed_same_draws() {
    let (_scratch, folder) = coins();
    let export = |run: &str, threads: &str| {
        let words = ["sample", "coin.model", "coin.json", "-q", "--warmup", "50", "--draws", "20", "--seed", "7"];
        ppl(&folder, words.iter().copied().chain(["-o", run, "--threads", threads]));
        ppl(&folder, ["export", run, "--to", "csv"]).stdout
    };
    let (one, three) = (export("one", "1"), export("three", "3"));
    assert_eq!(one.lines().count(), 81);
    assert_eq!(one, three);
}

fn progress_in_tenths() {
    let (_scratch, folder) = coins();
    // A warm-up that no chain leaves within the first tenth, however far it runs ahead of the others.
    let ran = ppl(&folder, ["sample", "coin.model", "coin.json", "--warmup", "1000", "--pool", "off"]);
    let tenths: Vec<&str> = ran.stderr.lines().filter(|line| line.contains(" %  ")).collect();
    assert_eq!(tenths.len(), 10, "{}", ran.stderr);
    assert!(tenths[0].starts_with(" 10 %  warm-up, 0 divergences, step size "), "{}", tenths[0]);
    assert!(tenths[9].starts_with("100 %  4000 draws"), "{}", tenths[9]);
    let quiet = ppl(&folder, ["sample", "coin.model", "coin.json", "-q", "-o", "quiet"]);
    assert_eq!(quiet.stderr, "");
}

fn progress_of_ensembles() {
    let (_scratch, folder) = coins();
    let ran = ppl(&folder, ["sample", "coin.model", "coin.json", "--sampler", "ensemble"]);
    let tenths: Vec<&str> = ran.stderr.lines().filter(|line| line.contains(" %  ")).collect();
    // Iterations, of which each is a draw of every walker; ensembles have no divergences.
    assert_eq!((tenths[0], tenths[9]), (" 10 %  warm-up", "100 %  4000 iterations"), "{}", ran.stderr);
}

/// Starts a run that would take hours.
#[cfg(unix)]
fn endless(folder: &Path, more: &[&str]) -> Child {
    let words = ["sample", "coin.model", "coin.json", "--draws", "1000000000", "--chains", "2", "--threads", "2"];
    let command = Command::new(PPL).args(words).args(more).current_dir(folder).stderr(Stdio::piped()).spawn();
    command.expect("the binary can be started")
}

#[cfg(unix)]
fn interrupt(child: &Child) {
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status();
    assert!(sent.expect("kill can be run").success());
}

#[cfg(unix)]
fn end(child: Child) -> Ran {
    Ran::from(child.wait_with_output().expect("the binary can be waited for"))
}

/// Waits until there are lines in the files of both chains that `wanted` likes.
#[cfg(unix)]
fn wait_for(folder: &Path, wanted: impl Fn(&str) -> bool) {
    let files = [1, 2].map(|chain| folder.join(format!("run/csv/chain-{chain}.csv")));
    for _ in 0..600 {
        if files.iter().all(|file| std::fs::read_to_string(file).is_ok_and(|text| wanted(&text))) {
            return;
        }
        sleep(Duration::from_millis(50));
    }
    panic!("the run never came so far");
}

#[cfg(unix)]
fn ctrl_c_in_warm_up() {
    let (_scratch, folder) = coins();
    let child = endless(&folder, &["--warmup", "1000000000", "--pool", "off"]);
    wait_for(&folder, |_| true);
    sleep(Duration::from_millis(200));
    interrupt(&child);
    end(child).says(3, &["stopping after the current draws", "stopped early: no draws", "`run`"]);
    let record = std::fs::read_to_string(folder.join("run/run.json")).expect("there is a record");
    assert!(record.contains("\"state\": \"interrupted\""), "{record}");
    ppl(&folder, ["summary", "run"]).says(1, &["`run` has no draws"]);
    let export = ppl(&folder, ["export", "run", "--to", "csv"]);
    assert_eq!(export.stdout, "chain,draw,lp,p\n");
}

#[cfg(unix)]
fn ctrl_c_while_sampling() {
    let (_scratch, folder) = coins();
    let child = endless(&folder, &["--warmup", "100"]);
    wait_for(&folder, |text| text.lines().filter(|line| !line.starts_with('#')).count() > 1000);
    interrupt(&child);
    end(child).says(0, &["stopped early: ", " draws from 2 chains", "the chains agree"]);
    let summary = ppl(&folder, ["summary", "run"]);
    assert!(summary.stdout.contains("\np "), "{}", summary.stdout);
    summary.says(0, &[]);
}

#[cfg(unix)]
fn ctrl_c_and_resume() {
    let (_scratch, folder) = coins();
    let words = ["sample", "coin.model", "coin.json", "--draws", "40000", "--chains", "2", "-q"];
    ppl(&folder, words.iter().copied().chain(["-o", "whole"]));
    let command = Command::new(PPL).args(words).args(["-o", "cut"]).current_dir(&folder).spawn();
    let mut child = command.expect("the binary can be started");
    let file = folder.join("cut/csv/chain-1.csv");
    // Draws are written in blocks, so a file of some size has draws.
    while std::fs::metadata(&file).map_or(0, |data| data.len()) < 100_000 {
        sleep(Duration::from_millis(1));
    }
    interrupt(&child);
    child.wait().expect("a child can be waited for");
    let record = std::fs::read_to_string(folder.join("cut/run.json")).expect("a run has a record");
    assert!(record.contains(r#""stopped_by": "Ctrl-C""#), "{record}");
    assert_eq!(ppl(&folder, ["sample", "--resume", "cut", "-q"]).code, Some(0));
    let export = |run| ppl(&folder, ["export", run, "--to", "csv"]).stdout;
    assert!(export("cut") == export("whole"));
}

fn ended_by_time() {
    let (_scratch, folder) = coins();
    let words = ["sample", "coin.model", "coin.json", "--threads", "1", "--chains", "3", "--until", "time=1s"];
    let more = ["--draws", "1000000000"];
    ppl(&folder, words.iter().chain(&more)).says(0, &["ended by time=1s", " draws from 3 chains"]);
    let record = std::fs::read_to_string(folder.join("run/run.json")).expect("a run has a record");
    assert!(record.contains(r#""time=1s""#), "{record}");
}

fn changed_data() {
    let (_scratch, folder) = coins();
    ppl(&folder, ["sample", "coin.model", "coin.json", "-q", "--draws", "50", "-o", "run"]);
    let data = std::fs::read_to_string(folder.join("coin.json")).expect("the data");
    std::fs::write(folder.join("coin.json"), format!("{data} ")).expect("the folder can be written");
    let ran = ppl(&folder, ["sample", "--resume", "run", "--extend", "10"]);
    assert_eq!(ran.code, Some(1));
    assert!(ran.stderr.contains("coin.json` has changed since: a run can go on only with the data that it began with"));
    std::fs::remove_file(folder.join("coin.json")).expect("the file was there");
    let ran = ppl(&folder, ["sample", "--resume", "run", "--extend", "10"]);
    assert!(ran.stderr.contains("coin.json` cannot be read any more"), "{}", ran.stderr);
}

#[cfg(unix)]
fn full_disk() {
    let (_scratch, folder) = coins();
    let line =
        format!("trap '' XFSZ; ulimit -f 1024; exec '{PPL}' sample coin.model coin.json --draws 100000 --chains 1");
    let output = Command::new("sh").args(["-c", &line]).current_dir(&folder).output();
    let ran = Ran::from(output.expect("a shell can be started"));
    ran.says(3, &["chain 1 failed", "run/csv/chain-1.csv", "are kept"]);
    ppl(&folder, ["summary", "run"]).says(0, &[]);
}

#[cfg(unix)]
fn too_many_files() {
    let (_scratch, folder) = coins();
    let line = format!("ulimit -n 40; exec '{PPL}' sample coin.model coin.json --chains 200");
    let output = Command::new("sh").args(["-c", &line]).current_dir(&folder).output();
    Ran::from(output.expect("a shell can be started")).says(1, &["cannot write `run/csv/chain-"]);
    assert!(!folder.join("run").exists());
}

#[cfg(unix)]
fn closed_pipe() {
    let (_scratch, folder) = coins();
    ppl(&folder, ["sample", "coin.model", "coin.json", "-q"]);
    let line = format!("'{PPL}' export run --to csv | head -1; '{PPL}' explain | true; '{PPL}' summary run | true");
    let output = Command::new("sh").args(["-c", &line]).current_dir(&folder).output();
    let ran = Ran::from(output.expect("a shell can be started"));
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("chain,draw,lp,p\n", ""));
}
