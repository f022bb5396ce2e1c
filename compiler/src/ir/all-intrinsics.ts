export * from "./intrinsics.js";
export * from "./preserve.js";
