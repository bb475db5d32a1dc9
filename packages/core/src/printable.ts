/** Longest piece of a stranger's text inside a message. */
const MAX_SHOWN_CHARACTERS = 100;
/** Control and format characters (bidirectional ones among them), line separators, halves of surrogate pairs. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** Everything that could move the cursor, reorder or hide what is on a screen, escaped as in JSON; other text as it is. */
export function escapeInvisible(text: string): string {
  return text.replaceAll(INVISIBLE, escaped);
}

/** Untrusted text inside one line for a person: cut, and escaped like a JSON string. Letters of all scripts stay. */
export function printable(text: string, maxCharacters: number = MAX_SHOWN_CHARACTERS): string {
  return escapeInvisible(JSON.stringify(text.slice(0, maxCharacters))).slice(1, -1);
}

/** {@link printable} between quotation marks. */
export function quoted(text: string, maxCharacters?: number): string {
  return `"${printable(text, maxCharacters)}"`;
}

function escaped(character: string): string {
  const short = JSON.stringify(character).slice(1, -1);
  if (short !== character) return short;
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, "0")}`).join("");
}
