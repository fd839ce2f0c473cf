//! Data as typed: `FILE`, `DIM=FILE`, `--set NAME=VALUE`.

use std::ffi::OsStr;
use std::path::Path;

use ppl::{Condense, Data, Isa, Machine, Model, Program};

use crate::args::{CondenseArg, CondenseArgs, DataArgs, MachineArgs};
use crate::failure::Failure;
use crate::printer::Printer;

/// Reads the model file; data files in its place are noticed.
pub fn model(path: &Path) -> Result<Model, Failure> {
    let extension = path.extension().and_then(OsStr::to_str).unwrap_or_default();
    match extension {
        "csv" | "tsv" | "json" => {
            Err(Failure::Usage(format!("`{}` looks like data: the model comes first, then the data", path.display())))
        }
        _ => Ok(Model::read(path)),
    }
}

/// Reads and compiles everything; reports whatever was noticed.
pub fn program(
    path: &Path,
    args: &DataArgs,
    (machine, condense): (Machine, Condense),
    printer: &Printer,
) -> Result<Program, Failure> {
    let (model, data) = (model(path)?, data(args)?);
    let bound = model.bind_on(machine, condense, &data, &mut |_| {});
    printer.report(bound.as_ref().map_or_else(|report| report, Program::report));
    bound.map_err(|_| Failure::Reported)
}

/// What evaluates the log density: as told, for the instruction set that `PPL_ISA` names where it is set.
pub fn machine(args: Option<MachineArgs>) -> Result<Machine, Failure> {
    if args.is_some_and(|args| args.interpret) {
        return Ok(Machine::Interpreter);
    }
    let Some(name) = std::env::var_os("PPL_ISA").filter(|name| !name.is_empty()) else {
        return Ok(Machine::default());
    };
    match name.to_str().and_then(Isa::from_name).filter(|isa| isa.is_available()) {
        Some(isa) => Ok(Machine::Plan(isa)),
        None => {
            let names: Vec<&str> = Isa::available().into_iter().map(Isa::name).collect();
            let text = format!("PPL_ISA={}: this machine has {}", name.to_string_lossy(), names.join(", "));
            Err(Failure::Usage(text))
        }
    }
}

/// Which reductions of data are made.
pub fn condense(args: &CondenseArgs) -> Result<Condense, Failure> {
    let chosen = |wanted: CondenseArg| args.condense.contains(&wanted);
    if chosen(CondenseArg::None) && args.condense.len() > 1 {
        return Err(Failure::Usage("`--condense none` stands alone: leave out the others, or `none`".into()));
    }
    let all = chosen(CondenseArg::All);
    Ok(Condense {
        normal_linear: all || chosen(CondenseArg::NormalLinear),
        equal_rows: all || chosen(CondenseArg::EqualRows),
    })
}

/// Reads the data files and settings. A file that cannot be read is reported later, with everything else.
pub fn data(args: &DataArgs) -> Result<Data, Failure> {
    let files = args.data.iter().fold(Data::new(), |data, argument| {
        let (dim, path) = split(argument);
        data.file(dim, path)
    });
    args.set.iter().try_fold(files, |data, setting| match setting.split_once('=') {
        Some((name, value)) if !name.trim().is_empty() => Ok(data.set(name.trim(), value.trim())),
        _ => Err(Failure::Usage(format!("`--set {setting}`: write --set NAME=VALUE, such as --set n=12"))),
    })
}

/// The dim and the file of `DIM=FILE`; a file whose own name has an equals sign is taken as it is.
fn split(argument: &OsStr) -> (Option<&str>, &Path) {
    let whole = (None, Path::new(argument));
    match argument.to_str().and_then(|text| text.split_once('=')) {
        Some((dim, path)) if is_name(dim) && !whole.1.exists() => (Some(dim), Path::new(path)),
        _ => whole,
    }
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_dim_stands_before_the_equals_sign() {
        assert_eq!(split(OsStr::new("visit=a/v.csv")), (Some("visit"), Path::new("a/v.csv")));
        assert_eq!(split(OsStr::new("a/v.csv")), (None, Path::new("a/v.csv")));
        assert_eq!(split(OsStr::new("a/n=1.csv")), (None, Path::new("a/n=1.csv")));
    }

    #[test]
    fn reductions_are_chosen_by_name() {
        let chosen = |names: &[CondenseArg]| condense(&CondenseArgs { condense: names.to_vec() });
        let only_rows = Condense { normal_linear: false, equal_rows: true };
        assert!(chosen(&[CondenseArg::All]).is_ok_and(|all| all == Condense::default()));
        assert!(chosen(&[CondenseArg::None]).is_ok_and(|none| none == Condense::none()));
        assert!(chosen(&[CondenseArg::EqualRows]).is_ok_and(|rows| rows == only_rows));
        let both = [CondenseArg::EqualRows, CondenseArg::NormalLinear];
        assert!(chosen(&both).is_ok_and(|both| both == Condense::default()));
        assert!(matches!(chosen(&[CondenseArg::None, CondenseArg::All]), Err(Failure::Usage(_))));
    }

    #[test]
    fn a_setting_needs_a_name_and_an_equals_sign() {
        for set in ["n", "=3"] {
            let args = DataArgs { data: Vec::new(), set: vec![set.to_string()] };
            assert!(matches!(data(&args), Err(Failure::Usage(_))), "{set}");
        }
    }
}
