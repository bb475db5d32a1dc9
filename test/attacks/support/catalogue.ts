/** One attack of the catalogue (docs: sections A to C), and what must answer it. */
export interface Attack {
  readonly item: number;
  readonly about: string;
  /** Codes and script errors that the tests of the item must name; empty where the answer is behaviour. */
  readonly answeredBy: readonly string[];
  /** Parts that no test covers, and why. */
  readonly left?: string;
}

const BLOCKS: readonly Attack[] = [
  { item: 1, about: "an input twice in a transaction (CVE-2018-17144)", answeredBy: ["bad-txns-inputs-duplicate"] },
  { item: 2, about: "a coin spent twice in a block or a chain", answeredBy: ["bad-txns-inputs-missingorspent"] },
  { item: 3, about: "a coin spent before it is made", answeredBy: ["bad-txns-inputs-missingorspent"] },
  {
    item: 4,
    about: "values that overflow (CVE-2010-5139)",
    answeredBy: ["bad-txns-vout-toolarge", "bad-txns-txouttotal-toolarge", "bad-txns-inputvalues-outofrange"],
    left: "the sum of all fees cannot leave the range while every coin is in it: the rule has its test beside the code",
  },
  { item: 5, about: "negative outputs", answeredBy: ["bad-txns-vout-negative"] },
  { item: 6, about: "a coinbase that takes too much", answeredBy: ["bad-cb-amount"] },
  { item: 7, about: "a coinbase spent too early", answeredBy: ["bad-txns-premature-spend-of-coinbase"] },
  { item: 8, about: "a txid repeated (BIP30)", answeredBy: ["bad-txns-BIP30"] },
  { item: 9, about: "the height in the coinbase (BIP34)", answeredBy: ["bad-cb-height"] },
  {
    item: 10,
    about: "coinbases that are missing, too many, too short or too long",
    answeredBy: ["bad-blk-length", "bad-cb-missing", "bad-cb-multiple", "bad-cb-length"],
  },
  {
    item: 11,
    about: "merkle roots of two lists (CVE-2012-2459)",
    answeredBy: ["bad-txns-duplicate", "bad-txnmrklroot"],
  },
  {
    item: 12,
    about: "copies with other witnesses",
    answeredBy: ["bad-witness-merkle-match", "bad-witness-nonce-size"],
  },
  { item: 13, about: "commitments to witnesses", answeredBy: ["unexpected-witness", "bad-witness-merkle-match"] },
  {
    item: 14,
    about: "transactions of 64 bytes (CVE-2017-12842)",
    answeredBy: ["bad-cb-missing", "tx-size-small"],
    left: "BIP54 would forbid them in blocks; it is no rule of Bitcoin",
  },
  {
    item: 15,
    about: "weight",
    answeredBy: ["bad-blk-weight", "bad-blk-length"],
    left: "more transactions than a block may have are always more bytes than it may have",
  },
  { item: 16, about: "counts in more bytes than they need", answeredBy: ["undecodable"] },
  { item: 17, about: "signature operations", answeredBy: ["bad-blk-sigops"] },
  { item: 18, about: "lock times (BIP113)", answeredBy: ["bad-txns-nonfinal"] },
  { item: 19, about: "relative locks (CVE-2024-34478)", answeredBy: ["bad-txns-nonfinal", "UNSATISFIED_LOCKTIME"] },
  { item: 20, about: "outpoints of nothing", answeredBy: ["bad-txns-prevout-null", "bad-txns-inputs-missingorspent"] },
  { item: 21, about: "outputs that are no coins, or no more", answeredBy: ["bad-txns-inputs-missingorspent"] },
  { item: 22, about: "1,088 blocks taken back and put on again", answeredBy: [] },
  { item: 23, about: "a heavier branch that is bad in its middle", answeredBy: ["bad-cb-amount"] },
  {
    item: 24,
    about: "an early failure while other checks run (CVE-2024-52911)",
    answeredBy: ["EVAL_FALSE"],
    left: "the test is the same whether scripts run one by one or on threads; a stress of the threads is theirs",
  },
];

const SCRIPTS: readonly Attack[] = [
  {
    item: 25,
    about: "strict DER, high S",
    answeredBy: ["SIG_DER"],
    left: "that the mempool refuses high S is tested with its policy and by the public script vectors",
  },
  { item: 26, about: "hybrid and uncompressed keys", answeredBy: ["EVAL_FALSE"] },
  { item: 27, about: "SIGHASH_SINGLE without its output", answeredBy: ["EVAL_FALSE"] },
  { item: 28, about: "unknown hash types", answeredBy: ["EVAL_FALSE"] },
  { item: 29, about: "FindAndDelete (CVE-2024-38365)", answeredBy: ["EVAL_FALSE"] },
  { item: 30, about: "OP_CODESEPARATOR", answeredBy: ["EVAL_FALSE"] },
  {
    item: 31,
    about: "OP_CHECKMULTISIG",
    answeredBy: ["SIG_NULLDUMMY", "PUBKEY_COUNT", "SIG_COUNT", "INVALID_STACK_OPERATION"],
  },
  {
    item: 32,
    about: "limits of scripts",
    answeredBy: ["PUSH_SIZE", "SCRIPT_SIZE", "OP_COUNT", "STACK_SIZE", "SCRIPTNUM", "DISABLED_OPCODE", "BAD_OPCODE"],
  },
  {
    item: 33,
    about: "P2SH and witness programs",
    answeredBy: ["SIG_PUSHONLY", "WITNESS_PROGRAM_WRONG_LENGTH", "WITNESS_MALLEATED", "CLEANSTACK", "SCHNORR_SIG"],
  },
  { item: 34, about: "parsers stricter than consensus", answeredBy: ["TAPSCRIPT_VALIDATION_WEIGHT", "STACK_SIZE"] },
  {
    item: 35,
    about: "quadratic signature hashes (CVE-2025-46598)",
    answeredBy: ["QUADRATIC_LIMIT_MS"],
    left: "1,000 inputs in each run, 5,500 with FORKYARD_FULL_ATTACKS=1",
  },
  { item: 36, about: "what was verified under other rules or another witness", answeredBy: ["SIG_DER", "EVAL_FALSE"] },
];

const HEADERS: readonly Attack[] = [
  {
    item: 37,
    about: "a flood of cheap headers (CVE-2024-52916, CVE-2019-25220)",
    answeredBy: ["no header of it is kept"],
    left: "9,000 headers in each run, 30,000 with FORKYARD_FULL_ATTACKS=1; five million are for the real network",
  },
  { item: 38, about: "targets and work", answeredBy: ["bad-diffbits", "high-hash"] },
  { item: 39, about: "retargets", answeredBy: ["bad-diffbits", "high-hash"] },
  {
    item: 40,
    about: "timewarp",
    answeredBy: ["time-timewarp-attack"],
    left: "on the devnet a majority that dates its blocks in small steps can make the schedule run fast (ADR 0003)",
  },
  { item: 41, about: "times of blocks", answeredBy: ["time-too-old", "time-too-new"] },
  { item: 42, about: "clocks of peers (CVE-2024-52912)", answeredBy: ["time-too-new"] },
  { item: 43, about: "branches of equal work", answeredBy: [] },
  { item: 44, about: "headers that lead nowhere", answeredBy: ["invalid header: high-hash"] },
  {
    item: 45,
    about: "a private branch released, a confirmed payment taken back",
    answeredBy: ["reorg"],
    left: "what a wallet and the command show of it is tested on whole devnets (test/e2e) and in the wallet",
  },
];

export const CATALOGUE: readonly Attack[] = [...BLOCKS, ...SCRIPTS, ...HEADERS];
