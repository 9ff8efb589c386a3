//! A value that a JSON Schema describes, for answers that have to follow one.

use serde_json::{Map, Value, json};

/// Schemas may refer to themselves.
const DEEPEST: usize = 16;

/// The simplest value with something in it: every property, one item of each array.
pub(super) fn example(schema: &Value) -> Value {
    value(schema, schema, 0)
}

fn value(schema: &Value, root: &Value, depth: usize) -> Value {
    if depth > DEEPEST {
        return Value::Null;
    }
    let next = |schema: &Value| value(schema, root, depth + 1);
    if let Some(reference) = schema["$ref"].as_str() {
        let found = reference.strip_prefix('#').and_then(|pointer| root.pointer(pointer));
        return found.map_or(Value::Null, next);
    }
    if let Some(constant) = schema.get("const") {
        return constant.clone();
    }
    for choice in ["enum", "anyOf", "oneOf", "allOf"] {
        if let Some(first) = schema[choice].as_array().and_then(|choices| choices.first()) {
            return if choice == "enum" { first.clone() } else { next(first) };
        }
    }
    let kind = match &schema["type"] {
        Value::Array(kinds) => kinds.first().and_then(Value::as_str),
        kind => kind.as_str(),
    };
    match kind {
        Some("string") => string(schema).into(),
        Some("number") => number(schema),
        Some("integer") => json!(number(schema).as_f64().unwrap_or_default().ceil() as i64),
        Some("boolean") => true.into(),
        Some("null") => Value::Null,
        Some("array") => array(schema, next),
        _ => object(schema, next),
    }
}

fn object(schema: &Value, next: impl Fn(&Value) -> Value) -> Value {
    let properties = schema["properties"].as_object().into_iter().flatten();
    properties.map(|(name, schema)| (name.clone(), next(schema))).collect::<Map<_, _>>().into()
}

fn array(schema: &Value, next: impl Fn(&Value) -> Value) -> Value {
    let limit = |name: &str| schema[name].as_u64().and_then(|limit| usize::try_from(limit).ok());
    let count = limit("minItems").unwrap_or(0).max(1).min(limit("maxItems").unwrap_or(usize::MAX));
    let first: Vec<Value> = schema["prefixItems"].as_array().into_iter().flatten().map(&next).collect();
    let rest = count.saturating_sub(first.len());
    let rest = std::iter::repeat_with(|| next(&schema["items"])).take(rest);
    first.into_iter().chain(rest).collect()
}

fn string(schema: &Value) -> String {
    let text = match schema["format"].as_str() {
        Some("date-time") => "2026-11-25T12:00:00Z",
        Some("date") => "2026-11-25",
        Some("time") => "12:00:00Z",
        _ => "Castor",
    };
    let limit = |name: &str, otherwise: usize| {
        schema[name].as_u64().map_or(otherwise, |limit| usize::try_from(limit).unwrap_or(otherwise))
    };
    text.chars()
        .chain(std::iter::repeat('.'))
        .take(text.chars().count().max(limit("minLength", 0)).min(limit("maxLength", usize::MAX)))
        .collect()
}

/// One, or what is allowed instead.
fn number(schema: &Value) -> Value {
    let limit = |name: &str| schema[name].as_f64();
    let least = limit("minimum").or(limit("exclusiveMinimum").map(|limit| limit + 1.0));
    let most = limit("maximum").or(limit("exclusiveMaximum").map(|limit| limit - 1.0));
    let number = 1.0_f64.max(least.unwrap_or(f64::MIN)).min(most.unwrap_or(f64::MAX));
    json!(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_has_a_value() {
        let schema = json!({
            "type": "object",
            "$defs": {"star": {"type": "object", "properties": {"name": {"type": "string", "maxLength": 3}}}},
            "properties": {
                "stars": {"type": "array", "minItems": 2, "items": {"$ref": "#/$defs/star"}},
                "kind": {"enum": ["double", "single"]},
                "magnitude": {"type": "number", "maximum": 0.5},
                "count": {"type": ["integer", "null"], "minimum": 6},
                "visible": {"type": "boolean"},
                "nothing": {"anyOf": [{"type": "null"}, {"type": "string"}]},
                "seen": {"type": "string", "format": "date"},
                "code": {"type": "string", "minLength": 8},
            },
        });
        let expected = json!({
            "stars": [{"name": "Cas"}, {"name": "Cas"}], "kind": "double", "magnitude": 0.5, "count": 6,
            "visible": true, "nothing": null, "seen": "2026-11-25", "code": "Castor..",
        });
        assert_eq!(example(&schema), expected);
    }

    #[test]
    fn a_schema_within_itself_ends() {
        let schema = json!({"type": "object", "properties": {"next": {"$ref": "#"}}});
        assert!(example(&schema)["next"]["next"].is_object());
    }
}
