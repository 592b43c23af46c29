//! TensorBoard's event files: scalars by step.
//!
//! A file is a list of records: the length in 8 bytes, a checksum of those in 4, the data, a checksum of
//! the data in 4. The data is a message of Protocol Buffers, `Event`, of which the few fields that
//! scalars need are written.

use super::read::describe;
use crate::error::{Error, Result};
use std::fs::{File, OpenOptions};
use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

/// A file of events that is being written.
#[derive(Debug)]
pub struct EventWriter {
    path: PathBuf,
    file: File,
}

impl EventWriter {
    /// A new file in `folder`, which has to exist.
    ///
    /// # Errors
    /// If no file can be made there.
    pub fn create(folder: impl AsRef<Path>) -> Result<EventWriter> {
        let seconds = now().as_secs();
        for number in 0..1000 {
            let path = folder.as_ref().join(format!("events.out.tfevents.{seconds:010}.cornu.{number}"));
            match OpenOptions::new().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    let mut writer = EventWriter { path, file };
                    writer.record(&event(0, 3, b"brain.Event:2"))?;
                    return Ok(writer);
                }
                Err(error) if error.kind() == ErrorKind::AlreadyExists => {}
                Err(error) => return Err(describe(&path, &error)),
            }
        }
        Err(Error::file(folder, "there are a thousand event files of this second")
            .help("write each training's events to a folder of its own"))
    }

    /// The file.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Adds scalars of one step, each with its tag: `epoch_loss`.
    ///
    /// # Errors
    /// If the file cannot be written.
    pub fn scalars(&mut self, step: u64, scalars: &[(String, f64)]) -> Result<()> {
        let mut summary = Vec::new();
        for (tag, value) in scalars {
            let mut entry = Vec::new();
            field(&mut entry, 1, tag.as_bytes());
            // Field 2 of `Value`: four bytes of a float.
            entry.push(2 << 3 | 5);
            entry.extend((*value as f32).to_le_bytes());
            field(&mut summary, 1, &entry);
        }
        self.record(&event(step, 5, &summary))
    }

    fn record(&mut self, data: &[u8]) -> Result<()> {
        let mut record = (data.len() as u64).to_le_bytes().to_vec();
        record.extend(masked_crc32c(&record).to_le_bytes());
        record.extend(data);
        record.extend(masked_crc32c(data).to_le_bytes());
        self.file.write_all(&record).map_err(|error| describe(&self.path, &error))
    }
}

fn now() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// An `Event` of this moment: the time, the step, and a field of bytes.
fn event(step: u64, number: u8, bytes: &[u8]) -> Vec<u8> {
    let mut data = vec![1 << 3 | 1];
    data.extend(now().as_secs_f64().to_le_bytes());
    data.push(2 << 3);
    varint(&mut data, step);
    field(&mut data, number, bytes);
    data
}

/// A field of bytes: its number and wire type, its length, the bytes.
fn field(data: &mut Vec<u8>, number: u8, bytes: &[u8]) {
    data.push(number << 3 | 2);
    varint(data, bytes.len() as u64);
    data.extend(bytes);
}

/// A number, seven bits a byte from the lowest on.
fn varint(data: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        data.push(value as u8 | 0x80);
        value >>= 7;
    }
    data.push(value as u8);
}

/// The checksum of records: CRC-32C, turned by 15 bits and moved, so that records in records check too.
///
/// ```
/// assert_eq!(cornu::files::events::masked_crc32c(b"123456789"), 0xe306_9283u32.rotate_right(15).wrapping_add(0xa282_ead8));
/// ```
pub fn masked_crc32c(data: &[u8]) -> u32 {
    let crc = data.iter().fold(!0u32, |crc, &byte| {
        (0..8).fold(crc ^ byte as u32, |crc, _| (crc >> 1) ^ (0x82f6_3b78 & (crc & 1).wrapping_neg()))
    });
    (!crc).rotate_right(15).wrapping_add(0xa282_ead8)
}
