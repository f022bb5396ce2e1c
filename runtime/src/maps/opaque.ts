import { BpfMap } from "./map.js";

/** A map that this version opens, pins and hands to programs, without access to its elements from Node. */
export class OpaqueMap extends BpfMap {}
