/**
 * Reads a parameter of `forkyard rpc` from the command line. JSON where it is plainly meant: numbers, true, false, null,
 * lists, objects and quoted strings. Anything else is a string; so are numbers that JSON would round, and hexadecimal
 * that looks like one ("12e5").
 */
export function rpcParameter(word: string): unknown {
  if (/^-?\d{1,15}(\.\d{1,8})?$/.test(word) || /^(true|false|null|\[.*\]|\{.*\}|".*")$/s.test(word)) {
    try {
      return JSON.parse(word) as unknown;
    } catch {
      // It only looked like JSON ("007", "[a]"): the node says what it thinks of the string.
      return word;
    }
  }
  return word;
}
