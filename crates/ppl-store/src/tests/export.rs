//! Tables for other programs, and the summary.

use super::*;

fn exported(path: &PathBuf) -> String {
    let mut text = Vec::new();
    export_csv(&RunFolder::open(path).unwrap(), &mut text).unwrap();
    String::from_utf8(text).unwrap()
}

/// A real `x`, an integer `n`, and labels under a name with commas.
fn labelled() -> RunInfo {
    let labels = Kind::Label(vec!["low".into(), "very, \"high\"".into()]);
    let mut columns = vec![Column::real("x", &[]), Column::real("n", &[]), Column::real("z", &[1, 2])];
    columns[1].kind = Kind::Integer;
    (columns[2].name, columns[2].kind) = (element_name("z", &["a", "b,c"]), labels);
    RunInfo::new("labels", "", Settings { chains: 1, ..settings() }, columns, 1)
}

fn write_rows(path: &PathBuf, info: &RunInfo, rows: &[[f64; 3]]) {
    let folder = RunFolder::create(path, info).unwrap();
    let mut sink = folder.sink(1).unwrap();
    rows.iter().enumerate().for_each(|(i, row)| put(&mut sink, row, i, false, 0));
}

#[test]
fn labels_come_out_as_text_and_names_with_commas_are_quoted() {
    let (_scratch, path) = scratch();
    write_rows(&path, &labelled(), &[[0.5, 3.0, 1.0], [f64::NAN, -2.0, 2.0], [1e-9, 0.0, f64::NAN]]);
    let expected = "chain,draw,lp,x,n,\"z[a,\"\"b,c\"\"]\"\n\
                    1,1,-1.5,0.5,3,low\n\
                    1,2,-2.5,nan,-2,\"very, \"\"high\"\"\"\n\
                    1,3,-3.5,1e-9,0,\n";
    assert_eq!(exported(&path), expected);
}

#[test]
fn each_walker_of_each_ensemble_is_a_chain_of_the_export() {
    let (_scratch, path) = scratch();
    write(&path, &info(ensemble(10)), 3);
    let text = exported(&path);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!((lines.len(), lines[0]), (61, "chain,draw,lp,tau,\"R[1,1]\",\"R[1,2]\",\"R[2,1]\",\"R[2,2]\""));
    let chains: Vec<u64> = lines[1..].iter().map(|line| line.split(',').next().unwrap().parse().unwrap()).collect();
    assert_eq!(chains, (1..=20).flat_map(|chain| [chain; 3]).collect::<Vec<_>>());
    assert!(lines[2].starts_with("1,2,-2.5,1.1,1.101,"), "{}", lines[2]);
    assert!(lines[31].starts_with("11,1,-1.5,2,2.001,"), "{}", lines[31]);
}

#[test]
fn a_writer_that_fails_is_an_error() {
    struct Full;
    impl std::io::Write for Full {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::StorageFull.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let (_scratch, path) = scratch();
    write(&path, &info(settings()), 3);
    let result = export_csv(&RunFolder::open(&path).unwrap(), Full);
    assert!(matches!(result, Err(StoreError::Export(_))));
}

#[test]
fn numbers_are_summarised_and_labels_shared_out() {
    let (_scratch, path) = scratch();
    let rows: Vec<[f64; 3]> = (0..20).map(|i| [f64::from(i * 7 % 20), 4.0, f64::from(1 + i % 4 / 3)]).collect();
    write_rows(&path, &labelled(), &rows);
    let table = RunFolder::open(&path).unwrap().summarize();
    let names: Vec<&str> = table.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["x", "n", "z[a,\"b,c\"]"]);
    let Content::Numbers(x) = &table[0].content else { panic!("x is a number") };
    assert_eq!((x.mean, x.draws), (9.5, 20));
    let Content::Shares(shares) = &table[2].content else { panic!("z has labels") };
    let shares: Vec<(&str, f64)> = shares.iter().map(|(label, share)| (label.as_str(), share.mean)).collect();
    assert_eq!(shares, [("low", 0.75), ("very, \"high\"", 0.25)]);
}

#[test]
fn ensembles_are_summarised_with_their_autocorrelation_time() {
    let (_scratch, path) = scratch();
    let info = info(Settings { draws: 40, ..ensemble(10) });
    let folder = RunFolder::create(&path, &info).unwrap();
    for (chain, mut sink) in (1..).zip(folder.sinks().unwrap()) {
        for draw in 0..400 {
            put(&mut sink, &[f64::from(draw * 7919 % 401 + chain); 5], draw as usize / 10, false, draw as usize % 10);
        }
    }
    let table = RunFolder::open(&path).unwrap().summarize();
    let Content::Numbers(tau) = &table[0].content else { panic!("tau is a number") };
    assert_eq!((tau.draws, tau.rhat.is_finite()), (800, true));
    assert_eq!(table[0].tau.unwrap().iterations, 40);
}
