//! How warps access memory: how many sectors of global memory, and how many turns at the banks
//! of shared memory.
//!
//! Threads run one after the other, so what a warp does at once is put together afterwards: its
//! lanes' accesses at one place of the text, the first since the last barrier, the second, and
//! so on. Lanes that go different ways through a loop may be put together wrongly.

use super::{Deed, WARP};
use std::collections::{BTreeMap, HashMap};

/// Bytes that global memory is read and written by.
const SECTOR: u64 = 32;
/// Banks of shared memory, each of so many bytes at a time.
const BANKS: u64 = 32;
const BANK: u64 = 4;

/// A place in the text that accesses memory in one way.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub struct AccessSite {
    /// Line of the user's file, and column.
    pub line: u32,
    /// See `line`.
    pub col: u32,
    /// Whether it is shared memory.
    pub is_shared: bool,
    /// What is done: 0 reads, 1 writes, 2 changes atomically.
    pub deed: u8,
    /// Bytes of an access.
    pub size: u32,
}

impl AccessSite {
    /// What is done.
    pub fn deed(self) -> Deed {
        [Deed::Reads, Deed::Writes, Deed::ChangesAtomically][usize::from(self.deed)]
    }
}

/// What all warps did at a site.
#[derive(Clone, Copy, PartialEq, Eq, Default, Debug)]
pub struct AccessCosts {
    /// Accesses of warps, and of lanes.
    pub warps: u64,
    /// See `warps`.
    pub lanes: u64,
    /// Sectors of global memory, or turns at the banks of shared memory.
    pub took: u64,
    /// The same if the lanes' elements lay one behind the other.
    pub least: u64,
    /// The most of one access of a warp.
    pub worst: u64,
}

/// What a launch does, by sites.
#[derive(Default, Debug)]
pub struct Patterns {
    /// The costs of what is over.
    pub sites: BTreeMap<AccessSite, AccessCosts>,
    /// The addresses of lanes, by warp and by how often its lanes were there.
    open: HashMap<(AccessSite, u16, u32), Vec<u64>>,
    /// How often a thread was at a site.
    counts: HashMap<(AccessSite, u16), u32>,
}

impl Patterns {
    /// A thread of the block accesses an address.
    pub(super) fn note(&mut self, site: AccessSite, thread: u16, address: u64) {
        let count = self.counts.entry((site, thread)).or_default();
        let warp = thread / WARP as u16;
        self.open.entry((site, warp, *count)).or_default().push(address);
        *count += 1;
    }

    /// A barrier, or the end of a block.
    pub(super) fn settle(&mut self) {
        self.counts.clear();
        for ((site, ..), addresses) in self.open.drain() {
            let costs = self.sites.entry(site).or_default();
            let (took, least) = match site.is_shared {
                true => turns(&addresses, u64::from(site.size)),
                false => sectors(&addresses, u64::from(site.size)),
            };
            costs.warps += 1;
            costs.lanes += addresses.len() as u64;
            costs.took += took;
            costs.least += least;
            costs.worst = costs.worst.max(took);
        }
    }
}

/// How many sectors the accesses touch, and how many they fill.
fn sectors(addresses: &[u64], size: u64) -> (u64, u64) {
    let mut touched: Vec<u64> =
        addresses.iter().flat_map(|&at| at / SECTOR..=(at + size - 1) / SECTOR).collect();
    let mut elements = addresses.to_vec();
    for all in [&mut touched, &mut elements] {
        all.sort_unstable();
        all.dedup();
    }
    (touched.len() as u64, (elements.len() as u64 * size).div_ceil(SECTOR))
}

/// How many turns the banks need: each gives one of its words at a time. Wide accesses are
/// done by half or a quarter of a warp at a time.
fn turns(addresses: &[u64], size: u64) -> (u64, u64) {
    let at_once = WARP / (size.div_ceil(BANK) as usize).clamp(1, WARP);
    let mut all = 0;
    let parts = addresses.chunks(at_once.max(1));
    let least = parts.len() as u64;
    for part in parts {
        let mut words: Vec<u64> =
            part.iter().flat_map(|&at| at / BANK..=(at + size - 1) / BANK).collect();
        words.sort_unstable();
        words.dedup();
        let mut of_banks = [0u64; BANKS as usize];
        words.iter().for_each(|word| of_banks[(word % BANKS) as usize] += 1);
        all += of_banks.into_iter().max().unwrap_or(0);
    }
    (all, least)
}

#[cfg(test)]
mod tests {
    use super::{sectors, turns};

    fn lanes(step: u64) -> Vec<u64> {
        (0..32).map(|lane| 4096 + lane * step).collect()
    }

    #[test]
    fn sectors_of_global_memory() {
        assert_eq!(sectors(&lanes(4), 4), (4, 4));
        assert_eq!(sectors(&lanes(8), 8), (8, 8));
        assert_eq!(sectors(&lanes(8), 4), (8, 4));
        assert_eq!(sectors(&lanes(128), 4), (32, 4));
        assert_eq!(sectors(&lanes(0), 4), (1, 1));
        assert_eq!(sectors(&[4096 + 28], 8), (2, 1));
    }

    #[test]
    fn turns_at_banks() {
        assert_eq!(turns(&lanes(4), 4), (1, 1));
        assert_eq!(turns(&lanes(0), 4), (1, 1));
        assert_eq!(turns(&lanes(8), 4), (2, 1));
        assert_eq!(turns(&lanes(128), 4), (32, 1));
        assert_eq!(turns(&lanes(132), 4), (1, 1));
        assert_eq!(turns(&lanes(8), 8), (2, 2));
        assert_eq!(turns(&lanes(256), 8), (32, 2));
        assert_eq!(turns(&lanes(1), 1), (1, 1));
    }
}
