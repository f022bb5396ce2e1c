type Koffi = typeof import("koffi");

/** Of include/bits/dlfcn.h: whoever has it open already keeps it, and nobody can unload it any more. */
const RTLD_LAZY_NOLOAD_NODELETE = 0x1 | 0x4 | 0x1000;
/** `Dl_info`: path, base, symbol, its address. */
const DL_INFO_SIZE = 32;

/**
 * Keeps koffi's own code where it is until the process ends. A worker that ends unloads it, if no other thread has
 * koffi, and only then lets libuv finish closing a watched descriptor: which calls back into koffi.
 */
export function keepKoffiLoaded(koffi: Koffi, libc: ReturnType<Koffi["load"]>): void {
  const dladdr = libc.func("int dladdr(void *address, _Out_ void *info)");
  const dlopen = libc.func("void *dlopen(const char *path, int flags)");
  // A callback's entry is in koffi's code, wherever that was loaded from.
  const callback = koffi.register(() => {}, koffi.pointer(koffi.proto("void ()")));
  try {
    const info = new Uint8Array(DL_INFO_SIZE);
    if (dladdr(callback, info) !== 0) dlopen(koffi.decode(info, "const char *"), RTLD_LAZY_NOLOAD_NODELETE);
  } finally {
    koffi.unregister(callback);
  }
}
