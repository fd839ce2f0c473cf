//! Transcripts: files, then commands with what they write.
//!
//! ```text
//! # What it shows.
//! --- m.model
//! mu ~ normal(0, 1)
//! $ ppl check m.model
//! > what goes to stdout
//! ! what goes to stderr
//! ? 0
//! ```

use std::fs;
use std::path::Path;

use crate::binary::{Ran, folder, ppl};

/// Runs the commands of a transcript; the error shows what differs.
pub fn play(path: &Path) -> Result<(), String> {
    let expected = fs::read_to_string(path).map_err(|error| format!("{}: {error}", path.display()))?;
    let first = expected.find("\n$ ").ok_or("there is no command")? + 1;
    let (setting, commands) = expected.split_at(first);
    let files = files(setting);
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    let scratch = folder(&files);
    let commands = commands.lines().filter_map(|line| line.strip_prefix("$ "));
    let played: Vec<String> = commands.map(|command| run(scratch.path(), command)).collect();
    let actual = setting.to_string() + &played.join("\n");
    match (actual == expected, std::env::var_os("PPL_BLESS").is_some()) {
        (true, _) => Ok(()),
        (false, true) => fs::write(path, actual).map_err(|error| error.to_string()),
        (false, false) => Err(difference(&expected, &actual)),
    }
}

/// Names and texts of the files that a transcript begins with.
fn files(setting: &str) -> Vec<(&str, String)> {
    let mut files: Vec<(&str, String)> = Vec::new();
    for line in setting.lines() {
        match (line.strip_prefix("--- "), files.last_mut()) {
            (Some(name), _) => files.push((name, String::new())),
            (None, Some((_, text))) => *text += &format!("{line}\n"),
            (None, None) => {}
        }
    }
    files
}

fn run(folder: &Path, command: &str) -> String {
    let mut words = command.split_whitespace();
    assert_eq!(words.next(), Some("ppl"), "only ppl is run: {command}");
    let Ran { stdout, stderr, code } = ppl(folder, words);
    let lines = marked(&stdout, '>') + &marked(&steady(&stderr), '!');
    format!("$ {command}\n{lines}? {}\n", code.map_or("signal".to_string(), |code| code.to_string()))
}

fn marked(text: &str, mark: char) -> String {
    text.lines().map(|line| format!("{mark} {line}").trim_end().to_string() + "\n").collect()
}

/// The same without what differs from run to run: progress, whose order is the threads', and times.
fn steady(text: &str) -> String {
    let is_progress = |line: &&str| line.trim_start().split_once(" %  ").is_some_and(|(n, _)| n.parse::<u8>().is_ok());
    text.lines().filter(|line| !is_progress(line)).map(|line| without_time(line) + "\n").collect()
}

/// ` in 0.4 s` becomes ` in TIME`.
fn without_time(line: &str) -> String {
    let Some((before, after)) = line.split_once(" in ") else { return line.to_string() };
    let mut words = after.splitn(2, ' ');
    let is_number = words.next().is_some_and(|word| word.parse::<f64>().is_ok());
    let rest = words.next().unwrap_or_default();
    let unit = ["ms", "min", "s", "h"].iter().find_map(|unit| rest.strip_prefix(unit));
    match unit.filter(|rest| is_number && !rest.starts_with(char::is_alphabetic)) {
        Some(rest) => format!("{before} in TIME{rest}"),
        None => line.to_string(),
    }
}

fn difference(expected: &str, actual: &str) -> String {
    let (old, new): (Vec<&str>, Vec<&str>) = (expected.lines().collect(), actual.lines().collect());
    let same = old.iter().zip(&new).take_while(|(a, b)| a == b).count();
    let (old, new) = (old[same..].join("\n"), new[same..].join("\n"));
    format!("from line {}, expected\n{old}\n\nbut it is now (PPL_BLESS=1 keeps it)\n{new}", same + 1)
}
