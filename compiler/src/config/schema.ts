import { z } from "zod";
import type { ProjectConfig } from "./project-config.js";

/** An absent option is absent: `undefined` would stand for a mistake in whatever computed it. */
const text = z.string().min(1);

const schema = z.strictObject({
  probes: z.array(text).min(1).exactOptional(),
  out: text.exactOptional(),
  cpu: z.enum(["v1", "v2", "v3", "v4"]).exactOptional(),
  kernel: z
    .string()
    .regex(/^\d+\.\d+$/, 'Invalid input: expected a version such as "6.1"')
    .exactOptional(),
  btf: text.exactOptional(),
  llvm: text.exactOptional(),
  skeleton: z
    .strictObject({
      js: z.boolean().exactOptional(),
      externalObject: z.boolean().exactOptional(),
      u64: z.enum(["bigint", "number"]).exactOptional(),
    })
    .exactOptional(),
}) satisfies z.ZodType<ProjectConfig>;

/** The configuration, or what is wrong with it, a line each. */
export function validate(value: unknown): { readonly config: ProjectConfig } | { readonly wrong: string[] } {
  const result = schema.safeParse(value);
  if (result.success) return { config: result.data };
  return {
    wrong: result.error.issues.map(({ path, message }) =>
      path.length === 0 ? message : `${path.join(".")}: ${message}`,
    ),
  };
}
