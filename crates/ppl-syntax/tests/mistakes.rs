//! What is said of mistakes: the code, the exact place, and the program that the fix makes.

use ppl_diagnostic::{Diagnostic, SourceId, Sources};
use ppl_syntax::{parse, print_tree};

fn errors(text: &str) -> Vec<Diagnostic> {
    parse(SourceId(0), text).diagnostics
}

fn place<'t>(text: &'t str, error: &Diagnostic) -> &'t str {
    let span = error.primary.as_ref().unwrap().span;
    &text[span.start as usize..span.end as usize]
}

/// The code and the place of every error, as `E0101 b`.
fn summary(text: &str) -> Vec<String> {
    errors(text).iter().map(|e| format!("{} {}", e.code, place(text, e))).collect()
}

fn fixed(text: &str, error: &Diagnostic) -> String {
    let fix = error.fix.as_ref().unwrap_or_else(|| panic!("{text}: no fix in {error:?}"));
    let (start, end) = (fix.span.start as usize, fix.span.end as usize);
    format!("{}{}{}", &text[..start], fix.replacement, &text[end..])
}

/// One error with a fix that leaves none.
#[track_caller]
fn check_fix(text: &str, error: &str, want: &str) {
    assert_eq!(summary(text), [error], "{text}: {:#?}", errors(text));
    let mended = fixed(text, &errors(text)[0]);
    assert_eq!(mended, want, "{text}");
    assert_eq!(summary(&mended), [""; 0], "{mended}");
}

#[track_caller]
fn check(text: &str, want: &[&str]) {
    assert_eq!(summary(text), want, "{text}: {:#?}", errors(text));
}

#[test]
fn the_place_is_the_offending_token() {
    check("x = )", &["E0112 )"]);
    check("x = a +* b", &["E0101 *"]);
    check("x = f(1 2)", &["E0101 2"]);
    check("x = f(g(1, 2 3), h(4)) + 1", &["E0101 3"]);
    check("x[i j] ~ normal(0, 1)", &["E0101 j"]);
    check("for i obs { }", &["E0101 obs"]);
    check("dim k = {a b}", &["E0101 b"]);
    check("fn f(a b) = a", &["E0101 b"]);
    check("x = if a b else c", &["E0101 b"]);
    check("y ~ normal(0, 1) with 3", &["E0101 3"]);
    check("data y: real from 3", &["E0101 3"]);
    check("x = [1, 2)", &["E0111 ["]);
    check("x = mean(p | do(a))", &["E0101 )"]);
    check("print(x)", &["E0101 ("]);
    check("x = a $ b", &["E0104 $"]);
    check("fn f(a) = a\nfn g(a) { b = a }", &["E0101 }"]);
    check("return x", &["E0101 return"]);
    check("x = a = 3", &["E0104 ="]);
}

#[test]
fn a_statement_that_ends_too_soon_is_reported_on_its_line() {
    check("x =\ny = 2\nz = 3", &["E0113 ="]);
    check("x = a +\ny[i] ~ normal(0, 1)", &["E0113 +"]);
    check("x = a +\n\n# why\nfor i in k { }", &["E0113 +"]);
    check("x =", &["E0113 ="]);
    check("mu\nsigma ~ normal(0, 1)", &["E0101 mu"]);
    check("for i in obs\n  x[i] = 3", &["E0101 obs"]);
    check("x = f(a,\n  b\n  c)", &["E0101 b"]);
    check("x ~\n", &["E0113 ~"]);
}

#[test]
fn brackets_and_quotes_are_reported_where_they_open() {
    check("y ~ normal(0, 1\nz = 3\nw = 4", &["E0111 ("]);
    check("for i in k {\n  x[i] = f(1\n  y[i] = 2\n}\nz = ", &["E0111 (", "E0113 ="]);
    check("for i in k {\n  x[i] = 1\n", &["E0111 {"]);
    check("x = 1\n}\ny = 2", &["E0112 }"]);
    check("use \"a\nx = 1", &["E0111 \"a"]);
    check_fix("use \"a", "E0111 \"a", "use \"a\"");
    check("x = [1, 2", &["E0111 ["]);
}

#[test]
fn two_statements_on_a_line_need_a_semicolon() {
    check_fix("sd ~ half_normal(5)  b ~ normal(0, 1)", "E0104 b", "sd ~ half_normal(5)  ; b ~ normal(0, 1)");
    check("x = a b", &["E0104 b"]);
    check("x = a b\ny = 2", &["E0104 b"]);
    check("for i in k { x[i] = 1 y[i] = 2 }", &["E0104 y"]);
    check("fn f(a) { b = a c = b return c }", &["E0104 c"]);
    check("if a { x = 1 } y = 2", &["E0104 y"]);
    check("if a { s ~ normal(0, 1) } else { s = 2 }\nx = 1; y = 2;", &[]);
}

#[test]
fn numbers_are_whole() {
    check_fix("x = .5", "E0105 .5", "x = 0.5");
    check_fix("x = 5.", "E0105 5.", "x = 5.0");
    check("x = 3each + 1", &["E0105 3each"]);
    check("x = 1.2.3", &["E0105 1.2.3"]);
    check("x = 1e999", &["E0105 1e999"]);
    check("x = 2e", &["E0105 2e"]);
    check("x = a[1..3] + b[2..]", &[]);
}

#[test]
fn only_names_are_called() {
    check_fix("x = 2(a + b)", "E0106 2", "x = 2 * (a + b)");
    check("x = f(1)(2)", &["E0106 f(1)"]);
    check("x = (f)(2)", &["E0106 (f)"]);
}

#[test]
fn comparisons_do_not_chain() {
    check_fix("x = 0 < y < 1", "E0107 0 < y < 1", "x = 0 < y and y < 1");
    check_fix(
        "x = a or 0 < y + 1 <= z == w",
        "E0107 0 < y + 1 <= z == w",
        "x = a or 0 < y + 1 and y + 1 <= z and z == w",
    );
    check_fix("x = a == not b", "E0115 not b", "x = a == (not b)");
    check("x = (a < b) == (c < d)", &[]);
}

#[test]
fn reserved_words_are_no_names() {
    check_fix("from = 3", "E0109 from", "from_ = 3");
    check_fix("data = 3", "E0109 data", "data_ = 3");
    check_fix("report ~ normal(0, 1)", "E0109 report", "report_ ~ normal(0, 1)");
    check_fix("x = 1 + use", "E0109 use", "x = 1 + use_");
    check_fix("data in[obs]", "E0109 in", "data in_[obs]");
    check_fix("dim k = {yes, not}", "E0109 not", "dim k = {yes, \"not\"}");
    assert_eq!(ppl_syntax::keywords().len(), 24);
    for word in ppl_syntax::keywords() {
        assert!(!errors(&format!("{word} = 3")).is_empty(), "{word}");
        assert!(!errors(&format!("x = {word}")).is_empty() || matches!(*word, "true" | "false"), "{word}");
        assert!(errors(&format!("{word}_ = {word}s")).is_empty(), "{word}");
    }
}

#[test]
fn declarations_stay_out_of_blocks() {
    check("for i in k {\n  const m = 1\n  x[i] = 2\n}", &["E0114 const"]);
    check("if a { dim k }", &["E0114 dim"]);
}

#[test]
fn pasted_letters_are_mended() {
    check_fix("x ∼ normal(0, 1)", "E0108 ∼", "x ~ normal(0, 1)");
    check_fix("x = a − b", "E0108 −", "x = a - b");
    check_fix("x = a\u{a0}+ b", "E0108 \u{a0}", "x = a + b");
    check_fix("use “a.model”", "E0108 “a.model”", "use \"a.model\"");
    check_fix("x = a ≤ b", "E0108 ≤", "x = a <= b");
    check("x ∼ normal(0, −1)\ny ∼ normal(0, 1) z", &["E0108 ∼", "E0108 −", "E0108 ∼", "E0104 z"]);
    check("x = a § b", &["E0104 §"]);
}

#[test]
fn foreign_signs_are_mended() {
    check_fix("x <- 1", "E0102 <-", "x = 1");
    check_fix("x := 1", "E0102 :=", "x = 1");
    check_fix("x = a ** 2", "E0102 **", "x = a ^ 2");
    check_fix("x = a && b", "E0102 &&", "x = a and b");
    check_fix("x = a||b", "E0102 ||", "x = a or b");
    check_fix("x = !a", "E0102 !", "x = not a");
    check_fix("x = A %*% b", "E0102 %*%", "x = A @ b");
    check_fix("x = a .* b", "E0102 .*", "x = a * b");
    check_fix("x = g %in% [a, b]", "E0102 %in%", "x = g in [a, b]");
    check("x = a %% b", &["E0102 %%"]);
    check_fix("x = 1  // why", "E0102 //", "x = 1  # why");
    check_fix("x = 1 /* a\n * b */ y = 2", "E0102 /*", "x = 1 # a\n# b\n y = 2");
    check_fix("x = y['a']", "E0102 'a'", "x = y[\"a\"]");
    check_fix("x = y[0:3]", "E0102 :", "x = y[0..3]");
    check_fix("dim k = 1:3", "E0102 :", "dim k = 1..3");
    check_fix("x = True", "E0102 True", "x = true");
    check_fix("x = FALSE", "E0102 FALSE", "x = false");
    check_fix("factor f = normal_lpdf(y, 0, 1)", "E0102 normal_lpdf", "factor f = normal_logp(y, 0, 1)");
    check_fix("factor f = normal_lpdf(y[i] | 0, 1)", "E0102 normal_lpdf(y[i] |", "factor f = normal_logp(y[i], 0, 1)");
    check_fix("factor f = poisson_lpmf(y | mu)", "E0102 poisson_lpmf(y |", "factor f = poisson_logp(y, mu)");
    check_fix("target += x", "E0102 target +=", "factor name = x");
    check("x += 1", &["E0102 +="]);
    check("y = A'", &["E0102 '"]);
    check("x = 1;\ny = 2;\n", &[]);
    check("x = a <-b", &[]);
}

#[test]
fn foreign_shapes_are_explained() {
    check_fix("for (i in obs) { x[i] = 1 }", "E0102 (i in obs)", "for i in obs { x[i] = 1 }");
    check("for (i in 1:N) {\n  x[i] = 1\n  y = \n}", &["E0102 for (i in 1", "E0113 ="]);
    check("for i in 1..N { x[i] = 1 }", &["E0102 for i in 1"]);
    check("for i in range(N) { x[i] = 1 }", &["E0102 for i in range"]);
    check("for i in obs:\n  x[i] = 1\nif a:\n  y = 1\nelse:\n  y = 2", &["E0102 :", "E0102 :", "E0102 :"]);
    check_fix(
        "if a { x = 1 } elif b { x = 2 } else { x = 3 }",
        "E0102 elif",
        "if a { x = 1 } else if b { x = 2 } else { x = 3 }",
    );
    check_fix("def f(x) = x + 1", "E0102 def", "fn f(x) = x + 1");
    check_fix("function f(x) = x + 1", "E0102 function", "fn f(x) = x + 1");
    check("f <- function(x) { x }", &["E0102 <-", "E0102 function", "E0104 {"]);
    check_fix("let x = 1", "E0102 let", "x = 1");
    check_fix("y ~ normal(0, 1) T[0, ]", "E0102 T[0, ]", "y ~ truncated(normal(0, 1), lower = 0)");
    check_fix("y ~ normal(0, 1) T(, 5);", "E0102 T(, 5)", "y ~ truncated(normal(0, 1), upper = 5);");
    check_fix("real<lower=0, upper=1> p;", "E0102 real<lower=0, upper=1> p", "data p: real(min = 0, max = 1);");
    check_fix("int N;", "E0102 int N", "data N: int;");
    check("vector[N] x;", &["E0102 vector[N] x"]);
    check("array[N] int<lower=0> y;", &["E0102 array[N] int<lower=0> y"]);
    check("T[i] ~ normal(0, 1)", &[]);
    check_fix("sigma.y ~ normal(0, 1)", "E0102 sigma.y", "sigma_y ~ normal(0, 1)");
    check_fix("x = a.b.c + 1", "E0102 a.b.c", "x = a_b_c + 1");
    check("x = c ? a : b", &["E0102 ?"]);
    check_fix("if t = 1 { x = 1 }", "E0102 =", "if t == 1 { x = 1 }");
    check("while (a) { x = 1 }", &["E0102 while"]);
}

#[test]
fn a_model_in_stan_is_explained_line_by_line() {
    let text = "\
data {
  int<lower=0> N;
  vector[N] y;
}
parameters {
  real mu;
  real<lower=0> sigma;
}
model {
  mu ~ normal(0, 10);
  for (n in 1:N) {
    target += normal_lpdf(y[n] | mu, sigma);
  }
  y ~ normal(mu, sigma);
}
";
    let want = [
        "E0102 data {",
        "E0102 int<lower=0> N",
        "E0102 vector[N] y",
        "E0102 parameters {",
        "E0102 real mu",
        "E0102 real<lower=0> sigma",
        "E0102 model {",
        "E0102 for (n in 1",
        "E0102 target +=",
        "E0102 normal_lpdf(y[n] |",
    ];
    check(text, &want);
}

#[test]
fn later_statements_are_read_after_a_mistake() {
    let text = "x = 1 +\ny = 2\nz ~ normal(0,, 1)\nw = 3\nfor i in k {\n  a[i] = )\n  b[i] = 4\n  if t { c[i] = 5 * } else { d[i] = * 6 }\n  e[i] = 7\n}\nv = 8 9\nu = 10";
    check(text, &["E0113 +", "E0101 ,", "E0112 )", "E0101 }", "E0101 *", "E0104 9"]);
    check("if a { x = 1 } else { y = ) }\nz = 2", &["E0112 )"]);
    let tree = print_tree(&parse(SourceId(0), text).value.unwrap());
    for name in ["y", "w", "b", "e", "v", "u"] {
        assert!(
            tree.contains(&format!("({name} (=")) || tree.contains(&format!("(index {name} i) (=")),
            "{name} in {tree}"
        );
    }
}

#[test]
fn three_mistakes_make_three_reports() {
    check("a = = 1\nb = 2\nc ~ ~ d\ne = (1 + 2\nf = 3", &["E0101 =", "E0101 ~", "E0111 ("]);
    check("fn f(a) {\n  b = a\n  c = b +* 1\n  return c\n}\nx = 1 +* 2", &["E0101 *", "E0101 *"]);
}

#[test]
fn messages_name_what_could_stand_there() {
    let label = |text: &str| errors(text)[0].primary.clone().unwrap().text;
    assert_eq!(label("x = f(1 2)"), "expected `,` or `)`");
    assert_eq!(label("for i obs { }"), "expected `in`");
    assert_eq!(label("x = a +* b"), "expected a value");
    assert_eq!(label("x = if a b else c"), "expected `then`");
    assert_eq!(label("mu\nsigma ~ normal(0, 1)"), "expected `=`, `:` with a type or `~` after this");
    assert_eq!(label("for i in obs\n  x[i] = 3"), "expected `,` or `{` after this");
}

#[test]
fn a_flood_of_mistakes_is_cut() {
    let errors = errors(&"x = = 1\n".repeat(1000));
    assert_eq!(errors.len(), 100);
    assert!(errors[99].notes.iter().any(|n| n.contains("first 100")));
}

#[test]
fn a_large_text_is_refused() {
    assert_eq!(errors(&" ".repeat((16 << 20) + 1))[0].code, "E0110");
}

#[test]
fn every_place_can_be_rendered() {
    let text = "x ∼ 1\nμ = = “a";
    let mut sources = Sources::default();
    let source = sources.add("m", text);
    for error in parse(source, text).diagnostics {
        assert!(!sources.snippet(error.primary.unwrap().span).is_empty());
    }
}
