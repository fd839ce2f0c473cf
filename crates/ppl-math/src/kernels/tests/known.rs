//! Distances from values at forty digits, and the table of them in the documentation.

use std::fmt::Write;
use std::path::Path;

use super::*;

/// What distances are counted in.
#[derive(Clone, Copy)]
enum Unit {
    /// Units of the last place of the value.
    Ulp,
    /// eps·(1 + |value|), for functions with a root that the kernel does not resolve.
    Eps,
}
use Unit::{Eps, Ulp};

/// Stated bounds, which the documentation of [`Kernels`] repeats.
const STATED: [(&str, f64, Unit); 16] = [
    ("exp", 1.5, Ulp),
    ("expm1", 2.5, Ulp),
    ("log", 1.0, Ulp),
    ("log1p", 1.0, Ulp),
    ("log1m_exp", 2.5, Ulp),
    ("softplus", 2.0, Ulp),
    ("sigmoid", 2.5, Ulp),
    ("tanh", 2.5, Ulp),
    ("sin", 1.5, Ulp),
    ("cos", 1.5, Ulp),
    ("log_gamma", 2.0, Eps),
    ("digamma", 8.0, Eps),
    ("erf", 4.0, Ulp),
    ("erfc", 4.0, Ulp),
    ("normal_cdf", 5.0, Ulp),
    ("log_normal_cdf", 5.0, Ulp),
];

/// One line of `references/references.csv`.
struct Reference {
    function: &'static str,
    argument: f64,
    value: f64,
    /// What the value lacks.
    rest: f64,
}

fn references() -> impl Iterator<Item = Reference> {
    include_str!("references/references.csv").lines().skip(1).map(|line| {
        let mut fields = line.split(',');
        let function = fields.next().expect("a name");
        let mut number = || fields.next().and_then(|text| text.parse().ok()).expect("a number");
        Reference { function, argument: number(), value: number(), rest: number() }
    })
}

fn distance(found: f64, to: &Reference, unit: Unit) -> f64 {
    let one = match unit {
        Ulp => {
            let size = to.value.abs().max(f64::MIN_POSITIVE);
            f64::from_bits(size.to_bits() + 1) - size
        }
        Eps => f64::EPSILON * (1.0 + to.value.abs()),
    };
    ((found - to.value) - to.rest).abs() / one
}

/// The largest distance of a map from its references.
fn worst(name: &str, unit: Unit, table: &Kernels) -> f64 {
    let cases = maps_of_one();
    let case = cases.iter().find(|case| case.name == name).expect("a map of that name");
    let of_one = |reference: Reference| {
        let mut y = [reference.argument];
        (case.kernel)(table).apply_in_place(&mut y);
        distance(y[0], &reference, unit)
    };
    let distances = references().filter(|r| r.function == name).map(of_one);
    distances.fold(f64::NEG_INFINITY, |most, d| if d.is_nan() { f64::INFINITY } else { most.max(d) })
}

#[test]
fn maps_keep_their_stated_accuracy() {
    for (name, stated, unit) in STATED {
        for table in tables() {
            let found = worst(name, unit, table);
            assert!((0.0..=stated).contains(&found), "{name} on {:?}: {found} from the value", table.isa);
        }
    }
}

/// The cells of a line of the documented table, without its name.
fn cells(line: &str) -> Vec<String> {
    line.split('|').map(|cell| cell.trim().to_string()).filter(|cell| !cell.is_empty()).collect()
}

/// The table as it should be; cells of instruction sets that this machine lacks are taken from the one before.
fn table_of_accuracy(before: &str) -> String {
    let mut text = String::from("| function | unit | stated |");
    Isa::ALL.iter().for_each(|isa| write!(text, " {} |", isa.name()).expect("a string grows"));
    text += "\n| --- | --- | --- |";
    text += &" --- |".repeat(Isa::ALL.len());
    for (name, stated, unit) in STATED {
        let unit_name = match unit {
            Ulp => "ulp",
            Eps => "eps·(1 + abs f)",
        };
        write!(text, "\n| `{name}` | {unit_name} | {stated} |").expect("a string grows");
        let known = before.lines().find(|line| line.starts_with(&format!("| `{name}` |"))).map(cells);
        for (k, &isa) in Isa::ALL.iter().enumerate() {
            let kept = || known.as_ref().and_then(|cells| cells.iter().rev().nth(Isa::ALL.len() - 1 - k)).cloned();
            let cell = match isa.is_available() {
                true => format!("{:.2}", worst(name, unit, Kernels::for_isa(isa))),
                false => kept().unwrap_or_default(),
            };
            write!(text, " {cell} |").expect("a string grows");
        }
    }
    text + "\n"
}

#[test]
fn the_documented_table_is_what_was_measured() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/kernels/accuracy.md");
    let before = std::fs::read_to_string(&path).unwrap_or_default();
    let measured = table_of_accuracy(&before);
    if std::env::var_os("PPL_BLESS").is_some() {
        std::fs::write(&path, &measured).expect("the table can be written");
    } else {
        assert_eq!(before, measured, "run the test with PPL_BLESS=1 to write the table anew");
    }
}
