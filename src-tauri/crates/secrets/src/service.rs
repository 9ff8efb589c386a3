//! The name of the service a rule is about, for the sentence a person reads.

/// Spellings that capital letters at the beginning do not make.
const SPELLINGS: [(&str, &str); 39] = [
    ("1password", "1Password"),
    ("aws", "AWS"),
    ("circleci", "CircleCI"),
    ("clickhouse", "ClickHouse"),
    ("cloudflare", "Cloudflare"),
    ("digitalocean", "DigitalOcean"),
    ("droneci", "Drone CI"),
    ("easypost", "EasyPost"),
    ("flyio", "Fly.io"),
    ("frameio", "Frame.io"),
    ("freshbooks", "FreshBooks"),
    ("gcp", "Google Cloud"),
    ("github", "GitHub"),
    ("gitlab", "GitLab"),
    ("gocardless", "GoCardless"),
    ("hashicorp", "HashiCorp"),
    ("hubspot", "HubSpot"),
    ("huggingface", "Hugging Face"),
    ("jfrog", "JFrog"),
    ("kucoin", "KuCoin"),
    ("launchdarkly", "LaunchDarkly"),
    ("linkedin", "LinkedIn"),
    ("maxmind", "MaxMind"),
    ("messagebird", "MessageBird"),
    ("microsoft", "Microsoft"),
    ("new", "New Relic"),
    ("npm", "npm"),
    ("nytimes", "New York Times"),
    ("openai", "OpenAI"),
    ("openrouter", "OpenRouter"),
    ("openshift", "OpenShift"),
    ("planetscale", "PlanetScale"),
    ("privateai", "Private AI"),
    ("pypi", "PyPI"),
    ("rapidapi", "RapidAPI"),
    ("rubygems", "RubyGems"),
    ("sendgrid", "SendGrid"),
    ("travisci", "Travis CI"),
    ("xai", "xAI"),
];

/// The service of a rule, whose id begins with its name. `None` for rules about no service in particular.
pub(crate) fn of_rule(id: &str) -> Option<String> {
    let name = id.split('-').next()?;
    if matches!(name, "generic" | "jwt" | "curl" | "kubernetes") {
        return None;
    }
    if let Some((_, spelling)) = SPELLINGS.iter().find(|(known, _)| *known == name) {
        return Some((*spelling).to_owned());
    }
    let mut letters = name.chars();
    let first = letters.next()?;
    Some(first.to_ascii_uppercase().to_string() + letters.as_str())
}

#[cfg(test)]
mod tests {
    use super::of_rule;

    #[test]
    fn services_have_their_own_spelling() {
        assert_eq!(of_rule("github-fine-grained-pat").as_deref(), Some("GitHub"));
        assert_eq!(of_rule("stripe-access-token").as_deref(), Some("Stripe"));
        assert_eq!(of_rule("google-api-key").as_deref(), Some("Google"));
        assert_eq!(of_rule("generic-api-key"), None);
    }
}
