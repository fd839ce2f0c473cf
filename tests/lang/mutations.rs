//! Broken programs: tokens deleted, doubled and swapped. Whatever comes out, nothing may panic.

use std::collections::BTreeMap;
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};

use libtest_mimic::{Failed, Trial};
use rand_xoshiro::Xoshiro256PlusPlus;
use rand_xoshiro::rand_core::{Rng, SeedableRng};

use crate::case::{Case, Data};
use crate::compile::{compile, on_a_thread};

/// Mutations of each program.
const EACH: u64 = 12;

/// Trials over the cases of all pages, with their data, and over the programs that other suites share.
pub fn trials(cases: &[Case]) -> Vec<Trial> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("the workspace").to_path_buf();
    let mut seeds: BTreeMap<String, Vec<Case>> = BTreeMap::new();
    for case in cases {
        let page = case.name.split('/').next().expect("a page").to_string();
        seeds.entry(page).or_default().push(case.clone());
    }
    for path in models(&root.join("crates/ppl-syntax/tests/programs")).into_iter().chain(models(&root.join("examples")))
    {
        let text = fs::read_to_string(&path).expect("a model is text");
        seeds.entry("programs".to_string()).or_default().push(case(&text, data_beside(&path)));
    }
    let trial = |(page, cases): (String, Vec<Case>)| Trial::test(format!("mutations/{page}"), move || survive(&cases));
    seeds.into_iter().map(trial).collect()
}

/// The models in a folder and in the folders below it.
fn models(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
        let path = entry.path();
        if path.is_dir() {
            found.extend(models(&path));
        } else if path.extension().is_some_and(|e| e == "model") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn survive(cases: &[Case]) -> Result<(), Failed> {
    let rounds = std::env::var("PPL_MUTATIONS").ok().and_then(|n| n.parse().ok()).unwrap_or(EACH);
    on_a_thread(|| {
        for case in cases {
            for seed in 0..rounds {
                let mutant = mutant(case, seed);
                if catch_unwind(AssertUnwindSafe(|| compile(&mutant, true))).is_err() {
                    return Err(format!("{} with seed {seed} panics:\n{}\n{:?}", case.name, mutant.model, mutant.data));
                }
            }
        }
        Ok(())
    })
    .map_err(Failed::from)
}

/// A case with its model broken, and every third time its data too.
fn mutant(case: &Case, seed: u64) -> Case {
    let mut mutant = case.clone();
    if seed % 3 != 1 {
        mutant.model = mutated(&case.model, seed);
    }
    if !seed.is_multiple_of(3) {
        for data in &mut mutant.data {
            match data {
                Data::Csv { text, .. } | Data::Json { text, .. } => *text = mutated(text, seed),
                Data::Set { value, .. } => *value = mutated(value, seed),
            }
        }
    }
    mutant
}

fn case(model: &str, data: Vec<Data>) -> Case {
    let text = model.to_string();
    Case {
        name: String::new(),
        section: String::new(),
        place: String::new(),
        model: text,
        data,
        expectations: String::new(),
    }
}

/// The tables in the model's folder, else a table that fits any model a little.
fn data_beside(path: &Path) -> Vec<Data> {
    let mut data = Vec::new();
    for entry in fs::read_dir(path.parent().expect("a folder")).into_iter().flatten().flatten() {
        let file = entry.path();
        if file.extension().is_some_and(|e| e == "csv") {
            let text = fs::read_to_string(&file).expect("a table is text");
            data.push(Data::Csv { dim: None, name: "data.csv".to_string(), text });
        }
    }
    if data.is_empty() {
        data.push(Data::Json { name: "data.json".to_string(), text: SMALL.to_string() });
    }
    data
}

/// Values for the variables of the programs that the tests share.
const SMALL: &str = r#"{"x": [1, 2, 3], "y": [0, 1, 2], "sigma": [1, 2, 3], "clinic": ["a", "b", "a"], "age": [50, 60, 70],
    "hours": [1, 2, 3], "events": [1, 0, 2], "trials": 10, "hits": 1, "shown": [10, 20, 30], "clicked": [1, 2, 3],
    "calls": [1, 2, 3], "ret": [0.1, 0.2, -0.1], "county": ["a", "b", "a"], "treated": [0, 1, 0], "t": [1, 2, 3],
    "reviews": [3, 3, 3], "tally": [[1, 1, 1], [0, 3, 0], [2, 1, 0]], "pupil": ["p", "q", "p"],
    "question": ["u", "u", "v"], "correct": [1, 0, 1], "intent": [1, 0, 1], "bmi": [20, 25, 30]}"#;

/// The text with one to three of its tokens deleted, doubled, swapped, or replaced by one of its others.
fn mutated(text: &str, seed: u64) -> String {
    let mut tokens = tokens(text);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(seed);
    for _ in 0..=(rng.next_u64() % 4) / 3 {
        let words: Vec<usize> = (0..tokens.len()).filter(|&i| !tokens[i].trim().is_empty()).collect();
        if words.is_empty() {
            break;
        }
        let mut pick = || words[(rng.next_u64() % words.len() as u64) as usize];
        let (a, b, kind) = (pick(), pick(), pick() % 8);
        match kind {
            0 => drop(tokens.remove(a)),
            1 => tokens.insert(a, tokens[a].clone()),
            2 => tokens.swap(a, b),
            _ => replace_by_its_like(&mut tokens, a, b),
        }
    }
    tokens.concat()
}

/// Puts the next token behind `b` that begins like the one at `a` in its place: a word for a word, a sign for a sign.
fn replace_by_its_like(tokens: &mut [String], a: usize, b: usize) {
    let kind = |token: &String| token.chars().next().map(|c| (c.is_alphabetic(), c.is_numeric(), c.is_whitespace()));
    let like =
        (b..b + tokens.len()).map(|i| i % tokens.len()).find(|&i| i != a && kind(&tokens[i]) == kind(&tokens[a]));
    if let Some(like) = like {
        tokens[a] = tokens[like].clone();
    }
}

/// Words, numbers, blanks and single signs.
fn tokens(text: &str) -> Vec<String> {
    let class = |c: char| match c {
        c if c.is_alphanumeric() || c == '_' => 0,
        c if c.is_whitespace() => 1,
        _ => 2,
    };
    let mut tokens: Vec<String> = Vec::new();
    for c in text.chars() {
        match tokens.last_mut() {
            Some(last) if class(c) < 2 && last.chars().last().map(class) == Some(class(c)) => last.push(c),
            _ => tokens.push(c.to_string()),
        }
    }
    tokens
}
