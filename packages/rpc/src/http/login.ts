import { createHash, timingSafeEqual } from "node:crypto";
import { BAD_LOGIN_WINDOW_MS, MAX_BAD_LOGINS } from "../limits.ts";

/** What became of the credentials of a request. `locked`: wrong, after too many wrong ones. */
export type LoginVerdict = "accepted" | "missing" | "wrong" | "locked";

/**
 * Checks HTTP Basic credentials. All callers come from this machine, so wrong ones are counted together, within a window of
 * time; the right ones are let in even then, or a stale program could lock its owner out.
 */
export class Login {
  readonly #digest: Buffer;
  readonly #nowMs: () => number;
  #windowStartMs = 0;
  #wrongInWindow = 0;

  /** @param credentials `user:password` */
  constructor(credentials: string, nowMs: () => number) {
    this.#digest = digestOf(credentials);
    this.#nowMs = nowMs;
  }

  check(authorization: string | undefined): LoginVerdict {
    if (authorization === undefined) return "missing";
    const encoded = /^Basic ([A-Za-z0-9+/]+={0,2})$/i.exec(authorization)?.[1] ?? "";
    const given = Buffer.from(encoded, "base64").toString("utf8");
    if (timingSafeEqual(digestOf(given), this.#digest)) return "accepted";
    return this.#countWrong() > MAX_BAD_LOGINS ? "locked" : "wrong";
  }

  #countWrong(): number {
    const now = this.#nowMs();
    if (now - this.#windowStartMs > BAD_LOGIN_WINDOW_MS) {
      this.#windowStartMs = now;
      this.#wrongInWindow = 0;
    }
    this.#wrongInWindow += 1;
    return this.#wrongInWindow;
  }
}

/** Equal lengths for the comparison, whatever was given. */
function digestOf(credentials: string): Buffer {
  return createHash("sha256").update(credentials).digest();
}
