//! Linear regressions: outcome ~ normal(Σ coefficient · column, sigma).

use super::fields::Fields;
use super::{Formula, Value, normal, student};
use crate::reference::Point;

type Column = Vec<f64>;

/// The log prior density at a point.
type Prior = Box<dyn Fn(&Point) -> f64>;

/// A regression with its data; the coefficients are names of quantities, one a column.
struct Regression {
    coefficients: Vec<String>,
    columns: Vec<Column>,
    outcome: Column,
    prior: Prior,
}

pub fn formula(case: &str, data: &Fields) -> Option<Formula> {
    let (family, model) = case.rsplit_once('-')?;
    let regression = match family.split(['_', '-']).next()? {
        "earnings" => earnings(model, data),
        "kidiq" => kidiq(model, data),
        "kilpisjarvi" => kilpisjarvi(data),
        "mesquite" => mesquite(model, data),
        "sblri" => design(data),
        "diamonds" => diamonds(data),
        family if family.starts_with("nes") => election(data),
        _ => return None,
    };
    Some(Box::new(move |point| regression.value(point)))
}

impl Regression {
    /// Coefficients `beta[1]`, `beta[2]`, … with flat priors, and sigma too.
    fn flat(columns: Vec<Column>, outcome: Column) -> Regression {
        let coefficients = (1..=columns.len()).map(|k| format!("beta[{k}]")).collect();
        Regression { coefficients, columns, outcome, prior: Box::new(|_| 0.0) }
    }

    fn value(&self, point: &Point) -> Value {
        let sigma = point["sigma"];
        let mut predictor = vec![0.0; self.outcome.len()];
        for (name, column) in self.coefficients.iter().zip(&self.columns) {
            for (sum, x) in predictor.iter_mut().zip(column) {
                *sum += point[name] * x;
            }
        }
        let likelihood: f64 = self.outcome.iter().zip(&predictor).map(|(&y, &mean)| normal(y, mean, sigma)).sum();
        Value { natural: likelihood + (self.prior)(point), log_jacobian: sigma.ln() }
    }
}

fn ones(like: &Column) -> Column {
    vec![1.0; like.len()]
}

fn product(a: &Column, b: &Column) -> Column {
    a.iter().zip(b).map(|(a, b)| a * b).collect()
}

fn map(column: &Column, f: impl Fn(f64) -> f64) -> Column {
    column.iter().map(|&x| f(x)).collect()
}

fn equals(column: &Column, value: f64) -> Column {
    map(column, |x| f64::from(x == value))
}

fn mean(column: &Column) -> f64 {
    column.iter().sum::<f64>() / column.len() as f64
}

/// Centred and divided by two standard deviations.
fn standardized(column: &Column) -> Column {
    let centre = mean(column);
    let squares: f64 = column.iter().map(|x| (x - centre).powi(2)).sum();
    let sd = (squares / (column.len() as f64 - 1.0)).sqrt();
    map(column, |x| (x - centre) / (2.0 * sd))
}

fn earnings(model: &str, data: &Fields) -> Regression {
    let (earn, height, male) = (data.vector("earn"), data.vector("height"), data.vector("male"));
    let both = product(&height, &male);
    let outcome = match model {
        "earn_height" => earn,
        "log10earn_height" => map(&earn, f64::log10),
        _ => map(&earn, f64::ln),
    };
    let mut columns = vec![ones(&height), height, male, both];
    columns.truncate(match model {
        "logearn_interaction" => 4,
        "logearn_height_male" => 3,
        _ => 2,
    });
    Regression::flat(columns, outcome)
}

fn kidiq(model: &str, data: &Fields) -> Regression {
    let (school, iq, work) = (data.vector("mom_hs"), data.vector("mom_iq"), data.vector("mom_work"));
    let outcome = data.vector("kid_score");
    let half_cauchy = || -> Prior { Box::new(|point| student(point["sigma"], 1.0, 0.0, 2.5)) };
    match model {
        "kidscore_momhs" => {
            Regression { prior: half_cauchy(), ..Regression::flat(vec![ones(&school), school], outcome) }
        }
        "kidscore_interaction" => {
            let both = product(&school, &iq);
            Regression { prior: half_cauchy(), ..Regression::flat(vec![ones(&school), school, iq, both], outcome) }
        }
        "kidscore_interaction_z" => {
            let (school, iq) = (standardized(&school), standardized(&iq));
            let both = product(&school, &iq);
            Regression::flat(vec![ones(&school), school, iq, both], outcome)
        }
        _ => {
            let levels = [2.0, 3.0, 4.0].map(|level| equals(&work, level));
            Regression::flat([vec![ones(&work)], levels.to_vec()].concat(), outcome)
        }
    }
}

fn kilpisjarvi(data: &Fields) -> Regression {
    let x = data.vector("x");
    let [alpha_mean, alpha_sd, beta_mean, beta_sd] =
        ["pmualpha", "psalpha", "pmubeta", "psbeta"].map(|name| data.number(name));
    let prior: Prior =
        Box::new(move |point| normal(point["alpha"], alpha_mean, alpha_sd) + normal(point["beta"], beta_mean, beta_sd));
    let coefficients = vec!["alpha".to_string(), "beta".to_string()];
    Regression { coefficients, prior, ..Regression::flat(vec![ones(&x), x], data.vector("y")) }
}

fn mesquite(model: &str, data: &Fields) -> Regression {
    let [diam1, diam2, canopy, total, density, group] =
        ["diam1", "diam2", "canopy_height", "total_height", "density", "group"].map(|name| data.vector(name));
    let one = ones(&diam1);
    let weight = data.vector("weight");
    if model == "mesquite" {
        return Regression::flat(vec![one, diam1, diam2, canopy, total, density, group], weight);
    }
    let area = product(&diam1, &diam2);
    let volume = map(&product(&area, &canopy), f64::ln);
    let shape = map(&product(&diam1, &map(&diam2, f64::recip)), f64::ln);
    let columns = match model {
        "logmesquite_logvolume" => vec![one, volume],
        _ => {
            let logs = [area, total, density].map(|column| map(&column, f64::ln));
            let [area, total, density] = logs;
            vec![one, volume, area, shape, total, density, group]
        }
    };
    Regression::flat(columns, map(&weight, f64::ln))
}

fn election(data: &Fields) -> Regression {
    let age = data.vector("age_discrete");
    let mut columns = vec![ones(&age), data.vector("real_ideo"), data.vector("race_adj")];
    columns.extend([2.0, 3.0, 4.0].map(|class| equals(&age, class)));
    columns.extend(["educ1", "gender", "income"].map(|name| data.vector(name)));
    Regression::flat(columns, data.vector("partyid7"))
}

fn design(data: &Fields) -> Regression {
    let regression = Regression::flat(data.columns("X"), data.vector("y"));
    let names = regression.coefficients.clone();
    let prior: Prior = Box::new(move |point| {
        names.iter().map(|name| normal(point[name], 0.0, 10.0)).sum::<f64>() + normal(point["sigma"], 0.0, 10.0)
    });
    Regression { prior, ..regression }
}

fn diamonds(data: &Fields) -> Regression {
    let columns = data.columns("X");
    let centred = columns[1..].iter().map(|column| {
        let centre = mean(column);
        map(column, |x| x - centre)
    });
    let names: Vec<String> = (1..columns.len()).map(|k| format!("b[{k}]")).collect();
    let coefficients = [vec!["Intercept".to_string()], names.clone()].concat();
    let columns: Vec<Column> = std::iter::once(ones(&columns[0])).chain(centred).collect();
    let prior: Prior = Box::new(move |point| {
        names.iter().map(|name| normal(point[name], 0.0, 1.0)).sum::<f64>()
            + student(point["Intercept"], 3.0, 8.0, 10.0)
            + student(point["sigma"], 3.0, 0.0, 10.0)
    });
    Regression { coefficients, prior, ..Regression::flat(columns, data.vector("Y")) }
}
