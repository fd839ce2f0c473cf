//! JSON as this program writes it: fields in their own order, numbers that are not finite as text.

use serde_json::Value;

/// A number; infinities and NaN as CmdStan's JSON writes them.
pub fn number(value: f64) -> String {
    match value {
        _ if value.is_nan() => "\"NaN\"".to_string(),
        f64::INFINITY => "\"Inf\"".to_string(),
        f64::NEG_INFINITY => "\"-Inf\"".to_string(),
        _ => Value::from(value).to_string(),
    }
}

/// A text.
pub fn text(value: &str) -> String {
    Value::from(value).to_string()
}

/// An object on one line.
pub fn object<'a>(fields: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let fields = fields.into_iter().map(|(name, value)| format!("{}: {value}", text(name)));
    format!("{{{}}}", fields.collect::<Vec<_>>().join(", "))
}

/// An array with a line for each element, indented by `indent` spaces.
pub fn lines(elements: impl IntoIterator<Item = String>, indent: usize) -> String {
    bracketed("[", elements, "]", indent)
}

/// An object with a line for each field, indented by `indent` spaces.
pub fn fields<'a>(fields: impl IntoIterator<Item = (&'a str, String)>, indent: usize) -> String {
    let lines = fields.into_iter().map(|(name, value)| format!("{}: {value}", text(name)));
    bracketed("{", lines, "}", indent)
}

fn bracketed(open: &str, elements: impl IntoIterator<Item = String>, close: &str, indent: usize) -> String {
    let inner = " ".repeat(indent + 2);
    let elements: Vec<String> = elements.into_iter().map(|element| inner.clone() + &element).collect();
    match elements.is_empty() {
        true => format!("{open}{close}"),
        false => format!("{open}\n{}\n{}{close}", elements.join(",\n"), " ".repeat(indent)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_written_can_be_read() {
        let array = lines([number(1.5), number(f64::NAN), text("a\"b")], 2);
        let object = fields([("x", array), ("empty", lines([], 2)), ("y", object([("z", number(1e300))]))], 0);
        let read: Value = serde_json::from_str(&object).unwrap();
        assert_eq!(read, serde_json::json!({"x": [1.5, "NaN", "a\"b"], "empty": [], "y": {"z": 1e300}}));
    }
}
