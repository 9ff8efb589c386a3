//! Makes Kokoro's ONNX file one that rten 0.27 runs rightly, while it is in memory. The weights are not parsed.
//!
//! - `com.microsoft/FusedMatMul`, a product of matrices that turns one of them round first, is the single operator rten lacks,
//!   and it takes none from outside: it becomes `Transpose` and `MatMul`.
//! - rten's `ConvInteger` pads with the byte 0 where the standard says the number zero, which is the byte of the zero point.
//!   The first and last syllables suffer, and all of them through the means that are taken over time. So the padding becomes
//!   a `Pad` of its own.
//! - The angle of a complex number is made of `Atan`, and two cases go wrong where the imaginary part is exactly zero, which it
//!   is in rten's Fourier transform, unlike onnxruntime's: silence has 0/0 for its angle, made 0 here as in PyTorch's `angle`;
//!   negative real numbers have -π where PyTorch has π. The second alone makes speech a fifth softer than it should be.

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

/// What tells whether an imaginary part is above zero, by its name in the published file.
const IS_ABOVE_ZERO: &str = "/decoder/decoder/generator/Greater_output_0";

/// A length-delimited field: where it begins, where its length stands and where its content.
struct Field {
    number: u64,
    whole: Range<usize>,
    length: Range<usize>,
    content: Range<usize>,
}

/// Replaces what rten cannot run in the model's graph. What is wrong with the file otherwise.
pub fn adapt(model: &mut Vec<u8>) -> Result<(), String> {
    let end = model.len();
    let graph = fields(model, 0..end)?
        .into_iter()
        .find(|field| field.number == GRAPH)
        .ok_or_else(|| "it has no graph".to_owned())?;
    let nodes = fields(model, graph.content.clone())?;
    // From the first node that is replaced to the last, so that what follows, the weights, moves only once.
    let mut replacement = Vec::new();
    let mut replaced: Option<Range<usize>> = None;
    for field in nodes.into_iter().filter(|field| field.number == NODE) {
        let node = NodeProto::decode(ValueReader::from_buf(&model[field.content.clone()]))
            .map_err(|error| error.to_string())?;
        let nodes = match node.op_type.as_deref() {
            Some("FusedMatMul") => unfused(node)?,
            Some("ConvInteger") => padded(node)?,
            Some("Atan") => of_numbers(node)?,
            Some("Greater") if node.output.iter().any(|output| output == IS_ABOVE_ZERO) => not_below(node),
            _ => continue,
        };
        let stretch = replaced.get_or_insert(field.whole.start..field.whole.start);
        replacement.extend_from_slice(&model[stretch.end..field.whole.start]);
        stretch.end = field.whole.end;
        for node in nodes {
            append(&node, &mut replacement)?;
        }
    }
    if let Some(stretch) = replaced {
        let length = graph.content.len() - stretch.len() + replacement.len();
        model.splice(stretch, replacement);
        model.splice(graph.length, varint(length as u64));
    }
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

/// A `ConvInteger` without padding behind a `Pad` with the zero point.
fn padded(mut convolution: NodeProto) -> Result<Vec<NodeProto>, String> {
    let place = convolution.attribute.iter().position(|attribute| attribute.name.as_deref() == Some("pads"));
    let pads = place.map(|place| convolution.attribute.remove(place).ints).unwrap_or_default();
    if pads.iter().all(|&pad| pad == 0) {
        return Ok(vec![convolution]);
    }
    let (Some(input), Some(zero_point)) =
        (convolution.input.first().cloned(), convolution.input.get(2).cloned())
    else {
        return Err("its convolution lacks a zero point".into());
    };
    let name = convolution.output.first().cloned().unwrap_or_default();
    let (amounts, padded) = (format!("{name}/pads"), format!("{name}/padded"));
    let (before, behind) = pads.split_at(pads.len() / 2);
    convolution.input[0].clone_from(&padded);
    let constant = NodeProto {
        output: vec![amounts.clone()],
        op_type: Some("Constant".into()),
        attribute: vec![AttributeProto {
            name: Some("value_ints".into()),
            // Neither the batch nor the channels are padded.
            ints: [&[0, 0], before, &[0, 0], behind].concat(),
            r#type: Some(AttributeType::INTS),
            ..AttributeProto::default()
        }],
        ..NodeProto::default()
    };
    let pad = NodeProto {
        input: vec![input, amounts, zero_point],
        output: vec![padded],
        op_type: Some("Pad".into()),
        ..NodeProto::default()
    };
    Ok(vec![constant, pad, convolution])
}

/// An operator with one input behind nodes that make 0 of what is not a number.
fn of_numbers(mut operator: NodeProto) -> Result<Vec<NodeProto>, String> {
    let input = operator.input.first_mut().ok_or_else(|| "its arc tangent lacks an input".to_owned())?;
    let [zero, is_none, number] = ["zero", "is_none", "number"].map(|suffix| format!("{input}/{suffix}"));
    let value = std::mem::replace(input, number.clone());
    let constant = NodeProto {
        output: vec![zero.clone()],
        op_type: Some("Constant".into()),
        attribute: vec![AttributeProto {
            name: Some("value_float".into()),
            f: Some(0.0),
            r#type: Some(AttributeType::FLOAT),
            ..AttributeProto::default()
        }],
        ..NodeProto::default()
    };
    let test = NodeProto {
        input: vec![value.clone()],
        output: vec![is_none.clone()],
        op_type: Some("IsNaN".into()),
        ..NodeProto::default()
    };
    let choice = NodeProto {
        input: vec![is_none, zero, value],
        output: vec![number],
        op_type: Some("Where".into()),
        ..NodeProto::default()
    };
    Ok(vec![constant, test, choice, operator])
}

/// `Greater` as `GreaterOrEqual`.
fn not_below(mut comparison: NodeProto) -> Vec<NodeProto> {
    comparison.op_type = Some("GreaterOrEqual".into());
    vec![comparison]
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

    fn model(node: NodeProto) -> Vec<u8> {
        let nodes = vec![self::node("Relu", &["x"], &["a"]), node, self::node("Relu", &["c"], &["y"])];
        let graph = GraphProto { node: nodes, ..GraphProto::default() };
        ModelProto { graph: Some(graph), ..ModelProto::default() }.write_buf().unwrap()
    }

    fn fused(attributes: Vec<AttributeProto>) -> Vec<u8> {
        let mut fused = node("FusedMatMul", &["a", "b"], &["c"]);
        fused.domain = Some("com.microsoft".into());
        fused.attribute = attributes;
        model(fused)
    }

    /// Operators with inputs and outputs.
    fn adapted(mut bytes: Vec<u8>) -> (Vec<String>, Vec<NodeProto>) {
        adapt(&mut bytes).unwrap();
        let nodes = ModelProto::parse_buf(&bytes).unwrap().graph.unwrap().node;
        let operator = |node: &NodeProto| node.op_type.clone().unwrap();
        let lines = nodes
            .iter()
            .map(|node| format!("{} {} > {}", operator(node), node.input.join(" "), node.output.join(" ")))
            .collect();
        (lines, nodes)
    }

    #[test]
    fn a_fused_product_becomes_two_nodes_in_its_place() {
        let (lines, nodes) = adapted(fused(vec![number("transB", 0), number("transA", 1)]));
        let expected =
            ["Relu x > a", "Transpose a > a/transposed", "MatMul a/transposed b > c", "Relu c > y"];
        assert_eq!(lines, expected);
        assert_eq!(nodes[1].attribute[0].ints, [0, 2, 1]);
        assert_eq!(nodes[2].domain, None);
    }

    #[test]
    fn padding_takes_the_zero_point() {
        let ints = |name: &str, ints: &[i64]| AttributeProto {
            name: Some(name.into()),
            ints: ints.to_vec(),
            r#type: Some(AttributeType::INTS),
            ..AttributeProto::default()
        };
        let mut convolution = node("ConvInteger", &["a", "w", "zero", "w_zero"], &["c"]);
        convolution.attribute = vec![ints("pads", &[2, 1]), ints("strides", &[3])];
        let (lines, nodes) = adapted(model(convolution.clone()));
        let expected = [
            "Relu x > a",
            "Constant  > c/pads",
            "Pad a c/pads zero > c/padded",
            "ConvInteger c/padded w zero w_zero > c",
            "Relu c > y",
        ];
        assert_eq!(lines, expected);
        assert_eq!(nodes[1].attribute[0].ints, [0, 0, 2, 0, 0, 1]);
        assert_eq!(nodes[3].attribute.len(), 1, "only the strides are left");

        convolution.attribute[0].ints = vec![0, 0];
        assert_eq!(adapted(model(convolution.clone())).0.len(), 3, "nothing to pad");
        convolution.attribute[0].ints = vec![1, 1];
        convolution.input.truncate(2);
        assert!(adapt(&mut model(convolution)).is_err(), "no zero point");
    }

    #[test]
    fn angles_are_numbers_and_those_of_negative_numbers_positive() {
        let expected = [
            "Relu x > a",
            "Constant  > a/zero",
            "IsNaN a > a/is_none",
            "Where a/is_none a/zero a > a/number",
            "Atan a/number > c",
            "Relu c > y",
        ];
        assert_eq!(adapted(model(node("Atan", &["a"], &["c"]))).0, expected);
        let (lines, _) = adapted(model(node("Greater", &["a", "b"], &[IS_ABOVE_ZERO])));
        assert_eq!(lines[1], format!("GreaterOrEqual a b > {IS_ABOVE_ZERO}"));
        assert_eq!(adapted(model(node("Greater", &["a", "b"], &["other"]))).0[1], "Greater a b > other");
    }

    #[test]
    fn what_it_cannot_do_is_an_error() {
        let error = adapt(&mut fused(vec![number("transBatchA", 1)])).unwrap_err();
        assert!(error.contains("transBatchA"), "{error}");
        let whole = fused(Vec::new());
        for end in [1, whole.len() / 2, whole.len() - 1] {
            assert!(adapt(&mut whole[..end].to_vec()).is_err(), "cut off at {end}");
        }
        assert!(adapt(&mut b"not a network".to_vec()).is_err());
        assert!(adapt(&mut Vec::new()).is_err());
    }
}
