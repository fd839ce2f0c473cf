//! What the columns of a run are.

use serde::{Deserialize, Serialize};

/// One column of the draws: a scalar, or one element of an array.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Column {
    /// Name as a reader sees it: `tau`, `beta[1]`, `theta[Choate]`, `R[a,b]` (see [`element_name`]).
    pub name: String,
    /// The variable it belongs to: `theta`.
    pub variable: String,
    /// Position in each dimension of the variable, from 1; empty for a scalar.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub index: Vec<usize>,
    /// What its values are.
    #[serde(default)]
    pub kind: Kind,
    /// What the model says about the variable.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub doc: Option<String>,
}

/// What the values of a column are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// Real numbers.
    #[default]
    Real,
    /// Whole numbers.
    Integer,
    /// One of these labels; draws hold its position, from 1.
    Label(Vec<String>),
}

impl Column {
    /// A column of real numbers, named by its 1-based position: `beta[2,1]`.
    pub fn real(variable: &str, index: &[usize]) -> Self {
        let labels: Vec<String> = index.iter().map(usize::to_string).collect();
        Self {
            name: element_name(variable, &labels),
            variable: variable.to_owned(),
            index: index.to_vec(),
            kind: Kind::Real,
            doc: None,
        }
    }

    /// The label that a draw of this column stands for, if the column has labels and the draw is the position of one.
    pub fn label(&self, value: f64) -> Option<&str> {
        let Kind::Label(labels) = &self.kind else {
            return None;
        };
        (1..=labels.len()).find(|&position| position as f64 == value).map(|position| labels[position - 1].as_str())
    }
}

/// Name of an element as a reader sees it: `theta[Choate]`, `R[a,b]`, `school["St. Mary, north"]`. Without labels the name is
/// the variable's.
///
/// A label is quoted where it has anything but letters, digits, `_`, `-`, `.` or inner spaces.
pub fn element_name<S: AsRef<str>>(variable: &str, labels: &[S]) -> String {
    if labels.is_empty() {
        return variable.to_owned();
    }
    let labels: Vec<String> = labels.iter().map(|label| quoted(label.as_ref())).collect();
    format!("{variable}[{}]", labels.join(","))
}

fn quoted(label: &str) -> String {
    let plain = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ' ');
    if !label.is_empty() && label.trim() == label && label.chars().all(plain) {
        label.to_owned()
    } else {
        format!("\"{}\"", label.replace('\\', "\\\\").replace('"', "\\\""))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_quoted_only_where_they_must_be() {
        assert_eq!(element_name::<&str>("tau", &[]), "tau");
        assert_eq!(element_name("theta", &["Choate"]), "theta[Choate]");
        assert_eq!(element_name("R", &["a", "b-2.x_"]), "R[a,b-2.x_]");
        assert_eq!(element_name("s", &["St. Paul's"]), "s[\"St. Paul's\"]");
        assert_eq!(element_name("s", &["New York"]), "s[New York]");
        assert_eq!(element_name("s", &["Zürich"]), "s[Zürich]");
        assert_eq!(element_name("s", &["a,b"]), "s[\"a,b\"]");
        assert_eq!(element_name("s", &[" a"]), "s[\" a\"]");
        assert_eq!(element_name("s", &[""]), "s[\"\"]");
        assert_eq!(element_name("s", &["say \"hi\\\""]), "s[\"say \\\"hi\\\\\\\"\"]");
    }

    #[test]
    fn a_draw_of_a_label_column_is_a_position() {
        let mut column = Column::real("z", &[2]);
        assert_eq!((column.name.as_str(), column.label(1.0)), ("z[2]", None));
        column.kind = Kind::Label(vec!["low".into(), "high".into()]);
        assert_eq!(
            [1.0, 2.0, 3.0, 0.0, 1.5, f64::NAN].map(|v| column.label(v)),
            [Some("low"), Some("high"), None, None, None, None]
        );
    }
}
