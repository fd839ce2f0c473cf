//! All draws in one table, for spreadsheets, data frames and databases.

use crate::column::{Column, Kind};
use crate::error::StoreError;
use crate::run::{Chain, Run};
use crate::stan_csv::push_number;
use std::io::{self, Write};

/// Writes the draws as one CSV table: `chain,draw,lp`, then a column for each of the run, named as readers see it.
///
/// Draws count from 1. Each walker of each ensemble is a chain of its own, numbered through all ensembles. Labels are text, and
/// cells with commas or quotes are quoted (RFC 4180).
///
/// # Errors
/// [`StoreError::Export`] where `writer` does not take the text.
pub fn export_csv(run: &Run, writer: impl Write) -> Result<(), StoreError> {
    write_table(run, writer).map_err(StoreError::Export)
}

fn write_table(run: &Run, writer: impl Write) -> io::Result<()> {
    let mut table = csv::Writer::from_writer(writer);
    let columns = &run.draws.columns;
    table.write_record(["chain", "draw", "lp"].into_iter().chain(columns.iter().map(|column| column.name.as_str())))?;
    for (index, chain) in run.draws.chains.iter().enumerate() {
        let number = if run.record.walkers > 1 { index as u64 + 1 } else { chain.id };
        write_chain(&mut table, columns, chain, &number.to_string())?;
    }
    table.flush()
}

fn write_chain<W: Write>(
    table: &mut csv::Writer<W>,
    columns: &[Column],
    chain: &Chain,
    number: &str,
) -> io::Result<()> {
    let mut cell = Vec::new();
    for (draw, stats) in chain.stats.iter().enumerate() {
        table.write_field(number)?;
        table.write_field((draw + 1).to_string())?;
        push_number(&mut cell, stats.log_density);
        table.write_field(&cell)?;
        for (column, values) in columns.iter().zip(&chain.values) {
            cell.clear();
            push_value(&mut cell, column, values[draw]);
            table.write_field(&cell)?;
        }
        cell.clear();
        table.write_record(None::<&[u8]>)?;
    }
    Ok(())
}

/// A label's text; nothing where the value is the position of none.
fn push_value(cell: &mut Vec<u8>, column: &Column, value: f64) {
    match column.kind {
        Kind::Label(_) => cell.extend_from_slice(column.label(value).unwrap_or_default().as_bytes()),
        Kind::Real | Kind::Integer => push_number(cell, value),
    }
}
