//! How much area two sets of outlines share: the kernel under boxes and polygons.

use crate::sort::heap_sort;

/// What one comparison may cost, in steps of about ten nanoseconds: an edge looked at in a strip, or moved past another.
/// Chosen: about a millisecond. 64 boxes a side, however they lie, and outlines of 500 corners a side that cross like
/// drawn ones stay below it; two scribbles of 60 corners do not.
const MAX_STEPS: usize = 60_000;
/// Columns and rows of the points that are looked at when the exact way would cost more.
const GRID: usize = 64;

/// Outlines of two answers, each of a class, to be laid over each other.
#[derive(Default)]
pub(super) struct Overlay {
    corners: Vec<Corner>,
    outlines: Vec<Outline>,
}

/// An area that both sides cover, and one that either covers, summed over the classes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Areas {
    pub(super) both: f64,
    pub(super) either: f64,
}

struct Corner {
    point: [f64; 2],
    outline: usize,
    previous: usize,
    next: usize,
}

struct Outline {
    class: usize,
    /// 0 or 1.
    side: usize,
    first: usize,
    end: usize,
}

/// An edge that the sweep is on; not vertical.
#[derive(Clone, Copy)]
struct Edge {
    /// Its left and its right end.
    from: [f64; 2],
    to: [f64; 2],
    slope: f64,
    outline: usize,
    /// 1 when the outline runs along it from left to right, else -1.
    turn: i32,
    /// Heights where the slab starts and ends, and in the middle of the strip.
    y0: f64,
    y1: f64,
    y: f64,
}

/// What the sweep is inside of, from bottom to top.
struct Inside {
    /// How often each outline winds around here.
    windings: Vec<i32>,
    /// How many outlines of each class and side are around here.
    around: Vec<[u32; 2]>,
    /// Classes of which either side, and of which both sides are around here.
    either: f64,
    both: f64,
}

impl Overlay {
    /// Adds an outline. Classes are numbers below 512.
    pub(super) fn add(&mut self, side: usize, class: usize, points: &[[f64; 2]]) {
        let (first, outline) = (self.corners.len(), self.outlines.len());
        let end = first + points.len();
        for (place, point) in (first..).zip(points) {
            let previous = if place == first { end - 1 } else { place - 1 };
            let next = if place + 1 == end { first } else { place + 1 };
            self.corners.push(Corner { point: *point, outline, previous, next });
        }
        self.outlines.push(Outline { class, side, first, end });
    }

    /// The areas.
    ///
    /// The plane is cut into slabs at every corner, and slabs into strips at every crossing. In a strip the edges lie
    /// in one order, and what is between two of them is a trapezoid. Exact but for rounding, also where outlines cross
    /// themselves: inside is where an outline winds around. When that would take more than [`MAX_STEPS`], the areas
    /// are numbers of points of a grid of 64 times 64 over the extent of both sides: good to about two percent.
    pub(super) fn areas(&self) -> Areas {
        let corners = self.corners.iter().enumerate();
        let mut by_x: Vec<(f64, usize)> = corners.map(|(n, corner)| (corner.point[0], n)).collect();
        heap_sort(&mut by_x, &|a, b| a.0 < b.0);
        self.exact(&by_x).unwrap_or_else(|| self.by_points(&by_x))
    }

    fn exact(&self, by_x: &[(f64, usize)]) -> Option<Areas> {
        let mut areas = Areas { both: 0.0, either: 0.0 };
        let mut inside = Inside::new(&self.outlines);
        let mut active: Vec<Edge> = Vec::new();
        let mut cuts: Vec<f64> = Vec::new();
        let mut steps = MAX_STEPS;
        let mut rest = by_x.iter().copied().peekable();
        while let Some((x0, corner)) = rest.next() {
            self.enter(corner, &mut active);
            let Some(x1) = rest.peek().map(|next| next.0).filter(|x1| *x1 > x0) else {
                continue;
            };
            active.retain(|edge| edge.to[0] > x0);
            for edge in &mut active {
                edge.y0 = edge.y1;
                edge.y1 = edge.height(x1);
            }
            spend(&mut steps, active.len())?;
            sort(&mut active, &mut steps, &|a, b| (a.y0, a.y1) > (b.y0, b.y1), &mut |_, _| {})?;
            cuts.clear();
            // What is moved past something here crosses it in the slab.
            let crosses = |a: &Edge, b: &Edge| (a.y1, a.y0) > (b.y1, b.y0);
            sort(&mut active, &mut steps, &crosses, &mut |a, b| {
                let (before, after) = (b.y0 - a.y0, a.y1 - b.y1);
                if before > 0.0 && after > 0.0 {
                    cuts.push(before / (before + after));
                }
            })?;
            spend(&mut steps, (cuts.len() + 1).saturating_mul(active.len()))?;
            heap_sort(&mut cuts, &|a, b| a < b);
            cuts.push(1.0);
            let mut start = 0.0;
            for end in &cuts {
                let middle = f64::midpoint(start, *end);
                for edge in &mut active {
                    edge.y = edge.y0 + (edge.y1 - edge.y0) * middle;
                }
                if cuts.len() > 1 {
                    sort(&mut active, &mut steps, &|a, b| a.y > b.y, &mut |_, _| {})?;
                }
                let lengths = inside.lengths(&active, &self.outlines);
                let width = (x1 - x0) * (end - start);
                areas.both += lengths.both * width;
                areas.either += lengths.either * width;
                start = *end;
            }
        }
        Some(areas)
    }

    /// Puts the edges that start at a corner and go right among the active ones.
    fn enter(&self, corner: usize, active: &mut Vec<Edge>) {
        let Some(corner) = self.corners.get(corner) else { return };
        for (other, turn) in [(corner.next, 1), (corner.previous, -1)] {
            let Some(other) = self.corners.get(other) else { continue };
            if other.point[0] > corner.point[0] {
                let ([x0, y0], [x1, y1]) = (corner.point, other.point);
                let (outline, slope) = (corner.outline, (y1 - y0) / (x1 - x0));
                active.push(Edge {
                    from: [x0, y0],
                    to: [x1, y1],
                    slope,
                    outline,
                    turn,
                    y0,
                    y1: y0,
                    y: y0,
                });
            }
        }
    }

    fn by_points(&self, by_x: &[(f64, usize)]) -> Areas {
        let mut outlines: Vec<&Outline> = self.outlines.iter().collect();
        heap_sort(&mut outlines, &|a, b| a.class < b.class);
        let heights = self.corners.iter().map(|corner| corner.point[1]);
        let (bottom, top) = heights
            .fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| (low.min(y), high.max(y)));
        let left = by_x.first().map_or(0.0, |first| first.0);
        let right = by_x.last().map_or(0.0, |last| last.0);
        // Places in units of the grid's cells.
        let to_grid = |[x, y]: [f64; 2]| {
            let place = |at: f64, low: f64, high: f64| (at - low) / (high - low) * GRID as f64;
            [place(x, left, right), place(y, bottom, top)]
        };
        // Columns are not evenly apart, nor are rows at the same heights in all: a comb could hide between them.
        let shift = |column: f64, step: f64| (column * step) % 1.0;
        let mut columns: [Column; GRID] = std::array::from_fn(|n| {
            let n = n as f64;
            let (x, shift) = (n + shift(n, 0.618_033_988_749_895), shift(n, 0.754_877_666_246_693));
            Column { x, shift, turns: [0; GRID], marked: 0 }
        });
        let (mut both, mut either) = (0, 0);
        for same_class in outlines.chunk_by(|a, b| a.class == b.class) {
            // A bit for each point of a column, by side.
            let mut covered = [[0_u64; GRID]; 2];
            for outline in same_class {
                let corners = self.corners.get(outline.first..outline.end).unwrap_or_default();
                let edges = corners.iter().filter_map(|corner| {
                    let next = self.corners.get(corner.next)?;
                    Some((to_grid(corner.point), to_grid(next.point)))
                });
                if let Some(covered) = covered.get_mut(outline.side) {
                    cover(edges, &mut columns, covered);
                }
            }
            let [a, b] = &covered;
            for (a, b) in a.iter().zip(b) {
                both += (a & b).count_ones();
                either += (a | b).count_ones();
            }
        }
        Areas { both: f64::from(both), either: f64::from(either) }
    }
}

impl Edge {
    fn height(&self, x: f64) -> f64 {
        let ([x0, y0], [x1, y1]) = (self.from, self.to);
        if x >= x1 { y1 } else { y0 + self.slope * (x - x0) }
    }
}

impl Inside {
    fn new(outlines: &[Outline]) -> Self {
        let classes = outlines.iter().map(|outline| outline.class + 1).max().unwrap_or(0);
        Self {
            windings: vec![0; outlines.len()],
            around: vec![[0; 2]; classes],
            either: 0.0,
            both: 0.0,
        }
    }

    /// How much of a vertical line is covered, given the edges that it meets from bottom to top.
    fn lengths(&mut self, edges: &[Edge], outlines: &[Outline]) -> Areas {
        let mut lengths = Areas { both: 0.0, either: 0.0 };
        let mut below = 0.0;
        for edge in edges {
            let gap = edge.y - below;
            if self.either > 0.0 {
                lengths.either += gap * self.either;
                lengths.both += gap * self.both;
            }
            below = edge.y;
            self.pass(edge, outlines);
        }
        lengths
    }

    fn pass(&mut self, edge: &Edge, outlines: &[Outline]) {
        let Some(outline) = outlines.get(edge.outline) else { return };
        let Some(winding) = self.windings.get_mut(edge.outline) else { return };
        let was_inside = *winding != 0;
        *winding += edge.turn;
        let is_inside = *winding != 0;
        if was_inside == is_inside {
            return;
        }
        let Some(around) = self.around.get_mut(outline.class) else { return };
        let covers = |around: &[u32; 2]| around.map(|count| f64::from(u8::from(count > 0)));
        let [a0, b0] = covers(around);
        if let Some(count) = around.get_mut(outline.side) {
            *count = if is_inside { *count + 1 } else { count.saturating_sub(1) };
        }
        let [a1, b1] = covers(around);
        self.either += a1.max(b1) - a0.max(b0);
        self.both += a1 * b1 - a0 * b0;
    }
}

/// Insertion sort of edges that are nearly in order; tells each pair that changes places. None when it takes more
/// than the steps that are left.
fn sort(
    edges: &mut [Edge],
    steps: &mut usize,
    is_after: &dyn Fn(&Edge, &Edge) -> bool,
    swapped: &mut dyn FnMut(&Edge, &Edge),
) -> Option<()> {
    for end in 1..edges.len() {
        let mut at = end;
        while let Some([a, b]) = at.checked_sub(1).and_then(|before| edges.get_mut(before..=at))
            && is_after(a, b)
        {
            swapped(a, b);
            std::mem::swap(a, b);
            spend(steps, 1)?;
            at -= 1;
        }
    }
    Some(())
}

/// Where the outline that is drawn turns, in one column of a grid.
#[derive(Clone, Copy)]
struct Column {
    /// Where it is, and by how much its points are shifted down, in units of the grid's cells.
    x: f64,
    shift: f64,
    /// How often the outline passes below each point, from left to right less from right to left.
    turns: [i16; GRID],
    /// The points that have such turns, a bit each.
    marked: u64,
}

/// Marks the points of a grid that an outline winds around, given its edges in turn. Leaves no turns behind.
fn cover(
    edges: impl Iterator<Item = ([f64; 2], [f64; 2])>,
    columns: &mut [Column; GRID],
    covered: &mut [u64; GRID],
) {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // saturates
    let cell = |at: f64| (at as usize).min(GRID);
    let (mut leftmost, mut rightmost) = (GRID, 0);
    for (from, to) in edges {
        let (left, right, turn) = if from[0] < to[0] { (from, to, 1) } else { (to, from, -1) };
        let slope = (right[1] - left[1]) / (right[0] - left[0]);
        let (first, last) = (cell(left[0]), (cell(right[0]) + 1).min(GRID));
        (leftmost, rightmost) = (leftmost.min(first), rightmost.max(last));
        for column in columns.iter_mut().take(last).skip(first) {
            if column.x < left[0] || column.x >= right[0] {
                continue;
            }
            let row = cell(left[1] + slope * (column.x - left[0]) + column.shift);
            if let Some(turns) = column.turns.get_mut(row) {
                *turns += turn;
                column.marked |= 1 << row;
            }
        }
    }
    for (column, covered) in columns.iter_mut().zip(covered).take(rightmost).skip(leftmost) {
        let mut winding = 0;
        while column.marked != 0 {
            let row = column.marked.trailing_zeros();
            column.marked &= column.marked - 1;
            if let Some(turns) = column.turns.get_mut(row as usize) {
                winding += std::mem::take(turns);
            }
            if winding != 0 {
                // Up to the next turn, or to the top.
                let above = column.marked.trailing_zeros();
                *covered |= (u64::MAX << row) & (u64::MAX >> (64 - above));
            }
        }
    }
}

fn spend(steps: &mut usize, count: usize) -> Option<()> {
    *steps = steps.checked_sub(count)?;
    Some(())
}
