import type { OutputFile } from "./output.js";

/** A skeleton as the files that a project imports: `.ts`, or `.js` with its `.d.ts`. */
export async function skeletonFiles(
  stem: string,
  skeleton: { readonly ts: string; readonly dts: string },
  js: boolean,
): Promise<OutputFile[]> {
  if (!js) return [{ path: `${stem}.ts`, content: skeleton.ts }];
  const { transform } = await import("@swc/core");
  const { code } = await transform(skeleton.ts, {
    jsc: { parser: { syntax: "typescript" }, target: "es2022" },
    module: { type: "es6" },
    configFile: false,
    swcrc: false,
  });
  return [
    { path: `${stem}.js`, content: code },
    { path: `${stem}.d.ts`, content: skeleton.dts },
  ];
}
