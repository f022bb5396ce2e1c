let compiled = false;

/** A probe is being compiled, not only found unchanged. */
export const noteCompiled = (): void => {
  compiled = true;
};

/** Has this process run the compiler? The launcher keeps V8's code of those that have. */
export const hasCompiled = (): boolean => compiled;
