import { kernel } from "./kernel.js";

/** Compares two releases by their first two numbers: `6.12.94-cloud` is at least `6.6`. */
export function isAtLeast(running: string, wanted: string): boolean {
  const numbers = (release: string): readonly [number, number] => {
    const [, major, minor] = /^(\d+)\.(\d+)/.exec(release) ?? [];
    return [Number(major ?? 0), Number(minor ?? 0)];
  };
  const [[major, minor], [wantedMajor, wantedMinor]] = [numbers(running), numbers(wanted)];
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor);
}

/** What to say of a feature that the kernel was asked for and has not, as a sentence. */
export function notHere({ name, since }: { readonly name: string; readonly since: string }): string {
  const running = kernel().release();
  return isAtLeast(running, since)
    ? `This kernel (${running}) has no ${name}, which came with Linux ${since}: it was built or started without.`
    : `This kernel (${running}) has no ${name}: they need Linux ${since}.`;
}

/**
 * What to say when the kernel does not know something, for it says the same to much else (EINVAL): the release that it
 * came with, if this kernel is older; else nothing. `what` begins a sentence: "A link to tcx".
 */
export function tooOld(what: string, since: string): string {
  const running = kernel().release();
  return isAtLeast(running, since) ? "" : `${what} needs Linux ${since}; this is ${running}.`;
}
