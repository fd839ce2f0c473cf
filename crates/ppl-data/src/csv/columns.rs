//! Columns while they are read.

use std::borrow::Cow;
use std::collections::HashMap;

use crate::cell;
use crate::table::{BLANK, Cells, Coded};

/// A column of which some rows have been read.
pub(super) enum Builder<'a> {
    /// Numbers and blanks so far.
    Numbers(Vec<f64>),
    /// Text.
    Text(Coder<'a>),
    /// Text after all: its first rows were read as numbers, so all of them are read again at the end.
    Reread,
}

impl<'a> Builder<'a> {
    /// Adds a cell; true where it is the one that makes this a column of text.
    pub fn push(&mut self, text: Cow<'a, str>) -> bool {
        match self {
            Builder::Numbers(values) => match cell::number(&text) {
                Some(x) => values.push(x),
                None => {
                    *self = Builder::after_blanks(values, text);
                    return true;
                }
            },
            Builder::Text(coder) => coder.push(text),
            Builder::Reread => {}
        }
        false
    }

    fn after_blanks(values: &[f64], text: Cow<'a, str>) -> Self {
        if values.iter().any(|x| !x.is_nan()) {
            return Builder::Reread;
        }
        let mut coder = Coder { codes: vec![BLANK; values.len()], ..Coder::default() };
        coder.push(text);
        Builder::Text(coder)
    }

    /// The finished cells; none where they have to be read again.
    pub fn finish(self) -> Option<Cells> {
        match self {
            Builder::Numbers(mut values) => {
                values.shrink_to_fit();
                Some(Cells::Numbers(values))
            }
            Builder::Text(coder) => Some(Cells::Text(coder.finish())),
            Builder::Reread => None,
        }
    }
}

/// Gives each distinct text a code.
#[derive(Default)]
pub(super) struct Coder<'a> {
    codes: Vec<u32>,
    levels: HashMap<Cow<'a, str>, u32>,
}

impl<'a> Coder<'a> {
    pub fn push(&mut self, text: Cow<'a, str>) {
        let next = self.levels.len() as u32;
        let code = match cell::is_blank(&text) {
            true => BLANK,
            false => *self.levels.entry(text).or_insert(next),
        };
        self.codes.push(code);
    }

    pub fn finish(mut self) -> Coded {
        let mut levels = vec![String::new(); self.levels.len()];
        for (text, code) in self.levels {
            levels[code as usize] = text.into_owned();
        }
        self.codes.shrink_to_fit();
        Coded { codes: self.codes, levels }
    }
}
