#!/usr/bin/env node
// Runs dist/tsbpfc.cjs with V8's code cache, made after the first run and kept in the user's cache folder: loading
// the compiler then takes a fifth of the time. Whatever is wrong with the cache, the command works without it.
"use strict";
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const os = require("node:os");
const path = require("node:path");
const vm = require("node:vm");

const bundle = path.join(__dirname, "../dist/tsbpfc.cjs");
const source = fs.readFileSync(bundle, "latin1"); // the bundle is ASCII

/** V8 refuses a cache made with other flags, and one of another version or file is useless. */
function cacheFile() {
  const { size, mtimeMs } = fs.statSync(bundle);
  const key = [
    process.version,
    process.arch,
    ...process.execArgv,
    process.env.NODE_OPTIONS ?? "",
    bundle,
    size,
    mtimeMs,
  ].join("\0");
  const folder = process.env.XDG_CACHE_HOME || path.join(os.homedir(), ".cache");
  return path.join(
    folder,
    "tsbpfc",
    `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.v8cache`,
  );
}

function read(file) {
  try {
    return fs.readFileSync(file);
  } catch {
    return undefined;
  }
}

/** Under a temporary name first: another run may read it at the same time. */
function write(file, data) {
  try {
    fs.mkdirSync(path.dirname(file), { recursive: true });
    for (const old of fs.readdirSync(path.dirname(file))) {
      if (old.endsWith(".v8cache")) fs.rmSync(path.join(path.dirname(file), old), { force: true });
    }
    const temporary = `${file}.${process.pid}.tmp`;
    fs.writeFileSync(temporary, data);
    fs.renameSync(temporary, file);
  } catch {
    // A cache folder that cannot be written costs time, nothing else.
  }
}

const file = cacheFile();
const cachedData = read(file);
const script = new vm.Script(`(function(exports,require,module,__filename,__dirname){${source}\n})`, {
  filename: bundle,
  ...(cachedData ? { cachedData } : {}),
});
const module_ = { exports: {} };
script.runInThisContext()(
  module_.exports,
  Module.createRequire(bundle),
  module_,
  bundle,
  path.dirname(bundle),
);

module_.exports.main(process.argv.slice(2)).then((code) => {
  // After a successful run the cache holds what was compiled lazily, too.
  if (code === 0 && (!cachedData || script.cachedDataRejected)) write(file, script.createCachedData());
  // Output to files, terminals and pipes is written by now (Linux); taking the heap apart would take 10 ms.
  process.exit(code);
});
