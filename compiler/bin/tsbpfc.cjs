#!/usr/bin/env node
// Runs dist/tsbpfc.cjs with V8's code cache, made after a first build and kept in the user's cache folder: loading
// the compiler then takes a fifth of the time. Whatever is wrong with the cache, the command works without it.
"use strict";
const { createHash } = require("node:crypto");
const fs = require("node:fs");
const Module = require("node:module");
const os = require("node:os");
const path = require("node:path");
const v8 = require("node:v8");
const vm = require("node:vm");
const zlib = require("node:zlib");

// V8 optimises what has run this much. A build of a few probes is over before optimised code pays: left to itself, V8
// spends a third of the processor time on making it.
v8.setFlagsFromString("--interrupt-budget=5000000");
// Nearly all that a build allocates lives to its end. V8 would let the space for new objects grow by doubling it from
// 1 MB, each time copying what is there; this way it has its full 16 MB after the first time.
v8.setFlagsFromString("--semi-space-growth-factor=16");

const ENVIRONMENT = 3;
const INTERNAL = 70;
/** Each Node version and set of flags has a cache of its own, of about 3.5 MB. */
const KEEP = 4;
const CHECKSUM_BYTES = 4;

const bundle = path.join(__dirname, "../dist/tsbpfc.cjs");

function fail(message) {
  process.stderr.write(`tsbpfc: ${message}\n`);
  process.exit(ENVIRONMENT);
}

/** The bundle is ASCII. */
function readBundle() {
  try {
    return fs.readFileSync(bundle, "latin1");
  } catch (error) {
    return fail(`the compiler is not built (${error.code}): run npm run build in its repository`);
  }
}

/** Owner of a folder, or of the nearest one above that is there. */
function ownerOf(folder) {
  const stat = fs.statSync(folder, { throwIfNoEntry: false });
  return stat ? stat.uid : ownerOf(path.dirname(folder));
}

/**
 * Where the cache is, or null if this user should have none. What is in it runs as code, so it must be the user's
 * own; and root under sudo must not leave a folder of its own in the user's home.
 */
function cacheFile() {
  try {
    const xdg = process.env.XDG_CACHE_HOME;
    // A relative path there is to be ignored (XDG Base Directory Specification).
    const base = xdg && path.isAbsolute(xdg) ? xdg : path.join(os.homedir(), ".cache");
    const folder = path.join(base, "tsbpfc");
    if (process.getuid && ownerOf(folder) !== process.getuid()) return null;
    const { size, mtimeMs } = fs.statSync(bundle);
    // V8 refuses a cache made with other flags.
    const flags = [...process.execArgv, process.env.NODE_OPTIONS ?? ""];
    const key = [process.version, process.arch, ...flags, bundle, size, mtimeMs].join("\0");
    return path.join(folder, `${createHash("sha256").update(key).digest("hex").slice(0, 32)}.v8cache`);
  } catch {
    return null; // no home folder
  }
}

/** V8 verifies a cache's length and flags but not its content: Node 20 crashes on a flipped bit. */
function readCache(file) {
  try {
    const content = fs.readFileSync(file);
    const data = content.subarray(CHECKSUM_BYTES);
    return content.readUInt32LE(0) === zlib.crc32(data) ? data : undefined;
  } catch {
    return undefined;
  }
}

/** Not mkdirSync's own recursion, which never ends below /proc on Node 20. */
function makeFolder(folder) {
  if (!fs.existsSync(folder)) fs.mkdirSync(folder, { mode: 0o700 });
}

function writeCache(file, data) {
  try {
    const folder = path.dirname(file);
    makeFolder(path.dirname(folder));
    makeFolder(folder);
    const checksum = Buffer.alloc(CHECKSUM_BYTES);
    checksum.writeUInt32LE(zlib.crc32(data));
    // Under a temporary name first: another run may read it at the same time.
    const temporary = `${file}.${process.pid}.tmp`;
    fs.writeFileSync(temporary, Buffer.concat([checksum, data]));
    fs.renameSync(temporary, file);
    for (const old of newestFirst(folder).slice(KEEP)) fs.rmSync(old, { force: true });
  } catch {
    // A cache folder that cannot be written costs time, nothing else.
  }
}

function newestFirst(folder) {
  return fs
    .readdirSync(folder)
    .map((name) => path.join(folder, name))
    .map((file) => ({ file, time: fs.statSync(file).mtimeMs }))
    .sort((a, b) => b.time - a.time)
    .map(({ file }) => file);
}

if (!zlib.crc32) fail(`Node.js ${process.version} is too old: version 20.19 or later is needed`);
const source = readBundle();
const file = cacheFile();
const cachedData = file ? readCache(file) : undefined;
const script = new vm.Script(`(function(exports,require,module,__filename,__dirname){${source}\n})`, {
  filename: bundle,
  ...(cachedData ? { cachedData } : {}),
});
const loaded = { exports: {} };
const args = process.argv.slice(2);
script.runInThisContext()(loaded.exports, Module.createRequire(bundle), loaded, bundle, path.dirname(bundle));

loaded.exports.main(args).then(
  (code) => {
    // The cache holds what V8 has compiled by now, lazily too: after a build that is what every build needs, after
    // --version, or where nothing had changed, next to nothing.
    const complete = args[0] === "build" && code === 0 && loaded.exports.hasCompiled();
    if (file && complete && (!cachedData || script.cachedDataRejected))
      writeCache(file, script.createCachedData());
    // Output to files, terminals and pipes is written by now (Linux); taking the heap apart would take 10 ms.
    process.exit(code);
  },
  (error) => {
    process.stderr.write(`tsbpfc: internal error: ${error?.stack ?? error}\n`);
    process.exit(INTERNAL);
  },
);
