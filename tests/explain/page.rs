//! The fenced blocks of a page.

/// Which of the two programs of a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Side {
    /// The one that is refused.
    Wrong,
    /// The one that is accepted.
    Right,
}

/// A fenced block.
#[derive(Clone, Debug)]
pub struct Block {
    /// `model`, `csv`, `json`, `point` or `console`; `text` is not looked at.
    pub kind: String,
    /// The name of its file; models and JSON have the same in every page.
    pub file: String,
    /// The program to which it belongs; none for both.
    pub side: Option<Side>,
    /// What stands in it.
    pub text: String,
}

impl Block {
    /// Whether a program has this block.
    pub fn is_of(&self, side: Side) -> bool {
        self.side.is_none_or(|own| own == side)
    }
}

/// All fenced blocks of a page.
///
/// # Errors
/// An opening line that is not understood.
pub fn blocks(page: &str) -> Result<Vec<Block>, String> {
    let mut blocks: Vec<Block> = Vec::new();
    let mut open = false;
    for line in page.lines() {
        match line.strip_prefix("```") {
            Some(_) if open => open = false,
            Some(info) => {
                blocks.push(opened(info)?);
                open = true;
            }
            None if open => {
                let text = &mut blocks.last_mut().expect("a block is open").text;
                text.push_str(line);
                text.push('\n');
            }
            None => {}
        }
    }
    if open { Err("a fence is not closed".to_string()) } else { Ok(blocks) }
}

fn opened(info: &str) -> Result<Block, String> {
    let mut words: Vec<&str> = info.split_whitespace().collect();
    let side = match words.last() {
        Some(&"wrong") => Some(Side::Wrong),
        Some(&"right") => Some(Side::Right),
        _ => None,
    };
    words.truncate(words.len() - usize::from(side.is_some()));
    let file = match words[..] {
        ["model"] => "m.model",
        ["json"] => "data.json",
        ["csv" | "point", file] => file,
        ["console" | "text"] => "",
        _ => return Err(format!("a block begins with `{info}`")),
    };
    Ok(Block { kind: words[0].to_string(), file: file.to_string(), side, text: String::new() })
}
