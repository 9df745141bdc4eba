//! Which turns of a nest touch the same place: directions of dependences.
//!
//! Two accesses in a nest of loops, one in the turns `x` and one in the turns `y` (a number
//! from 0 for each loop), touch the same bytes where some sums of both are 0, or within some
//! bytes of it:
//!
//! ```text
//!   a[i, j] and a[i - 1, 2 * j + 1]      x0 - y0 + 1 = 0         (in strides of rows)
//!                                        8*x1 - 16*y1 - 8 = 0    (in bytes)
//! ```
//!
//! A *direction* says of each loop whether the first access's turn is before the other one's,
//! the same or behind it. [`directions`] gives all those for which the sums may hold: each
//! that does occur is among them. Each sum is looked at alone, by the divisors of its
//! coefficients (the GCD test) and by its extremes under the direction (Banerjee's): exact
//! where both accesses have the same coefficients and each sum has one loop, which is what
//! `a[i + 1, j]` and `a[i, j - 2]` give. What two sums say together is seen only of loops that
//! are the same in one of them.
//!
//! It knows nothing of values, arrays or IR: who asks has found the sums, and knows that they
//! are apart from each other (that no column is reached from another row).

use super::linear::gcd;
use std::cmp::Ordering;

/// A sum that must lie between two numbers (the ends included) where both accesses touch the
/// same: that of the first access's terms, less the other one's, and a constant.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Meeting {
    /// What the first access adds in a turn of each loop.
    pub first: Vec<i64>,
    /// What the other one adds.
    pub second: Vec<i64>,
    /// By how much the first is behind the other in their first turns.
    pub constant: i128,
    /// The sum isn't below this,
    pub low: i128,
    /// nor above this.
    pub high: i128,
}

/// Of each loop, the outermost first, whether the first access's turn is before
/// ([`Ordering::Less`]), at or behind the other one's.
pub type Direction = Vec<Ordering>;

/// The directions in which two accesses may touch the same place. `turns` is how many turns a
/// loop makes, if that is known; it makes one at least.
pub fn directions(meetings: &[Meeting], turns: &[Option<i64>]) -> Vec<Direction> {
    let mut all: Vec<Direction> = vec![Vec::new()];
    for _ in turns {
        let longer = |direction: &Direction| {
            [Ordering::Less, Ordering::Equal, Ordering::Greater].map(|next| {
                let mut direction = direction.clone();
                direction.push(next);
                direction
            })
        };
        all = all.iter().flat_map(longer).collect();
    }
    all.retain(|direction| {
        let possible = |(way, turns): (&Ordering, &Option<i64>)| {
            way.is_eq() || turns.is_none_or(|turns| turns >= 2)
        };
        direction.iter().zip(turns).all(possible)
            && meetings.iter().all(|meeting| meeting.may_hold(direction, turns))
    });
    all
}

/// A loop of a nest as it is to be made, or a part of one.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Level {
    /// All turns of the loop of this number.
    Whole(usize),
    /// Its turns in blocks,
    Blocks(usize),
    /// and the turns of a block, somewhere inside.
    Within(usize),
}

/// Whether two accesses that touch the same place in turns of a direction come in the same
/// order if the loops are made as `schedule` says, the outermost first.
pub fn keeps_order(direction: &Direction, schedule: &[Level]) -> bool {
    let before = first(direction.iter().copied());
    // Turns may be in the same block of a loop or not.
    (0..1usize << direction.len()).all(|same| {
        let way = |level: &Level| match *level {
            Level::Blocks(at) if same >> at & 1 == 1 => Ordering::Equal,
            // Of those of different blocks the order is known before.
            Level::Whole(at) | Level::Blocks(at) | Level::Within(at) => direction[at],
        };
        first(schedule.iter().map(way)) == before
    })
}

fn first(mut ways: impl Iterator<Item = Ordering>) -> Ordering {
    ways.find(|way| way.is_ne()).unwrap_or(Ordering::Equal)
}

impl Meeting {
    /// Whether the sum may lie where it must, in turns of a direction.
    fn may_hold(&self, direction: &[Ordering], turns: &[Option<i64>]) -> bool {
        let (low, high) = (self.low - self.constant, self.high - self.constant);
        let mut divisor = 0;
        let mut extremes = (Some(0i128), Some(0i128));
        for (at, way) in direction.iter().enumerate() {
            let (a, b) = (i128::from(self.first[at]), i128::from(self.second[at]));
            match way {
                Ordering::Equal => divisor = common(divisor, a - b),
                _ => divisor = common(common(divisor, a), b),
            }
            let these = reach(a, b, *way, turns[at]);
            extremes.0 = extremes.0.zip(these.0).map(|(sum, new)| sum + new);
            extremes.1 = extremes.1.zip(these.1).map(|(sum, new)| sum + new);
        }
        let divides = match i128::from(divisor) {
            0 => low <= 0 && high >= 0,
            divisor => high.div_euclid(divisor) * divisor >= low,
        };
        divides
            && extremes.0.is_none_or(|least| least <= high)
            && extremes.1.is_none_or(|most| most >= low)
    }
}

fn common(divisor: u64, by: i128) -> u64 {
    // Differences of 64 bits have 65; a divisor of 1 is always one.
    u64::try_from(by.unsigned_abs()).map_or(1, |by| gcd(divisor, by))
}

/// The least and the greatest value of `a * x - b * y`, where there are any, in turns `x` and
/// `y` of a loop of which one is before the other or both are the same.
fn reach(a: i128, b: i128, way: Ordering, turns: Option<i64>) -> (Option<i128>, Option<i128>) {
    // The corners of the turns that there are, and, where these are without end, the ways from
    // there.
    let last = turns.map(|turns| i128::from(turns) - 1);
    let at = |(x, y): (i128, i128)| a * x - b * y;
    let (corners, rays): (Vec<(i128, i128)>, Vec<(i128, i128)>) = match (way, last) {
        (Ordering::Equal, None) => (vec![(0, 0)], vec![(1, 1)]),
        (Ordering::Equal, Some(last)) => (vec![(0, 0), (last, last)], vec![]),
        (Ordering::Less, None) => (vec![(0, 1)], vec![(0, 1), (1, 1)]),
        (Ordering::Less, Some(last)) => (vec![(0, 1), (0, last), (last - 1, last)], vec![]),
        (Ordering::Greater, None) => (vec![(1, 0)], vec![(1, 0), (1, 1)]),
        (Ordering::Greater, Some(last)) => (vec![(1, 0), (last, 0), (last, last - 1)], vec![]),
    };
    let least = corners.iter().map(|&corner| at(corner)).min();
    let most = corners.iter().map(|&corner| at(corner)).max();
    let falls = rays.iter().any(|&ray| at(ray) < 0);
    let rises = rays.iter().any(|&ray| at(ray) > 0);
    (least.filter(|_| !falls), most.filter(|_| !rises))
}
