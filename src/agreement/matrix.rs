//! Krippendorff's alpha of a matrix of numbers, without packing the answers first.

// INVARIANT: blocks are cut to the number of units, rows have that many cells, and table places are within the range
// that was measured.
#![allow(clippy::indexing_slicing)]

use crate::error::{Error, ErrorCode};

use super::distance::{on_circle, ratio};
use super::scale::MAX_VALUE;
use super::{Coefficient, Distance, Level, Undefined};

/// Krippendorff's alpha of a matrix of numbers: one row of `units` cells for each annotator, NaN where there is none.
///
/// For a circular scale, `period` is after how much it begins again; else it plays no part. Without standard error. The
/// same value as [`super::Comparison::krippendorff_alpha`] to 9 digits. Nominal alpha compares numbers: 0 and -0 are
/// the same.
///
/// Interval and circular alpha need no memory; nominal and ordinal alpha that of the distinct numbers (whole numbers
/// within a range of 65,536), else at most 8 bytes for each number and 16 for each distinct one. Time: interval grows
/// with the cells; nominal and ratio with the cells times the annotators up to 16, above that by sorting each unit.
///
/// An empty matrix has [`Undefined::NoAnswers`]; a ratio scale of more than [`Distance::MAX_RATIO_LABELS`] distinct
/// numbers has [`Undefined::TooMany`].
///
/// # Errors
/// [`ErrorCode::Answers`] when the cells are not whole rows, or a number is infinite, beyond 10^100, negative on a ratio
/// scale, or the period of a circular one is not above 0.
pub fn alpha_of_matrix(
    cells: &[f64],
    units: usize,
    level: Level,
    period: f64,
) -> Result<Coefficient, Error> {
    if cells.is_empty() {
        return Ok(Coefficient::undefined(Undefined::NoAnswers));
    }
    if units == 0 || !cells.len().is_multiple_of(units) {
        return Err(error("expected whole rows of one cell a unit"));
    }
    if level == Level::Circular && !(period.is_finite() && period > 0.0) {
        return Err(error("expected the period of a circular scale to be above 0"));
    }
    let matrix = Matrix { cells, units };
    let seen = match matrix.look()? {
        Ok(seen) => seen,
        Err(reason) => return Ok(Coefficient::undefined(reason)),
    };
    if level == Level::Ratio && seen.least < 0.0 {
        return Err(error("expected the values of a ratio scale not to be negative"));
    }
    let sums = match level {
        Level::Interval => matrix.squares(&|value| value - seen.mean),
        Level::Ordinal => {
            let counts = matrix.counts(&seen);
            let ranks = counts.ranks();
            if counts.values.is_none() {
                matrix.squares(&|value| ranks[place_from(value, seen.least)])
            } else {
                // There is no place when no unit has two answers.
                matrix.squares(&|value| ranks.get(counts.place(value)).copied().unwrap_or(0.0))
            }
        }
        Level::Circular => matrix.circle(&seen, period),
        Level::Nominal => matrix.nominal(&seen),
        Level::Ratio => {
            let counts = matrix.counts(&seen);
            if counts.given() > Distance::MAX_RATIO_LABELS {
                return Ok(Coefficient::undefined(Undefined::TooMany));
            }
            matrix.ratio(&counts)
        }
    };
    let total = sums.answers;
    if total == 0.0 {
        return Ok(Coefficient::undefined(Undefined::NoOverlap));
    }
    let expected = sums.expected / (total * (total - 1.0));
    if matrix.one_paired_number() {
        return Ok(Coefficient::undefined(Undefined::OneLabel));
    }
    if expected <= 0.0 || !expected.is_finite() {
        return Ok(Coefficient::undefined(Undefined::NoChance));
    }
    Ok(Coefficient::of(1.0 - sums.observed / total / expected))
}

struct Matrix<'a> {
    cells: &'a [f64],
    units: usize,
}

/// Of all answers.
struct Seen {
    least: f64,
    most: f64,
    mean: f64,
    whole: bool,
}

/// Of the units with two answers or more.
struct Sums {
    answers: f64,
    /// Over the units, the sum of the distances of all ordered pairs, by the number of answers less 1.
    observed: f64,
    /// The sum of the distances of all ordered pairs of all answers.
    expected: f64,
}

/// Up to so many annotators, all pairs of a unit are compared; above that each unit is sorted.
const MOST_COMPARED: usize = 16;
/// Units at a time: the sums of a block stay in the processor's first cache.
const BLOCK: usize = 512;
/// Whole numbers within such a range are counted in a table.
const MOST_PLACES: f64 = 65_536.0;

impl Matrix<'_> {
    fn rows(&self) -> impl Iterator<Item = &[f64]> {
        self.cells.chunks_exact(self.units)
    }

    /// For each block of units: where it begins, and how many answers each has.
    fn blocks(&self, mut visit: impl FnMut(usize, &[f64])) {
        let mut sizes = [0.0; BLOCK];
        for start in (0..self.units).step_by(BLOCK) {
            let length = BLOCK.min(self.units - start);
            sizes[..length].fill(0.0);
            for row in self.rows() {
                for (size, cell) in sizes[..length].iter_mut().zip(&row[start..start + length]) {
                    *size += if cell.is_nan() { 0.0 } else { 1.0 };
                }
            }
            visit(start, &sizes[..length]);
        }
    }

    fn look(&self) -> Result<Result<Seen, Undefined>, Error> {
        let mut seen =
            Seen { least: f64::INFINITY, most: f64::NEG_INFINITY, mean: 0.0, whole: true };
        let (mut annotators, mut sum, mut answers) = (0, 0.0, 0.0);
        for row in self.rows() {
            let (lanes, rest) = row.as_chunks::<LANES>();
            let mut look = Look::new();
            lanes.iter().for_each(|lanes| look.at(lanes));
            let mut last = [f64::NAN; LANES];
            last[..rest.len()].copy_from_slice(rest);
            look.at(&last);
            let given: f64 = look.answers.iter().sum();
            annotators += usize::from(given > 0.0);
            answers += given;
            sum += look.sum.iter().sum::<f64>();
            seen.least = look.least.iter().copied().fold(seen.least, f64::min);
            seen.most = look.most.iter().copied().fold(seen.most, f64::max);
            seen.whole &= look.fractions.iter().all(|fractions| *fractions == 0.0);
        }
        match annotators {
            0 => return Ok(Err(Undefined::NoAnswers)),
            1 => return Ok(Err(Undefined::OneAnnotator)),
            _ => {}
        }
        if seen.least < -MAX_VALUE || seen.most > MAX_VALUE {
            return Err(error("expected finite values within 10^100, or NaN for none"));
        }
        seen.mean = sum / answers;
        Ok(Ok(seen))
    }

    /// Whether all numbers of units with two answers or more are the same.
    fn one_paired_number(&self) -> bool {
        let mut first = None;
        for unit in 0..self.units {
            let column = || self.cells[unit..].iter().step_by(self.units).filter(|c| !c.is_nan());
            if column().nth(1).is_some() {
                for cell in column() {
                    if *cell != *first.get_or_insert(*cell) {
                        return false;
                    }
                }
            }
        }
        true
    }

    /// By the squares of the differences of what `of` makes of the numbers, which must be around 0.
    fn squares(&self, of: &impl Fn(f64) -> f64) -> Sums {
        let (mut observed, mut answers, mut total, mut squares) = (0.0, 0.0, 0.0, 0.0);
        let (mut sizes, mut first, mut second) = ([0.0; BLOCK], [0.0; BLOCK], [0.0; BLOCK]);
        for start in (0..self.units).step_by(BLOCK) {
            let length = BLOCK.min(self.units - start);
            sizes.fill(0.0);
            first.fill(0.0);
            second.fill(0.0);
            for row in self.rows() {
                let cells = row[start..start + length].iter();
                let sums = sizes.iter_mut().zip(&mut first).zip(&mut second);
                for (cell, ((size, first), second)) in cells.zip(sums) {
                    let value = of(*cell);
                    let value = if cell.is_nan() { 0.0 } else { value };
                    *size += if cell.is_nan() { 0.0 } else { 1.0 };
                    *first += value;
                    *second += value * value;
                }
            }
            for ((size, first), second) in sizes.iter().zip(&first).zip(&second) {
                let counts = if *size > 1.0 { 1.0 } else { 0.0 };
                answers += counts * size;
                total += counts * first;
                squares += counts * second;
                let far = size * second - first * first;
                // Without this, rounding could make a unit of equal numbers disagree by less than nothing.
                let far = if far > 0.0 { far } else { 0.0 };
                observed += counts * far / if *size > 1.0 { size - 1.0 } else { 1.0 };
            }
        }
        let expected = 2.0 * (answers * squares - total * total);
        Sums { answers, observed: 2.0 * observed, expected }
    }

    fn circle(&self, seen: &Seen, period: f64) -> Sums {
        if !seen.is_small() {
            return self.chords(&|value| on_circle(value, period));
        }
        let point = |place: usize| on_circle(seen.least + place as f64 - 1.0, period);
        let points: Vec<[f64; 2]> = (0..seen.places()).map(point).collect();
        self.chords(&|value| points[place_from(value, seen.least)])
    }

    fn chords(&self, of: &impl Fn(f64) -> [f64; 2]) -> Sums {
        let (mut observed, mut answers, mut total) = (0.0, 0.0, [0.0; 2]);
        let mut sums = [[0.0; 2]; BLOCK];
        self.blocks(|start, sizes| {
            sums.fill([0.0; 2]);
            for row in self.rows() {
                for (sum, cell) in sums.iter_mut().zip(&row[start..start + sizes.len()]) {
                    if !cell.is_nan() {
                        let [cosine, sine] = of(*cell);
                        *sum = [sum[0] + cosine, sum[1] + sine];
                    }
                }
            }
            for (size, [cosine, sine]) in sizes.iter().zip(sums).filter(|(size, _)| **size > 1.0) {
                answers += size;
                total = [total[0] + cosine, total[1] + sine];
                let far = size * size - cosine * cosine - sine * sine;
                observed += far.max(0.0) / 2.0 / (size - 1.0);
            }
        });
        let [cosine, sine] = total;
        let expected = (answers * answers - cosine * cosine - sine * sine) / 2.0;
        Sums { answers, observed, expected }
    }

    fn nominal(&self, seen: &Seen) -> Sums {
        let counts = self.counts(seen);
        let answers: f64 = counts.numbers.iter().sum();
        let same: f64 = counts.numbers.iter().map(|count| count * count).sum();
        let expected = answers * answers - same;
        let rows: Vec<&[f64]> = self.rows().collect();
        let mut observed = 0.0;
        if rows.len() > MOST_COMPARED {
            self.each_unit(|values| {
                let size = values.len() as f64;
                let mut far = size * size;
                for same in values.chunk_by(|a, b| a == b) {
                    far -= same.len() as f64 * same.len() as f64;
                }
                observed += far / (size - 1.0);
            });
            return Sums { answers, observed, expected };
        }
        let mut equal = [0.0; BLOCK];
        self.blocks(|start, sizes| {
            let length = sizes.len();
            equal[..length].fill(0.0);
            for (after, row) in (1..).zip(&rows) {
                let row = &row[start..start + length];
                for other in &rows[after..] {
                    let other = &other[start..start + length];
                    for at in 0..length {
                        // Of two numbers that are not there, neither equals the other.
                        equal[at] += if row[at] == other[at] { 1.0 } else { 0.0 };
                    }
                }
            }
            for (size, equal) in sizes.iter().zip(&equal) {
                let less = if *size > 1.0 { size - 1.0 } else { 1.0 };
                let counts = if *size > 1.0 { 1.0 } else { 0.0 };
                observed += counts * (size - 2.0 * equal / less);
            }
        });
        Sums { answers, observed, expected }
    }

    fn ratio(&self, counts: &Counts) -> Sums {
        let given: Vec<(f64, f64)> = counts.given_numbers().collect();
        let mut expected = 0.0;
        for (at, (value, count)) in given.iter().enumerate() {
            let far: f64 =
                given[at + 1..].iter().map(|(other, count)| count * ratio(*value, *other)).sum();
            expected += 2.0 * count * far;
        }
        let mut observed = 0.0;
        self.each_unit(|values| {
            let size = values.len() as f64;
            let mut far = 0.0;
            let mut runs = values.chunk_by(|a, b| a == b);
            while let Some(run) = runs.next() {
                for other in runs.clone() {
                    let pairs = run.len() as f64 * other.len() as f64;
                    far += pairs * ratio(run[0], other[0]);
                }
            }
            observed += 2.0 * far / (size - 1.0);
        });
        Sums { answers: counts.numbers.iter().sum(), observed, expected }
    }

    /// The sorted numbers of each unit with two or more.
    fn each_unit(&self, mut visit: impl FnMut(&[f64])) {
        let mut values = Vec::new();
        for unit in 0..self.units {
            values.clear();
            let column = self.cells[unit..].iter().step_by(self.units);
            values.extend(column.filter(|cell| !cell.is_nan()));
            if values.len() > 1 {
                values.sort_unstable_by(f64::total_cmp);
                visit(&values);
            }
        }
    }

    fn counts(&self, seen: &Seen) -> Counts {
        if seen.is_small() {
            // Four tables, so that equal numbers one after the other need not wait for each other.
            let mut tables: [Vec<u32>; 4] = std::array::from_fn(|_| vec![0; seen.places()]);
            self.blocks(|start, sizes| {
                for row in self.rows() {
                    let cells = row[start..start + sizes.len()].chunks(4).zip(sizes.chunks(4));
                    for (cells, sizes) in cells {
                        for ((table, cell), size) in tables.iter_mut().zip(cells).zip(sizes) {
                            let cell = if *size > 1.0 { *cell } else { f64::NAN };
                            table[place_from(cell, seen.least)] += 1;
                        }
                    }
                }
            });
            let mut numbers = vec![0.0; seen.places()];
            for table in tables {
                for (number, count) in numbers.iter_mut().zip(table) {
                    *number += f64::from(count);
                }
            }
            // The first place is of what is not there.
            numbers[0] = 0.0;
            return Counts { least: seen.least, values: None, numbers };
        }
        let mut values = Vec::new();
        self.blocks(|start, sizes| {
            for row in self.rows() {
                for (cell, size) in row[start..start + sizes.len()].iter().zip(sizes) {
                    if !cell.is_nan() && *size > 1.0 {
                        // Minus zero and zero are one number.
                        values.push(cell + 0.0);
                    }
                }
            }
        });
        values.sort_unstable_by(f64::total_cmp);
        let numbers = values.chunk_by(|a, b| a == b).map(|same| same.len() as f64).collect();
        values.dedup();
        Counts { least: seen.least, values: Some(values), numbers }
    }
}

/// How often each number was given.
struct Counts {
    least: f64,
    /// The distinct numbers, sorted; none when the places are whole numbers from `least`.
    values: Option<Vec<f64>>,
    numbers: Vec<f64>,
}

impl Counts {
    fn place(&self, value: f64) -> usize {
        match &self.values {
            None => place_from(value, self.least),
            Some(values) => {
                // NaN, and numbers of units with one answer, have some place.
                values.partition_point(|other| *other < value).min(values.len().saturating_sub(1))
            }
        }
    }

    fn value(&self, place: usize) -> f64 {
        self.values.as_ref().map_or(self.least + place as f64 - 1.0, |values| values[place])
    }

    /// How many distinct numbers were given.
    fn given(&self) -> usize {
        self.numbers.iter().filter(|count| **count > 0.0).count()
    }

    /// The numbers that were given, and how often.
    fn given_numbers(&self) -> impl Iterator<Item = (f64, f64)> {
        let numbers = self.numbers.iter().enumerate().filter(|(_, count)| **count > 0.0);
        numbers.map(|(place, count)| (self.value(place), *count))
    }

    /// The mid-rank at each place, around the middle one. Places are in the order of numbers.
    fn ranks(&self) -> Vec<f64> {
        let middle = self.numbers.iter().sum::<f64>() / 2.0;
        let mut below = 0.0;
        let rank = |count: &f64| {
            let rank = below + count / 2.0 - middle;
            below += count;
            rank
        };
        self.numbers.iter().map(rank).collect()
    }
}

impl Seen {
    /// Whether a table has a place for each number.
    fn is_small(&self) -> bool {
        self.whole && self.most - self.least < MOST_PLACES
    }

    /// The places of such a table: one for what is not there, and one for each number.
    fn places(&self) -> usize {
        place_from(self.most, self.least) + 1
    }
}

/// The place of a whole number in a table whose place 1 is for `least`; 0 for NaN.
#[allow(clippy::cast_possible_truncation)]
fn place_from(value: f64, least: f64) -> usize {
    let place = value - least + 1.0;
    let place = if place.is_nan() { 0.0 } else { place };
    // From 0 to `MOST_PLACES`: added to 2^52, a whole number stands in the lowest bits.
    (place + 4_503_599_627_370_496.0).to_bits() as u32 as usize
}

/// So many numbers are looked at together.
const LANES: usize = 4;

/// What is seen of one row, lane by lane.
struct Look {
    least: [f64; LANES],
    most: [f64; LANES],
    sum: [f64; LANES],
    answers: [f64; LANES],
    fractions: [f64; LANES],
}

impl Look {
    fn new() -> Self {
        Self {
            least: [f64::INFINITY; LANES],
            most: [f64::NEG_INFINITY; LANES],
            sum: [0.0; LANES],
            answers: [0.0; LANES],
            fractions: [0.0; LANES],
        }
    }

    #[inline(always)]
    fn at(&mut self, cells: &[f64; LANES]) {
        // Adding it drops what is behind the point; of greater numbers too, which are then no table's.
        const ROUND: f64 = 6_755_399_441_055_744.0;
        for (lane, cell) in cells.iter().enumerate() {
            let none = cell.is_nan();
            let value = if none { 0.0 } else { *cell };
            self.sum[lane] += value;
            self.answers[lane] += if none { 0.0 } else { 1.0 };
            self.least[lane] = if *cell < self.least[lane] { *cell } else { self.least[lane] };
            self.most[lane] = if *cell > self.most[lane] { *cell } else { self.most[lane] };
            let whole = value + ROUND - ROUND;
            self.fractions[lane] += if whole == value { 0.0 } else { 1.0 };
        }
    }
}

fn error(message: &str) -> Error {
    Error::new(ErrorCode::Answers, message)
}
