//! Text to document.

use std::collections::HashMap;
use std::sync::Arc;

use ppl_diagnostic::{Diagnosed, Diagnostic, SourceId, Span};

use super::array::ArrayBuilder;
use super::document::{Document, Field, Value};
use super::token::{Lexer, Scalar, Step, special};
use crate::problems;

/// Brackets and braces within each other; data need a handful, and each costs stack.
const DEEPEST: usize = 64;

/// Reads a JSON object in CmdStan's manner. A field with a problem is left out of the value; the value is missing where
/// the text is not JSON.
///
/// # Errors
/// As diagnostics: `E0501` nothing there, `E0507` not JSON, `E0508` JSON of another shape (no object, ragged or mixed
/// arrays, arrays of objects), `E0509` a field twice, `E0510` a text of 4 GiB and more.
pub fn read_json(source: SourceId, text: Arc<str>) -> Diagnosed<Document> {
    if let Some(error) = problems::too_large(&text) {
        return Diagnosed { value: None, diagnostics: vec![error] };
    }
    let mut parser = Parser { lexer: Lexer::new(source, &text), depth: 0, diagnostics: Vec::new() };
    let fields = parser.document();
    let mut diagnostics = parser.diagnostics;
    let fields = fields.map_err(|error| diagnostics.push(*error)).ok();
    let value = fields.map(|fields| Document { source, fields, text: text.clone() });
    Diagnosed { value, diagnostics }
}

struct Parser<'a> {
    lexer: Lexer<'a>,
    depth: usize,
    /// Problems that do not end the reading.
    diagnostics: Vec<Diagnostic>,
}

/// A value, unless it has a problem that has been reported, with its place and the marks of its elements.
struct Placed {
    value: Option<Value>,
    span: Span,
    marks: Vec<u32>,
}

impl Parser<'_> {
    fn document(&mut self) -> Step<Vec<Field>> {
        match self.lexer.peek() {
            Some(b'{') => {}
            None => return Err(Box::new(problems::empty("`{`", self.lexer.source))),
            Some(b'[') => return Err(Box::new(self.no_object())),
            Some(_) => return Err(self.lexer.expected("`{`")),
        }
        let fields = self.object()?;
        match self.lexer.peek() {
            None => Ok(fields),
            Some(_) => Err(self.lexer.expected("the end of the file after the closing brace")),
        }
    }

    fn no_object(&self) -> Diagnostic {
        let at = self.lexer.at;
        problems::shape("the data are an array, not an object of named fields", self.lexer.span(at, at + 1), "an array")
            .help("write {\"x\": [1, 2], \"y\": [3, 4]}: one field for each name in the model")
    }

    fn object(&mut self) -> Step<Vec<Field>> {
        self.enter()?;
        let mut fields: Vec<Field> = Vec::new();
        let mut names: HashMap<String, Span> = HashMap::new();
        if !self.lexer.take(b'}') {
            loop {
                let field = self.field(&mut names)?;
                fields.extend(field);
                if self.lexer.take(b'}') {
                    break;
                }
                if !self.lexer.take(b',') {
                    return Err(self.lexer.expected("`,` or `}`"));
                }
            }
        }
        self.depth -= 1;
        Ok(fields)
    }

    /// One `"name": value`; nothing where it has a problem that has been reported.
    fn field(&mut self, names: &mut HashMap<String, Span>) -> Step<Option<Field>> {
        if self.lexer.peek() != Some(b'"') {
            return Err(self.lexer.expected("a name in double quotes"));
        }
        let (name, name_span) = self.lexer.string()?;
        if !self.lexer.take(b':') {
            return Err(self.lexer.expected("`:`"));
        }
        let placed = self.value()?;
        if let Some(first) = names.get(&name) {
            self.diagnostics.push(problems::duplicate_field(&name, *first, name_span));
            return Ok(None);
        }
        names.insert(name.clone(), name_span);
        let Placed { value, span, marks } = placed;
        Ok(value.map(|value| Field { name, name_span, span, value, marks }))
    }

    fn value(&mut self) -> Step<Placed> {
        let first = self.lexer.peek();
        let start = self.lexer.at;
        let (value, marks) = match first {
            Some(b'{') => {
                let fields = self.object()?.into_iter().map(|field| (field.name, field.value));
                (Some(Value::Object(fields.collect())), Vec::new())
            }
            Some(b'[') => self.whole_array()?,
            _ => (Some(scalar(self.lexer.scalar()?.0)), Vec::new()),
        };
        Ok(Placed { value, span: self.lexer.span(start, self.lexer.at), marks })
    }

    fn whole_array(&mut self) -> Step<(Option<Value>, Vec<u32>)> {
        let mut builder = ArrayBuilder::default();
        self.array(&mut builder, 0)?;
        match builder.finish() {
            Ok((value, marks)) => Ok((Some(value), marks)),
            Err(problem) => {
                self.diagnostics.push(*problem);
                Ok((None, Vec::new()))
            }
        }
    }

    /// An array inside `brackets` others.
    fn array(&mut self, builder: &mut ArrayBuilder, brackets: usize) -> Step<()> {
        let start = self.lexer.at;
        builder.open(brackets, self.lexer.span(start, start + 1));
        self.enter()?;
        let mut length = 0;
        if !self.lexer.take(b']') {
            loop {
                self.element(builder, brackets + 1)?;
                length += 1;
                if self.lexer.take(b']') {
                    break;
                }
                if !self.lexer.take(b',') {
                    return Err(self.lexer.expected("`,` or `]`"));
                }
            }
        }
        self.depth -= 1;
        builder.close(brackets, length, self.lexer.span(start, start + 1));
        Ok(())
    }

    fn element(&mut self, builder: &mut ArrayBuilder, brackets: usize) -> Step<()> {
        match self.lexer.peek() {
            Some(b'[') => self.array(builder, brackets),
            Some(b'{') => {
                let start = self.lexer.at;
                self.object()?;
                builder.fail(
                    problems::shape("an array of objects", self.lexer.span(start, start + 1), "an object here")
                        .help("turn it around, one array a name: {\"x\": [1, 2], \"y\": [3, 4]}"),
                );
                Ok(())
            }
            _ => {
                let (scalar, span) = self.lexer.scalar()?;
                builder.push(brackets, scalar, span);
                Ok(())
            }
        }
    }

    /// Steps over an opening bracket or brace.
    fn enter(&mut self) -> Step<()> {
        let at = self.lexer.at;
        if self.depth == DEEPEST {
            let message = format!("brackets are nested more than {DEEPEST} deep");
            return Err(Box::new(problems::shape(message, self.lexer.span(at, at + 1), "one too many")));
        }
        self.depth += 1;
        self.lexer.at += 1;
        Ok(())
    }
}

fn scalar(scalar: Scalar) -> Value {
    match scalar {
        Scalar::Number(x) => Value::Number(x),
        Scalar::Bool(b) => Value::Bool(b),
        Scalar::Null => Value::Null,
        Scalar::Text(text) => match special(&text) {
            Some(x) => Value::Number(x),
            None if text == "NaN" || text == "nan" => Value::Number(f64::NAN),
            None => Value::Text(text),
        },
    }
}
