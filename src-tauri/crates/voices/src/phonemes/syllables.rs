//! A syllable of Mandarin in Hanyu Pinyin as the phonemes Kokoro was trained on: IPA with an arrow for the tone after the
//! vowel. Follows misaki 0.9.4, `transcription.py` (itself after pinyin-to-ipa by Stefan Taubert, MIT) and `ZHG2P.retone`.

/// Initials, the two-letter ones first.
const INITIALS: [(&str, &str); 21] = [
    ("zh", "ꭧ"),
    ("ch", "ꭧʰ"),
    ("sh", "ʂ"),
    ("b", "p"),
    ("p", "pʰ"),
    ("m", "m"),
    ("f", "f"),
    ("d", "t"),
    ("t", "tʰ"),
    ("n", "n"),
    ("l", "l"),
    ("g", "k"),
    ("k", "kʰ"),
    ("h", "x"),
    ("j", "ʨ"),
    ("q", "ʨʰ"),
    ("x", "ɕ"),
    ("r", "ɻ"),
    ("z", "ʦ"),
    ("c", "ʦʰ"),
    ("s", "s"),
];

/// Finals in their full spelling, `0` where the tone goes.
const FINALS: [(&str, &str); 36] = [
    ("a", "a0"),
    ("ai", "ai0"),
    ("an", "a0n"),
    ("ang", "a0ŋ"),
    ("ao", "au0"),
    ("e", "ɤ0"),
    ("ei", "ei0"),
    ("en", "ə0n"),
    ("eng", "ə0ŋ"),
    ("i", "i0"),
    ("ia", "ja0"),
    ("ian", "jɛ0n"),
    ("iang", "ja0ŋ"),
    ("iao", "jau0"),
    ("ie", "je0"),
    ("in", "i0n"),
    ("ing", "i0ŋ"),
    ("iong", "jʊ0ŋ"),
    ("iou", "jou0"),
    ("ong", "ʊ0ŋ"),
    ("ou", "ou0"),
    ("u", "u0"),
    ("ua", "wa0"),
    ("uai", "wai0"),
    ("uan", "wa0n"),
    ("uang", "wa0ŋ"),
    ("uei", "wei0"),
    ("uen", "wə0n"),
    ("ueng", "wə0ŋ"),
    ("uo", "wo0"),
    ("o", "wo0"),
    ("ü", "y0"),
    ("üe", "ɥe0"),
    ("üan", "ɥɛ0n"),
    ("ün", "y0n"),
    ("io", "jɔ0"),
];

/// Syllables that are whole as they stand: interjections and consonants that carry a tone.
const WHOLE: [(&str, &str); 9] = [
    ("er", "ɚ0"),
    ("o", "ɔ0"),
    ("yo", "jɔ0"),
    ("ê", "ɛ0"),
    ("hm", "hm0"),
    ("hng", "hŋ0"),
    ("m", "m0"),
    ("n", "n0"),
    ("ng", "ŋ0"),
];

/// The phonemes of a syllable such as `zhong1` or `lü4`, whose tone stands at its end; none or 5 is the neutral tone.
/// Nothing for what is no syllable.
pub fn phonemes(syllable: &str) -> Option<String> {
    let (base, tone) = match syllable.chars().last()? {
        '1' => (&syllable[..syllable.len() - 1], "→"),
        '2' => (&syllable[..syllable.len() - 1], "↗"),
        '3' => (&syllable[..syllable.len() - 1], "↓"),
        '4' => (&syllable[..syllable.len() - 1], "↘"),
        '5' => (&syllable[..syllable.len() - 1], ""),
        _ => (syllable, ""),
    };
    if let Some((_, whole)) = WHOLE.iter().find(|(name, _)| *name == base) {
        return Some(whole.replace('0', tone));
    }
    let (initial, sound, rest) = INITIALS
        .iter()
        .find_map(|(initial, sound)| Some((*initial, *sound, base.strip_prefix(initial)?)))
        .unwrap_or(("", "", base));
    if matches!(initial, "zh" | "ch" | "sh" | "r" | "z" | "c" | "s") && rest == "i" {
        // The buzzing vowels after sibilants.
        return Some(format!("{sound}ɨ{tone}"));
    }
    let full = full_final(initial, rest);
    let (_, vowels) = FINALS.iter().find(|(name, _)| *name == full)?;
    Some(format!("{sound}{}", vowels.replace('0', tone)))
}

/// Undoes the short spellings of Hanyu Pinyin: `iu`, `ui`, `un`, `u` for `ü`, and `y` and `w` at the beginning.
fn full_final(initial: &str, rest: &str) -> String {
    let rest = rest.replace('v', "ü");
    match (initial, rest.as_str()) {
        ("", "yi") => "i".into(),
        ("", "yu") => "ü".into(),
        ("", "wu") => "u".into(),
        ("", "you") => "iou".into(),
        ("", "wei") => "uei".into(),
        ("", "wen") => "uen".into(),
        ("", "yong") => "iong".into(),
        ("", other) if other.starts_with("yu") => other.replacen("yu", "ü", 1),
        ("", other) if other.starts_with("yi") => other[1..].into(),
        ("", other) if other.starts_with('y') => other.replacen('y', "i", 1),
        ("", other) if other.starts_with('w') => other.replacen('w', "u", 1),
        ("j" | "q" | "x", other) if other.starts_with('u') => other.replacen('u', "ü", 1),
        (_, "iu") => "iou".into(),
        (_, "ui") => "uei".into(),
        (_, "un") => "uen".into(),
        (_, other) => other.into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_spellings_are_undone() {
        for (syllable, expected) in [
            ("zhong1", "ꭧʊ→ŋ"),
            ("guo2", "kwo↗"),
            ("jiu3", "ʨjou↓"),
            ("shui3", "ʂwei↓"),
            ("lun4", "lwə↘n"),
            ("qun2", "ʨʰy↗n"),
            ("xue2", "ɕɥe↗"),
            ("yuan2", "ɥɛ↗n"),
            ("yong4", "jʊ↘ŋ"),
            ("lü4", "ly↘"),
            ("nve4", "nɥe↘"),
            ("si4", "sɨ↘"),
            ("ri4", "ɻɨ↘"),
            ("er2", "ɚ↗"),
            ("de5", "tɤ"),
            ("wo3", "wo↓"),
            ("bo1", "pwo→"),
        ] {
            assert_eq!(phonemes(syllable).as_deref(), Some(expected), "{syllable}");
        }
    }

    #[test]
    fn what_is_no_syllable_has_no_phonemes() {
        for text in ["", "1", "xyz3", "bb", "hello", "é"] {
            assert_eq!(phonemes(text), None, "{text}");
        }
    }
}
