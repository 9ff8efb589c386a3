//! From the classifier's thousand probabilities to the few things that notes claim: `assets/senses/labels.json`, built
//! into the program.

use conversation::{PictureKind, Thing};
use serde::Deserialize;

const BUILTIN: &str = include_str!("../../../../../assets/senses/labels.json");
/// Least probability of what is claimed of a photo. Measured on photos with known contents: what was right came to 0.42
/// or more, what ImageNet has no class for (a flower as a lampshade, a circuit board as a radio) to 0.31 or less.
const LIKELY: f32 = 0.35;
/// The same for pictures of other kinds, on which the classifier was not trained: a horse's outline is a dog to it with
/// 0.65, a diagram a loudspeaker with 0.57.
const LIKELY_ELSEWHERE: f32 = 0.7;
/// Least probability of a single class that is named instead of its group.
const SURE: f32 = 0.5;
/// Most things claimed.
const MOST: usize = 3;

/// The labels cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("the labels of things are malformed: {0}")]
pub(crate) struct LabelsError(#[from] serde_json::Error);

/// Names of the classes and of the groups they form.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct Labels {
    /// Where the names come from, for whoever reads the file.
    #[serde(rename = "source")]
    _source: String,
    groups: Vec<Name>,
    /// In the order of the classifier's answer.
    classes: Vec<Class>,
    /// English names of what every page and every screen looks like to the classifier.
    seen_in_text: Vec<String>,
    /// English names of what the classifier sees in gray haze and never is there.
    seen_in_haze: Vec<String>,
}

/// English and Chinese.
#[derive(Debug, Deserialize)]
struct Name(String, String);

/// English, Chinese, and the English name of the group where there is one.
#[derive(Debug, Deserialize)]
struct Class(String, String, #[serde(default)] Option<String>);

impl Labels {
    /// The labels built into the program.
    pub(crate) fn builtin() -> Result<Self, LabelsError> {
        Ok(serde_json::from_str(BUILTIN)?)
    }

    /// What is likely in a picture, the likeliest first, at most three. `probabilities` are the classifier's, one for each
    /// class.
    ///
    /// Probabilities of a group add up, for the classifier often knows a dog without knowing the breed.
    pub(crate) fn things(&self, probabilities: &[f32], kind: PictureKind) -> Vec<Thing> {
        let likely = if kind == PictureKind::Photo { LIKELY } else { LIKELY_ELSEWHERE };
        let classes = || self.classes.iter().zip(probabilities.iter().copied());
        let grouped = self.groups.iter().filter_map(|Name(en, zh)| {
            let mut sum = 0.0;
            let mut best: Option<(&Class, f32)> = None;
            for (class, probability) in classes().filter(|(class, _)| class.2.as_ref() == Some(en)) {
                sum += probability;
                if best.is_none_or(|(_, most)| probability > most) {
                    best = Some((class, probability));
                }
            }
            let (class, probability) = best?;
            let sure = probability >= SURE.max(likely);
            Some(if sure { thing(&class.0, &class.1, probability) } else { thing(en, zh, sum) })
        });
        let single = classes()
            .filter(|(class, _)| class.2.is_none())
            .map(|(class, probability)| thing(&class.0, &class.1, probability));
        let mut things: Vec<Thing> = grouped
            .chain(single)
            .filter(|thing| thing.probability >= likely)
            .filter(|thing| !self.seen_in_haze.contains(&thing.en))
            .filter(|thing| kind == PictureKind::Photo || !self.seen_in_text.contains(&thing.en))
            .collect();
        things.sort_by(|one, other| other.probability.total_cmp(&one.probability));
        things.truncate(MOST);
        things
    }
}

fn thing(en: &str, zh: &str, probability: f32) -> Thing {
    Thing { en: en.to_owned(), zh: zh.to_owned(), probability: probability.min(1.0) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    fn labels() -> Labels {
        Labels::builtin().unwrap()
    }

    /// What is claimed where these classes have these probabilities.
    fn claimed(classes: &[(&str, f32)], kind: PictureKind) -> Vec<(String, f32)> {
        let labels = labels();
        let mut probabilities = vec![0.0; 1000];
        for (name, probability) in classes {
            let index = labels.classes.iter().position(|class| class.0 == *name).expect(name);
            probabilities[index] = *probability;
        }
        labels.things(&probabilities, kind).into_iter().map(|thing| (thing.en, thing.probability)).collect()
    }

    fn names(classes: &[(&str, f32)], kind: PictureKind) -> Vec<String> {
        claimed(classes, kind).into_iter().map(|(name, _)| name).collect()
    }

    #[test]
    fn every_class_has_both_names_and_a_known_group() {
        let labels = labels();
        assert_eq!(labels.classes.len(), engine::ImageClassifier::CLASSES);
        let groups: HashSet<_> = labels.groups.iter().map(|group| group.0.as_str()).collect();
        assert_eq!(groups.len(), labels.groups.len());
        for Class(en, zh, group) in &labels.classes {
            assert!(!en.is_empty() && (zh == "iPod" || !zh.is_ascii()), "{en} {zh}");
            assert!(group.as_deref().is_none_or(|group| groups.contains(group)), "{en} {group:?}");
        }
        let named: HashSet<_> = labels.classes.iter().map(|class| class.0.as_str()).chain(groups).collect();
        for name in labels.seen_in_text.iter().chain(&labels.seen_in_haze) {
            assert!(named.contains(name.as_str()), "{name}");
        }
        // The order is ImageNet's.
        for (index, en, zh) in
            [(0, "tench", "丁鱥"), (258, "Samoyed", "萨摩耶犬"), (967, "espresso", "浓缩咖啡")]
        {
            assert_eq!((labels.classes[index].0.as_str(), labels.classes[index].1.as_str()), (en, zh));
        }
    }

    #[test]
    fn a_sure_class_is_named_and_an_unsure_one_gives_its_group() {
        let photo = PictureKind::Photo;
        assert_eq!(names(&[("Samoyed", 0.64), ("Kuvasz", 0.1)], photo), ["Samoyed"]);
        let husky = claimed(&[("Siberian Husky", 0.17), ("Eskimo dog", 0.12), ("Chihuahua", 0.11)], photo);
        assert_eq!(husky[0].0, "dog");
        assert!((husky[0].1 - 0.4).abs() < 1e-5);
        assert_eq!(names(&[("moped", 0.45), ("motor scooter", 0.12)], photo), ["motorbike"]);
        assert_eq!(names(&[("missile", 0.37), ("projectile", 0.28)], photo), ["rocket or missile"]);
        assert_eq!(names(&[("palace", 0.26), ("bell tower", 0.26), ("church", 0.07)], photo), ["building"]);
        assert_eq!(names(&[("tripod", 0.97)], photo), ["tripod"]);
    }

    #[test]
    fn little_is_claimed_as_nothing() {
        assert!(names(&[("lampshade", 0.13), ("honeycomb", 0.09)], PictureKind::Photo).is_empty());
        assert!(names(&[("Alaskan tundra wolf", 0.13)], PictureKind::Photo).is_empty());
        assert!(names(&[("nematode", 0.78)], PictureKind::Photo).is_empty());
        assert!(names(&[], PictureKind::Photo).is_empty());
        assert!(labels().things(&[], PictureKind::Photo).is_empty());
        assert!(names(&[("loudspeaker", 0.57)], PictureKind::Drawing).is_empty());
    }

    #[test]
    fn the_likeliest_come_first_and_pages_are_not_things() {
        assert_eq!(names(&[("banana", 0.36), ("tripod", 0.4)], PictureKind::Photo), ["tripod", "fruit"]);
        for kind in [PictureKind::Document, PictureKind::Screenshot, PictureKind::Drawing] {
            assert!(names(&[("website", 0.95)], kind).is_empty());
            assert!(names(&[("monitor", 0.75)], kind).is_empty());
            assert_eq!(names(&[("pug", 0.95)], kind), ["pug"]);
        }
        assert_eq!(names(&[("comic book", 0.95)], PictureKind::Photo), ["comic book"]);
    }
}
