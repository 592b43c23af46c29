//! From a group of items to the loop that computes them.

use crate::fuse::{Fusion, Item, Kind, fold_order, lanes, reduced_axes};
use crate::kernels::fused::{
    Access, Code, Comparison, First, Fold, FoldKind, FoldShape, Instruction, Lanes, Load, Loop, Second,
    Store, TILE, rows_per_tile,
};
use crate::layout::{View, collapse};
use cornu_graph::ops::Op;
use cornu_graph::{DType, Graph, Shape};

/// A loop under construction: walks are still along the axes of the tensors.
pub(crate) struct LoopBuilder {
    lanes: Lanes,
    walk: Vec<usize>,
    loads: Vec<(u16, usize, DType, View)>,
    constants: Vec<(u16, f64)>,
    instructions: Vec<Instruction>,
    stores: Vec<(u16, usize, DType, View)>,
    folds: Vec<Fold>,
    axes: Option<Vec<usize>>,
    n_slots: u16,
}

/// Elementwise operations that a loop does before it is worth splitting, and parts at most.
const WORK_PER_PART: usize = 200_000;
const MAX_PARTS: usize = 16;

impl LoopBuilder {
    pub(crate) fn new(lanes: Lanes, walk: &[usize]) -> LoopBuilder {
        LoopBuilder {
            lanes,
            walk: walk.to_vec(),
            loads: Vec::new(),
            constants: Vec::new(),
            instructions: Vec::new(),
            stores: Vec::new(),
            folds: Vec::new(),
            axes: None,
            n_slots: 0,
        }
    }

    fn slot(&mut self) -> u16 {
        self.n_slots += 1;
        self.n_slots - 1
    }

    /// The slot of a number that is the same everywhere.
    pub(crate) fn constant(&mut self, value: f64) -> u16 {
        if let Some(&(slot, _)) = self.constants.iter().find(|(_, known)| known.to_bits() == value.to_bits())
        {
            return slot;
        }
        let slot = self.slot();
        self.constants.push((slot, value));
        slot
    }

    /// The slot of an operand in memory.
    pub(crate) fn load(&mut self, buffer: usize, dtype: DType, view: &View) -> u16 {
        if let Some(known) = self.loads.iter().find(|load| load.1 == buffer && load.3 == *view) {
            return known.0;
        }
        let slot = self.slot();
        self.loads.push((slot, buffer, dtype, view.clone()));
        slot
    }

    pub(crate) fn instruction(&mut self, code: Code, args: &[u16]) -> u16 {
        let dst = self.slot();
        let mut slots = [0; 4];
        slots[..args.len()].copy_from_slice(args);
        self.instructions.push(Instruction { code, dst, args: slots, padded: false });
        dst
    }

    pub(crate) fn store(&mut self, slot: u16, buffer: usize, dtype: DType, view: View) {
        self.stores.push((slot, buffer, dtype, view));
    }

    /// Adds the items of one group.
    pub(crate) fn items(
        &mut self,
        graph: &Graph,
        fusion: &Fusion,
        group: &[usize],
        buffers: &[Option<usize>],
        is_stored: impl Fn(usize) -> bool,
    ) {
        let mut slots: Vec<(usize, u16)> = Vec::new();
        for &index in group {
            let item: &Item = &fusion.items[index];
            let op = &graph.nodes()[item.node].op;
            if let (Kind::Elementwise(_), Op::Uniform(uniform)) = (item.kind, op) {
                let at = |i: usize| buffers[item.operands[i].0].unwrap_or_default();
                let code = Code::Uniform { stream: uniform.stream, seed: at(0), step: at(1) };
                let slot = self.instruction(code, &[]);
                slots.push((index, slot));
                if is_stored(index) {
                    self.store_item(fusion, index, slot, buffers);
                }
                continue;
            }
            let args: Vec<u16> = item
                .operands
                .iter()
                .map(|(of, view)| {
                    if let Some((_, slot)) = slots.iter().find(|(known, _)| known == of) {
                        return *slot;
                    }
                    let source = &fusion.items[*of];
                    match &graph.nodes()[source.node].op {
                        Op::Constant(constant) if source.kind == Kind::Given && constant.item().is_some() => {
                            self.constant(constant.item().unwrap_or_default())
                        }
                        _ => self.load(buffers[*of].unwrap_or_default(), source.dtype, view),
                    }
                })
                .collect();
            match item.kind {
                Kind::Reduction(_) => {
                    self.axes = reduced_axes(op).map(<[usize]>::to_vec);
                    let kind = match op {
                        Op::Prod(_) => FoldKind::Prod,
                        Op::ReduceMax(_) => FoldKind::Max,
                        Op::ReduceMin(_) => FoldKind::Min,
                        _ => FoldKind::Sum,
                    };
                    let buffer = buffers[index].unwrap_or_default();
                    self.folds.push(Fold { kind, slot: args[0], buffer, dtype: item.dtype, partial: None });
                }
                Kind::Copy(_) => self.store_item(fusion, index, args[0], buffers),
                _ => {
                    let mut slot = self.instruction(code(op, item.dtype), &args);
                    if rounds(op) && !item.dtype.is_float() {
                        slot = self.instruction(Code::Round(item.dtype), &[slot]);
                    }
                    slots.push((index, slot));
                    if is_stored(index) {
                        self.store_item(fusion, index, slot, buffers);
                    }
                }
            }
        }
    }

    fn store_item(&mut self, fusion: &Fusion, index: usize, slot: u16, buffers: &[Option<usize>]) {
        let item = &fusion.items[index];
        let view = View::contiguous(&Shape::from(&item.walk[..]));
        self.store(slot, buffers[index].unwrap_or_default(), item.dtype, view);
    }

    /// Joins instructions whose result one other alone wants with that one, so that both take one pass.
    fn join_instructions(&mut self) {
        let mut uses = vec![0; self.n_slots as usize];
        let args = self.instructions.iter().flat_map(|i| &i.args[..n_args(&i.code)]);
        let kept = self.stores.iter().map(|store| &store.0).chain(self.folds.iter().map(|fold| &fold.slot));
        args.chain(kept).for_each(|&slot| uses[slot as usize] += 1);
        let mut joined: Vec<Instruction> = Vec::new();
        for mut next in std::mem::take(&mut self.instructions) {
            let found = (0..n_args(&next.code)).find_map(|i| {
                let before = joined.iter().position(|before| before.dst == next.args[i])?;
                (uses[next.args[i] as usize] == 1)
                    .then(|| join(&joined[before], &next, i))?
                    .map(|j| (before, j))
            });
            if let Some((before, instruction)) = found {
                joined.remove(before);
                next = instruction;
            }
            joined.push(next);
        }
        self.instructions = joined;
    }

    /// Lays the axes out, chooses how each operand is reached and gives out registers. `partial`
    /// makes a buffer of so many bytes for the parts' own results.
    pub(crate) fn build(mut self, mut partial: impl FnMut(usize) -> usize) -> Loop {
        self.join_instructions();
        let lane_dtype = self.lanes.dtype();
        let rank = self.walk.len();
        let views: Vec<&View> =
            self.loads.iter().map(|load| &load.3).chain(self.stores.iter().map(|store| &store.3)).collect();
        let collapsed = |axes: &[usize]| -> Vec<(usize, Vec<isize>)> {
            let extents: Vec<usize> = axes.iter().map(|&axis| self.walk[axis]).collect();
            let walks: Vec<Vec<isize>> =
                views.iter().map(|view| axes.iter().map(|&axis| view.strides[axis]).collect()).collect();
            if walks.is_empty() {
                return vec![(extents.iter().product(), Vec::new())];
            }
            collapse(&extents, &walks.iter().collect::<Vec<_>>())
        };
        let mut runs: Vec<(usize, Vec<isize>)>;
        let mut fold_shape = None;
        match &self.axes {
            None => runs = collapsed(&(0..rank).collect::<Vec<_>>()),
            Some(axes) => {
                let order = fold_order(rank, axes);
                let n_inner = rank - 1 - axes.iter().max().copied().unwrap_or(0);
                let n_outer = rank - axes.len() - n_inner;
                runs = collapsed(&order[..n_outer]);
                let mut reduced = collapsed(&order[n_outer..n_outer + axes.len()]);
                let mut inner = collapsed(&order[n_outer + axes.len()..]);
                inner.retain(|(extent, _)| *extent != 1);
                let keeps_inner = !inner.is_empty();
                let last_inner = inner.pop();
                runs.extend(inner);
                runs.retain(|(extent, _)| *extent != 1);
                if reduced.is_empty() {
                    reduced.push((1, vec![0; views.len()]));
                }
                let all: usize = reduced.iter().map(|(extent, _)| extent).product();
                let rows_per_result = match keeps_inner {
                    true => all,
                    false => all / reduced.last().map_or(1, |(extent, _)| *extent).max(1),
                };
                let results = axes
                    .iter()
                    .fold(self.walk.iter().product::<usize>(), |size, &axis| size / self.walk[axis].max(1));
                fold_shape =
                    Some(FoldShape { keeps_inner, rows_per_result: rows_per_result.max(1), results });
                runs.extend(reduced);
                runs.extend(last_inner);
            }
        }
        if runs.is_empty() {
            runs.push((1, vec![0; views.len()]));
        }
        let extents: Vec<usize> = runs.iter().map(|(extent, _)| *extent).collect();
        let strides_of = |i: usize| {
            runs.iter().map(|(_, strides)| strides.get(i).copied().unwrap_or(0)).collect::<Vec<isize>>()
        };
        let inner = *extents.last().unwrap_or(&1);
        let rows: usize = extents[..extents.len() - 1].iter().product();
        let in_one_piece =
            |strides: &[isize]| strides == View::contiguous(&Shape::from(&extents[..])).strides;
        let lies_in_order = |strides: &[isize]| match rows == 1 || rows_per_tile(inner) == 1 {
            true => strides[strides.len() - 1] == 1 || inner == 1,
            false => in_one_piece(strides),
        };
        let n_loads = self.loads.len();
        let loads: Vec<Load> = self
            .loads
            .iter()
            .enumerate()
            .map(|(i, (slot, buffer, dtype, view))| {
                let strides = strides_of(i);
                let same_in_rows = strides[..strides.len() - 1].iter().all(|&s| s == 0);
                let access = if strides.iter().all(|&s| s == 0) || (inner <= TILE && rows > 1 && same_in_rows)
                {
                    Access::Once
                } else if *dtype == lane_dtype && lies_in_order(&strides) {
                    Access::Direct
                } else {
                    Access::Gather
                };
                let (slot, buffer, dtype, joined) = (*slot, *buffer, *dtype, in_one_piece(&strides));
                Load { slot, buffer, dtype, offset: view.offset, strides, joined, access }
            })
            .collect();
        let mut stores: Vec<Store> = Vec::new();
        for (i, (slot, buffer, dtype, view)) in self.stores.iter().enumerate() {
            let strides = strides_of(n_loads + i);
            let made = self.instructions.iter().position(|instruction| instruction.dst == *slot);
            // What lies there is read no more once the value is made.
            let over = |load: &Load| {
                let read = |instruction: &Instruction| {
                    instruction.args[..n_args(&instruction.code)].contains(&load.slot)
                };
                load.access == Access::Direct
                    && (load.offset, &load.strides) == (view.offset, &strides)
                    && !self.instructions[made.unwrap_or(0)..].iter().any(read)
                    && self.stores.iter().all(|store| store.0 != load.slot)
                    && self.folds.iter().all(|fold| fold.slot != load.slot)
            };
            let direct = *dtype == lane_dtype
                && lies_in_order(&strides)
                && made.is_some()
                && loads.iter().all(|load| load.buffer != *buffer || over(load))
                && stores.iter().all(|store| store.slot != *slot);
            stores.push(Store {
                slot: *slot,
                buffer: *buffer,
                dtype: *dtype,
                offset: view.offset,
                joined: in_one_piece(&strides),
                strides,
                direct,
            });
        }
        let mut built = Loop {
            lanes: self.lanes,
            extents,
            loads,
            constants: self.constants,
            instructions: self.instructions,
            stores,
            folds: self.folds,
            fold_shape,
            registers: Vec::new(),
            n_registers: 0,
            streams: Vec::new(),
            parts: 1,
        };
        let loads = built.loads.iter().filter(|load| load.access == Access::Direct).map(|load| load.slot);
        let fresh =
            |store: &&Store| store.direct && built.loads.iter().all(|load| load.buffer != store.buffer);
        let stores = built.stores.iter().filter(fresh).map(|store| store.slot);
        built.streams = loads.chain(stores).collect();
        give_registers(&mut built, self.n_slots as usize);
        split(&mut built, &mut partial);
        built
    }
}

/// Gives each slot that needs one a register, and takes it back after the slot's last use.
fn give_registers(work: &mut Loop, n_slots: usize) {
    let end = work.instructions.len();
    let mut last_use = vec![0; n_slots];
    for (i, instruction) in work.instructions.iter().enumerate() {
        for &arg in &instruction.args[..n_args(&instruction.code)] {
            last_use[arg as usize] = i;
        }
    }
    for slot in work.stores.iter().map(|store| store.slot).chain(work.folds.iter().map(|fold| fold.slot)) {
        last_use[slot as usize] = end;
    }
    let mut registers = vec![None; n_slots];
    let mut free: Vec<u16> = Vec::new();
    let mut n = 0;
    let mut take = |free: &mut Vec<u16>| {
        free.pop().unwrap_or_else(|| {
            n += 1;
            n - 1
        })
    };
    // What is read once must outlive every tile.
    let once = work.loads.iter().filter(|load| load.access == Access::Once).map(|load| load.slot);
    for slot in work.constants.iter().map(|(slot, _)| *slot).chain(once) {
        registers[slot as usize] = Some(take(&mut free));
        last_use[slot as usize] = usize::MAX;
    }
    for load in work.loads.iter().filter(|load| load.access == Access::Gather) {
        registers[load.slot as usize] = Some(take(&mut free));
    }
    let gathered: Vec<u16> =
        work.loads.iter().filter(|load| load.access == Access::Gather).map(|load| load.slot).collect();
    for i in 0..end {
        let Instruction { code, dst, args, .. } = work.instructions[i].clone();
        let is_direct = work.stores.iter().any(|store| store.direct && store.slot == dst);
        if !is_direct {
            registers[dst as usize] = Some(take(&mut free));
        }
        let args = &args[..n_args(&code)];
        work.instructions[i].padded = !is_direct && args.iter().all(|&arg| registers[arg as usize].is_some());
        let mut done: Vec<u16> = args.to_vec();
        done.sort_unstable();
        done.dedup();
        for arg in done {
            if last_use[arg as usize] == i
                && let Some(register) = registers[arg as usize]
                // A gathered operand nobody used before stays in place for the next tile's gather.
                && !gathered.contains(&arg)
            {
                free.push(register);
            }
        }
    }
    work.registers = registers;
    work.n_registers = n as usize;
}

/// Decides how many parts the loop has, from its shape alone, and where parts keep their results.
fn split(work: &mut Loop, partial: &mut impl FnMut(usize) -> usize) {
    let memory = 2 * (work.loads.len() + work.stores.len().max(1));
    let effort: usize = work.instructions.iter().map(|i| effort(&i.code)).sum::<usize>() + memory;
    let wanted = (work.size() * effort / WORK_PER_PART).clamp(1, MAX_PARTS);
    let rows = work.rows();
    let Some(shape) = work.fold_shape.clone() else {
        let units = match rows {
            1 => work.inner().div_ceil(TILE),
            rows => rows.div_ceil(work.rows_per_tile()),
        };
        work.parts = wanted.min(units).max(1);
        return;
    };
    let lane_dtype = work.lanes.dtype();
    let converted = work.folds.iter().any(|fold| fold.dtype != lane_dtype);
    let whole_units = rows / work.row_unit().max(1);
    let mut shares = converted;
    if rows > 1 && whole_units >= wanted && !converted {
        work.parts = wanted;
    } else if !(rows == 1 && shape.keeps_inner) {
        let units = match rows {
            1 => work.inner().div_ceil(TILE),
            rows => rows.div_ceil(work.rows_per_tile()),
        };
        work.parts = wanted.min(units).min((work.size() / (4 * shape.results.max(1))).max(1)).max(1);
        shares |= work.parts > 1;
    }
    if shares {
        for fold in &mut work.folds {
            fold.partial = Some(partial(work.parts * shape.results * lane_dtype.size()));
        }
    }
}

/// The instruction that does what `before` and then `next`, whose operand `i` that one makes, do.
fn join(before: &Instruction, next: &Instruction, i: usize) -> Option<Instruction> {
    let [a, b, ..] = before.args;
    let (code, args) = match (&before.code, &next.code) {
        (Code::Equal | Code::Less | Code::LessEqual, Code::Select) if i == 0 => {
            let comparison = match before.code {
                Code::Equal => Comparison::Equal,
                Code::Less => Comparison::Less,
                _ => Comparison::LessEqual,
            };
            (Code::Choose(comparison), [a, b, next.args[1], next.args[2]])
        }
        (first, second) => {
            let first = match first {
                Code::Add => First::Add,
                Code::Sub => First::Sub,
                Code::Mul => First::Mul,
                Code::Div => First::Div,
                _ => return None,
            };
            let second = match (second, i) {
                (Code::Add, _) => Second::Add,
                (Code::Mul, _) => Second::Mul,
                (Code::Sub, 0) => Second::Sub,
                (Code::Sub, _) => Second::SubFrom,
                _ => return None,
            };
            (Code::Pair(first, second), [a, b, next.args[1 - i], 0])
        }
    };
    Some(Instruction { code, dst: next.dst, args, padded: false })
}

/// How many operands an instruction has.
pub(crate) fn n_args(code: &Code) -> usize {
    match code {
        Code::Uniform { .. } => 0,
        Code::Select | Code::Pair(..) => 3,
        Code::Choose(_) => 4,
        Code::Add
        | Code::Sub
        | Code::Mul
        | Code::Div
        | Code::Pow
        | Code::Maximum
        | Code::Minimum
        | Code::Equal
        | Code::Less
        | Code::LessEqual => 2,
        _ => 1,
    }
}

/// How long an instruction takes, in additions.
fn effort(code: &Code) -> usize {
    match code {
        Code::Exp | Code::Expm1 | Code::Log | Code::Log1p | Code::Tanh | Code::Sigmoid | Code::Erf => 8,
        Code::Sin | Code::Cos | Code::Pow | Code::Uniform { .. } => 16,
        Code::Div | Code::Sqrt | Code::Round(_) => 4,
        Code::Pair(First::Div, _) => 5,
        Code::Pair(..) | Code::Choose(_) => 2,
        _ => 1,
    }
}

/// The instruction of an elementwise operation.
fn code(op: &Op, dtype: DType) -> Code {
    match op {
        Op::Neg(_) => Code::Neg,
        Op::Abs(_) => Code::Abs,
        Op::Sign(_) => Code::Sign,
        Op::Exp(_) => Code::Exp,
        Op::Expm1(_) => Code::Expm1,
        Op::Log(_) => Code::Log,
        Op::Log1p(_) => Code::Log1p,
        Op::Sqrt(_) => Code::Sqrt,
        Op::Tanh(_) => Code::Tanh,
        Op::Sigmoid(_) => Code::Sigmoid,
        Op::Erf(_) => Code::Erf,
        Op::Sin(_) => Code::Sin,
        Op::Cos(_) => Code::Cos,
        Op::Floor(_) => Code::Floor,
        Op::Add(_) => Code::Add,
        Op::Sub(_) => Code::Sub,
        Op::Mul(_) => Code::Mul,
        Op::Div(_) => Code::Div,
        Op::Pow(_) => Code::Pow,
        Op::Maximum(_) => Code::Maximum,
        Op::Minimum(_) => Code::Minimum,
        Op::Equal(_) => Code::Equal,
        Op::Less(_) => Code::Less,
        Op::LessEqual(_) => Code::LessEqual,
        Op::Select(_) => Code::Select,
        Op::Cast(_) if dtype != DType::F32 && dtype != DType::F64 => Code::Round(dtype),
        _ => Code::Copy,
    }
}

/// Whether the result of an operation on integers may be none.
fn rounds(op: &Op) -> bool {
    !matches!(
        op,
        Op::Maximum(_)
            | Op::Minimum(_)
            | Op::Equal(_)
            | Op::Less(_)
            | Op::LessEqual(_)
            | Op::Select(_)
            | Op::Cast(_)
    )
}

/// A loop that copies what `from` shows to where `to` shows.
pub(crate) fn copy(from: (usize, &View), to: (usize, View), dtype: DType) -> Loop {
    let mut builder = LoopBuilder::new(lanes(dtype), &from.1.shape);
    let slot = builder.load(from.0, dtype, from.1);
    builder.store(slot, to.0, dtype, to.1);
    builder.build(|_| 0)
}
