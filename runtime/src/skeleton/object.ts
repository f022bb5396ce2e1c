import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { UsageError } from "../sys/errors.js";

/** An object that is part of its skeleton. White space in `base64` is skipped. */
export const embeddedObject = (base64: string): Uint8Array => new Uint8Array(Buffer.from(base64, "base64"));

/**
 * An object in a file of its own. The skeleton's layouts are those of one build, so that another one is refused.
 *
 * @param sha256 in hexadecimal digits
 * @throws UsageError `bad-value` for another object; Node's error if there is no such file
 */
export function objectFile(url: URL, sha256: string): Uint8Array {
  const object = new Uint8Array(readFileSync(url));
  // Loaded when it is needed: embedded objects need none.
  const { createHash } = process.getBuiltinModule("node:crypto");
  if (createHash("sha256").update(object).digest("hex") !== sha256)
    throw new UsageError(
      "bad-value",
      `${fileURLToPath(url)} is not the object that this skeleton was made from: build both again`,
    );
  return object;
}
