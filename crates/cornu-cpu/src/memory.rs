//! The memory of a plan, and which buffers share it: lifetimes to offsets in one arena.

/// A buffer's size and the steps between which it holds something.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Lifetime {
    pub(crate) bytes: usize,
    pub(crate) first: usize,
    pub(crate) last: usize,
}

/// Buffers start where the widest vectors and cache lines do.
pub(crate) const ALIGNMENT: usize = 64;

/// Zeroed memory that begins where cache lines and the widest vectors do.
pub(crate) struct Memory(pub(crate) Vec<Line>);

#[derive(Clone, Copy)]
#[repr(align(64))]
pub(crate) struct Line(#[allow(dead_code)] [u8; ALIGNMENT]);

impl Memory {
    pub(crate) fn new(bytes: usize) -> Memory {
        Memory(vec![Line([0; ALIGNMENT]); bytes.div_ceil(ALIGNMENT)])
    }

    pub(crate) fn at(&mut self, offset: usize) -> *mut u8 {
        // Wrapping: a buffer of no bytes may lie at the very end.
        self.0.as_mut_ptr().cast::<u8>().wrapping_add(offset)
    }

    pub(crate) fn bytes(&self) -> usize {
        self.0.len() * ALIGNMENT
    }
}

/// Gives each buffer an offset so that no two that live at the same time overlap, the largest
/// placed first, each in the tightest gap that holds it. Returns the offsets and the arena's size.
pub(crate) fn place(lifetimes: &[Lifetime]) -> (Vec<usize>, usize) {
    let size = |i: usize| lifetimes[i].bytes.next_multiple_of(ALIGNMENT);
    let mut order: Vec<usize> = (0..lifetimes.len()).collect();
    order.sort_by_key(|&i| (std::cmp::Reverse(size(i)), lifetimes[i].first, i));
    let mut offsets = vec![0usize; lifetimes.len()];
    let mut placed: Vec<usize> = Vec::new(); // by offset
    let mut total = 0;
    for i in order {
        let (mut gap_start, mut best) = (0usize, None::<(usize, usize)>);
        for &j in &placed {
            let apart = lifetimes[j].last < lifetimes[i].first || lifetimes[i].last < lifetimes[j].first;
            if apart {
                continue;
            }
            let gap = offsets[j].saturating_sub(gap_start);
            if offsets[j] >= gap_start && gap >= size(i) && best.is_none_or(|(smallest, _)| gap < smallest) {
                best = Some((gap, gap_start));
            }
            gap_start = gap_start.max(offsets[j] + size(j));
        }
        offsets[i] = best.map_or(gap_start, |(_, start)| start);
        total = total.max(offsets[i] + size(i));
        let at = placed.partition_point(|&j| offsets[j] <= offsets[i]);
        placed.insert(at, i);
    }
    (offsets, total)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_two_living_buffers_overlap() {
        let mut random = cornu_graph::philox::Random::new(1, 0);
        for _ in 0..200 {
            let lifetimes: Vec<Lifetime> = (0..random.below(40))
                .map(|_| {
                    let first = random.below(30);
                    Lifetime { bytes: random.below(5000), first, last: first + random.below(8) }
                })
                .collect();
            let (offsets, total) = place(&lifetimes);
            for (i, a) in lifetimes.iter().enumerate() {
                assert!(offsets[i] % ALIGNMENT == 0 && offsets[i] + a.bytes <= total);
                for (j, b) in lifetimes.iter().enumerate().take(i) {
                    let together = a.first <= b.last && b.first <= a.last;
                    let overlap = offsets[i] < offsets[j] + b.bytes && offsets[j] < offsets[i] + a.bytes;
                    assert!(!(together && overlap), "{a:?} at {} and {b:?} at {}", offsets[i], offsets[j]);
                }
            }
        }
    }

    #[test]
    fn what_is_over_makes_room() {
        let chain: Vec<Lifetime> = (0..10).map(|i| Lifetime { bytes: 640, first: i, last: i + 1 }).collect();
        assert_eq!(place(&chain).1, 1280);
    }
}
