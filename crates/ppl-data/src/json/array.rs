//! A nested array while it is read: one flat list and the length of each axis.

use ppl_diagnostic::{Diagnostic, Span};

use super::document::{STRIDE, Value};
use super::token::{Scalar, special};
use crate::cell::is_blank;
use crate::problems;

/// An axis whose first array has been read.
#[derive(Clone, Copy)]
struct Axis {
    length: usize,
    first: Span,
}

/// What has been read of an array.
#[derive(Default)]
pub(super) struct ArrayBuilder {
    axes: Vec<Option<Axis>>,
    /// How many brackets are around an element, and the first element.
    leaf: Option<(usize, Span)>,
    numbers: Vec<f64>,
    /// Texts by position; infinities too, which are texts only among texts.
    texts: Vec<(usize, String)>,
    first_number: Option<Span>,
    first_text: Option<Span>,
    pub marks: Vec<u32>,
    /// The first thing that is wrong.
    pub problem: Option<Diagnostic>,
}

impl ArrayBuilder {
    /// An array opens inside `depth` others.
    pub fn open(&mut self, depth: usize, span: Span) {
        if let Some((brackets, element)) = self.leaf.filter(|(brackets, _)| depth >= *brackets) {
            self.uneven(span, "an array here", element, brackets);
        }
        if self.axes.len() <= depth {
            self.axes.resize(depth + 1, None);
        }
    }

    /// It closes after `length` elements.
    pub fn close(&mut self, depth: usize, length: usize, span: Span) {
        match self.axes[depth] {
            None => self.axes[depth] = Some(Axis { length, first: span }),
            Some(axis) if axis.length != length => self.fail(
                problems::shape("an array has rows of different length", span, elements(length))
                    .also(axis.first, elements(axis.length))
                    .help("arrays must be rectangular; give ragged data as a long table with a column for the group"),
            ),
            Some(_) => {}
        }
    }

    /// An element stands inside `depth` arrays.
    pub fn push(&mut self, depth: usize, scalar: Scalar, span: Span) {
        if let Some(Some(axis)) = self.axes.get(depth) {
            self.uneven(span, "an element here", axis.first, depth + 1);
        }
        self.leaf.get_or_insert((depth, span));
        let position = self.numbers.len();
        if position.is_multiple_of(STRIDE) {
            self.marks.push(span.start);
        }
        let number = match scalar {
            Scalar::Number(x) => self.number(x, span),
            Scalar::Bool(b) => self.number(f64::from(b), span),
            Scalar::Null => f64::NAN,
            Scalar::Text(text) => self.text(position, text, span),
        };
        self.numbers.push(number);
    }

    fn number(&mut self, x: f64, span: Span) -> f64 {
        if !x.is_nan() {
            self.first_number.get_or_insert(span);
        }
        x
    }

    fn text(&mut self, position: usize, text: String, span: Span) -> f64 {
        if is_blank(text.trim()) {
            return f64::NAN;
        }
        let infinity = special(&text);
        if infinity.is_none() {
            self.first_text.get_or_insert(span);
        }
        self.texts.push((position, text));
        infinity.unwrap_or(f64::NAN)
    }

    fn uneven(&mut self, span: Span, here: &str, first: Span, brackets: usize) {
        let there = format!("{brackets} brackets around the elements here");
        self.fail(problems::shape("an array is nested unevenly", span, here).also(first, there));
    }

    /// Keeps the first problem only: the others mostly follow from it.
    pub fn fail(&mut self, problem: Diagnostic) {
        self.problem.get_or_insert(problem);
    }

    /// The finished value and the marks of its elements.
    pub fn finish(self) -> Result<(Value, Vec<u32>), Box<Diagnostic>> {
        if let Some(problem) = self.problem {
            return Err(Box::new(problem));
        }
        let shape: Vec<usize> = self.axes.iter().map(|axis| axis.map_or(0, |a| a.length)).collect();
        let value = match (self.first_text, self.first_number) {
            (Some(text), Some(number)) => {
                let error = problems::shape("an array mixes texts and numbers", text, "a text here");
                return Err(Box::new(
                    error.also(number, "a number here").help("write all of them with quotes, or none"),
                ));
            }
            (Some(_), None) => Value::Texts { shape, values: spread(self.texts, self.numbers.len()) },
            (None, _) => numbers(shape, self.numbers),
        };
        Ok((value, self.marks))
    }
}

fn numbers(shape: Vec<usize>, mut values: Vec<f64>) -> Value {
    values.shrink_to_fit();
    let whole = values.iter().all(|x| x.is_nan() || (x.is_finite() && x.fract() == 0.0));
    Value::Numbers { shape, values, whole }
}

fn spread(texts: Vec<(usize, String)>, length: usize) -> Vec<Option<String>> {
    let mut values = vec![None; length];
    for (position, text) in texts {
        values[position] = Some(text);
    }
    values
}

fn elements(number: usize) -> String {
    format!("{} here", problems::counted(number, "element"))
}
