//! Values that are computed twice instead of being kept.
//!
//! A forward pass leaves much for the backward pass that is cheaply computed again from what is kept
//! anyway: the steps of an activation's derivative, a distance from a mean. What one loop would store
//! only for another is computed by that other one, wherever this takes less memory.

use super::{Fusion, Item, Kind, MAX_ITEMS, NONE};
use cornu_graph::Graph;
use cornu_graph::ops::Op;
use std::collections::{BTreeMap, BTreeSet};

/// Items that are computed again for one loop, at most.
const MOST: usize = 16;

impl Fusion {
    /// Lets loops compute again what others would store for them alone.
    pub(super) fn recompute(&mut self, graph: &Graph) {
        let kept: BTreeSet<usize> = self.outputs.iter().chain(&self.updates).copied().collect();
        let mut read_by: Vec<Vec<usize>> = vec![Vec::new(); self.items.len()];
        for (reader, item) in self.items.iter().enumerate() {
            item.operands.iter().for_each(|(of, _)| read_by[*of].push(reader));
        }
        for from in 0..self.groups.len() {
            let own: BTreeSet<usize> = self.groups[from].iter().copied().collect();
            if own.len() < 2 {
                continue;
            }
            // Who reads what of this group from outside.
            let mut readers: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
            let mut reading: BTreeMap<usize, BTreeSet<usize>> = BTreeMap::new();
            for &value in &own {
                for &reader in &read_by[value] {
                    let group = self.group_of[reader];
                    let reads = self.items[reader].operands.iter().any(|(of, _)| *of == value);
                    if reads && group != NONE && group != from {
                        readers.entry(value).or_default().insert(group);
                        reading.entry(group).or_default().insert(value);
                    }
                }
            }
            let mut moved = false;
            for (to, values) in reading {
                let again: BTreeSet<usize> =
                    values.into_iter().filter(|&value| self.may_move(graph, value, to)).collect();
                if let Some(chain) = self.pays(graph, &again, to, &own, &readers, &kept) {
                    let first = self.items.len();
                    self.copy_into(to, &chain);
                    read_by.resize(self.items.len(), Vec::new());
                    // Now it reads what the copies are made of, and no longer what was copied.
                    for copy in first..self.items.len() {
                        for &(of, _) in &self.items[copy].operands {
                            read_by[of].push(copy);
                            if own.contains(&of) {
                                readers.entry(of).or_default().insert(to);
                            }
                        }
                    }
                    for value in &chain {
                        if let Some(groups) = readers.get_mut(value) {
                            groups.remove(&to);
                        }
                    }
                    moved = true;
                }
            }
            if moved {
                self.drop_unread(from, &kept);
            }
        }
    }

    /// Takes items that nobody reads any longer out of their group.
    fn drop_unread(&mut self, group: usize, kept: &BTreeSet<usize>) {
        let mut read = vec![false; self.items.len()];
        let outside = |&reader: &usize| self.group_of[reader] != group && self.group_of[reader] != NONE;
        for reader in (0..self.items.len()).filter(outside) {
            self.items[reader].operands.iter().for_each(|(of, _)| read[*of] = true);
        }
        let mut left = Vec::new();
        for item in std::mem::take(&mut self.groups[group]).into_iter().rev() {
            let folds = !matches!(self.items[item].kind, Kind::Elementwise(_));
            if folds || read[item] || kept.contains(&item) {
                self.items[item].operands.iter().for_each(|(of, _)| read[*of] = true);
                left.push(item);
            } else {
                self.group_of[item] = NONE;
            }
        }
        left.reverse();
        self.groups[group] = left;
    }

    /// Whether an item is cheap to compute again.
    fn is_cheap(&self, graph: &Graph, item: usize) -> bool {
        let op = &graph.nodes()[self.items[item].node].op;
        let dear = op.is_transcendental() || matches!(op, Op::Uniform(_) | Op::Div(_) | Op::Sqrt(_));
        matches!(self.items[item].kind, Kind::Elementwise(_)) && !dear
    }

    /// Whether all readers of a value in group `to` could take it from their own loop.
    fn may_move(&self, graph: &Graph, value: usize, to: usize) -> bool {
        self.is_cheap(graph, value)
            && self.groups[to].iter().all(|&reader| {
                let mut reads = self.items[reader].operands.iter().filter(|(of, _)| *of == value);
                reads.all(|(_, view)| self.flows(reader, value, view))
            })
    }

    /// The items to compute again for these values, if that keeps less in memory.
    fn pays(
        &self,
        graph: &Graph,
        values: &BTreeSet<usize>,
        to: usize,
        own: &BTreeSet<usize>,
        readers: &BTreeMap<usize, BTreeSet<usize>>,
        kept: &BTreeSet<usize>,
    ) -> Option<BTreeSet<usize>> {
        let bytes = |item: &Item| item.shape.size() * item.dtype.size();
        let alone = |value: &usize| {
            readers.get(value).is_some_and(|groups| groups.len() == 1) && !kept.contains(value)
        };
        // What others keep is not worth computing again.
        let values: BTreeSet<usize> = values.iter().copied().filter(alone).collect();
        let saved: usize = values.iter().map(|&value| bytes(&self.items[value])).sum();
        let read: BTreeSet<usize> =
            self.groups[to].iter().flat_map(|&i| self.items[i].operands.iter().map(|(of, _)| *of)).collect();
        let (mut chain, mut sources) = (BTreeSet::new(), BTreeSet::new());
        let mut stack: Vec<usize> = values.iter().copied().collect();
        while let Some(item) = stack.pop() {
            if !chain.insert(item) {
                continue;
            }
            for (of, _) in &self.items[item].operands {
                let is_kept = kept.contains(of) || readers.get(of).is_some_and(|groups| !groups.is_empty());
                match own.contains(of) {
                    true if values.contains(of) || (self.is_cheap(graph, *of) && !is_kept) => stack.push(*of),
                    _ => drop(sources.insert(*of)),
                }
            }
        }
        let added: usize = (sources.iter())
            .filter(|&&of| !read.contains(&of) && !matches!(self.items[of].kind, Kind::Given))
            // What the group stores for others already is there.
            .filter(|of| !(own.contains(of) && readers.get(of).is_some_and(|groups| !groups.is_empty())))
            .map(|&of| bytes(&self.items[of]))
            .sum();
        let fits = chain.len() <= MOST && chain.len() + self.groups[to].len() <= MAX_ITEMS;
        (saved > added && fits).then_some(chain)
    }

    /// Gives a group items of its own that compute the same.
    fn copy_into(&mut self, to: usize, chain: &BTreeSet<usize>) {
        let mut copies: BTreeMap<usize, usize> = BTreeMap::new();
        for (number, &item) in chain.iter().enumerate() {
            copies.insert(item, self.items.len() + number);
        }
        let renamed = |item: &mut Item| {
            for (of, _) in &mut item.operands {
                *of = copies.get(of).copied().unwrap_or(*of);
            }
        };
        for &member in &self.groups[to] {
            renamed(&mut self.items[member]);
        }
        for &item in chain {
            let mut copy = self.items[item].clone();
            renamed(&mut copy);
            self.groups[to].push(self.items.len());
            self.group_of.push(to);
            self.items.push(copy);
        }
        // What is computed stands before who reads it, as the nodes do.
        let items = &self.items;
        self.groups[to].sort_by_key(|&i| items[i].node);
    }
}
