//! The places that make containers, and what their elements turn out to be.
//!
//! `x = []` says nothing about its elements; `x.append(1.5)` later does. Each display (a
//! *site*) has an entry here. Its container has the element type [`Ty::Open`] until a use
//! tells one, and a use that needs a wider type widens it. Whenever an entry changes, the
//! functions concerned are inferred anew from the start, with what is known by then; types
//! only grow, so this ends.
//!
//! A container from elsewhere (an argument, a result of a call) has no site, and its
//! element type is fixed: two functions that use the same helper don't change each other's
//! types. Only an open element type keeps its site through calls, since somebody has to
//! tell it.

use super::{SpecId, join};
use crate::types::{Site, Ty};
use rustc_hash::FxHashMap;
use std::sync::Arc;

/// What is known about all sites.
#[derive(Default)]
pub struct Sites {
    index: FxHashMap<(SpecId, u32, u32, u32), u32>,
    /// How often the blocks of a specialization have got other numbers.
    renewed: FxHashMap<SpecId, u32>,
    entries: Vec<Entry>,
    /// Number of changes so far.
    pub changes: u64,
    /// Specializations whose sites have changed since this was last taken.
    changed: Vec<SpecId>,
}

struct Entry {
    /// Another site that makes the same containers: theirs may meet.
    merged_into: Option<u32>,
    elements: [Option<Ty>; 2],
    spec: SpecId,
}

impl Sites {
    /// The site of an instruction.
    pub fn site(&mut self, spec: SpecId, block: u32, inst: u32) -> u32 {
        let renewed = self.renewed.get(&spec).copied().unwrap_or_default();
        *self.index.entry((spec, renewed, block, inst)).or_insert_with(|| {
            self.entries.push(Entry { merged_into: None, elements: [None, None], spec });
            self.entries.len() as u32 - 1
        })
    }

    /// The instructions of a specialization are others from now on.
    pub fn renew(&mut self, spec: SpecId) {
        *self.renewed.entry(spec).or_default() += 1;
    }

    fn find(&self, mut site: u32) -> u32 {
        while let Some(next) = self.entries[site as usize].merged_into {
            site = next;
        }
        site
    }

    fn note_change(&mut self, site: u32) {
        self.changes += 1;
        self.changed.push(self.entries[site as usize].spec);
    }

    /// Specializations whose sites have changed since the last call.
    pub fn take_changed(&mut self) -> Vec<SpecId> {
        std::mem::take(&mut self.changed)
    }

    /// The element type of a site by position, open if nothing told it yet.
    pub fn element(&self, site: u32, position: u8) -> Ty {
        let root = self.find(site);
        match &self.entries[root as usize].elements[position as usize] {
            Some(ty) => self.resolve(ty),
            None => Ty::Open(root, position),
        }
    }

    /// A type with everything in it told that is known by now.
    pub fn resolve(&self, ty: &Ty) -> Ty {
        match ty {
            Ty::Open(site, position) => {
                let root = self.find(*site);
                match &self.entries[root as usize].elements[*position as usize] {
                    Some(known) => self.resolve(known),
                    None => Ty::Open(root, *position),
                }
            }
            Ty::List(t, site) => Ty::List(Arc::new(self.of_site(*site, 0, t)), *site),
            Ty::Set(t, site) => Ty::Set(Arc::new(self.of_site(*site, 0, t)), *site),
            Ty::Dict(t, site) => {
                let pair = (self.of_site(*site, 0, &t.0), self.of_site(*site, 1, &t.1));
                Ty::Dict(Arc::new(pair), *site)
            }
            Ty::Tuple(items) => Ty::tuple(items.iter().map(|t| self.resolve(t))),
            Ty::Record(class, items) => {
                Ty::Record(class.clone(), items.iter().map(|t| self.resolve(t)).collect())
            }
            Ty::Object(class, t) => Ty::Object(class.clone(), Arc::new(self.resolve(t))),
            Ty::Optional(t) => Ty::Optional(Arc::new(self.resolve(t))),
            Ty::Collection(kind, t) => Ty::Collection(kind.clone(), Arc::new(self.resolve(t))),
            other => other.map_function_items(|t| self.resolve(t)),
        }
    }

    /// The element type of a container of a site that had an element type once: the site
    /// may have been told more since.
    fn of_site(&self, site: Site, position: u8, then: &Ty) -> Ty {
        match site.0.map(|site| self.element(site, position)) {
            None | Some(Ty::Open(..)) => self.resolve(then),
            Some(now) => now,
        }
    }

    /// Notes that elements of a site are of a type, too. `false` if that doesn't join
    /// with what is known.
    pub fn tell(&mut self, site: u32, position: u8, ty: &Ty) -> bool {
        let root = self.find(site);
        let ty = self.resolve(ty);
        if self.mentions(&ty, root) {
            return false;
        }
        let known = self.entries[root as usize].elements[position as usize].clone();
        if let Some(known) = known.map(|known| self.resolve(&known))
            && known != ty
            && (is_open(&known) || is_open(&ty))
            && join(&known, &ty).is_some()
        {
            // Containers among the elements are of one type from now on.
            if !self.unify(&known, &ty) {
                return false;
            }
        }
        let ty = self.resolve(&ty);
        if self.mentions(&ty, root) {
            return false;
        }
        let old = self.entries[root as usize].elements[position as usize].take();
        let old = old.map(|old| self.resolve(&old));
        self.entries[root as usize].elements[position as usize] = old;
        let slot = &mut self.entries[root as usize].elements[position as usize];
        let joined = match slot {
            None => Some(ty.clone()),
            Some(old) => join(old, &ty),
        };
        match joined {
            None => false,
            Some(joined) => {
                if slot.as_ref() != Some(&joined) {
                    *slot = Some(joined);
                    self.note_change(root);
                }
                true
            }
        }
    }

    /// Makes two sites one.
    fn merge(&mut self, a: u32, b: u32) -> bool {
        let (a, b) = (self.find(a), self.find(b));
        if a == b {
            return true;
        }
        for (one, other) in [(a, b), (b, a)] {
            let of = &self.entries[one as usize].elements;
            if of.iter().flatten().any(|ty| self.mentions(&self.resolve(ty), other)) {
                return false;
            }
        }
        let elements = self.entries[b as usize].elements.clone();
        self.entries[b as usize].merged_into = Some(a);
        self.note_change(a);
        self.note_change(b);
        elements
            .iter()
            .enumerate()
            .all(|(position, ty)| ty.as_ref().is_none_or(|ty| self.tell(a, position as u8, ty)))
    }

    /// Two types have met and joined: what is open in one is what the other says.
    pub fn unify(&mut self, a: &Ty, b: &Ty) -> bool {
        match (a, b) {
            (Ty::Open(x, i), Ty::Open(y, j)) => {
                if i == j {
                    self.merge(*x, *y)
                } else {
                    self.find(*x) == self.find(*y)
                }
            }
            (Ty::Open(site, position), ty) | (ty, Ty::Open(site, position)) => {
                self.tell(*site, *position, &ty.widen())
            }
            (Ty::List(x, _), Ty::List(y, _)) | (Ty::Set(x, _), Ty::Set(y, _)) => self.unify(x, y),
            (Ty::Dict(x, _), Ty::Dict(y, _)) => self.unify(&x.0, &y.0) && self.unify(&x.1, &y.1),
            (Ty::Object(_, x), Ty::Object(_, y)) => self.unify(x, y),
            (Ty::Collection(k, x), Ty::Collection(l, y)) if k == l => self.unify(x, y),
            (Ty::Tuple(x), Ty::Tuple(y)) | (Ty::Record(_, x), Ty::Record(_, y))
                if x.len() == y.len() =>
            {
                x.iter().zip(y.iter()).all(|(p, q)| self.unify(p, q))
            }
            (Ty::Optional(x) | Ty::MaybeUnbound(x), Ty::Optional(y) | Ty::MaybeUnbound(y)) => {
                self.unify(x, y)
            }
            (Ty::Optional(x) | Ty::MaybeUnbound(x), t)
            | (t, Ty::Optional(x) | Ty::MaybeUnbound(x)) => self.unify(x, t),
            _ => true,
        }
    }

    /// Two types don't join: perhaps they do once containers in them that have sites are
    /// of one type. True if something changed.
    pub fn reconcile(&mut self, a: &Ty, b: &Ty) -> bool {
        let before = self.changes;
        self.meet(a, b) && self.changes != before
    }

    /// Whether a resolved type has a container of a site inside: one that would contain
    /// itself.
    fn mentions(&self, ty: &Ty, site: u32) -> bool {
        let is = |of: &Site| of.0.is_some_and(|s| self.find(s) == site);
        match ty {
            Ty::Open(s, _) => self.find(*s) == site,
            Ty::List(t, of) | Ty::Set(t, of) => is(of) || self.mentions(t, site),
            Ty::Dict(t, of) => is(of) || self.mentions(&t.0, site) || self.mentions(&t.1, site),
            Ty::Optional(t) | Ty::Collection(_, t) | Ty::Object(_, t) => self.mentions(t, site),
            Ty::Tuple(items) | Ty::Record(_, items) => items.iter().any(|t| self.mentions(t, site)),
            other => other.function_items().into_iter().any(|t| self.mentions(t, site)),
        }
    }

    fn meet(&mut self, a: &Ty, b: &Ty) -> bool {
        match (a, b) {
            _ if a == b => true,
            (Ty::List(_, Site(Some(x))), Ty::List(_, Site(Some(y))))
            | (Ty::Set(_, Site(Some(x))), Ty::Set(_, Site(Some(y))))
            | (Ty::Dict(_, Site(Some(x))), Ty::Dict(_, Site(Some(y)))) => self.merge(*x, *y),
            // One of them can still be what the other is.
            (Ty::List(t, Site(None)), Ty::List(_, Site(Some(s))))
            | (Ty::List(_, Site(Some(s))), Ty::List(t, Site(None)))
            | (Ty::Set(t, Site(None)), Ty::Set(_, Site(Some(s))))
            | (Ty::Set(_, Site(Some(s))), Ty::Set(t, Site(None))) => {
                self.tell(*s, 0, t) && self.element(*s, 0) == **t
            }
            (Ty::Dict(t, Site(None)), Ty::Dict(_, Site(Some(s))))
            | (Ty::Dict(_, Site(Some(s))), Ty::Dict(t, Site(None))) => {
                self.tell(*s, 0, &t.0)
                    && self.tell(*s, 1, &t.1)
                    && self.element(*s, 0) == t.0
                    && self.element(*s, 1) == t.1
            }
            (Ty::Tuple(x), Ty::Tuple(y)) if x.len() == y.len() => {
                x.iter().zip(y.iter()).all(|(p, q)| join(p, q).is_some() || self.meet(p, q))
            }
            (Ty::Collection(k, x), Ty::Collection(l, y)) if k == l => self.meet(x, y),
            (Ty::Record(c, x), Ty::Record(d, y)) if c == d => {
                x.iter().zip(y.iter()).all(|(p, q)| join(p, q).is_some() || self.meet(p, q))
            }
            (Ty::Optional(x) | Ty::MaybeUnbound(x), Ty::Optional(y) | Ty::MaybeUnbound(y)) => {
                self.meet(x, y)
            }
            (Ty::Optional(x) | Ty::MaybeUnbound(x), t)
            | (t, Ty::Optional(x) | Ty::MaybeUnbound(x)) => self.meet(x, t),
            _ => false,
        }
    }
}

/// The type of a call's result as its caller sees it: containers whose elements are known
/// are no business of the caller's sites.
pub fn without_sites(ty: &Ty) -> Ty {
    match ty {
        Ty::List(t, site) => {
            Ty::List(Arc::new(without_sites(t)), if is_open(t) { *site } else { Site(None) })
        }
        Ty::Set(t, site) => {
            Ty::Set(Arc::new(without_sites(t)), if is_open(t) { *site } else { Site(None) })
        }
        Ty::Dict(t, site) => {
            let open = is_open(&t.0) || is_open(&t.1);
            let parts = (without_sites(&t.0), without_sites(&t.1));
            Ty::Dict(Arc::new(parts), if open { *site } else { Site(None) })
        }
        Ty::Tuple(items) => Ty::tuple(items.iter().map(without_sites)),
        Ty::Record(class, items) => {
            Ty::Record(class.clone(), items.iter().map(without_sites).collect())
        }
        Ty::Object(class, t) => Ty::Object(class.clone(), Arc::new(without_sites(t))),
        Ty::Optional(t) => Ty::Optional(Arc::new(without_sites(t))),
        Ty::Collection(kind, t) => Ty::Collection(kind.clone(), Arc::new(without_sites(t))),
        other => other.map_function_items(without_sites),
    }
}

/// Whether a type is not told completely.
pub fn is_open(ty: &Ty) -> bool {
    match ty {
        Ty::Open(..) => true,
        Ty::List(t, _) | Ty::Set(t, _) | Ty::Optional(t) | Ty::Collection(_, t) => is_open(t),
        Ty::Dict(t, _) => is_open(&t.0) || is_open(&t.1),
        Ty::Object(_, t) => is_open(t),
        Ty::Tuple(items) | Ty::Record(_, items) => items.iter().any(is_open),
        other => other.function_items().into_iter().any(is_open),
    }
}
