//! The summary table of a run.

use crate::column::{Column, Kind};
use crate::run::{Draws, Run};
use ppl_stats::{Summary, Tau, summarize, summarize_ensembles};

/// One row of the summary table.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The column's name.
    pub name: String,
    /// What there is to say of it.
    pub content: Content,
    /// Autocorrelation time, for ensembles of walkers.
    pub tau: Option<Tau>,
}

/// What there is to say of a column.
#[derive(Clone, Debug, PartialEq)]
pub enum Content {
    /// Numbers are summarised as they are.
    Numbers(Summary),
    /// Labels by their shares: the mean of each row is the share of draws with that label.
    Shares(Vec<(String, Summary)>),
}

impl Run {
    /// A row for each column; see [`Draws::summarize`].
    pub fn summarize(&self) -> Vec<Row> {
        self.draws.summarize()
    }
}

impl Draws {
    /// A row for each column. Chains are compared with each other; of ensembles, ensembles and never walkers.
    pub fn summarize(&self) -> Vec<Row> {
        let walkers = self.chains.iter().any(|chain| chain.walker > 0);
        (0..self.columns.len()).map(|column| row(self, column, walkers)).collect()
    }
}

fn row(draws: &Draws, index: usize, walkers: bool) -> Row {
    let column: &Column = &draws.columns[index];
    let name = column.name.clone();
    match &column.kind {
        Kind::Real | Kind::Integer => {
            let (summary, tau) = summarize_column(draws.ensembles(index), walkers);
            Row { name, content: Content::Numbers(summary), tau }
        }
        Kind::Label(labels) => {
            let share = |(position, label): (usize, &String)| (label.clone(), share(draws, index, position, walkers));
            Row { name, content: Content::Shares((1..).zip(labels).map(share).collect()), tau: None }
        }
    }
}

fn summarize_column(ensembles: Vec<Vec<&[f64]>>, walkers: bool) -> (Summary, Option<Tau>) {
    match walkers {
        true => summarize_ensembles(&ensembles),
        false => (summarize(&ensembles.concat()), None),
    }
}

/// Summary of the indicator of one label.
fn share(draws: &Draws, column: usize, position: usize, walkers: bool) -> Summary {
    let indicator = |values: &[f64]| values.iter().map(|&value| f64::from(value == position as f64)).collect();
    let shares: Vec<Vec<Vec<f64>>> = draws
        .ensembles(column)
        .iter()
        .map(|ensemble| ensemble.iter().map(|walker| indicator(walker)).collect())
        .collect();
    let slices = shares.iter().map(|ensemble| ensemble.iter().map(Vec::as_slice).collect()).collect();
    summarize_column(slices, walkers).0
}
