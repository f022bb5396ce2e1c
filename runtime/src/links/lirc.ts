import { closeSync } from "node:fs";
import { UsageError } from "../sys/errors.js";
import type { Attach } from "./attach.js";
import { openTarget } from "./open-target.js";
import { progAttach } from "./prog-attach.js";

/** `lirc_mode2`: decodes what an infrared receiver hears, `attach({ device: "/dev/lirc0" })`. Linux 4.18, CONFIG_BPF_LIRC_MODE2. */
export const attachLirc: Attach = (program, { device }) => {
  if (device === undefined)
    throw new UsageError(
      "target-missing",
      `${program.label} attaches to an infrared receiver: attach({ device: "/dev/lirc0" })`,
    );
  const fd = openTarget(device, program.label);
  const close = (): void => closeSync(fd);
  try {
    return progAttach(program, {
      targetFd: fd,
      type: "lirc_mode2",
      label: `lirc_mode2 on ${device} (${program.label})`,
      why: "infrared receivers have no BPF links",
      done: close,
      hint: "lirc_mode2 needs Linux 4.18 with CONFIG_BPF_LIRC_MODE2, and a receiver of raw pulses.",
    });
  } catch (error) {
    close();
    throw error;
  }
};
