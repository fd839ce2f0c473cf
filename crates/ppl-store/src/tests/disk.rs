//! Wrong folders, full disks, damaged files.

use super::*;
use std::fs;

fn error(result: Result<impl Sized, StoreError>) -> String {
    result.err().expect("it must not work").to_string()
}

#[test]
fn a_folder_with_files_is_refused_and_an_empty_one_taken() {
    let (_scratch, path) = scratch();
    fs::create_dir_all(&path).unwrap();
    write(&path, &info(settings()), 3);
    let before = fs::read(path.join("csv/chain-1.csv")).unwrap();
    let refusal = RunFolder::create(&path, &info(settings()));
    assert!(matches!(refusal, Err(StoreError::Exists { .. })));
    assert!(error(refusal).ends_with("exists and is not empty: choose another folder, or remove it first"));
    assert_eq!(fs::read(path.join("csv/chain-1.csv")).unwrap(), before);
}

#[test]
fn a_place_that_cannot_be_written_is_named() {
    let (scratch, _) = scratch();
    let file = scratch.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [file.clone(), file.join("run")] {
        let message = error(RunFolder::create(&path, &info(settings())));
        assert!(message.starts_with(&format!("cannot write `{}", path.display())), "{message}");
    }
}

#[test]
fn what_is_no_run_folder_is_told_so() {
    let (scratch, path) = scratch();
    assert!(error(RunFolder::open(&path)).ends_with("is not a run folder: there is no such folder"));
    assert!(error(RunFolder::open(scratch.path())).ends_with("is not a run folder: it has no run.json"));
    let file = scratch.path().join("file");
    fs::write(&file, "").unwrap();
    assert!(error(RunFolder::open(&file)).ends_with("is not a run folder: it is a file"));
}

#[test]
fn a_newer_format_is_refused_and_a_damaged_record_placed() {
    let (_scratch, path) = scratch();
    write(&path, &info(settings()), 3);
    let record = path.join("run.json");
    fs::write(&record, "{\"format\": 2, \"new\": 1}").unwrap();
    assert!(error(RunFolder::open(&path)).contains("newer version (format 2, this version reads 1)"));
    fs::write(&record, "{\n\"format\": 1,\n!").unwrap();
    let message = error(RunFolder::open(&path));
    assert!(message.contains("run.json`, line 3: "), "{message}");
}

#[test]
fn a_damaged_row_or_header_is_placed() {
    let (_scratch, path) = scratch();
    write(&path, &info(settings()), 3);
    let file = path.join("csv/chain-2.csv");
    let whole = fs::read_to_string(&file).unwrap();
    let line = whole.lines().position(|line| line.starts_with("-1.5,")).unwrap() + 1;
    let damaged = |from: &str, to: &str| {
        fs::write(&file, whole.replacen(from, to, 1)).unwrap();
        error(RunFolder::open(&path))
    };
    let wrong = damaged("-1.5,", "-1.5x,");
    assert!(wrong.ends_with(&format!("chain-2.csv`, line {line}: `-1.5x` is not a number")), "{wrong}");
    let wide = damaged("-1.5,", "-1.5,0,");
    assert!(wide.ends_with("13 values where there are 12 columns"), "{wide}");
    let renamed = damaged(",tau,", ",sigma,");
    assert!(renamed.contains("the columns are not those of run.json"), "{renamed}");
}

#[test]
fn a_row_of_the_wrong_width_is_not_written() {
    let (_scratch, path) = scratch();
    let folder = RunFolder::create(&path, &info(settings())).unwrap();
    let mut sink = folder.sink(1).unwrap();
    let draw = Draw { iteration: 0, warmup: false, walker: 0, row: &[1.0], position: &[], stats: stats(0) };
    assert!(sink.draw(&draw).unwrap_err().message.contains("1 values where the run has 5 columns"));
}

/// `/dev/full` is a file on a disk without space.
#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_told_with_what_is_kept() {
    let (_scratch, path) = scratch();
    let folder = RunFolder::create(&path, &info(settings())).unwrap();
    std::os::unix::fs::symlink("/dev/full", path.join("csv/chain-1.csv")).unwrap();
    let message = error(folder.sink(1));
    assert!(message.contains("csv/chain-1.csv`: No space left on device"), "{message}");
    assert!(
        message.contains("(free some space, or choose a folder on another disk); the 0 draws written before are kept")
    );
}

#[test]
fn a_run_that_is_being_made_is_left_alone() {
    let (_scratch, path) = scratch();
    let folder = RunFolder::create(&path, &info(settings())).unwrap();
    let _keeper = folder.keeper(&folder.starts(), std::time::Duration::ZERO).unwrap();
    let message = error(RunFolder::reopen(&path));
    assert!(
        message.ends_with("is being written by another run that goes on: wait for it, or stop it first"),
        "{message}"
    );
    // Reading takes nothing, and who is gone holds nothing.
    RunFolder::open(&path).unwrap();
    drop(folder);
    RunFolder::reopen(&path).unwrap();
}

#[test]
fn a_damaged_checkpoint_says_what_is_left() {
    let (_scratch, path) = scratch();
    let folder = RunFolder::create(&path, &info(settings())).unwrap();
    folder.keeper(&folder.starts(), std::time::Duration::ZERO).unwrap();
    drop(folder);
    let checkpoint = path.join("checkpoint");
    let mut bytes = fs::read(&checkpoint).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    for (damaged, reason) in
        [(&bytes[..], "its checkpoint is not as it was written"), (&bytes[..9], "its checkpoint is cut short")]
    {
        fs::write(&checkpoint, damaged).unwrap();
        let message = error(RunFolder::reopen(&path));
        assert!(
            message.ends_with(&format!("cannot be gone on with: {reason}; the draws that it has can be read")),
            "{message}"
        );
    }
    fs::remove_file(&checkpoint).unwrap();
    assert!(error(RunFolder::reopen(&path)).contains("it has no checkpoint"));
}
