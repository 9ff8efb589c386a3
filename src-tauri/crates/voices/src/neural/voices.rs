//! The voices of Kokoro-82M v1.0 that are offered: of the English ones those its authors grade C or better (`VOICES.md` of
//! hexgrad/Kokoro-82M), and all Mandarin ones, which are graded alike.

/// What a voice was made to speak.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Accent {
    /// English as in the United States.
    AmericanEnglish,
    /// English as in Great Britain.
    BritishEnglish,
    /// Standard Chinese.
    Mandarin,
}

/// How a voice sounds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Gender {
    /// Like a woman's.
    Female,
    /// Like a man's.
    Male,
}

/// One voice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct NeuralVoiceInfo {
    /// Its name in Kokoro, `af_heart`.
    pub id: &'static str,
    /// Its name for a person, `Heart`.
    pub name: &'static str,
    /// What it was made to speak. It speaks the other language too, with an accent.
    pub accent: Accent,
    /// How it sounds.
    pub gender: Gender,
}

const fn voice(id: &'static str, name: &'static str, accent: Accent, gender: Gender) -> NeuralVoiceInfo {
    NeuralVoiceInfo { id, name, accent, gender }
}

const VOICES: [NeuralVoiceInfo; 21] = {
    use Accent::{AmericanEnglish, BritishEnglish, Mandarin};
    use Gender::{Female, Male};
    [
        voice("af_heart", "Heart", AmericanEnglish, Female),
        voice("zf_xiaobei", "Xiaobei", Mandarin, Female),
        voice("af_bella", "Bella", AmericanEnglish, Female),
        voice("af_nicole", "Nicole", AmericanEnglish, Female),
        voice("af_aoede", "Aoede", AmericanEnglish, Female),
        voice("af_kore", "Kore", AmericanEnglish, Female),
        voice("af_sarah", "Sarah", AmericanEnglish, Female),
        voice("am_fenrir", "Fenrir", AmericanEnglish, Male),
        voice("am_michael", "Michael", AmericanEnglish, Male),
        voice("am_puck", "Puck", AmericanEnglish, Male),
        voice("bf_emma", "Emma", BritishEnglish, Female),
        voice("bf_isabella", "Isabella", BritishEnglish, Female),
        voice("bm_fable", "Fable", BritishEnglish, Male),
        voice("bm_george", "George", BritishEnglish, Male),
        voice("zf_xiaoni", "Xiaoni", Mandarin, Female),
        voice("zf_xiaoxiao", "Xiaoxiao", Mandarin, Female),
        voice("zf_xiaoyi", "Xiaoyi", Mandarin, Female),
        voice("zm_yunjian", "Yunjian", Mandarin, Male),
        voice("zm_yunxi", "Yunxi", Mandarin, Male),
        voice("zm_yunxia", "Yunxia", Mandarin, Male),
        voice("zm_yunyang", "Yunyang", Mandarin, Male),
    ]
};

/// The voices that are offered, the defaults of English and of Chinese first.
pub fn neural_voices() -> &'static [NeuralVoiceInfo] {
    &VOICES
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_says_accent_and_gender() {
        for voice in neural_voices() {
            let accent = match voice.accent {
                Accent::AmericanEnglish => 'a',
                Accent::BritishEnglish => 'b',
                Accent::Mandarin => 'z',
            };
            let gender = if voice.gender == Gender::Female { 'f' } else { 'm' };
            assert_eq!(voice.id, format!("{accent}{gender}_{}", voice.name.to_lowercase()));
        }
        assert_eq!([neural_voices()[0].id, neural_voices()[1].id], ["af_heart", "zf_xiaobei"]);
    }
}
