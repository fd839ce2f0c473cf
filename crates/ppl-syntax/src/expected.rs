//! The grammar's rules in the reader's words.

use crate::grammar::Rule;

/// What could have stood there, as a phrase: "a value", "`,` or `)`".
pub(crate) fn phrase(rules: &[Rule]) -> String {
    let mut words = words(rules);
    // Any expression can go on; what must follow it says more.
    if words.iter().any(|w| matches!(*w, "`,`" | "`)`" | "`]`" | "`}`" | "`{`" | "`then`" | "`else`")) {
        words.retain(|&w| w != "an operator");
    }
    listed(&words)
}

/// The same behind a complete statement.
pub(crate) fn phrase_behind(rules: &[Rule]) -> String {
    let mut words = words(rules);
    if words.is_empty() {
        words.push("an operator");
    }
    words.push("the end of the line");
    listed(&words)
}

fn words(rules: &[Rule]) -> Vec<&'static str> {
    let mut words: Vec<&str> = Vec::new();
    for word in rules.iter().filter_map(|&rule| word(rule)) {
        if !words.contains(&word) {
            words.push(word);
        }
    }
    // The general says more than its examples.
    if words.contains(&"a value") {
        words.retain(|w| !matches!(*w, "a name" | "a statement" | "a text in quotes"));
    } else if words.contains(&"a statement") {
        words.retain(|w| !matches!(*w, "a name" | "an operator"));
    }
    words
}

fn listed(words: &[&str]) -> String {
    match words {
        [] => "something else".to_string(),
        [one] => (*one).to_string(),
        [first @ .., last] => format!("{} or {last}", first.join(", ")),
    }
}

/// Whether a value could have begun there.
pub(crate) fn wants_value(rules: &[Rule]) -> bool {
    rules.iter().any(|&rule| word(rule) == Some("a value"))
}

/// Whether a name could have stood there.
pub(crate) fn wants_name(rules: &[Rule]) -> bool {
    wants_value(rules)
        || rules.iter().any(|&rule| word(rule).is_some_and(|w| w.starts_with("a name") || w == "a statement"))
}

/// Whether an expression could have gone on there.
pub(crate) fn wants_operator(rules: &[Rule]) -> bool {
    rules.contains(&Rule::operator)
}

fn word(rule: Rule) -> Option<&'static str> {
    use Rule::*;
    Some(match rule {
        expr | prefix | number | malformed_number | boolean | cond | array | record | paren | index_item => "a value",
        field => "a field such as `a: 1`",
        arg | named => "a value",
        text => "a text in quotes",
        name | dist_arg | param | hint | target | binder | data_item => "a name",
        label => "a name or a text in quotes",
        labels => "labels in braces",
        operator => "an operator",
        assign | define | equals | fallback => "`=`",
        tilde => "`~`",
        type_ref | returns => "`:` with a type",
        dims => "dims in brackets",
        params => "`(`",
        comma => "`,`",
        close_paren => "`)`",
        close_square => "`]`",
        close_brace => "`}`",
        open_block | block | fn_block => "`{`",
        dots | range => "`..`",
        k_in => "`in`",
        k_then => "`then`",
        k_else => "`else`",
        k_do => "`do`",
        with | k_with => "`with`",
        k_on => "`on`",
        k_from => "`from`",
        k_within => "`within`",
        k_return => "`return`",
        use_decl | dim_decl | const_def | fn_def | dist_def | require | for_loop | if_else | factor | data => {
            "a statement"
        }
        report | binding | k_use | k_dim | k_const | k_fn | k_dist | k_require | k_if | k_factor => "a statement",
        k_data | k_report | statement | inner | simple | model | complete => "a statement",
        for_head | if_head => "a statement",
        dist_item => "a part of the distribution, such as `logp(x) = …`",
        // What could only go on, beside what must come.
        EOI | index | arguments | generator | k_for | do_clause | whole_axis => {
            return None;
        }
        WHITESPACE | COMMENT | name_char | reserved | digits | operand | primary => return None,
    })
}
