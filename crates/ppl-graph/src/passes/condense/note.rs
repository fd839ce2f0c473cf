//! What was reduced, for people.

use std::fmt;

use crate::Origin;

/// What became of one sum over rows of data.
#[derive(Clone, Debug, PartialEq)]
pub struct CondenseNote {
    /// The statement that the sum belongs to.
    pub origin: Origin,
    /// How many rows there are.
    pub rows: usize,
    /// What was done.
    pub rewrite: Rewrite,
}

/// A reduction of data, or why there is none.
#[derive(Clone, Debug, PartialEq)]
pub enum Rewrite {
    /// Rows that agree in their data are computed once.
    EqualRows {
        /// How many rows are left, of the term that has most of them.
        distinct: usize,
        /// Whether all terms were reduced; else the others pass over all rows.
        whole: bool,
    },
    /// Terms of data alone were added up, the others pass over all rows.
    Constants,
    /// A sum of squares of linear expressions became a triangle.
    NormalLinear {
        /// How many columns the triangle has.
        columns: usize,
    },
    /// A triangle would not give the value and gradient of a pass over the rows to 10⁻⁸: the pass stays.
    Inaccurate {
        /// By how much they differ, relative to the gradient or its scale.
        error: f64,
    },
    /// Too few rows are equal in every term.
    Distinct,
}

impl Rewrite {
    /// Whether something was reduced.
    pub fn is_made(&self) -> bool {
        !matches!(self, Rewrite::Inaccurate { .. } | Rewrite::Distinct)
    }
}

impl fmt::Display for CondenseNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} rows, {}", self.rows, self.rewrite)
    }
}

impl fmt::Display for Rewrite {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Rewrite::EqualRows { distinct, whole: true } => write!(f, "{distinct} distinct"),
            Rewrite::EqualRows { distinct, whole: false } => write!(f, "{distinct} distinct in some terms"),
            Rewrite::Constants => write!(f, "terms of data alone added up"),
            Rewrite::NormalLinear { columns: 1 } => write!(f, "a normal linear model of 1 parameter"),
            Rewrite::NormalLinear { columns } => write!(f, "a normal linear model of {columns} parameters"),
            Rewrite::Inaccurate { error } => {
                write!(f, "kept: as a normal linear model they would be off by {error:.1e}")
            }
            Rewrite::Distinct => write!(f, "kept: too few are equal"),
        }
    }
}
