//! A nest of which one loop is inside the other, with little around the inner ones.
//!
//! ```text
//!   for i in range(n):
//!       for j in range(m):
//!           s = 0.0                 ; in front of the innermost loop
//!           for k in range(l):
//!               s += a[i, k] * b[k, j]
//!           c[i, j] = s             ; behind it
//! ```
//!
//! What is in front and behind is made in nests of its own (distribution): one that stores
//! what the sum begins with, the innermost loop's, in which the sum is in its element, and, if
//! more than the sum itself is stored, one for the rest. Only loops around all three can be
//! there, and elements that are apart from all others; `plan` sees to that.

use crate::passes::nests::{Found, Item, Nest};
use cumbia_ir::{Function, Imm, Inst, Opcode, Region, Type, Value, ValueDef};
use rustc_hash::{FxHashMap, FxHashSet};

/// Where an instruction is in a nest.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// In a loop in front of the next one inside, or in the innermost loop.
    Front(usize),
    /// In a loop, behind the one inside.
    Behind(usize),
}

/// What an innermost loop hands on from turn to turn, and where it is stored then.
#[derive(Debug)]
pub struct Carried {
    /// The parameter of the loop.
    pub param: Value,
    /// What it begins with.
    pub entering: Value,
    /// What a turn makes of it.
    pub back: Value,
    /// The store behind the loop whose place it gets.
    pub store: Inst,
}

/// A nest as it can be written anew.
pub struct Shape<'a> {
    func: &'a Function,
    /// What was found.
    pub found: &'a Found,
    /// The loops, the outermost first.
    pub levels: Vec<&'a Nest>,
    /// All instructions in order, but polls and the ends of blocks.
    pub insts: Vec<Inst>,
    /// Where each of them is.
    pub places: FxHashMap<Inst, Place>,
    /// A poll of each loop that has one.
    pub polls: Vec<Option<Inst>>,
    /// What the innermost loop carries.
    pub carried: Option<Carried>,
    /// What is computed in front of the innermost loop, in the innermost, and behind it: the
    /// instructions of the three nests that are made of one, in order.
    pub parts: [Vec<Inst>; 3],
    /// What the outermost loop's parameters are in the end.
    pub last: Vec<Last>,
}

/// A value of the last turn.
#[derive(Clone, Debug)]
pub enum Last {
    /// One that doesn't change.
    Outside(Value),
    /// The counter of a loop in its last turn.
    Counter(usize),
    /// What it would be in the turn behind.
    Behind(usize),
    /// Computed from others.
    Computed(Inst, Vec<Last>),
}

impl<'a> Shape<'a> {
    /// The shape of a nest, if it is one.
    pub fn find(func: &'a Function, found: &'a Found) -> Option<Shape<'a>> {
        let mut shape = Shape {
            func,
            found,
            levels: Vec::new(),
            insts: Vec::new(),
            places: FxHashMap::default(),
            polls: Vec::new(),
            carried: None,
            parts: Default::default(),
            last: Vec::new(),
        };
        shape.collect(&found.nest)?;
        if shape.levels.len() < 2 || shape.levels.iter().any(|nest| nest.this.step != 1) {
            return None;
        }
        shape.carried = shape.find_carried()?;
        shape.find_parts()?;
        let outer = shape.levels[0];
        for (&param, &back) in func.block(outer.this.header).params.iter().zip(&outer.back) {
            let last = match param == outer.this.counter {
                true => Last::Behind(0),
                false => shape.last(0, back, 0)?,
            };
            shape.last.push(last);
        }
        Some(shape)
    }

    fn collect(&mut self, nest: &'a Nest) -> Option<()> {
        let level = self.levels.len();
        self.levels.push(nest);
        self.polls.push(None);
        let mut behind = false;
        self.add(&nest.head, Place::Front(level));
        for item in &nest.items {
            match item {
                Item::Loop(_) if behind => return None,
                Item::Loop(inner) => {
                    behind = true;
                    self.collect(inner)?;
                }
                Item::Straight(_, insts) if behind => self.add(insts, Place::Behind(level)),
                Item::Straight(_, insts) => self.add(insts, Place::Front(level)),
            }
        }
        Some(())
    }

    fn add(&mut self, insts: &[Inst], place: Place) {
        let (Place::Front(level) | Place::Behind(level)) = place;
        for &inst in insts {
            if self.func.inst(inst).op == Opcode::Poll {
                self.polls[level] = Some(inst);
            } else {
                self.insts.push(inst);
                self.places.insert(inst, place);
            }
        }
    }

    /// How many loops there are.
    pub fn depth(&self) -> usize {
        self.levels.len()
    }

    /// The value that a value of the nest stands for.
    pub fn resolve(&self, mut value: Value) -> Value {
        while let Some(&other) = self.found.same.get(&value) {
            value = other;
        }
        value
    }

    /// Whether an instruction reads or writes elements.
    pub fn is_access(&self, inst: Inst) -> bool {
        matches!(self.func.inst(inst).imm, Imm::Mem { region: Region::Data, .. })
    }

    fn stores_at(&self, place: Place) -> impl Iterator<Item = Inst> {
        let is = move |inst: &&Inst| {
            self.func.inst(**inst).op == Opcode::Store && self.places[*inst] == place
        };
        self.insts.iter().filter(is).copied()
    }

    /// Which type is stored, and which value.
    pub fn stored(&self, store: Inst) -> (Type, Value) {
        let value = self.func.inst(store).args[0];
        (self.func.value_type(value), self.resolve(value))
    }

    #[allow(clippy::option_option)]
    fn find_carried(&self) -> Option<Option<Carried>> {
        let depth = self.depth();
        let inner = self.levels[depth - 1];
        let params = &self.func.block(inner.this.header).params;
        let mut carried = None;
        let used = self.used_values();
        for (at, &param) in params.iter().enumerate() {
            if param == inner.this.counter || !used.contains(&param) {
                continue;
            }
            let ty = self.func.value_type(param);
            let stores = || self.stores_at(Place::Behind(depth - 2));
            let direct = stores().find(|&store| self.stored(store) == (ty, param));
            let only = || stores().next().filter(|_| stores().count() == 1);
            let of_type = |store: &Inst| self.stored(*store).0 == ty;
            let store = direct.or_else(only).filter(of_type)?;
            let (entering, back) = (inner.entering[at], inner.back[at]);
            let here = Carried { param, entering: self.resolve(entering), back, store };
            if carried.replace(here).is_some() {
                return None;
            }
        }
        Some(carried)
    }

    /// What instructions use.
    fn used_values(&self) -> FxHashSet<Value> {
        let mut used = FxHashSet::default();
        for &inst in &self.insts {
            self.func.for_each_use(inst, |v| {
                used.insert(self.resolve(v));
            });
        }
        used
    }

    /// Finds what each of the three nests has to compute.
    fn find_parts(&mut self) -> Option<()> {
        let depth = self.depth();
        let mut roots: [Vec<Inst>; 3] = Default::default();
        for &inst in &self.insts {
            if self.func.inst(inst).op == Opcode::Store {
                match self.places[&inst] {
                    Place::Front(level) if level == depth - 1 => roots[1].push(inst),
                    Place::Front(level) if level == depth - 2 => roots[0].push(inst),
                    Place::Behind(level) if level == depth - 2 => roots[2].push(inst),
                    _ => return None,
                }
            }
        }
        let mut values: [Vec<Value>; 3] = Default::default();
        if let Some(carried) = &self.carried {
            let address = self.func.inst(carried.store).args[1];
            values[0] = vec![carried.entering, address];
            values[1] = vec![carried.back, address];
            // Where the sum itself is stored it is there already.
            let param = carried.param;
            if roots[2] == [carried.store] && self.stored(carried.store).1 == param {
                roots[2].clear();
            }
        }
        for part in 0..3 {
            self.parts[part] = self.needed(&roots[part], &values[part], part)?;
        }
        Some(())
    }

    /// The instructions that some are computed from, in order, with these.
    fn needed(&self, roots: &[Inst], values: &[Value], part: usize) -> Option<Vec<Inst>> {
        let depth = self.depth();
        let mut seen: FxHashSet<Inst> = roots.iter().copied().collect();
        let mut pending = values.to_vec();
        for &root in roots {
            self.func.for_each_use(root, |v| pending.push(v));
        }
        while let Some(value) = pending.pop() {
            let value = self.resolve(value);
            if !self.found.inside[value.index()] {
                continue;
            }
            let reached = if part == 1 { depth } else { depth - 1 };
            if let Some(level) = self.found.counters.iter().position(|&counter| counter == value) {
                if level >= reached {
                    return None;
                }
                continue;
            }
            if self.carried.as_ref().is_some_and(|carried| carried.param == value) {
                if part == 0 {
                    return None;
                }
                continue;
            }
            let inst = self.func.def_inst(value)?;
            let fits = match *self.places.get(&inst)? {
                Place::Front(level) => level < reached,
                // Places of what is stored.
                Place::Behind(level) => level == depth - 2 && (part == 2 || !self.is_access(inst)),
            };
            if !fits {
                return None;
            }
            if seen.insert(inst) {
                self.func.for_each_use(inst, |v| pending.push(v));
            }
        }
        Some(self.insts.iter().filter(|&inst| seen.contains(inst)).copied().collect())
    }

    /// What a value is in the last turn of a loop and those around it.
    fn last(&self, level: usize, value: Value, steps: usize) -> Option<Last> {
        let value = self.resolve(value);
        if !self.found.inside[value.index()] {
            return Some(Last::Outside(value));
        }
        if steps > 8 {
            return None;
        }
        match self.func.value_def(value) {
            ValueDef::Param(block, place) => {
                let home = self.levels.iter().position(|nest| nest.this.header == block)?;
                let nest = self.levels[home];
                let back = nest.back[place as usize];
                if value == nest.this.counter {
                    return match home <= level {
                        true => Some(Last::Counter(home)),
                        false => (home == level + 1).then_some(Last::Behind(home)),
                    };
                }
                if home == level + 1 {
                    return self.last(home, back, steps + 1);
                }
                let stays = home == 0 && self.resolve(back) == value;
                stays.then(|| Last::Outside(nest.entering[place as usize]))
            }
            ValueDef::Result(inst, _) => {
                let data = self.func.inst(inst);
                let (Place::Front(home) | Place::Behind(home)) = *self.places.get(&inst)?;
                use Opcode::{Iadd, Iconst, Imul, Isub};
                if home > level || !matches!(data.op, Iconst | Iadd | Isub | Imul) {
                    return None;
                }
                let args = data.args.iter().map(|&arg| self.last(home, arg, steps + 1));
                Some(Last::Computed(inst, args.collect::<Option<_>>()?))
            }
        }
    }
}
