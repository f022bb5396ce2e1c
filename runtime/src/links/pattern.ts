/** Takes names as the shell does: `*` is any characters, `?` one (libbpf: `glob_match`). */
export function pattern(text: string): (name: string) => boolean {
  const source = text
    .replace(/[\\^$.|+()[\]{}]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  const expression = new RegExp(`^${source}$`, "s");
  return (name) => expression.test(name);
}

export const isPattern = (text: string): boolean => /[*?]/.test(text);
