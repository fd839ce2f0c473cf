//! What must not grow with the data or with the depth of a program.

use libtest_mimic::{Failed, Trial};
use ppl_compiler::Stage;

use crate::case::{Case, Data};
use crate::compile::{Compiled, compile, on_a_thread};

pub fn trials() -> Vec<Trial> {
    vec![
        Trial::test("scale/rows_add_no_nodes", rows_add_no_nodes),
        Trial::test("scale/the_deepest_legal_expressions_lower", deep_expressions_lower),
        Trial::test("scale/a_long_sum_has_no_depth", long_sums_lower),
        Trial::test("scale/the_deepest_legal_blocks_lower", deep_blocks_lower),
        Trial::test("scale/deep_calls_are_refused", deep_calls_are_refused),
        Trial::test("scale/thousands_of_mistakes_are_told", thousands_of_mistakes_are_told),
        Trial::test("scale/doubling_functions_are_refused", doubling_functions_are_refused),
    ]
}

fn compiled(model: &str, data: Vec<Data>) -> Compiled {
    let text = model.to_string();
    let case = Case {
        name: String::new(),
        section: String::new(),
        place: String::new(),
        model: text,
        data,
        expectations: String::new(),
    };
    on_a_thread(|| compile(&case, true))
}

fn table(rows: usize) -> Vec<Data> {
    let mut text = String::from("clinic,age,hours,events\n");
    for i in 0..rows {
        text.push_str(&format!("{},{},{},{}\n", ["a", "b", "c"][i % 3], 40 + i % 30, 1 + i % 4, i % 5));
    }
    vec![Data::Csv { dim: None, name: "visits.csv".to_string(), text }]
}

const CLINICS: &str = "
dim visit
data clinic[visit]: category, age[visit], hours[visit]: real(min = 0)
mu ~ normal(0, 2)
tau ~ half_normal(1)
slope ~ normal(0, 1)
for c in clinic { base[c] ~ normal(mu, tau) }
for v in visit {
  decades = (age[v] - 50) / 10
  if age[v] > 60 { data events[v] ~ poisson_log(base[clinic[v]] + slope * decades + log(hours[v])) }
  else { data events[v] ~ poisson_log(base[clinic[v]] + log(hours[v])) }
}
report rate[clinic] = exp(base)
";

fn rows_add_no_nodes() -> Result<(), Failed> {
    let lines = |rows| -> Result<Vec<usize>, Failed> {
        let program = compiled(CLINICS, table(rows)).program.ok_or("it lowers")?;
        Ok([Stage::Graph, Stage::Optimized].map(|stage| program.graph_text(stage).lines().count()).to_vec())
    };
    let (few, many) = (lines(36)?, lines(12_000)?);
    if few == many { Ok(()) } else { Err(format!("{few:?} lines for 36 rows, {many:?} for 12,000").into()) }
}

/// Each opening within each other's reach, as deep as the parser allows.
fn deep_expressions_lower() -> Result<(), Failed> {
    for (open, close) in [
        ("(", ")"),
        ("exp(-", ")"),
        ("-", ""),
        ("sum(", ")"),
        ("if a > 0 then a else ", ""),
        ("2 ^ ", ""),
        ("x[obs] + (", ")"),
    ] {
        let depth = if open.contains("(-") || open == "-" { 90 } else { 190 };
        let model = format!(
            "dim obs\ndata x[obs]\na ~ normal(0, 1)\nb = {}a{}\nfactor f = sum(b)\n",
            open.repeat(depth),
            close.repeat(depth)
        );
        let done = compiled(&model, vec![Data::Json { name: "x.json".into(), text: "{\"x\": [1, 2]}".into() }]);
        if done.program.is_none() {
            return Err(format!("{open}: {:?}", done.diagnostics.first()).into());
        }
    }
    Ok(())
}

/// Conditions and loops within each other.
fn deep_blocks_lower() -> Result<(), Failed> {
    let conditions = format!(
        "dim k = 1..3\na ~ normal(0, 1)\nfor i in k {{ {} m[i] = a {} }}\nfactor f = a\n",
        "if i > 0 { ".repeat(95),
        "}".repeat(95)
    );
    let turns: Vec<String> = (0..60).map(|i| format!("t{i}")).collect();
    let heads: String = turns.iter().map(|t| format!("for {t} in k {{ ")).collect();
    let loops = format!(
        "dim k = 1..1\na ~ normal(0, 1)\n{heads} m[{}] = a {}\nfactor f = a\n",
        turns.join(", "),
        "}".repeat(60)
    );
    for model in [conditions, loops] {
        let done = compiled(&model, Vec::new());
        if done.program.is_none() {
            return Err(format!("{:?}", done.diagnostics.first()).into());
        }
    }
    Ok(())
}

/// A chain of functions, each of which calls the one above.
fn deep_calls_are_refused() -> Result<(), Failed> {
    let chain = |length: usize| {
        let mut model = String::from("fn f0(x) = x + 1\n");
        for i in 1..length {
            model.push_str(&format!("fn f{i}(x) = exp(-f{}(x / 2)) * 0.5 + x\n", i - 1));
        }
        model.push_str(&format!("a ~ normal(0, 1)\nfactor f = f{}(a)\n", length - 1));
        model
    };
    let (short, long) = (compiled(&chain(40), Vec::new()), compiled(&chain(20_000), Vec::new()));
    let codes: Vec<&str> = long.diagnostics.iter().map(|d| d.code).collect();
    match short.program {
        Some(_) if codes == ["E0103"] => Ok(()),
        _ => Err(format!("{:?} {codes:?}", short.diagnostics.first()).into()),
    }
}

fn thousands_of_mistakes_are_told() -> Result<(), Failed> {
    let model: String = (0..5_000).map(|i| format!("a{i} = unknown{i} + 1\n")).collect();
    let told = compiled(&model, Vec::new()).diagnostics.len();
    if told == 5_000 { Ok(()) } else { Err(format!("{told} of 5,000 mistakes").into()) }
}

fn long_sums_lower() -> Result<(), Failed> {
    let model = format!("a ~ normal(0, 1)\nb = a{}\nfactor f = b\n", " + 0.5 * a".repeat(50_000));
    match compiled(&model, Vec::new()).program {
        Some(_) => Ok(()),
        None => Err("a sum of 50,000 terms is refused".into()),
    }
}

fn doubling_functions_are_refused() -> Result<(), Failed> {
    let mut model = String::from("fn f0(x) = x + 1\n");
    for i in 1..40 {
        model.push_str(&format!("fn f{i}(x) = f{}(x) + f{}(x * 2)\n", i - 1, i - 1));
    }
    model.push_str("a ~ normal(0, 1)\nfactor f = f39(a)\n");
    let codes: Vec<&str> = compiled(&model, Vec::new()).diagnostics.iter().map(|d| d.code).collect();
    if codes == ["E0103"] { Ok(()) } else { Err(format!("{codes:?}").into()) }
}
