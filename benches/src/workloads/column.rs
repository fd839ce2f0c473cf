//! Named arrays, and CmdStan's JSON of them.

use std::fmt::Write;

/// A named array of the data, row-major.
pub struct Column {
    /// The name in the model.
    pub name: &'static str,
    /// Its extents.
    pub shape: Vec<usize>,
    /// Its numbers.
    pub values: Vec<f64>,
}

impl Column {
    /// One number: the extents of arrays, which Stan wants to be told.
    pub fn count(name: &'static str, value: usize) -> Self {
        Column { name, shape: Vec::new(), values: vec![value as f64] }
    }

    /// One number a row.
    pub fn vector(name: &'static str, values: Vec<f64>) -> Self {
        Column { name, shape: vec![values.len()], values }
    }

    /// `width` numbers a row.
    pub fn matrix(name: &'static str, width: usize, values: Vec<f64>) -> Self {
        Column { name, shape: vec![values.len() / width, width], values }
    }
}

/// An object with one array a column.
pub(super) fn json(columns: &[Column]) -> String {
    let mut text = String::from("{");
    for column in columns {
        let comma = if text.len() > 1 { "," } else { "" };
        write!(text, "{comma}\n\"{}\": ", column.name).expect("a string grows");
        nested(&column.shape, &column.values, &mut text);
    }
    text + "\n}\n"
}

fn nested(shape: &[usize], values: &[f64], text: &mut String) {
    match shape {
        [] => write!(text, "{}", values[0]).expect("a string grows"),
        [_, inner @ ..] => {
            text.push('[');
            for (row, part) in values.chunks(inner.iter().product()).enumerate() {
                text.push_str(if row > 0 { "," } else { "" });
                nested(inner, part, text);
            }
            text.push(']');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn arrays_nest_row_by_row() {
        let columns = [
            Column::count("n", 2),
            Column::vector("a", vec![1.0, -2.5]),
            Column::matrix("b", 2, vec![1.0, 2.0, 3.0, 4.0]),
        ];
        assert_eq!(json(&columns), "{\n\"n\": 2,\n\"a\": [1,-2.5],\n\"b\": [[1,2],[3,4]]\n}\n");
    }
}
