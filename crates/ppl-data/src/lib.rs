//! CSV and JSON text to typed columns that know their place.
//!
//! The one main type is [`Table`], a CSV text read into columns; [`Document`] is its sister for CmdStan's JSON. Every
//! name and every cell can say where it stands in the text, so that a message can point at it.
//!
//! ```
//! use ppl_data::{Cells, read_csv};
//! use ppl_diagnostic::Sources;
//! let mut sources = Sources::default();
//! let file = sources.add("visits.csv", "clinic,age\nnorth,41\nsouth,NA\nnorth,38\n");
//! let table = read_csv(file, sources.get(file).text.clone()).value.unwrap();
//! let Cells::Numbers(age) = &table.column("age").unwrap().cells else { panic!() };
//! assert_eq!((age[0], age[2]), (41.0, 38.0));
//! assert!(table.is_blank(1, 1));
//! assert_eq!(table.coded(0).levels, ["north", "south"]);
//! assert_eq!(sources.snippet(table.cell_span(1, 1)), "NA");
//! ```
//!
//! Laws: no text makes a reader panic; a cell's span covers that cell's text and nothing else; a blank is never a
//! number and never a level; numbers are the nearest `f64` to what is written; nothing here touches a file.
//!
//! What counts as blank, everywhere: an empty cell, `NA`, `NaN`, `nan`, `null`. White space around a cell is dropped.

#![forbid(unsafe_code)]

mod cell;
mod csv;
mod date;
mod decode;
mod json;
mod natural;
mod problems;
mod similar;
mod table;

pub use csv::read_csv;
pub use date::parse_date;
pub use decode::decode;
pub use json::{Document, Field, Value, read_json};
pub use natural::natural_order;
pub use similar::similar_name;
pub use table::{BLANK, Cells, Coded, Column, Table};
