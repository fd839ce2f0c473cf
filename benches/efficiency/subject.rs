//! What is sampled: a log density, the columns that a reader wants, and the same model for Stan.

use std::path::{Path, PathBuf};

use ppl::{Condense, LogDensity, Machine, Output};
use ppl_benches::Density;
use ppl_benches::workloads::{Source, Workload};
use ppl_engine::Positions;
use rand::SeedableRng;
use rand_xoshiro::Xoshiro256PlusPlus;

/// A posterior to be sampled.
pub struct Subject {
    /// What it is called.
    pub name: String,
    /// Its log density.
    pub density: Density,
    /// The names of its columns; none where these are the coordinates.
    pub names: Vec<String>,
    output: Box<dyn Output>,
    /// Stan's program, over the same coordinates.
    pub stan: PathBuf,
    /// The data, as JSON.
    pub data: String,
}

/// Draws of one column, a slice a chain.
pub type Column = Vec<Vec<f64>>;

impl Subject {
    /// A published posterior, its data in a folder of the database.
    pub fn published(root: &Path, name: &str, database: &Path) -> Subject {
        let text = read(&root.join(format!("tests/posterior/models/{name}.model")));
        let data = read(&database.join(name).join("data.json"));
        let (_, model) = name.split_once('-').expect("the data and the model");
        let stan = root.join(format!("benches/peers/stan-posteriors/{model}.stan"));
        Subject::program(name, &text, stan, data)
    }

    /// A workload of the benchmarks.
    pub fn workload(root: &Path, workload: &Workload) -> Subject {
        let stan = root.join(format!("benches/peers/stan/{}.stan", workload.name));
        match &workload.source {
            Source::Program(text) => Subject::program(workload.name, text, stan, workload.json()),
            Source::Graph(_) => Subject {
                name: workload.name.to_string(),
                density: workload.compile().on(Machine::default(), Condense::default()),
                names: Vec::new(),
                output: Box::new(Positions { dim: workload.position.len() }),
                stan,
                data: workload.json(),
            },
        }
    }

    fn program(name: &str, text: &str, stan: PathBuf, data: String) -> Subject {
        let input = ppl::Data::new().json("data.json", data.as_str());
        let program = ppl::Model::parse(name, text).bind(&input);
        let program = program.unwrap_or_else(|report| panic!("{name}: {report}"));
        Subject {
            name: name.to_string(),
            density: Density::new(program.density()),
            names: program.columns().into_iter().map(|column| column.name).collect(),
            output: Box::new(program.output()),
            stan,
            data,
        }
    }

    /// Number of coordinates.
    pub fn dim(&self) -> usize {
        self.density.dim()
    }

    /// The columns of draws that are given as positions, one after another, a vector a chain.
    pub fn columns(&mut self, chains: &[Vec<f64>]) -> Vec<Column> {
        let (dim, width) = (self.dim(), self.output.width());
        let mut columns = vec![vec![Vec::new(); chains.len()]; width];
        let mut row = vec![0.0; width];
        for (chain, positions) in chains.iter().enumerate() {
            for position in positions.chunks_exact(dim) {
                let mut rng = Xoshiro256PlusPlus::seed_from_u64(1);
                self.output.write(position, &mut rng, &mut row).expect("a draw has its columns");
                columns.iter_mut().zip(&row).for_each(|(column, x)| column[chain].push(*x));
            }
        }
        columns
    }
}

fn read(path: &Path) -> String {
    std::fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
