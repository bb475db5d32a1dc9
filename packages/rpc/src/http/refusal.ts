/** A request that is refused before anything of it is carried out. `body` is plain text, as bitcoind answers these. */
export interface HttpRefusal {
  readonly status: number;
  readonly body: string;
  readonly headers?: Readonly<Record<string, string>>;
}

export const UNAUTHORIZED: HttpRefusal = {
  status: 401,
  body: "Unauthorized: send the contents of the node's .cookie file as HTTP Basic credentials\n",
  headers: { "www-authenticate": 'Basic realm="jsonrpc"' },
};

export const LOCKED: HttpRefusal = {
  status: 429,
  body: "Too many wrong credentials: wait a few seconds\n",
  headers: { "retry-after": "10" },
};

export const QUEUE_FULL: HttpRefusal = { status: 503, body: "Work queue depth exceeded\n" };

export const NO_STREAM_LEFT: HttpRefusal = { status: 503, body: "Too many event streams are open\n" };
