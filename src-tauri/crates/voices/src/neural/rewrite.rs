//! Makes Kokoro's ONNX file one that rten can run, while it is in memory: its single operator that rten lacks,
//! `com.microsoft/FusedMatMul`, a product of matrices that turns one of them round first, becomes `Transpose` and `MatMul`.
//! rten 0.27 takes no operators from outside. The weights around it are not parsed.

use rten_onnx::{
    onnx::{AttributeProto, AttributeType, NodeProto},
    protobuf::{
        DecodeMessage, EncodeMessage, ValueReader, ValueWriter,
        varint::{MAX_VARINT_LEN, encode_varint, read_varint},
    },
};
use std::ops::Range;

/// `ModelProto.graph` and `GraphProto.node` of onnx.proto.
const GRAPH: u64 = 7;
const NODE: u64 = 1;
/// Wire types of Protocol Buffers.
const VARINT: u64 = 0;
const EIGHT_BYTES: u64 = 1;
const LENGTH_DELIMITED: u64 = 2;
const FOUR_BYTES: u64 = 5;

/// A length-delimited field: where it begins, where its length stands and where its content.
struct Field {
    number: u64,
    whole: Range<usize>,
    length: Range<usize>,
    content: Range<usize>,
}

/// Replaces every `FusedMatMul` of the model's graph. What is wrong with the file otherwise.
pub fn replace_fused_products(model: &mut Vec<u8>) -> Result<(), String> {
    let end = model.len();
    let graph = fields(model, 0..end)?
        .into_iter()
        .find(|field| field.number == GRAPH)
        .ok_or_else(|| "it has no graph".to_owned())?;
    let nodes = fields(model, graph.content.clone())?;
    let mut length = graph.content.len();
    // From the end, so that what is not visited yet stays where it is.
    for field in nodes.into_iter().rev().filter(|field| field.number == NODE) {
        let node = NodeProto::decode(ValueReader::from_buf(&model[field.content.clone()]))
            .map_err(|error| error.to_string())?;
        if node.op_type.as_deref() != Some("FusedMatMul") {
            continue;
        }
        let mut replacement = Vec::new();
        for node in unfused(node)? {
            append(&node, &mut replacement)?;
        }
        length = length - field.whole.len() + replacement.len();
        model.splice(field.whole, replacement);
    }
    model.splice(graph.length, varint(length as u64));
    Ok(())
}

/// The length-delimited fields of the message that lies at `place`, in order.
fn fields(bytes: &[u8], place: Range<usize>) -> Result<Vec<Field>, String> {
    let cut_off = || "it is cut off".to_owned();
    let mut found = Vec::new();
    let mut rest = bytes.get(place.clone()).ok_or_else(cut_off)?;
    while !rest.is_empty() {
        let at = place.end - rest.len();
        let key = varint_at(&mut rest)?;
        let before_length = place.end - rest.len();
        let skipped = match key & 7 {
            VARINT => varint_at(&mut rest).map(|_| 0)?,
            EIGHT_BYTES => 8,
            FOUR_BYTES => 4,
            LENGTH_DELIMITED => {
                let length = varint_at(&mut rest)?;
                usize::try_from(length).map_err(|_| cut_off())?
            }
            other => return Err(format!("it is no ONNX file: wire type {other}")),
        };
        let start = place.end - rest.len();
        rest = rest.get(skipped..).ok_or_else(cut_off)?;
        if key & 7 == LENGTH_DELIMITED {
            let end = start + skipped;
            let (whole, length, content) = (at..end, before_length..start, start..end);
            found.push(Field { number: key >> 3, whole, length, content });
        }
    }
    Ok(found)
}

/// The plain nodes that do what a `FusedMatMul` does
/// (<https://github.com/microsoft/onnxruntime/blob/main/docs/ContribOperators.md>), for matrices in batches: three dimensions.
fn unfused(fused: NodeProto) -> Result<Vec<NodeProto>, String> {
    let mut factors = fused.input.clone();
    let mut nodes = Vec::new();
    for attribute in &fused.attribute {
        let name = attribute.name.as_deref().unwrap_or_default();
        let turned = match (name, attribute.i.unwrap_or_default(), attribute.f.unwrap_or_default()) {
            ("transA", 1, _) => 0,
            ("transB", 1, _) => 1,
            ("transA" | "transB" | "transBatchA" | "transBatchB", 0, _) | ("alpha", _, 1.0) => continue,
            _ => return Err(format!("its product has the unknown attribute {name}")),
        };
        let factor = factors.get_mut(turned).ok_or_else(|| "its product lacks a factor".to_owned())?;
        let transposed = format!("{factor}/transposed");
        nodes.push(NodeProto {
            input: vec![std::mem::replace(factor, transposed.clone())],
            output: vec![transposed],
            op_type: Some("Transpose".into()),
            attribute: vec![AttributeProto {
                name: Some("perm".into()),
                ints: vec![0, 2, 1],
                r#type: Some(AttributeType::INTS),
                ..AttributeProto::default()
            }],
            ..NodeProto::default()
        });
    }
    nodes.push(NodeProto {
        name: fused.name,
        input: factors,
        output: fused.output,
        op_type: Some("MatMul".into()),
        ..NodeProto::default()
    });
    Ok(nodes)
}

fn append(node: &NodeProto, bytes: &mut Vec<u8>) -> Result<(), String> {
    let mut content = Vec::new();
    node.encode(ValueWriter::new(&mut content)).map_err(|error| error.to_string())?;
    bytes.extend(varint(NODE << 3 | LENGTH_DELIMITED));
    bytes.extend(varint(content.len() as u64));
    bytes.extend(content);
    Ok(())
}

fn varint_at(bytes: &mut &[u8]) -> Result<u64, String> {
    read_varint(bytes).map_err(|_| "it is cut off or no ONNX file".to_owned())
}

fn varint(value: u64) -> Vec<u8> {
    encode_varint(value, &mut [0; MAX_VARINT_LEN]).to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;
    use rten_onnx::onnx::{GraphProto, ModelProto};

    fn number(name: &str, value: i64) -> AttributeProto {
        AttributeProto {
            name: Some(name.into()),
            i: Some(value),
            r#type: Some(AttributeType::INT),
            ..AttributeProto::default()
        }
    }

    fn node(operator: &str, inputs: &[&str], outputs: &[&str]) -> NodeProto {
        NodeProto {
            op_type: Some(operator.into()),
            input: inputs.iter().map(ToString::to_string).collect(),
            output: outputs.iter().map(ToString::to_string).collect(),
            ..NodeProto::default()
        }
    }

    fn model(attributes: Vec<AttributeProto>) -> Vec<u8> {
        let mut fused = node("FusedMatMul", &["a", "b"], &["c"]);
        fused.domain = Some("com.microsoft".into());
        fused.attribute = attributes;
        let graph = GraphProto {
            node: vec![node("Relu", &["x"], &["a"]), fused, node("Relu", &["c"], &["y"])],
            ..GraphProto::default()
        };
        ModelProto { graph: Some(graph), ..ModelProto::default() }.write_buf().unwrap()
    }

    #[test]
    fn a_fused_product_becomes_two_nodes_in_its_place() {
        let mut bytes = model(vec![number("transB", 0), number("transA", 1)]);
        replace_fused_products(&mut bytes).unwrap();
        let graph = ModelProto::parse_buf(&bytes).unwrap().graph.unwrap();
        let nodes: Vec<_> = graph
            .node
            .iter()
            .map(|node| (node.op_type.as_deref().unwrap(), node.input.clone(), node.output.clone()))
            .collect();
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            nodes,
            [
                ("Relu", names(&["x"]), names(&["a"])),
                ("Transpose", names(&["a"]), names(&["a/transposed"])),
                ("MatMul", names(&["a/transposed", "b"]), names(&["c"])),
                ("Relu", names(&["c"]), names(&["y"])),
            ]
        );
        assert_eq!(graph.node[1].attribute[0].ints, [0, 2, 1]);
        assert_eq!(graph.node[2].domain, None);
    }

    #[test]
    fn what_it_cannot_do_is_an_error() {
        let error = replace_fused_products(&mut model(vec![number("transBatchA", 1)])).unwrap_err();
        assert!(error.contains("transBatchA"), "{error}");
        let whole = model(Vec::new());
        for end in [1, whole.len() / 2, whole.len() - 1] {
            assert!(replace_fused_products(&mut whole[..end].to_vec()).is_err(), "cut off at {end}");
        }
        assert!(replace_fused_products(&mut b"not a network".to_vec()).is_err());
        assert!(replace_fused_products(&mut Vec::new()).is_err());
    }
}
