//! Writes a nest whose outer loop makes several turns at once.

use crate::passes::nests::{Found, Item, Nest};
use cumbia_ir::{
    Block, Builder, Function, Inst, InstData, IntCond, Opcode, Target, Type, Value, ValueDef,
};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

/// Whether what turns hand on to each other is there when the next turn's piece needs it, if
/// each piece runs for all turns before the piece behind it.
pub fn is_in_order(func: &Function, found: &Found) -> bool {
    let nest = &found.nest;
    let mut order = Order { func, found, home: FxHashMap::default() };
    order.place(&nest.head, 0);
    for (at, item) in (1..).zip(&nest.items) {
        order.place_item(item, at);
    }
    let straight = |at: usize| at == 0 || matches!(nest.items[at - 1], Item::Straight(..));
    let mut fits = nest.head.iter().all(|&inst| order.ready(inst, 0, true));
    for (at, item) in (1..).zip(&nest.items) {
        fits &= order.item_ready(item, at, straight(at));
    }
    fits
}

struct Order<'a> {
    func: &'a Function,
    found: &'a Found,
    /// In which part of the turn a value is computed.
    home: FxHashMap<Value, usize>,
}

impl Order<'_> {
    fn place(&mut self, insts: &[Inst], at: usize) {
        for &inst in insts {
            for &result in &self.func.inst(inst).results {
                self.home.insert(result, at);
            }
        }
    }

    fn place_item(&mut self, item: &Item, at: usize) {
        match item {
            Item::Straight(_, insts) => self.place(insts, at),
            Item::Loop(inner) => {
                for &param in &self.func.block(inner.this.header).params {
                    self.home.insert(param, at);
                }
                self.place(&inner.head, at);
                inner.items.iter().for_each(|item| self.place_item(item, at));
            }
        }
    }

    fn item_ready(&self, item: &Item, at: usize, straight: bool) -> bool {
        match item {
            Item::Straight(_, insts) => insts.iter().all(|&inst| self.ready(inst, at, straight)),
            Item::Loop(inner) => {
                let mut values = inner.entering.iter().chain(&inner.back);
                values.all(|&value| self.value_ready(value, at, straight, 0))
                    && inner.head.iter().all(|&inst| self.ready(inst, at, straight))
                    && inner.items.iter().all(|item| self.item_ready(item, at, straight))
            }
        }
    }

    fn ready(&self, inst: Inst, at: usize, straight: bool) -> bool {
        let mut ready = true;
        self.func.for_each_use(inst, |v| ready &= self.value_ready(v, at, straight, 0));
        ready
    }

    fn value_ready(&self, value: Value, at: usize, straight: bool, depth: usize) -> bool {
        let value = self.resolve(value);
        let header = self.found.nest.this.header;
        match self.func.value_def(value) {
            ValueDef::Param(block, place) if block == header => {
                if value == self.found.nest.this.counter {
                    return true;
                }
                let next = self.resolve(self.found.nest.back[place as usize]);
                if next == value || !self.found.inside[next.index()] {
                    return true;
                }
                match self.home.get(&next) {
                    Some(&home) => home < at || home == at && straight,
                    None => depth < 8 && self.value_ready(next, at, straight, depth + 1),
                }
            }
            _ => true,
        }
    }

    fn resolve(&self, mut value: Value) -> Value {
        while let Some(&other) = self.found.same.get(&value) {
            value = other;
        }
        value
    }
}

/// An element that is known: at an address, what was loaded or stored there.
struct Element {
    address: Value,
    offset: cumbia_ir::Imm,
    ty: Type,
    value: Value,
    origin: Inst,
}

/// A store that nobody has read yet.
struct Pending {
    address: Value,
    offset: cumbia_ir::Imm,
    ty: Type,
    origin: Inst,
    made: Inst,
}

/// The state of writing a nest.
pub struct Fuse<'f> {
    func: &'f mut Function,
    found: &'f Found,
    apart: &'f FxHashSet<(Inst, Inst)>,
    /// Of each turn, what stands for the values of the loop.
    maps: Vec<FxHashMap<Value, Value>>,
    current: Block,
}

impl<'f> Fuse<'f> {
    /// Writes the nest for so many turns at once, to run while the counter is below
    /// `limit`. Gives its header, and leads to `rest` with what the header has.
    pub fn write(
        func: &'f mut Function,
        found: &'f Found,
        apart: &'f FxHashSet<(Inst, Inst)>,
        turns: usize,
        limit: Value,
        rest: Block,
    ) -> Block {
        let nest = &found.nest;
        let loc = func.inst(nest.this.branch).loc;
        let (header, body) = (func.add_block(), func.add_block());
        let params = func.block(nest.this.header).params.clone();
        let mut maps = vec![FxHashMap::default(); turns];
        for &param in &params {
            let new = func.add_param(header, func.value_type(param));
            maps[0].insert(param, new);
        }
        let mine = func.block(header).params.clone();
        let counter = maps[0][&nest.this.counter];
        let mut b = Builder::new(func, header);
        b.loc = loc;
        let more = b.icmp(IntCond::Slt, counter, limit);
        b.br(more, Target::new(body), Target::with(rest, &mine));
        b.switch_to(body);
        for (turn, map) in maps.iter_mut().enumerate().skip(1) {
            let by = b.iconst(Type::I64, turn as i64 * nest.this.step);
            map.insert(nest.this.counter, b.binary(Opcode::Iadd, counter, by));
        }
        let mut fuse = Fuse { func, found, apart, maps, current: body };
        fuse.straight(&nest.head);
        fuse.items(&nest.items);
        let last = turns - 1;
        let back: Vec<Value> = nest.back.iter().map(|&v| fuse.value(last, v)).collect();
        let mut b = Builder::new(fuse.func, fuse.current);
        b.loc = loc;
        let by = b.iconst(Type::I64, turns as i64 * nest.this.step);
        let next = b.binary(Opcode::Iadd, counter, by);
        let place = params.iter().position(|&param| param == nest.this.counter);
        let args: Vec<Value> = (0..)
            .zip(back)
            .map(|(at, value)| if Some(at) == place { next } else { value })
            .collect();
        b.jump(Target::with(header, &args));
        header
    }

    /// What a value is in a turn.
    fn value(&self, turn: usize, mut value: Value) -> Value {
        loop {
            if let Some(&new) = self.maps[turn].get(&value) {
                return new;
            }
            if let Some(&other) = self.found.same.get(&value) {
                value = other;
                continue;
            }
            if !self.found.inside[value.index()] {
                return value;
            }
            // What the turn before hands on.
            let ValueDef::Param(_, place) = self.func.value_def(value) else {
                unreachable!("pieces are in order")
            };
            return self.value(turn - 1, self.found.nest.back[place as usize]);
        }
    }

    fn items(&mut self, items: &[Item]) {
        for item in items {
            match item {
                Item::Straight(_, insts) => self.straight(insts),
                Item::Loop(inner) => self.inner(inner),
            }
        }
    }

    fn straight(&mut self, insts: &[Inst]) {
        let turns = self.maps.len();
        let mut elements: Vec<Element> = Vec::new();
        let mut pending: Vec<Pending> = Vec::new();
        for turn in 0..turns {
            for &inst in insts {
                let data = self.func.inst(inst).clone();
                match data.op {
                    Opcode::Poll => {
                        // One for all turns, in the last one.
                        if turn == turns - 1 {
                            self.copy(turn, inst, data);
                            pending.clear();
                            elements.clear();
                        }
                    }
                    Opcode::Load => {
                        let address = self.value(turn, data.args[0]);
                        let ty = self.func.value_type(data.results[0]);
                        let known = elements.iter().find(|known| {
                            known.address == address && known.offset == data.imm && known.ty == ty
                        });
                        if let Some(known) = known {
                            self.maps[turn].insert(data.results[0], known.value);
                            continue;
                        }
                        pending.retain(|p| self.apart.contains(&(p.origin, inst)));
                        let (result, offset) = (data.results[0], data.imm.clone());
                        self.copy(turn, inst, data);
                        let value = self.maps[turn][&result];
                        elements.push(Element { address, offset, ty, value, origin: inst });
                    }
                    Opcode::Store => {
                        let value = self.value(turn, data.args[0]);
                        let address = self.value(turn, data.args[1]);
                        let ty = self.func.value_type(value);
                        elements.retain(|known| self.apart.contains(&(known.origin, inst)));
                        let offset = data.imm.clone();
                        let again =
                            |p: &Pending| p.address == address && p.offset == offset && p.ty == ty;
                        if let Some(at) = pending.iter().position(again) {
                            let gone = pending.swap_remove(at).made;
                            self.func.block_mut(self.current).insts.retain(|&i| i != gone);
                        }
                        let made = self.copy(turn, inst, data);
                        let origin = inst;
                        pending.push(Pending { address, offset: offset.clone(), ty, origin, made });
                        elements.push(Element { address, offset, ty, value, origin });
                    }
                    _ => {
                        self.compute(turn, inst, data);
                    }
                }
            }
        }
    }

    /// A computation, once for all turns if it is the same.
    fn compute(&mut self, turn: usize, inst: Inst, data: InstData) {
        let same = |&arg: &Value| turn > 0 && self.value(turn, arg) == self.value(0, arg);
        if turn > 0 && data.args.iter().all(same) {
            for result in &data.results {
                let first = self.maps[0][result];
                self.maps[turn].insert(*result, first);
            }
            return;
        }
        self.copy(turn, inst, data);
    }

    fn copy(&mut self, turn: usize, inst: Inst, data: InstData) -> Inst {
        let types: Vec<Type> = data.results.iter().map(|&r| self.func.value_type(r)).collect();
        let args = data.args.iter().map(|&arg| self.value(turn, arg)).collect();
        let results = data.results.clone();
        let data = InstData { results: SmallVec::new(), args, ..data };
        let new = self.func.make_inst(data, &types);
        debug_assert!(inst != new);
        for (old, new) in results.iter().zip(&self.func.inst(new).results) {
            self.maps[turn].insert(*old, *new);
        }
        self.func.block_mut(self.current).insts.push(new);
        new
    }

    fn inner(&mut self, nest: &Nest) {
        let turns = self.maps.len();
        let loc = self.func.inst(nest.this.branch).loc;
        let header = self.func.add_block();
        let (body, behind) = (self.func.add_block(), self.func.add_block());
        let params = self.func.block(nest.this.header).params.clone();
        let mut entering = Vec::new();
        let counter = self.func.add_param(header, Type::I64);
        entering.push(nest.this.first);
        let mut own = Vec::new();
        for (&param, &value) in params.iter().zip(&nest.entering) {
            for turn in 0..turns {
                if param == nest.this.counter {
                    own.push((turn, param, counter));
                    continue;
                }
                entering.push(self.value(turn, value));
                let new = self.func.add_param(header, self.func.value_type(param));
                own.push((turn, param, new));
            }
        }
        for (turn, param, new) in own {
            self.maps[turn].insert(param, new);
        }
        let mut b = Builder::new(self.func, self.current);
        b.loc = loc;
        b.jump(Target::with(header, &entering));
        self.current = header;
        self.straight(&nest.head);
        let mut b = Builder::new(self.func, header);
        b.loc = loc;
        let more = b.icmp(IntCond::Slt, counter, nest.this.limit);
        b.br(more, Target::new(body), Target::new(behind));
        self.current = body;
        self.items(&nest.items);
        let mut back = Vec::new();
        for (&param, &value) in params.iter().zip(&nest.back) {
            if param != nest.this.counter {
                back.extend((0..turns).map(|turn| self.value(turn, value)));
            }
        }
        let mut b = Builder::new(self.func, self.current);
        b.loc = loc;
        let by = b.iconst(Type::I64, nest.this.step);
        let next = b.binary(Opcode::Iadd, counter, by);
        let mut args = vec![next];
        args.extend(back);
        b.jump(Target::with(header, &args));
        self.current = behind;
    }
}
