//! The summary of a run as a table.

use ppl::{Column, Content, Evidence, Fit, Row, Summary};

use crate::digits::{decimals, number};
use crate::json;
use crate::table::Table;

/// Labels shown of a column of labels.
const LABELS: usize = 10;

/// Aligned columns.
pub fn text(columns: &[Column], rows: &[Row]) -> String {
    tables(columns, rows).iter().map(Table::aligned).collect::<Vec<_>>().join("\n")
}

/// Tables for documents.
pub fn markdown(columns: &[Column], rows: &[Row]) -> String {
    tables(columns, rows).iter().map(Table::markdown).collect::<Vec<_>>().join("\n")
}

/// A table of the numbers and a table of the labels, as far as there are any.
fn tables(columns: &[Column], rows: &[Row]) -> Vec<Table> {
    let headings = ["", "mean", "sd", "mcse", "5 %", "50 %", "95 %", "ess bulk", "ess tail", "R̂", ""];
    let mut numbers = Table::new(&headings, 1..10);
    let mut shares = Table::new(&["", "label", "share", "mcse", ""], 2..4);
    let mut documented = "";
    for (column, row) in columns.iter().zip(rows) {
        // An array's documentation stands beside its first element.
        let doc = column.doc.as_deref().filter(|_| column.variable != documented).unwrap_or_default();
        documented = &column.variable;
        match &row.content {
            Content::Numbers(summary) => numbers.push(number_cells(&row.name, summary, doc)),
            Content::Shares(labels) => share_rows(&row.name, labels, doc).into_iter().for_each(|row| shares.push(row)),
        }
    }
    [numbers, shares].into_iter().filter(|table| !table.is_empty()).collect()
}

fn number_cells(name: &str, summary: &Summary, doc: &str) -> Vec<String> {
    let places = decimals(summary.mcse_mean);
    let value = |x: f64| number(x, places);
    let whole = |x: f64| number(x, Some(0));
    vec![
        name.to_string(),
        value(summary.mean),
        value(summary.sd),
        number(summary.mcse_mean, places.map(|p| p + 1)),
        value(summary.q5),
        value(summary.q50),
        value(summary.q95),
        whole(summary.ess_bulk),
        whole(summary.ess_tail),
        number(summary.rhat, Some(3)),
        first_line(doc),
    ]
}

/// A row a label, the most frequent first; labels that never occur are left out.
fn share_rows(name: &str, labels: &[(String, Summary)], doc: &str) -> Vec<Vec<String>> {
    let labels = by_share(labels);
    let row = |(i, (label, summary)): (usize, &&(String, Summary))| {
        let places = decimals(summary.mcse_mean);
        let (name, doc) = if i == 0 { (name, first_line(doc)) } else { ("", String::new()) };
        let mcse = number(summary.mcse_mean, places.map(|p| p + 1));
        vec![name.to_string(), label.clone(), number(summary.mean, places), mcse, doc]
    };
    let mut rows: Vec<Vec<String>> = labels.iter().take(LABELS).enumerate().map(row).collect();
    if labels.len() > LABELS {
        rows.push(vec![String::new(), format!("and {} more", labels.len() - LABELS)]);
    }
    rows
}

fn by_share(labels: &[(String, Summary)]) -> Vec<&(String, Summary)> {
    let mut labels: Vec<_> = labels.iter().filter(|(_, summary)| summary.mean > 0.0).collect();
    labels.sort_by(|a, b| b.1.mean.total_cmp(&a.1.mean));
    labels
}

fn first_line(doc: &str) -> String {
    doc.lines().next().unwrap_or_default().to_string()
}

/// All digits; what is undefined is null.
pub fn json(fit: &Fit, rows: &[Row]) -> String {
    let columns = fit.draws.columns.iter().zip(rows).map(|(column, row)| {
        let doc = column.doc.as_ref().map(|doc| ("doc", json::text(doc)));
        let values = match &row.content {
            Content::Numbers(summary) => number_fields(summary),
            Content::Shares(labels) => vec![("shares", share_objects(labels))],
        };
        json::object([("name", json::text(&row.name))].into_iter().chain(values).chain(doc))
    });
    let evidence = fit.evidence().map(|evidence| ("log_evidence", evidence_object(evidence)));
    let fields = [("draws", fit.draws.len().to_string()), ("columns", json::lines(columns, 2))];
    json::fields(fields.into_iter().chain(evidence), 0) + "\n"
}

fn evidence_object(evidence: Evidence) -> String {
    let Evidence { log_evidence, error, round_trips, barrier } = evidence;
    json::object([
        ("value", json::number(log_evidence)),
        ("error", json::number(error)),
        ("round_trips", round_trips.to_string()),
        ("barrier", json::number(barrier)),
    ])
}

fn number_fields(summary: &Summary) -> Vec<(&'static str, String)> {
    let fields = [
        ("mean", summary.mean),
        ("sd", summary.sd),
        ("mcse", summary.mcse_mean),
        ("q5", summary.q5),
        ("q50", summary.q50),
        ("q95", summary.q95),
        ("ess_bulk", summary.ess_bulk),
        ("ess_tail", summary.ess_tail),
        ("rhat", summary.rhat),
    ];
    let value = |x: f64| if x.is_nan() { "null".to_string() } else { json::number(x) };
    fields.into_iter().map(|(name, x)| (name, value(x))).collect()
}

fn share_objects(labels: &[(String, Summary)]) -> String {
    let objects = by_share(labels).into_iter().map(|(label, summary)| {
        let mcse = if summary.mcse_mean.is_nan() { "null".to_string() } else { json::number(summary.mcse_mean) };
        json::object([("label", json::text(label)), ("share", json::number(summary.mean)), ("mcse", mcse)])
    });
    format!("[{}]", objects.collect::<Vec<_>>().join(", "))
}
