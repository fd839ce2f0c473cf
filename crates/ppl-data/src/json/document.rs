//! A JSON text read into fields.

use std::sync::Arc;

use ppl_diagnostic::{SourceId, Span};

use super::token::Lexer;

/// A JSON object read into named fields.
#[derive(Clone, Debug)]
pub struct Document {
    /// The text that it was read from.
    pub source: SourceId,
    /// The fields in the order of the text.
    pub fields: Vec<Field>,
    pub(crate) text: Arc<str>,
}

/// One field of the object.
#[derive(Clone, Debug)]
pub struct Field {
    /// Its name.
    pub name: String,
    /// Where the name stands, quotes included.
    pub name_span: Span,
    /// Where the value stands.
    pub span: Span,
    /// The value.
    pub value: Value,
    /// Where every [`STRIDE`]th element of an array starts.
    pub(crate) marks: Vec<u32>,
}

/// A JSON value; arrays are rectangular and of one kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// A number, `"NaN"` and `"Inf"` included.
    Number(f64),
    /// `true` or `false`.
    Bool(bool),
    /// Any other text.
    Text(String),
    /// `null`.
    Null,
    /// An array of numbers; `true` is 1 and `false` is 0. An empty array is one of these.
    Numbers {
        /// Length of each axis, the outermost first; never empty.
        shape: Vec<usize>,
        /// Row-major; NaN for `null`, `"NA"`, `"NaN"` and the empty text.
        values: Vec<f64>,
        /// Whether all values but NaN are whole and finite.
        whole: bool,
    },
    /// An array of texts.
    Texts {
        /// Length of each axis, the outermost first; never empty.
        shape: Vec<usize>,
        /// Row-major; none for `null`, `"NA"`, `"NaN"` and the empty text.
        values: Vec<Option<String>>,
    },
    /// A nested object, such as a value by label.
    Object(Vec<(String, Value)>),
}

/// Elements between two marks: small enough to re-read in microseconds.
pub(crate) const STRIDE: usize = 256;

impl Document {
    /// The position of the field of that name.
    pub fn position(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }

    /// The field of that name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.position(name).map(|i| &self.fields[i])
    }

    /// Where an element of an array stands, `flat_index` counting row-major from 0; the whole value of a field that is
    /// no array.
    ///
    /// # Panics
    /// If there is no such field or element.
    pub fn cell_span(&self, field: usize, flat_index: usize) -> Span {
        let field = &self.fields[field];
        if !matches!(field.value, Value::Numbers { .. } | Value::Texts { .. }) {
            return field.span;
        }
        let mut lexer = Lexer::new(self.source, &self.text);
        lexer.at = field.marks[flat_index / STRIDE] as usize;
        let mut scalars = std::iter::from_fn(|| lexer.next_scalar());
        scalars.nth(flat_index % STRIDE).expect("an element below the product of the shape is in the text")
    }
}
