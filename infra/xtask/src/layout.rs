//! The layout holds: keys are written in one file, and what is deployed stays below the limits that a stack and an HTTP API have.
//!
//! What must not live here: which crate or context may depend on which.

use std::path::Path;

use anyhow::{Context, ensure};

use crate::{check, sam};

/// Where keys are written: nowhere else below these folders.
const KEYS: &str = "shared/store/src/keys.rs";
const KEYLESS: [&str; 2] = ["shared/store/src", "functions/src"];

/// Resources that a template may have. CloudFormation takes 500: a context that comes near is two stacks before a deployment fails.
const RESOURCES: usize = 450;

/// Integrations that the HTTP API may have, one a route or page renderer. API Gateway takes 300.
const INTEGRATIONS: usize = 280;

/// Keys in one place, and templates below their limits.
///
/// # Errors
/// Names every key outside of its place, and every template that is too large.
pub fn check(root: &Path) -> anyhow::Result<()> {
    let mut wrong = Vec::new();
    for folder in KEYLESS {
        for file in check::files(&root.join(folder))? {
            let text = std::fs::read_to_string(&file)?;
            let short = file.strip_prefix(root).unwrap_or(&file);
            if short == Path::new(KEYS) || text.starts_with("//! Generated") {
                continue;
            }
            wrong.extend(key_literals(&text).into_iter().map(|(line, key)| format!("{}:{line}: `{key}` belongs into {KEYS}", short.display())));
        }
    }
    let mut integrations = 0;
    for (stack, file) in sam::templates(root)? {
        let template = std::fs::read_to_string(&file).with_context(|| format!("cannot read {}", file.display()))?;
        let types = resources(&template);
        if types.len() >= RESOURCES {
            wrong.push(format!("stack {stack} has {} resources, {RESOURCES} are too many: give a part of its rows another `context`", types.len()));
        }
        integrations += types.iter().filter(|t| **t == "AWS::ApiGatewayV2::Integration").count();
    }
    if integrations >= INTEGRATIONS {
        wrong.push(format!("the HTTP API has {integrations} integrations, {INTEGRATIONS} are too many: let one function serve several routes"));
    }
    ensure!(wrong.is_empty(), "the layout:\n  {}", wrong.join("\n  "));
    Ok(())
}

/// Beginnings of keys (`"ORDER#…`) in a source file by line. Comments and the tests at its end may spell keys out.
fn key_literals(text: &str) -> Vec<(usize, &str)> {
    let code = text.find("#[cfg(test)]\nmod ").map_or(text, |at| &text[..at]);
    let mut found = Vec::new();
    for (n, line) in code.lines().enumerate().filter(|(_, l)| !l.trim_start().starts_with("//")) {
        for (at, _) in line.match_indices('"') {
            let rest = &line[at + 1..];
            let word = rest.bytes().take_while(u8::is_ascii_uppercase).count();
            if word > 1 && rest[word..].starts_with('#') {
                found.push((n + 1, &rest[..=word]));
            }
        }
    }
    found
}

/// The types of a template's resources.
fn resources(template: &str) -> Vec<&str> {
    let mut inside = false;
    let mut types = Vec::new();
    for line in template.lines() {
        if line.starts_with(|c: char| c.is_ascii_alphabetic()) {
            inside = line.trim_end() == "Resources:";
        }
        types.extend(line.strip_prefix("    Type: ").filter(|_| inside));
    }
    types
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn given_sources_when_searched_for_keys_then_those_in_code_are_found_and_those_in_comments_and_tests_are_not() {
        let found = key_literals("//! `ORDER#<order>`\nfn a() {\n    let k = (\"ORDER#1\", format!(\"STORE#{s}#OUT\"));\n}\n");
        assert_eq!(found, [(3, "ORDER#"), (3, "STORE#")]);
        assert!(key_literals("let raw = r#\"{}\"#; let x = (\"#\", \"A#\", \"order#\", \"ORDER\");").is_empty());
        assert!(key_literals("fn a() {}\n\n#[cfg(test)]\nmod tests {\n    const K: &str = \"LOC#1\";\n}\n").is_empty());
    }

    #[test]
    fn given_a_template_when_counted_then_resources_are_and_parameters_and_properties_are_not() {
        let template = "Parameters:\n  Stage:\n    Type: String\n\nResources:\n\n  # A comment.\n  AFunction:\n    Type: AWS::Serverless::Function\n    \
                        Properties:\n      Type: other\n  AIntegration:\n    Type: AWS::ApiGatewayV2::Integration\n\nOutputs:\n  A:\n    Type: none\n";
        assert_eq!(resources(template), ["AWS::Serverless::Function", "AWS::ApiGatewayV2::Integration"]);
    }
}
