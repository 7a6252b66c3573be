//! Blocks of cells under another shape: a picture may be a list of positions to one operation and a row of numbers to the
//! next.

/// Indices in the order in which they lie in memory of the cells at these places along each axis.
pub(super) fn flat(shape: &[usize], along: &[Vec<usize>]) -> Vec<usize> {
    let mut indices = vec![0];
    for (len, places) in shape.iter().zip(along) {
        let mut wider = Vec::with_capacity(indices.len() * places.len());
        for index in &indices {
            let first = index * len;
            wider.extend(places.iter().map(|place| first + place));
        }
        indices = wider;
    }
    indices
}

/// The same cells as blocks of a tensor of the shape `to`, which has as many numbers; `usize::MAX` stands for however many
/// there are along the only axis. Cells that lie outside are left out.
pub(super) fn reshape(shape: &[usize], along: &[Vec<usize>], to: &[usize]) -> Vec<Vec<Vec<usize>>> {
    if shape == to {
        return vec![along.to_vec()];
    }
    if to == [usize::MAX] {
        return vec![vec![flat(shape, along)]];
    }
    if shape == [usize::MAX] {
        return split(&along[0], to);
    }
    let mut blocks = vec![Vec::new()];
    let (mut i, mut j) = (0, 0);
    while i < shape.len() && j < to.len() {
        // The fewest axes on both sides that hold the same numbers.
        let (from, begin) = (i, j);
        let (mut ours, mut theirs) = (shape[i], to[j]);
        (i, j) = (i + 1, j + 1);
        while ours != theirs {
            let next = if ours < theirs {
                shape.get(i).map(|len| (&mut ours, &mut i, len))
            } else {
                to.get(j).map(|len| (&mut theirs, &mut j, len))
            };
            let Some((product, at, len)) = next else { return Vec::new() };
            (*product, *at) = (*product * len, *at + 1);
        }
        let parts = if shape[from..i] == to[begin..j] {
            vec![along[from..i].to_vec()]
        } else {
            split(&flat(&shape[from..i], &along[from..i]), &to[begin..j])
        };
        let with = |block: &Vec<Vec<usize>>| parts.iter().map(|part| [&block[..], part].concat()).collect::<Vec<_>>();
        blocks = blocks.iter().flat_map(with).collect();
    }
    // What is left over is axes of one place.
    for block in &mut blocks {
        block.resize(to.len(), vec![0]);
    }
    blocks
}

/// Ascending indices of a tensor of this shape as few blocks: rows with the same cells are one.
pub(super) fn split(indices: &[usize], shape: &[usize]) -> Vec<Vec<Vec<usize>>> {
    let [len, inner @ ..] = shape else { return Vec::new() };
    if inner.is_empty() {
        let inside: Vec<usize> = indices.iter().copied().filter(|index| index < len).collect();
        return if inside.is_empty() { Vec::new() } else { vec![vec![inside]] };
    }
    let each: usize = inner.iter().product();
    let mut alike: Vec<(Vec<usize>, Vec<usize>)> = Vec::new();
    for row in indices.chunk_by(|a, b| a / each == b / each) {
        let place = row[0] / each;
        if place >= *len {
            break;
        }
        let rest: Vec<usize> = row.iter().map(|index| index % each).collect();
        match alike.iter_mut().find(|(_, other)| *other == rest) {
            Some((places, _)) => places.push(place),
            None => alike.push((vec![place], rest)),
        }
    }
    let blocks = |(places, rest): (Vec<usize>, Vec<usize>)| {
        split(&rest, inner).into_iter().map(move |block| [vec![places.clone()], block].concat())
    };
    alike.into_iter().flat_map(blocks).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every shape of 24 numbers with up to three axes.
    fn shapes() -> Vec<Vec<usize>> {
        let divisors = (1..=24).filter(|a| 24 % a == 0);
        let pairs =
            divisors.flat_map(|a| (1..=24 / a).filter(move |b| 24 / a % b == 0).map(move |b| [a, b, 24 / a / b]));
        pairs.flat_map(|[a, b, c]| [vec![a, b, c], vec![a, b * c], vec![24]]).collect()
    }

    #[test]
    fn blocks_hold_the_same_cells_under_any_shape() {
        let some =
            |len: usize, seed: usize| (0..len).filter(|at| (at * 7 + seed) % 5 < 3 || *at == seed % len).collect();
        for (seed, shape) in shapes().iter().enumerate() {
            let along: Vec<Vec<usize>> = shape.iter().enumerate().map(|(axis, len)| some(*len, seed + axis)).collect();
            let cells = flat(shape, &along);
            for to in shapes().iter().chain([&vec![usize::MAX]]) {
                let mut there: Vec<usize> = Vec::new();
                for block in reshape(shape, &along, to) {
                    there.extend(flat(to, &block));
                }
                there.sort_unstable();
                assert_eq!(there, cells, "{shape:?} as {to:?}");
            }
        }
    }

    #[test]
    fn what_is_a_block_stays_one() {
        let along = [vec![1, 2], vec![0, 3], (0..5).collect()];
        for to in [&[4, 4, 5][..], &[16, 5], &[80], &[1, 1, 80]] {
            let blocks = reshape(&[4, 4, 5], &along, to);
            assert_eq!(blocks.len(), 1, "{to:?}");
            assert_eq!(reshape(to, &blocks[0], &[4, 4, 5]), [along.to_vec()], "{to:?}");
        }
        assert_eq!(split(&[80], &[4, 4, 5]), Vec::<Vec<Vec<usize>>>::new(), "there is no such cell");
    }
}
