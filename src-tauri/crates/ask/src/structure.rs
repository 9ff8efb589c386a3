//! Checks an answer that had to be JSON of a schema. The model may break off, add words or invent fields: only a check
//! here tells, and it needs nobody's word for it.

use conversation::Structure;
use serde_json::Value;

/// More problems than this help nobody.
const MOST_PROBLEMS: usize = 20;

/// Why a schema cannot be asked for.
#[derive(Debug, thiserror::Error)]
pub enum SchemaError {
    /// Not JSON at all.
    #[error("the schema is not JSON: {0}")]
    Json(#[from] serde_json::Error),
    /// JSON, but no JSON Schema.
    #[error("this is not a JSON Schema: {0}")]
    Schema(String),
}

/// Whether a text is a JSON Schema. References to other documents are not followed, so one that needs them is none.
pub fn check_schema(schema: &str) -> Result<(), SchemaError> {
    validator(schema).map(drop)
}

/// How `answer` came out against `schema`. Problems are places in the answer (JSON pointers) and sentences in English, as
/// the validator words them.
pub(crate) fn check(schema: &str, answer: &str) -> Structure {
    let problems = match (validator(schema), serde_json::from_str::<Value>(unfenced(answer))) {
        (Err(error), _) => vec![error.to_string()],
        (_, Err(error)) => vec![format!("not JSON: {error}")],
        (Ok(validator), Ok(value)) => validator
            .iter_errors(&value)
            .take(MOST_PROBLEMS)
            .map(|error| format!("{}: {error}", place(error.instance_path().as_str())))
            .collect(),
    };
    Structure { schema: schema.to_owned(), problems }
}

fn validator(schema: &str) -> Result<jsonschema::Validator, SchemaError> {
    let schema: Value = serde_json::from_str(schema)?;
    if !schema.is_object() {
        return Err(SchemaError::Schema("a schema is a JSON object".into()));
    }
    jsonschema::validator_for(&schema).map_err(|error| SchemaError::Schema(error.to_string()))
}

/// Models like to wrap JSON in a Markdown block.
fn unfenced(answer: &str) -> &str {
    let answer = answer.trim();
    let inner = answer.strip_prefix("```json").or_else(|| answer.strip_prefix("```"));
    inner.and_then(|inner| inner.strip_suffix("```")).unwrap_or(answer)
}

fn place(pointer: &str) -> &str {
    if pointer.is_empty() { "/" } else { pointer }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SCHEMA: &str = r#"{"type":"object","required":["name","price"],"additionalProperties":false,
        "properties":{"name":{"type":"string"},"price":{"type":"number","minimum":0}}}"#;

    #[test]
    fn a_good_answer_has_no_problems_fenced_or_not() {
        for answer in [r#"{"name":"tea","price":2.5}"#, "```json\n{\"name\":\"tea\",\"price\":2.5}\n```\n"] {
            assert_eq!(check(SCHEMA, answer).problems, Vec::<String>::new(), "{answer}");
        }
    }

    #[test]
    fn every_problem_is_named_with_its_place() {
        let problems = check(SCHEMA, r#"{"name":7,"price":-1,"more":true}"#).problems;
        assert_eq!(problems.len(), 3, "{problems:?}");
        assert!(problems.iter().any(|problem| problem.starts_with("/name: ")), "{problems:?}");
        assert!(problems.iter().any(|problem| problem.starts_with("/price: ")), "{problems:?}");
    }

    #[test]
    fn what_broke_off_is_not_json() {
        assert!(check(SCHEMA, r#"{"name":"te"#).problems[0].starts_with("not JSON"));
    }

    #[test]
    fn what_is_no_schema_is_refused() {
        assert!(matches!(check_schema("{"), Err(SchemaError::Json(_))));
        for schema in ["[]", "true", r#"{"type":"thing"}"#, r#"{"$ref":"https://example.test/schema"}"#] {
            assert!(matches!(check_schema(schema), Err(SchemaError::Schema(_))), "{schema}");
        }
        check_schema(SCHEMA).unwrap();
    }
}
