/** Methods that only look: asking twice changes nothing. Begins of names, and those that begin so and do change something. */
const READING = /^(?:get|list|decode|validate|test|estimate|wait|help$|uptime$|echo$|forkyard_status$)/;
const CHANGING: ReadonlySet<string> = new Set(["getnewaddress", "getrawchangeaddress"]);

/** Whether a call may be sent again when its connection broke and nobody knows if the node carried it out. */
export function isRepeatable(method: string): boolean {
  return READING.test(method) && !CHANGING.has(method);
}
