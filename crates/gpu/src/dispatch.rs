//! What an operation asks of the device: a shader, what is written into it, its buffers and its size.

/// Whether a shader writes a buffer. It may read what it writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Access {
    Read,
    Write,
}

/// What a shader sees a buffer as an array of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Element {
    F32,
    Vec2,
    Vec4,
}

impl Element {
    /// Numbers in one.
    pub fn width(self) -> usize {
        match self {
            Element::F32 => 1,
            Element::Vec2 => 2,
            Element::Vec4 => 4,
        }
    }

    pub fn wgsl(self) -> &'static str {
        match self {
            Element::F32 => "f32",
            Element::Vec2 => "vec2<f32>",
            Element::Vec4 => "vec4<f32>",
        }
    }
}

/// Where the numbers lie.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Place {
    /// A slot of the plan.
    Slot(usize),
    /// The room that operations use besides their operands, one after another.
    Scratch,
}

#[derive(Clone, Copy, Debug)]
pub(crate) struct Binding {
    pub name: &'static str,
    pub place: Place,
    pub access: Access,
    pub element: Element,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Constant {
    U32(u32),
    F32(f32),
}

/// Invocations that a dispatch needs.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Invocations {
    /// So many in all.
    Fixed(usize),
    /// So many for each example.
    PerExample(usize),
    /// For every `each` of the batch's `per_example` rows, the last piece perhaps smaller, so many.
    PerRows { per_example: usize, each: usize, invocations: usize },
}

impl Invocations {
    pub fn count(self, batch: usize) -> usize {
        match self {
            Invocations::Fixed(count) => count,
            Invocations::PerExample(count) => batch * count,
            Invocations::PerRows { per_example, each, invocations } => {
                (batch * per_example).div_ceil(each) * invocations
            }
        }
    }
}

/// One dispatch of a shader.
#[derive(Clone, Debug)]
pub(crate) struct Dispatch {
    /// In `shaders/`.
    pub file: &'static str,
    /// Switches of the file's `//if`.
    pub flags: Vec<&'static str>,
    pub constants: Vec<(&'static str, Constant)>,
    pub bindings: Vec<Binding>,
    pub invocations: Invocations,
    pub workgroup: usize,
    /// Bytes of [`Place::Scratch`] that it uses.
    pub scratch: u64,
    /// Multiply-accumulates an example: how submissions are cut.
    pub macs: u64,
}

/// Invocations of a workgroup, where nothing else is said.
pub(crate) const WORKGROUP: usize = 64;

impl Dispatch {
    pub fn new(file: &'static str, invocations: Invocations) -> Self {
        Dispatch {
            file,
            flags: Vec::new(),
            constants: Vec::new(),
            bindings: Vec::new(),
            invocations,
            workgroup: WORKGROUP,
            scratch: 0,
            macs: 0,
        }
    }

    pub fn flag(mut self, name: &'static str, set: bool) -> Self {
        if set {
            self.flags.push(name);
        }
        self
    }

    pub fn int(mut self, name: &'static str, value: usize) -> Self {
        self.constants.push((name, Constant::U32(value as u32)));
        self
    }

    pub fn float(mut self, name: &'static str, value: f32) -> Self {
        self.constants.push((name, Constant::F32(value)));
        self
    }

    pub fn ints(mut self, constants: impl IntoIterator<Item = (&'static str, usize)>) -> Self {
        self.constants.extend(constants.into_iter().map(|(name, value)| (name, Constant::U32(value as u32))));
        self
    }

    pub fn bind(mut self, name: &'static str, place: Place, access: Access, element: Element) -> Self {
        self.bindings.push(Binding { name, place, access, element });
        self
    }

    pub fn has(&self, flag: &str) -> bool {
        self.flags.contains(&flag)
    }

    /// The value of an integer constant; 0 where there is none of the name.
    pub fn constant(&self, name: &str) -> u32 {
        let found = self.constants.iter().find(|(known, _)| *known == name);
        match found {
            Some((_, Constant::U32(value))) => *value,
            _ => 0,
        }
    }

    /// Workgroups along x and y: a dispatch takes at most `limit` along each.
    pub fn groups(&self, batch: usize, limit: u32) -> [u32; 2] {
        let groups = self.invocations.count(batch).div_ceil(self.workgroup) as u64;
        let across = groups.min(u64::from(limit));
        match across {
            0 => [0, 0],
            _ => [across as u32, groups.div_ceil(across) as u32],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn more_groups_than_a_dispatch_takes_go_into_rows() {
        let dispatch = |n| Dispatch::new("activate", Invocations::PerExample(n)).groups(1, 65_535);
        assert_eq!(dispatch(0), [0, 0]);
        assert_eq!(dispatch(1), [1, 1]);
        assert_eq!(dispatch(64 * 65_535), [65_535, 1]);
        assert_eq!(dispatch(64 * 65_535 + 1), [65_535, 2]);
    }
}
