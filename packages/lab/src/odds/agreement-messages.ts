/** Closed forms for how many messages agreement takes when nobody fails; the protocols themselves are not here. */

/**
 * Oral messages OM(m) (L. Lamport, R. Shostak, M. Pease, The Byzantine Generals Problem, TOPLAS 1982): n generals, m
 * traitors. Each of the n − 1 lieutenants passes on what he heard to all who have not, m times over.
 */
export function oralMessages(n: number, m: number): number {
  let level = 1;
  let total = 0;
  for (let k = 0; k <= m; k++) {
    level *= n - 1 - k;
    total += level;
  }
  return total;
}

/** Signed messages SM(m), same paper, with a loyal commander: each lieutenant relays the one order to all others. */
export function signedMessages(n: number): number {
  return n - 1 + (n - 1) * (n - 2);
}

/** The most that SM(m) takes when a lieutenant relays no more than two different orders. */
export function signedMessagesCap(n: number): number {
  return n - 1 + 2 * (n - 1) * (n - 2);
}

/** Paxos (L. Lamport, Paxos Made Simple, 2001): prepare, promise, accept, accepted with n acceptors and a proposer that learns. */
export function paxosMessages(n: number): number {
  return 4 * n;
}

/**
 * Practical Byzantine fault tolerance (M. Castro, B. Liskov, OSDI 1999): request, pre-prepare, prepare (not by the primary),
 * commit, reply, with n = 3f + 1 replicas.
 */
export function pbftMessages(n: number): number {
  return 1 + (n - 1) + (n - 1) ** 2 + n * (n - 1) + n;
}
