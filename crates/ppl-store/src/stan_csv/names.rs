//! Names and order of the parameters' columns: `y.2.4`, 1-based, first index fastest, ASCII.

use crate::column::Column;
use std::cmp::Ordering;
use std::collections::{HashMap, HashSet};

/// For each column of the file the column of the run: the elements of an array stand with the first index fastest.
pub(crate) fn stan_order(columns: &[Column]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..columns.len()).collect();
    for array in order.chunk_by_mut(|&a, &b| columns[a].variable == columns[b].variable) {
        array.sort_by(|&a, &b| last_index_first(&columns[a].index, &columns[b].index));
    }
    order
}

fn last_index_first(a: &[usize], b: &[usize]) -> Ordering {
    a.iter().rev().cmp(b.iter().rev())
}

/// The name of each column in Stan CSV, in the order of `columns`: `tau`, `theta.3`, `R.1.2`.
///
/// Names with other than ASCII letters get an alias (`μ` becomes `mu`, `β₁` becomes `beta1`, others are spelt by code point,
/// such as `u00e9`), so long as no other variable has that name.
pub fn stan_names(columns: &[Column]) -> Vec<String> {
    let aliases = aliases(columns);
    let name = |column: &Column| {
        let indices = column.index.iter().map(|position| format!(".{position}"));
        indices.fold(aliases[column.variable.as_str()].clone(), |name, index| name + &index)
    };
    columns.iter().map(name).collect()
}

fn aliases(columns: &[Column]) -> HashMap<&str, String> {
    let mut taken: HashSet<String> =
        columns.iter().filter(|column| column.variable.is_ascii()).map(|column| column.variable.clone()).collect();
    let mut aliases: HashMap<&str, String> = HashMap::new();
    for variable in columns.iter().map(|column| column.variable.as_str()) {
        if !aliases.contains_key(variable) {
            aliases.insert(variable, alias(variable, &mut taken));
        }
    }
    aliases
}

fn alias(variable: &str, taken: &mut HashSet<String>) -> String {
    if variable.is_ascii() {
        return variable.to_owned();
    }
    let mut alias: String = variable.chars().map(spelling).collect();
    if taken.contains(&alias) {
        alias = variable.chars().map(code_point).collect();
    }
    while !taken.insert(alias.clone()) {
        alias.push('x');
    }
    alias
}

fn code_point(c: char) -> String {
    if c.is_ascii() { c.to_string() } else { format!("u{:04x}", u32::from(c)) }
}

fn spelling(c: char) -> String {
    const GREEK: [&str; 25] = [
        "alpha", "beta", "gamma", "delta", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda", "mu", "nu",
        "xi", "omicron", "pi", "rho", "sigma", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
    ];
    let letter = |first: char| GREEK[(u32::from(c) - u32::from(first)) as usize];
    match c {
        'α'..='ω' => letter('α').to_owned(),
        'Α'..='Ρ' | 'Σ'..='Ω' => capitalised(letter('Α')),
        '₀'..='₉' => (u32::from(c) - u32::from('₀')).to_string(),
        'ϵ' => "epsilon".to_owned(),
        'ϑ' => "theta".to_owned(),
        'ϕ' => "phi".to_owned(),
        _ => code_point(c),
    }
}

fn capitalised(word: &str) -> String {
    word[..1].to_uppercase() + &word[1..]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scalars(variables: &[&str]) -> Vec<Column> {
        variables.iter().map(|variable| Column::real(variable, &[])).collect()
    }

    #[test]
    fn greek_letters_are_spelt() {
        let names = stan_names(&scalars(&["μ", "σ_y", "β₁", "Ω", "ς2", "é", "x"]));
        assert_eq!(names, ["mu", "sigma_y", "beta1", "Omega", "sigma2", "u00e9", "x"]);
    }

    #[test]
    fn an_alias_never_takes_a_name_in_use() {
        assert_eq!(stan_names(&scalars(&["μ", "mu"])), ["u03bc", "mu"]);
        assert_eq!(stan_names(&scalars(&["ϕ", "φ", "phi", "u03c6"])), ["u03d5", "u03c6x", "phi", "u03c6"]);
    }

    #[test]
    fn matrices_stand_column_by_column() {
        let mut columns = scalars(&["tau"]);
        columns.extend([[1, 1], [1, 2], [1, 3], [2, 1], [2, 2], [2, 3]].map(|index| Column::real("R", &index)));
        let names = stan_names(&columns);
        let ordered: Vec<&str> = stan_order(&columns).into_iter().map(|i| names[i].as_str()).collect();
        assert_eq!(ordered, ["tau", "R.1.1", "R.2.1", "R.1.2", "R.2.2", "R.1.3", "R.2.3"]);
    }
}
