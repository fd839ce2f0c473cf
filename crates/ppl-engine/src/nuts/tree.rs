//! The tree of NUTS over an abstract trajectory: multinomial sampling with a bias for the later half, and U-turn tests
//! at every join (Betancourt 2017, appendix A.4).
//!
//! Nothing here knows of momenta or random numbers, so the tests can run it on integers with exact probabilities.

/// Which way a trajectory is extended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Direction {
    Backward,
    Forward,
}

/// A state just reached.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Leaf {
    /// Log of its weight relative to the initial state's. At −∞ the trajectory ends here.
    pub(crate) log_weight: f64,
    /// Its acceptance statistic, in [0, 1], if that is not what Metropolis would accept it with: its weight, at most 1.
    /// NaN counts as 0.
    pub(crate) accept: Option<f64>,
    /// Whether the integration has gone astray, so that the trajectory ends here.
    pub(crate) divergent: bool,
}

/// What a tree is grown on.
pub(crate) trait Trajectory {
    /// Consecutive states, as far as the U-turn tests need them.
    type Segment;
    /// Why the trajectory cannot go on at all.
    type Error;

    /// Chooses where the next doubling goes, each way with probability ½.
    fn choose_direction(&mut self) -> Direction;

    /// Extends the trajectory in `direction` by one state after the last of `before`, and makes `leaf` the segment of it.
    fn advance(
        &mut self,
        direction: Direction,
        before: &Self::Segment,
        leaf: &mut Self::Segment,
    ) -> Result<Leaf, Self::Error>;

    /// Appends `later` to `earlier`, in the order in which they were reached; false if their union turns back.
    fn join(&self, earlier: &mut Self::Segment, later: &mut Self::Segment) -> bool;

    /// Turns a segment around, so that its other end comes last.
    fn reverse(&self, segment: &mut Self::Segment);

    /// Makes the state just reached the subtree's proposal, with this probability.
    fn propose_leaf(&mut self, probability: f64);

    /// Makes the subtree's proposal the tree's, with this probability.
    fn propose_subtree(&mut self, probability: f64);
}

/// How a tree came out.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Growth {
    /// Completed doublings.
    pub(crate) depth: u32,
    /// States reached, those of a discarded subtree included.
    pub(crate) leaves: u32,
    /// Sum of the acceptance statistics of these states.
    pub(crate) accept_sum: f64,
    /// Whether a state was divergent.
    pub(crate) divergent: bool,
}

impl Growth {
    fn count(&mut self, leaf: Leaf, weight: Weight) {
        self.leaves += 1;
        let accept = leaf.accept.unwrap_or(weight.sum);
        self.accept_sum += if accept.is_nan() { 0.0 } else { accept.min(1.0) };
        self.divergent |= leaf.divergent;
    }
}

/// A sum of weights, kept relative to the exponential of a reference so that it cannot overflow.
///
/// The reference stays 0, the initial state's log weight, but for starts far in a tail.
#[derive(Clone, Copy, Debug)]
struct Weight {
    reference: f64,
    sum: f64,
}

/// Log weights above this are references of their own.
const HEADROOM: f64 = 500.0;

impl Weight {
    const ZERO: Weight = Weight { reference: 0.0, sum: 0.0 };
    const ONE: Weight = Weight { reference: 0.0, sum: 1.0 };

    /// exp(`log_weight`).
    fn exp(log_weight: f64) -> Weight {
        match log_weight > HEADROOM {
            true => Weight { reference: log_weight, sum: 1.0 },
            false => Weight { reference: 0.0, sum: log_weight.exp() },
        }
    }

    /// The sum relative to the exponential of another reference, which is this one but for starts far in a tail.
    fn relative_to(self, reference: f64) -> f64 {
        if self.reference == reference { self.sum } else { self.sum * (self.reference - reference).exp() }
    }

    /// Adds another weight and returns its share of the new sum.
    fn add(&mut self, other: Weight) -> f64 {
        let reference = self.reference.max(other.reference);
        let added = other.relative_to(reference);
        *self = Weight { reference, sum: self.relative_to(reference) + added };
        // All weights so far may have underflowed: then any of them will do.
        if self.sum > 0.0 { added / self.sum } else { 1.0 }
    }

    fn ratio(self, other: Weight) -> f64 {
        self.relative_to(other.reference) / other.sum
    }
}

/// Grows a tree from its initial state.
///
/// `tree` is the segment of the initial state; `stack` has room for `max_depth` segments and may hold anything.
pub(crate) fn grow<T: Trajectory>(
    trajectory: &mut T,
    tree: &mut T::Segment,
    stack: &mut [T::Segment],
    max_depth: u32,
) -> Result<Growth, T::Error> {
    let mut growth = Growth::default();
    let mut weight = Weight::ONE;
    let mut last = Direction::Forward;
    while growth.depth < max_depth {
        let direction = trajectory.choose_direction();
        if direction != last {
            trajectory.reverse(tree);
            last = direction;
        }
        let Some(added) = build(trajectory, direction, (tree, stack), &mut growth)? else {
            break;
        };
        growth.depth += 1;
        trajectory.propose_subtree(added.ratio(weight).min(1.0));
        weight.add(added);
        if !trajectory.join(tree, &mut stack[0]) {
            break;
        }
    }
    Ok(growth)
}

/// Builds a subtree of 2^depth leaves after those of `tree` in `stack[0]`; returns its weight, or nothing if it turns or ends.
///
/// Leaves come in order, and two neighbouring segments of equal length are joined as soon as both are there: the joins
/// are those of the recursive tree, in the same order.
fn build<T: Trajectory>(
    trajectory: &mut T,
    direction: Direction,
    (tree, stack): (&T::Segment, &mut [T::Segment]),
    growth: &mut Growth,
) -> Result<Option<Weight>, T::Error> {
    let mut weight = Weight::ZERO;
    let mut height = 0;
    for index in 0..1u32 << growth.depth {
        let (earlier, later) = stack.split_at_mut(height);
        let leaf = trajectory.advance(direction, earlier.last().unwrap_or(tree), &mut later[0])?;
        let own = Weight::exp(leaf.log_weight);
        growth.count(leaf, own);
        if leaf.divergent || leaf.log_weight == f64::NEG_INFINITY {
            return Ok(None);
        }
        trajectory.propose_leaf(weight.add(own));
        for _ in 0..index.trailing_ones() {
            let (earlier, later) = stack.split_at_mut(height);
            if !trajectory.join(&mut earlier[height - 1], &mut later[0]) {
                return Ok(None);
            }
            height -= 1;
        }
        height += 1;
    }
    Ok(Some(weight))
}

#[cfg(test)]
mod tests;
