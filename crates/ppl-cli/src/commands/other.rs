//! Words that are no command: some will be one day, some were mistyped.

use std::ffi::OsString;

use clap::CommandFactory;

use crate::args::Arguments;
use crate::failure::{Exit, Failure};

/// Commands that are planned.
const PLANNED: [&str; 8] = ["prior", "predict", "exact", "report", "compare", "sbc", "merge", "lsp"];

/// Says which it is.
pub fn run(words: &[OsString]) -> Result<Exit, Failure> {
    let word = words.first().map(|word| word.to_string_lossy()).unwrap_or_default();
    Err(Failure::Usage(match PLANNED.contains(&&*word) {
        true => format!("`ppl {word}` is not supported yet"),
        false => unknown(&word),
    }))
}

fn unknown(word: &str) -> String {
    let command = Arguments::command();
    let names = command.get_subcommands().map(clap::Command::get_name);
    match ppl::similar_name(word, names) {
        Some(name) => format!("there is no command `{word}`: did you mean `ppl {name}`?"),
        None => format!("there is no command `{word}`: `ppl --help` lists them all"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(word: &str) -> String {
        match run(&[word.into()]) {
            Err(Failure::Usage(message)) => message,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn planned_and_mistyped_words_are_told_apart() {
        assert_eq!(message("predict"), "`ppl predict` is not supported yet");
        assert_eq!(message("sampel"), "there is no command `sampel`: did you mean `ppl sample`?");
        assert!(message("frobnicate").ends_with("`ppl --help` lists them all"));
    }
}
