//! The published posteriors on disk: data, reference quantities, reference draws.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};

use flate2::read::GzDecoder;
use libtest_mimic::{Failed, Trial};
use serde_json::{Map, Value};

use crate::cases::Case;

/// The folder with one folder a posterior.
#[derive(Clone, Debug)]
pub struct Database(PathBuf);

/// A quantity of a reference posterior, with its Monte Carlo errors.
#[derive(Clone, Debug)]
pub struct Quantity {
    pub name: String,
    pub mean: f64,
    pub sd: f64,
    pub mcse_mean: f64,
    pub mcse_sd: f64,
    /// The 5 %, 50 % and 95 % quantiles, each with its effective sample size.
    pub quantiles: [(f64, f64); 3],
}

impl Database {
    /// The folder that `PPL_POSTERIORDB` names, else `../shared/posteriordb` beside the workspace, if it exists.
    pub fn find() -> Option<Database> {
        let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../shared/posteriordb");
        let folder = std::env::var_os("PPL_POSTERIORDB").map_or(beside, PathBuf::from);
        folder.is_dir().then_some(Database(folder))
    }

    fn path(&self, case: &str, file: &str) -> PathBuf {
        self.0.join(case).join(file)
    }

    /// The data of a case, as the JSON text a model is run on.
    pub fn data(&self, case: &str) -> Result<String, Failed> {
        Ok(std::fs::read_to_string(self.path(case, "data.json"))?)
    }

    /// The quantities of a case that draws must reproduce.
    pub fn quantities(&self, case: &str) -> Result<Vec<Quantity>, Failed> {
        let text = std::fs::read_to_string(self.path(case, "reference.json"))?;
        let file: Value = serde_json::from_str(&text)?;
        let quantities = file["quantities"].as_object().ok_or("reference.json has no quantities")?;
        Ok(quantities.iter().map(|(name, fields)| Quantity::new(name, fields)).collect())
    }

    /// Joint draws of a case.
    pub fn draws(&self, case: &str) -> Result<ReferenceDraws, Failed> {
        let file = File::open(self.path(case, "draws.json.gz"))?;
        Ok(ReferenceDraws(serde_json::from_reader(GzDecoder::new(file))?))
    }
}

impl Quantity {
    /// A field that is missing becomes NaN, with which no comparison can pass.
    fn new(name: &str, fields: &Value) -> Quantity {
        let field = |key: &str| fields[key].as_f64().unwrap_or(f64::NAN);
        let quantile = |key: &str| (field(key), field(&format!("ess_{key}")));
        Quantity {
            name: name.to_string(),
            mean: field("mean"),
            sd: field("sd"),
            mcse_mean: field("mcse_mean"),
            mcse_sd: field("mcse_sd"),
            quantiles: [quantile("q5"), quantile("q50"), quantile("q95")],
        }
    }
}

/// Joint draws by the names of their quantities.
#[derive(Clone, Debug)]
pub struct ReferenceDraws(BTreeMap<String, Vec<f64>>);

/// One joint draw by the names of its quantities.
pub type Point = BTreeMap<String, f64>;

impl ReferenceDraws {
    pub fn len(&self) -> usize {
        self.0.values().map(Vec::len).min().unwrap_or(0)
    }

    pub fn point(&self, draw: usize) -> Point {
        self.0.iter().map(|(name, values)| (name.clone(), values[draw])).collect()
    }

    pub fn points(&self) -> impl Iterator<Item = Point> {
        (0..self.len()).map(|draw| self.point(draw))
    }

    /// Five points spread over the draws.
    pub fn five_points(&self) -> Vec<Point> {
        (0..5).map(|k| self.point(k * self.len() / 5)).collect()
    }
}

/// A point as a JSON object with one array a vector: `beta[2]` is the second element of `beta`.
pub fn as_json(point: &Point) -> String {
    let mut object = Map::new();
    let mut names: Vec<(&str, usize)> = point.keys().map(|name| split(name)).collect();
    names.sort_unstable();
    for (variable, index) in names {
        match index {
            0 => drop(object.insert(variable.to_string(), point[variable].into())),
            _ => {
                let values = object.entry(variable).or_insert_with(|| Value::Array(Vec::new()));
                let value = point[&format!("{variable}[{index}]")];
                values.as_array_mut().expect("a name is a vector or a scalar").push(value.into());
            }
        }
    }
    Value::Object(object).to_string()
}

/// A name such as `beta[2]` as a variable and a position, which is 0 for a scalar.
fn split(name: &str) -> (&str, usize) {
    let Some((variable, rest)) = name.split_once('[') else { return (name, 0) };
    (variable, rest.trim_end_matches(']').parse().unwrap_or(0))
}

/// A test of one case against the database, ignored where there is none.
pub fn trial(
    what: &str,
    case: &'static Case,
    database: Option<&Database>,
    check: fn(&Case, &Database) -> Result<(), Failed>,
) -> Trial {
    let name = format!("{what}::{}", case.name);
    match database.cloned() {
        Some(database) => Trial::test(name, move || check(case, &database)),
        None => Trial::test(name, || Ok(())).with_kind("needs posteriordb").with_ignored_flag(true),
    }
}
