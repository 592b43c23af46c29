//! A small GPT that learns a text letter by letter and then goes on writing it:
//! `cargo run --release -p cornu --example transformer`

use cornu::arguments::Arguments;
use cornu::prelude::*;

const TEXT: &str = "the quick brown fox jumps over the lazy dog. the lazy dog sleeps all day long. \
    the brown fox runs through the woods. all day long the dog dreams of the quick fox. ";

/// Letters that the model sees at once.
const STEPS: usize = 24;

/// A block of the transformer: attention to what came before, then a network at each step.
fn block(x: &Symbol, width: usize) -> Symbol {
    let normed = LayerNormalization::new().on(x);
    let seen = Arguments::each([normed.clone(), normed]).with_value("use_causal_mask", true);
    let x = Add::new().on([x, &MultiHeadAttention::new(4, width / 4).on(seen)]);
    let hidden = Dense::new(4 * width).gelu().on(&LayerNormalization::new().on(&x));
    Add::new().on([&x, &Dense::new(width).on(&hidden)])
}

fn main() -> Result<()> {
    let mut letters: Vec<char> = TEXT.chars().collect();
    letters.sort_unstable();
    letters.dedup();
    let number = |letter: char| letters.iter().position(|&known| known == letter).unwrap_or(0) as i32;
    let text: Vec<i32> = TEXT.chars().map(number).collect();

    // Each row: some letters, the places they stand at, and the letters that follow each.
    let rows = text.len() - STEPS;
    let array = |values: Vec<i32>| Array::new([values.len() / STEPS, STEPS], values).map_err(Error::argument);
    let windows = |from: usize| -> Vec<i32> {
        (0..rows).flat_map(|row| text[row + from..row + from + STEPS].to_vec()).collect()
    };
    let (x, y) = (array(windows(0))?, array(windows(1))?);
    let places = |rows: usize| array((0..STEPS as i32).collect::<Vec<_>>().repeat(rows));

    let width = 32;
    let (letter, place) =
        (Input::new([STEPS]).dtype(DType::I32).symbol(), Input::new([STEPS]).dtype(DType::I32).symbol());
    let embedded =
        [Embedding::new(letters.len(), width).on(&letter), Embedding::new(STEPS, width).on(&place)];
    let mut h = Add::new().on(&embedded[..]);
    for _ in 0..2 {
        h = block(&h, width);
    }
    let next = Dense::new(letters.len()).softmax().on(&LayerNormalization::new().on(&h));
    let compile = Compile::new(AdamW::new(0.003), "sparse_categorical_crossentropy").metrics(["accuracy"]);
    let mut model = Model::new([&letter, &place], [&next])?.with_threads(0).compile(compile)?;
    model.fit([&x, &places(rows)?], &y, Fit::new().epochs(20).batch_size(16))?;

    let mut written: Vec<i32> = text[..STEPS].to_vec();
    for _ in 0..120 {
        let last = array(written[written.len() - STEPS..].to_vec())?;
        let chances = model.predict([&last, &places(1)?])?.to_f64();
        let chances = &chances[chances.len() - letters.len()..];
        let best = (0..letters.len()).max_by(|&a, &b| chances[a].total_cmp(&chances[b])).unwrap_or(0);
        written.push(best as i32);
    }
    println!("{}", written.iter().map(|&number| letters[number as usize]).collect::<String>());
    Ok(())
}
