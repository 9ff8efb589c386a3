//! Which processor computes.

use candle_core::Device;

/// The graphics processor Castor was built for, where one is present and works; the main processor otherwise.
pub fn preferred() -> Device {
    #[cfg(any(feature = "cuda", feature = "metal"))]
    {
        // The driver's bindings panic where the driver is absent.
        let found = std::panic::catch_unwind(|| {
            if cfg!(feature = "cuda") { Device::new_cuda(0) } else { Device::new_metal(0) }
        });
        match found {
            Ok(Ok(device)) => return device,
            Ok(Err(error)) => tracing::warn!(%error, "no graphics processor, computing on the main one"),
            Err(_) => tracing::warn!("no graphics driver, computing on the main processor"),
        }
    }
    Device::Cpu
}
