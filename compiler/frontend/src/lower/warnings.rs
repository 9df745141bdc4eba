//! Warnings that library bodies note: the user's function that has called one issues them.
//!
//! A body that may warn says so with `prim.warn_note`, itself or in a body that it calls.
//! Behind a call of one in a function of the user stands one call of the runtime, which
//! looks whether something was noted. Functions that call no such body have nothing.

use super::Targets;
use super::function::Lowering;
use crate::infer::{Action, Engine, FunctionKey, SpecId};

/// What a body calls to note a warning.
const NOTE: &str = "prim.warn_note";

impl Targets {
    /// Whether a library body may note warnings. Found once for each, over all that it calls.
    fn may_warn(&mut self, engine: &Engine, id: SpecId) -> bool {
        if let Some(&known) = self.warning.get(&id) {
            return known;
        }
        // What calls itself notes nothing by that.
        self.warning.insert(id, false);
        let spec = engine.spec(id);
        let internal = !matches!(
            engine.root_key(&spec.key),
            FunctionKey::User(_) | FunctionKey::Initializer(_)
        );
        let found = internal
            && spec
                .actions
                .iter()
                .zip(&spec.reachable)
                .filter(|(_, reachable)| **reachable)
                .any(|(actions, _)| actions.iter().any(|action| self.action_warns(engine, action)));
        self.warning.insert(id, found);
        found
    }

    fn action_warns(&mut self, engine: &Engine, action: &Action) -> bool {
        match action {
            Action::Structural(name) => &**name == NOTE,
            Action::Call(id, _) | Action::Negated(id, _) | Action::Collect(id, _) => {
                self.may_warn(engine, *id)
            }
            Action::Choose(of) => of.iter().any(|action| self.action_warns(engine, action)),
            Action::NotNone(of) | Action::Apply(of, _) => self.action_warns(engine, of),
            _ => false,
        }
    }
}

impl Lowering<'_, '_> {
    /// Behind a call: issues what the callee has noted, at the line at hand.
    pub(super) fn issue_warnings(&mut self, callee: SpecId) {
        let (FunctionKey::User(handle) | FunctionKey::Initializer(handle)) =
            self.engine.root_key(&self.spec.key)
        else {
            return;
        };
        if self.targets.may_warn(self.engine, callee) {
            let line = i64::from(self.fx.loc.line);
            let args = [self.fx.int(handle as i64), self.fx.int(line)];
            self.fx.helper("warn_noted", &args);
        }
    }
}
