//! What can be typed: types only.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use ppl::{Move, UpdateKind};

use crate::settings::weighted;

/// Probabilistic models, answered with posterior draws
///
/// A model is a text file with the generative story of the data; `ppl sample` draws from the posterior of its unknowns.
#[derive(Debug, Parser)]
#[command(name = "ppl", version, max_term_width = 100, after_help = AFTER_HELP)]
pub struct Arguments {
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

const AFTER_HELP: &str = "\
Start with `ppl new NAME`, which writes a model, data for it, and says how to run them.

Exit codes: 0 fine; 1 the model, the data or the run is wrong; 2 used wrongly; 3 finished, but convergence checks failed.";

/// What to do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a model: a folder with a commented model and data for it
    New(NewArgs),
    /// Say what is wrong with a model; with data, also what does not fit
    Check(CheckArgs),
    /// Lay models out in the one style, in place
    Fmt(FmtArgs),
    /// Draw from the posterior and store the draws in a run folder
    Sample(Box<SampleArgs>),
    /// Means, quantiles and convergence of a run
    Summary(SummaryArgs),
    /// Say which checks of a run failed, where in the model, and what to do
    Diagnose(DiagnoseArgs),
    /// Write the draws of a run in another format
    Export(ExportArgs),
    /// Log density and gradient at a point, as JSON
    Eval(EvalArgs),
    /// Show what the compiler makes of a model
    Graph(GraphArgs),
    /// Say where the time of a model goes: compiling, evaluating, line by line of its plan
    Profile(ProfileArgs),
    /// Explain the code of an error or warning
    Explain(ExplainArgs),
    /// Completions for a shell, to be sourced by it
    Completions(CompletionsArgs),
    /// Anything else: the binary says which names will come
    #[command(external_subcommand)]
    Other(Vec<OsString>),
}

/// What a model is run on.
#[derive(Args, Debug)]
pub struct DataArgs {
    /// Data: FILE.csv, FILE.json, or DIM=FILE.csv for the table of one dim
    #[arg(value_name = "DATA")]
    pub data: Vec<OsString>,
    /// Give a single value that the model declares with `data`
    #[arg(long, value_name = "NAME=VALUE")]
    pub set: Vec<String>,
}

/// `ppl new`
#[derive(Args, Debug)]
pub struct NewArgs {
    /// Name of the folder
    pub name: PathBuf,
}

/// `ppl check`
#[derive(Args, Debug)]
pub struct CheckArgs {
    /// The model
    pub model: PathBuf,
    #[command(flatten)]
    pub data: DataArgs,
    /// Write the findings to stdout as JSON
    #[arg(long)]
    pub json: bool,
}

/// `ppl fmt`
#[derive(Args, Debug)]
pub struct FmtArgs {
    /// The models; `-` reads stdin and writes stdout
    #[arg(required = true, value_name = "MODEL")]
    pub models: Vec<PathBuf>,
    /// Change nothing, but fail if something would change
    #[arg(long)]
    pub check: bool,
}

/// `ppl sample`
#[derive(Args, Debug)]
pub struct SampleArgs {
    /// The model
    #[arg(required_unless_present = "resume")]
    pub model: Option<PathBuf>,
    #[command(flatten)]
    pub data: DataArgs,
    /// The run folder, which must not exist yet
    #[arg(short, long, value_name = "RUN", default_value = "run")]
    pub output: PathBuf,
    /// How to draw
    #[arg(long, value_enum, default_value_t = SamplerArg::Nuts)]
    pub sampler: SamplerArg,
    /// Independent chains, or independent ensembles
    #[arg(long, allow_negative_numbers = true, value_name = "N", default_value_t = 4)]
    pub chains: usize,
    /// Iterations in which the sampler adapts, before the first draw; NUTS chains may end it earlier, together
    #[arg(long, allow_negative_numbers = true, value_name = "N", default_value_t = 500)]
    pub warmup: usize,
    /// Draws a chain [default: 1000; with --until, at most 100000]
    #[arg(long, allow_negative_numbers = true, value_name = "N")]
    pub draws: Option<usize>,
    /// Keep every Nth draw only
    #[arg(long, allow_negative_numbers = true, value_name = "N", default_value_t = 1)]
    pub thin: usize,
    /// Seed of the random numbers; the same seed gives the same draws
    #[arg(long, allow_negative_numbers = true, value_name = "N", default_value_t = 1)]
    pub seed: u64,
    /// Threads at most; the draws do not depend on it [default: all of the machine's]
    #[arg(long, allow_negative_numbers = true, value_name = "N")]
    pub threads: Option<usize>,
    /// Id of the first chain, for chains that run apart, such as the tasks of a job array
    #[arg(long, allow_negative_numbers = true, value_name = "N", default_value_t = 1)]
    pub chain_id: u64,
    /// What NUTS learns of the posterior's scales [default: auto]
    #[arg(long, value_enum)]
    pub metric: Option<MetricArg>,
    /// The steps of NUTS [default: leapfrog]
    #[arg(long, value_enum)]
    pub integrator: Option<IntegratorArg>,
    /// Whether NUTS chains learn from each other in warm-up [default: on]; off, a chain does not depend on the others
    #[arg(long, value_enum)]
    pub pool: Option<SwitchArg>,
    /// Acceptance that NUTS or Metropolis aims at; for NUTS, nearer to 1 means smaller steps [default: chosen
    /// in warm-up, from 0.65 to 0.85]
    #[arg(long, allow_negative_numbers = true, value_name = "P")]
    pub target_accept: Option<f64>,
    /// Doublings of a NUTS trajectory at most [default: 10]
    #[arg(long, allow_negative_numbers = true, value_name = "N")]
    pub max_depth: Option<u32>,
    /// Temper each chain with so many temperatures, such as 10, for modes far apart and the log evidence
    #[arg(long, allow_negative_numbers = true, value_name = "N")]
    pub temperatures: Option<usize>,
    /// Walkers an ensemble [default: 4 for each unknown, at least 32]
    #[arg(long, allow_negative_numbers = true, value_name = "N")]
    pub walkers: Option<usize>,
    /// Moves of an ensemble with their weights, such as stretch=0.5,slice=0.5; those there are: stretch, walk,
    /// differential (de), snooker, side, kde, slice, gaussian:SCALE [default: differential=0.8,snooker=0.2]
    #[arg(long, value_name = "MOVE=WEIGHT", value_delimiter = ',', value_parser = weighted::<Move>)]
    pub moves: Vec<(Move, f64)>,
    /// Updates of Metropolis with their weights: joint, componentwise [default: joint]
    #[arg(long, value_name = "UPDATE=WEIGHT", value_delimiter = ',', value_parser = weighted::<UpdateKind>)]
    pub updates: Vec<(UpdateKind, f64)>,
    /// Whether an iteration of Metropolis makes one update, drawn by weight, or all in turn [default: random]
    #[arg(long, value_enum)]
    pub scan: Option<ScanArg>,
    /// Scale of a second try after Metropolis has rejected a joint update [if given without a value: 0.2]
    #[arg(long, value_name = "SCALE", num_args = 0..=1, require_equals = true, default_missing_value = "0.2")]
    pub delayed_rejection: Option<f64>,
    /// End when every quantity has enough effective draws (ess=400), no R-hat is larger (rhat=1.01), or time is up
    /// (time=90s, 10m, 2h): any of these, joined by commas; a run that is resumed ends by what it was begun with, time
    /// anew
    #[arg(long, value_name = "WHAT", value_delimiter = ',')]
    pub until: Vec<String>,
    /// Go on with the run in this folder, which was cut off, as if it had never stopped
    #[arg(long, value_name = "RUN", conflicts_with_all = FIXED)]
    pub resume: Option<PathBuf>,
    /// With --resume: add so many draws a chain to what the run set out to make
    #[arg(long, allow_negative_numbers = true, value_name = "N")]
    pub extend: Option<usize>,
    /// Iterations of a chain after which its state is kept for --resume [default: as many as take a second]
    #[arg(long, allow_negative_numbers = true, value_name = "N")]
    pub checkpoint: Option<usize>,
    /// Starting values: a JSON file with values by name; what it leaves out is drawn
    #[arg(long, value_name = "FILE")]
    pub init: Option<PathBuf>,
    /// Store the draws of warm-up too
    #[arg(long)]
    pub save_warmup: bool,
    #[command(flatten)]
    pub machine: MachineArgs,
    #[command(flatten)]
    pub condense: CondenseArgs,
    /// No progress and no verdict
    #[arg(short, long)]
    pub quiet: bool,
}

/// What a run was begun with, and so cannot be changed when it goes on.
#[rustfmt::skip]
const FIXED: [&str; 26] = [
    "model", "data", "set", "output", "sampler", "chains", "warmup", "draws", "thin", "seed", "chain_id", "metric", "pool", "integrator",
    "target_accept", "max_depth", "temperatures", "walkers", "moves", "updates", "scan", "delayed_rejection", "init", "save_warmup", "interpret", "condense",
];

/// What evaluates the log density.
#[derive(Args, Clone, Copy, Debug)]
pub struct MachineArgs {
    /// Evaluate node by node, by the slow reference that says what is right
    #[arg(long)]
    pub interpret: bool,
}

/// Which reductions of data are made before the log density is evaluated.
#[derive(Args, Clone, Debug)]
pub struct CondenseArgs {
    /// Sums over rows of data to reduce first; values stay the same up to rounding
    #[arg(long, value_enum, value_delimiter = ',', value_name = "WHAT", default_value = "all")]
    pub condense: Vec<CondenseArg>,
}

/// The reductions of data.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CondenseArg {
    /// Whatever pays
    All,
    /// Nothing: pass over all rows each time
    None,
    /// Squares of a linear model with few unknowns, to a triangle of their number
    NormalLinear,
    /// Rows that agree in their data, to one row with its count
    EqualRows,
}

/// The samplers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SamplerArg {
    /// No-U-turn sampler; follows the gradient
    Nuts,
    /// Affine-invariant ensemble of walkers, without gradients, for up to some twenty unknowns
    Ensemble,
    /// Adaptive random walk, without gradients
    Metropolis,
}

/// The orders of updates.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ScanArg {
    /// One update an iteration, drawn by weight
    Random,
    /// All updates, in the order given
    Systematic,
}

/// The shapes of a metric.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum MetricArg {
    /// What fits best, found out in warm-up
    Auto,
    /// A scale for each unknown
    Diag,
    /// Scales, and a few directions of strong correlation
    LowRank,
    /// Scales and correlations
    Dense,
}

/// What leads from one state of a NUTS trajectory to the next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum IntegratorArg {
    /// Steps of one size, unless warm-up finds that the scales vary within the posterior
    Auto,
    /// Steps of one size
    Leapfrog,
    /// As fine as the place asks for, where scales vary within the posterior
    Walnuts,
}

/// On or off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SwitchArg {
    /// Yes
    On,
    /// No
    Off,
}

/// `ppl summary`
#[derive(Args, Debug)]
pub struct SummaryArgs {
    /// The run folder
    pub run: PathBuf,
    /// How to write it
    #[arg(long, value_enum, default_value_t = SummaryFormat::Text)]
    pub format: SummaryFormat,
}

/// Formats of a summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum SummaryFormat {
    /// Aligned columns, digits as far as they are known
    Text,
    /// All digits
    Json,
    /// A table for documents
    Markdown,
}

/// `ppl diagnose`
#[derive(Args, Debug)]
pub struct DiagnoseArgs {
    /// The run folder
    pub run: PathBuf,
    /// How to write it
    #[arg(long, value_enum, default_value_t = DiagnoseFormat::Text)]
    pub format: DiagnoseFormat,
}

/// Formats of a diagnosis.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum DiagnoseFormat {
    /// A paragraph for each check that failed
    Text,
    /// All checks
    Json,
}

/// `ppl export`
#[derive(Args, Debug)]
pub struct ExportArgs {
    /// The run folder
    pub run: PathBuf,
    /// The format
    #[arg(long, value_enum)]
    pub to: ExportFormat,
    /// Where to write it [default: stdout]
    #[arg(short, long, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Formats of draws.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// A row a draw, a column a quantity
    Csv,
    /// Not supported yet
    #[value(hide = true)]
    Zarr,
    /// Not supported yet
    #[value(hide = true)]
    Parquet,
    /// Not supported yet
    #[value(hide = true)]
    Json,
}

/// `ppl eval`
#[derive(Args, Debug)]
pub struct EvalArgs {
    /// The model
    pub model: PathBuf,
    #[command(flatten)]
    pub data: DataArgs,
    /// The point: a JSON file with values by name; with --unconstrained, an array of numbers
    #[arg(long, value_name = "FILE")]
    pub at: PathBuf,
    /// The point is on the sampler's scale, and the log Jacobian is a term of its own
    #[arg(long)]
    pub unconstrained: bool,
    #[command(flatten)]
    pub machine: MachineArgs,
    #[command(flatten)]
    pub condense: CondenseArgs,
}

/// `ppl graph`
#[derive(Args, Debug)]
pub struct GraphArgs {
    /// The model
    pub model: PathBuf,
    #[command(flatten)]
    pub data: DataArgs,
    /// Which of the compiler's forms
    #[arg(long, value_enum, default_value_t = StageArg::Graph)]
    pub stage: StageArg,
    #[command(flatten)]
    pub condense: CondenseArgs,
}

/// The compiler's forms of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum StageArg {
    /// The syntax tree
    Ast,
    /// Names resolved, dims and types known
    Hir,
    /// The log density as array operations
    Graph,
    /// The same, simplified
    Optimized,
    /// The instructions that compute the log density and its gradient
    Plan,
}

/// `ppl profile`
#[derive(Args, Debug)]
pub struct ProfileArgs {
    /// The model
    pub model: PathBuf,
    #[command(flatten)]
    pub data: DataArgs,
    /// How often log density and gradient are evaluated [default: as often as takes about a second]
    #[arg(long, allow_negative_numbers = true, value_name = "N")]
    pub evals: Option<usize>,
    /// How to write it
    #[arg(long, value_enum, default_value_t = ProfileFormat::Table)]
    pub format: ProfileFormat,
    #[command(flatten)]
    pub machine: MachineArgs,
    #[command(flatten)]
    pub condense: CondenseArgs,
}

/// Formats of a profile.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum ProfileFormat {
    /// Aligned columns, the costliest lines of the plan first
    Table,
    /// All digits, and all lines of the plan in its order
    Json,
}

/// `ppl explain`
#[derive(Args, Debug)]
pub struct ExplainArgs {
    /// The code, such as E0304; without one, all codes are listed
    pub code: Option<String>,
}

/// `ppl completions`
#[derive(Args, Debug)]
pub struct CompletionsArgs {
    /// The shell
    #[arg(value_enum)]
    pub shell: Shell,
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn what_a_run_was_begun_with_cannot_be_changed_when_it_goes_on() {
        let command = Arguments::command();
        let sample = command.find_subcommand("sample").expect("there is such a command");
        let free = ["threads", "quiet", "until", "resume", "extend", "checkpoint", "help"];
        let known = |id: &str| FIXED.contains(&id) || free.contains(&id);
        let new: Vec<&str> = sample.get_arguments().map(|a| a.get_id().as_str()).filter(|id| !known(id)).collect();
        assert!(new.is_empty(), "may these change? {new:?}");
    }
}
