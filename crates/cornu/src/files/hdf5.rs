//! HDF5 files, in which Keras keeps weights: the only module that knows the library behind them.
//!
//! Only what weights need is understood: groups, arrays of numbers, and attributes of text and
//! numbers. Compound types, strings as data, references and links to other files are not.

use super::numbers::{self, Number};
use crate::error::{Error, Result};
use cornu_graph::{Array, DType, Data};
use hdf5_pure::{
    AttrValue, Dataset, Datatype, DatatypeByteOrder, EnumTypeBuilder, File, FileBuilder, FinishedGroup,
    FixedPointLayout, FloatingPointLayout, GroupBuilder, Layout,
};
use std::collections::{BTreeMap, HashMap};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// A group: named arrays, further groups, and notes on itself.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Group {
    /// Notes on the group, such as the `name` that Keras gives to `vars`.
    pub attributes: BTreeMap<String, Attribute>,
    /// Arrays by name. Where the file has a dtype that [`DType`] lacks, the array is of the next
    /// wider one: `uint16` is read as `int32`, `uint32` as `int64`.
    pub datasets: BTreeMap<String, Array>,
    /// Groups by name.
    pub groups: BTreeMap<String, Group>,
}

/// A note on a group.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// One string.
    Text(String),
    /// A list of strings.
    Texts(Vec<String>),
    /// A number, or a list of numbers.
    Numbers(Array),
}

impl Group {
    /// The group at `path`, such as `layers/dense/vars`; this group for an empty path.
    pub fn group(&self, path: &str) -> Option<&Group> {
        path.split('/').filter(|part| !part.is_empty()).try_fold(self, |group, part| group.groups.get(part))
    }

    /// The array at `path`, such as `layers/dense/vars/0`.
    pub fn dataset(&self, path: &str) -> Option<&Array> {
        let (group, name) = path.rsplit_once('/').unwrap_or(("", path));
        self.group(group)?.datasets.get(name)
    }

    /// The group at `path`, made where it is missing.
    ///
    /// ```
    /// use cornu::{Array, files::hdf5};
    /// let mut file = hdf5::Group::default();
    /// file.group_mut("layers/dense/vars").datasets.insert("0".into(), Array::from_vec(vec![1f32, 2.]));
    /// let bytes = hdf5::write(&file).unwrap();
    /// let again = hdf5::read(bytes, "model.weights.h5".as_ref()).unwrap();
    /// assert_eq!(again.dataset("layers/dense/vars/0").unwrap().size(), 2);
    /// ```
    pub fn group_mut(&mut self, path: &str) -> &mut Group {
        path.split('/')
            .filter(|part| !part.is_empty())
            .fold(self, |group, part| group.groups.entry(part.to_string()).or_default())
    }
}

/// Groups within groups; more are an attack on the stack.
const DEPTH: usize = 64;

/// The tree in the HDF5 file `bytes`. `path` is what errors name.
///
/// # Errors
/// If this is no HDF5 file, a damaged one, or one made to do harm; if it holds data other than
/// numbers; and if it unpacks to more than 64 times its size and 16 MiB.
pub fn read(bytes: Vec<u8>, path: &Path) -> Result<Group> {
    read_without(bytes, path, None)
}

/// The same without the group at `left_out`, of which nothing is read.
pub(crate) fn read_without(bytes: Vec<u8>, path: &Path, left_out: Option<&str>) -> Result<Group> {
    if !hdf5_pure::is_hdf5_bytes(&bytes) {
        return Err(Error::file(path, "this is not an HDF5 file"));
    }
    let size = bytes.len();
    // The library means to answer every file with a result, and so far has in our tests; but it
    // reads addresses and sizes that anybody may have written, and a panic in it is no reason to
    // take the user's program down. Nothing it shares with us outlives this call.
    let result = catch_unwind(AssertUnwindSafe(|| {
        let file = File::from_bytes(bytes).map_err(|error| format!("this HDF5 file is damaged: {error}"))?;
        let bytes = size.saturating_mul(64).saturating_add(16 << 20);
        let mut reader = Reader { bytes, objects: 64 + size / 8, left_out };
        reader.group(&file.root(), "", 0)
    }));
    let message = match result {
        Ok(Ok(group)) => return Ok(group),
        Ok(Err(message)) => message,
        Err(_) => "this HDF5 file is damaged beyond understanding".to_string(),
    };
    Err(Error::file(path, message))
}

/// What is still allowed to be read.
struct Reader<'a> {
    bytes: usize,
    objects: usize,
    left_out: Option<&'a str>,
}

impl Reader<'_> {
    fn group(&mut self, group: &hdf5_pure::Group, place: &str, depth: usize) -> Result<Group, String> {
        let failed = |error| format!("{}: {error}", if place.is_empty() { "/" } else { place });
        if depth > DEPTH {
            return Err(format!("{place}: groups are nested more than {DEPTH} deep"));
        }
        let mut result = Group { attributes: attributes(group.attrs().map_err(failed)?), ..Group::default() };
        for (name, dataset) in group.iter_datasets().map_err(failed)? {
            let place = join(place, &name);
            self.count(&place)?;
            let array = self.dataset(&dataset).map_err(|message| format!("{place}: {message}"))?;
            result.datasets.insert(name, array);
        }
        for (name, child) in group.iter_groups().map_err(failed)? {
            let place = join(place, &name);
            if self.left_out == Some(&place) {
                continue;
            }
            self.count(&place)?;
            result.groups.insert(name, self.group(&child, &place, depth + 1)?);
        }
        Ok(result)
    }

    /// Groups may be linked to from several places and so contain themselves; a file cannot have
    /// more objects than it has room for.
    fn count(&mut self, place: &str) -> Result<(), String> {
        self.objects =
            self.objects.checked_sub(1).ok_or_else(|| format!("{place}: groups contain each other"))?;
        Ok(())
    }

    fn dataset(&mut self, dataset: &Dataset) -> Result<Array, String> {
        let datatype = dataset.datatype().map_err(|error| error.to_string())?;
        let extents = dataset.shape().map_err(|error| error.to_string())?;
        let shape = numbers::shape(&extents)?;
        let marked_bfloat16 = || {
            let attributes = dataset.attrs().unwrap_or_default();
            attributes.get("dtype").and_then(AttrValue::as_str) == Some("bfloat16")
        };
        let (number, big_endian) = match number(&datatype) {
            // Keras writes bfloat16 as two opaque bytes and an attribute that says so.
            None if matches!(datatype, Datatype::Opaque { size: 2, .. }) && marked_bfloat16() => {
                (Number::BF16, false)
            }
            Some(known) => known,
            None => {
                return Err(format!("data of type {} are not supported, only numbers are", short(&datatype)));
            }
        };
        let too_large = || format!("an array of shape {shape}, more than a file of this size holds");
        let size = number.byte_size(&shape).ok_or_else(too_large)?;
        self.bytes = self.bytes.checked_sub(size).ok_or_else(too_large)?;
        match dataset.layout().map_err(|error| error.to_string())? {
            // The library unpacks whole chunks, which may be larger than the array.
            Layout::Chunked { chunk_shape, .. } => {
                let chunk = numbers::shape(&chunk_shape)?;
                number.byte_size(&chunk).filter(|&size| size <= self.bytes).ok_or_else(too_large)?;
            }
            Layout::Virtual => return Err("data in other files are not read".to_string()),
            _ => {}
        }
        let bytes = dataset.read_raw().map_err(|error| error.to_string())?;
        number.decode(&bytes, big_endian, shape)
    }
}

fn join(place: &str, name: &str) -> String {
    if place.is_empty() { name.to_string() } else { format!("{place}/{name}") }
}

/// A type as an error names it, which is not the whole of a compound type.
fn short(datatype: &Datatype) -> String {
    let text = datatype.to_string();
    text.chars().take(60).collect()
}

fn attributes(attributes: HashMap<String, AttrValue>) -> BTreeMap<String, Attribute> {
    attributes.into_iter().filter_map(|(name, value)| Some((name, attribute(&value)?))).collect()
}

/// The attribute, or `None` where it is of a kind that no model file uses.
fn attribute(value: &AttrValue) -> Option<Attribute> {
    use AttrValue::*;
    let numbers = match value {
        F32(v) => Array::scalar(*v),
        F64(v) => Array::scalar(*v),
        I8(v) => Array::scalar(*v),
        I32(v) => Array::scalar(*v),
        U8(v) => Array::scalar(*v),
        I16(_) | I64(_) | U16(_) | U32(_) | U64(_) => Array::scalar(value.as_i64()?),
        F32Array(v) => Array::from_vec(v.clone()),
        F64Array(v) => Array::from_vec(v.clone()),
        I8Array(v) => Array::from_vec(v.clone()),
        I32Array(v) => Array::from_vec(v.clone()),
        U8Array(v) => Array::from_vec(v.clone()),
        I16Array(_) | I64Array(_) | U16Array(_) | U32Array(_) | U64Array(_) => {
            Array::from_vec(value.to_i64s()?)
        }
        String(text) | AsciiString(text) | VarLenString(text) | VarLenAsciiString(text) => {
            return Some(Attribute::Text(text.clone()));
        }
        StringSized { value, .. } | AsciiStringSized { value, .. } => {
            return Some(Attribute::Text(value.clone()));
        }
        _ => return value.as_strings().map(|texts| Attribute::Texts(texts.to_vec())),
    };
    Some(Attribute::Numbers(numbers))
}

/// What `datatype` is, and whether its bytes are in big-endian order.
fn number(datatype: &Datatype) -> Option<(Number, bool)> {
    let big_endian = |order: &DatatypeByteOrder| match order {
        DatatypeByteOrder::LittleEndian => Some(false),
        DatatypeByteOrder::BigEndian => Some(true),
        DatatypeByteOrder::Vax => None,
    };
    match datatype {
        Datatype::FixedPoint { size, byte_order, layout } => {
            // Numbers that fill only some of their bits are for other instruments.
            if layout.bit_offset != 0 || u32::from(layout.bit_precision) != size.checked_mul(8)? {
                return None;
            }
            let number = match (size, layout.signed) {
                (1, true) => Number::I8,
                (2, true) => Number::I16,
                (4, true) => Number::I32,
                (8, true) => Number::I64,
                (1, false) => Number::U8,
                (2, false) => Number::U16,
                (4, false) => Number::U32,
                (8, false) => Number::U64,
                _ => return None,
            };
            Some((number, big_endian(byte_order)?))
        }
        Datatype::FloatingPoint { size, byte_order, layout } => {
            let kinds = [Number::F16, Number::BF16, Number::F32, Number::F64];
            let number = kinds
                .into_iter()
                .find(|&kind| kind.size() == *size as usize && float_layout(kind) == *layout)?;
            Some((number, big_endian(byte_order)?))
        }
        // What h5py makes of NumPy's bool.
        Datatype::Enumeration { size: 1, members, .. } => {
            let is = |name: &str, value: u8| members.iter().any(|m| m.name == name && m.value == [value]);
            (members.len() == 2 && is("FALSE", 0) && is("TRUE", 1)).then_some((Number::Bool, false))
        }
        _ => None,
    }
}

/// Where sign, exponent and mantissa lie.
fn float_layout(number: Number) -> FloatingPointLayout {
    let (bits, exponent, mantissa) = match number {
        Number::F16 => (16, 5, 10),
        Number::BF16 => (16, 8, 7),
        Number::F64 => (64, 11, 52),
        _ => (32, 8, 23),
    };
    FloatingPointLayout {
        bit_offset: 0,
        bit_precision: bits,
        exponent_location: mantissa,
        exponent_size: exponent,
        mantissa_location: 0,
        mantissa_size: mantissa,
        exponent_bias: (1 << (exponent - 1)) - 1,
    }
}

/// The bytes of an HDF5 file that holds `root`, such that h5py and Keras read it. The same tree
/// gives the same bytes.
///
/// # Errors
/// If a name is empty or contains `/`, or if an attribute is an array of more than one axis, or of
/// a dtype that attributes do not have (`bool`, `float16` and `bfloat16`).
pub fn write(root: &Group) -> Result<Vec<u8>> {
    let mut file = FileBuilder::new();
    for (name, value) in &root.attributes {
        file.set_attr(name, attribute_value(name, value)?);
    }
    for (name, array) in &root.datasets {
        fill(file.create_dataset(checked(name)?), array)?;
    }
    for (name, child) in &root.groups {
        let builder = file.create_group(checked(name)?);
        file.add_group(finish(builder, child)?);
    }
    file.finish()
        .map_err(|error| Error::argument(format!("these weights cannot be written as HDF5: {error}")))
}

fn finish(mut builder: GroupBuilder, group: &Group) -> Result<FinishedGroup> {
    for (name, value) in &group.attributes {
        builder.set_attr(name, attribute_value(name, value)?);
    }
    for (name, array) in &group.datasets {
        fill(builder.create_dataset(checked(name)?), array)?;
    }
    for (name, child) in &group.groups {
        let inner = builder.create_group(checked(name)?);
        builder.add_group(finish(inner, child)?);
    }
    Ok(builder.finish())
}

fn checked(name: &str) -> Result<&str> {
    match name {
        "" | "." | ".." => Err(Error::argument(format!("{name:?} cannot be a name in an HDF5 file"))),
        _ if name.contains(['/', '\0']) => {
            Err(Error::argument(format!("the name {name:?} contains a slash"))
                .help("names in an HDF5 file are parts of a path"))
        }
        _ => Ok(name),
    }
}

fn fill(dataset: &mut hdf5_pure::DatasetBuilder, array: &Array) -> Result<()> {
    let shape: Vec<u64> = array.shape().iter().map(|&extent| extent as u64).collect();
    let bytes = numbers::encode(array);
    dataset.with_shape(&shape).with_raw_data(datatype(array.dtype())?, bytes, array.size() as u64);
    if array.dtype() == DType::BF16 {
        dataset.set_attr("dtype", AttrValue::VarLenString("bfloat16".to_string()));
    }
    Ok(())
}

/// How h5py declares `dtype`; bfloat16 as Keras does.
fn datatype(dtype: DType) -> Result<Datatype> {
    let byte_order = DatatypeByteOrder::LittleEndian;
    let size = dtype.size() as u32;
    Ok(match dtype {
        DType::BF16 => Datatype::Opaque { size, tag: Vec::new() },
        DType::F16 | DType::F32 | DType::F64 => {
            Datatype::FloatingPoint { size, byte_order, layout: float_layout(Number::from(dtype)) }
        }
        DType::I64 | DType::I32 | DType::I8 | DType::U8 => {
            let layout = FixedPointLayout {
                signed: dtype != DType::U8,
                bit_offset: 0,
                bit_precision: 8 * size as u16,
            };
            Datatype::FixedPoint { size, byte_order, layout }
        }
        DType::Bool => {
            let base = datatype(DType::I8)?;
            return EnumTypeBuilder::with_base(base)
                .raw_value("FALSE", &[0])
                .raw_value("TRUE", &[1])
                .build()
                .map_err(|error| Error::argument(error.to_string()));
        }
    })
}

/// Strings are of variable length: those are what h5py hands to Python as `str`.
fn attribute_value(name: &str, value: &Attribute) -> Result<AttrValue> {
    let array = match value {
        Attribute::Text(text) => return Ok(AttrValue::VarLenString(text.clone())),
        Attribute::Texts(texts) => return Ok(AttrValue::VarLenStringArray(texts.clone())),
        Attribute::Numbers(array) => array,
    };
    let scalar = array.shape().rank() == 0;
    match array.data() {
        _ if array.shape().rank() > 1 => {
            let message = format!("the attribute {name} has shape {}; it may have one axis", array.shape());
            Err(Error::argument(message).help("store it as a dataset"))
        }
        Data::F32(v) if scalar => Ok(AttrValue::F32(v[0])),
        Data::F64(v) if scalar => Ok(AttrValue::F64(v[0])),
        Data::I64(v) if scalar => Ok(AttrValue::I64(v[0])),
        Data::I32(v) if scalar => Ok(AttrValue::I32(v[0])),
        Data::U8(v) if scalar => Ok(AttrValue::U8(v[0])),
        Data::I8(v) if scalar => Ok(AttrValue::I8(v[0])),
        Data::F32(v) => Ok(AttrValue::F32Array(v.to_vec())),
        Data::F64(v) => Ok(AttrValue::F64Array(v.to_vec())),
        Data::I64(v) => Ok(AttrValue::I64Array(v.to_vec())),
        Data::I32(v) => Ok(AttrValue::I32Array(v.to_vec())),
        Data::U8(v) => Ok(AttrValue::U8Array(v.to_vec())),
        Data::I8(v) => Ok(AttrValue::I8Array(v.to_vec())),
        Data::Bool(_) | Data::F16(_) | Data::BF16(_) => {
            Err(Error::argument(format!("the attribute {name} is of dtype {}", array.dtype()))
                .help("cast it to float32 or uint8"))
        }
    }
}
