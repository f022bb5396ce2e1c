/**
 * `unavailable`: the lab cannot be had here (mirror out of reach, no QEMU): a skip, unless it is required.
 * `broken`: the lab itself failed.
 */
export class LabError extends Error {
  override readonly name = "LabError";

  constructor(
    readonly code: "unavailable" | "broken",
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}
