//! What the tree of a text is.

use ppl_diagnostic::SourceId;
use ppl_syntax::ast::{Ast, StmtKind};
use ppl_syntax::{parse, print_tree};

fn ast(text: &str) -> Ast {
    let parsed = parse(SourceId(0), text);
    assert!(parsed.diagnostics.is_empty(), "{text}: {:#?}", parsed.diagnostics);
    parsed.value.unwrap()
}

/// The tree of one expression.
fn expr(text: &str) -> String {
    let tree = print_tree(&ast(&format!("x = {text}")));
    tree.trim().strip_prefix("(model (x (= ").unwrap().strip_suffix(")))").unwrap().to_string()
}

#[test]
fn precedence_is_that_of_the_page() {
    let table = [
        ("- x ^ 2", "(neg (chain x ^ 2))"),
        ("2 ^ -1", "(chain 2 ^ (neg 1))"),
        ("a ^ b ^ c", "(chain a ^ (chain b ^ c))"),
        ("2 ^ -b ^ c", "(chain 2 ^ (neg (chain b ^ c)))"),
        ("-a * b", "(chain (neg a) * b)"),
        ("a * -b", "(chain a * (neg b))"),
        ("a - -b", "(chain a - (neg b))"),
        ("a + b * c - d / e @ f", "(chain a + (chain b * c) - (chain d / e @ f))"),
        ("a < b + 1", "(chain a < (chain b + 1))"),
        ("not a == b", "(not (chain a == b))"),
        ("not a and b", "(chain (not a) and b)"),
        ("a and not not b", "(chain a and (not (not b)))"),
        ("a or b and c or d", "(chain a or (chain b and c) or d)"),
        ("g in [a, b] or h", "(chain (chain g in (array a b)) or h)"),
        ("(a + b) * c", "(chain (chain a + b) * c)"),
        ("if a then b else c + d", "(if a b (chain c + d))"),
        ("1 + if a then b else c", "(chain 1 + (if a b c))"),
    ];
    for (text, want) in table {
        assert_eq!(expr(text), want, "{text}");
    }
}

#[test]
fn brackets_make_their_nodes() {
    let table = [
        ("x[2.., ..n, 1..3, :, .., i]", "(index x (range 2 _) (range _ n) (range 1 3) : : i)"),
        ("f()", "(call f)"),
        ("f(a, b = 1,)", "(call f a (= b 1))"),
        ("sum(b[k] for k in lag[2..], j in obs)", "(call sum (each (index b k) (in k lag (range 2 _)) (in j obs)))"),
        ("mean(p | do(ad = true, x = 1))", "(call mean (do p (= ad true) (= x 1)))"),
        ("(p | do(ad = true)) + 1", "(chain (do p (= ad true)) + 1)"),
        ("{a: 1, \"b c\": 2}", "(record (: a 1) (: \"b c\" 2))"),
        ("[]", "(array)"),
        ("\"a\\\"b\\n\"", "\"a\\\"b\\n\""),
        ("1_000.5e1", "10005"),
    ];
    for (text, want) in table {
        assert_eq!(expr(text), want, "{text}");
    }
}

#[test]
fn a_chain_is_flat() {
    let StmtKind::Binding(binding) = &ast("x = a + b - c + d").items[0].kind else { panic!() };
    let ppl_syntax::ast::BindingBody::Define(e) = &binding.body else { panic!() };
    let ppl_syntax::ast::ExprKind::Chain { rest, .. } = &e.kind else { panic!() };
    assert_eq!(rest.len(), 3);
}

#[test]
fn statements_make_their_nodes() {
    let table = [
        ("dim visit within patient: ordered", "(dim visit (within patient) (: ordered))"),
        ("dim k = {a, \"b c\",}", "(dim k (labels a \"b c\"))"),
        ("dim cut = 1..size(g) - 1", "(dim cut (range 1 (chain (call size g) - 1)))"),
        (
            "data z[obs]: real(min = 0) from \"Z\" = log(x) ~ f(1)",
            "(data (item (index z obs) (: real (= min 0)) (from \"Z\") (= (call log x)) (~ (call f 1))))",
        ),
        ("h[t in day[2..], \"a\"] ~ normal(0, 1)", "((index h (in t day (range 2 _)) \"a\") (~ (call normal 0 1)))"),
        ("report mu, ratio", "(report mu ratio)"),
        ("report r = 1", "(report (r (= 1)))"),
        (
            "fn f(a, u[k]: real, b = 1): [k, j] = a",
            "(fn f (params (a) (u k (: real)) (b (= 1))) (returns (dims k j)) (return a))",
        ),
        ("fn f(): bool { a = 1; return a }", "(fn f (params) (returns bool) (a (= 1)) (return a))"),
        ("if a { } else if b { x = 1 } else { }", "(if a (then) (else (if b (then (x (= 1))) (else))))"),
        ("require all(x > 0), \"m\"", "(require (call all (chain x > 0)) \"m\")"),
    ];
    for (text, want) in table {
        assert_eq!(print_tree(&ast(text)), format!("(model {want})\n"), "{text}");
    }
}

#[test]
fn a_data_item_after_hints_is_a_data_item() {
    let StmtKind::Data(items) = &ast("data z ~ normal(0, 1) with centered, init = 2, w[obs], v: real").items[0].kind
    else {
        panic!()
    };
    assert_eq!(items.len(), 3);
    assert_eq!(items[0].tilde.as_ref().unwrap().hints.len(), 2);
}

#[test]
fn places_end_with_the_last_letter() {
    let text = "x = a + f(b)   # c\n\n  y[i] ~ normal(0, 1) with centered  # d\nfor i in k { z[i] = 1 } # e";
    let ast = ast(text);
    let written: Vec<&str> = ast.items.iter().map(|s| &text[s.span.start as usize..s.span.end as usize]).collect();
    assert_eq!(written, ["x = a + f(b)", "y[i] ~ normal(0, 1) with centered", "for i in k { z[i] = 1 }"]);
}

#[test]
fn names_are_normalised() {
    assert_eq!(print_tree(&ast("e\u{301} = β₁")), "(model (é (= β₁)))\n");
}

#[test]
fn docs_find_their_owner() {
    let text = "\
## The program,
## in two lines.
dim obs
## Above,
##   indented.
x = 1  ## behind
# plain
y = 2
## apart

z = f(1, ## within
  2)
for i in obs {
  ## inner
  w[i] = 1
  v[i] = 2; u[i] = 3 ## last
} ## loop
";
    let want = "\
(model
  (doc \"The program,\\nin two lines.\")
  (dim obs)
  (documented (doc \"Above,\\n  indented.\\nbehind\") (x (= 1)))
  (y (= 2))
  (z (= (call f 1 2)))
  (documented
    (doc \"loop\")
    (for
      (in i obs)
      (documented (doc \"inner\") ((index w i) (= 1)))
      ((index v i) (= 2))
      (documented (doc \"last\") ((index u i) (= 3))))))
";
    assert_eq!(print_tree(&ast(text)), want);
}

#[test]
fn the_first_statement_has_its_doc_behind_it_or_in_a_second_block() {
    let tree = print_tree(&ast("## Program\n\n## First\nx = 1"));
    assert_eq!(tree, "(model (doc \"Program\") (documented (doc \"First\") (x (= 1))))\n");
    assert_eq!(
        print_tree(&ast("x = 1\n## about y\ny = 2")),
        "(model (x (= 1)) (documented (doc \"about y\") (y (= 2))))\n"
    );
}
