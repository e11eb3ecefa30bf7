//! Krippendorff's alpha of a matrix of numbers, without packing the answers first.

// INVARIANT: blocks are cut to the number of units, rows have that many cells, and table places are within the range
// that was measured.
#![allow(clippy::indexing_slicing)]

use crate::error::{Error, ErrorCode};

use super::distance::{mid_ranks, on_circle, ratio};
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
    if seen.least == seen.most {
        return Ok(Coefficient::undefined(Undefined::OneLabel));
    }
    let sums = match level {
        Level::Interval => matrix.squares(&|value| value - seen.mean),
        Level::Ordinal => {
            let counts = matrix.counts(&seen);
            let ranks = counts.ranks();
            // The mean rank is half the number of answers.
            let middle = counts.numbers.iter().sum::<f64>() / 2.0;
            matrix.squares(&|value| ranks[counts.place(value)] - middle)
        }
        Level::Circular => matrix.circle(period),
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
    let expected = sums.expected / (total * (total - 1.0));
    if expected <= 0.0 || !expected.is_finite() {
        return Ok(Coefficient::undefined(Undefined::OneLabel));
    }
    Ok(Coefficient::of(1.0 - sums.observed / total / expected))
}

struct Matrix<'a> {
    cells: &'a [f64],
    units: usize,
}

/// Of the units with two answers or more.
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
                    *size += f64::from(u8::from(!cell.is_nan()));
                }
            }
            visit(start, &sizes[..length]);
        }
    }

    fn look(&self) -> Result<Result<Seen, Undefined>, Error> {
        let rows_with_answers = self.rows().filter(|row| row.iter().any(|cell| !cell.is_nan()));
        match rows_with_answers.take(2).count() {
            0 => return Ok(Err(Undefined::NoAnswers)),
            1 => return Ok(Err(Undefined::OneAnnotator)),
            _ => {}
        }
        let mut seen = Seen { least: f64::INFINITY, most: -f64::INFINITY, mean: 0.0, whole: true };
        let (mut sum, mut answers) = (0.0, 0.0);
        self.blocks(|start, sizes| {
            for row in self.rows() {
                let cells = &row[start..start + sizes.len()];
                let (mut least, mut most, mut fractions) =
                    ([f64::INFINITY; 4], [-f64::INFINITY; 4], [0.0; 4]);
                let mut sums = [0.0; 4];
                let mut counts = [0.0; 4];
                for (cells, sizes) in cells.chunks(4).zip(sizes.chunks(4)) {
                    for (lane, (cell, size)) in cells.iter().zip(sizes).enumerate() {
                        let counted = !cell.is_nan() && *size > 1.0;
                        let value = if counted { *cell } else { 0.0 };
                        sums[lane] += value;
                        counts[lane] += f64::from(u8::from(counted));
                        least[lane] = least[lane].min(if counted { *cell } else { f64::INFINITY });
                        most[lane] = most[lane].max(if counted { *cell } else { -f64::INFINITY });
                        fractions[lane] += (value - value.trunc()).abs();
                    }
                }
                for lane in 0..4 {
                    seen.least = seen.least.min(least[lane]);
                    seen.most = seen.most.max(most[lane]);
                    sum += sums[lane];
                    answers += counts[lane];
                    seen.whole &= fractions[lane] == 0.0;
                }
            }
        });
        if answers == 0.0 {
            return Ok(Err(Undefined::NoOverlap));
        }
        if seen.least < -MAX_VALUE || seen.most > MAX_VALUE {
            return Err(error("expected finite values within 10^100, or NaN for none"));
        }
        seen.mean = sum / answers;
        Ok(Ok(seen))
    }

    /// By the squares of the differences of what `of` makes of the numbers, which must be around 0.
    fn squares(&self, of: &impl Fn(f64) -> f64) -> Sums {
        let (mut observed, mut answers, mut total, mut squares) = (0.0, 0.0, 0.0, 0.0);
        let (mut first, mut second) = ([0.0; BLOCK], [0.0; BLOCK]);
        self.blocks(|start, sizes| {
            let length = sizes.len();
            first[..length].fill(0.0);
            second[..length].fill(0.0);
            for row in self.rows() {
                let cells = &row[start..start + length];
                for at in 0..length {
                    let counted = !cells[at].is_nan() && sizes[at] > 1.0;
                    let value = if counted { of(cells[at]) } else { 0.0 };
                    first[at] += value;
                    second[at] += value * value;
                }
            }
            for at in 0..length {
                let size = sizes[at];
                if size > 1.0 {
                    answers += size;
                    total += first[at];
                    squares += second[at];
                    let far = size * second[at] - first[at] * first[at];
                    observed += 2.0 * far.max(0.0) / (size - 1.0);
                }
            }
        });
        Sums { answers, observed, expected: 2.0 * (answers * squares - total * total) }
    }

    fn circle(&self, period: f64) -> Sums {
        let (mut observed, mut answers, mut total) = (0.0, 0.0, [0.0; 2]);
        let mut sums = [[0.0; 2]; BLOCK];
        // Numbers often repeat.
        let mut last = (f64::NAN, [0.0; 2]);
        self.blocks(|start, sizes| {
            sums.fill([0.0; 2]);
            for row in self.rows() {
                for (sum, cell) in sums.iter_mut().zip(&row[start..start + sizes.len()]) {
                    if !cell.is_nan() {
                        if *cell != last.0 {
                            last = (*cell, on_circle(*cell, period));
                        }
                        *sum = [sum[0] + last.1[0], sum[1] + last.1[1]];
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
                    far -= (same.len() * same.len()) as f64;
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
                        equal[at] += f64::from(u8::from(row[at] == other[at]));
                    }
                }
            }
            for (size, equal) in sizes.iter().zip(&equal).filter(|(size, _)| **size > 1.0) {
                observed += size - 2.0 * equal / (size - 1.0);
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
                    far += (run.len() * other.len()) as f64 * ratio(run[0], other[0]);
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
        if seen.whole && seen.most - seen.least < MOST_PLACES {
            let places = place_from(seen.most, seen.least) + 1;
            // Two tables, so that equal numbers one after the other need not wait for each other.
            let mut tables = [vec![0_u32; places], vec![0_u32; places]];
            self.blocks(|start, sizes| {
                for row in self.rows() {
                    for (at, cell) in row[start..start + sizes.len()].iter().enumerate() {
                        if !cell.is_nan() && sizes[at] > 1.0 {
                            tables[at & 1][place_from(*cell, seen.least)] += 1;
                        }
                    }
                }
            });
            let [even, odd] = tables;
            let sum = |(a, b): (u32, u32)| f64::from(a) + f64::from(b);
            let numbers = even.into_iter().zip(odd).map(sum).collect();
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
            Some(values) => values.partition_point(|other| *other < value),
        }
    }

    fn value(&self, place: usize) -> f64 {
        self.values.as_ref().map_or(self.least + place as f64, |values| values[place])
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

    /// The mid-rank at each place.
    fn ranks(&self) -> Vec<f64> {
        let values: Vec<f64> = (0..self.numbers.len()).map(|place| self.value(place)).collect();
        mid_ranks(&values, &self.numbers)
    }
}

/// The place of a whole number in a table that begins with `least`.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn place_from(value: f64, least: f64) -> usize {
    // Within `MOST_PLACES`, and not below 0.
    (value - least) as u32 as usize
}

fn error(message: &str) -> Error {
    Error::new(ErrorCode::Answers, message)
}
