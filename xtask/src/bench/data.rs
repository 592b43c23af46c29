//! The data that all peers train on, written once: raw little-endian files, drawn from one seed.
//!
//! Labels can be learned, so that losses fall, but a part of them is wrong, so that gradients never
//! sink to nothing however long a peer trains. Inputs are never zeros: zeros would be cheaper.

use std::fs;
use std::path::Path;

/// Which data there is; a change of what this file writes is a new version.
const VERSION: &str = "1";

/// How many parts of a hundred of the labels are drawn blindly.
const WRONG: u64 = 15;

/// Writes the files into `folder` where they are not there yet.
///
/// # Errors
///
/// The file that could not be written, and why.
pub fn write(folder: &Path) -> Result<(), String> {
    let stamp = folder.join("version");
    if fs::read_to_string(&stamp).is_ok_and(|version| version == VERSION) {
        return Ok(());
    }
    let save = |name: &str, bytes: Vec<u8>| {
        let path = folder.join(name);
        fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))
    };
    fs::create_dir_all(folder).map_err(|error| format!("{}: {error}", folder.display()))?;
    // W1, W3, W4 and W7; then W8.
    for (name, rows, size) in [("images", 12_800, 28 * 28), ("pictures", 2560, 32 * 32 * 3)] {
        let (x, y) = classes(&mut Random(1), rows, size);
        save(&format!("{name}.x"), floats(&x))?;
        save(&format!("{name}.y"), integers(&y))?;
    }
    let (x, y) = halves(&mut Random(2));
    save("rows.x", floats(&x))?;
    save("rows.y", floats(&y))?;
    let (x, y) = words(&mut Random(3));
    save("words.x", integers(&x))?;
    save("words.y", floats(&y))?;
    let (x, y) = text(&mut Random(4));
    save("text.x", integers(&x))?;
    save("text.y", integers(&y))?;
    save("version", VERSION.into())
}

/// Ten classes of images in [0, 1]: each is half its class's pattern and half noise.
fn classes(random: &mut Random, rows: usize, size: usize) -> (Vec<f32>, Vec<i32>) {
    let patterns: Vec<f32> = (0..10 * size).map(|_| random.uniform()).collect();
    let mut x = Vec::with_capacity(rows * size);
    let mut y = Vec::with_capacity(rows);
    for _ in 0..rows {
        let class = random.below(10) as usize;
        let pattern = &patterns[class * size..][..size];
        x.extend(pattern.iter().map(|pixel| 0.5 * pixel + 0.5 * random.uniform()));
        y.push(if random.below(100) < WRONG { random.below(10) } else { class as u64 } as i32);
    }
    (x, y)
}

/// Rows of eight numbers in [-1, 1), and whether their sum is positive.
fn halves(random: &mut Random) -> (Vec<f32>, Vec<f32>) {
    let mut x = Vec::new();
    let mut y = Vec::new();
    for _ in 0..8192 {
        let row: Vec<f32> = (0..8).map(|_| 2.0 * random.uniform() - 1.0).collect();
        let positive = row.iter().sum::<f32>() > 0.0;
        y.push(f32::from(if random.below(100) < WRONG { random.below(2) == 1 } else { positive }));
        x.extend(row);
    }
    (x, y)
}

/// Sentences of a hundred of 20000 words, and whether most are of the upper half.
fn words(random: &mut Random) -> (Vec<i32>, Vec<f32>) {
    let mut x = Vec::new();
    let mut y = Vec::new();
    for _ in 0..3200 {
        let upper = random.below(2);
        for _ in 0..100 {
            let half = if random.below(100) < 75 { upper } else { 1 - upper };
            x.push((half * 10_000 + random.below(10_000)) as i32);
        }
        y.push(if random.below(100) < WRONG { random.below(2) } else { upper } as f32);
    }
    (x, y)
}

/// Lines of 64 of 65 characters, each following from the one before or drawn blindly; and the same
/// moved on by one, which is what follows.
fn text(random: &mut Random) -> (Vec<i32>, Vec<i32>) {
    let (mut x, mut y) = (Vec::new(), Vec::new());
    for _ in 0..768 {
        let mut character = random.below(65);
        for _ in 0..64 {
            x.push(character as i32);
            character = if random.below(100) < WRONG { random.below(65) } else { (character * 7 + 3) % 65 };
            y.push(character as i32);
        }
    }
    (x, y)
}

fn floats(values: &[f32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

fn integers(values: &[i32]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// SplitMix64: enough for data, and the same everywhere.
struct Random(u64);

impl Random {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        z ^ (z >> 31)
    }

    /// In [0, 1).
    fn uniform(&mut self) -> f32 {
        (self.next() >> 40) as f32 / (1u64 << 24) as f32
    }

    /// In 0..n.
    fn below(&mut self, n: u64) -> u64 {
        self.next() % n
    }
}
