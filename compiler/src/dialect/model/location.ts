/** A place in a source file; lines and columns count from 1. */
export interface Loc {
  /** Index into `Model.files`. */
  readonly file: number;
  readonly line: number;
  readonly column: number;
}

/** A source file as the object's line info shows it. */
export interface SourceFile {
  /** A path that is the same on every machine: relative to the probe, or a package's name and path. */
  readonly name: string;
  readonly text: string;
}
