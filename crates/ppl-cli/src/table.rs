//! Tables of text.

use std::ops::Range;

/// Rows of cells below a heading; some columns are numbers, which stand to the right.
#[derive(Debug)]
pub struct Table {
    numbers: Range<usize>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these headings, of which `numbers` are above numbers.
    pub fn new(headings: &[&str], numbers: Range<usize>) -> Self {
        Table { numbers, rows: vec![headings.iter().map(|h| h.to_string()).collect()] }
    }

    /// Adds a row, which may be shorter than the heading.
    pub fn push(&mut self, row: Vec<String>) {
        self.rows.push(row);
    }

    /// Whether it has a heading only.
    pub fn is_empty(&self) -> bool {
        self.rows.len() == 1
    }

    /// Columns aligned by spaces.
    pub fn aligned(&self) -> String {
        let widths = self.widths();
        let line = |row: &Vec<String>| {
            let cells = row.iter().enumerate().map(|(i, cell)| match self.numbers.contains(&i) {
                true => padding(cell, widths[i]) + cell,
                false => cell.clone() + &padding(cell, widths[i]),
            });
            cells.collect::<Vec<_>>().join("  ").trim_end().to_string() + "\n"
        };
        self.rows.iter().map(line).collect()
    }

    /// Markdown.
    pub fn markdown(&self) -> String {
        let columns = self.rows[0].len();
        let rule = (0..columns).map(|i| if self.numbers.contains(&i) { "---:" } else { "---" }.to_string());
        let line = |row: &Vec<String>| {
            let cells = (0..columns).map(|i| row.get(i).map_or(String::new(), |cell| escape(cell)));
            format!("| {} |\n", cells.collect::<Vec<_>>().join(" | "))
        };
        let body: String = self.rows[1..].iter().map(line).collect();
        line(&self.rows[0]) + &line(&rule.collect()) + &body
    }

    fn widths(&self) -> Vec<usize> {
        let width = |i: usize| self.rows.iter().filter_map(|row| row.get(i)).map(|cell| length(cell)).max();
        (0..self.rows[0].len()).map(|i| width(i).unwrap_or(0)).collect()
    }
}

/// Letters, leaving out combining marks, which take no room.
fn length(text: &str) -> usize {
    text.chars().filter(|c| !('\u{300}'..='\u{36f}').contains(c)).count()
}

fn padding(cell: &str, width: usize) -> String {
    " ".repeat(width.saturating_sub(length(cell)))
}

fn escape(cell: &str) -> String {
    cell.replace('|', "\\|").replace('\n', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table() -> Table {
        let mut table = Table::new(&["", "mean", ""], 1..2);
        table.push(vec!["μ".into(), "1.5".into(), "a|b".into()]);
        table.push(vec!["tau\u{307}".into(), "10".into()]);
        table
    }

    #[test]
    fn numbers_stand_to_the_right() {
        assert_eq!(table().aligned(), "     mean\nμ     1.5  a|b\ntau\u{307}    10\n");
    }

    #[test]
    fn markdown_escapes_bars() {
        let expected = "|  | mean |  |\n| --- | ---: | --- |\n| μ | 1.5 | a\\|b |\n| tau\u{307} | 10 |  |\n";
        assert_eq!(table().markdown(), expected);
    }
}
