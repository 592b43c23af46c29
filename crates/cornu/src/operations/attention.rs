//! Attention of queries to keys.

use super::Definition;
use super::call::Call;
use super::comparing::truth;
use super::result_type::{Kind, result_type};
use crate::einsum::einsum;
use cornu_graph::{DType, Tensor};

pub(super) static OPERATIONS: &[Definition] =
    &[Definition::one("nn", "DotProductAttention", "values weighted by how keys fit queries", attention)
        .takes(&["query", "key", "value", "bias", "mask", "scale"])
        .set(&["is_causal", "flash_attention", "attn_logits_soft_cap"])];

fn attention(call: &Call) -> Result<Tensor, String> {
    let xs = call.promoted(&["query", "key", "value"], true)?;
    let [query, key, value] = &xs[..] else { return Err("takes query, key and value".into()) };
    if let Some(x) = xs.iter().find(|x| x.rank() != 4) {
        return Err(format!("takes tensors of 4 axes, [batch, steps, heads, features], not {}", x.shape()));
    }
    if !call.field("attn_logits_soft_cap").is_null() {
        return Err("has no soft cap of logits".into());
    }
    let dtype = result_type([Kind::Strong(query.dtype()), Kind::Strong(DType::F32)]);
    let scale = call.plain_number("scale", 1.0 / (key.extent(-1) as f64).sqrt())?;
    // [batch, heads, queries, keys]
    let mut logits = einsum("btnh,bsnh->bnts", &[query.cast(dtype), key.cast(dtype)])? * scale;
    if let Some(bias) = call.optional("bias")? {
        logits = logits + bias.cast(dtype);
    }
    let lowest = -0.7 * if dtype == DType::F64 { f64::MAX } else { f32::MAX as f64 };
    if let Some(mask) = call.optional("mask")? {
        logits = truth(&mask).select(&logits, lowest);
    }
    if call.flag("is_causal", false)? {
        let shape = [query.extent(1), key.extent(1)];
        let b = call.builder();
        let seen = b.iota(shape, 0, DType::I64).greater_equal(b.iota(shape, 1, DType::I64));
        logits = seen.select(&logits, lowest);
    }
    let weights = logits.softmax(-1).cast(key.dtype());
    einsum("bnts,bsnh->btnh", &[weights, value.clone()])
}
