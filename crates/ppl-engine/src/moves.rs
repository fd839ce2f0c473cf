//! The moves of the ensemble sampler by name: what settings, the command line and run records write.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A move of the ensemble sampler.
///
/// The text form is the name, with parameters after colons: `stretch`, `stretch:3`, `walk:5`, `gaussian-random:0.1:2`.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub enum Move {
    /// Stretch along the line to another walker (Goodman and Weare 2010).
    Stretch {
        /// The largest factor, a > 1; 2 in the paper.
        largest: f64,
    },
    /// A normal step with the covariance of other walkers (Goodman and Weare 2010).
    Walk {
        /// How many walkers the covariance is taken of, at least 2; all that stand still where none is given.
        walkers: Option<usize>,
    },
    /// Along the difference of two other walkers (ter Braak 2006).
    Differential,
    /// Along the line to another walker, by the projected difference of two more (ter Braak and Vrugt 2008).
    Snooker,
    /// Along the difference of two other walkers, by a normal multiple of it (Chen 2025).
    Side,
    /// A draw from a kernel density estimate of the other walkers (Farr and Farr 2015); needs very many walkers.
    Kde,
    /// A slice along the difference of two other walkers, its length tuned in warm-up (Karamanis and Beutler 2021).
    Slice,
    /// A normal step of fixed scale, blind to the other walkers.
    Gaussian {
        /// Standard deviation, the same for all coordinates.
        scale: f64,
        /// The scale is multiplied by a log-uniform number between 1/spread and spread; 1 leaves it alone.
        spread: f64,
        /// Which coordinates move.
        coordinates: Coordinates,
    },
}

/// Which coordinates a step changes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Coordinates {
    /// All at once.
    Together,
    /// One, chosen at random.
    Random,
    /// One, the next in each iteration.
    Sequential,
}

impl Move {
    /// The stretch move with a = 2.
    pub const STRETCH: Move = Move::Stretch { largest: 2.0 };
    /// The walk move over all walkers that stand still.
    pub const WALK: Move = Move::Walk { walkers: None };

    /// What is wrong with the parameters for `walkers` walkers in `dim` dimensions, and what to do.
    pub(crate) fn remedy(self, walkers: usize, dim: usize) -> Option<String> {
        // Half the walkers stand still.
        let still = walkers / 2;
        match self {
            Move::Stretch { largest } if !(largest > 1.0 && largest.is_finite()) => {
                Some("choose a largest stretch above 1, such as 2".to_string())
            }
            Move::Walk { walkers: Some(few) } if few < 2 || few > still => {
                Some(format!("choose a number of walkers from 2 to {still}, half of all"))
            }
            Move::Gaussian { scale, spread, .. } if !(positive(scale) && positive(spread) && spread >= 1.0) => {
                Some("choose a positive scale, and a spread of 1 or more".to_string())
            }
            Move::Kde if still <= dim => {
                Some(format!("a density estimate in {dim} dimensions needs more than {} walkers", 2 * dim + 1))
            }
            _ => None,
        }
    }
}

fn positive(value: f64) -> bool {
    value > 0.0 && value.is_finite()
}

impl fmt::Display for Move {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Move::Stretch { largest } if *self != Move::STRETCH => write!(f, "stretch:{largest}"),
            Move::Stretch { .. } => f.write_str("stretch"),
            Move::Walk { walkers: Some(walkers) } => write!(f, "walk:{walkers}"),
            Move::Walk { walkers: None } => f.write_str("walk"),
            Move::Differential => f.write_str("differential"),
            Move::Snooker => f.write_str("snooker"),
            Move::Side => f.write_str("side"),
            Move::Kde => f.write_str("kde"),
            Move::Slice => f.write_str("slice"),
            Move::Gaussian { scale, spread, coordinates } => {
                write!(f, "{}:{scale}", gaussian_name(*coordinates))?;
                if *spread == 1.0 { Ok(()) } else { write!(f, ":{spread}") }
            }
        }
    }
}

fn gaussian_name(coordinates: Coordinates) -> &'static str {
    match coordinates {
        Coordinates::Together => "gaussian",
        Coordinates::Random => "gaussian-random",
        Coordinates::Sequential => "gaussian-sequential",
    }
}

impl FromStr for Move {
    type Err = String;

    /// Reads the text form; `de` and `de-snooker` are other names of `differential` and `snooker`.
    fn from_str(text: &str) -> Result<Move, String> {
        let mut parts = text.split(':');
        let name = parts.next().unwrap_or_default();
        let parameters: Vec<f64> = parts.map(|part| number(text, part)).collect::<Result<_, _>>()?;
        match (name, parameters.as_slice()) {
            ("stretch", []) => Ok(Move::STRETCH),
            ("stretch", [largest]) => Ok(Move::Stretch { largest: *largest }),
            ("walk", []) => Ok(Move::WALK),
            ("walk", [walkers]) if walkers.fract() == 0.0 => Ok(Move::Walk { walkers: Some(*walkers as usize) }),
            ("differential" | "de", []) => Ok(Move::Differential),
            ("snooker" | "de-snooker", []) => Ok(Move::Snooker),
            ("side", []) => Ok(Move::Side),
            ("kde", []) => Ok(Move::Kde),
            ("slice", []) => Ok(Move::Slice),
            (name, [scale]) => gaussian(name, *scale, 1.0).ok_or_else(|| unknown(text)),
            (name, [scale, spread]) => gaussian(name, *scale, *spread).ok_or_else(|| unknown(text)),
            _ => Err(unknown(text)),
        }
    }
}

impl TryFrom<String> for Move {
    type Error = String;

    fn try_from(text: String) -> Result<Move, String> {
        text.parse()
    }
}

impl From<Move> for String {
    fn from(kind: Move) -> String {
        kind.to_string()
    }
}

fn number(text: &str, part: &str) -> Result<f64, String> {
    part.parse().map_err(|_| format!("`{part}` in the move `{text}` is not a number"))
}

fn gaussian(name: &str, scale: f64, spread: f64) -> Option<Move> {
    let all = [Coordinates::Together, Coordinates::Random, Coordinates::Sequential];
    let coordinates = all.into_iter().find(|coordinates| gaussian_name(*coordinates) == name)?;
    Some(Move::Gaussian { scale, spread, coordinates })
}

fn unknown(text: &str) -> String {
    format!(
        "`{text}` is no move: write stretch[:LARGEST], walk[:WALKERS], differential, snooker, side, kde, slice, or \
         gaussian:SCALE[:SPREAD] (gaussian-random, gaussian-sequential)"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_text_form_reads_back() {
        let texts = [
            "stretch",
            "stretch:3.5",
            "walk",
            "walk:5",
            "differential",
            "snooker",
            "side",
            "kde",
            "slice",
            "gaussian:0.5",
            "gaussian-random:0.5:2",
            "gaussian-sequential:1",
        ];
        for text in texts {
            assert_eq!(text.parse::<Move>().unwrap().to_string(), text);
        }
        assert_eq!("de".parse(), Ok(Move::Differential));
        assert_eq!("stretch:2".parse(), Ok(Move::STRETCH));
    }

    #[test]
    fn what_is_no_move_is_refused() {
        for text in ["", "strech", "stretch:2:3", "walk:2.5", "gaussian", "kde:1"] {
            assert!(text.parse::<Move>().unwrap_err().contains("is no move"), "{text}");
        }
        assert_eq!("stretch:x".parse::<Move>(), Err("`x` in the move `stretch:x` is not a number".to_string()));
    }

    #[test]
    fn parameters_that_cannot_work_have_a_remedy() {
        for text in ["stretch:1", "walk:1", "walk:17", "gaussian:0", "gaussian:1:0.5", "stretch:inf"] {
            assert!(text.parse::<Move>().unwrap().remedy(32, 3).is_some(), "{text}");
        }
        assert!(Move::Kde.remedy(6, 3).is_some() && Move::Kde.remedy(8, 3).is_none());
        assert_eq!(Move::STRETCH.remedy(32, 3), None);
    }
}
