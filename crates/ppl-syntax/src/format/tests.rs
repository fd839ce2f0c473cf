use super::*;

fn formatted(text: &str) -> String {
    format(SourceId(0), text).unwrap_or_else(|errors| panic!("{errors:?}"))
}

#[test]
fn blanks_within_a_line_are_set() {
    let text = "data  x [obs]:real( min=0 ) ,n[obs] : count\ny=-x ^-2*( a+ b )[ 1.. ,:]\nz = f (-a, not (b), [1,2])\n";
    let want = "data x[obs]: real(min = 0), n[obs]: count\ny = -x^-2 * (a + b)[1.., :]\nz = f(-a, not (b), [1, 2])\n";
    assert_eq!(formatted(text), want);
}

#[test]
fn braces_of_labels_and_records_are_tight_and_those_of_blocks_are_not() {
    let text = "dim k={ a,b }\nr = { a:1, b : 2 }\nfor i in k {x[i]=1}\n";
    let want = "dim k = {a, b}\nr = {a: 1, b: 2}\nfor i in k { x[i] = 1 }\n";
    assert_eq!(formatted(text), want);
}

#[test]
fn lines_stay_lines_and_are_indented() {
    let text = "for t in day {\n    if t == 1 { h[t] ~ normal(0, 1) }\n  else      {\nh[t] ~ normal(\nh[t - 1],\n  1)\n}\n }\n";
    let want = "for t in day {\n  if t == 1 { h[t] ~ normal(0, 1) }\n  else {\n    h[t] ~ normal(\n      h[t - 1],\n      1)\n  }\n}\n";
    assert_eq!(formatted(text), want);
}

#[test]
fn what_goes_on_with_a_statement_is_deeper() {
    let text = "data y[obs]\n~ normal(a,\nb)\nx = a +\n# why\nb\n# next\nz = 1\n";
    let want = "data y[obs]\n  ~ normal(a,\n    b)\nx = a +\n  # why\n  b\n# next\nz = 1\n";
    assert_eq!(formatted(text), want);
}

#[test]
fn bodies_of_functions_and_distributions_are_blocks() {
    let text = "fn f(a) {\nb = a\nreturn b\n}\ndist d(p) on int {\nlogp(k) = if k == 0 then p\nelse q\ndraw {\nk ~ poisson(p)\nreturn k\n}\n}\n";
    let want = "fn f(a) {\n  b = a\n  return b\n}\ndist d(p) on int {\n  logp(k) = if k == 0 then p\n    else q\n  draw {\n    k ~ poisson(p)\n    return k\n  }\n}\n";
    assert_eq!(formatted(text), want);
}

#[test]
fn semicolons_stay_between_statements_only() {
    assert_eq!(formatted("x = 1;\ny = 2 ; z = 3;;  # c\n;\n; w = 4\n"), "x = 1\ny = 2; z = 3     # c\n\nw = 4\n");
}

#[test]
fn blank_lines_do_not_pile_up() {
    assert_eq!(formatted("\n\n## a\n\n\n\nx = 1\r\n\r\n\r\ny = 2   \n\n"), "## a\n\nx = 1\n\ny = 2\n");
}

#[test]
fn a_broken_model_is_left_alone() {
    assert_eq!(format(SourceId(0), "x = 1 y = 2").unwrap_err()[0].code, "E0104");
}

#[test]
fn aligned_comments_stay_aligned() {
    let text = "a = 1        # one\nlonger = 2   # two\nb=3# three\n";
    assert_eq!(formatted(text), "a = 1        # one\nlonger = 2   # two\nb = 3  # three\n");
}
