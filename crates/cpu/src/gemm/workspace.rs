use super::{PatchShape, reduction, rows};
use crate::memory::{AlignedBuffer, Refused, product};

/// What products need besides their operands. One workspace, made with the executor, serves all operations of a plan.
pub struct Workspace {
    /// A right matrix that is not kept, in panels.
    pub packed: AlignedBuffer,
    pub tiles: Tiles,
}

/// What a product works in.
pub struct Tiles {
    /// Gathered patches.
    pub patches: AlignedBuffer,
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
    packed: u64,
    patches: u64,
    start: u64,
    edge: u64,
    sums: u64,
}

impl WorkspaceSize {
    /// For [`super::row::MultiplyRow`].
    pub fn row(shape: &PatchShape) -> Self {
        WorkspaceSize { patches: product(&[shape.stride(0)]), ..WorkspaceSize::default() }
    }

    /// For [`rows::MultiplyRows`] with a register tile of `mr` by `nr`.
    pub fn rows(shape: &PatchShape, columns: usize, (mr, nr): (usize, usize)) -> Self {
        WorkspaceSize {
            packed: 0,
            patches: product(&[rows::tile_rows(mr), shape.stride(0)]),
            start: columns.next_multiple_of(nr) as u64,
            edge: product(&[mr, nr]),
            sums: 0,
        }
    }

    /// The same, and room for the right matrix.
    pub fn packing(self, shape: &PatchShape, columns: usize, (_, nr): (usize, usize)) -> Self {
        WorkspaceSize { packed: product(&[columns.next_multiple_of(nr), shape.depth()]), ..self }
    }

    /// For [`reduction::MultiplyTransposed`] with a register tile of `mr` by `nr`.
    pub fn reduction(shape: &PatchShape, columns: usize, (mr, nr): (usize, usize)) -> Self {
        let (height, width) = (shape.depth().next_multiple_of(mr), columns.next_multiple_of(nr));
        let rows = reduction::block_rows(shape, mr);
        WorkspaceSize {
            packed: product(&[rows, width]),
            patches: product(&[rows, shape.stride(height)]),
            start: 0,
            edge: 0,
            sums: product(&[height, width]),
        }
    }

    pub fn max(self, other: Self) -> Self {
        WorkspaceSize {
            packed: self.packed.max(other.packed),
            patches: self.patches.max(other.patches),
            start: self.start.max(other.start),
            edge: self.edge.max(other.edge),
            sums: self.sums.max(other.sums),
        }
    }

    pub fn bytes(self) -> u64 {
        let WorkspaceSize { packed, patches, start, edge, sums } = self;
        [packed, patches, start, edge, sums].map(AlignedBuffer::bytes).into_iter().fold(0, u64::saturating_add)
    }

    pub fn allocate(self) -> Result<Workspace, Refused> {
        Ok(Workspace {
            packed: AlignedBuffer::zeros(self.packed)?,
            tiles: Tiles {
                patches: AlignedBuffer::zeros(self.patches)?,
                start: AlignedBuffer::zeros(self.start)?,
                edge: AlignedBuffer::zeros(self.edge)?,
                sums: AlignedBuffer::zeros(self.sums)?,
            },
        })
    }
}
