//! A published network's weights from a file of any format that is read here.

use atelier_formats::WeightsFile;

use super::Recogniser;
use crate::SessionError;

impl Recogniser {
    /// Writes every parameter from the file, one tensor at a time. Nothing is written where anything does not fit; tensors that are no
    /// parameter's are passed over where names say which they are.
    ///
    /// # Errors
    /// If the file does not fit the network, or is damaged.
    pub fn take(&mut self, file: &WeightsFile) -> Result<(), SessionError> {
        let fitted = file.fit(&self.network, &self.parameters)?;
        for index in 0..self.parameters.len() {
            self.write(index, &file.read(&fitted, index)?)?;
        }
        Ok(())
    }
}
