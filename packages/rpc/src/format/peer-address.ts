import { isIP } from "node:net";

const MAX_ADDRESS_CHARACTERS = 512;
const MAX_PORT = 65_535;

/** A peer's address as multiaddr text, also from bitcoind's `host:port`; undefined when it is neither. */
export function peerMultiaddr(given: string): string | undefined {
  if (given.length > MAX_ADDRESS_CHARACTERS) return undefined;
  if (given.startsWith("/")) return /^(?:\/[\w.:%-]+)+$/.test(given) ? given : undefined;
  const match = /^(?:\[(?<v6>[0-9a-fA-F:.]+)\]|(?<host>[\w.-]+)):(?<port>\d{1,5})$/.exec(given);
  const { v6, host, port } = match?.groups ?? {};
  if (port === undefined || Number(port) < 1 || Number(port) > MAX_PORT) return undefined;
  if (v6 !== undefined) return isIP(v6) === 6 ? `/ip6/${v6}/tcp/${port}` : undefined;
  return isIP(host ?? "") === 4 ? `/ip4/${host}/tcp/${port}` : `/dns/${host}/tcp/${port}`;
}
