use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

use crate::GpuError;
use crate::buffer::{Buffer, Ledger, Memory};
use crate::dispatch::{Access, Dispatch};
use crate::shader;

/// What is asked of [`Gpu::request`].
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// A software adapter, even where there is a real one.
    pub software: bool,
    /// The adapter's name, where the caller knows a better one than the device tells (browsers tell little).
    pub name: Option<String>,
}

/// Who computes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Adapter {
    pub name: String,
    /// Driver and interface.
    pub driver: String,
    /// Computed by the processor: right, and slow.
    pub software: bool,
}

/// Percent of the memory that a driver tells of (and holds other programs' too) up to which buffers are made.
const DRIVERS_SHARE: u8 = 90;

/// Bytes that may be alive on a device whose buffers hold `largest` at most.
///
/// WebGPU tells no total, and a browser that runs out of memory may end the tab instead of refusing a buffer. The size of
/// the largest buffer is what it does tell, and it grows with the device: phones give 256 MiB to 1 GiB, software adapters
/// 1 GiB, desktop GPUs 2 GiB and more. Twice that lets a network train whose weights are the half of one buffer (Adam
/// holds them four times), and in a browser there is a limit of 4 GiB besides, since the GPU there is shared with all
/// else that is drawn. Below it scopes catch what the device cannot hold all the same.
fn budget(largest: u64) -> u64 {
    let budget = largest.saturating_mul(2);
    if cfg!(target_family = "wasm") { budget.min(4 << 30) } else { budget }
}

type Filter = Arc<dyn Fn(&str, String) -> String + Send + Sync>;

/// A device, shared by the executors on it, of however many runs. It is given up when the last of them is dropped.
#[derive(Clone)]
pub struct Gpu {
    inner: Arc<Inner>,
    adapter: Arc<Adapter>,
    largest_buffer: u64,
    budget: u64,
    most_groups: u32,
    filter: Option<Filter>,
}

struct Inner {
    device: wgpu::Device,
    queue: wgpu::Queue,
    ledger: Arc<Ledger>,
    state: Arc<Mutex<State>>,
    made: Mutex<Made>,
}

/// On the web dropping a device frees nothing.
impl Drop for Inner {
    fn drop(&mut self) {
        self.device.destroy();
    }
}

/// What the device has told of itself.
#[derive(Default)]
struct State {
    lost: Option<String>,
    refused: Option<String>,
}

/// Made once and shared.
#[derive(Default)]
struct Made {
    layouts: HashMap<Vec<Access>, Layout>,
    /// By source: networks and plans repeat shapes. A pipeline lives as long as an executor uses it.
    pipelines: HashMap<String, Weak<Pipeline>>,
}

#[derive(Clone)]
struct Layout {
    group: wgpu::BindGroupLayout,
    pipeline: wgpu::PipelineLayout,
}

pub(crate) struct Pipeline {
    pub raw: wgpu::ComputePipeline,
    pub layout: wgpu::BindGroupLayout,
}

impl Gpu {
    /// The device of the fastest adapter.
    pub async fn request(wanted: &Wanted) -> Result<Self, GpuError> {
        let mut descriptor = wgpu::InstanceDescriptor::new_without_display_handle();
        descriptor.backends = wgpu::Backends::PRIMARY;
        // Vulkan and Direct3D tell how much there is: near its end making a buffer is refused, which can be survived.
        descriptor.memory_budget_thresholds.for_resource_creation = Some(DRIVERS_SHARE);
        let options = wgpu::RequestAdapterOptions {
            power_preference: wgpu::PowerPreference::HighPerformance,
            force_fallback_adapter: wanted.software,
            ..wgpu::RequestAdapterOptions::default()
        };
        let adapter =
            wgpu::Instance::new(descriptor).request_adapter(&options).await.map_err(|_| GpuError::NoAdapter)?;
        let info = adapter.get_info();
        let unnamed = || if info.name.is_empty() { "GPU".to_owned() } else { info.name.clone() };
        let about = Adapter {
            name: wanted.name.clone().unwrap_or_else(unnamed),
            driver: format!("{} {} {}", info.backend, info.driver, info.driver_info).trim_end().to_owned(),
            software: info.device_type == wgpu::DeviceType::Cpu,
        };
        // Everything at its default but the sizes of buffers, of which a big network may need all there is.
        let has = adapter.limits();
        let required_limits = wgpu::Limits {
            max_storage_buffer_binding_size: has.max_storage_buffer_binding_size,
            max_buffer_size: has.max_buffer_size,
            ..wgpu::Limits::default()
        };
        let descriptor = wgpu::DeviceDescriptor { required_limits, ..wgpu::DeviceDescriptor::default() };
        let (device, queue) = adapter
            .request_device(&descriptor)
            .await
            .map_err(|error| GpuError::NoDevice { adapter: about.name.clone(), reason: error.to_string() })?;
        let state = Arc::new(Mutex::new(State::default()));
        let told = Arc::clone(&state);
        device.set_device_lost_callback(move |reason, message| {
            let message = if message.is_empty() { format!("{reason:?}") } else { message };
            lock(&told).lost.get_or_insert(message);
        });
        let told = Arc::clone(&state);
        device.on_uncaptured_error(Arc::new(move |error: wgpu::Error| {
            lock(&told).refused.get_or_insert(error.to_string());
        }));
        let limits = device.limits();
        let ledger = Arc::default();
        let made = Mutex::default();
        let largest_buffer = limits.max_storage_buffer_binding_size.min(limits.max_buffer_size);
        let budget = budget(limits.max_buffer_size);
        let most_groups = limits.max_compute_workgroups_per_dimension;
        let inner = Arc::new(Inner { device, queue, ledger, state, made });
        Ok(Gpu { inner, adapter: Arc::new(about), largest_buffer, budget, most_groups, filter: None })
    }

    /// The same device, with the WGSL of every shader passed through `filter` (its file's name, its text) before it is
    /// compiled: how a test breaks a shader on purpose.
    pub fn with_shader_filter(&self, filter: impl Fn(&str, String) -> String + Send + Sync + 'static) -> Self {
        Gpu { filter: Some(Arc::new(filter)), ..self.clone() }
    }

    /// The same device, as if its buffers held no more bytes than this.
    pub fn with_largest_buffer(&self, bytes: u64) -> Self {
        Gpu { largest_buffer: self.largest_buffer.min(bytes), ..self.clone() }
    }

    /// The same device, as if all that is alive on it could be no more bytes than this.
    pub fn with_budget(&self, bytes: u64) -> Self {
        Gpu { budget: self.budget.min(bytes), ..self.clone() }
    }

    /// The same device, as if a dispatch took no more workgroups than this along an axis.
    pub fn with_most_groups(&self, groups: u32) -> Self {
        Gpu { most_groups: self.most_groups.min(groups), ..self.clone() }
    }

    /// The same device, taken for a real GPU also where its adapter is software: shaders are cut as for one.
    pub fn as_real(&self) -> Self {
        Gpu { adapter: Arc::new(Adapter { software: false, ..(*self.adapter).clone() }), ..self.clone() }
    }

    pub fn adapter(&self) -> &Adapter {
        &self.adapter
    }

    /// Alive on the device now.
    pub fn memory(&self) -> Memory {
        self.inner.ledger.memory()
    }

    /// Bytes of the largest buffer that a shader can see.
    pub fn largest_buffer(&self) -> u64 {
        self.largest_buffer
    }

    /// Bytes that may yet be made on the device.
    pub fn room(&self) -> u64 {
        self.budget.saturating_sub(self.memory().bytes)
    }

    /// Pipelines that executors use now.
    pub fn pipelines(&self) -> usize {
        lock(&self.inner.made).pipelines.values().filter(|pipeline| pipeline.strong_count() > 0).count()
    }

    /// Gives the device up: everything on it is lost, and its executors say so.
    pub fn destroy(&self) {
        self.inner.device.destroy();
    }

    /// Why the device is not to be used any more: it was lost, or it refused something outside of all scopes, after which
    /// nobody knows what on it is whole. Another one must be requested.
    pub fn lost(&self) -> Option<String> {
        let state = lock(&self.inner.state);
        state.lost.clone().or_else(|| state.refused.clone())
    }

    /// Firefox looks at what a GPU has finished only when it is given something to do; this is next to nothing.
    pub fn nudge(&self) {
        self.inner.queue.submit([]);
    }

    pub(crate) fn device(&self) -> &wgpu::Device {
        &self.inner.device
    }

    pub(crate) fn queue(&self) -> &wgpu::Queue {
        &self.inner.queue
    }

    /// Workgroups that a dispatch takes along an axis.
    pub(crate) fn most_groups(&self) -> u32 {
        self.most_groups
    }

    /// An error where the device is lost or has refused something.
    pub fn check(&self) -> Result<(), GpuError> {
        let state = lock(&self.inner.state);
        match (&state.lost, &state.refused) {
            (Some(reason), _) => Err(GpuError::Lost(reason.clone())),
            (None, Some(reason)) => Err(GpuError::Refused(reason.clone())),
            (None, None) => Ok(()),
        }
    }

    /// Why numbers did not come back. A browser may tell of a lost device a little later than of the read that failed.
    pub(crate) async fn failure(&self) -> GpuError {
        if self.check().is_ok() {
            self.inner.device.push_error_scope(wgpu::ErrorFilter::Validation).pop().await;
        }
        let unknown = || GpuError::Lost("its memory could not be read".to_owned());
        self.check().err().unwrap_or_else(unknown)
    }

    /// Counts what an executor makes.
    pub(crate) fn ledger(&self) -> Arc<Ledger> {
        Ledger::within(&self.inner.ledger)
    }

    pub(crate) fn buffer(&self, ledger: &Arc<Ledger>, label: &str, size: u64, usage: wgpu::BufferUsages) -> Buffer {
        Buffer::new(&self.inner.device, ledger, label, size, usage)
    }

    /// The source of a dispatch's shader, which its pipeline goes by.
    pub(crate) fn source(&self, dispatch: &Dispatch) -> String {
        let source = shader::source(dispatch);
        match &self.filter {
            Some(filter) => filter(dispatch.file, source),
            None => source,
        }
    }

    pub(crate) fn has_pipeline(&self, source: &str) -> bool {
        lock(&self.inner.made).pipelines.get(source).is_some_and(|pipeline| pipeline.strong_count() > 0)
    }

    /// The pipeline of a source, made where it is missing.
    pub(crate) fn pipeline(&self, dispatch: &Dispatch, source: &str) -> Arc<Pipeline> {
        let mut made = lock(&self.inner.made);
        if let Some(pipeline) = made.pipelines.get(source).and_then(Weak::upgrade) {
            return pipeline;
        }
        made.pipelines.retain(|_, pipeline| pipeline.strong_count() > 0);
        let device = &self.inner.device;
        let access: Vec<Access> = dispatch.bindings.iter().map(|binding| binding.access).collect();
        let layout = made.layouts.entry(access).or_insert_with_key(|access| layout(device, access)).clone();
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some(dispatch.file),
            source: wgpu::ShaderSource::Wgsl(source.into()),
        });
        let raw = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some(dispatch.file),
            layout: Some(&layout.pipeline),
            module: &module,
            entry_point: None,
            compilation_options: wgpu::PipelineCompilationOptions::default(),
            cache: None,
        });
        let pipeline = Arc::new(Pipeline { raw, layout: layout.group });
        made.pipelines.insert(source.to_owned(), Arc::downgrade(&pipeline));
        pipeline
    }

    /// The buffers of a dispatch, in the order of its bindings, behind the one that tells the step.
    pub(crate) fn bind<'a>(
        &self,
        pipeline: &Pipeline,
        step: &'a Buffer,
        buffers: impl Iterator<Item = &'a Buffer>,
    ) -> wgpu::BindGroup {
        let entries: Vec<_> = ([step].into_iter().chain(buffers).enumerate())
            .map(|(binding, buffer)| wgpu::BindGroupEntry {
                binding: binding as u32,
                resource: buffer.raw.as_entire_binding(),
            })
            .collect();
        self.inner.device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: None,
            layout: &pipeline.layout,
            entries: &entries,
        })
    }
}

fn layout(device: &wgpu::Device, access: &[Access]) -> Layout {
    let entry = |binding: usize, ty: wgpu::BufferBindingType| wgpu::BindGroupLayoutEntry {
        binding: binding as u32,
        visibility: wgpu::ShaderStages::COMPUTE,
        ty: wgpu::BindingType::Buffer { ty, has_dynamic_offset: false, min_binding_size: None },
        count: None,
    };
    let storage = access.iter().map(|access| wgpu::BufferBindingType::Storage { read_only: *access == Access::Read });
    let entries: Vec<_> =
        [wgpu::BufferBindingType::Uniform].into_iter().chain(storage).enumerate().map(|(i, ty)| entry(i, ty)).collect();
    let group = device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor { label: None, entries: &entries });
    let pipeline = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
        label: None,
        bind_group_layouts: &[Some(&group)],
        immediate_size: 0,
    });
    Layout { group, pipeline }
}

/// What is behind the lock is whole also after a panic elsewhere.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gpu() -> Option<Gpu> {
        match pollster::block_on(Gpu::request(&Wanted::default())) {
            Ok(gpu) => Some(gpu),
            Err(error) if std::env::var_os("CI").is_some() => panic!("no GPU, not even a software adapter: {error}"),
            Err(error) => {
                println!("skipped: {error}");
                None
            }
        }
    }

    /// A device that refused something outside of all scopes is not to be used again; another one is whole.
    #[test]
    fn a_device_that_refused_something_is_done_with() {
        let Some(refused) = gpu() else { return };
        assert_eq!((refused.lost(), refused.check()), (None, Ok(())));
        let size = refused.device().limits().max_buffer_size + 4;
        drop(refused.buffer(&refused.ledger(), "too big", size, wgpu::BufferUsages::STORAGE));
        assert!(matches!(refused.check(), Err(GpuError::Refused(_))), "{:?}", refused.check());
        assert!(refused.lost().is_some());
        let another = gpu().expect("there was one before");
        assert_eq!(another.check(), Ok(()));
    }

    /// Dropping the last handle gives the device up, which its callback tells as soon as it is polled.
    #[test]
    fn a_dropped_device_is_given_up() {
        let Some(gpu) = gpu() else { return };
        let (state, other) = (Arc::clone(&gpu.inner.state), gpu.clone());
        // Without its queue a device says nothing any more.
        let (device, _queue) = (gpu.device().clone(), gpu.queue().clone());
        let lost = || {
            device.poll(wgpu::PollType::Poll).ok();
            lock(&state).lost.is_some()
        };
        drop(gpu);
        assert!(!lost(), "another handle is alive");
        drop(other);
        assert!(lost());
    }

    #[test]
    fn a_budget_grows_with_the_largest_buffer_and_never_wraps() {
        assert_eq!(budget(1 << 28), 1 << 29);
        assert_eq!(budget(u64::MAX), u64::MAX);
    }
}
