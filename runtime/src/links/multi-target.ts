/** Functions of the kernel itself, or of one module: what a `.multi` section of fentry, fexit and fsession names. */
export interface MultiTarget {
  readonly module: string | null;
  /** A name, or a pattern. */
  readonly functions: string;
}

/** `vfs_*`, or `veth:veth_*` of a module. */
export function multiTarget(attachTo: string): MultiTarget {
  const colon = attachTo.indexOf(":");
  return colon < 0
    ? { module: null, functions: attachTo }
    : { module: attachTo.slice(0, colon), functions: attachTo.slice(colon + 1) };
}
