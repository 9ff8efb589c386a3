//! From the detector's map of probabilities to boxes: connected regions, the smallest rectangle around each, and the
//! margin that the detector was trained to leave off.
//!
//! Follows PaddleOCR's `DBPostProcess` (`ppocr/postprocess/db_postprocess.py`), on whole regions instead of contours. The
//! margin of a rectangle is a rectangle again, so no polygon clipping is needed.

use super::boxes::LineBox;

/// Probability from which a pixel counts as text.
const PIXEL_THRESHOLD: f32 = 0.3;
/// Mean probability a box needs.
const BOX_THRESHOLD: f32 = 0.5;
/// How much of its area over perimeter a box grows on each side.
const UNCLIP_RATIO: f32 = 1.6;
/// Smallest side of a region, in pixels of the map.
const LEAST_SIDE: f32 = 3.0;
/// More regions than this are noise; the largest are kept.
const MOST_REGIONS: usize = 3000;

/// The detector's output: a probability for each pixel, rows from the top.
pub(super) struct ProbabilityMap {
    pub(super) width: usize,
    pub(super) height: usize,
    pub(super) values: Vec<f32>,
}

/// Boxes around the map's text, in its pixels.
pub(super) fn boxes(map: &ProbabilityMap) -> Vec<LineBox> {
    let mut regions = regions(map);
    regions.sort_by_key(|region| std::cmp::Reverse(region.len()));
    regions.truncate(MOST_REGIONS);
    regions.iter().filter_map(|region| region_box(map, region)).collect()
}

/// Neighbouring pixels of one row that count as text.
#[derive(Debug, Clone, Copy)]
struct Run {
    row: usize,
    from: usize,
    to: usize,
}

/// Regions of pixels that touch, corners included, each as its runs.
fn regions(map: &ProbabilityMap) -> Vec<Vec<Run>> {
    let mut runs: Vec<Run> = Vec::new();
    let mut parents: Vec<usize> = Vec::new();
    let mut above = 0..0;
    for (row, values) in map.values.chunks_exact(map.width).enumerate() {
        let first = runs.len();
        let mut column = 0;
        while column < map.width {
            if values[column] <= PIXEL_THRESHOLD {
                column += 1;
                continue;
            }
            let from = column;
            while column < map.width && values[column] > PIXEL_THRESHOLD {
                column += 1;
            }
            let this = runs.len();
            parents.push(this);
            for other in above.clone() {
                let run: Run = runs[other];
                if run.from <= column && run.to + 1 > from {
                    let (one, two) = (root(&mut parents, other), root(&mut parents, this));
                    parents[one.max(two)] = one.min(two);
                }
            }
            runs.push(Run { row, from, to: column });
        }
        above = first..runs.len();
    }
    let mut regions: Vec<Vec<Run>> = Vec::new();
    let mut places = vec![usize::MAX; runs.len()];
    for (index, run) in runs.iter().enumerate() {
        let root = root(&mut parents, index);
        if places[root] == usize::MAX {
            places[root] = regions.len();
            regions.push(Vec::new());
        }
        regions[places[root]].push(*run);
    }
    regions
}

fn root(parents: &mut [usize], mut index: usize) -> usize {
    while parents[index] != index {
        parents[index] = parents[parents[index]];
        index = parents[index];
    }
    index
}

/// The box of a region, grown; `None` when it is too small or too unsure.
fn region_box(map: &ProbabilityMap, region: &[Run]) -> Option<LineBox> {
    let ends = region
        .iter()
        .flat_map(|run| [[run.from as f32, run.row as f32], [(run.to - 1) as f32, run.row as f32]]);
    let rectangle = smallest_rectangle(&hull(ends.collect()))?;
    if rectangle.thickness() < LEAST_SIDE || mean(map, &rectangle) < BOX_THRESHOLD {
        return None;
    }
    let (length, height) = (rectangle.length(), rectangle.height());
    let margin = length * height * UNCLIP_RATIO / (2.0 * (length + height));
    // Pixels have a size of their own: the map's pixel 0 reaches from 0 to 1.
    let center = rectangle.center().map(|place| place + 0.5);
    let direction = rectangle.direction();
    Some(LineBox::new(center, direction, length + 2.0 * margin, height + 2.0 * margin))
}

/// Convex hull, counted around (Andrew's monotone chain).
fn hull(mut points: Vec<[f32; 2]>) -> Vec<[f32; 2]> {
    points.sort_by(|one, other| one[0].total_cmp(&other[0]).then(one[1].total_cmp(&other[1])));
    points.dedup();
    if points.len() < 3 {
        return points;
    }
    let turn =
        |a: [f32; 2], b: [f32; 2], c: [f32; 2]| (b[0] - a[0]) * (c[1] - a[1]) - (b[1] - a[1]) * (c[0] - a[0]);
    let half = |points: &mut dyn Iterator<Item = [f32; 2]>| {
        let mut chain: Vec<[f32; 2]> = Vec::new();
        for point in points {
            while chain.len() >= 2 && turn(chain[chain.len() - 2], chain[chain.len() - 1], point) <= 0.0 {
                chain.pop();
            }
            chain.push(point);
        }
        chain.pop();
        chain
    };
    let mut hull = half(&mut points.iter().copied());
    hull.extend(half(&mut points.iter().rev().copied()));
    hull
}

/// The rectangle of least area around a convex hull: one of its sides lies along a side of the hull.
fn smallest_rectangle(hull: &[[f32; 2]]) -> Option<LineBox> {
    let mut best: Option<(f32, LineBox)> = None;
    for (index, point) in hull.iter().enumerate() {
        let next = hull[(index + 1) % hull.len()];
        let edge = [next[0] - point[0], next[1] - point[1]];
        let norm = edge[0].hypot(edge[1]);
        if norm == 0.0 {
            continue;
        }
        let along = [edge[0] / norm, edge[1] / norm];
        let across = [-along[1], along[0]];
        let extent = |axis: [f32; 2]| {
            hull.iter()
                .map(|point| point[0] * axis[0] + point[1] * axis[1])
                .fold((f32::INFINITY, f32::NEG_INFINITY), |(least, most), value| {
                    (least.min(value), most.max(value))
                })
        };
        let ((left, right), (top, bottom)) = (extent(along), extent(across));
        let area = (right - left) * (bottom - top);
        if best.as_ref().is_none_or(|(least, _)| area < *least) {
            let (u, v) = (f32::midpoint(left, right), f32::midpoint(top, bottom));
            let center = [u * along[0] + v * across[0], u * along[1] + v * across[1]];
            best = Some((area, LineBox::new(center, along, right - left, bottom - top)));
        }
    }
    best.map(|(_, rectangle)| rectangle)
}

/// Mean probability inside a rectangle.
fn mean(map: &ProbabilityMap, rectangle: &LineBox) -> f32 {
    let [origin, right, down] = rectangle.frame();
    let corners = rectangle.corners_within((map.width - 1) as f32, (map.height - 1) as f32);
    let range = |axis: usize| {
        let values = corners.map(|corner| corner[axis]);
        let least = values.iter().copied().fold(f32::INFINITY, f32::min);
        let most = values.iter().copied().fold(0.0, f32::max);
        least.floor() as usize..=most.ceil() as usize
    };
    let (length, height) = (rectangle.length().powi(2), rectangle.height().powi(2));
    let (mut sum, mut count) = (0.0, 0_u32);
    for y in range(1) {
        for x in range(0) {
            let from = [x as f32 - origin[0], y as f32 - origin[1]];
            let u = (from[0] * right[0] + from[1] * right[1]) / length;
            let v = (from[0] * down[0] + from[1] * down[1]) / height;
            if (-0.001..=1.001).contains(&u) && (-0.001..=1.001).contains(&v) {
                sum += map.values[y * map.width + x];
                count += 1;
            }
        }
    }
    if count == 0 { 0.0 } else { sum / count as f32 }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn map(rows: &[&str]) -> ProbabilityMap {
        let values = rows.iter().flat_map(|row| {
            row.chars().map(|c| match c {
                '#' => 0.9,
                '+' => 0.35,
                _ => 0.0,
            })
        });
        ProbabilityMap { width: rows[0].len(), height: rows.len(), values: values.collect() }
    }

    #[test]
    fn a_bar_grows_by_its_margin() {
        let found = boxes(&map(&[
            "..............",
            "..##########..",
            "..##########..",
            "..##########..",
            "..##########..",
            "..............",
        ]));
        assert_eq!(found.len(), 1);
        let line = &found[0];
        // 9 by 3 between the centres of its pixels: the margin is 27 * 1.6 / 24.
        assert!((line.thickness() - (3.0 + 2.0 * 1.8)).abs() < 1e-3, "{line:?}");
        assert!((line.length().max(line.height()) - (9.0 + 2.0 * 1.8)).abs() < 1e-3, "{line:?}");
        let [x, y] = line.center();
        assert!((x - 7.0).abs() < 1e-3 && (y - 3.0).abs() < 1e-3, "{line:?}");
    }

    #[test]
    fn faint_and_tiny_regions_are_dropped_and_corners_connect() {
        let faint = ["++++++++", "++++++++", "++++++++", "++++++++", "++++++++"];
        assert_eq!(boxes(&map(&faint)).len(), 0);
        assert_eq!(boxes(&map(&["##......", "##......", "........", "........"])).len(), 0);
        let stairs =
            ["####....", "####....", "####....", "####....", "....####", "....####", "....####", "....####"];
        assert_eq!(regions(&map(&stairs)).len(), 1);
    }

    #[test]
    fn u_shapes_are_one_region() {
        let shape = ["#.#", "#.#", "###"];
        assert_eq!(regions(&map(&shape)).len(), 1);
        assert_eq!(regions(&map(&["#.#", "#.#", "#.#"])).len(), 2);
    }

    #[test]
    fn a_slanted_bar_keeps_its_slant() {
        let (width, height) = (80, 80);
        let mut values = vec![0.0; width * height];
        for step in 0..600 {
            for thick in 0..60 {
                let (u, v) = (step as f32 / 10.0, thick as f32 / 10.0);
                let (x, y) = (10.0 + u * 0.866 - v * 0.5, 10.0 + u * 0.5 + v * 0.866);
                values[y as usize * width + x as usize] = 0.9;
            }
        }
        let found = boxes(&ProbabilityMap { width, height, values });
        assert_eq!(found.len(), 1);
        let [_, right, down] = found[0].frame();
        let long = if right[0].hypot(right[1]) > down[0].hypot(down[1]) { right } else { down };
        let angle = (long[1] / long[0]).atan().to_degrees();
        assert!((angle - 30.0).abs() < 2.0, "{angle}");
    }
}
