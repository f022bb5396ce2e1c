import { release } from "node:os";
import type { AttachType } from "@tsbpfc/loader";
import {
  type Anchor,
  type AttachOptions,
  attached,
  type Feature,
  type Link,
  netkitLinks,
  type Skeleton,
  type SkeletonProgram,
  tcxLinks,
} from "@tsbpfc/runtime";
import { describe, expect } from "vitest";
import { fixtureSkeleton } from "../../runtime/fixtures/skeleton.js";
import type { Bench } from "../support/bench.js";
import { kernelTest } from "../support/kernel-test.js";
import { isAtLeast } from "../support/needs.js";
import { run } from "../support/root.js";

type Pairs = Skeleton<object, Readonly<Record<string, SkeletonProgram>>, object, object>;

/** Two loads of the fixture's two programs of a hook: four programs. */
function programs(t: Bench, name: string): readonly SkeletonProgram[] {
  return [1, 2].flatMap(() => {
    const both = [`${name}_a`, `${name}_b`];
    const probe = fixtureSkeleton<Pairs>("link-kinds").open({
      programs: Object.fromEntries(both.map((each) => [each, { autoload: true }])),
    });
    t.defer(() => probe.close());
    const { programs } = probe.load();
    return both.map((each) => programs[each]!);
  });
}

function iface(kind: "veth" | "netkit"): (t: Bench) => AttachOptions {
  return (t) => {
    const name = `o${t.prefix.replace(/\D/g, "").slice(-8)}`;
    run("ip", "link", "add", name, "type", kind);
    t.defer(() => void run("ip", "link", "del", name));
    return { iface: name };
  };
}

/** Links of cgroups take a place since Linux 6.17. */
const cgroupPlaces: Feature = {
  name: "places of cgroup links",
  since: "6.17",
  probe: () => (isAtLeast(release(), "6.17") ? "yes" : "no"),
};

const hooks: readonly {
  readonly name: string;
  readonly at: AttachType;
  readonly needs: readonly Feature[];
  readonly target: (t: Bench) => AttachOptions;
  /** Why it may not stand beside a program. */
  readonly besidePrograms?: RegExp;
}[] = [
  { name: "tcx_in", at: "tcx_ingress", needs: [tcxLinks], target: iface("veth") },
  { name: "netkit_out", at: "netkit_primary", needs: [netkitLinks], target: iface("netkit") },
  {
    name: "connects",
    at: "cgroup_inet4_connect",
    needs: [cgroupPlaces],
    target: (t) => ({ cgroup: t.cgroup().path }),
    besidePrograms: /EINVAL.*beside other links/,
  },
];

/** Each way to say the place of the fourth of four: the first three stand in order. */
const places: readonly {
  readonly what: string;
  readonly anchor: (links: readonly Link[], programs: readonly SkeletonProgram[]) => Anchor;
  /** Where it then stands. */
  readonly index: number;
  readonly besideProgram?: true;
}[] = [
  { what: "first", anchor: () => "first", index: 0 },
  { what: "last", anchor: () => "last", index: 3 },
  { what: "before a link", anchor: (links) => ({ before: links[1]! }), index: 1 },
  { what: "after a link", anchor: (links) => ({ after: links[1]! }), index: 2 },
  {
    what: "before a link's number",
    anchor: (links) => ({ before: { linkId: links[2]!.info().id } }),
    index: 2,
  },
  {
    what: "after a link's number",
    anchor: (links) => ({ after: { linkId: links[0]!.info().id } }),
    index: 1,
  },
  {
    what: "before a program",
    anchor: (_, all) => ({ before: all[0]!.program }),
    index: 0,
    besideProgram: true,
  },
  {
    what: "after a program's number",
    anchor: (_, all) => ({ after: { programId: all[0]!.info().id } }),
    index: 1,
    besideProgram: true,
  },
];

describe.each(hooks)("the place of a program at $at", ({ name, at, needs, target, besidePrograms }) => {
  for (const { what, anchor, index, besideProgram } of places)
    kernelTest(`${what}: it is the ${index + 1}. of four`, { needs }, (t) => {
      const all = programs(t, name);
      const where = target(t);
      const links = all.slice(0, 3).map((program) => program.attach(where));
      const place = () => all[3]!.attach({ ...where, anchor: anchor(links, all) });
      if (besideProgram && besidePrograms) {
        expect(place).toThrow(besidePrograms);
        for (const link of links) link.close();
        return;
      }
      place();
      const ids = all.map((program) => program.info().id);
      const expected = [...ids.slice(0, 3)];
      expected.splice(index, 0, ids[3]!);
      expect(attached(at, where).programs.map(({ programId }) => programId)).toEqual(expected);
      for (const program of all) program.detach();
    });

  kernelTest("a revision that is not the hook's is refused; the hook's own is taken", { needs }, (t) => {
    const [first, second, third] = programs(t, name);
    const where = target(t);
    const { revision } = attached(at, where);
    const link = first!.attach({ ...where, revision });
    expect(() => second!.attach({ ...where, revision })).toThrow(/ESTALE.*changed since/);
    second!.attach({ ...where, revision: attached(at, where).revision, anchor: { before: link } });
    link.close();
    // What has gone is no neighbour, and what is somewhere else is none either.
    const { id } = first!.info();
    expect(() => third!.attach({ ...where, anchor: { after: { programId: id } } })).toThrow(
      besidePrograms ?? /ENOENT.*not at this hook/,
    );
    for (const program of [second!, third!]) program.detach();
  });
});
