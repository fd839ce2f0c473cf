//! Pages to cases: a `model` block, the data blocks behind it, and what is expected of them.

use std::fs;
use std::path::Path;

use crate::case::{Case, Data};

/// A fenced block.
struct Block {
    kind: String,
    argument: String,
    text: String,
    line: usize,
    section: String,
}

/// The cases of every page in a folder, README.md apart.
pub fn read_all(folder: &Path) -> Vec<Case> {
    let mut paths: Vec<_> =
        fs::read_dir(folder).expect("the folder of pages").map(|entry| entry.expect("an entry").path()).collect();
    paths.retain(|path| path.extension().is_some_and(|e| e == "md") && !path.ends_with("README.md"));
    paths.sort();
    paths.iter().flat_map(|path| read(path)).collect()
}

fn read(path: &Path) -> Vec<Case> {
    let page = path.file_stem().expect("a page has a name").to_string_lossy().into_owned();
    let text = fs::read_to_string(path).expect("a page is text");
    let mut cases: Vec<Case> = Vec::new();
    let mut model: Option<String> = None;
    let mut data: Vec<Data> = Vec::new();
    let mut told = false;
    for block in blocks(&text) {
        let place = format!("{page}.md:{}", block.line);
        if block.kind != "expect" && told {
            data.clear();
            told = false;
        }
        match block.kind.as_str() {
            "model" => model = Some(block.text),
            "csv" => data.push(table(&block)),
            "json" => data.push(Data::Json { name: or_default(&block.argument, "data.json"), text: block.text }),
            "set" => data.extend(block.text.lines().map(setting)),
            "expect" => {
                let model = model.clone().unwrap_or_else(|| panic!("{place}: no model above"));
                let number = 1 + cases.iter().filter(|c| c.section == block.section).count();
                let name = format!("{page}/{}/{number}", block.section);
                told = true;
                cases.push(Case {
                    name,
                    section: block.section,
                    place,
                    model,
                    data: data.clone(),
                    expectations: block.text,
                });
            }
            "" | "ppl" | "text" => {}
            other => panic!("{place}: there is no block `{other}`"),
        }
    }
    cases
}

fn table(block: &Block) -> Data {
    let argument = or_default(&block.argument, "data.csv");
    let (dim, name) = match argument.split_once('=') {
        Some((dim, name)) => (Some(dim.to_string()), name.to_string()),
        None => (None, argument),
    };
    Data::Csv { dim, name, text: block.text.clone() }
}

fn setting(line: &str) -> Data {
    let (name, value) = line.split_once('=').expect("a setting is name=value");
    Data::Set { name: name.to_string(), value: value.to_string() }
}

fn or_default(argument: &str, default: &str) -> String {
    if argument.is_empty() { default.to_string() } else { argument.to_string() }
}

fn blocks(text: &str) -> Vec<Block> {
    let mut blocks = Vec::new();
    let mut section = String::from("intro");
    let mut lines = text.lines().enumerate();
    while let Some((number, line)) = lines.next() {
        if let Some(heading) = line.strip_prefix("## ") {
            section = slug(heading);
        }
        let Some(info) = line.strip_prefix("```") else { continue };
        let (kind, argument) = info.trim().split_once(' ').unwrap_or((info.trim(), ""));
        let mut body = String::new();
        for (_, line) in lines.by_ref().take_while(|(_, line)| !line.starts_with("```")) {
            body.push_str(line);
            body.push('\n');
        }
        let (kind, argument) = (kind.to_string(), argument.trim().to_string());
        blocks.push(Block { kind, argument, text: body, line: number + 1, section: section.clone() });
    }
    blocks
}

/// A heading as part of a test's name.
fn slug(heading: &str) -> String {
    let plain: String =
        heading.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '_' }).collect();
    plain.split('_').filter(|word| !word.is_empty()).collect::<Vec<_>>().join("_")
}
