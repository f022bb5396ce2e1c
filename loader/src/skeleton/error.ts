/** Stable codes of {@link SkeletonError}. */
export type SkeletonErrorCode =
  | "SKELETON_BAD_NAME"
  | "SKELETON_BAD_TYPE"
  | "SKELETON_NO_MAP"
  | "SKELETON_NO_TYPE";

/** No skeleton can be made: a name that is none, something that the object does not have, or a type whose layout contradicts itself. */
export class SkeletonError extends Error {
  override readonly name = "SkeletonError";

  constructor(
    readonly code: SkeletonErrorCode,
    message: string,
  ) {
    super(message);
  }
}
