use super::{Patches, reduction, rows};
use crate::memory::AlignedBuffer;

/// What products need besides their operands. One workspace, made with the executor, serves all operations of a plan.
#[derive(Default)]
pub struct Workspace {
    /// Gathered patches.
    pub tile: AlignedBuffer,
    /// The right matrix, in panels.
    pub packed: AlignedBuffer,
    /// What each column begins from, padded to whole panels: the bias.
    pub start: AlignedBuffer,
    /// A register tile at the border of the result.
    pub edge: AlignedBuffer,
    /// Sums over blocks of rows, padded to whole register tiles.
    pub sums: AlignedBuffer,
}

/// Numbers in each part of a workspace: the most that any operation asks for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct WorkspaceSize {
    tile: usize,
    packed: usize,
    start: usize,
    edge: usize,
    sums: usize,
}

impl WorkspaceSize {
    /// For [`rows::MultiplyRows`] with a register tile of `mr` by `nr`.
    pub fn rows(patches: &Patches, columns: usize, (mr, nr): (usize, usize)) -> Self {
        let width = columns.next_multiple_of(nr);
        WorkspaceSize {
            tile: rows::tile_rows(mr) * patches.stride(0),
            packed: width * patches.depth(),
            start: width,
            edge: mr * nr,
            sums: 0,
        }
    }

    /// For [`reduction::MultiplyTransposed`] with a register tile of `mr` by `nr`.
    pub fn reduction(patches: &Patches, columns: usize, (mr, nr): (usize, usize)) -> Self {
        let (height, width) = (patches.depth().next_multiple_of(mr), columns.next_multiple_of(nr));
        let rows = reduction::block_rows(patches, mr);
        WorkspaceSize {
            tile: rows * patches.stride(height),
            packed: rows * width,
            start: 0,
            edge: 0,
            sums: height * width,
        }
    }

    pub fn max(self, other: Self) -> Self {
        WorkspaceSize {
            tile: self.tile.max(other.tile),
            packed: self.packed.max(other.packed),
            start: self.start.max(other.start),
            edge: self.edge.max(other.edge),
            sums: self.sums.max(other.sums),
        }
    }

    pub fn allocate(self) -> Workspace {
        Workspace {
            tile: AlignedBuffer::zeros(self.tile),
            packed: AlignedBuffer::zeros(self.packed),
            start: AlignedBuffer::zeros(self.start),
            edge: AlignedBuffer::zeros(self.edge),
            sums: AlignedBuffer::zeros(self.sums),
        }
    }
}
