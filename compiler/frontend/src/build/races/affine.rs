//! Whole-number expressions as polynomials, and inequalities between them: what the check for
//! races (`races.rs`) reasons with.
//!
//! An *atom* is a name whose value isn't known: a variable that no turn changes, the number of
//! the turn, a variable of an inner loop. Nothing here overflows: what doesn't fit is unknown.

use std::collections::BTreeMap;

/// A product of atoms, sorted.
type Monomial = Vec<String>;

/// A polynomial with whole coefficients, none of them 0.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub(super) struct Poly(BTreeMap<Monomial, i64>);

/// Most terms of a polynomial, and most factors of one.
const MOST_TERMS: usize = 24;
const MOST_FACTORS: usize = 4;

impl Poly {
    pub(super) fn constant(value: i64) -> Poly {
        let mut poly = Poly::default();
        if value != 0 {
            poly.0.insert(Vec::new(), value);
        }
        poly
    }

    pub(super) fn atom(name: &str) -> Poly {
        Poly(BTreeMap::from([(vec![name.to_owned()], 1)]))
    }

    /// The number that it is.
    pub(super) fn as_constant(&self) -> Option<i64> {
        match self.0.len() {
            0 => Some(0),
            1 => self.0.get(&Vec::new()).copied(),
            _ => None,
        }
    }

    pub(super) fn plus(&self, other: &Poly) -> Option<Poly> {
        let mut sum = self.0.clone();
        for (monomial, &by) in &other.0 {
            let now = sum.get(monomial).copied().unwrap_or(0).checked_add(by)?;
            match now {
                0 => sum.remove(monomial),
                now => sum.insert(monomial.clone(), now),
            };
        }
        (sum.len() <= MOST_TERMS).then_some(Poly(sum))
    }

    pub(super) fn minus(&self, other: &Poly) -> Option<Poly> {
        self.plus(&other.times(&Poly::constant(-1))?)
    }

    pub(super) fn times(&self, other: &Poly) -> Option<Poly> {
        let mut product = Poly::default();
        for (left, &a) in &self.0 {
            for (right, &b) in &other.0 {
                let mut monomial: Monomial = left.iter().chain(right).cloned().collect();
                if monomial.len() > MOST_FACTORS {
                    return None;
                }
                monomial.sort();
                let term = Poly(BTreeMap::from([(monomial, a.checked_mul(b)?)]));
                product = product.plus(&term)?;
            }
        }
        Some(product)
    }

    /// This plus a number.
    pub(super) fn offset(&self, by: i64) -> Option<Poly> {
        self.plus(&Poly::constant(by))
    }

    /// The atoms in it.
    pub(super) fn atoms(&self) -> impl Iterator<Item = &str> {
        self.0.keys().flatten().map(String::as_str)
    }

    /// The factor of an atom, and the rest; `None` where the atom has a power.
    pub(super) fn split(&self, atom: &str) -> Option<(Poly, Poly)> {
        let (mut factor, mut rest) = (BTreeMap::new(), BTreeMap::new());
        for (monomial, &by) in &self.0 {
            match monomial.iter().filter(|one| *one == atom).count() {
                0 => rest.insert(monomial.clone(), by),
                1 => {
                    let others = monomial.iter().filter(|one| *one != atom).cloned().collect();
                    factor.insert(others, by)
                }
                _ => return None,
            };
        }
        Some((Poly(factor), Poly(rest)))
    }

    /// Another polynomial in an atom's place.
    pub(super) fn with(&self, atom: &str, value: &Poly) -> Option<Poly> {
        let (factor, rest) = self.split(atom)?;
        factor.times(value)?.plus(&rest)
    }

    /// Other names for atoms.
    pub(super) fn renamed(&self, name: impl Fn(&str) -> String) -> Poly {
        let terms = self.0.iter().map(|(monomial, &by)| {
            let mut monomial: Monomial = monomial.iter().map(|atom| name(atom)).collect();
            monomial.sort();
            (monomial, by)
        });
        Poly(terms.collect())
    }

    /// Whether it is at least 0, whatever the atoms are.
    pub(super) fn is_at_least_0(&self) -> bool {
        self.as_constant().is_some_and(|c| c >= 0)
    }

    /// As a difference of two atoms, of which either may be none, plus a number.
    fn as_difference(&self) -> Option<(Option<&str>, Option<&str>, i64)> {
        let (mut plus, mut minus, mut constant) = (None, None, 0);
        for (monomial, &by) in &self.0 {
            match (monomial.as_slice(), by) {
                ([], by) => constant = by,
                ([atom], 1) if plus.is_none() => plus = Some(atom.as_str()),
                ([atom], -1) if minus.is_none() => minus = Some(atom.as_str()),
                _ => return None,
            }
        }
        Some((plus, minus, constant))
    }
}

/// Whether no values make all of these at least 0. Only differences of two atoms are looked at.
pub(super) fn contradict<'p>(all: impl Iterator<Item = &'p Poly>) -> bool {
    // `x - y + c >= 0` is an edge from x to y of weight c: a sum below 0 around a cycle can't be.
    let mut names: Vec<&str> = vec![""];
    let mut edges = Vec::new();
    let mut number = |name: Option<&'p str>| {
        let name = name.unwrap_or("");
        names.iter().position(|one| *one == name).unwrap_or_else(|| {
            names.push(name);
            names.len() - 1
        })
    };
    for poly in all {
        if let Some((plus, minus, by)) = poly.as_difference() {
            if plus.is_none() && minus.is_none() {
                if by < 0 {
                    return true;
                }
                continue;
            }
            edges.push((number(plus), number(minus), by));
        }
    }
    let mut distance = vec![0_i64; names.len()];
    for _ in 0..=names.len() {
        let mut changed = false;
        for &(from, to, by) in &edges {
            let through = distance[from].saturating_add(by);
            if through < distance[to] {
                (distance[to], changed) = (through, true);
            }
        }
        if !changed {
            return false;
        }
    }
    true
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn polynomials_are_computed_with() {
        let (n, i) = (Poly::atom("n"), Poly::atom("i"));
        let row = i.times(&n).unwrap().offset(3).unwrap();
        let next = i.offset(1).unwrap().times(&n).unwrap();
        assert_eq!(next.minus(&row).unwrap(), n.offset(-3).unwrap());
        assert_eq!(row.split("i").unwrap(), (n.clone(), Poly::constant(3)));
        assert_eq!(row.with("i", &Poly::constant(2)).unwrap().minus(&n), n.offset(3));
        assert_eq!(n.minus(&n).unwrap().as_constant(), Some(0));
        assert!(Poly::constant(i64::MAX).offset(1).is_none());
        assert!(i.times(&i).unwrap().split("i").is_none());
    }

    #[test]
    fn a_cycle_below_0_is_a_contradiction() {
        let at_least = |x: &str, y: &str, by: i64| {
            Poly::atom(x).minus(&Poly::atom(y)).unwrap().offset(by).unwrap()
        };
        // x >= y + 1, y >= z, z >= x
        let all = [at_least("x", "y", -1), at_least("y", "z", 0), at_least("z", "x", 0)];
        assert!(contradict(all.iter()));
        assert!(!contradict(all[..2].iter()));
        assert!(contradict([Poly::constant(-1)].iter()));
        assert!(!contradict([Poly::atom("x").times(&Poly::atom("y")).unwrap()].iter()));
    }
}
