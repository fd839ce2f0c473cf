//! The limit of nesting, checked before anything recurses.

use crate::scan::{DEEPEST, Kind, Tokens, starts_statement};

/// What is open within one pair of brackets.
#[derive(Clone, Copy, Default)]
struct Level {
    /// `if`s of the expression or of the `else if` chain at hand.
    ifs: usize,
    /// `-`, `not` and `^` whose operands are not complete; each is a level of the tree.
    signs: usize,
}

/// The first token that lies deeper than the limit, counting brackets, `if`s, prefix signs and powers.
///
/// Sums, products, `and` and `or` have no depth, as their chains are flat in the tree.
pub(crate) fn too_deep(tokens: &Tokens) -> Option<usize> {
    let mut levels = vec![Level::default()];
    // Everything counted in `levels`, so that the depth need not be summed at each token.
    let mut counted = 0;
    for index in 0..tokens.list.len() {
        match tokens.list[index].kind {
            Kind::Open => levels.push(Level::default()),
            Kind::Close if levels.len() > 1 => counted -= levels.pop().map_or(0, |level| level.depth()),
            Kind::Close => {}
            _ => {
                let level = levels.last_mut().expect("the outermost level is never closed");
                counted -= level.depth();
                level.read(tokens, index);
                counted += level.depth();
            }
        }
        if levels.len() - 1 + counted > DEEPEST {
            return Some(index);
        }
    }
    None
}

impl Level {
    fn depth(&self) -> usize {
        self.ifs + self.signs
    }

    fn read(&mut self, tokens: &Tokens, index: usize) {
        let after_operand = index > 0 && tokens.ends_operand(index - 1);
        match (tokens.list[index].kind, tokens.text(index)) {
            (Kind::Word, "if") if after_operand => *self = Level { ifs: 1, signs: 0 },
            (Kind::Word, "if") => self.ifs += 1,
            (Kind::Word, "not") | (Kind::Mark, "!" | "^" | "**" | ".^") => self.signs += 1,
            (Kind::Mark, "-") if !after_operand => self.signs += 1,
            (Kind::Mark, "," | ";") => *self = Level::default(),
            (Kind::Word, "and" | "or" | "in" | "then" | "else") | (Kind::Mark, _) => self.signs = 0,
            (Kind::Word, word) if after_operand || starts_statement(word) => *self = Level::default(),
            _ => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scan::scan;
    use ppl_diagnostic::SourceId;

    fn refused(text: &str) -> bool {
        too_deep(&scan(SourceId(0), text, text)).is_some()
    }

    #[test]
    fn depth_is_refused_in_every_form() {
        for (open, close) in [("(", ")"), ("-", ""), ("not ", ""), ("2 ^ ", ""), ("if a then b else ", "")] {
            let nested = |n| format!("x = {}1{}", open.repeat(n), close.repeat(n));
            assert!(!refused(&nested(DEEPEST)), "{open}");
            assert!(refused(&nested(DEEPEST + 1)), "{open}");
        }
        assert!(refused(&format!("if a {{ }} {}", "else if b { } ".repeat(300))));
    }

    #[test]
    fn length_is_not_depth() {
        assert!(!refused(&"x = -a ^ 2 * -b + not c\n".repeat(1000)));
        assert!(!refused(&format!("x = 1{}", " + -y ^ 2".repeat(1000))));
        assert!(!refused(&"if a { x = 1 } else { y = if b then 1 else 2 }\n".repeat(1000)));
        assert!(!refused(&"x = if b then 1 else 2\ny = 3 dim x z ~ normal(0, 1)".repeat(1000)));
        assert!(!refused(&format!("x = [{}]", "if a then -1 else 2, ".repeat(1000))));
    }

    #[test]
    fn the_place_is_the_first_token_too_deep() {
        let text = format!("x = {}", "(".repeat(300));
        assert_eq!(too_deep(&scan(SourceId(0), &text, &text)), Some(2 + DEEPEST));
    }
}
