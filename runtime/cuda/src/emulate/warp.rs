//! What the lanes of a warp wait for: each group of lanes with one mask at one place.
//!
//! A lane that has ended doesn't count, whatever a mask says; nobody can read its value.

use super::{BlockRun, Fault, WARP};
use cumbia_abi::grid::{MeetingKind, STATE_END};
use std::ops::Range;

impl BlockRun<'_> {
    /// Settles the groups that are complete; the lanes that go on are added to `ready`.
    ///
    /// A group that isn't complete is a fault only if nobody goes on, which the caller knows:
    /// it is given as [`Fault::Apart`].
    pub(super) fn settle_warp(
        &mut self,
        lanes: Range<usize>,
        ready: &mut Vec<usize>,
    ) -> Result<(), Fault> {
        let mut in_vain = None;
        let mut done = [false; WARP];
        let first = lanes.start;
        for number in lanes.clone() {
            if done[number - first] {
                continue;
            }
            let Some(meeting) = self.meeting(number) else { continue };
            let thread = *self.memory.thread(number);
            if meeting.kind.is_of_block() {
                continue;
            }
            let same_place = |this: &mut Self, n: usize| {
                let other = *this.memory.thread(n);
                other.state != STATE_END && other.meeting == thread.meeting
            };
            if meeting.kind == MeetingKind::ActiveMask {
                let here: Vec<usize> = lanes.clone().filter(|&n| same_place(self, n)).collect();
                let mask = here.iter().fold(0u32, |mask, &n| mask | 1 << (n - first));
                for n in here {
                    self.memory.thread(n).answer = mask as i32;
                    done[n - first] = true;
                    ready.push(n);
                }
                continue;
            }
            let mask = thread.operands[0] as u32;
            if mask >> (number - first) & 1 == 0 {
                return Err(Fault::NotInMask { place: self.place(number), meeting, mask });
            }
            // Lanes beyond the block's last thread, and those that have ended, don't count.
            let wanted: Vec<usize> = lanes
                .clone()
                .filter(|&n| mask >> (n - first) & 1 == 1 && self.state(n) != STATE_END)
                .collect();
            let missing = wanted.iter().copied().find(|&n| {
                let other = *self.memory.thread(n);
                // Places to wait for nothing else may be different ones.
                let sync = meeting.kind == MeetingKind::WarpSync
                    && self.meeting(n).is_some_and(|m| m.kind == MeetingKind::WarpSync);
                !(sync || other.meeting == thread.meeting)
                    || other.operands[0] != thread.operands[0]
            });
            if let Some(other) = missing {
                let fault = self.apart(number, other);
                in_vain.get_or_insert(fault);
                continue;
            }
            self.exchange(first, &wanted, meeting.kind)?;
            self.watch().exchanged(&wanted);
            for n in wanted {
                done[n - first] = true;
                ready.push(n);
            }
        }
        ready.sort_unstable();
        in_vain.map_or(Ok(()), Err)
    }

    /// Gives each lane of a complete group its answer.
    fn exchange(&mut self, first: usize, group: &[usize], kind: MeetingKind) -> Result<(), Fault> {
        use MeetingKind as Kind;
        let values: Vec<(usize, i32)> =
            group.iter().map(|&n| (n - first, self.memory.thread(n).operands[1])).collect();
        let bits = |wanted: &dyn Fn(i32) -> bool| {
            values
                .iter()
                .filter(|&&(_, v)| wanted(v))
                .fold(0u32, |mask, &(lane, _)| mask | 1 << lane)
        };
        let set = bits(&|v| v != 0);
        for &number in group {
            let thread = *self.memory.thread(number);
            let (lane, value) = (number - first, thread.operands[1]);
            let answer = match kind {
                Kind::ShuffleIndex | Kind::ShuffleUp | Kind::ShuffleDown | Kind::ShuffleXor => {
                    let from = self.source(number, lane, kind)?;
                    match values.iter().find(|&&(other, _)| other == from) {
                        Some(&(_, value)) => value,
                        None => {
                            let meeting = self.meeting(number).expect("it waits");
                            let lane = from as u32;
                            return Err(Fault::AbsentLane {
                                place: self.place(number),
                                meeting,
                                lane,
                            });
                        }
                    }
                }
                Kind::VoteAll => i32::from(values.iter().all(|&(_, v)| v != 0)),
                Kind::VoteAny => i32::from(set != 0),
                Kind::VoteEqual => i32::from(set == 0 || values.iter().all(|&(_, v)| v != 0)),
                Kind::VoteBallot => set as i32,
                Kind::MatchAny => bits(&|v| v == value) as i32,
                Kind::MatchAll => {
                    let all = values.iter().all(|&(_, v)| v == value);
                    if all { bits(&|_| true) as i32 } else { 0 }
                }
                _ => 0,
            };
            self.memory.thread(number).answer = answer;
        }
        Ok(())
    }

    /// The lane whose value a shuffle gives (PTX ISA, `shfl.sync`, with the clamp that
    /// `__shfl_sync` and its like use).
    fn source(&mut self, number: usize, lane: usize, kind: MeetingKind) -> Result<usize, Fault> {
        let [_, _, by, width] = self.memory.thread(number).operands;
        let whole = WARP as i32;
        if !(1..=whole).contains(&width) || width & (width - 1) != 0 {
            let meeting = self.meeting(number).expect("it waits");
            return Err(Fault::BadWidth { place: self.place(number), meeting, width });
        }
        let lane = lane as i32;
        let start = lane & !(width - 1);
        // Five bits say how far or which lane; the others are ignored.
        let by = by & (whole - 1);
        let from = match kind {
            MeetingKind::ShuffleIndex => start + (by & (width - 1)),
            MeetingKind::ShuffleUp if lane - by >= start => lane - by,
            MeetingKind::ShuffleDown if lane + by < start + width => lane + by,
            MeetingKind::ShuffleXor if (lane ^ by) < start + width => lane ^ by,
            _ => lane,
        };
        Ok(from as usize)
    }
}
