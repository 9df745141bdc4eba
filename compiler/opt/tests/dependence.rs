//! The directions of dependences against all turns of small nests, counted out.
//!
//! `CUMBIA_SEEDS=from..to` runs other seeds than the few of every day.

use cumbia_opt::analysis::{Direction, Level, Meeting, directions, keeps_order};
use std::cmp::Ordering;
use std::collections::BTreeSet;

struct Rng(u64);

impl Rng {
    fn below(&mut self, n: i64) -> i64 {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        ((self.0 >> 33) % n as u64) as i64
    }

    fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below(high - low + 1)
    }
}

fn seeds() -> std::ops::Range<u64> {
    let given = std::env::var("CUMBIA_SEEDS").ok();
    let parsed = given.and_then(|text| {
        let (from, to) = text.split_once("..")?;
        Some(from.parse().ok()?..to.parse().ok()?)
    });
    parsed.unwrap_or(0..3_000)
}

/// All turns of a nest, in their order.
fn turns_of(turns: &[i64]) -> Vec<Vec<i64>> {
    let mut all = vec![Vec::new()];
    for &count in turns {
        let longer = |turn: &Vec<i64>| (0..count).map(|at| [&turn[..], &[at]].concat()).collect();
        all = all.iter().flat_map(|turn| -> Vec<Vec<i64>> { longer(turn) }).collect();
    }
    all
}

fn holds(meeting: &Meeting, x: &[i64], y: &[i64]) -> bool {
    let add = |each: &[i64], turn: &[i64]| -> i128 {
        each.iter().zip(turn).map(|(&by, &at)| i128::from(by) * i128::from(at)).sum()
    };
    let sum = add(&meeting.first, x) - add(&meeting.second, y) + meeting.constant;
    sum >= meeting.low && sum <= meeting.high
}

/// The directions that occur, found by trying all pairs of turns.
fn counted_out(meetings: &[Meeting], turns: &[i64]) -> BTreeSet<Direction> {
    let all = turns_of(turns);
    let mut found = BTreeSet::new();
    for x in &all {
        for y in &all {
            if meetings.iter().all(|meeting| holds(meeting, x, y)) {
                found.insert(x.iter().zip(y).map(|(x, y)| x.cmp(y)).collect());
            }
        }
    }
    found
}

fn known(turns: &[i64]) -> Vec<Option<i64>> {
    turns.iter().map(|&turns| Some(turns)).collect()
}

/// What occurs is among what is given, whether the numbers of turns are known or not.
#[test]
fn nothing_that_occurs_is_left_out() {
    for seed in seeds() {
        let mut rng = Rng(seed * 2 + 1);
        let loops = rng.between(1, 3) as usize;
        let turns: Vec<i64> = (0..loops).map(|_| rng.between(1, [9, 6, 4][loops - 1])).collect();
        let mut meetings = Vec::new();
        for _ in 0..rng.between(1, 2) {
            let uniform = rng.below(2) == 0;
            let scale = rng.between(1, 3);
            let first: Vec<i64> = (0..loops).map(|_| scale * rng.between(-3, 3)).collect();
            let second = match uniform {
                true => first.clone(),
                false => (0..loops).map(|_| scale * rng.between(-3, 3)).collect(),
            };
            let size = i128::from(rng.between(0, 3));
            let constant = i128::from(rng.between(-12, 12));
            meetings.push(Meeting { first, second, constant, low: -size, high: size });
        }
        let occurs = counted_out(&meetings, &turns);
        let some: Vec<Option<i64>> =
            turns.iter().map(|&turns| Some(turns).filter(|_| rng.below(2) == 0)).collect();
        for turns in [known(&turns), some, vec![None; loops]] {
            let given: BTreeSet<Direction> = directions(&meetings, &turns).into_iter().collect();
            let missing: Vec<_> = occurs.difference(&given).collect();
            assert!(missing.is_empty(), "seed {seed}: {meetings:?} in {turns:?}: {missing:?}");
        }
    }
}

/// For the usual subscripts, one counter each and a constant, nothing is given that doesn't
/// occur.
#[test]
fn usual_subscripts_are_exact() {
    for seed in seeds() {
        let mut rng = Rng(seed * 2 + 1);
        let loops = rng.between(1, 3) as usize;
        let turns: Vec<i64> = (0..loops).map(|_| rng.between(2, [9, 6, 4][loops - 1])).collect();
        let meetings: Vec<Meeting> = (0..loops)
            .filter(|_| rng.below(4) > 0)
            .collect::<Vec<_>>()
            .into_iter()
            .map(|at| {
                let mut first = vec![0i64; loops];
                first[at] = [1i64, 2, 8, -8][rng.below(4) as usize];
                let wide = i128::from(first[at].abs() - 1);
                let constant = i128::from(first[at] * rng.between(-5, 5));
                let second = first.clone();
                Meeting { first, second, constant, low: -wide, high: wide }
            })
            .collect();
        let given: BTreeSet<Direction> =
            directions(&meetings, &known(&turns)).into_iter().collect();
        assert_eq!(given, counted_out(&meetings, &turns), "seed {seed}: {meetings:?}, {turns:?}");
    }
}

/// Where all directions keep their order, each two turns that meet come in the order they had;
/// and where one doesn't though it occurs, some two don't.
#[test]
fn schedules_keep_the_order_of_turns() {
    use Level::{Blocks, Whole, Within};
    let schedules: [&[Level]; 6] = [
        &[Whole(0), Whole(1)],
        &[Whole(1), Whole(0)],
        &[Blocks(0), Blocks(1), Within(0), Within(1)],
        &[Blocks(1), Whole(0), Within(1)],
        &[Blocks(1), Blocks(0), Within(1), Within(0)],
        &[Blocks(0), Whole(1), Within(0)],
    ];
    let mut moved = 0;
    for seed in seeds() {
        let mut rng = Rng(seed * 2 + 1);
        let turns = [rng.between(1, 6), rng.between(1, 6)];
        let mut coefficients = || [rng.between(-2, 2), rng.between(-2, 2)].to_vec();
        let (first, second) = (coefficients(), coefficients());
        let constant = i128::from(rng.between(-4, 4));
        let meeting = Meeting { first, second, constant, low: 0, high: 0 };
        let schedule = schedules[rng.below(6) as usize];
        let block = rng.between(1, 3);
        // When a turn comes: what is counted at each level.
        let time = |turn: &[i64]| -> Vec<i64> {
            let at = |level: &Level| match *level {
                Whole(at) => turn[at],
                Blocks(at) => turn[at] / block,
                Within(at) => turn[at] % block,
            };
            schedule.iter().map(at).collect()
        };
        let found = directions(std::slice::from_ref(&meeting), &known(&turns));
        let kept = found.iter().all(|direction| keeps_order(direction, schedule));
        let all = turns_of(&turns);
        let meet = |x: &Vec<i64>| {
            let x = x.clone();
            let holds = |y: &&Vec<i64>| holds(&meeting, &x, y);
            all.iter().filter(holds).cloned().collect::<Vec<_>>()
        };
        let same = |x: &Vec<i64>, y: &Vec<i64>| x.cmp(y) == time(x).cmp(&time(y));
        let truly = all.iter().all(|x| meet(x).iter().all(|y| same(x, y)));
        assert!(!kept || truly, "seed {seed}: {meeting:?} in {turns:?} as {schedule:?}");
        moved += usize::from(kept && schedule != schedules[0] && !found.is_empty());
    }
    assert!(moved > 100, "only {moved} schedules were allowed");
}

#[test]
fn columns_of_rows() {
    // `a[i, j]` and `a[i - 1, j + 1]`: the second is met in the row behind, a column before.
    let row = Meeting { first: vec![1, 0], second: vec![1, 0], constant: 1, low: 0, high: 0 };
    let column = Meeting { first: vec![0, 8], second: vec![0, 8], constant: -8, low: -7, high: 7 };
    let found = directions(&[row, column], &[None, None]);
    assert_eq!(found, [[Ordering::Less, Ordering::Greater]]);
    assert!(!keeps_order(&found[0], &[Level::Whole(1), Level::Whole(0)]));
}
