//! One model with its data.

/// A model, its data, and what is expected of them.
#[derive(Clone, Debug)]
pub struct Case {
    /// `page/section/1`
    pub name: String,
    /// The section of the page.
    pub section: String,
    /// File and line of the block of expectations.
    pub place: String,
    /// The text of the model.
    pub model: String,
    /// What it is run on.
    pub data: Vec<Data>,
    /// One expectation a line.
    pub expectations: String,
}

/// Something that a model is run on.
#[derive(Clone, Debug)]
pub enum Data {
    /// A table, perhaps with its dim.
    Csv { dim: Option<String>, name: String, text: String },
    /// A document.
    Json { name: String, text: String },
    /// A single value.
    Set { name: String, value: String },
}
