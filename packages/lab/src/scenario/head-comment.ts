/** The comment at the head of a scenario file, without `#` and without what is meant for editors. */
export function headComment(text: string): string {
  const lines: string[] = [];
  for (const line of text.split(/\r?\n/)) {
    if (!line.startsWith("#")) {
      if (line.trim() === "" && lines.length === 0) continue;
      break;
    }
    if (!line.includes("yaml-language-server")) lines.push(line.replace(/^# ?/, ""));
  }
  return lines.join("\n").trim();
}
