//! Whether two accesses of an array's elements meet in different turns of a loop.
//!
//! They are apart where one position of their indices is, or where all that is known of both
//! (equal positions, bounds of inner loops, conditions) is a contradiction. Symbols are whole
//! numbers of which nothing else is known, but that a factor of the turn isn't 0: nobody writes
//! `a[k * i]` for a `k` of 0. Indices that count from the end are taken to be written alike.

use super::affine::{Poly, contradict};
use super::{Access, Position, TURN};
use rustc_hash::FxHashMap;

/// The turn of the second access.
const OTHER: &str = "<other turn>";
/// How often atoms of inner loops are replaced by their bounds.
const ROUNDS: usize = 4;
/// Most bounds of one position.
const MOST_BOUNDS: usize = 8;

/// The values of a loop's variable: those of a range, as far as they are known.
#[derive(Default)]
pub(super) struct Turns {
    pub first: Option<Poly>,
    pub behind: Option<Poly>,
    pub step: Option<Poly>,
    /// Twice `behind` is at most this.
    pub twice: Option<Poly>,
    /// Of variables of inner loops in steps: the first value plus so many steps.
    pub in_steps: FxHashMap<String, Poly>,
}

impl Turns {
    /// Whether two accesses in different turns never meet.
    pub(super) fn are_apart(&self, a: &Access, b: &Access) -> bool {
        let ends = |of: &Access| of.index.iter().position(|p| p.ellipsis);
        let (first, second) = (ends(a), ends(b));
        let common = a.index.len().min(b.index.len());
        let common = common.min(first.unwrap_or(common)).min(second.unwrap_or(common));
        let mut pairs: Vec<(&Position, &Position)> =
            a.index.iter().zip(&b.index).take(common).collect();
        // Behind `...`, from the end.
        if let (Some(first), Some(second)) = (first, second) {
            let behind = a.index[first + 1..].iter().rev().zip(b.index[second + 1..].iter().rev());
            pairs.extend(behind.take_while(|(p, q)| !p.ellipsis && !q.ellipsis));
        }
        pairs.iter().any(|(p, q)| self.is_apart(p, q, a, b))
            || is_split(&pairs)
            || self.is_impossible(&pairs, a, b)
    }

    /// The distance of two values of the variable at least, which also divides it.
    fn stride(&self) -> Poly {
        match self.step.as_ref().map(|step| (step, step.as_constant())) {
            Some((_, Some(step))) if step != 0 => Poly::constant(step.checked_abs().unwrap_or(1)),
            Some((step, None)) => step.clone(),
            _ => Poly::constant(1),
        }
    }

    fn is_upwards(&self) -> bool {
        self.step.as_ref().is_some_and(|step| step.as_constant().is_none_or(|step| step > 0))
    }

    /// The distance of two values of the variable at most.
    fn span(&self) -> Option<Poly> {
        let (first, behind) = (self.first.as_ref()?, self.behind.as_ref()?);
        let backwards = self.step.as_ref()?.as_constant().is_some_and(|step| step < 0);
        let length = if backwards { first.minus(behind) } else { behind.minus(first) };
        length?.offset(-1)
    }

    /// Whether one position tells two accesses apart.
    fn is_apart(&self, p: &Position, q: &Position, a: &Access, b: &Access) -> bool {
        let exact = p.exact.as_ref().zip(q.exact.as_ref());
        exact.is_some_and(|(p, q)| self.never_equal(p, q) || self.is_other_column(p, q))
            || self.are_other_parts(p, q, a, b).unwrap_or(false)
    }

    /// `f * i + c` and `g * i + d`, without variables of inner loops.
    fn never_equal(&self, p: &Poly, q: &Poly) -> bool {
        let parts = || {
            let ((f, c), (g, d)) = (p.split(TURN)?, q.split(TURN)?);
            let inner = |p: &Poly| p.atoms().any(|atom| atom.starts_with('<'));
            if [&f, &c, &g, &d].into_iter().any(inner) {
                return None;
            }
            Some((f, g, d.minus(&c)?))
        };
        let Some((f, g, distance)) = parts() else { return false };
        if f == g {
            if f.as_constant() == Some(0) {
                return distance.as_constant().is_some_and(|d| d != 0);
            }
            if distance.as_constant() == Some(0) {
                return true;
            }
        }
        let constants = (f.as_constant(), g.as_constant(), distance.as_constant());
        if let (Some(f), Some(g), Some(d)) = constants {
            // Values are `first + stride * t`.
            let stride = self.stride().as_constant().unwrap_or(1);
            let of_first = match self.first.as_ref().and_then(Poly::as_constant) {
                Some(first) => (f.wrapping_sub(g)).wrapping_mul(first),
                None if f == g => 0,
                None => {
                    return gcd(f, g) > 1 && d % gcd(f, g) != 0;
                }
            };
            let divisor = gcd(f.wrapping_mul(stride), g.wrapping_mul(stride));
            if divisor > 1 && of_first.wrapping_sub(d) % divisor != 0 {
                return true;
            }
        }
        // `i + c` and `d - i`: two turns add up to less.
        let sum = match (f.as_constant(), g.as_constant()) {
            (Some(1), Some(-1)) => Some(distance.clone()),
            (Some(-1), Some(1)) => distance.times(&Poly::constant(-1)),
            _ => None,
        };
        if let Some(sum) = sum {
            let twice = || match (&self.twice, &self.behind) {
                (Some(twice), _) => Some(twice.clone()),
                (None, behind) => behind.as_ref()?.times(&Poly::constant(2)),
            };
            let room = twice().and_then(|twice| sum.minus(&twice)?.offset(2));
            if room.is_some_and(|room| room.is_at_least_0()) && self.is_upwards() {
                return true;
            }
        }
        // Further apart than two turns ever are.
        let beyond = || {
            let f = f.as_constant().filter(|_| f == g)?;
            let reach = self.span()?.times(&Poly::constant(f.checked_abs()?))?.offset(1)?;
            let above = distance.minus(&reach)?;
            let below = distance.times(&Poly::constant(-1))?.minus(&reach)?;
            Some(above.is_at_least_0() || below.is_at_least_0())
        };
        beyond().unwrap_or(false)
    }

    /// `i + s * j`, where the turns are fewer than `s`.
    fn is_other_column(&self, p: &Poly, q: &Poly) -> bool {
        let test = || {
            let (p, q) = (&self.by_steps(p)?, &self.by_steps(q)?);
            let inner = p.atoms().find(|atom| atom.starts_with('<') && *atom != TURN)?.to_owned();
            let width = p.split(&inner)?.0;
            let without = |of: &Poly| {
                let mut of = of.clone();
                loop {
                    let atom = of.atoms().find(|atom| atom.starts_with('<') && *atom != TURN);
                    let Some(atom) = atom.map(str::to_owned) else { break };
                    let (factor, rest) = of.split(&atom)?;
                    if factor != width {
                        return None;
                    }
                    of = rest;
                }
                of.split(TURN).filter(|(factor, _)| factor.as_constant() == Some(1))
            };
            let distance = without(p)?.1.minus(&without(q)?.1)?.as_constant()?;
            let room = width.offset(-distance.checked_abs()?)?;
            Some(room.minus(&self.span()?)?.offset(-1)?.is_at_least_0())
        };
        test().unwrap_or(false)
    }

    /// Variables of inner loops in steps by the number of their step.
    fn by_steps(&self, of: &Poly) -> Option<Poly> {
        let mut poly = of.clone();
        for (atom, value) in &self.in_steps {
            poly = poly.with(atom, value)?;
        }
        Some(poly)
    }

    /// Ranges that move with the turn further than they reach.
    fn are_other_parts(&self, p: &Position, q: &Position, a: &Access, b: &Access) -> Option<bool> {
        let (p_low, p_high) = (bounds(&p.low, a, true), bounds(&p.high, a, false));
        let (q_low, q_high) = (bounds(&q.low, b, true), bounds(&q.high, b, false));
        for low in &p_low {
            for high in &p_high {
                for other_low in &q_low {
                    for other_high in &q_high {
                        if self.moves_past([low, high], [other_low, other_high]).unwrap_or(false) {
                            return Some(true);
                        }
                    }
                }
            }
        }
        Some(false)
    }

    fn moves_past(&self, [a, b]: [&Poly; 2], [c, d]: [&Poly; 2]) -> Option<bool> {
        let parts: Vec<(Poly, Poly)> =
            [a, b, c, d].into_iter().map(|p| p.split(TURN)).collect::<Option<_>>()?;
        let factor = &parts[0].0;
        if parts.iter().any(|(f, _)| f != factor) || factor.as_constant() == Some(0) {
            return Some(false);
        }
        let factor = match factor.as_constant() {
            Some(c) => Poly::constant(c.checked_abs()?),
            None => factor.clone(),
        };
        let moved = factor.times(&self.stride())?;
        let reaches = [parts[1].1.minus(&parts[2].1)?, parts[3].1.minus(&parts[0].1)?];
        let past = |reach: &Poly| {
            let left = moved.minus(reach).and_then(|left| left.offset(-1));
            // By at least 1, whatever the factor is.
            let more = |left: &Poly| left.minus(&moved).and_then(|left| left.offset(1));
            left.is_some_and(|left| {
                left.is_at_least_0() || more(&left).is_some_and(|more| more.is_at_least_0())
            })
        };
        Some(reaches.iter().all(past))
    }

    /// Whether all that is known can't be true at once.
    fn is_impossible(&self, pairs: &[(&Position, &Position)], a: &Access, b: &Access) -> bool {
        // Each turn has variables of its own.
        let other = |p: &Poly| {
            p.renamed(|atom| match atom {
                TURN => OTHER.to_owned(),
                atom if atom.starts_with('<') => format!("<other {atom}"),
                atom => atom.to_owned(),
            })
        };
        let mut known: Vec<Poly> = a.given.clone();
        known.extend(b.given.iter().map(other));
        for (p, q) in pairs {
            let q_low: Vec<Poly> = q.low.iter().map(other).collect();
            let q_high: Vec<Poly> = q.high.iter().map(other).collect();
            // They have an element in common.
            known.extend(p.high.iter().flat_map(|h| q_low.iter().filter_map(|l| h.minus(l))));
            known.extend(q_high.iter().flat_map(|h| p.low.iter().filter_map(|l| h.minus(l))));
        }
        let (turn, second) = (Poly::atom(TURN), Poly::atom(OTHER));
        let backwards = self.step.as_ref().and_then(Poly::as_constant).is_none_or(|step| step < 0);
        if !backwards {
            for turn in [&turn, &second] {
                known.extend(self.first.iter().filter_map(|first| turn.minus(first)));
                let last = self.behind.iter().filter_map(|behind| behind.offset(-1));
                known.extend(last.filter_map(|last| last.minus(turn)));
            }
        }
        let stride = self.stride().as_constant().unwrap_or(1);
        [(&turn, &second), (&second, &turn)].into_iter().all(|(later, earlier)| {
            let later = later.minus(earlier).and_then(|d| d.offset(-stride));
            contradict(known.iter().chain(&later))
        })
    }
}

/// Both have the turn's quotient and remainder by the same number.
fn is_split(pairs: &[(&Position, &Position)]) -> bool {
    let part = |by: &str| {
        pairs.iter().find_map(|(p, q)| {
            let (p, q) = (p.exact.as_ref()?, q.exact.as_ref()?);
            let of_turn = |atom: &&str| atom.starts_with("<(") && atom.contains(by);
            let atom = p.atoms().find(of_turn)?;
            let (factor, _) = p.split(atom)?;
            (p == q
                && factor.as_constant().is_some_and(|f| f != 0)
                && p.atoms().filter(|a| a.starts_with('<')).count() == 1)
                .then(|| atom.replacen(by, "/", 1))
        })
    };
    part("//").is_some_and(|quotient| part("%") == Some(quotient))
}

/// Bounds without variables of inner loops: these are at their own bounds.
fn bounds(of: &[Poly], access: &Access, low: bool) -> Vec<Poly> {
    let mut found: Vec<Poly> = of.to_vec();
    for _ in 0..ROUNDS {
        let mut next = Vec::new();
        let mut changed = false;
        for poly in &found {
            let inner =
                |atom: &&str| atom.starts_with('<') && *atom != TURN && !atom.starts_with("<(");
            let Some(atom) = poly.atoms().find(inner).map(str::to_owned) else {
                next.push(poly.clone());
                continue;
            };
            changed = true;
            let Some((factor, _)) = poly.split(&atom) else { continue };
            let Some(factor) = factor.as_constant() else { continue };
            let wants_low = low == (factor > 0);
            // `atom - bound >= 0` is a lower bound of it, `bound - atom >= 0` an upper one.
            for given in &access.given {
                let Some((sign, rest)) = given.split(&atom) else { continue };
                let bound = match (sign.as_constant(), wants_low) {
                    (Some(1), true) => rest.times(&Poly::constant(-1)),
                    (Some(-1), false) => Some(rest),
                    _ => None,
                };
                next.extend(bound.and_then(|bound| poly.with(&atom, &bound)));
            }
        }
        next.truncate(MOST_BOUNDS);
        found = next;
        if !changed {
            break;
        }
    }
    found
}

fn gcd(a: i64, b: i64) -> i64 {
    let (mut a, mut b) = (a.unsigned_abs(), b.unsigned_abs());
    while b != 0 {
        (a, b) = (b, a % b);
    }
    i64::try_from(a).unwrap_or(1)
}
