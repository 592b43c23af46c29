//! Sounds in folders.

use super::{Directory, Found};
use crate::error::{Error, Result};
use cornu_graph::Array;
use hound::{SampleFormat, WavReader};
use std::path::Path;

/// How sounds are read. Agrees with the arguments of `keras.utils.audio_dataset_from_directory`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AudioOptions {
    sampling_rate: Option<u32>,
    output_sequence_length: Option<usize>,
}

impl AudioOptions {
    /// Sounds as they are.
    pub fn new() -> AudioOptions {
        AudioOptions::default()
    }

    /// The rate, samples a second, that all files have to have; files of another are refused, not
    /// resampled.
    pub fn sampling_rate(mut self, rate: u32) -> AudioOptions {
        self.sampling_rate = Some(rate);
        self
    }

    /// Samples of each sound: longer ones are cut, shorter ones end in zeros. Batches need it, unless all
    /// sounds are of one length.
    pub fn output_sequence_length(mut self, length: usize) -> AudioOptions {
        self.output_sequence_length = Some(length);
        self
    }

    /// The sound in a WAV file: `f32` from -1 to 1, of shape `[samples, channels]`.
    ///
    /// # Errors
    /// If the file cannot be read, is no such sound, or has another rate.
    pub fn read(&self, path: impl AsRef<Path>) -> Result<Array> {
        let path = path.as_ref();
        let failed = |error: hound::Error| {
            Error::file(path, format!("this sound cannot be read: {error}"))
                .help("WAV files of whole numbers or floats are read; remove the file, or save it anew")
        };
        let mut reader = WavReader::open(path).map_err(failed)?;
        let spec = reader.spec();
        if let Some(rate) = self.sampling_rate.filter(|rate| *rate != spec.sample_rate) {
            let message = format!("this sound has {} samples a second, not {rate}", spec.sample_rate);
            return Err(Error::file(path, message).help("bring all files to one rate first"));
        }
        let channels = spec.channels as usize;
        let most = self.output_sequence_length.map_or(usize::MAX, |length| length.saturating_mul(channels));
        let mut samples: Vec<f32> = match spec.sample_format {
            SampleFormat::Float => {
                reader.samples::<f32>().take(most).collect::<Result<_, _>>().map_err(failed)?
            }
            SampleFormat::Int => {
                let scale = 1.0 / (1u64 << (spec.bits_per_sample - 1)) as f32;
                let whole = reader.samples::<i32>().take(most);
                whole
                    .map(|sample| sample.map(|s| s as f32 * scale))
                    .collect::<Result<_, _>>()
                    .map_err(failed)?
            }
        };
        let length = self.output_sequence_length.unwrap_or(samples.len() / channels.max(1));
        samples.resize(length * channels, 0.0);
        Array::new([length, channels], samples).map_err(Error::argument)
    }
}

impl Directory {
    /// The sounds in the folder: WAV files. Agrees with `keras.utils.audio_dataset_from_directory`, but
    /// resamples nothing.
    ///
    /// # Errors
    /// If the folder cannot be read or holds no sounds, or labels do not fit. Sounds themselves are read
    /// when their turn comes.
    pub fn audio(&self, options: &AudioOptions) -> Result<Found> {
        let options = options.clone();
        self.found(&[".wav"], move |path| options.read(path))
    }
}
