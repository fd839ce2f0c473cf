//! Distances from the functions on numbers over their whole range.

use super::*;

/// How far a kernel may be from the function on numbers: in units of the last place, or where the function has a root
/// that the kernel does not resolve, in eps·(1 + |value|).
enum Bound {
    Ulps(f64),
    Mixed(f64),
}
use Bound::{Mixed, Ulps};

/// Bounds on the distance from the functions on numbers, which have an error of their own, and the range of arguments
/// that matters; bit patterns of every size are tried as well.
const BOUNDS: [(&str, Bound, f64, f64); 18] = [
    ("exp", Ulps(1.0), -750.0, 715.0),
    ("expm1", Ulps(2.0), -40.0, 40.0),
    ("log", Ulps(1.0), 0.0, 10.0),
    ("log1p", Ulps(1.0), -1.0, 3.0),
    ("log1m_exp", Ulps(3.0), -40.0, 0.0),
    ("softplus", Ulps(3.0), -40.0, 40.0),
    ("sigmoid", Ulps(3.0), -40.0, 40.0),
    ("tanh", Ulps(3.0), -20.0, 20.0),
    ("log_gamma", Mixed(4.0), 0.0, 30.0),
    ("digamma", Mixed(12.0), 0.0, 30.0),
    ("erf", Ulps(6.0), -6.0, 6.0),
    ("erfc", Ulps(10.0), -6.0, 27.0),
    ("normal_cdf", Ulps(12.0), -38.0, 9.0),
    ("log_normal_cdf", Ulps(10.0), -40.0, 9.0),
    ("sin", Ulps(1.0), -7.0, 7.0),
    ("cos", Ulps(1.0), -7.0, 7.0),
    ("sin", Ulps(1.0), -2e5, 2e5),
    ("cos", Ulps(1.0), -2e5, 2e5),
];

fn arguments(lower: f64, upper: f64) -> Vec<f64> {
    let mut stream = Stream(7);
    let grid = (0..=2000).map(|k| lower + (upper - lower) * f64::from(k) / 2000.0);
    let mut points: Vec<f64> = grid.collect();
    points.extend((0..4000).map(|_| stream.between(lower, upper)));
    points.extend((0..4000).map(|_| f64::from_bits(stream.bits())));
    points
}

fn distance(bound: &Bound, found: f64, expected: f64) -> (f64, f64) {
    match *bound {
        Ulps(most) => (ulps(found, expected), most),
        Mixed(_) if ulps(found, expected) == 0.0 => (0.0, 1.0),
        Mixed(most) => ((found - expected).abs() / (f64::EPSILON * (1.0 + expected.abs())), most),
    }
}

#[test]
fn maps_agree_with_functions_on_numbers_over_their_whole_range() {
    let cases = maps_of_one();
    for (name, bound, lower, upper) in &BOUNDS {
        let case = cases.iter().find(|c| c.name == *name).expect("a map of that name");
        let x = arguments(*lower, *upper);
        for table in tables() {
            let mut y = vec![0.0; x.len()];
            (case.kernel)(table).apply(&x, &mut y);
            for (&x, &found) in x.iter().zip(&y) {
                let expected = (case.function)(x);
                let (distance, most) = distance(bound, found, expected);
                assert!(distance <= most, "{name} on {:?} at {x:e}: {found:e} for {expected:e}, {distance}", table.isa);
            }
        }
    }
}

#[test]
fn the_log_of_gamma_keeps_relative_accuracy_at_its_roots() {
    for table in tables() {
        for root in [1.0, 2.0] {
            for k in -400..=400 {
                let x = root + f64::from(k) * 1e-9;
                let mut y = [0.0];
                table.log_gamma.apply(&[x], &mut y);
                assert!(
                    ulps(y[0], crate::log_gamma(x)) <= 16.0,
                    "{:?} at {x}: {:e} for {:e}",
                    table.isa,
                    y[0],
                    crate::log_gamma(x)
                );
            }
        }
    }
}

#[test]
fn maps_of_two_agree_with_functions_on_numbers() {
    let mut stream = Stream(3);
    for case in maps_of_two() {
        let wide = !case.name.starts_with("gamma");
        let n = if wide { 3000 } else { 300 };
        let x: Vec<f64> = (0..n).map(|_| stream.between(if wide { -50.0 } else { 0.1 }, 50.0)).collect();
        let y: Vec<f64> = (0..n).map(|_| stream.between(if wide { -50.0 } else { 0.1 }, 50.0)).collect();
        for table in tables() {
            let mut out = vec![0.0; n];
            (case.kernel)(table).apply(&x, &y, &mut out);
            for i in 0..n {
                let expected = (case.function)(x[i], y[i]);
                let distance = (out[i] - expected).abs() / (f64::EPSILON * (1.0 + expected.abs()));
                let most = if case.name.contains("log") || case.name == "pow" { 4.0 } else { 0.0 };
                let agree = ulps(out[i], expected) <= most || distance <= most;
                assert!(agree, "{} on {:?} at ({}, {}): {} for {expected}", case.name, table.isa, x[i], y[i], out[i]);
            }
        }
    }
}

#[test]
fn pairs_are_what_their_parts_are() {
    let x = arguments(-30.0, 30.0);
    for table in tables() {
        for (pair, parts) in [
            (table.softplus_sigmoid, [table.softplus, table.sigmoid]),
            (table.log_gamma_digamma, [table.log_gamma, table.digamma]),
        ] {
            let (mut first, mut second, mut expected) = (vec![0.0; x.len()], vec![0.0; x.len()], vec![0.0; x.len()]);
            pair.apply(&x, &mut first, &mut second);
            for (part, found) in parts.iter().zip([&first, &second]) {
                part.apply(&x, &mut expected);
                for i in 0..x.len() {
                    assert!(
                        ulps(found[i], expected[i]) <= 3.0,
                        "{:?} at {:e}: {} for {}",
                        table.isa,
                        x[i],
                        found[i],
                        expected[i]
                    );
                }
            }
        }
    }
}

#[test]
fn powers_keep_their_digits_for_large_exponents_and_negative_bases() {
    let mut stream = Stream(21);
    let wide = (0..6000).map(|_| stream.between(-700.0, 700.0)).collect::<Vec<_>>();
    let x: Vec<f64> = wide.iter().map(|_| stream.between(0.0, 1.0).powi(8) * 50.0).collect();
    let y: Vec<f64> = x.iter().zip(&wide).map(|(x, log)| log / x.ln()).collect();
    let signed: Vec<f64> = wide.iter().map(|_| stream.between(-9.0, 9.0)).collect();
    let whole: Vec<f64> = wide.iter().map(|_| stream.between(-200.0, 200.0).round()).collect();
    for table in tables() {
        for (x, y) in [(&x, &y), (&signed, &whole), (&signed, &signed)] {
            let mut out = vec![0.0; x.len()];
            table.pow.apply(x, y, &mut out);
            for i in 0..x.len() {
                let expected = x[i].powf(y[i]);
                assert!(
                    ulps(out[i], expected) <= 1.0,
                    "{:?} at {}^{}: {:e} for {expected:e}",
                    table.isa,
                    x[i],
                    y[i],
                    out[i]
                );
            }
        }
    }
}

#[test]
fn sines_keep_relative_accuracy_near_their_roots() {
    for k in 1..=1000 {
        let root = f64::from(k) * std::f64::consts::FRAC_PI_2;
        for table in tables() {
            let (mut sine, mut cosine) = ([root, root * (1.0 + 1e-9)], [root, root * (1.0 + 1e-9)]);
            table.sin.apply_in_place(&mut sine);
            table.cos.apply_in_place(&mut cosine);
            for (i, x) in [root, root * (1.0 + 1e-9)].into_iter().enumerate() {
                assert!(ulps(sine[i], x.sin()) <= 1.0 && ulps(cosine[i], x.cos()) <= 1.0, "{:?} at {x:e}", table.isa);
            }
        }
    }
}
