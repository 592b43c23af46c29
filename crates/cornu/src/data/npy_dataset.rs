//! Data sets in `.npy` files that need not fit in memory.

use super::Pipeline;
use super::npy_rows::NpyRows;
use super::pipeline::{Prefetch, Sample, Steps, row};
use crate::error::{Error, Result, count};
use cornu_graph::philox::Random;
use cornu_graph::{Array, Shape};
use std::ops::Range;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// The stream of random numbers that the order of pass 0 is drawn from; the next ones have the next
/// streams.
const STREAM: u64 = 0x6e70_7900_0000_0000;

/// Rows of `.npy` files, read from disk while they are trained on: the files may be larger than memory.
///
/// Rows are read in blocks of neighbors. With [`NpyDataset::shuffle`], blocks are taken in random order, and
/// the rows of as many blocks as the buffer holds are mixed, anew in each pass; so rows far from each other
/// in the files come together, and the disk still reads in long runs. While the rows of one buffer are
/// used, a thread reads the next: two buffers are in memory, whatever the length of the files.
///
/// ```
/// use cornu::data::{self, NpyDataset};
/// use cornu::{Array, DType};
/// let path = |name| std::env::temp_dir().join(format!("cornu-doc-{name}-{}.npy", std::process::id()));
/// data::write_npy(path("x"), &Array::zeros([100, 8], DType::F32))?;
/// data::write_npy(path("y"), &Array::from_vec((0..100).collect::<Vec<i32>>()))?;
/// let batches = NpyDataset::open([path("x"), path("y")])?.batch_size(32).shuffle(7).pipeline();
/// assert_eq!(batches.len(), Some(4));
/// let sizes: Vec<usize> = batches.iter().map(|batch| batch.unwrap()[1].rows()).collect();
/// assert_eq!(sizes, [32, 32, 32, 4]);
/// # std::fs::remove_file(path("x")).and(std::fs::remove_file(path("y"))).unwrap();
/// # Ok::<(), cornu::Error>(())
/// ```
///
/// The pipeline is for [`Trainer::fit_pipeline`](crate::Trainer::fit_pipeline); with
/// [`Pipeline::prefetch`] behind it, batches too are put together while the model trains.
#[derive(Clone, Debug)]
pub struct NpyDataset {
    shards: Vec<Shard>,
    batch_size: Option<usize>,
    drop_remainder: bool,
    shuffle: Option<i64>,
    block_bytes: usize,
    buffer_bytes: usize,
}

/// Files of equally many rows, one for each array.
#[derive(Clone, Debug)]
struct Shard(Arc<Vec<NpyRows>>);

impl Shard {
    fn open<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Result<Shard> {
        let files: Vec<NpyRows> =
            paths.into_iter().map(|path| NpyRows::open(path.as_ref())).collect::<Result<_>>()?;
        let Some(first) = files.first() else {
            return Err(Error::argument("there is no file to read from")
                .help("name the files of the inputs, then those of the targets"));
        };
        if let Some(other) = files.iter().find(|file| file.rows() != first.rows()) {
            let (rows, path) = (first.rows(), first.path.display());
            let message = format!("this file has {}, and {path} has {rows}", count(other.rows(), "row"));
            return Err(Error::file(&other.path, message).help("every row of x needs its row of y"));
        }
        Ok(Shard(Arc::new(files)))
    }

    fn rows(&self) -> usize {
        self.0[0].rows()
    }
}

impl NpyDataset {
    /// The rows of files of equally many rows, one for each of the model's inputs, then the targets, then
    /// what rows count for, if that is given; in order, in batches of 32. Headers alone are read here.
    ///
    /// # Errors
    /// If there is no file, one is not an `.npy` file of rows in C order, or they differ in rows.
    pub fn open<P: AsRef<Path>>(paths: impl IntoIterator<Item = P>) -> Result<NpyDataset> {
        let shards = vec![Shard::open(paths)?];
        let (block_bytes, buffer_bytes) = (2 << 20, 64 << 20);
        let (batch_size, drop_remainder, shuffle) = (Some(32), false, None);
        Ok(NpyDataset { shards, batch_size, drop_remainder, shuffle, block_bytes, buffer_bytes })
    }

    /// The same with more rows, in other files for the same arrays.
    ///
    /// # Errors
    /// As for [`NpyDataset::open`]; or if they are other arrays than those of the first files.
    pub fn append<P: AsRef<Path>>(mut self, paths: impl IntoIterator<Item = P>) -> Result<NpyDataset> {
        let shard = Shard::open(paths)?;
        let (first, more) = (&self.shards[0].0, &shard.0);
        if first.len() != more.len() {
            let message = format!(
                "the data set has {}, and more rows come in {}",
                count(first.len(), "file"),
                more.len()
            );
            return Err(Error::argument(message).help("give a file for each array"));
        }
        if let Some((a, b)) = first.iter().zip(more.iter()).find(|(a, b)| !a.fits(b)) {
            let (of_a, of_b, path) = (a.describe_row(), b.describe_row(), a.path.display());
            let message = format!("this file has {of_b}, and {path} has {of_a}");
            return Err(Error::file(&b.path, message).help("rows of one data set are of one kind"));
        }
        self.shards.push(shard);
        Ok(self)
    }

    /// Rows in a batch, 32 by default; `None` gives them one by one.
    pub fn batch_size(mut self, size: impl Into<Option<usize>>) -> NpyDataset {
        self.batch_size = size.into().map(|size| size.max(1));
        self
    }

    /// Without a last batch that is smaller than the others.
    pub fn drop_remainder(mut self) -> NpyDataset {
        self.drop_remainder = true;
        self
    }

    /// Rows in a random order that this seed gives, another in each pass.
    pub fn shuffle(mut self, seed: i64) -> NpyDataset {
        self.shuffle = Some(seed);
        self
    }

    /// Bytes of the files that are read in one go, 2 MiB by default: smaller blocks mix rows better, larger
    /// ones suit disks that are slow to find their place.
    pub fn block_bytes(mut self, bytes: usize) -> NpyDataset {
        self.block_bytes = bytes;
        self
    }

    /// Bytes of the files whose rows are mixed, 64 MiB by default; twice as much is in memory. Where rows
    /// stay in order, a buffer is a block.
    pub fn buffer_bytes(mut self, bytes: usize) -> NpyDataset {
        self.buffer_bytes = bytes;
        self
    }

    /// Number of rows in all.
    pub fn rows(&self) -> usize {
        self.shards.iter().map(Shard::rows).sum()
    }

    /// The batches, or rows, read anew in each pass. To go on at a [`Position`](super::pipeline::Position),
    /// what comes before it is not read.
    pub fn pipeline(&self) -> Pipeline {
        let row_bytes = self.shards[0].0.iter().map(NpyRows::row_bytes).sum::<usize>().max(1);
        let block_rows = (self.block_bytes / row_bytes).max(1);
        let per_buffer = match self.shuffle {
            Some(_) => (self.buffer_bytes / row_bytes / block_rows).max(1),
            None => 1,
        };
        let blocks: Vec<Block> = (self.shards.iter())
            .flat_map(|shard| {
                let rows = shard.rows();
                let range = move |start: usize| start..rows.min(start.saturating_add(block_rows));
                (0..rows).step_by(block_rows).map(move |start| (shard.clone(), range(start)))
            })
            .collect();
        let blocks = Arc::new(blocks);
        let NpyDataset { batch_size, drop_remainder, shuffle, .. } = *self;
        let len = match (batch_size, drop_remainder) {
            (None, _) => self.rows(),
            (Some(size), false) => self.rows().div_ceil(size),
            (Some(size), true) => self.rows() / size,
        };
        Pipeline::new(Some(len), move |pass| {
            let mut order: Vec<usize> = (0..blocks.len()).collect();
            let mut random = shuffle.map(|seed| Random::new(seed, STREAM.wrapping_add(pass)));
            if let Some(random) = &mut random {
                random.shuffle(&mut order);
            }
            let buffers = order.chunks(per_buffer).map(|of| {
                let rows = of.iter().map(|&block| blocks[block].1.len()).sum();
                // Each buffer has its own numbers, so that those before it can be left out.
                (rows, random.as_mut().map(|random| (random.word() as i64) << 32 | random.word() as i64))
            });
            let buffers = buffers.collect();
            let (bytes, spent) = (Vec::new(), Spent::default());
            let (blocks, of_rows) = (blocks.clone(), spent.clone());
            let reading = Buffers { blocks, order, per_buffer, next: 0, bytes, spent };
            // The next buffer is read while the last is used, and none waits besides.
            let reading = Prefetch::new(Box::new(reading), 0);
            Box::new(Rows {
                reading,
                spent: of_rows,
                buffers,
                next: 0,
                arrays: Sample::new(),
                order: Vec::new(),
                taken: 0,
                batch_size,
                drop_remainder,
            })
        })
    }
}

/// Neighboring rows, read in one go.
type Block = (Shard, Range<usize>);

/// A buffer whose rows have all been given: the memory of the one after the next. Memory from the system
/// would have to be mapped page by page each time.
#[derive(Clone, Default)]
struct Spent(Arc<Mutex<Option<Sample>>>);

impl Spent {
    fn lock(&self) -> MutexGuard<'_, Option<Sample>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn take(&self) -> Option<Sample> {
        self.lock().take()
    }

    fn put(&self, buffer: Sample) {
        *self.lock() = Some(buffer);
    }
}

/// Reads buffers of several blocks.
struct Buffers {
    blocks: Arc<Vec<Block>>,
    order: Vec<usize>,
    per_buffer: usize,
    /// The first block of the next buffer, by its place in the order.
    next: usize,
    bytes: Vec<u8>,
    spent: Spent,
}

impl Steps for Buffers {
    fn next(&mut self) -> Result<Option<Sample>> {
        let end = self.order.len().min(self.next + self.per_buffer);
        let chosen: Vec<&Block> = self.order[self.next..end].iter().map(|&i| &self.blocks[i]).collect();
        self.next = end;
        let Some((Shard(first), _)) = chosen.first() else { return Ok(None) };
        let rows = chosen.iter().map(|(_, rows)| rows.len()).sum();
        let fits = |buffer: &Sample| buffer.iter().all(|array| array.rows() == rows);
        let mut buffer = match self.spent.take().filter(fits) {
            Some(buffer) => buffer,
            None => first.iter().map(|file| file.zeros(rows)).collect::<Result<Sample>>()?,
        };
        for (i, array) in buffer.iter_mut().enumerate() {
            let mut start = 0;
            for (Shard(files), rows) in &chosen {
                files[i].read(rows.clone(), array, start, &mut self.bytes)?;
                start += rows.len();
            }
        }
        Ok(Some(buffer))
    }

    fn skip(&mut self, n: usize) -> Result<()> {
        let blocks = n.saturating_mul(self.per_buffer);
        self.next = self.next.saturating_add(blocks).min(self.order.len());
        Ok(())
    }
}

/// An array put together from parts; a part that is the whole is not copied.
struct Parts {
    rows: usize,
    whole: Option<Array>,
    filled: usize,
}

impl Parts {
    fn new(rows: usize) -> Parts {
        Parts { rows, whole: None, filled: 0 }
    }

    fn put(&mut self, part: Array) {
        let rows = part.rows();
        if rows == self.rows {
            self.whole = Some(part);
        } else {
            let shape = || std::iter::once(self.rows).chain(part.shape()[1..].iter().copied());
            let whole =
                self.whole.get_or_insert_with(|| Array::zeros(shape().collect::<Shape>(), part.dtype()));
            whole.put_rows(self.filled, &part);
        }
        self.filled += rows;
    }
}

/// Batches of the rows of buffers.
struct Rows {
    reading: Prefetch,
    spent: Spent,
    /// For each buffer the number of its rows, and the seed of their order.
    buffers: Vec<(usize, Option<i64>)>,
    /// The number of the buffer to be read next.
    next: usize,
    /// The buffer whose rows are being given, in this order.
    arrays: Sample,
    order: Vec<usize>,
    taken: usize,
    batch_size: Option<usize>,
    drop_remainder: bool,
}

impl Rows {
    /// Goes to the next buffer; false where there is none.
    fn load(&mut self) -> Result<bool> {
        if !self.arrays.is_empty() {
            self.spent.put(std::mem::take(&mut self.arrays));
        }
        let Some(arrays) = self.reading.next()? else { return Ok(false) };
        let (rows, seed) = self.buffers[self.next];
        self.order.clear();
        self.order.extend(0..rows);
        if let Some(seed) = seed {
            Random::new(seed, STREAM).shuffle(&mut self.order);
        }
        (self.arrays, self.taken, self.next) = (arrays, 0, self.next + 1);
        Ok(true)
    }

    /// Up to `n` rows from the buffers that they lie in, a sample from each.
    fn parts(&mut self, n: usize) -> Result<Vec<Sample>> {
        let (mut parts, mut left) = (Vec::new(), n);
        while left > 0 {
            if self.taken == self.order.len() && !self.load()? {
                break;
            }
            let end = self.order.len().min(self.taken + left);
            let rows = &self.order[self.taken..end];
            parts.push(self.arrays.iter().map(|array| array.take_rows(rows)).collect());
            left -= rows.len();
            self.taken = end;
        }
        Ok(parts)
    }
}

impl Steps for Rows {
    fn next(&mut self) -> Result<Option<Sample>> {
        let size = self.batch_size.unwrap_or(1);
        let parts = self.parts(size)?;
        let rows: usize = parts.iter().map(|part| part[0].rows()).sum();
        if rows == 0 || (self.drop_remainder && rows < size) {
            return Ok(None);
        }
        let mut batch: Vec<Parts> = parts[0].iter().map(|_| Parts::new(rows)).collect();
        for part in parts {
            batch.iter_mut().zip(part).for_each(|(array, part)| array.put(part));
        }
        let batch = batch.into_iter().filter_map(|array| array.whole);
        Ok(Some(match self.batch_size {
            Some(_) => batch.collect(),
            None => batch.map(|array| row(&array, 0)).collect::<Result<Sample>>()?,
        }))
    }

    fn skip(&mut self, n: usize) -> Result<()> {
        let mut left = n.saturating_mul(self.batch_size.unwrap_or(1));
        let here = left.min(self.order.len() - self.taken);
        (self.taken, left) = (self.taken + here, left - here);
        let mut whole = 0;
        while let Some(&(rows, _)) = self.buffers.get(self.next).filter(|(rows, _)| *rows <= left) {
            (whole, left, self.next) = (whole + 1, left - rows, self.next + 1);
        }
        self.reading.skip(whole)?;
        if left > 0 && self.load()? {
            self.taken = left;
        }
        Ok(())
    }
}
