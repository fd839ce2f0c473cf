//! The data of a case by name.

use libtest_mimic::Failed;
use serde_json::Value;

/// A JSON object of numbers and arrays.
pub struct Fields(Value);

impl Fields {
    pub fn new(text: &str) -> Result<Fields, Failed> {
        Ok(Fields(serde_json::from_str(text)?))
    }

    /// NaN where there is no such number, with which no comparison passes.
    pub fn number(&self, name: &str) -> f64 {
        number(&self.0[name])
    }

    /// Empty where there is no such list.
    pub fn vector(&self, name: &str) -> Vec<f64> {
        numbers(&self.0[name])
    }

    /// The columns of a list of rows.
    pub fn columns(&self, name: &str) -> Vec<Vec<f64>> {
        let rows: Vec<Vec<f64>> = self.0[name].as_array().into_iter().flatten().map(numbers).collect();
        (0..rows[0].len()).map(|column| rows.iter().map(|row| row[column]).collect()).collect()
    }
}

fn number(value: &Value) -> f64 {
    value.as_f64().unwrap_or(f64::NAN)
}

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().into_iter().flatten().map(number).collect()
}
