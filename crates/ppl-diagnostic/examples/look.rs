use ppl_diagnostic::*;
fn show(name: &str, d: &Diagnostic, s: &Sources) { println!("## {name}\n{}\n", render(d, s, Style::Plain)); }
fn main() {
    let mut s = Sources::default();
    let a = s.add("m.model", "mu ~ normal(0, 1)\r\n\ttau ~ hal(2)\r\nβ∼normal(0, 1)  # β\nx = 0 < y < 1\nlast = ");
    let d = s.add("d.csv", "y,x\n1,2\n3,");
    let e = s.add("empty.csv", "");
    let nl = s.add("nl.model", "x = 1\n");
    let sp = |id, a, b| s.span(id, a, b);
    let len = s.get(a).text.len();
    show("crlf", &Diagnostic::error("E0201", "plain").at(sp(a, 0, 2), "here"), &s);
    show("crlf end", &Diagnostic::error("E0201", "plain").at(sp(a, 17, 17), "end of crlf line"), &s);
    show("tab", &Diagnostic::error("E0206", "tab").at(sp(a, 26, 29), "here").help("did you mean `half`?").fix(sp(a, 26, 29), "half"), &s);
    let t = &s.get(a).text; let b = t.find('∼').unwrap();
    show("uni", &Diagnostic::error("E0108", "`∼` is not `~`").at(sp(a, b, b + 3), "pasted").fix(sp(a, b, b + 3), "~"), &s);
    show("empty label", &Diagnostic::error("E0108", "m").at(sp(a, b, b + 3), ""), &s);
    show("eof", &Diagnostic::error("E0101", "ends").at(sp(a, len, len), "expected a value"), &s);
    show("nl eof", &Diagnostic::error("E0101", "ends").at(sp(nl, 6, 6), "expected a value"), &s);
    show("at newline", &Diagnostic::error("E0101", "ends").at(sp(nl, 5, 5), "expected a value").fix(sp(nl, 5, 5), "; "), &s);
    show("empty file", &Diagnostic::error("E0501", "the data file is empty").at(sp(e, 0, 0), "expected column names").help("check"), &s);
    show("multi", &Diagnostic::error("E0521", "blank").at(sp(a, 0, 2), "declared").also(sp(d, 10, 10), "blank").also(sp(d, 2, 3), "col"), &s);
    show("multi-line", &Diagnostic::error("E0521", "blank").at(sp(a, 5, 40), "all of it").note("one\ntwo").help("three"), &s);
    show("two on line", &Diagnostic::error("E0521", "blank").at(sp(a, 5, 11), "a").also(sp(a, 12, 13), "").also(sp(a,15,16), "b"), &s);
    show("no place", &Diagnostic::error("E0601", "no unknowns").help("x"), &s);
    show("no place w/ fix of remove", &Diagnostic::error("E0601", "no unknowns").at(sp(a,0,2), "").fix(sp(a,0,2), ""), &s);
    let big = s.add("big.model", format!("x = 1\ny = {}!{}\nz = 1", "a + ".repeat(100), "b".repeat(1000)));
    let at = s.get(big).text.find('!').unwrap();
    show("long line", &Diagnostic::error("E0102", "`!`").at(s.span(big, at, at + 1), "here").also(s.span(big, 0, 1), "first"), &s);
    show("long span", &Diagnostic::error("E0102", "`!`").at(s.span(big, at, at + 900), "here"), &s);
}
