//! Chooses, from many frames of a video that were looked at, the few that together show what happens. Pure.
//!
//! Neighbours that look different enough begin a new scene. Each scene gets a frame before any gets a second; what is left
//! of the budget goes where the longest stretch would be without one. Within a scene frames are spread evenly over time,
//! and of a stretch in which nothing changes only one is taken. Where there are more scenes than frames, those go first
//! that are blank or look like another one, and among them those whose neighbours are nearest in time.

use crate::thumb::Thumb;
use std::time::Duration;

/// A frame that was looked at.
#[derive(Clone)]
pub(crate) struct Candidate {
    /// When it begins to be shown.
    pub(crate) at: Duration,
    /// What it looks like.
    pub(crate) thumb: Thumb,
    /// Where its pixels are, if they still are somewhere. Only then it can be chosen.
    pub(crate) place: Option<usize>,
}

/// Candidates in which nothing changes.
struct Still {
    first: usize,
    /// Those that can be chosen, in their order.
    there: Vec<usize>,
}

/// A stretch of candidates between two cuts.
struct Scene {
    stills: Vec<Still>,
    start: Duration,
    end: Duration,
}

impl Scene {
    fn length(&self) -> f64 {
        self.end.saturating_sub(self.start).as_secs_f64()
    }

    /// The candidate in its middle, which is what a single frame of it should be.
    fn middle(&self, candidates: &[Candidate]) -> Option<usize> {
        let there = self.stills.iter().flat_map(|still| still.there.iter().copied());
        nearest(candidates, there, self.start.as_secs_f64() + self.length() / 2.0)
    }
}

/// At most `most` of those of `candidates` whose pixels are there, as indices; all are in the order of time. `end`: where the stretch ends
/// that is shown. Fewer where more would only repeat what is there; of a video in which nothing ever changes the first and
/// the last.
pub(crate) fn choose(candidates: &[Candidate], end: Duration, most: usize) -> Vec<usize> {
    if most == 0 || candidates.is_empty() {
        return Vec::new();
    }
    let scenes = scenes(candidates, end);
    if scenes.len() > most {
        return the_most_telling(candidates, &scenes, most);
    }
    if let [only] = scenes.as_slice()
        && let [still] = only.stills.as_slice()
    {
        return match still.there.as_slice() {
            [first, .., last] if most >= 2 => vec![*first, *last],
            there => there.iter().copied().take(1).collect(),
        };
    }
    let mut counts = vec![1; scenes.len()];
    for _ in scenes.len()..most {
        let without = |index: usize| scenes[index].length() / f64::from(counts[index]);
        let next = (0..scenes.len())
            .filter(|&index| (counts[index] as usize) < scenes[index].stills.len())
            .max_by(|&one, &other| without(one).total_cmp(&without(other)));
        let Some(next) = next else { break };
        counts[next] += 1;
    }
    scenes.iter().zip(counts).flat_map(|(scene, count)| spread(candidates, scene, count as usize)).collect()
}

/// Where scenes begin, and in them the stretches without change, without those of which no candidate can be chosen.
fn scenes(candidates: &[Candidate], end: Duration) -> Vec<Scene> {
    let mut scenes: Vec<Scene> = Vec::new();
    for (index, candidate) in candidates.iter().enumerate() {
        let cut = index == 0 || candidates[index - 1].thumb.is_other_scene(&candidate.thumb);
        if cut {
            if let Some(before) = scenes.last_mut() {
                before.end = candidate.at;
            }
            scenes.push(Scene { stills: Vec::new(), start: candidate.at, end: end.max(candidate.at) });
        }
        let Some(scene) = scenes.last_mut() else { continue };
        let there = candidate.place.map(|_| index);
        match scene.stills.last_mut() {
            // Against its first, so that a slow change does not hide.
            Some(still) if candidates[still.first].thumb.is_same(&candidate.thumb) => {
                still.there.extend(there);
            }
            _ => scene.stills.push(Still { first: index, there: there.into_iter().collect() }),
        }
    }
    for scene in &mut scenes {
        scene.stills.retain(|still| !still.there.is_empty());
    }
    scenes.retain(|scene| !scene.stills.is_empty());
    scenes
}

/// `count` candidates of a scene, spread evenly, each from another stretch without change.
fn spread(candidates: &[Candidate], scene: &Scene, count: usize) -> Vec<usize> {
    let mut chosen = Vec::with_capacity(count);
    let mut free = 0;
    for place in 0..count {
        let target = scene.start.as_secs_f64() + scene.length() * (place as f64 + 0.5) / (count as f64);
        // As many stretches are left over as there are frames to come.
        let last = scene.stills.len() - (count - place);
        let best = (free..=last)
            .filter_map(|still| {
                let there = scene.stills[still].there.iter().copied();
                Some((still, nearest(candidates, there, target)?))
            })
            .min_by(|one, other| {
                let off = |index: usize| (candidates[index].at.as_secs_f64() - target).abs();
                off(one.1).total_cmp(&off(other.1))
            });
        if let Some((still, index)) = best {
            free = still + 1;
            chosen.push(index);
        }
    }
    chosen
}

/// The candidate among these that is nearest to `target` seconds.
fn nearest(candidates: &[Candidate], among: impl Iterator<Item = usize>, target: f64) -> Option<usize> {
    let off = |index: usize| (candidates[index].at.as_secs_f64() - target).abs();
    among.min_by(|&one, &other| off(one).total_cmp(&off(other)))
}

/// One frame of each of `most` scenes: the others are given up one by one, the least telling first.
fn the_most_telling(candidates: &[Candidate], scenes: &[Scene], most: usize) -> Vec<usize> {
    let mut kept: Vec<usize> = scenes.iter().filter_map(|scene| scene.middle(candidates)).collect();
    let looks = |one: usize, other: usize| !candidates[one].thumb.is_other_scene(&candidates[other].thumb);
    let mut alike: Vec<usize> = kept
        .iter()
        .map(|&one| kept.iter().filter(|&&other| other != one && looks(one, other)).count())
        .collect();
    while kept.len() > most {
        let time =
            |place: Option<usize>| place.and_then(|place| kept.get(place)).map(|&index| candidates[index].at);
        let gap = |place: usize| {
            let before = time(place.checked_sub(1)).unwrap_or(candidates[kept[place]].at);
            let after = time(Some(place + 1)).unwrap_or(candidates[kept[place]].at);
            // At the edges one side is missing; the other counts double.
            let between = after.saturating_sub(before);
            if place == 0 || place + 1 == kept.len() { between * 2 } else { between }
        };
        let tells = |place: usize| alike[place] == 0 && !candidates[kept[place]].thumb.is_blank_and_dark();
        let Some(least) = (0..kept.len()).min_by_key(|&place| (tells(place), gap(place))) else { break };
        let gone = kept.remove(least);
        alike.remove(least);
        for (place, &other) in kept.iter().enumerate() {
            if looks(gone, other) {
                alike[place] = alike[place].saturating_sub(1);
            }
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::thumb::flat;

    const COLOURS: [[u8; 3]; 6] =
        [[220, 0, 0], [0, 200, 0], [0, 0, 220], [220, 220, 0], [220, 0, 220], [0, 220, 220]];

    fn candidate(at_ms: u64, color: [u8; 3]) -> Candidate {
        Candidate { at: Duration::from_millis(at_ms), thumb: flat(color), place: Some(0) }
    }

    /// One candidate every `step_ms`; each scene its colour and milliseconds.
    fn video(scenes: &[([u8; 3], u64)], step_ms: u64) -> (Vec<Candidate>, Duration) {
        let length: u64 = scenes.iter().map(|scene| scene.1).sum();
        let color = |at: u64| {
            let mut until = 0;
            scenes
                .iter()
                .find(|scene| {
                    until += scene.1;
                    at < until
                })
                .unwrap()
                .0
        };
        let candidates =
            (0..length / step_ms).map(|index| candidate(index * step_ms, color(index * step_ms)));
        (candidates.collect(), Duration::from_millis(length))
    }

    /// A picture that keeps changing a little, as a camera's does.
    fn drifting(step: u64) -> [u8; 3] {
        [[100, 109, 118, 109][step as usize % 4], 100, 100]
    }

    #[test]
    fn every_scene_has_a_frame_before_any_has_two() {
        let scenes: Vec<_> = COLOURS.iter().map(|&color| (color, 2000)).collect();
        let (candidates, end) = video(&scenes, 250);
        for most in [6, 8, 100] {
            let chosen = choose(&candidates, end, most);
            let seen: Vec<u64> = chosen.iter().map(|&index| candidates[index].at.as_secs() / 2).collect();
            assert_eq!(
                seen,
                [0, 1, 2, 3, 4, 5],
                "nothing changes within a scene, so one of each is all; {most}"
            );
        }
    }

    #[test]
    fn a_short_scene_beats_another_frame_of_a_long_one() {
        let mut candidates: Vec<Candidate> =
            (0..100).map(|step| candidate(step * 1000, drifting(step))).collect();
        candidates[61] = candidate(61_000, [0, 0, 220]);
        let chosen = choose(&candidates, Duration::from_secs(100), 4);
        assert_eq!(chosen.len(), 4);
        assert!(chosen.contains(&61), "{chosen:?}");
    }

    #[test]
    fn one_long_scene_is_covered_evenly() {
        let candidates: Vec<Candidate> = (0..120).map(|step| candidate(step * 500, drifting(step))).collect();
        let chosen = choose(&candidates, Duration::from_mins(1), 12);
        let times: Vec<f64> = chosen.iter().map(|&index| candidates[index].at.as_secs_f64()).collect();
        assert_eq!(times.len(), 12);
        for pair in times.windows(2) {
            assert!((4.0..=6.0).contains(&(pair[1] - pair[0])), "{times:?}");
        }
        assert!(times[0] <= 3.0 && times[11] >= 57.0, "{times:?}");
    }

    #[test]
    fn a_still_video_is_its_first_and_last_frame() {
        let (candidates, end) = video(&[(COLOURS[0], 60_000)], 1000);
        assert_eq!(choose(&candidates, end, 16), [0, 59]);
        assert_eq!(choose(&candidates, end, 1), [0]);
        assert!(choose(&candidates, end, 0).is_empty());
    }

    #[test]
    fn with_too_many_scenes_what_is_shown_twice_goes_first() {
        let scenes: Vec<_> = [0, 1, 0, 1, 2, 0, 1, 3].iter().map(|&color| (COLOURS[color], 2000)).collect();
        let (candidates, end) = video(&scenes, 500);
        let chosen = choose(&candidates, end, 4);
        let mut seen: Vec<usize> = chosen
            .iter()
            .map(|&index| scenes[candidates[index].at.as_secs() as usize / 2].0)
            .map(|color| COLOURS.iter().position(|&other| other == color).unwrap())
            .collect();
        seen.sort_unstable();
        assert_eq!(seen, [0, 1, 2, 3]);
    }

    #[test]
    fn only_what_is_there_is_chosen_and_the_rest_still_tells_scenes() {
        let scenes: Vec<_> = COLOURS.iter().map(|&color| (color, 2000)).collect();
        let (mut candidates, end) = video(&scenes, 250);
        // Of each scene but the third the last frame is left.
        for (index, candidate) in candidates.iter_mut().enumerate() {
            candidate.place = (index % 8 == 7 && index / 8 != 2).then_some(index);
        }
        assert_eq!(choose(&candidates, end, 16), [7, 15, 31, 39, 47]);
        // The last one of a still picture and one before, but not the first.
        let (mut still, end) = video(&[(COLOURS[0], 10_000)], 1000);
        still[0].place = None;
        assert_eq!(choose(&still, end, 16), [1, 9]);
        for candidate in &mut still {
            candidate.place = None;
        }
        assert!(choose(&still, end, 16).is_empty());
    }

    #[test]
    fn choosing_again_and_again_stays_even() {
        let mut candidates: Vec<Candidate> = Vec::new();
        for step in 0..400 {
            candidates.push(candidate(step * 500, drifting(step)));
            if candidates.iter().filter(|candidate| candidate.place.is_some()).count() == 36 {
                let kept = choose(&candidates, candidates[step as usize].at, 24);
                for (index, candidate) in candidates.iter_mut().enumerate() {
                    candidate.place = candidate.place.filter(|_| kept.contains(&index));
                }
            }
        }
        let chosen = choose(&candidates, Duration::from_secs(200), 12);
        let times: Vec<f64> = chosen.iter().map(|&index| candidates[index].at.as_secs_f64()).collect();
        assert_eq!(times.len(), 12);
        for pair in times.windows(2) {
            assert!((8.0..=26.0).contains(&(pair[1] - pair[0])), "{times:?}");
        }
        assert!(times[0] <= 17.0 && times[11] >= 183.0, "{times:?}");
    }

    #[test]
    fn too_many_scenes_are_thinned_evenly() {
        let scenes: Vec<_> = (0..60).map(|scene| (COLOURS[scene % 6], 1000)).collect();
        let (candidates, end) = video(&scenes, 250);
        let times: Vec<f64> =
            choose(&candidates, end, 10).iter().map(|&index| candidates[index].at.as_secs_f64()).collect();
        assert_eq!(times.len(), 10);
        for pair in times.windows(2) {
            assert!(pair[1] - pair[0] <= 13.0, "{times:?}");
        }
    }
}
