//! Whether ranks are uniform, by the distribution function of all of them at once.
//!
//! Säilynoja, Bürkner & Vehtari (2022), "Graphical test for discrete uniformity and its applications in goodness-of-fit
//! evaluation and multiple sample comparison": the number of ranks below i is binomial for each i; bands that contain
//! all these numbers at once with a given probability are bands of equal tail probability at each i. Here the question is
//! turned round: the p value is the probability that somewhere a tail is as small as the smallest seen. It is exact,
//! because the numbers are a Markov chain over i whose probability of staying within bounds is a sum over its states.

/// Binomial probabilities for one number of trials.
struct Binomial {
    log_factorials: Vec<f64>,
}

impl Binomial {
    fn new(trials: usize) -> Self {
        let mut log_factorials = vec![0.0];
        (1..=trials).for_each(|k| log_factorials.push(log_factorials[k - 1] + (k as f64).ln()));
        Binomial { log_factorials }
    }

    /// The probability of `successes` among `trials`, at most as many as the table has.
    fn mass(&self, trials: usize, successes: usize, probability: f64) -> f64 {
        if probability >= 1.0 {
            return f64::from(successes == trials);
        }
        let table = &self.log_factorials;
        let ways = table[trials] - table[successes] - table[trials - successes];
        let (k, rest) = (successes as f64, (trials - successes) as f64);
        (ways + k * probability.ln() + rest * (-probability).ln_1p()).exp()
    }

    /// For each number of successes, twice the probability of its smaller tail, itself included.
    fn tails(&self, trials: usize, probability: f64) -> Vec<f64> {
        let masses: Vec<f64> = (0..=trials).map(|k| self.mass(trials, k, probability)).collect();
        let sums = |sum: &mut f64, mass: &f64| {
            *sum += mass;
            Some(*sum)
        };
        let below: Vec<f64> = masses.iter().scan(0.0, sums).collect();
        let above: Vec<f64> = masses.iter().rev().scan(0.0, sums).collect();
        below.iter().zip(above.iter().rev()).map(|(below, above)| 2.0 * below.min(*above)).collect()
    }
}

/// The p value of ranks from 0 to `highest`, against all being equally probable and independent.
pub fn p_value(ranks: &[usize], highest: usize) -> f64 {
    let (trials, levels) = (ranks.len(), highest + 1);
    let binomial = Binomial::new(trials);
    let tails: Vec<Vec<f64>> = (1..levels).map(|i| binomial.tails(trials, i as f64 / levels as f64)).collect();
    let below = |i: usize| ranks.iter().filter(|rank| **rank < i).count();
    let smallest = (1..levels).map(|i| tails[i - 1][below(i)]).fold(f64::INFINITY, f64::min);
    (1.0 - stay(&binomial, &tails, smallest, trials)).max(0.0)
}

/// The probability that all tails are larger than `bound`.
fn stay(binomial: &Binomial, tails: &[Vec<f64>], bound: f64, trials: usize) -> f64 {
    let levels = tails.len() + 1;
    let mut states = vec![0.0; trials + 1];
    states[0] = 1.0;
    for (before, tails) in tails.iter().enumerate() {
        // Of the ranks that are not below `before`, each is equal to it with the same probability.
        let probability = 1.0 / (levels - before) as f64;
        let mut next = vec![0.0; trials + 1];
        let within = || (0..=trials).filter(|&count| tails[count] > bound);
        for (from, weight) in states.iter().enumerate().filter(|(_, weight)| **weight > 0.0) {
            for to in within().skip_while(|to| *to < from) {
                next[to] += weight * binomial.mass(trials - from, to - from, probability);
            }
        }
        states = next;
    }
    states.iter().sum()
}

/// P values adjusted for their number: those at most α are wrong rejections with probability at most α altogether,
/// however the tests depend on each other (Holm 1979).
pub fn holm(p_values: &[f64]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_by(|a, b| p_values[*a].total_cmp(&p_values[*b]));
    let mut adjusted = vec![0.0; p_values.len()];
    let mut largest: f64 = 0.0;
    for (rank, at) in order.into_iter().enumerate() {
        largest = largest.max((p_values.len() - rank) as f64 * p_values[at]).min(1.0);
        adjusted[at] = largest;
    }
    adjusted
}

/// All ways in which `trials` ranks can fall.
fn every_outcome(trials: usize, highest: usize) -> Vec<Vec<usize>> {
    (0..trials).fold(vec![Vec::new()], |outcomes, _| {
        let longer = |outcome: &Vec<usize>, rank| [&outcome[..], &[rank]].concat();
        outcomes.iter().flat_map(|outcome| (0..=highest).map(move |rank| longer(outcome, rank))).collect()
    })
}

#[test]
fn p_values_are_the_shares_of_outcomes_that_are_as_extreme() {
    for (trials, highest) in [(1, 3), (4, 3), (6, 2), (3, 6)] {
        let outcomes = every_outcome(trials, highest);
        let p_values: Vec<f64> = outcomes.iter().map(|outcome| p_value(outcome, highest)).collect();
        for p in &p_values {
            let share = p_values.iter().filter(|other| **other <= p + 1e-9).count() as f64 / outcomes.len() as f64;
            assert!((share - p).abs() < 1e-9, "{trials} ranks to {highest}: {p} is the p value of {share}");
        }
    }
}

#[test]
fn ranks_that_crowd_have_small_p_values() {
    let even: Vec<usize> = (0..200).map(|i| i % 101).collect();
    let low: Vec<usize> = even.iter().map(|rank| rank * 4 / 5).collect();
    let outer: Vec<usize> = even.iter().map(|rank| if rank % 2 == 0 { rank / 4 } else { 100 - rank / 4 }).collect();
    let middle: Vec<usize> = even.iter().map(|rank| 25 + rank / 2).collect();
    assert!(p_value(&even, 100) > 0.5);
    for ranks in [low, outer, middle] {
        assert!(p_value(&ranks, 100) < 1e-6, "{ranks:?}");
    }
}

#[test]
fn adjusted_p_values_are_those_of_holm() {
    let adjusted = holm(&[0.04, 0.01, 0.03, 0.9]);
    let expected = [0.09, 0.04, 0.09, 0.9];
    assert!(adjusted.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12), "{adjusted:?}");
}
